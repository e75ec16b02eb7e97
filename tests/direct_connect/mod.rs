//! The Direct Connect adapter over the real SDK and the real wire, against a simulated Direct Connect.

mod details;
pub mod failures;
mod kinds;
mod ownership;
mod partner;
mod retries;
mod secrecy;

use std::{collections::BTreeSet, sync::LazyLock, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_dx_monitor::{
    aws::{self, CallLimits, DirectConnectInventory},
    domain::{Kind, Observation, Scope},
    ports::Inventory,
    simulator::{self, Fault, FaultKind, Operation, RegionalInventory, Scenario, Simulator, Traffic},
};
use aws_sdk_directconnect::config::{Credentials, SharedCredentialsProvider};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
const OTHER_REGION: &str = "eu-west-1";

/// Limits that let a test fail quickly.
fn quick() -> CallLimits {
    CallLimits {
        initial_backoff: Duration::from_millis(1),
        maximum_backoff: Duration::from_millis(4),
        ..CallLimits::DIRECT_CONNECT
    }
}

fn sdk_config(endpoint_url: &str) -> SdkConfig {
    let credentials = Credentials::new("AKIDEXAMPLE", "canary-secret-key", Some("canary-session".into()), None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws::http_client())
        .endpoint_url(endpoint_url)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// The kinds that are watched unless something else is configured.
fn usual() -> &'static [Kind] {
    static USUAL: LazyLock<Vec<Kind>> = LazyLock::new(|| Kind::usual().collect());
    &USUAL
}

/// A simulated Direct Connect and the adapter that reads it.
struct Story {
    simulator: Simulator,
    inventory: DirectConnectInventory,
}

impl Story {
    fn of(scenario: Scenario) -> Story {
        Story::with_limits(scenario, quick())
    }

    fn with_limits(scenario: Scenario, limits: CallLimits) -> Story {
        let simulator = Simulator::start(scenario, 0).unwrap();
        let config = sdk_config(&simulator.endpoint_url());
        let inventory = DirectConnectInventory::new(&config, "aws", [REGION, OTHER_REGION], &limits);
        Story { simulator, inventory }
    }

    fn observing_within(self, observation_timeout: Duration) -> Story {
        Story { inventory: self.inventory.observing_within(observation_timeout), ..self }
    }

    async fn look(&self, scope: &Scope, kinds: &[Kind]) -> Observation {
        self.inventory.observe(scope, &BTreeSet::from_iter(kinds.iter().copied())).await
    }

    async fn look_at_region(&self) -> Observation {
        self.look(&Scope::regional(ACCOUNT, REGION), usual()).await
    }

    async fn look_at_global_kinds(&self) -> Observation {
        self.look(&Scope::global(ACCOUNT), usual()).await
    }

    fn traffic(&self) -> Traffic {
        self.simulator.traffic()
    }
}

/// An observation as lines: what was read, and of which kinds not all.
fn told(observation: &Observation) -> Vec<String> {
    let items = observation.items.iter().map(|(key, item)| format!("{key} {}", item.state));
    let gaps = observation.gaps.keys().map(|kind| format!("{kind} has a gap"));
    items.chain(gaps).collect()
}

/// Why a kind, or the children of its parents, were not read.
fn why(observation: &Observation, kind: Kind) -> String {
    let reasons = observation.gaps[&kind].reasons();
    reasons.into_iter().map(|(_, why)| why).collect::<Vec<_>>().join("; ")
}

/// How many items of a kind were read.
fn count(observation: &Observation, kind: Kind) -> usize {
    observation.items.keys().filter(|key| key.kind == kind).count()
}

/// A fault of an operation, for good.
fn fault(operation: Operation, kind: FaultKind) -> Fault {
    Fault { operation: Some(operation.name().to_owned()), kind: Some(kind), ..Fault::default() }
}

/// A partner's account that has `size` items of each kind, and `size` children of the first parent of each.
fn account_of(size: usize) -> Scenario {
    let mut scenario = Scenario { partner: true, page_size: Some(3), ..Scenario::default() };
    *scenario.inventory.region_mut(REGION) = region_of(size);
    let id = |prefix: &str, number: usize| format!("{prefix}-{number}");
    let global = &mut scenario.inventory.global;
    for number in 0..size {
        global.direct_connect_gateways.push(simulator::DirectConnectGateway {
            direct_connect_gateway_id: id("gateway", number),
            direct_connect_gateway_state: Some("available".into()),
            ..Default::default()
        });
        global.direct_connect_gateway_attachments.push(simulator::GatewayAttachment {
            direct_connect_gateway_id: id("gateway", 0),
            virtual_interface_id: id("dxvif", number),
            attachment_state: Some("attached".into()),
            ..Default::default()
        });
        global.direct_connect_gateway_associations.push(simulator::GatewayAssociation {
            direct_connect_gateway_id: id("gateway", 0),
            association_id: Some(id("association", number)),
            association_state: Some("associated".into()),
            ..Default::default()
        });
        global.direct_connect_gateway_association_proposals.push(simulator::GatewayAssociationProposal {
            proposal_id: id("proposal", number),
            proposal_state: Some("requested".into()),
            ..Default::default()
        });
        global.resiliency_groups.push(simulator::ResiliencyGroup {
            resiliency_group_id: id("dxrg", number),
            state: Some("available".into()),
            ..Default::default()
        });
    }
    scenario
}

fn region_of(size: usize) -> RegionalInventory {
    let mut region = RegionalInventory::default();
    for number in 0..size {
        region.connections.push(simulator::Connection {
            encryption_mode: Some("must_encrypt".into()),
            port_encryption_status: Some("Encryption Up".into()),
            ..connection(format!("dxcon-{number}"))
        });
        region.interconnects.push(simulator::Interconnect {
            interconnect_id: format!("dxcon-i{number}"),
            interconnect_state: Some("available".into()),
            ..Default::default()
        });
        region.lags.push(simulator::Lag {
            lag_id: format!("dxlag-{number}"),
            lag_state: Some("available".into()),
            allows_hosted_connections: Some(number == 0),
            ..Default::default()
        });
        region.virtual_interfaces.push(simulator::VirtualInterface {
            virtual_interface_id: format!("dxvif-{number}"),
            virtual_interface_state: Some("available".into()),
            bgp_peers: vec![simulator::BgpPeer {
                bgp_peer_id: Some(format!("dxpeer-{number}")),
                bgp_peer_state: Some("available".into()),
                bgp_status: Some("up".into()),
                ..Default::default()
            }],
            ..Default::default()
        });
        region.virtual_gateways.push(simulator::VirtualGateway {
            virtual_gateway_id: format!("vgw-{number}"),
            virtual_gateway_state: Some("available".into()),
        });
    }
    if size > 0 {
        let hosted = |host: &str| (0..size).map(|number| connection(format!("dxcon-h{host}{number}"))).collect();
        region.hosted_connections.insert("dxcon-i0".into(), hosted("i"));
        region.hosted_connections.insert("dxlag-0".into(), hosted("l"));
    }
    region
}

fn connection(id: String) -> simulator::Connection {
    simulator::Connection { connection_id: id, connection_state: Some("available".into()), ..Default::default() }
}
