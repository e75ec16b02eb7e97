//! Whose an item is: rows of other accounts, other accounts' gateways, items of another region, parents that are going,
//! peers beside their successors, and a first region that does not answer.

use serde_json::json;

use super::*;

const WEST: &str = "us-west-1";

fn scenario(text: serde_json::Value) -> Scenario {
    Scenario::from_json(&text.to_string()).unwrap()
}

/// Both regions and the global kinds, observed at once, as a poll does.
async fn poll(story: &Story) -> Observation {
    let (here, there) = (Scope::regional(ACCOUNT, REGION), Scope::regional(ACCOUNT, OTHER_REGION));
    let (here, there, global) =
        tokio::join!(story.look(&here, usual()), story.look(&there, usual()), story.look_at_global_kinds());
    let mut all = here;
    for other in [there, global] {
        all.items.extend(other.items);
        all.gaps.extend(other.gaps);
        all.unidentified += other.unidentified;
    }
    all
}

#[tokio::test]
async fn rows_that_name_nothing_are_left_out_counted_and_no_gap() {
    let story = Story::of(scenario(json!({
        "account": ACCOUNT,
        "inventory": {"global": {
            "directConnectGateways": [{"directConnectGatewayId": "g", "directConnectGatewayState": "available"}],
            "directConnectGatewayAssociations": [
                {"directConnectGatewayId": "g", "associationId": "a1", "associationState": "associated", "associatedGateway": {"id": "tgw-1"}},
                {"directConnectGatewayId": "g", "associationState": "associated"},
                {"directConnectGatewayId": "g", "associationState": "associated"}
            ]
        }}
    })));
    let (observation, log) = crate::support::log::of(async { story.look_at_global_kinds().await }).await;
    assert_eq!(told(&observation), ["direct-connect-gateway/g available", "gateway-association/a1 associated"]);
    assert_eq!(observation.unidentified, 2);
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("rows that name nothing are left out")).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("WARN") && lines[0].contains("count=2"), "{lines:?}");
}

/// A virtual private gateway and an interface that are joined to a gateway of another account, beside ordinary ones.
fn on_foreign_gateways() -> Scenario {
    scenario(json!({
        "account": ACCOUNT,
        "inventory": {
            "regions": {
                REGION: {
                    "virtualInterfaces": [
                        {"virtualInterfaceId": "dxvif-own", "virtualInterfaceState": "available", "directConnectGatewayId": "own"},
                        {"virtualInterfaceId": "dxvif-none", "virtualInterfaceState": "available", "directConnectGatewayId": ""},
                        {"virtualInterfaceId": "dxvif-gone", "virtualInterfaceState": "deleted", "directConnectGatewayId": "foreign"}
                    ],
                    "virtualGateways": [
                        {"virtualGatewayId": "vgw-own", "virtualGatewayState": "available"},
                        {"virtualGatewayId": "vgw-gone", "virtualGatewayState": "deleted"}
                    ]
                },
                OTHER_REGION: {
                    "virtualInterfaces": [{"virtualInterfaceId": "dxvif-abroad", "virtualInterfaceState": "available", "directConnectGatewayId": "foreign"}],
                    "virtualGateways": [{"virtualGatewayId": "vgw-abroad", "virtualGatewayState": "available"}]
                }
            },
            "global": {
                "directConnectGateways": [{"directConnectGatewayId": "own", "directConnectGatewayState": "available"}],
                "directConnectGatewayAttachments": [
                    {"directConnectGatewayId": "own", "virtualInterfaceId": "dxvif-own", "attachmentState": "attached"},
                    {"directConnectGatewayId": "foreign", "virtualInterfaceId": "dxvif-abroad", "attachmentState": "attached"}
                ],
                "directConnectGatewayAssociations": [
                    {"directConnectGatewayId": "own", "associationId": "a-own", "associationState": "associated", "virtualGatewayId": "vgw-own"},
                    {
                        "directConnectGatewayId": "foreign", "directConnectGatewayOwnerAccount": "210987654321",
                        "associationId": "a-abroad", "associationState": "associated", "associatedGateway": {"id": "vgw-abroad"}
                    }
                ]
            }
        }
    }))
}

