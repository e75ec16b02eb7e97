//! Some kinds and not others: what is chosen is watched, what it needs is read, and the rest is unseen.

use aws_dx_monitor::{
    domain::Kind,
    simulator::{FaultKind, Operation},
};

use super::rig::{Rig, account, minute};

#[tokio::test]
async fn children_are_watched_without_their_parents() {
    let mut rig = Rig::of(account::of_each(2));
    rig.choose(&[Kind::BgpPeer, Kind::HostedConnection, Kind::GatewayAttachment]);
    let report = rig.poll_well().await;
    assert_eq!((report.items, report.metrics), (6, 6));
    let counts = rig.sns().summaries().remove(0).counts;
    let kinds: Vec<Kind> = counts.into_keys().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, [Kind::GatewayAttachment, Kind::HostedConnection, Kind::BgpPeer], "scope by scope");

    rig.minute(1).turns("dxvif-0", "down").turns("dxpeer-0", "down").turns("dxcon-i0", "down");
    rig.turns("dxcon-h1", "down").turns("gateway-0:dxvif-1", "detaching").poll_well().await;
    insta::assert_snapshot!(rig.sns().told(), @r"
    [critical] hosted-connection dxcon-h1 available -> down (fibre dxcon-h1)
    [critical] bgp-peer dxpeer-0 up -> down (interface 0)
    [warning] gateway-attachment gateway-0:dxvif-1 attached -> detaching
    ");
    assert_eq!(rig.find("virtual-interface/dxvif-0").await, None);
}

#[tokio::test]
async fn a_parent_that_is_not_chosen_makes_a_gap_in_its_children_only() {
    let mut rig = Rig::of(account::of_each(2));
    rig.choose(&[Kind::BgpPeer, Kind::GatewayAssociation, Kind::Connection]);
    let rig = rig.with_baseline().await;
    rig.minute(1).fails(Operation::DescribeVirtualInterfaces, FaultKind::AccessDenied);
    let report = rig.poll().await;
    let gaps: Vec<Kind> = report.gaps.iter().map(|gap| gap.kind).collect();
    assert_eq!((gaps, report.items), (vec![Kind::BgpPeer], 4));
}

#[tokio::test]
async fn a_kind_that_is_chosen_later_gets_a_quiet_baseline_and_a_summary_of_its_own() {
    let mut rig = Rig::watching_only(Kind::Connection, account::of_each(2)).await;
    rig.choose(&[Kind::Connection, Kind::Lag, Kind::DirectConnectGateway]);
    let report = rig.minute(1).poll_well().await;
    assert_eq!((report.items, report.transitions), (6, 0));
    assert_eq!(rig.sns().told(), "");
    for sink in [rig.sns(), rig.chat()] {
        let summaries = sink.summaries();
        let kinds: Vec<Kind> = summaries[0].counts.keys().map(|(_, kind)| *kind).collect();
        assert_eq!((summaries.len(), kinds), (1, vec![Kind::DirectConnectGateway, Kind::Lag]));
    }
    rig.minute(2).turns("dxlag-1", "down").poll_well().await;
    assert_eq!(rig.sns().told(), "[critical] lag dxlag-1 available -> down (lag 1)");
}

#[tokio::test]
async fn a_kind_that_is_left_out_for_a_while_is_unseen_and_not_absent() {
    let mut rig = Rig::watching(account::of_each(1)).await;
    rig.choose(&[Kind::Connection]);
    for number in 1..6 {
        let report = rig.minute(number).poll_well().await;
        assert_eq!((report.items, report.transitions), (1, 0));
    }
    rig.choose(&Kind::usual().collect::<Vec<_>>());
    rig.minute(6).turns("dxlag-0", "down").poll_well().await;
    assert_eq!(rig.sns().told(), "[critical] lag dxlag-0 available -> down (lag 0)");
    assert!(rig.sns().summaries().is_empty(), "it has its baseline already");
    let event = rig.last_event("lag/dxlag-0").await;
    assert_eq!(event.previous_state.unwrap().last_seen_at, minute(0));
}
