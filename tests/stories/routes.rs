//! Routes that vanish under a session that is up: what is asked for when, what is announced, and what is left unsaid.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    domain::{Kind, Notify},
    ports::History,
    simulator::{Connection, Fault, FaultKind, Operation, Route, Scenario, VirtualInterface},
};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::rig::{REGION, Rig, account, minute};

const GATEWAY: &str = "gateway-1";
const LIST: &str = "ListVirtualInterfaceRoutes";

/// A gateway with so many interfaces, each on a cable and a device of its own and with a session in each of these families,
/// over which a router announces two prefixes.
pub fn scenario(interfaces: usize, families: &[&str]) -> Scenario {
    let mut scenario = Scenario::default();
    for number in 1..=interfaces {
        let region = scenario.inventory.region_mut(REGION);
        region.connections.push(Connection {
            aws_device_v2: Some(format!("EqDC2-{number}")),
            ..account::connection(&format!("dxcon-{number}"))
        });
        region.virtual_interfaces.push(VirtualInterface {
            virtual_interface_name: Some(format!("prod-{number}")),
            bgp_peers: families.iter().map(|family| account::session(number, family)).collect(),
            routes: Some(announced()),
            ..account::interface_to(GATEWAY, number)
        });
    }
    account::add_gateway(&mut scenario, GATEWAY, Some("core"));
    scenario
}

/// What a router announces in each family, and what AWS does.
fn announced() -> Vec<Route> {
    let accepted = ["10.0.0.0/16", "10.1.0.0/16", "2001:db8::/48"].map(Route::accepted);
    accepted.into_iter().chain([Route::advertised("172.31.0.0/16")]).collect()
}

/// A monitor of routes that has its baseline after five minutes, when each interface has had its turn.
async fn watching(scenario: Scenario) -> Rig {
    let mut rig = Rig::of(scenario);
    rig.has_read_all_routes().await;
    rig.metrics.forget();
    rig
}

fn withdraws(rig: &Rig, interface: &str) {
    rig.sends(interface, json!({"routes": [{"cidr": "172.31.0.0/16", "routeDirection": "advertised"}]}));
}

fn announces_again(rig: &Rig, interface: &str) {
    rig.sends(interface, json!({"routes": announced()}));
}

/// Polls minute by minute, and returns in which minute people read what.
pub async fn told(rig: &Rig, minutes: std::ops::RangeInclusive<u64>) -> Vec<(u64, String)> {
    let mut told = Vec::new();
    for number in minutes {
        rig.minute(number).poll_well().await;
        told.extend(rig.sns().incidents().into_iter().map(|offer| (number, offer.for_people.subject)));
    }
    told
}

pub fn asked(rig: &Rig) -> usize {
    let count = rig.simulator.traffic().count(LIST) as usize;
    rig.simulator.reset_traffic();
    count
}

