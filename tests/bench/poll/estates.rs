//! The accounts that are measured: a customer's, with every kind of item in proportion, and a partner's.

use aws_dx_monitor::simulator::{
    AssociatedGateway, BgpPeer, Connection, DirectConnectGateway, GatewayAssociation, GatewayAttachment, Interconnect,
    Inventory, Lag, Scenario, VirtualGateway, VirtualInterface,
};

pub const REGION: &str = "us-east-1";
pub const ACCOUNT: &str = "123456789012";

fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

/// An id as AWS makes them: `dxcon-fg00001a`.
fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}-fg{number:06x}")
}

/// A customer with `items` items: of 50, there are 8 connections, 2 LAGs, 12 virtual interfaces with a BGP peer each, 4
/// virtual gateways, 2 Direct Connect gateways, and on those 6 attachments and 4 associations.
pub fn customer(items: usize) -> Scenario {
    let share = |of_fifty: usize| items * of_fifty / 50;
    let gateways = (items / 500).max(2);
    let connections = share(8) + share(2) - gateways;
    let mut scenario = Scenario { account: ACCOUNT.to_owned(), ..Scenario::default() };
    let region = scenario.inventory.region_mut(REGION);
    region.connections = (0..connections).map(|number| connection(&id("dxcon", number), number)).collect();
    region.lags = (0..share(2)).map(lag).collect();
    region.virtual_interfaces = (0..share(12)).map(|number| virtual_interface(number, connections)).collect();
    region.virtual_gateways = (0..share(4))
        .map(|number| VirtualGateway {
            virtual_gateway_id: format!("vgw-{number:017x}"),
            virtual_gateway_state: some("available"),
        })
        .collect();
    let global = &mut scenario.inventory.global;
    global.direct_connect_gateways = (0..gateways)
        .map(|number| DirectConnectGateway {
            direct_connect_gateway_id: gateway(number),
            direct_connect_gateway_name: some(format!("core-{number}")),
            direct_connect_gateway_state: some("available"),
            owner_account: some(ACCOUNT),
            amazon_side_asn: Some(64_512),
            ..DirectConnectGateway::default()
        })
        .collect();
    global.direct_connect_gateway_attachments = (0..share(6))
        .map(|number| GatewayAttachment {
            direct_connect_gateway_id: gateway(number % gateways),
            virtual_interface_id: id("dxvif", number),
            attachment_state: some("attached"),
            attachment_type: some("PrivateVirtualInterface"),
            virtual_interface_region: some(REGION),
            virtual_interface_owner_account: some(ACCOUNT),
            ..GatewayAttachment::default()
        })
        .collect();
    global.direct_connect_gateway_associations = (0..share(4))
        .map(|number| GatewayAssociation {
            direct_connect_gateway_id: gateway(number % gateways),
            association_id: some(format!("a550c1a7-0000-4000-8000-{number:012x}")),
            association_state: some("associated"),
            direct_connect_gateway_owner_account: some(ACCOUNT),
            associated_gateway: Some(AssociatedGateway {
                id: some(format!("vgw-{number:017x}")),
                gateway_type: some("virtualPrivateGateway"),
                owner_account: some(ACCOUNT),
                region: some(REGION),
            }),
            ..GatewayAssociation::default()
        })
        .collect();
    scenario
}

/// A partner with this many interconnects, and on each this many hosted connections.
pub fn partner(interconnects: usize, hosted: usize) -> Scenario {
    let mut scenario = Scenario { account: ACCOUNT.to_owned(), partner: true, ..Scenario::default() };
    let region = scenario.inventory.region_mut(REGION);
    for number in 0..interconnects {
        let interconnect_id = id("dxcon-i", number);
        let on_it = (0..hosted).map(|place| Connection {
            vlan: Some(i32::try_from(place).unwrap_or_default() + 101),
            ..connection(&id("dxcon-h", number * hosted + place), place)
        });
        region.hosted_connections.insert(interconnect_id.clone(), on_it.collect());
        region.interconnects.push(Interconnect {
            interconnect_id,
            interconnect_name: some(format!("nni-{number}")),
            interconnect_state: some("available"),
            region: some(REGION),
            location: some("EqDC2"),
            bandwidth: some("10Gbps"),
            provider_name: some("Example Carrier"),
            ..Interconnect::default()
        });
    }
    scenario
}

