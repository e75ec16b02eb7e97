//! The accounts that stories play in.

use aws_dx_monitor::{
    domain::Kind,
    simulator::{
        BgpPeer, Connection, DirectConnectGateway, GatewayAssociation, GatewayAttachment, Interconnect, Inventory, Lag,
        Scenario, VirtualGateway, VirtualInterface,
    },
};

use super::REGION;

/// Each kind's words for what works, and for what does not, as far as it has one: of a gateway, that it goes.
pub const TROUBLES: [(Kind, &str, &str); 10] = [
    (Kind::Connection, "available", "down"),
    (Kind::Interconnect, "available", "down"),
    (Kind::HostedConnection, "available", "down"),
    (Kind::VirtualInterface, "available", "down"),
    (Kind::VirtualGateway, "available", "deleting"),
    (Kind::BgpPeer, "up", "down"),
    (Kind::Lag, "available", "down"),
    (Kind::DirectConnectGateway, "available", "deleting"),
    (Kind::GatewayAttachment, "attached", "detaching"),
    (Kind::GatewayAssociation, "associated", "disassociating"),
];

/// The id of an account's item of a kind.
pub fn id(kind: Kind, number: usize) -> String {
    match kind {
        Kind::Connection => format!("dxcon-{number}"),
        Kind::Interconnect => format!("dxcon-i{number}"),
        Kind::HostedConnection => format!("dxcon-h{number}"),
        Kind::VirtualInterface => format!("dxvif-{number}"),
        Kind::VirtualGateway => format!("vgw-{number}"),
        Kind::BgpPeer => format!("dxpeer-{number}"),
        Kind::Lag => format!("dxlag-{number}"),
        Kind::DirectConnectGateway => format!("gateway-{number}"),
        Kind::GatewayAttachment => format!("gateway-0:dxvif-{number}"),
        Kind::GatewayAssociation => format!("association-{number}"),
        Kind::BgpRoutes => format!("dxvif-{number}:ipv4"),
        Kind::PortEncryption => format!("dxcon-{number}"),
        Kind::GatewayAssociationProposal => format!("proposal-{number}"),
        Kind::ResiliencyGroup => format!("dxrg-{number}"),
    }
}

/// A partner's account with `size` items of each kind, all of them up; all hosted connections are on the first
/// interconnect, all attachments and associations on the first gateway.
pub fn of_each(size: usize) -> Scenario {
    let mut scenario = Scenario { partner: true, ..Scenario::default() };
    let inventory = &mut scenario.inventory;
    for number in 0..size {
        let region = inventory.region_mut(REGION);
        region.connections.push(connection(&id(Kind::Connection, number)));
        region.interconnects.push(interconnect(&id(Kind::Interconnect, number)));
        let hosted = region.hosted_connections.entry(id(Kind::Interconnect, 0)).or_default();
        hosted.push(connection(&id(Kind::HostedConnection, number)));
        region.virtual_interfaces.push(VirtualInterface {
            virtual_interface_id: id(Kind::VirtualInterface, number),
            virtual_interface_name: Some(format!("interface {number}")),
            virtual_interface_state: Some("available".into()),
            connection_id: Some(id(Kind::Connection, number)),
            bgp_peers: vec![peer(&id(Kind::BgpPeer, number))],
            ..VirtualInterface::default()
        });
        region.virtual_gateways.push(VirtualGateway {
            virtual_gateway_id: id(Kind::VirtualGateway, number),
            virtual_gateway_state: Some("available".into()),
        });
        region.lags.push(Lag {
            lag_id: id(Kind::Lag, number),
            lag_name: Some(format!("lag {number}")),
            lag_state: Some("available".into()),
            ..Lag::default()
        });
        add_global_items(inventory, number);
    }
    scenario
}

