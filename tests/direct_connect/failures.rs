//! Lists that fail, at once or half-way, and the kinds that have a gap then.

use super::*;

/// A list: its operation; the kinds that have a gap when it fails; those of which then nothing is read; those that end
/// with its second page when its third fails. What is joined to other accounts' gateways is asked for by interfaces and
/// virtual private gateways.
pub type List = (Operation, &'static [Kind], &'static [Kind], &'static [Kind]);

pub const LAGS: List =
    (Operation::DescribeLags, &[Kind::HostedConnection, Kind::Lag, Kind::PortEncryption], &[Kind::Lag], &[Kind::Lag]);
pub const HOSTED_CONNECTIONS: List = (
    Operation::DescribeHostedConnections,
    &[Kind::HostedConnection],
    &[Kind::HostedConnection],
    &[Kind::HostedConnection],
);

/// The lists of gateways, and of what is joined to them.
pub const GATEWAY_LISTS: [List; 3] = [
    (
        Operation::DescribeDirectConnectGateways,
        &[Kind::DirectConnectGateway, Kind::GatewayAttachment, Kind::GatewayAssociation],
        &[Kind::DirectConnectGateway, Kind::GatewayAttachment, Kind::GatewayAssociation],
        &[Kind::DirectConnectGateway],
    ),
    (
        Operation::DescribeDirectConnectGatewayAttachments,
        &[Kind::GatewayAttachment],
        &[Kind::GatewayAttachment],
        &[Kind::GatewayAttachment],
    ),
    (
        Operation::DescribeDirectConnectGatewayAssociations,
        &[Kind::GatewayAssociation],
        &[Kind::GatewayAssociation],
        &[Kind::GatewayAssociation],
    ),
];

const LISTS: [List; 11] = [
    (
        Operation::DescribeConnections,
        &[Kind::Connection, Kind::PortEncryption],
        &[Kind::Connection, Kind::PortEncryption],
        &[Kind::Connection, Kind::PortEncryption],
    ),
    (
        Operation::DescribeInterconnects,
        &[Kind::Interconnect, Kind::HostedConnection, Kind::PortEncryption],
        &[Kind::Interconnect],
        &[Kind::Interconnect],
    ),
    LAGS,
    HOSTED_CONNECTIONS,
    (
        Operation::DescribeVirtualInterfaces,
        &[Kind::VirtualInterface, Kind::BgpPeer, Kind::GatewayAttachment],
        &[Kind::VirtualInterface, Kind::BgpPeer],
        &[Kind::VirtualInterface, Kind::BgpPeer],
    ),
    (
        Operation::DescribeVirtualGateways,
        &[Kind::VirtualGateway, Kind::GatewayAssociation],
        &[Kind::VirtualGateway],
        &[],
    ),
    GATEWAY_LISTS[0],
    GATEWAY_LISTS[1],
    GATEWAY_LISTS[2],
    (
        Operation::DescribeDirectConnectGatewayAssociationProposals,
        &[Kind::GatewayAssociationProposal],
        &[Kind::GatewayAssociationProposal],
        &[Kind::GatewayAssociationProposal],
    ),
    (Operation::ListResiliencyGroups, &[Kind::ResiliencyGroup], &[Kind::ResiliencyGroup], &[Kind::ResiliencyGroup]),
];

/// The observation of both scopes of an account of `size`, under a fault.
async fn look_under(size: usize, fault: Fault) -> Observation {
    let story = Story::of(Scenario { faults: vec![fault], ..account_of(size) });
    let mut both = story.look_at_region().await;
    let global = story.look_at_global_kinds().await;
    both.items.extend(global.items);
    both.gaps.extend(global.gaps);
    both
}

#[tokio::test]
async fn a_list_that_fails_takes_nothing_with_it_but_its_children() {
    for (operation, gaps, unread, _) in LISTS {
        let seen = look_under(1, fault(operation, FaultKind::AccessDenied)).await;
        assert_eq!(seen.gaps.keys().copied().collect::<Vec<_>>(), gaps, "{operation:?}");
        for kind in Kind::usual() {
            let expected = match kind {
                _ if unread.contains(&kind) => 0,
                // Where one sort of host is not listed, the other is asked all the same.
                Kind::HostedConnection if !gaps.contains(&kind) => 2,
                _ => 1,
            };
            assert_eq!(count(&seen, kind), expected, "{operation:?} {kind}");
        }
        for kind in seen.gaps.keys() {
            let gap = why(&seen, *kind);
            assert!(gap.starts_with(operation.name()), "{gap}");
            assert!(gap.contains("in us-east-1, page 1: AccessDeniedException: "), "{gap}");
        }
    }
}

#[tokio::test]
async fn what_was_read_before_a_later_page_failed_is_used() {
    for (operation, gaps, _, cut) in LISTS.into_iter().filter(|(.., cut)| !cut.is_empty()) {
        let late = Fault { page: Some(3), ..fault(operation, FaultKind::AccessDenied) };
        let seen = look_under(8, late).await;
        assert_eq!(seen.gaps.keys().copied().collect::<Vec<_>>(), gaps, "{operation:?}");
        for kind in Kind::usual() {
            let hosts = if kind == Kind::HostedConnection { 2 } else { 1 };
            let expected = hosts * if cut.contains(&kind) { 6 } else { 8 };
            assert_eq!(count(&seen, kind), expected, "{operation:?} {kind}");
        }
        assert!(why(&seen, gaps[0]).contains("page 3: "), "{:?}", seen.gaps);
    }
}

#[tokio::test]
async fn a_list_that_repeats_its_token_is_a_gap_and_not_an_endless_wait() {
    let seen = look_under(8, fault(Operation::DescribeVirtualInterfaces, FaultKind::RepeatedToken)).await;
    let gaps: Vec<_> = seen.gaps.keys().copied().collect();
    assert_eq!(gaps, [Kind::VirtualInterface, Kind::BgpPeer, Kind::GatewayAttachment]);
    assert!(count(&seen, Kind::VirtualInterface) >= 3);
    let gap = why(&seen, Kind::VirtualInterface);
    assert!(gap.starts_with("DescribeVirtualInterfaces in us-east-1, page 2: its token"), "{gap}");
}

#[tokio::test]
async fn half_an_answer_is_no_list() {
    let seen = look_under(2, fault(Operation::DescribeConnections, FaultKind::MalformedBody)).await;
    assert_eq!(seen.gaps.keys().copied().collect::<Vec<_>>(), [Kind::Connection, Kind::PortEncryption]);
    let gap = why(&seen, Kind::Connection);
    assert!(gap.ends_with("the answer is not a JSON object"), "{gap}");
}

#[tokio::test]
async fn several_failures_of_a_kind_are_one_gap() {
    let seen = look_under(3, fault(Operation::DescribeDirectConnectGatewayAttachments, FaultKind::AccessDenied)).await;
    let gap = why(&seen, Kind::GatewayAttachment);
    assert!(gap.starts_with("DescribeDirectConnectGatewayAttachments of gateway-0 in us-east-1, page 1: "), "{gap}");
    assert!(gap.ends_with("; and 2 more"), "{gap}");
}

#[tokio::test]
async fn an_item_with_a_name_and_no_id_is_a_gap_and_the_others_are_read() {
    let mut scenario = account_of(2);
    let interface = &mut scenario.inventory.region_mut(REGION).virtual_interfaces[0];
    (interface.virtual_interface_id, interface.virtual_interface_name) = (String::new(), Some("prod".into()));
    let seen = Story::of(scenario).look(&Scope::regional(ACCOUNT, REGION), usual()).await;
    assert_eq!(seen.gaps.keys().copied().collect::<Vec<_>>(), [Kind::VirtualInterface, Kind::BgpPeer]);
    assert_eq!((count(&seen, Kind::VirtualInterface), count(&seen, Kind::BgpPeer), seen.unidentified), (1, 2, 0));
}

#[tokio::test]
async fn a_region_that_is_out_of_reach_hides_no_other() {
    let mut scenario = account_of(1);
    let elsewhere = scenario.inventory.region_mut(OTHER_REGION);
    elsewhere.connections.push(connection("dxcon-elsewhere".into()));
    let kind = Some(FaultKind::ConnectionDropped);
    scenario.faults = vec![Fault { region: Some(OTHER_REGION.into()), kind, ..Fault::default() }];
    let story = Story::of(scenario);
    let (here, there) = (Scope::regional(ACCOUNT, REGION), Scope::regional(ACCOUNT, OTHER_REGION));
    let (here, there) = tokio::join!(story.look(&here, usual()), story.look(&there, usual()));
    assert_eq!(here.gaps, Default::default());
    assert_eq!((here.items.len(), there.items.len()), (9, 0), "{:?}", told(&there));
    assert_eq!(there.gaps.len(), 8, "all kinds but the global ones: {:?}", there.gaps);
    let gap = why(&there, Kind::Connection);
    assert!(gap.starts_with("DescribeConnections in eu-west-1, page 1: dispatch failure: "), "{gap}");
}

#[tokio::test]
async fn a_scope_of_a_region_that_was_not_configured_is_one_gap() {
    let story = Story::of(account_of(1));
    let seen = story.look(&Scope::regional(ACCOUNT, "mars-north-1"), &[Kind::Lag, Kind::DirectConnectGateway]).await;
    assert_eq!(told(&seen), ["lag has a gap"]);
    assert!(why(&seen, Kind::Lag).contains("mars-north-1"));
    assert_eq!(story.traffic().total(), 0);
}
