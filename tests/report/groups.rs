//! Groups of redundant connections, and the order of items.

use aws_dx_monitor::{
    domain::Kind,
    report::{Assembly, Exclusions, Group, Terms, phrases},
};

use super::{DAY, Story, TOLERATED, event_id, monitored, report, unmonitored, window};

fn connection(id: &str, location: &str, words: &[(i64, &str)]) -> Story {
    let mut story = Story::new(Kind::Connection, id, words);
    story.item.location = Some(location.to_owned());
    story
}

fn summary(group: &Group) -> String {
    let figures = &group.figures;
    format!(
        "{} of {}: {}, down {}, excluded {}",
        group.location.as_deref().unwrap_or("all"),
        group.connections,
        phrases::availability(figures),
        phrases::duration(figures.down_milliseconds),
        phrases::excluded(figures),
    )
}

#[test]
fn a_location_is_down_while_none_of_its_connections_is_up() {
    let stories = [
        connection("dxcon-1", "EqDC2", &[(-DAY, "available"), (10, "down"), (40, "available")]),
        connection("dxcon-2", "EqDC2", &[(-DAY, "available"), (30, "down"), (50, "available")]),
        connection("dxcon-3", "CSVA1", &[(-DAY, "available"), (35, "down"), (38, "available")]),
    ];
    let report = report(&window(0, 100), &stories);
    let locations: Vec<String> = report.locations.iter().map(summary).collect();
    // Both of EqDC2 are down from minute 30 to 40, all three from 35 to 38.
    assert_eq!(locations, ["CSVA1 of 1: 97.000%, down 3m, excluded ", "EqDC2 of 2: 90.000%, down 10m, excluded "]);
    assert_eq!(summary(&report.estate), "all of 3: 97.000%, down 3m, excluded ");
    // The outage of both began with the second one's, and ended with the first one's.
    let outage = &report.locations[1].outages[0];
    assert_eq!((outage.started_at, outage.ended_at), (super::at(30), Some(super::at(40))));
    assert_eq!((outage.started_after, outage.ended_after), (Some(super::at(29)), Some(super::at(39))));
    assert_eq!((outage.start_event_id, outage.end_event_id), (Some(event_id(1)), Some(event_id(2))));
}

#[test]
fn while_one_path_is_unmonitored_the_time_of_the_group_is_excluded() {
    let window = window(0, 100);
    let exclusions = Exclusions::default();
    let mut assembly = Assembly::new(Terms {
        window: &window,
        exclusions: &exclusions,
        unmonitored_after: TOLERATED,
        shows_retired: false,
    });
    let down = connection("dxcon-1", "EqDC2", &[(-DAY, "available"), (10, "down"), (60, "available")]);
    let other = connection("dxcon-2", "EqDC2", &[(-DAY, "available"), (20, "down")]);
    assembly.add(down.item.clone().into(), None, down.over(&window, &monitored(&window), &exclusions));
    assembly.add(other.item.clone().into(), None, other.over(&window, &unmonitored(&window, &[(30, 40)]), &exclusions));
    let report = assembly.finish();
    assert_eq!(summary(&report.estate), "all of 2: 66.666%, down 30m, excluded unmonitored 10m");
    assert_eq!(report.estate.outages.len(), 1, "still the same outage afterwards");
}

#[test]
fn without_connections_there_is_no_availability_of_all() {
    let report = report(&window(0, 100), &[Story::new(Kind::VirtualGateway, "vgw-1", &[(-DAY, "available")])]);
    assert_eq!(summary(&report.estate), "all of 0: no data, down 0s, excluded not yet seen 1h 40m");
    assert!(report.locations.is_empty());
}

#[test]
fn a_group_outage_at_the_beginning_of_the_window_began_with_the_last_connection() {
    let stories = [
        connection("dxcon-1", "EqDC2", &[(-DAY, "available"), (-30, "down"), (40, "available")]),
        connection("dxcon-2", "EqDC2", &[(-DAY, "available"), (-20, "down"), (50, "available")]),
    ];
    let report = report(&window(0, 100), &stories);
    let outage = &report.estate.outages[0];
    assert_eq!((outage.started_at, outage.begins_before), (super::at(-20), true));
    assert_eq!(outage.counted_milliseconds, 40 * super::MINUTE);
}

#[test]
fn items_are_listed_beneath_the_item_that_they_run_over() {
    let up = &[(-DAY, "available")];
    let mut lag = Story::new(Kind::Lag, "dxlag-1", up);
    lag.item.location = Some("EqDC2".to_owned());
    let mut member = connection("dxcon-1", "EqDC2", up);
    member.item.lag_id = Some("dxlag-1".to_owned());
    let alone = connection("dxcon-2", "CSVA1", up);
    let mut interface = Story::new(Kind::VirtualInterface, "dxvif-1", up);
    interface.item.connection_id = Some("dxlag-1".to_owned());
    let mut peer = Story::new(Kind::BgpPeer, "dxpeer-1", &[(-DAY, "up")]);
    peer.item.virtual_interface_id = Some("dxvif-1".to_owned());
    let mut orphan = Story::new(Kind::VirtualInterface, "dxvif-2", up);
    orphan.item.connection_id = Some("dxcon-of-somebody-else".to_owned());
    let mut circle = Story::new(Kind::VirtualInterface, "dxvif-3", up);
    circle.item.connection_id = Some("dxvif-3".to_owned());
    let report = report(&window(0, 100), &[peer, orphan, circle, interface, member, lag, alone]);
    let tree: Vec<String> = report
        .items
        .iter()
        .map(|entry| {
            let parent = entry.parent.as_deref().unwrap_or("-");
            format!("{}{} < {parent}", "  ".repeat(entry.depth as usize), entry.item.key())
        })
        .collect();
    assert_eq!(
        tree,
        [
            "connection/dxcon-2 < -",
            "lag/dxlag-1 < -",
            "  connection/dxcon-1 < lag/dxlag-1",
            "  virtual-interface/dxvif-1 < lag/dxlag-1",
            "    bgp-peer/dxpeer-1 < virtual-interface/dxvif-1",
            "virtual-interface/dxvif-2 < -",
            "virtual-interface/dxvif-3 < -",
        ]
    );
}

#[test]
fn items_whose_parents_form_a_circle_are_kept() {
    let up = &[(-DAY, "available")];
    let mut one = Story::new(Kind::VirtualInterface, "dxvif-1", up);
    one.item.connection_id = Some("dxvif-2".to_owned());
    let mut other = Story::new(Kind::VirtualInterface, "dxvif-2", up);
    other.item.connection_id = Some("dxvif-1".to_owned());
    assert_eq!(report(&window(0, 100), &[one, other]).items.len(), 2);
}

#[test]
fn an_item_removed_before_the_window_is_left_out_and_counted() {
    let gone = connection("dxcon-1", "EqDC2", &[(-DAY, "available"), (-10, "deleted")]);
    let there = connection("dxcon-2", "EqDC2", &[(-DAY, "available")]);
    let report = report(&window(0, 100), &[gone, there]);
    assert_eq!((report.items.len(), report.items_left_out, report.estate.connections), (1, 1, 1));
}
