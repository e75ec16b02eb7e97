//! The numbers in CloudWatch are contract: every word of every kind, from Direct Connect's wire to CloudWatch's.

use std::collections::BTreeMap;

use aws_dx_monitor::simulator::{
    BgpPeer, Connection, DirectConnectGateway, GatewayAssociation, GatewayAssociationProposal, GatewayAttachment,
    Interconnect, Lag, ResiliencyGroup, Scenario, VirtualGateway, VirtualInterface,
};

use super::rig::{REGION, Rig, good_poll};
use crate::support::recorder::DataPoint;

/// Kind, metric, dimension, and each word with its level and health, as in the contract. `-` is no word at all, and
/// `quarantined` is an unknown one.
const CONTRACT: [(&str, &str, &str, &str); 13] = [
    (
        "connection",
        "ConnectionState",
        "ConnectionId",
        "ordering 1 pending, requested 2 pending, pending 3 pending, available 4 up, down 5 down, deleting 6 removed, \
         deleted 7 removed, rejected 8 removed",
    ),
    (
        "interconnect",
        "InterconnectState",
        "InterconnectId",
        "requested 1 pending, pending 2 pending, available 3 up, down 4 down, deleting 5 removed, deleted 6 removed",
    ),
    (
        "hosted-connection",
        "HostedConnectionState",
        "ConnectionId",
        "ordering 1 pending, requested 2 pending, pending 3 pending, available 4 up, down 5 down, deleted 6 removed, \
         rejected 7 removed, deleting 8 removed",
    ),
    (
        "virtual-interface",
        "VirtualInterfaceState",
        "VirtualInterfaceId",
        "confirming 1 pending, verifying 2 pending, approving 2 pending, pending 3 pending, available 4 up, \
         down 5 down, deleting 6 removed, deleted 7 removed, rejected 8 removed, testing 9 testing",
    ),
    (
        "virtual-gateway",
        "VirtualGatewayState",
        "VirtualGatewayId",
        "pending 1 pending, available 2 up, deleting 3 removed, deleted 4 removed",
    ),
    (
        "bgp-peer",
        "BgpPeerState",
        "BgpPeerId",
        "verifying 1 pending, pending 2 pending, up 3 up, down 4 down, deleting 5 removed, deleted 6 removed",
    ),
    (
        "lag",
        "LagState",
        "LagId",
        "requested 1 pending, pending 2 pending, available 3 up, down 4 down, deleting 5 removed, deleted 6 removed",
    ),
    (
        "direct-connect-gateway",
        "DirectConnectGatewayState",
        "DirectConnectGatewayId",
        "pending 1 pending, available 2 up, deleting 3 removed, deleted 4 removed",
    ),
    (
        "gateway-attachment",
        "DirectConnectGatewayAttachmentState",
        "DirectConnectGatewayId VirtualInterfaceId",
        "attaching 1 pending, attached 2 up, detaching 3 removed, detached 4 removed",
    ),
    (
        "gateway-association",
        "DirectConnectGatewayAssociationState",
        "AssociationId",
        "associating 1 pending, updating 2 up, associated 3 up, disassociating 4 removed, disassociated 5 removed",
    ),
    (PORT_ENCRYPTION, "PortEncryptionState", "PortId", "up 1 up, down 2 down"),
    (
        "gateway-association-proposal",
        "DirectConnectGatewayAssociationProposalState",
        "ProposalId",
        "requested 1 pending, accepted 2 up, deleted 3 removed",
    ),
    (
        "resiliency-group",
        "ResiliencyGroupState",
        "ResiliencyGroupId",
        "pending 1 pending, available 2 up, deleting 3 removed, deleted 4 removed",
    ),
];
/// The kind whose items belong to connections, each of which is available.
const PORT_ENCRYPTION: &str = "port-encryption";
const OF_EVERY_KIND: &str = ", unknown 90 unknown, - 90 unknown, quarantined 99 unknown";
/// The gateway that attachments and associations belong to.
const GATEWAY: &str = "direct-connect-gateway.available";