#[tokio::test]
async fn gateways_of_other_accounts_are_asked_for_from_this_side_and_only_where_needed() {
    let story = Story::of(on_foreign_gateways());
    for round in 0..3 {
        story.simulator.reset_traffic();
        let observation = poll(&story).await;
        assert_eq!(observation.gaps, Default::default());
        let state = |key: &str| observation.items.get(&key.parse().unwrap()).map(|item| item.state.to_string());
        assert_eq!(state("gateway-association/a-own").as_deref(), Some("associated"), "{round}");
        assert_eq!(state("gateway-association/a-abroad").as_deref(), Some("associated"), "{round}");
        assert_eq!(state("gateway-attachment/own:dxvif-own").as_deref(), Some("attached"), "{round}");
        assert_eq!(state("gateway-attachment/foreign:dxvif-abroad").as_deref(), Some("attached"), "{round}");
        let traffic = story.traffic();
        for (operation, calls) in [
            ("DescribeVirtualInterfaces", 2),
            ("DescribeVirtualGateways", 2),
            ("DescribeDirectConnectGateways", 1),
            ("DescribeDirectConnectGatewayAttachments", 1 + 1),
            ("DescribeDirectConnectGatewayAssociations", 1 + 1),
        ] {
            assert_eq!(traffic.count(operation), calls, "{operation}, {round}");
        }
    }
    let association = poll(&story).await.items.remove(&"gateway-association/a-abroad".parse().unwrap()).unwrap();
    assert_eq!(association.description.owner_account.as_deref(), Some("210987654321"));
    assert_eq!(association.description.associated_gateway_id.as_deref(), Some("vgw-abroad"));
}

#[tokio::test]
async fn a_disassociation_from_another_accounts_gateway_is_seen() {
    let story = Story::of(on_foreign_gateways());
    poll(&story).await;
    let edit = |state: &str| {
        let associations = |scenario: &mut Scenario| {
            scenario.inventory.global.direct_connect_gateway_associations[1].association_state = Some(state.to_owned());
        };
        story.simulator.edit(associations).unwrap();
    };
    edit("disassociating");
    let observation = poll(&story).await;
    assert!(told(&observation).contains(&"gateway-association/a-abroad disassociating".to_owned()));
}

#[tokio::test]
async fn whom_to_ask_is_read_for_the_global_kinds_alone_and_remembered_while_a_region_is_away() {
    let kinds = [Kind::GatewayAttachment, Kind::GatewayAssociation];
    let expected = [
        "gateway-attachment/foreign:dxvif-abroad attached",
        "gateway-attachment/own:dxvif-own attached",
        "gateway-association/a-abroad associated",
        "gateway-association/a-own associated",
    ];
    let story = Story::of(on_foreign_gateways());
    for _ in 0..3 {
        assert_eq!(told(&story.look(&Scope::global(ACCOUNT), &kinds).await), expected);
    }
    let away =
        Fault { region: Some(OTHER_REGION.to_owned()), kind: Some(FaultKind::ConnectionDropped), ..Fault::default() };
    story.simulator.edit(|scenario| scenario.faults = vec![away.clone()]).unwrap();
    for _ in 0..5 {
        let observation = story.look(&Scope::global(ACCOUNT), &kinds).await;
        assert_eq!(told(&observation), expected, "what a region said is known while it is away");
    }
    // What a region has that was never read may be joined to anything.
    for kind in [FaultKind::ConnectionDropped, FaultKind::AccessDenied] {
        let unread = Fault { kind: Some(kind), ..away.clone() };
        let story = Story::of(Scenario { faults: vec![unread], ..on_foreign_gateways() });
        let observation = story.look(&Scope::global(ACCOUNT), &kinds).await;
        assert_eq!(
            told(&observation),
            [
                "gateway-attachment/own:dxvif-own attached",
                "gateway-association/a-own associated",
                "gateway-attachment has a gap",
                "gateway-association has a gap"
            ],
            "{kind:?}"
        );
        let gap = why(&observation, Kind::GatewayAttachment);
        assert!(gap.starts_with("DescribeVirtualInterfaces in eu-west-1, page 1: "), "{gap}");
    }
    // One that the account has not enabled has nothing, and blinds nothing else.
    let closed = Fault { kind: Some(FaultKind::RegionNotEnabled), ..away };
    let story = Story::of(Scenario { faults: vec![closed], ..on_foreign_gateways() });
    let observation = story.look(&Scope::global(ACCOUNT), &kinds).await;
    assert_eq!(
        told(&observation),
        ["gateway-attachment/own:dxvif-own attached", "gateway-association/a-own associated"]
    );
}

