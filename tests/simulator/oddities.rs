//! What Direct Connect really does and a simulator easily leaves out: rows that name nothing, peers beside their
//! successors, items of another region, and operations that an endpoint does not have.

use std::time::Duration;

use aws_dx_monitor::simulator::{Fault, FaultKind, Operation, Scenario, Simulator};
use aws_sdk_directconnect::types::{DirectConnectGatewayAssociationProposalState, ResiliencyGroupState};
use serde_json::json;

use super::{client, ids, refusal};

fn scenario(text: serde_json::Value) -> Scenario {
    Scenario::from_json(&text.to_string()).unwrap()
}

#[tokio::test]
async fn associations_of_other_accounts_name_nothing_and_are_listed_all_the_same() {
    let simulator = Simulator::start(
        scenario(json!({
            "account": "123456789012",
            "inventory": {"global": {
                "directConnectGateways": [{"directConnectGatewayId": "gateway-1"}],
                "directConnectGatewayAssociations": [
                    {"directConnectGatewayId": "gateway-1", "associationState": "associated"},
                    {"directConnectGatewayId": "gateway-1", "associationState": "associated"},
                    {"directConnectGatewayId": "foreign", "associationId": "a1", "associatedGateway": {"id": "vgw-1"}}
                ]
            }}
        })),
        0,
    )
    .unwrap();
    let client = client(&simulator, "us-east-1");
    let of_gateway = client.describe_direct_connect_gateway_associations().direct_connect_gateway_id("gateway-1");
    let rows = of_gateway.send().await.unwrap();
    assert_eq!(rows.direct_connect_gateway_associations().len(), 2);
    assert!(rows.direct_connect_gateway_associations().iter().all(|row| row.association_id().is_none()));
    // The gateway of another account is listed nowhere; what it is associated with is found from this side.
    let of_own = client.describe_direct_connect_gateway_associations().associated_gateway_id("vgw-1");
    let found = of_own.send().await.unwrap();
    assert_eq!(ids!(found.direct_connect_gateway_associations(), association_id), ["a1"]);
}

#[tokio::test]
async fn a_peer_without_an_id_stands_beside_its_successor_and_the_first_of_them_changes() {
    let peer =
        |state: &str| json!({"addressFamily": "ipv4", "customerAddress": "169.254.1.2/30", "bgpPeerState": state});
    let simulator = Simulator::start(
        scenario(json!({
            "account": "123456789012",
            "inventory": {"regions": {"us-east-1": {"virtualInterfaces": [{
                "virtualInterfaceId": "dxvif-1",
                "bgpPeers": [peer("deleting"), peer("pending"), {"addressFamily": "ipv6", "bgpPeerState": "pending"}]
            }]}}},
            "timeline": [
                {"at": 10, "item": "dxvif-1:ipv4:169.254.1.2/30", "state": "deleted"},
                {"at": 10, "item": "dxvif-1:ipv6", "state": "deleting"},
                {"at": 20, "item": "dxvif-1:ipv4:169.254.1.2/30", "remove": true}
            ]
        })),
        0,
    )
    .unwrap();
    let client = client(&simulator, "us-east-1");
    for (seconds, expected) in [
        (0, &["deleting", "pending", "pending"][..]),
        (10, &["deleted", "pending", "deleting"]),
        (20, &["pending", "deleting"]),
    ] {
        simulator.set_elapsed(Duration::from_secs(seconds));
        let listed = client.describe_virtual_interfaces().send().await.unwrap();
        let peers = listed.virtual_interfaces()[0].bgp_peers();
        let states: Vec<&str> = peers.iter().map(|peer| peer.bgp_peer_state().unwrap().as_str()).collect();
        assert_eq!(states, expected, "{seconds}");
    }
}

