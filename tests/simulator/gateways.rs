//! The listings around gateways through the Rust SDK: the same from everywhere, and refused without a filter.

use aws_dx_monitor::simulator::Simulator;
use aws_sdk_directconnect::operation::describe_direct_connect_gateway_attachments::builders::DescribeDirectConnectGatewayAttachmentsFluentBuilder as Attachments;
use aws_sdk_directconnect::types::DirectConnectGatewayAssociationState;

use super::{client, ids, partner, refusal};

#[tokio::test]
async fn gateways_are_the_same_from_everywhere() {
    let simulator = Simulator::start(partner(), 0).unwrap();
    for region in ["us-east-1", "ap-southeast-2"] {
        let client = client(&simulator, region);
        let all = client.describe_direct_connect_gateways().send().await.unwrap();
        let gateways = all.direct_connect_gateways();
        assert_eq!(ids!(gateways, direct_connect_gateway_id), ["gateway-1", "gateway-2"]);
        assert_eq!(gateways[0].owner_account(), Some("123456789012"));
        let request = || client.describe_direct_connect_gateways();
        let one = request().direct_connect_gateway_id("gateway-2").send().await.unwrap();
        assert_eq!(ids!(one.direct_connect_gateways(), direct_connect_gateway_id), ["gateway-2"]);
        assert!(refusal(request().direct_connect_gateway_id("gateway-9").send().await).contains("gateway-9"));
    }
    let here = client(&simulator, "us-east-1").describe_virtual_gateways().send().await.unwrap();
    assert_eq!(ids!(here.virtual_gateways(), virtual_gateway_id), ["vgw-1", "vgw-2"]);
    assert_eq!(here.virtual_gateways()[0].virtual_gateway_state(), Some("available"));
    let there = client(&simulator, "ap-southeast-2").describe_virtual_gateways().send().await.unwrap();
    assert!(there.virtual_gateways().is_empty());
}

#[tokio::test]
async fn attachments_need_a_filter() {
    let simulator = Simulator::start(partner(), 0).unwrap();
    let client = client(&simulator, "eu-west-1");
    let request = || client.describe_direct_connect_gateway_attachments();
    assert!(refusal(request().send().await).starts_with("DirectConnectClientException: "));
    let listed = async |request: Attachments| {
        let answer = request.send().await.unwrap();
        ids!(answer.direct_connect_gateway_attachments(), virtual_interface_id).join(" ")
    };
    assert_eq!(listed(request().direct_connect_gateway_id("gateway-1")).await, "dxvif-1 mcc-1");
    assert_eq!(listed(request().direct_connect_gateway_id("gateway-2")).await, "");
    assert_eq!(listed(request().virtual_interface_id("mcc-1")).await, "mcc-1");
    assert_eq!(listed(request().virtual_interface_id("dxvif-2")).await, "");
    assert!(refusal(request().direct_connect_gateway_id("gateway-9").send().await).contains("gateway-9"));
    assert!(refusal(request().virtual_interface_id("dxvif-9").send().await).contains("dxvif-9"));
}

#[tokio::test]
async fn associations_need_a_filter() {
    let simulator = Simulator::start(partner(), 0).unwrap();
    let client = client(&simulator, "eu-west-1");
    let request = || client.describe_direct_connect_gateway_associations();
    assert!(refusal(request().send().await).starts_with("DirectConnectClientException: "));
    let all = request().direct_connect_gateway_id("gateway-1").send().await.unwrap();
    let [first, second] = all.direct_connect_gateway_associations() else { panic!("{all:?}") };
    assert_eq!(first.association_state(), Some(&DirectConnectGatewayAssociationState::Updating));
    assert_eq!(second.association_id(), None);
    assert_eq!(second.associated_core_network().unwrap().id(), Some("core-network-1"));
    for request in [
        request().association_id("association-1"),
        request().associated_gateway_id("vgw-1"),
        request().virtual_gateway_id("vgw-1"),
    ] {
        let found = request.send().await.unwrap();
        assert_eq!(ids!(found.direct_connect_gateway_associations(), association_id), ["association-1"]);
    }
    let none = request().virtual_gateway_id("vgw-2").send().await.unwrap();
    assert!(none.direct_connect_gateway_associations().is_empty());
    assert!(refusal(request().association_id("association-9").send().await).contains("association-9"));
    assert!(refusal(request().associated_gateway_id("tgw-9").send().await).contains("tgw-9"));
}
