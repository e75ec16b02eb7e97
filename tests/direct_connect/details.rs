//! The details of an item besides its state: AWS's reasons, devices, members, encryption and the chosen tags; and the
//! kinds that an endpoint may not know.

use serde_json::json;

use super::*;

fn story(inventory: serde_json::Value) -> Story {
    let text = json!({"account": ACCOUNT, "partner": true, "inventory": inventory}).to_string();
    let Story { simulator, inventory } = Story::of(Scenario::from_json(&text).unwrap());
    Story { simulator, inventory: inventory.with_tags(["env", "team"]) }
}

fn described(observation: &Observation, key: &str) -> serde_json::Value {
    serde_json::to_value(&*observation.items[&key.parse().unwrap()].description).unwrap()
}

#[tokio::test]
async fn ports_are_described_with_devices_members_encryption_and_the_chosen_tags() {
    let tags = json!([{"key": "env", "value": "prod"}, {"key": "cost-centre", "value": "4711"}, {"key": "team"}]);
    let member = |number: u32, status: &str| {
        json!({
            "connectionId": format!("dxcon-{number}"), "connectionState": "available", "tags": tags.clone(),
            "awsDeviceV2": "EqDC2-physical", "awsLogicalDeviceId": "EqDC2-logical",
            "encryptionMode": "must_encrypt", "portEncryptionStatus": status
        })
    };
    let story = story(json!({"regions": {REGION: {
        "connections": [{"connectionId": "dxcon-9", "connectionState": "available", "macSecCapable": false, "encryptionMode": "unknown"}],
        "interconnects": [{
            "interconnectId": "dxcon-i1", "interconnectState": "available",
            "encryptionMode": "should_encrypt", "portEncryptionStatus": "Encryption Up"
        }],
        "lags": [{
            "lagId": "dxlag-1", "lagState": "available", "minimumLinks": 1, "encryptionMode": "must_encrypt",
            "connections": [member(2, "Encryption Down"), member(1, "Encryption Up")]
        }]
    }}}));
    let observation = story.look_at_region().await;
    let encryption: Vec<String> =
        told(&observation).into_iter().filter(|line| line.starts_with("port-encryption/")).collect();
    assert_eq!(
        encryption,
        [
            "port-encryption/dxcon-1 up",
            "port-encryption/dxcon-2 down",
            "port-encryption/dxcon-i1 up",
            "port-encryption/dxlag-1 down",
        ],
        "none of the port that cannot encrypt"
    );
    let lag = described(&observation, "lag/dxlag-1");
    assert_eq!((&lag["minimumLinks"], &lag["memberConnections"]), (&json!(1), &json!(["dxcon-1", "dxcon-2"])));
    let connection = described(&observation, "connection/dxcon-1");
    assert_eq!(
        (&connection["device"], &connection["physicalDevice"], &connection["encryptionMode"]),
        (&json!("EqDC2-logical"), &json!("EqDC2-physical"), &json!("must_encrypt"))
    );
    assert_eq!(connection["tags"], json!({"env": "prod", "team": ""}), "as chosen, and no other");
    assert_eq!(described(&observation, "port-encryption/dxcon-1")["tags"], connection["tags"]);
    assert_eq!(described(&observation, "connection/dxcon-9").get("tags"), None);
}

#[tokio::test]
async fn awss_own_reasons_come_through() {
    let reason = "The gateway still has attachments.";
    let story = story(json!({"global": {
        "directConnectGateways": [{"directConnectGatewayId": "g", "directConnectGatewayState": "available", "stateChangeError": reason}],
        "directConnectGatewayAttachments": [{"directConnectGatewayId": "g", "virtualInterfaceId": "v", "stateChangeError": "in use"}],
        "directConnectGatewayAssociations": [{"directConnectGatewayId": "g", "associationId": "a", "stateChangeError": "overlap"}]
    }}));
    let observation = story.look_at_global_kinds().await;
    for (key, reason) in [
        ("direct-connect-gateway/g", reason),
        ("gateway-attachment/g:v", "in use"),
        ("gateway-association/a", "overlap"),
    ] {
        assert_eq!(described(&observation, key)["stateChangeError"], reason);
    }
}

#[tokio::test]
async fn an_operation_that_the_endpoint_does_not_know_is_no_gap_and_a_refused_one_is() {
    let newer = [Operation::DescribeDirectConnectGatewayAssociationProposals, Operation::ListResiliencyGroups];
    let under = async |kind| {
        let faults = newer.map(|operation| fault(operation, kind)).to_vec();
        let story = Story::of(Scenario { faults, ..account_of(1) });
        let observation = story.look_at_global_kinds().await;
        (observation, story.traffic())
    };
    let (observation, traffic) = under(FaultKind::UnknownOperation).await;
    assert_eq!(observation.gaps, Default::default());
    assert_eq!((observation.items.len(), count(&observation, Kind::ResiliencyGroup)), (3, 0));
    assert_eq!(traffic.count("ListResiliencyGroups"), 1, "it is an answer: no other region is asked");

    let (observation, _) = under(FaultKind::AccessDenied).await;
    let gaps: Vec<Kind> = observation.gaps.into_keys().collect();
    assert_eq!(gaps, [Kind::GatewayAssociationProposal, Kind::ResiliencyGroup]);
    // Of an operation that there has always been it is a failure.
    let unknown = fault(Operation::DescribeDirectConnectGateways, FaultKind::UnknownOperation);
    let observation = Story::of(Scenario { faults: vec![unknown], ..account_of(1) }).look_at_global_kinds().await;
    assert!(observation.gaps.contains_key(&Kind::DirectConnectGateway));
}

#[tokio::test]
async fn a_proposal_and_a_group_are_read_page_by_page() {
    let story = Story::of(account_of(8));
    let observation = story.look_at_global_kinds().await;
    assert_eq!(count(&observation, Kind::GatewayAssociationProposal), 8);
    assert_eq!(count(&observation, Kind::ResiliencyGroup), 8);
    let traffic = story.traffic();
    assert_eq!(traffic.count("DescribeDirectConnectGatewayAssociationProposals"), 3);
    assert_eq!(traffic.count("ListResiliencyGroups"), 3);
}
