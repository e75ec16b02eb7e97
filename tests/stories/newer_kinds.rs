//! Encryption, proposals and resiliency groups, and the details of an event besides states.

use aws_dx_monitor::{
    domain::Kind,
    simulator::{Fault, FaultKind, Operation, Scenario, TimelineEntry},
};
use serde_json::json;

use super::rig::{ACCOUNT, REGION, Rig};

fn scenario() -> Scenario {
    let text = json!({
        "account": ACCOUNT,
        "inventory": {
            "regions": {REGION: {"connections": [{
                "connectionId": "dxcon-1", "connectionName": "prod", "connectionState": "available",
                "awsDeviceV2": "EqDC2-physical", "awsLogicalDeviceId": "EqDC2-logical",
                "encryptionMode": "should_encrypt", "portEncryptionStatus": "Encryption Up",
                "tags": [{"key": "env", "value": "prod"}, {"key": "owner", "value": "anybody"}]
            }]}},
            "global": {
                "directConnectGateways": [{"directConnectGatewayId": "g1", "directConnectGatewayState": "available"}],
                "directConnectGatewayAssociationProposals": [
                    {"proposalId": "p1", "directConnectGatewayId": "g1", "proposalState": "requested", "associatedGateway": {"id": "vgw-9"}}
                ],
                "resiliencyGroups": [{"resiliencyGroupId": "dxrg-1", "resiliencyGroupName": "core", "state": "pending"}]
            }
        }
    });
    Scenario::from_json(&text.to_string()).unwrap()
}

fn set(rig: &Rig, id: &str, fields: serde_json::Value) {
    let at = rig.simulator.elapsed().as_secs_f64();
    let entry =
        TimelineEntry { at, item: Some(id.to_owned()), set: fields.as_object().cloned(), ..TimelineEntry::default() };
    rig.simulator.edit(|scenario| scenario.timeline.push(entry)).unwrap();
}

#[tokio::test]
async fn traffic_that_flows_in_clear_is_an_event_though_the_port_is_up() {
    let rig = Rig::watching(scenario()).await;
    set(rig.minute(1), "dxcon-1", json!({"portEncryptionStatus": "Encryption Down"}));
    rig.poll_well().await;
    assert_eq!(rig.sns().told(), "[critical] port-encryption dxcon-1 up -> down (prod)");
    assert_eq!(rig.metrics.last("PortEncryptionState", "dxcon-1"), Some(2.0));
    assert_eq!(rig.metrics.last("ConnectionState", "dxcon-1"), Some(4.0));
    let event = rig.last_event("port-encryption/dxcon-1").await;
    let item = serde_json::to_value(&*event.item).unwrap();
    assert_eq!(
        item,
        json!({
            "kind": "port-encryption", "id": "dxcon-1", "name": "prod", "account": ACCOUNT, "region": REGION,
            "ownerAccount": ACCOUNT, "device": "EqDC2-logical", "physicalDevice": "EqDC2-physical",
            "encryptionMode": "should_encrypt", "tags": {"env": "prod"}, "connectionId": "dxcon-1"
        })
    );
    set(rig.minute(2), "dxcon-1", json!({"portEncryptionStatus": "Encryption Up"}));
    rig.poll_well().await;
    assert_eq!(rig.sns().told(), "[info] port-encryption dxcon-1 down -> up (prod)");
}

#[tokio::test]
async fn a_port_that_is_deleted_or_encrypts_no_more_is_no_outage_of_its_encryption() {
    let rig = Rig::watching_only(Kind::PortEncryption, scenario()).await;
    set(rig.minute(1), "dxcon-1", json!({"connectionState": "deleting", "portEncryptionStatus": "Encryption Down"}));
    for number in 1..4 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.sns().told(), "[warning] port-encryption dxcon-1 up -> absent (prod)");
}

#[tokio::test]
async fn proposals_and_resiliency_groups_are_watched() {
    let rig = Rig::watching(scenario()).await;
    rig.minute(1).turns("p1", "accepted").turns("dxrg-1", "available").poll_well().await;
    rig.minute(2).turns("dxrg-1", "deleting").poll_well().await;
    insta::assert_snapshot!(rig.sns().told(), @r"
    [info] gateway-association-proposal p1 requested -> accepted
    [info] resiliency-group dxrg-1 pending -> available (core)
    [warning] resiliency-group dxrg-1 available -> deleting (core)
    ");
    assert_eq!(rig.metrics.last("DirectConnectGatewayAssociationProposalState", "p1"), Some(2.0));
    assert_eq!(rig.metrics.last("ResiliencyGroupState", "dxrg-1"), Some(3.0));
}

#[tokio::test]
async fn an_endpoint_without_the_newer_operations_fails_no_poll() {
    let unknown = |operation: Operation| Fault {
        operation: Some(operation.name().to_owned()),
        kind: Some(FaultKind::UnknownOperation),
        ..Fault::default()
    };
    let faults = vec![
        unknown(Operation::DescribeDirectConnectGatewayAssociationProposals),
        unknown(Operation::ListResiliencyGroups),
    ];
    let rig = Rig::watching(Scenario { faults, ..scenario() }).await;
    let report = rig.minute(1).poll_well().await;
    assert_eq!(report.items, 3, "connection, encryption, gateway");
}

#[tokio::test]
async fn awss_reason_for_a_change_that_failed_is_in_the_event() {
    let rig = Rig::watching(scenario()).await;
    let reason = "The gateway still has attachments.";
    set(rig.minute(1), "g1", json!({"directConnectGatewayState": "deleting", "stateChangeError": reason}));
    rig.poll_well().await;
    let event = rig.last_event("direct-connect-gateway/g1").await;
    assert_eq!(event.item.state_change_error.as_deref(), Some(reason));
}