fn connection(connection_id: &str, number: usize) -> Connection {
    Connection {
        connection_id: connection_id.to_owned(),
        connection_name: some(format!("prod-eqdc2-xc-{number:05}")),
        connection_state: some("available"),
        owner_account: some(ACCOUNT),
        region: some(REGION),
        location: some("EqDC2"),
        bandwidth: some("10Gbps"),
        partner_name: some("Example Carrier"),
        provider_name: some("Example Carrier"),
        aws_device_v2: some("EqDC2-1a2b3c4d5e6f7"),
        aws_logical_device_id: some("EqDC2-1a2b3c4d5e6f7"),
        has_logical_redundancy: some("unknown"),
        jumbo_frame_capable: Some(true),
        ..Connection::default()
    }
}

fn lag(number: usize) -> Lag {
    Lag {
        lag_id: id("dxlag", number),
        lag_name: some(format!("prod-lag-{number}")),
        lag_state: some("available"),
        owner_account: some(ACCOUNT),
        region: some(REGION),
        location: some("EqDC2"),
        connections_bandwidth: some("10Gbps"),
        aws_device_v2: some("EqDC2-1a2b3c4d5e6f7"),
        ..Lag::default()
    }
}

fn virtual_interface(number: usize, connections: usize) -> VirtualInterface {
    let amazon_address = some("169.254.96.1/30");
    let customer_address = some("169.254.96.2/30");
    VirtualInterface {
        virtual_interface_id: id("dxvif", number),
        virtual_interface_name: some(format!("prod-private-{number:05}")),
        virtual_interface_state: some("available"),
        virtual_interface_type: some("private"),
        owner_account: some(ACCOUNT),
        region: some(REGION),
        location: some("EqDC2"),
        connection_id: some(id("dxcon", number % connections)),
        vlan: Some(101),
        asn: Some(65_001),
        amazon_side_asn: Some(64_512),
        auth_key: some("0xzxgA9YoW9h58u8SEXAMPLE"),
        amazon_address: amazon_address.clone(),
        customer_address: customer_address.clone(),
        address_family: some("ipv4"),
        // AWS sends the configuration of a router with every virtual interface: the largest part of the answer.
        customer_router_config: some(format!(
            "<logical_connection id=\"{number}\">{}</logical_connection>",
            "x".repeat(600)
        )),
        mtu: Some(1500),
        direct_connect_gateway_id: some(gateway(0)),
        bgp_peers: vec![BgpPeer {
            bgp_peer_id: some(id("dxpeer", number)),
            bgp_peer_state: some("available"),
            bgp_status: some("up"),
            asn: Some(65_001),
            auth_key: some("0xzxgA9YoW9h58u8SEXAMPLE"),
            address_family: some("ipv4"),
            amazon_address,
            customer_address,
            aws_device_v2: some("EqDC2-1a2b3c4d5e6f7"),
            ..BgpPeer::default()
        }],
        aws_device_v2: some("EqDC2-1a2b3c4d5e6f7"),
        ..VirtualInterface::default()
    }
}

fn gateway(number: usize) -> String {
    format!("8384da05-13ce-4a91-aada-{number:012x}")
}

/// One thing happens: the first connection, or the first hosted one, goes down, or comes back.
pub fn one_changes(inventory: &mut Inventory) {
    let region = inventory.region_mut(REGION);
    let hosted = region.hosted_connections.values_mut().next().and_then(|hosted| hosted.first_mut());
    let first = region.connections.first_mut().or(hosted).expect("an account with connections");
    let down = first.connection_state.as_deref() == Some("down");
    first.connection_state = some(if down { "available" } else { "down" });
}

/// Everything happens: nothing is as it was.
pub fn all_go_down(inventory: &mut Inventory) {
    let region = inventory.region_mut(REGION);
    let hosted = region.hosted_connections.values_mut().flatten();
    for connection in region.connections.iter_mut().chain(hosted) {
        let down = connection.connection_state.as_deref() != Some("down");
        connection.connection_state = some(if down { "down" } else { "available" });
    }
    region.interconnects.iter_mut().for_each(|interconnect| interconnect.interconnect_state = some("down"));
    region.lags.iter_mut().for_each(|lag| lag.lag_state = some("down"));
    for interface in &mut region.virtual_interfaces {
        interface.virtual_interface_state = some("down");
        interface.bgp_peers.iter_mut().for_each(|peer| peer.bgp_status = some("down"));
    }
    region.virtual_gateways.iter_mut().for_each(|gateway| gateway.virtual_gateway_state = some("deleting"));
    let global = &mut inventory.global;
    for gateway in &mut global.direct_connect_gateways {
        gateway.direct_connect_gateway_state = some("deleting");
    }
    for attachment in &mut global.direct_connect_gateway_attachments {
        attachment.attachment_state = some("detaching");
    }
    for association in &mut global.direct_connect_gateway_associations {
        association.association_state = some("disassociating");
    }
}
