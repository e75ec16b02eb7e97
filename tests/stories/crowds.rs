//! Many items, many pages, several regions.

use aws_dx_monitor::{
    domain::{ItemPath, Kind, Scope, Selection, Span},
    ports::History,
    simulator::{Fault, FaultKind, Scenario},
};

use super::rig::{
    ACCOUNT, OTHER_REGION, REGION, Rig,
    account::{self, TROUBLES, connection, id, interconnect},
    key, minute,
};

/// The last items of some kinds' lists of 250 fail: what is announced of it.
async fn the_last_of_250_fail(mut rig: Rig, kinds: &[Kind]) -> String {
    rig.choose(kinds);
    let rig = rig.with_baseline().await;
    rig.minute(1);
    for (kind, _, trouble) in TROUBLES.into_iter().filter(|(kind, ..)| kinds.contains(kind)) {
        rig.turns(&id(kind, 249), trouble);
    }
    let report = rig.poll_well().await;
    let size = kinds.len() as u64;
    assert_eq!((report.items, report.metrics, report.transitions), (250 * size, 250 * size, size));
    assert_eq!(rig.all_events().await.len(), 251 * kinds.len());
    rig.sns().told()
}

#[tokio::test]
async fn the_last_item_of_every_list_of_250_is_watched_as_the_first() {
    // Each host and gateway is asked for its children: a single one of each has them all.
    let parents = [Kind::Interconnect, Kind::DirectConnectGateway];
    let kinds = TROUBLES.map(|(kind, ..)| kind);
    let others: Vec<Kind> = kinds.into_iter().filter(|kind| !parents.contains(kind)).collect();
    let mut scenario = account::of_each(250);
    scenario.inventory.region_mut(REGION).interconnects.truncate(1);
    scenario.inventory.global.direct_connect_gateways.truncate(1);
    insta::assert_snapshot!(the_last_of_250_fail(Rig::of(scenario), &others).await, @r"
    [critical] connection dxcon-249 available -> down (fibre dxcon-249)
    [critical] hosted-connection dxcon-h249 available -> down (fibre dxcon-h249)
    [critical] lag dxlag-249 available -> down (lag 249)
    [critical] virtual-interface dxvif-249 available -> down (interface 249)
    [critical] bgp-peer dxpeer-249 up -> down (interface 249)
    [warning] virtual-gateway vgw-249 available -> deleting
    [warning] gateway-attachment gateway-0:dxvif-249 attached -> detaching
    [warning] gateway-association association-249 associated -> disassociating
    ");
    insta::assert_snapshot!(the_last_of_250_fail(Rig::of(account::of_each(250)), &parents).await, @r"
    [critical] interconnect dxcon-i249 available -> down (port dxcon-i249)
    [warning] direct-connect-gateway gateway-249 available -> deleting (gateway 249)
    ");
}

#[tokio::test]
async fn a_partners_hosted_connections_are_watched_on_every_interconnect() {
    let mut scenario = Scenario { partner: true, ..Scenario::default() };
    let region = scenario.inventory.region_mut(REGION);
    for (host, size) in [("dxcon-i1", 201), ("dxcon-i2", 100), ("dxcon-i3", 60)] {
        region.interconnects.push(interconnect(host));
        let hosted = (0..size).map(|number| connection(&format!("{host}-{number}"))).collect();
        region.hosted_connections.insert(host.into(), hosted);
    }
    let rig = Rig::watching(scenario).await;
    rig.minute(1).turns("dxcon-i1-200", "down").turns("dxcon-i3-59", "rejected").turns("dxcon-i2", "down");
    let report = rig.poll_well().await;
    assert_eq!((report.items, report.metrics), (364, 364));
    insta::assert_snapshot!(rig.sns().told(), @r"
    [critical] interconnect dxcon-i2 available -> down (port dxcon-i2)
    [critical] hosted-connection dxcon-i1-200 available -> down (fibre dxcon-i1-200)
    [warning] hosted-connection dxcon-i3-59 available -> rejected (fibre dxcon-i3-59)
    ");
    let event = rig.last_event("hosted-connection/dxcon-i1-200").await;
    assert_eq!(event.item.interconnect_id.as_deref(), Some("dxcon-i1"));
}

/// An account with a connection in each of two regions, and global items.
fn two_regions() -> Scenario {
    let mut scenario = account::of_each(1);
    scenario.inventory.region_mut(OTHER_REGION).connections.push(connection("dxcon-overseas"));
    scenario
}

#[tokio::test]
async fn two_regions_and_the_global_kinds_are_scopes_of_their_own() {
    let rig = Rig::of(two_regions());
    let report = rig.poll_well().await;
    assert_eq!(report.items, 11, "global kinds are counted once");
    let scopes: Vec<String> =
        rig.ledger.inner.scopes().await.unwrap().iter().map(|listed| listed.scope.to_string()).collect();
    assert_eq!(scopes, ["123456789012/eu-west-1", "123456789012/global", "123456789012/us-east-1"]);
    insta::assert_snapshot!(rig.sns().summary_texts(), @r"
    Watching 11 items in 3 scopes: all of them are up.
    From now on, every change is announced.

    Watched:
      123456789012/eu-west-1: 1 connection
      123456789012/global: 1 Direct Connect gateway
      123456789012/global: 1 gateway attachment
      123456789012/global: 1 gateway association
      123456789012/us-east-1: 1 connection
      123456789012/us-east-1: 1 interconnect
      123456789012/us-east-1: 1 hosted connection
      123456789012/us-east-1: 1 LAG
      123456789012/us-east-1: 1 virtual interface
      123456789012/us-east-1: 1 BGP peer
      123456789012/us-east-1: 1 virtual private gateway

    As of 2026-11-22 03:00:00 UTC. All states:
      aws-dx-monitor status
    ");

    rig.minute(1).turns("dxcon-overseas", "down").turns("gateway-0", "deleting").poll_well().await;
    let mut told: Vec<String> =
        rig.bus().offers().iter().map(|offer| format!("{} {}", offer.event.item.region, offer.event.item.id)).collect();
    told.sort();
    assert_eq!(told, ["eu-west-1 dxcon-overseas", "global gateway-0"]);
}

#[tokio::test]
async fn a_region_out_of_reach_hides_no_other_and_loses_nothing() {
    let rig = Rig::watching(two_regions()).await;
    let region = Some(OTHER_REGION.to_owned());
    rig.fault(Fault { region, kind: Some(FaultKind::ConnectionDropped), ..Fault::default() });
    rig.minute(1).turns("dxcon-overseas", "down").turns("dxcon-0", "down");
    let report = rig.poll().await;
    assert_eq!((report.items, report.metrics, report.transitions), (10, 10, 1));
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.gaps.len(), 8, "{report}");
    assert!(report.gaps.iter().all(|gap| gap.scope.to_string() == "123456789012/eu-west-1"), "{report}");
    assert_eq!(rig.metrics.own("PollSucceeded"), Some(0.0));
    assert_eq!(rig.sns().told(), "[critical] connection dxcon-0 available -> down (fibre dxcon-0)");

    for number in 2..6 {
        rig.minute(number).poll().await;
    }
    assert_eq!(rig.sns().told(), "", "nothing is absent");
    rig.minute(6).nothing_fails().poll_well().await;
    assert_eq!(rig.sns().told(), "[critical] connection dxcon-overseas available -> down (fibre dxcon-overseas)");
    let overseas = ItemPath::new(Scope::regional(ACCOUNT, OTHER_REGION), key("connection/dxcon-overseas"));
    let from = minute(0);
    let selection = Selection::of(overseas, Span::new(from, minute(7)));
    let rows = rig.ledger.inner.transitions(&selection).await.unwrap();
    let previous = &rows[1].event["previousState"];
    assert_eq!(previous["lastSeenAt"], from.to_string(), "the last time that the region was seen");
    assert_eq!(rig.scope(Kind::Connection).region(), REGION);
}