/// A data point without its time: metric, dimensions, value.
type Level = (String, Vec<(String, String)>, f64);

fn words(words: &str) -> Vec<(String, f64, String)> {
    let all = format!("{words}{OF_EVERY_KIND}");
    let one = |entry: &str| match entry.split(' ').collect::<Vec<_>>()[..] {
        [word, level, health] => (word.to_owned(), level.parse().unwrap(), health.to_owned()),
        _ => panic!("{entry}"),
    };
    all.split(", ").map(one).collect()
}

/// One item in each state of each kind, called `<kind>.<word>`.
fn one_of_each() -> Scenario {
    let mut scenario = Scenario { partner: true, ..Scenario::default() };
    let inventory = &mut scenario.inventory;
    let mut peers = Vec::new();
    for (kind, _, _, levels) in CONTRACT {
        for (word, _, _) in words(levels) {
            let id = format!("{kind}.{word}");
            let state = (word != "-").then_some(word);
            let region = inventory.regions.entry(REGION.to_owned()).or_default();
            let global = &mut inventory.global;
            match kind {
                "connection" => region.connections.push(Connection {
                    connection_id: id,
                    connection_state: state,
                    ..Connection::default()
                }),
                "interconnect" => region.interconnects.push(Interconnect {
                    interconnect_id: id,
                    interconnect_state: state,
                    ..Interconnect::default()
                }),
                "hosted-connection" => {
                    let hosted = region.hosted_connections.entry("interconnect.available".to_owned()).or_default();
                    hosted.push(Connection { connection_id: id, connection_state: state, ..Connection::default() });
                }
                "virtual-interface" => region.virtual_interfaces.push(VirtualInterface {
                    virtual_interface_id: id,
                    virtual_interface_state: state,
                    ..VirtualInterface::default()
                }),
                "virtual-gateway" => region
                    .virtual_gateways
                    .push(VirtualGateway { virtual_gateway_id: id, virtual_gateway_state: state }),
                "bgp-peer" => peers.push(peer(id, state)),
                "lag" => region.lags.push(Lag { lag_id: id, lag_state: state, ..Lag::default() }),
                "direct-connect-gateway" => global.direct_connect_gateways.push(DirectConnectGateway {
                    direct_connect_gateway_id: id,
                    direct_connect_gateway_state: state,
                    ..DirectConnectGateway::default()
                }),
                "gateway-attachment" => global.direct_connect_gateway_attachments.push(GatewayAttachment {
                    direct_connect_gateway_id: GATEWAY.to_owned(),
                    virtual_interface_id: id,
                    attachment_state: state,
                    ..GatewayAttachment::default()
                }),
                "gateway-association" => global.direct_connect_gateway_associations.push(GatewayAssociation {
                    direct_connect_gateway_id: GATEWAY.to_owned(),
                    association_id: Some(id),
                    association_state: state,
                    ..GatewayAssociation::default()
                }),
                PORT_ENCRYPTION => region.connections.push(encrypting_port(id, state)),
                "gateway-association-proposal" => {
                    global.direct_connect_gateway_association_proposals.push(GatewayAssociationProposal {
                        proposal_id: id,
                        proposal_state: state,
                        ..GatewayAssociationProposal::default()
                    });
                }
                "resiliency-group" => global.resiliency_groups.push(ResiliencyGroup {
                    resiliency_group_id: id,
                    state,
                    ..ResiliencyGroup::default()
                }),
                other => panic!("{other}"),
            }
        }
    }
    inventory.region_mut(REGION).virtual_interfaces[0].bgp_peers = peers;
    scenario
}

/// A peer in one of its own states, or one that is configured and has a session.
fn peer(id: String, state: Option<String>) -> BgpPeer {
    let is_of_the_session = matches!(state.as_deref(), Some("up" | "down" | "unknown"));
    let (bgp_peer_state, bgp_status) =
        if is_of_the_session { (Some("available".to_owned()), state) } else { (state, None) };
    BgpPeer { bgp_peer_id: Some(id), bgp_peer_state, bgp_status, ..BgpPeer::default() }
}

