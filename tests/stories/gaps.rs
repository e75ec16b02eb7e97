//! A listing that fails, alone or half-way: a gap in its kind and its children, and nothing else.

use aws_dx_monitor::{
    domain::Kind,
    simulator::{Fault, FaultKind, Operation, Scenario},
};

use super::rig::{
    Rig,
    account::{self, TROUBLES, id},
    minute,
};
use crate::direct_connect::failures::{GATEWAY_LISTS, HOSTED_CONNECTIONS, LAGS, List};

/// The lists: those that end with the first page of a list do so when its second page fails.
const LISTS: [List; 9] = [
    (
        Operation::DescribeConnections,
        &[Kind::Connection, Kind::PortEncryption],
        &[Kind::Connection],
        &[Kind::Connection],
    ),
    (
        Operation::DescribeInterconnects,
        &[Kind::Interconnect, Kind::HostedConnection, Kind::PortEncryption],
        &[Kind::Interconnect, Kind::HostedConnection],
        &[Kind::Interconnect],
    ),
    LAGS,
    HOSTED_CONNECTIONS,
    (
        Operation::DescribeVirtualInterfaces,
        &[Kind::VirtualInterface, Kind::BgpPeer],
        &[Kind::VirtualInterface, Kind::BgpPeer],
        &[Kind::VirtualInterface, Kind::BgpPeer],
    ),
    (Operation::DescribeVirtualGateways, &[Kind::VirtualGateway], &[Kind::VirtualGateway], &[]),
    GATEWAY_LISTS[0],
    GATEWAY_LISTS[1],
    GATEWAY_LISTS[2],
];

/// Three items of each kind, two on a page.
fn three_of_each() -> Scenario {
    Scenario { page_size: Some(2), ..account::of_each(3) }
}

/// What happens to the items. A gateway that goes has no children any more, and that is no gap: here it is pending again.
fn troubles() -> [(Kind, &'static str, &'static str); 10] {
    TROUBLES.map(|(kind, works, trouble)| match kind {
        Kind::DirectConnectGateway => (kind, works, "pending"),
        _ => (kind, works, trouble),
    })
}

/// How many items were announced, kind by kind.
fn told(rig: &Rig) -> Vec<(Kind, usize)> {
    let offers = rig.bus().offers();
    let count = |kind| offers.iter().filter(|offer| offer.event.item.kind == kind).count();
    TROUBLES.iter().map(|(kind, ..)| (*kind, count(*kind))).collect()
}

/// Every item changes while a list fails, and is seen as far as lists were read; the rest is seen when the list is read
/// again, a minute later. Nothing is absent, where one complete listing would be enough for that.
async fn a_list_fails(rig: &Rig, start: u64, fault: Fault, gaps: &[Kind], read: impl Fn(Kind) -> usize) {
    let name = format!("{fault:?}");
    rig.minute(start).fault(fault);
    for (kind, works, trouble) in troubles() {
        rig.turn(kind, 3, if start % 4 == 1 { trouble } else { works });
    }
    rig.metrics.forget();
    let report = rig.poll().await;
    assert_eq!(report.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), gaps, "{name}");
    assert_eq!(report.failures, [], "{name}");
    let seen: Vec<_> = TROUBLES.iter().map(|(kind, ..)| (*kind, read(*kind))).collect();
    assert_eq!(told(rig), seen, "what was read is compared: {name}");
    for (kind, count) in &seen {
        assert_eq!(rig.metrics.points(kind.metric()).len(), *count, "what was read is published: {kind}, {name}");
    }
    assert_eq!(rig.metrics.own("Gaps"), Some(gaps.len() as f64), "{name}");

    rig.minute(start + 1).nothing_fails().poll_well().await;
    let rest: Vec<_> = seen.iter().map(|(kind, count)| (*kind, 3 - count)).collect();
    assert_eq!(told(rig), rest, "what was not read is seen later: {name}");
    for (kind, count) in seen {
        let event = rig.last_event(&format!("{kind}/{}", id(kind, 2))).await;
        let seen_at = if count == 3 { minute(start) } else { minute(start + 1) };
        let bound = (event.previous_state.unwrap().last_seen_at, event.state.since);
        assert_eq!(bound, (minute(start - 1), seen_at), "{kind}, {name}");
    }
}

/// A monitor that calls an item absent as soon as one complete listing misses it.
async fn hasty() -> Rig {
    let mut rig = Rig::of(three_of_each());
    rig.settings.confirm_polls = 1;
    rig.with_baseline().await
}

#[tokio::test]
async fn a_list_that_fails_is_a_gap_in_its_kind_and_its_children_only() {
    let rig = hasty().await;
    for (start, (operation, gaps, unread, _)) in (1..).step_by(2).zip(LISTS) {
        let operation = Some(operation.name().to_owned());
        let fault = Fault { operation, kind: Some(FaultKind::AccessDenied), ..Fault::default() };
        a_list_fails(&rig, start, fault, gaps, |kind| if unread.contains(&kind) { 0 } else { 3 }).await;
    }
}

#[tokio::test]
async fn a_list_that_fails_half_way_is_used_as_far_as_it_was_read() {
    let rig = hasty().await;
    let lists = LISTS.into_iter().filter(|(.., cut)| !cut.is_empty());
    for (start, (operation, gaps, _, cut)) in (1..).step_by(2).zip(lists) {
        let operation = Some(operation.name().to_owned());
        let fault = Fault { operation, kind: Some(FaultKind::AccessDenied), page: Some(2), ..Fault::default() };
        a_list_fails(&rig, start, fault, gaps, |kind| if cut.contains(&kind) { 2 } else { 3 }).await;
    }
}

#[tokio::test]
async fn a_list_that_never_ends_is_a_gap() {
    let rig = Rig::watching(three_of_each()).await;
    rig.fails(Operation::DescribeConnections, FaultKind::RepeatedToken);
    rig.minute(1).turns("dxcon-0", "down").leaves("dxcon-2");
    let report = rig.poll().await;
    insta::assert_snapshot!(report, @"29 items, 29 data points, 1 transitions, 0 pending, 0 parked; could not list every connection in 123456789012/us-east-1: DescribeConnections in us-east-1, page 2: its token for the next page came before: the list never ends; could not list every port encryption in 123456789012/us-east-1: DescribeConnections in us-east-1, page 2: its token for the next page came before: the list never ends");
    for number in 2..6 {
        rig.minute(number).poll().await;
    }
    assert_eq!(rig.sns().told(), "[critical] connection dxcon-0 available -> down (fibre dxcon-0)");
}

#[tokio::test]
async fn an_item_without_an_id_is_a_gap_and_the_others_are_watched() {
    let rig = Rig::watching(three_of_each()).await;
    rig.minute(1).turns("dxcon-0", "down").leaves("dxcon-1").appears(account::connection(""));
    let report = rig.poll().await;
    assert_eq!(report.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [Kind::Connection]);
    assert!(report.gaps[0].error.contains("a connection without a usable id is listed"), "{report}");
    for number in 2..5 {
        rig.minute(number).poll().await;
    }
    let told = rig.sns().told();
    assert_eq!(told, "[critical] connection dxcon-0 available -> down (fibre dxcon-0)", "who knows which it is");
}
