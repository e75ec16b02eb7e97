//! Some kinds and not others: what is chosen is watched, what it needs is read, and the rest is unseen.

use aws_dx_monitor::{
    domain::Kind,
    simulator::{FaultKind, Operation},
};

use super::bench::{Bench, account, minute};

#[tokio::test]
async fn children_are_watched_without_their_parents() {
    let mut bench = Bench::of(account::of_each(2));
    bench.choose(&[Kind::BgpPeer, Kind::HostedConnection, Kind::GatewayAttachment]);
    let report = bench.poll_well().await;
    assert_eq!((report.items, report.metrics), (6, 6));
    let counts = bench.sns().summaries().remove(0).counts;
    let kinds: Vec<Kind> = counts.into_keys().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, [Kind::GatewayAttachment, Kind::HostedConnection, Kind::BgpPeer], "scope by scope");

    bench.minute(1).turns("dxvif-0", "down").turns("dxpeer-0", "down").turns("dxcon-i0", "down");
    bench.turns("dxcon-h1", "down").turns("gateway-0:dxvif-1", "detaching").poll_well().await;
    insta::assert_snapshot!(bench.sns().told(), @r"
    [critical] hosted-connection dxcon-h1 available -> down (fibre dxcon-h1)
    [critical] bgp-peer dxpeer-0 up -> down (interface 0)
    [warning] gateway-attachment gateway-0:dxvif-1 attached -> detaching
    ");
    assert_eq!(bench.find("virtual-interface/dxvif-0").await, None);
}

#[tokio::test]
async fn a_parent_that_is_not_chosen_makes_a_gap_in_its_children_only() {
    let mut bench = Bench::of(account::of_each(2));
    bench.choose(&[Kind::BgpPeer, Kind::GatewayAssociation, Kind::Connection]);
    let bench = bench.with_baseline().await;
    bench.minute(1).fails(Operation::DescribeVirtualInterfaces, FaultKind::AccessDenied);
    let report = bench.poll().await;
    let gaps: Vec<Kind> = report.gaps.iter().map(|gap| gap.kind).collect();
    assert_eq!((gaps, report.items), (vec![Kind::BgpPeer], 4));
}

#[tokio::test]
async fn a_kind_that_is_chosen_later_gets_a_quiet_baseline_and_a_summary_of_its_own() {
    let mut bench = Bench::watching_only(Kind::Connection, account::of_each(2)).await;
    bench.choose(&[Kind::Connection, Kind::Lag, Kind::DirectConnectGateway]);
    let report = bench.minute(1).poll_well().await;
    assert_eq!((report.items, report.transitions), (6, 0));
    assert_eq!(bench.sns().told(), "");
    for sink in [bench.sns(), bench.chat()] {
        let summaries = sink.summaries();
        let kinds: Vec<Kind> = summaries[0].counts.keys().map(|(_, kind)| *kind).collect();
        assert_eq!((summaries.len(), kinds), (1, vec![Kind::DirectConnectGateway, Kind::Lag]));
    }
    bench.minute(2).turns("dxlag-1", "down").poll_well().await;
    assert_eq!(bench.sns().told(), "[critical] lag dxlag-1 available -> down (lag 1)");
}

#[tokio::test]
async fn a_kind_that_is_left_out_for_a_while_is_unseen_and_not_absent() {
    let mut bench = Bench::watching(account::of_each(1)).await;
    bench.choose(&[Kind::Connection]);
    for number in 1..6 {
        let report = bench.minute(number).poll_well().await;
        assert_eq!((report.items, report.transitions), (1, 0));
    }
    bench.choose(&Kind::ALL);
    bench.minute(6).turns("dxlag-0", "down").poll_well().await;
    assert_eq!(bench.sns().told(), "[critical] lag dxlag-0 available -> down (lag 0)");
    assert!(bench.sns().summaries().is_empty(), "it has its baseline already");
    let event = bench.last_event("lag/dxlag-0").await;
    assert_eq!(event.previous_state.unwrap().last_seen_at, minute(0));
}