#[tokio::test]
async fn a_router_that_withdraws_everything_is_announced_within_the_interval_and_so_is_its_return() {
    let rig = watching(scenario(2, &["ipv4"])).await;
    assert_eq!(rig.row("bgp-routes/dxvif-1:ipv4").await.state.value(), "present");
    withdraws(rig.minute(5), "dxvif-1");
    let read = told(&rig, 5..=9).await;
    assert_eq!(read.len(), 1, "{read:?}");
    assert_snapshot!(read[0].1, @"[warning] BGP routes dxvif-1:ipv4 (prod-1) gone: core has 1 of 2 paths");

    // The last path: its session is up, and so is everything else.
    withdraws(rig.minute(10), "dxvif-2");
    let read = told(&rig, 10..=14).await;
    assert_eq!(read.len(), 1, "{read:?}");
    assert_snapshot!(read[0].1, @"[critical] BGP routes dxvif-2:ipv4 (prod-2) gone: core has no path");
    let event = rig.last_event("bgp-routes/dxvif-2:ipv4").await;
    assert_snapshot!(serde_json::to_string_pretty(&*event.item).unwrap(), @r#"
    {
      "kind": "bgp-routes",
      "id": "dxvif-2:ipv4",
      "name": "prod-2",
      "account": "123456789012",
      "region": "us-east-1",
      "ownerAccount": "123456789012",
      "connectionId": "dxcon-2",
      "virtualInterfaceId": "dxvif-2",
      "bgpPeerId": "dxpeer-2",
      "virtualInterfaceType": "private",
      "addressFamily": "ipv4",
      "acceptedRoutes": 0,
      "advertisedRoutes": 1
    }
    "#);
    assert_eq!(rig.row("bgp-peer/dxpeer-2").await.state.value(), "up");

    announces_again(rig.minute(15), "dxvif-1");
    announces_again(&rig, "dxvif-2");
    // Which of the two is asked first differs from process to process, and with it how long each was without, and whether
    // the other's eases before it ends.
    let read = told(&rig, 15..=19).await;
    let ends = read.iter().filter_map(|(_, subject)| subject.split_once(" after "));
    let read: BTreeSet<String> = ends.map(|(subject, _)| subject.to_owned()).collect();
    assert_snapshot!(read.into_iter().collect::<Vec<_>>().join("\n"), @"
    [resolved] BGP routes dxvif-1:ipv4 (prod-1) there again
    [resolved] BGP routes dxvif-2:ipv4 (prod-2) there again
    ");
    assert!(rig.sns().incidents().is_empty());
}

#[tokio::test]
async fn a_change_is_bounded_by_the_last_look_at_the_routes_and_not_by_the_last_poll() {
    let rig = watching(scenario(5, &["ipv4"])).await;
    rig.minute(5);
    (1..=5).for_each(|number| withdraws(&rig, &format!("dxvif-{number}")));
    told(&rig, 5..=9).await;
    for number in 1..=5 {
        let event = rig.last_event(&format!("bgp-routes/dxvif-{number}:ipv4")).await;
        let seen_at = event.previous_state.unwrap().last_seen_at;
        assert!(seen_at < minute(5), "dxvif-{number} had routes in minute 4 at the latest: {seen_at}");
        assert!(event.state.since >= minute(5));
    }
}

#[tokio::test]
async fn routes_of_a_session_that_is_down_are_unseen_and_the_incident_is_the_sessions() {
    let rig = watching(scenario(1, &["ipv4"])).await;
    rig.minute(5).turns("dxpeer-1", "down");
    assert_eq!(told(&rig, 5..=5).await.len(), 1);
    asked(&rig);
    assert_eq!(told(&rig, 6..=30).await, vec![]);
    assert_eq!(asked(&rig), 0, "a session that is down is not asked for its routes");
    let row = rig.row("bgp-routes/dxvif-1:ipv4").await;
    assert_eq!((row.state.value(), row.suspect), ("present", None), "neither absent nor gone");
    assert_eq!(rig.metrics.last("BgpRoutesState", "dxvif-1 ipv4"), None);

    // The router comes back, and announces nothing before the next poll.
    withdraws(rig.minute(32).turns("dxpeer-1", "up"), "dxvif-1");
    let read = told(&rig, 32..=32).await;
    assert_snapshot!(read[0].1, @"[resolved] BGP peer dxpeer-1 (prod-1) up again after 27 minutes");
    announces_again(rig.minute(33), "dxvif-1");
    assert_eq!(told(&rig, 33..=40).await, vec![], "it was not asked too early");
    let availability = rig.availability("bgp-routes/dxvif-1:ipv4").await;
    let figures = availability.figures;
    assert!(figures.excluded.unmonitored >= 27 * 60_000, "{figures:?}");
    assert_eq!(figures.down_milliseconds, 0, "{figures:?}");
}

#[tokio::test]
async fn an_interface_that_is_deleted_takes_its_routes_with_it() {
    let rig = watching(scenario(2, &["ipv4"])).await;
    rig.minute(5).leaves("dxvif-1");
    told(&rig, 5..=8).await;
    assert_eq!(rig.row("bgp-routes/dxvif-1:ipv4").await.state.value(), "absent");
    assert_eq!(rig.row("bgp-routes/dxvif-2:ipv4").await.state.value(), "present");
}

#[tokio::test]
async fn each_family_of_an_interface_has_routes_of_its_own() {
    let rig = watching(scenario(1, &["ipv4", "ipv6"])).await;
    rig.minute(5).sends("dxvif-1", json!({"routes": [{"cidr": "10.0.0.0/16", "routeDirection": "accepted"}]}));
    let read = told(&rig, 5..=9).await;
    assert_snapshot!(read[0].1, @"[critical] BGP routes dxvif-1:ipv6 (prod-1) gone: core has no path");
    assert_eq!(rig.row("bgp-routes/dxvif-1:ipv4").await.state.value(), "present");
    rig.minute(10).sends("dxvif-1", json!({"routes": []}));
    let read = told(&rig, 10..=14).await;
    assert_snapshot!(read.into_iter().map(|(_, subject)| subject).collect::<Vec<_>>().join("\n"), @"[critical] cause found: virtual interface dxvif-1 up, but what it carries is down: core has no path");
}

#[tokio::test]
async fn a_poll_asks_for_a_fifth_and_publishes_the_level_of_all() {
    let rig = watching(scenario(10, &["ipv4"])).await;
    for number in 5..=10 {
        asked(&rig);
        rig.metrics.forget();
        rig.minute(number).poll_well().await;
        assert_eq!(asked(&rig), 2);
        for interface in 1..=10 {
            assert_eq!(rig.metrics.last("BgpRoutesState", &format!("dxvif-{interface} ipv4")), Some(1.0));
        }
    }
}

#[tokio::test]
async fn an_endpoint_without_the_operation_is_no_gap_and_routes_are_not_watched() {
    let mut rig = Rig::of(scenario(5, &["ipv4"]));
    rig.choose(&Kind::ALL);
    rig.fails(Operation::ListVirtualInterfaceRoutes, FaultKind::UnknownOperation);
    asked(&rig);
    for number in 0..10 {
        assert_eq!(rig.minute(number).poll_well().await.gaps, vec![]);
    }
    assert!(asked(&rig) <= 3, "it is asked for again now and then");
    assert!(rig.find("bgp-routes/dxvif-1:ipv4").await.is_none());
    rig.nothing_fails();
    for number in 10..20 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.row("bgp-routes/dxvif-1:ipv4").await.state.value(), "present");
}

#[tokio::test]
async fn what_is_refused_or_breaks_off_is_a_gap_and_nobody_is_told_of_an_outage() {
    for (kind, page) in [
        (FaultKind::AccessDenied, None),
        (FaultKind::Throttling, None),
        (FaultKind::ServerException, Some(2)),
        (FaultKind::RepeatedToken, Some(2)),
    ] {
        let mut scenario = scenario(2, &["ipv4"]);
        scenario.page_size = Some(1);
        let rig = watching(scenario).await;
        let operation = Some(LIST.to_owned());
        rig.fault(Fault { operation, page, kind: Some(kind), parent: Some("dxvif-1".into()), ..Fault::default() });
        let mut gaps = 0;
        for number in 5..=9 {
            let report = rig.minute(number).poll().await;
            assert!(report.failures.is_empty() && report.gaps.len() <= 1, "{report}");
            gaps += report.gaps.iter().filter(|gap| gap.parent.as_deref() == Some("dxvif-1:ipv4")).count();
        }
        assert!(gaps >= 1, "{kind:?}");
        assert_eq!(rig.sns().incident_subjects(), "", "{kind:?}");
        assert_eq!(rig.row("bgp-routes/dxvif-1:ipv4").await.state.value(), "present");
        // It is read again in its turn.
        rig.nothing_fails();
        let mut last = Vec::new();
        for number in 10..=15 {
            last = rig.minute(number).poll().await.gaps;
        }
        assert_eq!(last, vec![], "{kind:?}");
    }
}

#[tokio::test]
async fn a_public_interface_is_asked_for_what_is_accepted_only() {
    let mut scenario = scenario(1, &["ipv4"]);
    let interface = &mut scenario.inventory.region_mut(REGION).virtual_interfaces[0];
    interface.virtual_interface_type = Some("public".into());
    let rig = watching(scenario).await;
    let item: Value = serde_json::to_value(&*rig.last_event("bgp-routes/dxvif-1:ipv4").await.item).unwrap();
    assert_eq!((&item["acceptedRoutes"], item.get("advertisedRoutes")), (&json!(2), None));
}

#[tokio::test]
async fn a_cable_over_which_all_routes_are_gone_is_one_incident() {
    let mut scenario = scenario(3, &["ipv4"]);
    for interface in &mut scenario.inventory.region_mut(REGION).virtual_interfaces {
        interface.connection_id = Some("dxcon-1".into());
    }
    let mut rig = Rig::of(scenario);
    rig.choose(&Kind::ALL);
    rig.settings.notify = Notify::Incidents;
    for number in 0..5 {
        rig.minute(number).poll_well().await;
    }
    rig.minute(5);
    (1..=3).for_each(|number| withdraws(&rig, &format!("dxvif-{number}")));
    told(&rig, 5..=9).await;
    let rows = rig.ledger.inner.states(&rig.scope(Kind::BgpRoutes)).await.unwrap().incidents;
    let open = rows.values().filter(|row| row.state.status.is_open());
    let open: Vec<String> = open.map(|row| row.state.root.to_string()).collect();
    assert_eq!(open, ["connection/dxcon-1"]);
}

#[tokio::test]
async fn most_routes_gone_are_evidence_on_what_is_open_for_the_interface() {
    let rig = watching(scenario(1, &["ipv4", "ipv6"])).await;
    let routes = |count: u8| {
        let prefix = |number: u8| json!({"cidr": format!("10.{number}.0.0/16"), "routeDirection": "accepted"});
        json!({"routes": (0..count).map(prefix).collect::<Vec<_>>()})
    };
    rig.minute(5).sends("dxvif-1", routes(40));
    let read = told(&rig, 5..=9).await;
    assert_eq!(read.len(), 1, "those of the other family are gone: {read:?}");
    rig.minute(10).sends("dxvif-1", routes(19));
    rig.chat().incidents();
    told(&rig, 10..=11).await;
    let explained: Vec<Value> = rig.chat().incidents().into_iter().map(|offer| offer.document).collect();
    assert_eq!(explained.len(), 1);
    assert_eq!(explained[0]["reason"], "explained");
    let evidence = &explained[0]["incident"]["evidence"];
    assert_eq!(evidence.as_array().unwrap().last().unwrap()["type"], "routes");
    assert_snapshot!(evidence.as_array().unwrap().last().unwrap()["summary"].as_str().unwrap(), @"AWS accepts 19 routes over dxvif-1:ipv4, after 40");
}