#[tokio::test]
async fn an_item_is_left_to_the_region_that_it_names_where_that_is_polled() {
    let regional = |number: u32| {
        json!({
            "connections": [{"connectionId": format!("dxcon-{number}"), "connectionState": "available"}],
            "interconnects": [{"interconnectId": format!("dxcon-i{number}"), "interconnectState": "available"}],
            "lags": [{"lagId": format!("dxlag-{number}"), "lagState": "available"}],
            "virtualInterfaces": [{
                "virtualInterfaceId": format!("dxvif-{number}"), "virtualInterfaceState": "available",
                "bgpPeers": [{"bgpPeerId": format!("dxpeer-{number}"), "bgpPeerState": "available", "bgpStatus": "up"}]
            }],
            "hostedConnections": {format!("dxcon-i{number}"): [{"connectionId": format!("dxcon-h{number}"), "connectionState": "down"}]}
        })
    };
    let mut east = regional(1);
    east["alsoLists"] = json!([OTHER_REGION, WEST]);
    let story = Story::of(scenario(json!({
        "account": ACCOUNT,
        "partner": true,
        "inventory": {"regions": {REGION: east, OTHER_REGION: regional(2), WEST: regional(3)}}
    })));
    let here = story.look(&Scope::regional(ACCOUNT, REGION), usual()).await;
    let there = story.look(&Scope::regional(ACCOUNT, OTHER_REGION), usual()).await;
    let of = |number: u32| {
        [
            format!("connection/dxcon-{number} available"),
            format!("interconnect/dxcon-i{number} available"),
            format!("hosted-connection/dxcon-h{number} down"),
            format!("virtual-interface/dxvif-{number} available"),
            format!("bgp-peer/dxpeer-{number} up"),
            format!("lag/dxlag-{number} available"),
        ]
    };
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(told(&there)), sorted(of(2).to_vec()));
    // us-west-1 is not polled: what it has is kept where it is seen.
    assert_eq!(sorted(told(&here)), sorted([of(1), of(3)].concat()));
    let arn = here.items[&"connection/dxcon-3".parse().unwrap()].description.arn.clone();
    assert_eq!(arn.as_deref(), Some("arn:aws:directconnect:us-west-1:123456789012:dxcon/dxcon-3"));
    assert_eq!(story.traffic().count_in("DescribeHostedConnections", REGION), 2);
}

#[tokio::test]
async fn a_parent_that_is_going_has_no_children_and_makes_no_gap() {
    let mut scenario = account_of(2);
    let region = scenario.inventory.region_mut(REGION);
    region.interconnects[0].interconnect_state = Some("deleting".into());
    region.lags[0].lag_state = Some("deleted".into());
    scenario.inventory.global.direct_connect_gateways[0].direct_connect_gateway_state = Some("deleted".into());
    let denied = |operation, parent: &str| Fault {
        parent: Some(parent.to_owned()),
        ..fault(operation, FaultKind::AccessDenied)
    };
    scenario.faults = vec![
        denied(Operation::DescribeHostedConnections, "dxcon-i0"),
        denied(Operation::DescribeHostedConnections, "dxlag-0"),
        denied(Operation::DescribeDirectConnectGatewayAttachments, "gateway-0"),
        denied(Operation::DescribeDirectConnectGatewayAssociations, "gateway-0"),
    ];
    let observation = poll(&Story::of(scenario)).await;
    assert_eq!(observation.gaps, Default::default());
    assert_eq!(count(&observation, Kind::HostedConnection), 0);
    assert_eq!(count(&observation, Kind::Interconnect), 2, "it is listed itself");
}

