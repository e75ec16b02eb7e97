//! What an ordinary observation reads, kind by kind.

use super::*;

#[tokio::test]
async fn every_kind_is_read_from_its_own_scope() {
    let story = Story::of(account_of(1));
    assert_eq!(
        told(&story.look_at_region().await),
        [
            "connection/dxcon-0 available",
            "interconnect/dxcon-i0 available",
            "hosted-connection/dxcon-hi0 available",
            "hosted-connection/dxcon-hl0 available",
            "lag/dxlag-0 available",
            "port-encryption/dxcon-0 up",
            "virtual-interface/dxvif-0 available",
            "bgp-peer/dxpeer-0 up",
            "virtual-gateway/vgw-0 available",
        ]
    );
    assert_eq!(
        told(&story.look_at_global_kinds().await),
        [
            "direct-connect-gateway/gateway-0 available",
            "gateway-attachment/gateway-0:dxvif-0 attached",
            "gateway-association/association-0 associated",
            "gateway-association-proposal/proposal-0 requested",
            "resiliency-group/dxrg-0 available",
        ]
    );
}

#[tokio::test]
async fn every_list_is_read_to_its_last_page() {
    let story = Story::of(account_of(8));
    let region = story.look_at_region().await;
    let global = story.look_at_global_kinds().await;
    assert_eq!((&region.gaps, &global.gaps), (&Default::default(), &Default::default()));
    for kind in Kind::usual() {
        let expected = if kind == Kind::HostedConnection { 16 } else { 8 };
        assert_eq!(count(&region, kind) + count(&global, kind), expected, "{kind}");
    }
    let traffic = story.traffic();
    assert_eq!(traffic.count("DescribeConnections"), 3);
    assert_eq!(traffic.count_in("DescribeVirtualGateways", REGION), 1, "the one list without pages");
    assert_eq!(traffic.count("DescribeHostedConnections"), 8 - 1 + 3 + 3, "seven empty interconnects, two full hosts");
    assert_eq!(traffic.count("DescribeDirectConnectGatewayAttachments"), 8 - 1 + 3);
}

#[tokio::test]
async fn global_kinds_are_read_once_and_from_the_first_region() {
    let story = Story::of(account_of(1));
    for region in [REGION, OTHER_REGION] {
        story.look(&Scope::regional(ACCOUNT, region), usual()).await;
    }
    assert_eq!(story.traffic().count("DescribeDirectConnectGateways"), 0);
    story.look_at_global_kinds().await;
    let traffic = story.traffic();
    assert_eq!(traffic.count_in("DescribeDirectConnectGateways", REGION), 1);
    assert_eq!(traffic.count("DescribeDirectConnectGateways"), 1);
    assert_eq!(traffic.count_in("DescribeConnections", OTHER_REGION), 1);
}

#[tokio::test]
async fn a_kind_that_is_not_chosen_is_not_brought_home() {
    let story = Story::of(account_of(1));
    let scope = Scope::regional(ACCOUNT, REGION);
    assert_eq!(told(&story.look(&scope, &[Kind::BgpPeer]).await), ["bgp-peer/dxpeer-0 up"]);
    let operations: Vec<_> = story.traffic().requests.into_keys().map(|(operation, _)| operation).collect();
    assert_eq!(operations, ["DescribeVirtualInterfaces"], "no more is asked than is needed");
    assert_eq!(
        told(&story.look(&scope, &[Kind::HostedConnection]).await),
        ["hosted-connection/dxcon-hi0 available", "hosted-connection/dxcon-hl0 available"]
    );
    story.simulator.reset_traffic();
    let association = story.look(&Scope::global(ACCOUNT), &[Kind::GatewayAssociation]).await;
    assert_eq!(told(&association), ["gateway-association/association-0 associated"]);
    assert_eq!(story.traffic().count("DescribeDirectConnectGatewayAttachments"), 0);
    assert_eq!(told(&story.look(&scope, &[]).await), Vec::<String>::new());
}

#[test]
fn an_observation_may_move_between_threads() {
    fn movable<T: Send>(future: T) -> T {
        future
    }
    let story = Story::of(Scenario::default());
    let (scope, kinds) = (Scope::global(ACCOUNT), BTreeSet::new());
    drop(movable(story.inventory.observe(&scope, &kinds)));
}

#[tokio::test]
async fn members_of_a_lag_are_connections_once() {
    let mut scenario = Scenario::default();
    let region = scenario.inventory.region_mut(REGION);
    region.lags.push(simulator::Lag {
        lag_id: "dxlag-1".into(),
        lag_state: Some("available".into()),
        connections: vec![connection("dxcon-1".into()), connection("dxcon-2".into())],
        ..Default::default()
    });
    let observation = Story::of(scenario).look_at_region().await;
    let expected = ["connection/dxcon-1 available", "connection/dxcon-2 available", "lag/dxlag-1 available"];
    assert_eq!(told(&observation), expected);
}

#[tokio::test]
async fn words_beyond_the_vocabulary_and_missing_ones_stop_nothing() {
    let mut scenario = account_of(3);
    let region = scenario.inventory.region_mut(REGION);
    region.connections[0].connection_state = Some("quarantined".into());
    region.connections[1].connection_state = None;
    region.connections[2].connection_state = Some("unknown".into());
    region.virtual_interfaces[0].virtual_interface_state = Some("approving".into());
    region.virtual_gateways[0].virtual_gateway_state = Some("melting".into());
    let observation = Story::of(scenario).look_at_region().await;
    let level = |key: &str| observation.items[&key.parse().unwrap()].state.level();
    assert_eq!([0, 1, 2].map(|number| level(&format!("connection/dxcon-{number}"))), [99, 90, 90]);
    assert_eq!((level("virtual-interface/dxvif-0"), level("virtual-gateway/vgw-0")), (2, 99));
}

#[tokio::test]
async fn peers_and_associations_without_an_id_are_known_by_what_they_join() {
    let mut scenario = account_of(1);
    let peer = &mut scenario.inventory.region_mut(REGION).virtual_interfaces[0].bgp_peers[0];
    peer.bgp_peer_id = None;
    peer.address_family = Some("ipv4".into());
    peer.customer_address = Some("169.254.10.2/30".into());
    let association = &mut scenario.inventory.global.direct_connect_gateway_associations[0];
    association.association_id = None;
    association.virtual_gateway_id = Some("vgw-0".into());
    let story = Story::of(scenario);
    let peers = story.look(&Scope::regional(ACCOUNT, REGION), &[Kind::BgpPeer]).await;
    assert_eq!(told(&peers), ["bgp-peer/dxvif-0:ipv4:169.254.10.2/30 up"]);
    let associations = story.look(&Scope::global(ACCOUNT), &[Kind::GatewayAssociation]).await;
    assert_eq!(told(&associations), ["gateway-association/gateway-0:vgw-0 associated"]);
}

#[tokio::test]
async fn hostile_names_come_through_as_they_are() {
    let names = ["a\r\nb", "\u{1b}[31mred\u{7}", "🦀🧑‍🚀 \u{202e}abc", "<script>alert(1)</script>", &"n".repeat(120)];
    let mut scenario = account_of(names.len());
    for (connection, name) in scenario.inventory.region_mut(REGION).connections.iter_mut().zip(names) {
        connection.connection_name = Some(name.to_owned());
    }
    let observation = Story::of(scenario).look(&Scope::regional(ACCOUNT, REGION), &[Kind::Connection]).await;
    let read: Vec<_> = observation.items.values().filter_map(|item| item.description.name.as_deref()).collect();
    assert_eq!(read, names);
}
