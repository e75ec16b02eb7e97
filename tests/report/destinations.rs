//! Destinations: how long each had a path, in numbers that were worked out by hand.

use aws_dx_monitor::{
    calendar::Calendar,
    domain::{DestinationKind, ItemDescription, ItemKey, Kind, Scope},
    report::{Assembly, Exclusions, Relation, Report, ReportDestination, Terms, Window, csv, html, phrases},
};
use uuid::Uuid;

use super::{DAY, MINUTE, Story, TOLERATED, at, event_id, monitored, unmonitored, window};

const HOSTILE: &str = "</title><script>alert(1)</script>\u{202e}\u{1b}[31m,=1+1";

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn connection(id: &str, words: &[(i64, &str)]) -> Story {
    Story::new(Kind::Connection, id, words)
}

/// An interface over a connection to the gateway `gw`.
fn interface(id: &str, connection: &str, words: &[(i64, &str)]) -> Story {
    let mut story = Story::new(Kind::VirtualInterface, id, words);
    story.item.connection_id = some(connection);
    story.item.direct_connect_gateway_id = some("gw");
    story
}

fn session(id: &str, interface: &str, family: &str, words: &[(i64, &str)]) -> Story {
    let mut story = Story::new(Kind::BgpPeer, id, words);
    story.item.virtual_interface_id = some(interface);
    story.item.address_family = some(family);
    story
}

fn global(kind: Kind, id: &str, words: &[(i64, &str)]) -> Story {
    let mut story = Story::new(kind, id, words);
    story.item = ItemDescription::bare(&Scope::global("123456789012"), &ItemKey::new(kind, id));
    story
}

/// The report of `stories`, of which those named in `holes` were unmonitored in these minutes.
fn report_with(window: &Window, stories: &[Story], holes: &[(&str, (i64, i64))]) -> Report {
    let exclusions = Exclusions::default();
    let mut assembly =
        Assembly::new(Terms { window, exclusions: &exclusions, unmonitored_after: TOLERATED, shows_retired: false });
    for story in stories {
        let own: Vec<(i64, i64)> = holes.iter().filter(|(id, _)| *id == story.item.id).map(|(_, hole)| *hole).collect();
        let time = if own.is_empty() { monitored(window) } else { unmonitored(window, &own) };
        assembly.add(story.item.clone().into(), None, story.over(window, &time, &exclusions));
    }
    assembly.finish()
}

fn summary(destination: &ReportDestination) -> String {
    let figures = &destination.figures;
    format!(
        "{} {} over {}: {}, no path {}, excluded {}",
        destination.id,
        destination.address_family,
        destination.paths,
        phrases::availability(figures),
        phrases::duration(figures.down_milliseconds),
        phrases::excluded(figures),
    )
}

fn summaries(report: &Report) -> Vec<String> {
    report.destinations.iter().map(summary).collect()
}

