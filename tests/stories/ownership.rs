//! Items of other accounts and other regions: they neither disturb the monitoring nor are missed by it.

use aws_dx_monitor::{
    domain::{Kind, Scope, Timestamp},
    ports::History,
    simulator::{Fault, FaultKind, Scenario},
};
use serde_json::json;

use super::rig::{ACCOUNT, OTHER_REGION, REGION, Rig, minute};

fn scenario(inventory: serde_json::Value) -> Scenario {
    Scenario::from_json(&json!({"account": ACCOUNT, "inventory": inventory}).to_string()).unwrap()
}

#[tokio::test]
async fn rows_of_other_accounts_that_name_nothing_fail_no_poll_and_hold_up_no_removal() {
    let rig = Rig::watching(scenario(json!({"global": {
        "directConnectGateways": [{"directConnectGatewayId": "g", "directConnectGatewayState": "available"}],
        "directConnectGatewayAssociations": [
            {"directConnectGatewayId": "g", "associationId": "a1", "associationState": "associated", "associatedGateway": {"id": "tgw-1"}},
            {"directConnectGatewayId": "g", "associationState": "associated"},
            {"directConnectGatewayId": "g", "associationState": "associated"}
        ]
    }})))
    .await;
    let report = rig.minute(1).poll_well().await;
    assert_eq!((report.items, report.unidentified), (2, 2));
    assert_eq!(rig.metrics.own("UnidentifiedItems"), Some(2.0));
    assert_eq!((rig.metrics.own("Gaps"), rig.metrics.own("PollSucceeded")), (Some(0.0), Some(1.0)));
    rig.leaves("a1");
    for number in 2..5 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.sns().told(), "[warning] gateway-association a1 associated -> absent");
}

