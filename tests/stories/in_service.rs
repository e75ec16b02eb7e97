//! Turn-ups: a new item is not out of service before it was in service.

use std::time::Duration;

use aws_dx_monitor::{
    domain::{Change, Event, Health, Kind, Severity},
    simulator::Inventory,
};
use serde_json::{Value, json};

use super::rig::{REGION, Rig, account, minute};

const INTERFACE: &str = "virtual-interface/dxvif-n1";
const PEER: &str = "bgp-peer/dxpeer-n1";
const HOSTED: &str = "hosted-connection/dxcon-n1";
const DAY: u64 = 24 * 60;

/// A monitor of a partner's account, which minds no pause: turn-ups take days.
async fn watching() -> Rig {
    let mut rig = Rig::of(account::of_each(1));
    rig.settings.unmonitored_after = Duration::from_secs(60 * 60 * 24 * 30);
    rig.with_baseline().await
}

fn in_the_region(items: Value) -> Inventory {
    serde_json::from_value(json!({"regions": {REGION: items}})).unwrap()
}

/// An interface and its peer in these states.
fn interface(state: &str, peer_state: &str) -> Inventory {
    in_the_region(json!({"virtualInterfaces": [{
        "virtualInterfaceId": "dxvif-n1", "virtualInterfaceState": state,
        "bgpPeers": [{"bgpPeerId": "dxpeer-n1", "bgpPeerState": peer_state, "bgpStatus": "down"}]
    }]}))
}

fn hosted(state: &str) -> Inventory {
    in_the_region(json!({"hostedConnections": {"dxcon-i0": [{"connectionId": "dxcon-n1", "connectionState": state}]}}))
}

/// The interface and its session, down and up.
async fn goes_down(rig: &Rig) {
    rig.turns("dxvif-n1", "down").sends("dxpeer-n1", json!({"bgpPeerState": "available", "bgpStatus": "down"}));
    rig.poll_well().await;
}

async fn comes_up(rig: &Rig) {
    rig.turns("dxvif-n1", "available").turns("dxpeer-n1", "up").poll_well().await;
}

fn changes(events: &[Event]) -> Vec<Change> {
    events.iter().map(|event| event.change).collect()
}

/// Nothing pages, and no outage is open or was.
fn assert_calm(events: &[Event]) {
    for event in events {
        assert_eq!((event.severity, event.metadata.incident_id), (Severity::Info, None), "{event:?}");
    }
}