#[tokio::test]
async fn a_parent_that_went_between_two_calls_makes_no_gap() {
    let gone =
        |operation, parent: &str| Fault { parent: Some(parent.to_owned()), ..fault(operation, FaultKind::NotFound) };
    let faults = vec![
        gone(Operation::DescribeHostedConnections, "dxcon-i0"),
        gone(Operation::DescribeDirectConnectGatewayAttachments, "gateway-0"),
        gone(Operation::DescribeDirectConnectGatewayAssociations, "gateway-0"),
        gone(Operation::DescribeDirectConnectGatewayAssociations, "vgw-1"),
    ];
    let observation = poll(&Story::of(Scenario { faults, ..account_of(2) })).await;
    assert_eq!(observation.gaps, Default::default());
    let counts = [Kind::HostedConnection, Kind::GatewayAttachment, Kind::GatewayAssociation];
    assert_eq!(counts.map(|kind| count(&observation, kind)), [2, 0, 0], "the LAG's hosted connections are read");
}

#[tokio::test]
async fn of_two_peers_with_one_key_the_living_one_counts_in_either_order() {
    let peer = |state: &str, status: &str| json!({"addressFamily": "ipv4", "customerAddress": "169.254.1.2/30", "bgpPeerState": state, "bgpStatus": status});
    let (going, coming) = (peer("deleting", "down"), peer("pending", "down"));
    let bare = |state: &str| json!({"addressFamily": "ipv6", "bgpPeerState": state, "bgpStatus": "up"});
    for peers in [
        [going.clone(), coming.clone(), bare("available"), bare("deleted")],
        [coming, going, bare("deleted"), bare("available")],
    ] {
        let story = Story::of(scenario(json!({
            "account": ACCOUNT,
            "inventory": {"regions": {REGION: {"virtualInterfaces": [{
                "virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "available", "bgpPeers": peers
            }]}}}
        })));
        let observation = story.look(&Scope::regional(ACCOUNT, REGION), &[Kind::BgpPeer]).await;
        assert_eq!(told(&observation), ["bgp-peer/dxvif-1:ipv4:169.254.1.2/30 pending", "bgp-peer/dxvif-1:ipv6 up"]);
    }
}

#[tokio::test]
async fn global_kinds_are_read_from_the_next_region_where_the_first_does_not_answer() {
    let away = |kind| Fault { region: Some(REGION.to_owned()), kind: Some(kind), ..Fault::default() };
    let story = Story::of(account_of(2));
    assert_eq!(poll(&story).await.gaps, Default::default());
    for kind in [FaultKind::ConnectionDropped, FaultKind::ServerException, FaultKind::AccessDenied] {
        story.simulator.edit(|scenario| scenario.faults = vec![away(kind)]).unwrap();
        story.simulator.reset_traffic();
        let global = story.look_at_global_kinds().await;
        assert_eq!(global.gaps, Default::default(), "{kind:?}");
        assert_eq!(global.items.len(), 10, "two of each kind: {kind:?}");
        let traffic = story.traffic();
        assert_eq!(traffic.count_in("DescribeDirectConnectGatewayAttachments", REGION), 0, "{kind:?}");
        assert!(traffic.count_in("DescribeDirectConnectGatewayAttachments", OTHER_REGION) > 0, "{kind:?}");
    }
}

#[tokio::test]
async fn where_no_region_answers_the_first_ones_failure_is_the_gap() {
    let away = Fault { kind: Some(FaultKind::AccessDenied), ..Fault::default() };
    let observation = Story::of(Scenario { faults: vec![away], ..account_of(1) }).look_at_global_kinds().await;
    assert_eq!(observation.gaps.len(), 5);
    let gap = why(&observation, Kind::ResiliencyGroup);
    assert!(gap.starts_with("ListResiliencyGroups in us-east-1, page 1: AccessDeniedException: "), "{gap}");
}