/// Two connections, each with an interface and its session to one gateway.
fn estate(one: &[(i64, &str)], other: &[(i64, &str)]) -> Vec<Story> {
    let session_words = |words: &[(i64, &'static str)]| -> Vec<(i64, &'static str)> {
        words.iter().map(|(at, word)| (*at, if *word == "available" { "up" } else { "down" })).collect()
    };
    let fixed = |words: &[(i64, &str)]| -> Vec<(i64, &'static str)> {
        words.iter().map(|(at, word)| (*at, if *word == "available" { "available" } else { "down" })).collect()
    };
    vec![
        connection("dxcon-1", one),
        interface("dxvif-1", "dxcon-1", &[(-DAY, "available")]),
        session("dxpeer-1", "dxvif-1", "ipv4", &session_words(&fixed(one))),
        connection("dxcon-2", other),
        interface("dxvif-2", "dxcon-2", &[(-DAY, "available")]),
        session("dxpeer-2", "dxvif-2", "ipv4", &session_words(&fixed(other))),
    ]
}

#[test]
fn a_destination_is_down_while_none_of_its_paths_is_up() {
    let stories = estate(
        &[(-DAY, "available"), (10, "down"), (40, "available")],
        &[(-DAY, "available"), (30, "down"), (50, "available")],
    );
    let report = report_with(&window(0, 100), &stories, &[]);
    assert_eq!(summaries(&report), ["gw ipv4 over 2: 90.000%, no path 10m, excluded "]);
    let destination = &report.destinations[0];
    assert_eq!((destination.kind, destination.name.as_deref()), (DestinationKind::DirectConnectGateway, None));
    let outage = &destination.outages[0];
    assert_eq!((outage.started_at, outage.ended_at), (at(30), Some(at(40))));
    assert_eq!((outage.started_after, outage.ended_after), (Some(at(29)), Some(at(39))));
    assert_eq!((outage.start_event_id, outage.end_event_id), (Some(event_id(1)), Some(event_id(2))));
}

#[test]
fn an_outage_from_before_the_window_began_when_the_last_path_went() {
    let mut stories = estate(
        &[(-DAY, "available"), (-50, "down"), (40, "available")],
        &[(-DAY, "available"), (-20, "down"), (50, "available")],
    );
    // Its session needs longer to be seen down than its connection: the path was gone with the first of them.
    stories[5] = session("dxpeer-2", "dxvif-2", "ipv4", &[(-DAY, "up"), (-18, "down"), (52, "up")]);
    let report = report_with(&window(0, 100), &stories, &[]);
    let outage = &report.destinations[0].outages[0];
    assert_eq!((outage.started_at, outage.begins_before, outage.ended_at), (at(-20), true, Some(at(40))));
    assert_eq!(outage.counted_milliseconds, 40 * MINUTE);
}

#[test]
fn address_families_are_destinations_of_their_own() {
    let stories = [
        interface("dxvif-1", "dxcon-elsewhere", &[(-DAY, "available")]),
        session("dxpeer-4", "dxvif-1", "ipv4", &[(-DAY, "up")]),
        session("dxpeer-6", "dxvif-1", "ipv6", &[(-DAY, "up"), (25, "down"), (75, "up")]),
        global(Kind::DirectConnectGateway, "gw", &[(-DAY, "available")]),
    ];
    let report = report_with(&window(0, 100), &stories, &[]);
    assert_eq!(
        summaries(&report),
        ["gw ipv4 over 1: 100.000%, no path 0s, excluded ", "gw ipv6 over 1: 50.000%, no path 50m, excluded "]
    );
}

#[test]
fn what_cannot_be_known_is_excluded_unless_another_path_is_known_to_be_up() {
    let words: [&[(i64, &str)]; 2] = [&[(-DAY, "available"), (20, "down"), (80, "available")], &[(-DAY, "available")]];
    let stories = estate(words[0], words[1]);
    let holes = [("dxvif-2", (10, 50))];
    // From 10 to 20 the first is up; from 20 to 50 it is down, and nobody sees the second.
    let report = report_with(&window(0, 100), &stories, &holes);
    assert_eq!(summaries(&report), ["gw ipv4 over 2: 100.000%, no path 0s, excluded unmonitored 30m"]);
    // Where the connection of the second is known to be down, its interface need not be seen.
    let stories = estate(words[0], &[(-DAY, "available"), (30, "down"), (60, "available")]);
    let report = report_with(&window(0, 100), &stories, &holes);
    assert_eq!(summaries(&report), ["gw ipv4 over 2: 66.666%, no path 30m, excluded unmonitored 10m"]);
}

#[test]
fn tests_turn_ups_and_removals_are_no_outages() {
    let path = |words: &[(i64, &str)]| {
        let report = report_with(&window(0, 100), &[interface("dxvif-1", "dxcon-x", words)], &[]);
        summaries(&report).concat()
    };
    assert_eq!(
        path(&[(-DAY, "available"), (10, "testing"), (30, "available")]),
        "gw ipv4 over 1: 100.000%, no path 0s, excluded testing 20m"
    );
    assert_eq!(
        path(&[(40, "pending"), (60, "available")]),
        "gw ipv4 over 1: 100.000%, no path 0s, excluded not yet seen 40m, pending 20m"
    );
    assert_eq!(
        path(&[(-DAY, "available"), (50, "deleting"), (52, "deleted")]),
        "gw ipv4 over 1: 100.000%, no path 0s, excluded removed 50m"
    );
    assert_eq!(
        path(&[(-DAY, "available"), (50, "unknown")]),
        "gw ipv4 over 1: 100.000%, no path 0s, excluded unknown 50m"
    );
    assert_eq!(path(&[(-DAY, "unknown")]), "gw ipv4 over 1: no data, no path 0s, excluded unknown 1h 40m");
    assert_eq!(path(&[(-DAY, "available"), (-10, "deleted")]), "", "it led nowhere in this window");
}

#[test]
fn an_interface_that_is_detached_is_no_path_and_public_ones_are_one_destination() {
    let mut attachment =
        global(Kind::GatewayAttachment, "gw:dxvif-1", &[(-DAY, "attached"), (30, "detaching"), (31, "detached")]);
    attachment.item.direct_connect_gateway_id = some("gw");
    attachment.item.virtual_interface_id = some("dxvif-1");
    let mut public = interface("dxvif-3", "dxcon-3", &[(-DAY, "available"), (10, "down"), (20, "available")]);
    public.item.direct_connect_gateway_id = None;
    public.item.virtual_interface_type = some("public");
    let mut other = public.clone();
    other.item.id = "dxvif-4".to_owned();
    let mut private = interface("dxvif-5", "dxcon-3", &[(-DAY, "available")]);
    private.item.direct_connect_gateway_id = None;
    private.item.virtual_gateway_id = some("vgw-1");
    let stories = [interface("dxvif-1", "dxcon-1", &[(-DAY, "available")]), attachment, public, other, private];
    assert_eq!(
        summaries(&report_with(&window(0, 100), &stories, &[])),
        [
            "gw ipv4 over 1: 100.000%, no path 0s, excluded removed 1h 10m",
            "vgw-1 ipv4 over 1: 100.000%, no path 0s, excluded ",
            "123456789012 ipv4 over 2: 90.000%, no path 10m, excluded ",
        ]
    );
}

#[test]
fn what_its_events_say_it_ran_over_counts_for_their_time() {
    // It ran over a connection of its own until it was moved at minute 60 to one that was down before.
    let mut moved = interface("dxvif-1", "dxcon-2", &[(-DAY, "available"), (50, "down"), (60, "available")]);
    let relation = |connection: &str| Relation {
        connection: some(connection),
        leads_to: Some((DestinationKind::DirectConnectGateway, "gw".to_owned())),
    };
    let down_before = connection("dxcon-2", &[(-DAY, "available"), (10, "down"), (40, "available")]);
    let paths = |moved: &Story| summaries(&report_with(&window(0, 100), &[moved.clone(), down_before.clone()], &[]));
    moved.relations = [(1, relation("dxcon-1")), (2, relation("dxcon-2"))].into();
    assert_eq!(paths(&moved), ["gw ipv4 over 1: 90.000%, no path 10m, excluded "]);
    moved.relations = [(1, relation("dxcon-2")), (2, relation("dxcon-2"))].into();
    assert_eq!(paths(&moved), ["gw ipv4 over 1: 60.000%, no path 40m, excluded "]);
    // It was attached to another gateway first.
    let elsewhere =
        Relation { leads_to: Some((DestinationKind::VirtualGateway, "vgw-1".to_owned())), ..relation("dxcon-2") };
    moved.relations = [(1, elsewhere), (2, relation("dxcon-2"))].into();
    assert_eq!(
        paths(&moved),
        [
            "gw ipv4 over 1: 100.000%, no path 0s, excluded not yet seen 1h",
            "vgw-1 ipv4 over 1: 33.333%, no path 40m, excluded not yet seen 40m",
        ]
    );
}

#[test]
fn sessions_that_are_replaced_make_no_destination_of_another_family() {
    let stories = [
        interface("dxvif-1", "dxcon-1", &[(-DAY, "available")]),
        session("dxpeer-1", "dxvif-1", "ipv6", &[(-DAY, "up"), (20, "deleted")]),
        session("dxpeer-2", "dxvif-1", "ipv6", &[(30, "pending"), (35, "up")]),
    ];
    let report = report_with(&window(0, 100), &stories, &[]);
    assert_eq!(summaries(&report), ["gw ipv6 over 1: 100.000%, no path 0s, excluded removed 10m, pending 5m"]);
}

#[test]
fn destinations_are_in_every_form_and_their_names_are_inert() {
    let mut gateway = global(Kind::DirectConnectGateway, "gw", &[(-DAY, "available")]);
    gateway.item.name = some(HOSTILE);
    let mut stories = estate(
        &[(-DAY, "available"), (10, "down"), (40, "available")],
        &[(-DAY, "available"), (30, "down"), (50, "available")],
    );
    stories.push(gateway);
    let mut hostile = interface("dxvif-9", "dxcon-9", &[(-DAY, "available"), (5, "down")]);
    (hostile.item.direct_connect_gateway_id, hostile.item.virtual_gateway_id) = (None, some(HOSTILE));
    hostile.item.address_family = some(HOSTILE);
    stories.push(hostile);
    let mut report = report_with(&window(0, 100), &stories, &[]);
    report.destinations[0].outages[0].group_id = Some(Uuid::from_u128(7));
    let page = html::page(&report, Calendar::UTC);
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
    assert!(page.contains("Had a path to") && page.contains("00000000-0000-0000-0000-000000000007"));
    let csv = csv::destinations(&report);
    assert!(!csv.contains('\u{202e}') && !csv.contains('\u{1b}'), "{csv}");
    let line = csv.lines().nth(1).unwrap().replace(HOSTILE, "");
    assert!(line.starts_with("123456789012,direct-connect-gateway,gw,"), "{line}");
    assert!(line.contains(",ipv4,2,2026-10-01T00:00:00.000Z,2026-10-01T01:40:00.000Z,0.9,1,5400,600,0,"), "{line}");
}