#[tokio::test]
async fn a_listing_may_show_items_of_another_region() {
    let regional = |number: u32| {
        json!({
            "connections": [{"connectionId": format!("dxcon-{number}"), "lagId": format!("dxlag-{number}")}],
            "interconnects": [{"interconnectId": format!("dxcon-i{number}")}],
            "lags": [{"lagId": format!("dxlag-{number}")}],
            "virtualInterfaces": [{"virtualInterfaceId": format!("dxvif-{number}")}],
            "hostedConnections": {format!("dxcon-i{number}"): [{"connectionId": format!("dxcon-h{number}")}]}
        })
    };
    let mut east = regional(1);
    east["alsoLists"] = json!(["us-west-1"]);
    let simulator = Simulator::start(
        scenario(json!({
            "account": "123456789012",
            "partner": true,
            "inventory": {"regions": {"us-east-1": east, "us-west-1": regional(2)}}
        })),
        0,
    )
    .unwrap();
    let east = client(&simulator, "us-east-1");
    let connections = east.describe_connections().send().await.unwrap();
    assert_eq!(ids!(connections.connections(), connection_id), ["dxcon-1", "dxcon-2"]);
    assert_eq!(ids!(connections.connections(), region), ["us-east-1", "us-west-1"]);
    let lags = east.describe_lags().send().await.unwrap();
    assert_eq!(ids!(lags.lags(), region), ["us-east-1", "us-west-1"]);
    assert_eq!(ids!(lags.lags()[1].connections(), connection_id), ["dxcon-2"]);
    let interfaces = east.describe_virtual_interfaces().send().await.unwrap();
    assert_eq!(ids!(interfaces.virtual_interfaces(), region), ["us-east-1", "us-west-1"]);
    let interconnects = east.describe_interconnects().send().await.unwrap();
    assert_eq!(ids!(interconnects.interconnects(), region), ["us-east-1", "us-west-1"]);
    let hosted = east.describe_hosted_connections().connection_id("dxcon-i2").send().await.unwrap();
    assert_eq!(ids!(hosted.connections(), region), ["us-west-1"]);
    let west = client(&simulator, "us-west-1").describe_connections().send().await.unwrap();
    assert_eq!(ids!(west.connections(), connection_id), ["dxcon-2"]);

    let nowhere =
        json!({"account": "123456789012", "inventory": {"regions": {"us-east-1": {"alsoLists": ["mars-1"]}}}});
    let error = Scenario::from_json(&nowhere.to_string()).unwrap_err().to_string();
    assert!(
        error.contains("inventory.regions.us-east-1.alsoLists: \"mars-1\" is no region of this scenario"),
        "{error}"
    );
}

#[tokio::test]
async fn proposals_and_resiliency_groups_are_the_same_from_everywhere_and_change() {
    let simulator = Simulator::start(
        scenario(json!({
            "account": "123456789012",
            "pageSize": 1,
            "inventory": {"global": {
                "directConnectGatewayAssociationProposals": [
                    {"proposalId": "p1", "directConnectGatewayId": "g1", "proposalState": "requested", "associatedGateway": {"id": "vgw-1"}},
                    {"proposalId": "p2", "directConnectGatewayId": "g2", "proposalState": "requested"}
                ],
                "resiliencyGroups": [{"resiliencyGroupId": "dxrg-1", "resiliencyGroupName": "core", "state": "pending"}]
            }},
            "timeline": [
                {"at": 5, "item": "p1", "state": "accepted"},
                {"at": 5, "item": "dxrg-1", "state": "available", "rename": "edge"}
            ]
        })),
        0,
    )
    .unwrap();
    simulator.set_elapsed(Duration::from_secs(5));
    let client = client(&simulator, "eu-west-1");
    let request = || client.describe_direct_connect_gateway_association_proposals();
    let first = request().send().await.unwrap();
    let [proposal] = first.direct_connect_gateway_association_proposals() else { panic!("{first:?}") };
    assert_eq!(proposal.proposal_state(), Some(&DirectConnectGatewayAssociationProposalState::Accepted));
    let second = request().next_token(first.next_token().unwrap()).send().await.unwrap();
    assert_eq!(ids!(second.direct_connect_gateway_association_proposals(), proposal_id), ["p2"]);
    for request in [
        request().direct_connect_gateway_id("g1"),
        request().proposal_id("p1"),
        request().associated_gateway_id("vgw-1"),
    ] {
        let found = request.send().await.unwrap();
        assert_eq!(ids!(found.direct_connect_gateway_association_proposals(), proposal_id), ["p1"]);
    }
    let groups = client.list_resiliency_groups().send().await.unwrap();
    let [group] = groups.items() else { panic!("{groups:?}") };
    assert_eq!((group.resiliency_group_id(), group.resiliency_group_name()), (Some("dxrg-1"), Some("edge")));
    assert_eq!((group.state(), group.owner_account()), (Some(&ResiliencyGroupState::Available), Some("123456789012")));
}

#[tokio::test]
async fn an_endpoint_may_lack_an_operation_and_a_parent_may_be_gone() {
    let fault = |operation: Operation, kind, parent: Option<&str>| Fault {
        operation: Some(operation.name().to_owned()),
        kind: Some(kind),
        parent: parent.map(str::to_owned),
        ..Fault::default()
    };
    let mut scenario = super::partner();
    scenario.faults = vec![
        fault(Operation::ListResiliencyGroups, FaultKind::UnknownOperation, None),
        fault(Operation::DescribeHostedConnections, FaultKind::NotFound, Some("dxcon-i1")),
    ];
    let simulator = Simulator::start(scenario, 0).unwrap();
    let client = client(&simulator, "us-east-1");
    assert_eq!(
        refusal(client.list_resiliency_groups().send().await),
        "UnknownOperationException: The operation ListResiliencyGroups is not known here"
    );
    assert_eq!(
        refusal(client.describe_hosted_connections().connection_id("dxcon-i1").send().await),
        "DirectConnectClientException: 123456789012 DescribeHostedConnections failed for dxcon-i1 doesn't exist."
    );
    assert!(client.describe_hosted_connections().connection_id("dxlag-2").send().await.is_ok());
}
