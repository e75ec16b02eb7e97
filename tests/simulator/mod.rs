//! The simulated Direct Connect, called by clients of the real one: the AWS SDK, the AWS CLI, and plain HTTP.

mod accounts;
mod builtin;
mod cli;
mod faults;
mod gateways;
mod identity;
mod inputs;
mod oddities;
mod play;
mod sdk;
mod wire;

use std::fmt::Debug;

use aws_dx_monitor::simulator::{Connection, Scenario, Simulator, VirtualInterface};
use aws_sdk_directconnect::Client;
use aws_sdk_directconnect::error::{ProvideErrorMetadata, SdkError};

use crate::support;

/// A client of the SDK for one region, which tries each call once.
fn client(simulator: &Simulator, region: &str) -> Client {
    let config = support::sdk::config(&simulator.endpoint_url(), region)
        .into_builder()
        .retry_config(aws_sdk_directconnect::config::retry::RetryConfig::disabled())
        .build();
    Client::new(&config)
}

/// So many connections and virtual interfaces in us-east-1.
fn crowd(connections: usize, virtual_interfaces: usize) -> Scenario {
    let mut scenario = Scenario::default();
    let region = scenario.inventory.region_mut("us-east-1");
    region.connections = (0..connections)
        .map(|number| Connection {
            connection_id: format!("dxcon-{number:05}"),
            connection_state: Some("available".into()),
            ..Connection::default()
        })
        .collect();
    region.virtual_interfaces = (0..virtual_interfaces)
        .map(|number| VirtualInterface {
            virtual_interface_id: format!("dxvif-{number:05}"),
            virtual_interface_state: Some("available".into()),
            connection_id: Some(format!("dxcon-{:05}", number % connections.max(1))),
            ..VirtualInterface::default()
        })
        .collect();
    scenario
}

/// A partner with an interconnect and a LAG that carry hosted connections, and gateways of every sort.
fn partner() -> Scenario {
    Scenario::from_json(include_str!("partner.json")).unwrap()
}

/// The code and message with which a call was refused.
fn refusal<T: Debug, E: ProvideErrorMetadata + Debug, R: Debug>(result: Result<T, SdkError<E, R>>) -> String {
    let error = result.expect_err("the call is refused");
    let error = error.as_service_error().expect("by the service");
    format!("{}: {}", error.code().unwrap_or_default(), error.message().unwrap_or_default())
}

/// The ids of a list of the SDK's items.
macro_rules! ids {
    ($list:expr, $id:ident) => {
        $list.iter().map(|item| item.$id.as_deref().unwrap_or_default()).collect::<Vec<&str>>()
    };
}
use ids;
