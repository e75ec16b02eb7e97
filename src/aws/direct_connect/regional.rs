//! Reads the kinds that each region has for itself: which lists the wanted kinds need, and which kinds each list fills,
//! or leaves incomplete when it fails.

use std::collections::BTreeSet;

use aws_sdk_directconnect::types::{Connection, Interconnect, Lag, VirtualInterface};
use futures::future::join_all;
use tokio::time::Instant;

use crate::domain::{Item, Kind};

use super::{
    client::RegionalClient,
    connections::Host,
    encryption::encryption_status,
    failure::{self, Listed},
    gathering::Gathering,
    origin::{Found, Origin},
    paging::Listing,
    parent::{Parent, by_gateway, parents},
    rounds::RoutesReading,
};

/// One observation of a region.
#[derive(Debug)]
pub(super) struct RegionalReading<'a> {
    pub(super) client: &'a RegionalClient,
    pub(super) origin: Origin<'a>,
    /// The kinds to read; all of them are regional.
    pub(super) wanted: &'a BTreeSet<Kind>,
    /// How the routes of an interface are read.
    pub(super) routes: RoutesReading,
    /// Reading ends at this time; the rest is a gap.
    pub(super) deadline: Instant,
}

impl RegionalReading<'_> {
    /// Reads the wanted kinds.
    pub(super) async fn read(&self, gathering: &mut Gathering<'_>) {
        let (client, origin, deadline) = (self.client, &self.origin, self.deadline);
        let interface_with_peers = |interface: VirtualInterface| {
            let peers = interface.bgp_peers.as_deref().unwrap_or_default();
            let peers: Vec<Found> = peers.iter().map(|peer| origin.bgp_peer(&interface, peer)).collect();
            (origin.virtual_interface(&interface), peers)
        };
        let interfaces = client.virtual_interfaces(deadline, interface_with_peers);
        let interfaces = client
            .interfaces_by_gateway
            .read(interfaces, |read| by_gateway(read.iter().map(|(interface, _)| interface)));
        let gateways = client.virtual_gateways(deadline, |gateway| origin.virtual_gateway(&gateway));
        let gateways = client.own_virtual_gateways.read(gateways, |read| parents(read));
        let (ports, interfaces, gateways) = tokio::join!(
            self.ports(),
            async {
                let needing = [Kind::VirtualInterface, Kind::BgpPeer, Kind::BgpRoutes];
                let interfaces = self.read_for(&needing, interfaces).await;
                let routes = self.routes(&interfaces).await;
                (interfaces, routes)
            },
            self.read_for(&[Kind::VirtualGateway], gateways),
        );
        let (interfaces, routes) = interfaces;

        self.gather_ports(gathering, ports);

        let region = client.region();
        gathering.note(Kind::VirtualInterface, "DescribeVirtualInterfaces", region, &interfaces);
        let (interfaces, peers): (Vec<Found>, Vec<Vec<Found>>) = interfaces.items.into_iter().unzip();
        gathering.add_all(interfaces);
        gathering.inherit(Kind::BgpPeer);
        gathering.add_all(peers.into_iter().flatten());
        gathering.inherit(Kind::BgpRoutes);
        if let Some(routes) = routes {
            gathering.take_turns(Kind::BgpRoutes, routes.turns, routes.lists);
            gathering.add_all(routes.items.into_iter().map(Ok));
            gathering.accepts(routes.accepted);
        }

        gathering.note(Kind::VirtualGateway, "DescribeVirtualGateways", region, &gateways);
        gathering.add_all(gateways.items);
    }

    /// Reads connections, interconnects, LAGs, and the connections that the latter two host. Only a partner's account
    /// hosts connections, and only the answer to `DescribeInterconnects` shows whether the account is a partner. The
    /// LAGs are read at the same time, so that no three lists wait for each other.
    async fn ports(&self) -> Ports {
        let (client, origin, deadline) = (self.client, &self.origin, self.deadline);
        let connection = |connection: Connection| {
            self.port(origin.connection(&connection), connection.port_encryption_status.as_deref())
        };
        let interconnect = |interconnect: Interconnect| {
            self.port(origin.interconnect(&interconnect), interconnect.port_encryption_status.as_deref())
        };
        let lag = |lag: Lag| (self.port(origin.lag(&lag), encryption_status(&lag)), lag.allows_hosted_connections);
        let (connections, (interconnects, lags, hosted)) = tokio::join!(
            self.read_for(&[Kind::Connection, Kind::PortEncryption], client.connections(deadline, connection)),
            async {
                let (interconnects, lags) = tokio::join!(
                    self.read_for(
                        &[Kind::Interconnect, Kind::HostedConnection, Kind::PortEncryption],
                        client.interconnects(deadline, interconnect)
                    ),
                    self.read_for(
                        &[Kind::Lag, Kind::HostedConnection, Kind::PortEncryption],
                        client.lags(deadline, lag)
                    ),
                );
                let hosted = self.hosted_connections(&interconnects, &lags).await;
                (interconnects, lags, hosted)
            }
        );
        Ports { connections, interconnects, lags, hosted }
    }

    /// Reads the connections that a partner's interconnects and LAGs host; nothing, if the account is not a partner.
    async fn hosted_connections(&self, interconnects: &Listed<Port>, lags: &Listed<(Port, bool)>) -> Vec<Hosted> {
        if is_not_a_partner(interconnects) || !self.wanted.contains(&Kind::HostedConnection) {
            return Vec::new();
        }
        let lags = lags.items.iter().filter(|(_, hosts)| *hosts).map(|((lag, _), _)| lag);
        let interconnects = interconnects.items.iter().map(|(interconnect, _)| interconnect);
        // The order is fixed, interconnects first: a connection that is listed on an interconnect and on its LAG has
        // the same description in every poll.
        let hosts = parents(interconnects).into_iter().map(|parent| (Host::Interconnect(parent.id.clone()), parent));
        let hosts = hosts.chain(parents(lags).into_iter().map(|parent| (Host::Lag(parent.id.clone()), parent)));
        join_all(hosts.map(|(host, parent)| async move {
            let keep = |connection| self.origin.hosted_connection(&connection, &host);
            let connections = self.client.hosted_connections(&parent.id, self.deadline, keep).await;
            (parent, connections)
        }))
        .await
    }

    fn gather_ports(&self, gathering: &mut Gathering<'_>, ports: Ports) {
        let region = self.client.region();
        let is_partner = !is_not_a_partner(&ports.interconnects);
        gathering.note(Kind::Connection, "DescribeConnections", region, &ports.connections);
        if is_partner {
            gathering.note(Kind::Interconnect, "DescribeInterconnects", region, &ports.interconnects);
        }
        gathering.note(Kind::Lag, "DescribeLags", region, &ports.lags);
        gathering.inherit(Kind::PortEncryption);
        if is_partner {
            gathering.inherit(Kind::HostedConnection);
        }
        let lags = ports.lags.items.into_iter().map(|(lag, _)| lag);
        for (port, encryption) in ports.connections.items.into_iter().chain(ports.interconnects.items).chain(lags) {
            gathering.add_all([port]);
            gathering.add_all(encryption.map(Ok));
        }
        for (host, connections) in ports.hosted {
            let list = "DescribeHostedConnections";
            gathering.add_children(Kind::HostedConnection, list, &host, region, connections);
        }
    }

    fn port(&self, port: Found, encryption_status: Option<&str>) -> Port {
        let encryption = port.as_ref().ok().and_then(|port| self.origin.port_encryption(port, encryption_status));
        (port, encryption)
    }

    /// Reads a list if one of the kinds that need it is wanted.
    async fn read_for<T>(&self, kinds: &[Kind], list: impl Future<Output = Listed<T>>) -> Listed<T> {
        if kinds.iter().any(|kind| self.wanted.contains(kind)) { list.await } else { Listing::unread() }
    }
}

/// A connection, an interconnect or a LAG, with its encryption, if it has one.
type Port = (Found, Option<Item>);

/// The connections that one interconnect or LAG hosts.
type Hosted = (Parent, Listed<Found>);

/// Connections, interconnects, LAGs (each with whether it may host connections), and the connections that the latter
/// two host.
#[derive(Debug)]
struct Ports {
    connections: Listed<Port>,
    interconnects: Listed<Port>,
    lags: Listed<(Port, bool)>,
    hosted: Vec<Hosted>,
}

/// Whether the first answer to `DescribeInterconnects` was that the account is not a partner. On a later page it would
/// be a failure like any other.
fn is_not_a_partner(interconnects: &Listed<Port>) -> bool {
    let on_first_page = interconnects.failure.as_ref().is_some_and(|failure| failure.page == 1);
    on_first_page && interconnects.is_refused(failure::is_not_a_partner)
}