#[tokio::test]
async fn an_interface_that_is_turned_up_is_announced_step_by_step_and_pages_no_one() {
    let rig = watching().await;
    rig.minute(1).adds(interface("pending", "pending")).poll_well().await;
    goes_down(rig.minute(2)).await;
    for day in 1..=3 {
        rig.minute(day * DAY).poll_well().await;
    }
    // The numbers that alarms are set on know no context.
    assert_eq!(rig.metrics.last("VirtualInterfaceState", "dxvif-n1"), Some(5.0));
    assert_eq!(rig.metrics.last("BgpPeerState", "dxpeer-n1"), Some(4.0));
    let row = rig.row(INTERFACE).await;
    assert_eq!((row.state.value(), row.state.health(), row.never_up), ("down", Health::Pending, true));
    comes_up(rig.minute(4 * DAY)).await;
    insta::assert_snapshot!(rig.sns().sentences(), @r"
    [info] virtual-interface dxvif-n1 discovered: pending | Virtual interface dxvif-n1 is new to the monitor: not yet in service.
    [info] virtual-interface dxvif-n1 pending -> down | Virtual interface dxvif-n1 is not yet in service, and down until it first comes up.
    [info] virtual-interface dxvif-n1 down -> available | Virtual interface dxvif-n1 is in service for the first time.
    [info] bgp-peer dxpeer-n1 discovered: pending | BGP peer dxpeer-n1 is new to the monitor: not yet in service.
    [info] bgp-peer dxpeer-n1 pending -> down | BGP peer dxpeer-n1 is not yet in service, and down until it first comes up.
    [info] bgp-peer dxpeer-n1 down -> up | BGP peer dxpeer-n1 is in service for the first time.
    ");
    for item in [INTERFACE, PEER] {
        let events = rig.events(item).await;
        assert_eq!(changes(&events), [Change::Discovered, Change::Progressed, Change::Activated], "{item}");
        assert_calm(&events);
        assert!(!rig.row(item).await.never_up, "{item}");
    }
}

#[tokio::test]
async fn what_was_in_service_once_has_outages_that_page_and_end() {
    let rig = watching().await;
    rig.minute(1).adds(interface("pending", "pending")).poll_well().await;
    goes_down(rig.minute(2)).await;
    comes_up(rig.minute(3)).await;
    rig.sns().told();
    goes_down(rig.minute(4)).await;
    insta::assert_snapshot!(rig.sns().told(), @r"
    [critical] virtual-interface dxvif-n1 available -> down
    [critical] bgp-peer dxpeer-n1 up -> down
    ");
    for item in [INTERFACE, PEER] {
        let outage = rig.last_event(item).await;
        assert_eq!(outage.change, Change::Degraded, "{item}");
        assert_eq!(outage.metadata.incident_id, Some(outage.metadata.id), "{item}");
        assert_eq!(rig.row(item).await.incident_id, Some(outage.metadata.id), "{item}");
    }
    comes_up(rig.minute(5)).await;
    for item in [INTERFACE, PEER] {
        let [.., outage, recovery] = &rig.events(item).await[..] else { panic!("{item}") };
        assert_eq!((recovery.change, recovery.metadata.incident_id), (Change::Recovered, Some(outage.metadata.id)));
        assert_eq!(rig.row(item).await.incident_id, None, "{item}");
    }
}

#[tokio::test]
async fn a_hosted_connection_is_ordered_and_accepted_and_waits_for_light() {
    let rig = watching().await;
    rig.minute(1).adds(hosted("ordering")).poll_well().await;
    for (number, state) in [(2, "pending"), (3, "down"), (4, "available")] {
        rig.minute(number).turns("dxcon-n1", state).poll_well().await;
    }
    insta::assert_snapshot!(rig.sns().sentences(), @r"
    [info] hosted-connection dxcon-n1 discovered: ordering | Hosted connection dxcon-n1 is new to the monitor: not yet in service.
    [info] hosted-connection dxcon-n1 ordering -> pending | Hosted connection dxcon-n1 is not yet in service.
    [info] hosted-connection dxcon-n1 pending -> down | Hosted connection dxcon-n1 is not yet in service, and down until it first comes up.
    [info] hosted-connection dxcon-n1 down -> available | Hosted connection dxcon-n1 is in service for the first time.
    ");
    let events = rig.events(HOSTED).await;
    assert_eq!(changes(&events), [Change::Discovered, Change::Progressed, Change::Progressed, Change::Activated]);
    assert_calm(&events);
}

#[tokio::test]
async fn what_is_first_seen_down_has_not_failed_and_is_activated_when_it_comes_up() {
    let rig = watching().await;
    rig.minute(1).adds(interface("down", "available")).adds(hosted("down")).poll_well().await;
    comes_up(rig.minute(2).turns("dxcon-n1", "available")).await;
    insta::assert_snapshot!(rig.sns().sentences(), @r"
    [info] hosted-connection dxcon-n1 discovered: down | Hosted connection dxcon-n1 is new to the monitor: not yet in service, and down until it first comes up.
    [info] hosted-connection dxcon-n1 down -> available | Hosted connection dxcon-n1 is in service for the first time.
    [info] virtual-interface dxvif-n1 discovered: down | Virtual interface dxvif-n1 is new to the monitor: not yet in service, and down until it first comes up.
    [info] virtual-interface dxvif-n1 down -> available | Virtual interface dxvif-n1 is in service for the first time.
    [info] bgp-peer dxpeer-n1 discovered: down | BGP peer dxpeer-n1 is new to the monitor: not yet in service, and down until it first comes up.
    [info] bgp-peer dxpeer-n1 down -> up | BGP peer dxpeer-n1 is in service for the first time.
    ");
    for item in [INTERFACE, PEER, HOSTED] {
        let events = rig.events(item).await;
        assert_eq!(changes(&events), [Change::Discovered, Change::Activated], "{item}");
        assert_eq!(events[0].state.health, Health::Pending, "{item}");
        assert_calm(&events);
    }
}

#[tokio::test]
async fn what_the_first_poll_finds_on_its_way_is_not_in_service_whatever_it_passes_through() {
    let mut found = account::connections(1);
    found.inventory.region_mut(REGION).connections[0].connection_state = Some("requested".into());
    let rig = Rig::watching_only(Kind::Connection, found).await;
    rig.minute(1).turns("dxcon-0", "quarantined").poll_well().await;
    rig.minute(2).turns("dxcon-0", "down").poll_well().await;
    let event = rig.last_event("connection/dxcon-0").await;
    assert_eq!((event.state.value.as_str(), event.state.health), ("down", Health::Pending));
    assert_calm(&[event]);
    rig.minute(3).turns("dxcon-0", "available").poll_well().await;
    assert_eq!(rig.last_event("connection/dxcon-0").await.change, Change::Activated);
}

#[tokio::test]
async fn the_report_counts_from_the_time_when_an_item_was_first_in_service() {
    let rig = watching().await;
    rig.minute(1).adds(interface("pending", "pending")).poll_well().await;
    goes_down(rig.minute(2)).await;
    comes_up(rig.minute(12)).await;
    goes_down(rig.minute(22)).await;
    comes_up(rig.minute(27)).await;
    rig.minute(32).poll_well().await;
    let minutes = |count: u64| count * 60_000;
    for item in [INTERFACE, PEER] {
        let reported = rig.availability(item).await;
        let figures = &reported.figures;
        assert_eq!((figures.excluded.undiscovered, figures.excluded.pending), (minutes(1), minutes(11)), "{item}");
        assert_eq!((figures.up_milliseconds, figures.down_milliseconds), (minutes(15), minutes(5)), "{item}");
        assert_eq!(figures.availability, Some(0.75), "{item}");
        let began: Vec<_> = reported.outages.iter().map(|outage| outage.started_at).collect();
        assert_eq!(began, [minute(22)], "{item}: what came before service is no outage");
    }
}