fn encrypting_port(id: String, state: Option<String>) -> Connection {
    Connection {
        connection_id: id,
        connection_state: Some("available".to_owned()),
        encryption_mode: Some("must_encrypt".to_owned()),
        port_encryption_status: state.map(|word| match word.as_str() {
            "up" => "Encryption Up".to_owned(),
            "down" => "Encryption Down".to_owned(),
            _ => word,
        }),
        ..Connection::default()
    }
}

fn sorted(mut levels: Vec<Level>) -> Vec<Level> {
    levels.sort_by(|left, right| left.partial_cmp(right).unwrap());
    levels
}

/// What the items' metrics have to be.
fn levels() -> Vec<Level> {
    let mut levels = Vec::new();
    for (kind, metric, dimensions, all) in CONTRACT {
        for (word, level, _) in words(all) {
            let id = format!("{kind}.{word}");
            if kind == PORT_ENCRYPTION {
                levels.push(("ConnectionState".to_owned(), vec![("ConnectionId".to_owned(), id.clone())], 4.0));
            }
            let dimensions = match dimensions.split_once(' ') {
                None => vec![(dimensions.to_owned(), id)],
                Some((gateway, interface)) => {
                    vec![(gateway.to_owned(), GATEWAY.to_owned()), (interface.to_owned(), id)]
                }
            };
            levels.push((metric.to_owned(), dimensions, level));
        }
    }
    sorted(levels)
}

/// What the summary has to be.
fn summary() -> Vec<Level> {
    let mut counts = BTreeMap::new();
    for (kind, _, _, all) in CONTRACT {
        for health in ["pending", "up", "down", "testing", "removed", "unknown"] {
            counts.insert((kind, health.to_owned()), 0.0);
        }
        for (_, _, health) in words(all) {
            *counts.get_mut(&(kind, health)).unwrap() += 1.0;
            if kind == PORT_ENCRYPTION {
                *counts.get_mut(&("connection", "up".to_owned())).unwrap() += 1.0;
            }
        }
    }
    let point = |((kind, health), count): ((&str, String), f64)| {
        let is_global = kind == "resiliency-group" || (kind.contains("gateway") && kind != "virtual-gateway");
        let region = if is_global { "global" } else { REGION };
        let dimensions = [("Health", health.as_str()), ("Kind", kind), ("Region", region)];
        ("Items".to_owned(), dimensions.map(|(name, value)| (name.to_owned(), value.to_owned())).into(), count)
    };
    sorted(counts.into_iter().map(point).collect())
}

/// The data points of items that were published since the last time, each of them in the right namespace.
fn published(rig: &Rig, unit: impl Fn(&DataPoint) -> &'static str) -> Vec<Level> {
    let points = rig.recorder.data_points();
    rig.recorder.clear();
    let of_items = points.into_iter().filter(|point| !point.dimensions.contains_key("Monitor"));
    let level = |point: DataPoint| {
        assert_eq!(point.namespace, "AWSx/DirectConnect");
        assert_eq!(point.unit.as_deref(), Some(unit(&point)), "{point:?}");
        assert!(point.timestamp.is_some());
        (point.metric, point.dimensions.into_iter().collect(), point.value)
    };
    sorted(of_items.map(level).collect())
}

#[tokio::test]
async fn every_word_of_every_kind_has_its_level_in_cloudwatch() {
    let rig = Rig::of(one_of_each()).await;
    let report = good_poll(&rig.program().start()).await;
    assert_eq!(report["items"], levels().len());
    assert_eq!(rig.recorder.metric("UnrecognizedStates")[0].value, 13.0, "each word once for each kind");
    assert_eq!(published(&rig, |_| "None"), levels());

    good_poll(&rig.program().environment("DX_MONITOR_METRICS", "summary").start()).await;
    assert_eq!(published(&rig, |_| "Count"), summary());

    good_poll(&rig.program().environment("DX_MONITOR_METRICS", "both").start()).await;
    let both = published(&rig, |point| if point.metric == "Items" { "Count" } else { "None" });
    assert_eq!(both, sorted([levels(), summary()].concat()));
}
