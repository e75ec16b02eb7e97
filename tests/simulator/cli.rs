//! The AWS CLI against the simulator, as an operator would point it there.

use std::process::{Command, Output};

use aws_dx_monitor::simulator::{DirectConnectGateway, Scenario, Simulator};
use serde_json::Value;

use super::crowd;
use crate::support;

fn aws(simulator: &Simulator, region: &str, arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    Command::new(support::python::tool("aws"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("AWS_ACCESS_KEY_ID", support::sdk::ACCESS_KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", support::sdk::SECRET_ACCESS_KEY)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("AWS_PAGER", "")
        .args(["directconnect", "--output", "json", "--region", region])
        .args(["--endpoint-url", &simulator.endpoint_url()])
        .args(arguments)
        .output()
        .unwrap()
}

fn answer(simulator: &Simulator, region: &str, arguments: &[&str]) -> Value {
    let output = aws(simulator, region, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_cli_follows_the_pages_by_itself_where_it_can() {
    let mut scenario = crowd(5, 230);
    scenario.inventory.global.direct_connect_gateways = (0..230)
        .map(|number| DirectConnectGateway {
            direct_connect_gateway_id: format!("gateway-{number:03}"),
            ..DirectConnectGateway::default()
        })
        .collect();
    let simulator = Simulator::start(scenario, 0).unwrap();
    let gateways = answer(&simulator, "us-east-1", &["describe-direct-connect-gateways"]);
    assert_eq!(gateways["directConnectGateways"].as_array().unwrap().len(), 230);
    assert_eq!(simulator.traffic().count("DescribeDirectConnectGateways"), 3);

    // It knows pages of gateways, attachments and associations only; the rest it leaves to its caller.
    let first = answer(&simulator, "us-east-1", &["describe-virtual-interfaces"]);
    assert_eq!(first["virtualInterfaces"].as_array().unwrap().len(), 100);
    let token = first["nextToken"].as_str().unwrap();
    let arguments = ["describe-virtual-interfaces", "--max-results", "7", "--next-token", token];
    let second = answer(&simulator, "us-east-1", &arguments);
    assert_eq!(second["virtualInterfaces"].as_array().unwrap().len(), 7);
    assert_eq!(second["virtualInterfaces"][0]["virtualInterfaceId"], "dxvif-00100");
}

#[test]
fn the_cli_reads_every_listing_of_the_built_in_scenario() {
    let simulator = Simulator::start(Scenario::builtin(), 0).unwrap();
    simulator.set_elapsed(std::time::Duration::ZERO);
    let gateway = "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f";
    for (arguments, list, count) in [
        (&["describe-connections"][..], "connections", 4),
        (&["describe-lags"], "lags", 1),
        (&["describe-virtual-interfaces"], "virtualInterfaces", 4),
        (&["describe-virtual-gateways"], "virtualGateways", 2),
        (&["describe-direct-connect-gateways"], "directConnectGateways", 2),
        (
            &["describe-direct-connect-gateway-attachments", "--direct-connect-gateway-id", gateway],
            "directConnectGatewayAttachments",
            3,
        ),
        (
            &["describe-direct-connect-gateway-associations", "--direct-connect-gateway-id", gateway],
            "directConnectGatewayAssociations",
            2,
        ),
    ] {
        let listed = answer(&simulator, "us-east-1", arguments);
        assert_eq!(listed[list].as_array().unwrap().len(), count, "{list}");
    }
    let elsewhere = answer(&simulator, "eu-west-1", &["describe-connections"]);
    assert_eq!(elsewhere["connections"][0]["connectionName"], "eircl-xc-1180");

    let refused = aws(&simulator, "us-east-1", &["describe-interconnects"]);
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(errors.contains("DirectConnectClientException"), "{errors}");
    assert!(errors.contains("not an authorized Direct Connect partner in us-east-1"), "{errors}");
}