#[tokio::test]
async fn a_disassociation_from_another_accounts_gateway_is_announced() {
    let rig = Rig::watching(scenario(json!({
        "regions": {
            REGION: {"virtualInterfaces": [{"virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "available", "directConnectGatewayId": "theirs"}]},
            OTHER_REGION: {"virtualGateways": [{"virtualGatewayId": "vgw-1", "virtualGatewayState": "available"}]}
        },
        "global": {
            "directConnectGatewayAttachments": [{"directConnectGatewayId": "theirs", "virtualInterfaceId": "dxvif-1", "attachmentState": "attached"}],
            "directConnectGatewayAssociations": [{
                "directConnectGatewayId": "theirs", "directConnectGatewayOwnerAccount": "210987654321", "associationId": "a1",
                "associationState": "associated", "associatedGateway": {"id": "vgw-1", "ownerAccount": ACCOUNT}
            }]
        }
    })))
    .await;
    rig.minute(1).turns("a1", "disassociating").turns("theirs:dxvif-1", "detaching").poll_well().await;
    rig.minute(2).turns("a1", "disassociated").poll_well().await;
    insta::assert_snapshot!(rig.sns().told(), @r"
    [warning] gateway-attachment theirs:dxvif-1 attached -> detaching
    [warning] gateway-association a1 associated -> disassociating
    [info] gateway-association a1 disassociating -> disassociated
    ");
    let event = rig.last_event("gateway-association/a1").await;
    assert_eq!(event.item.owner_account.as_deref(), Some("210987654321"));
    assert_eq!(event.item.associated_gateway_id.as_deref(), Some("vgw-1"));
}

#[tokio::test]
async fn an_item_that_two_regions_list_is_one_item_with_one_event_and_one_data_point() {
    let connection = |id: &str| json!({"connectionId": id, "connectionState": "available"});
    let rig = Rig::watching(scenario(json!({"regions": {
        REGION: {"connections": [connection("dxcon-1")], "alsoLists": [OTHER_REGION]},
        OTHER_REGION: {"connections": [connection("dxcon-2")]}
    }})))
    .await;
    let report = rig.minute(1).turns("dxcon-2", "down").poll_well().await;
    assert_eq!((report.items, report.metrics, report.transitions), (2, 2, 1));
    assert_eq!(rig.metrics.points("ConnectionState").len(), 2);
    let there = Scope::regional(ACCOUNT, OTHER_REGION);
    let events = rig.all_events().await;
    let of_item: Vec<_> = events.iter().filter(|row| row.event["item"]["id"] == "dxcon-2").collect();
    assert_eq!(of_item.len(), 2, "discovered, and down");
    assert!(of_item.iter().all(|row| row.event["item"]["region"] == OTHER_REGION), "{of_item:?}");
    assert_eq!(rig.ledger.inner.states(&there).await.unwrap().states.len(), 1);
}

#[tokio::test]
async fn a_parent_that_goes_takes_its_children_with_it_and_fails_no_poll() {
    let rig = Rig::watching(scenario(json!({"global": {
        "directConnectGateways": [
            {"directConnectGatewayId": "g1", "directConnectGatewayState": "available"},
            {"directConnectGatewayId": "g2", "directConnectGatewayState": "available"}
        ],
        "directConnectGatewayAttachments": [
            {"directConnectGatewayId": "g1", "virtualInterfaceId": "dxvif-1", "attachmentState": "attached"},
            {"directConnectGatewayId": "g2", "virtualInterfaceId": "dxvif-2", "attachmentState": "attached"}
        ]
    }})))
    .await;
    // One is listed as deleted, the other is gone by the answer to the list of its children; and neither may be asked.
    let at = |parent: &str, kind| Fault { parent: Some(parent.to_owned()), kind: Some(kind), ..Fault::default() };
    rig.simulator
        .edit(|scenario| scenario.faults = vec![at("g1", FaultKind::AccessDenied), at("g2", FaultKind::NotFound)])
        .unwrap();
    rig.minute(1).turns("g1", "deleted").poll_well().await;
    for number in 2..4 {
        rig.minute(number).poll_well().await;
    }
    insta::assert_snapshot!(rig.sns().told(), @r"
    [warning] direct-connect-gateway g1 available -> deleted
    [warning] gateway-attachment g1:dxvif-1 attached -> absent
    [warning] gateway-attachment g2:dxvif-2 attached -> absent
    ");
    let event = rig.last_event("gateway-attachment/g1:dxvif-1").await;
    assert_eq!(event.state.since, minute(1));
}

#[tokio::test]
async fn a_peer_that_is_replaced_is_one_item_in_whatever_order_the_two_are_listed() {
    let address = "169.254.1.2/30";
    let peer = |state: &str, status: &str| json!({"addressFamily": "ipv4", "customerAddress": address, "bgpPeerState": state, "bgpStatus": status});
    // Besides, one that is known by nothing but its address family.
    let with = |mut peers: serde_json::Value| {
        let bare = json!({"addressFamily": "ipv6", "bgpPeerState": "available", "bgpStatus": "up"});
        peers.as_array_mut().unwrap().push(bare);
        scenario(json!({"regions": {REGION: {"virtualInterfaces": [
            {"virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "available", "bgpPeers": peers}
        ]}}}))
    };
    let rig = Rig::watching_only(Kind::BgpPeer, with(json!([peer("available", "up")]))).await;
    let coming = |state, status| peer(state, status);
    for (number, peers) in [
        (1, json!([peer("deleting", "down"), coming("pending", "down")])),
        (2, json!([coming("pending", "down"), peer("deleting", "down")])),
        (3, json!([peer("deleted", "down"), coming("available", "up")])),
        (4, json!([coming("available", "up"), peer("deleted", "down")])),
        (5, json!([coming("available", "up")])),
    ] {
        rig.simulator.edit(|scenario| *scenario = with(peers)).unwrap();
        let report = rig.minute(number).poll_well().await;
        assert_eq!((report.items, report.unidentified), (2, 0), "minute {number}");
    }
    insta::assert_snapshot!(rig.sns().told(), @r"
    [info] bgp-peer dxvif-1:ipv4:169.254.1.2/30 up -> pending
    [info] bgp-peer dxvif-1:ipv4:169.254.1.2/30 pending -> up
    ");
    let down =
        json!([peer("available", "up"), {"addressFamily": "ipv6", "bgpPeerState": "available", "bgpStatus": "down"}]);
    let interface = json!({"virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "available", "bgpPeers": down});
    let now = scenario(json!({"regions": {REGION: {"virtualInterfaces": [interface]}}}));
    rig.simulator.edit(|scenario| *scenario = now).unwrap();
    rig.minute(6).poll_well().await;
    assert_eq!(rig.sns().told(), "[critical] bgp-peer dxvif-1:ipv6 up -> down");
}

#[tokio::test]
async fn the_global_kinds_are_watched_while_the_first_region_is_out_of_reach() {
    let gateway = json!({"directConnectGatewayId": "g1", "directConnectGatewayState": "available"});
    let rig = Rig::watching(scenario(json!({
        "regions": {
            REGION: {"connections": [{"connectionId": "dxcon-1", "connectionState": "available"}]},
            OTHER_REGION: {"connections": [{"connectionId": "dxcon-2", "connectionState": "available"}]}
        },
        "global": {
            "directConnectGateways": [gateway],
            "directConnectGatewayAssociations": [{"directConnectGatewayId": "g1", "associationId": "a1", "associationState": "associated", "associatedGateway": {"id": "tgw-1"}}]
        }
    })))
    .await;
    let kind = Some(FaultKind::ConnectionDropped);
    rig.fault(Fault { region: Some(REGION.to_owned()), kind, ..Fault::default() });
    let report = rig.minute(1).turns("a1", "disassociating").poll().await;
    let scopes: Vec<String> = report.gaps.iter().map(|gap| gap.scope.to_string()).collect();
    assert_eq!(scopes, ["123456789012/us-east-1"; 8], "{report}");
    assert_eq!(rig.sns().told(), "[warning] gateway-association a1 associated -> disassociating");
    for number in 2..8 {
        let report = rig.minute(number).poll().await;
        assert!(report.gaps.iter().all(|gap| !gap.kind.is_global()), "{report}");
    }
    let complete = rig.ledger.inner.states(&Scope::global(ACCOUNT)).await.unwrap().poll.unwrap();
    let last: Option<Timestamp> = complete.last_complete_at(Kind::GatewayAssociation);
    assert_eq!(last, Some(minute(7)), "it was monitored all the time");
}