fn add_global_items(inventory: &mut Inventory, number: usize) {
    let global = &mut inventory.global;
    global.direct_connect_gateways.push(DirectConnectGateway {
        direct_connect_gateway_id: id(Kind::DirectConnectGateway, number),
        direct_connect_gateway_name: Some(format!("gateway {number}")),
        direct_connect_gateway_state: Some("available".into()),
        ..DirectConnectGateway::default()
    });
    global.direct_connect_gateway_attachments.push(GatewayAttachment {
        direct_connect_gateway_id: id(Kind::DirectConnectGateway, 0),
        virtual_interface_id: id(Kind::VirtualInterface, number),
        attachment_state: Some("attached".into()),
        ..GatewayAttachment::default()
    });
    global.direct_connect_gateway_associations.push(GatewayAssociation {
        direct_connect_gateway_id: id(Kind::DirectConnectGateway, 0),
        association_id: Some(id(Kind::GatewayAssociation, number)),
        association_state: Some("associated".into()),
        ..GatewayAssociation::default()
    });
}

/// A customer's account with nothing but `size` connections in it.
pub fn connections(size: usize) -> Scenario {
    let mut scenario = Scenario::default();
    let connections = (0..size).map(|number| connection(&id(Kind::Connection, number)));
    scenario.inventory.region_mut(REGION).connections.extend(connections);
    scenario
}

/// Adds a gateway that works, with all virtual interfaces that lead to it attached.
pub fn add_gateway(scenario: &mut Scenario, id: &str, name: Option<&str>) {
    let interfaces = scenario.inventory.regions.values().flat_map(|region| &region.virtual_interfaces);
    let attached = interfaces.filter(|interface| interface.direct_connect_gateway_id.as_deref() == Some(id));
    let attachments: Vec<GatewayAttachment> = attached
        .map(|interface| GatewayAttachment {
            direct_connect_gateway_id: id.to_owned(),
            virtual_interface_id: interface.virtual_interface_id.clone(),
            attachment_state: Some("attached".into()),
            ..GatewayAttachment::default()
        })
        .collect();
    scenario.inventory.global.direct_connect_gateway_attachments.extend(attachments);
    scenario.inventory.global.direct_connect_gateways.push(DirectConnectGateway {
        direct_connect_gateway_id: id.to_owned(),
        direct_connect_gateway_name: name.map(str::to_owned),
        direct_connect_gateway_state: Some("available".into()),
        ..DirectConnectGateway::default()
    });
}

/// A connection that works.
pub fn connection(id: &str) -> Connection {
    Connection {
        connection_id: id.to_owned(),
        connection_name: Some(format!("fibre {id}")),
        connection_state: Some("available".into()),
        ..Connection::default()
    }
}

/// A private interface that works, on the connection of its number and to a gateway; without a name and a session.
pub fn interface_to(gateway: &str, number: usize) -> VirtualInterface {
    VirtualInterface {
        virtual_interface_id: format!("dxvif-{number}"),
        virtual_interface_state: Some("available".into()),
        virtual_interface_type: Some("private".into()),
        connection_id: Some(format!("dxcon-{number}")),
        direct_connect_gateway_id: Some(gateway.into()),
        ..VirtualInterface::default()
    }
}

/// A session that is up, of the interface of its number.
pub fn session(number: usize, family: &str) -> BgpPeer {
    let suffix = if family == "ipv6" { "-6" } else { "" };
    BgpPeer {
        bgp_peer_id: Some(format!("dxpeer-{number}{suffix}")),
        bgp_peer_state: Some("available".into()),
        bgp_status: Some("up".into()),
        address_family: Some(family.into()),
        ..BgpPeer::default()
    }
}

pub fn interconnect(id: &str) -> Interconnect {
    Interconnect {
        interconnect_id: id.to_owned(),
        interconnect_name: Some(format!("port {id}")),
        interconnect_state: Some("available".into()),
        ..Interconnect::default()
    }
}

/// A session that is up.
pub fn peer(id: &str) -> BgpPeer {
    BgpPeer {
        bgp_peer_id: Some(id.to_owned()),
        bgp_peer_state: Some("available".into()),
        bgp_status: Some("up".into()),
        ..BgpPeer::default()
    }
}
