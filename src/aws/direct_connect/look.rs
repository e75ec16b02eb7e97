//! One look at a scope: the lists that the wanted kinds need, and what each of them brings or takes with it.

use std::collections::{BTreeSet, HashSet};

use aws_sdk_directconnect::types::{Connection, Interconnect, Lag};
use futures::future::join_all;
use tokio::time::Instant;

use crate::domain::{ItemKey, Kind};

use super::{
    client::{Listed, RegionalClient},
    connections::Host,
    failure,
    gathering::Gathering,
    paging::{Cause, Listing},
    place::Place,
};

/// One look at a scope.
#[derive(Debug)]
pub(super) struct Look<'a> {
    pub(super) client: &'a RegionalClient,
    pub(super) place: Place<'a>,
    /// The kinds to bring home; all of them live in the scope.
    pub(super) wanted: &'a BTreeSet<Kind>,
    /// What is not read by then is not read.
    pub(super) deadline: Instant,
}

impl Look<'_> {
    /// Reads the kinds that each region has for itself.
    pub(super) async fn at_region(&self, gathering: &mut Gathering<'_>) {
        let (client, place, deadline) = (self.client, &self.place, self.deadline);
        let (connections, ports, interfaces, gateways) = tokio::join!(
            self.read_for(&[Kind::Connection], client.connections(deadline)),
            self.ports(),
            self.read_for(&[Kind::VirtualInterface, Kind::BgpPeer], client.virtual_interfaces(deadline)),
            self.read_for(&[Kind::VirtualGateway], client.virtual_gateways(deadline)),
        );

        self.note(gathering, Kind::Connection, "DescribeConnections", &connections);
        connections.items.iter().for_each(|connection| gathering.add(place.connection(connection)));

        self.gather_ports(gathering, &ports);

        self.note(gathering, Kind::VirtualInterface, "DescribeVirtualInterfaces", &interfaces);
        interfaces.items.iter().for_each(|interface| gathering.add(place.virtual_interface(interface)));
        gathering.inherit(Kind::BgpPeer);
        for interface in &interfaces.items {
            let peers = interface.bgp_peers.as_deref().unwrap_or_default();
            peers.iter().for_each(|peer| gathering.add(place.bgp_peer(interface, peer)));
        }

        self.note(gathering, Kind::VirtualGateway, "DescribeVirtualGateways", &gateways);
        gateways.items.iter().for_each(|gateway| gathering.add(place.virtual_gateway(gateway)));
    }

    /// Reads the kinds that are the same from every region. Without a gateway to ask about, Direct Connect refuses to
    /// list attachments and associations.
    pub(super) async fn at_global_kinds(&self, gathering: &mut Gathering<'_>) {
        let (client, place, deadline) = (self.client, &self.place, self.deadline);
        let all = [Kind::DirectConnectGateway, Kind::GatewayAttachment, Kind::GatewayAssociation];
        let gateways = self.read_for(&all, client.direct_connect_gateways(deadline)).await;
        self.note(gathering, Kind::DirectConnectGateway, "DescribeDirectConnectGateways", &gateways);
        gateways.items.iter().for_each(|gateway| gathering.add(place.direct_connect_gateway(gateway)));
        gathering.inherit(Kind::GatewayAttachment);
        gathering.inherit(Kind::GatewayAssociation);

        let ids = usable_ids(gateways.items.iter().map(|gateway| gateway.direct_connect_gateway_id.as_deref()));
        let (attachments, associations) = tokio::join!(
            join_all(
                ids.iter()
                    .map(|id| self.read_for(&[Kind::GatewayAttachment], client.gateway_attachments(id, deadline)))
            ),
            join_all(
                ids.iter()
                    .map(|id| self.read_for(&[Kind::GatewayAssociation], client.gateway_associations(id, deadline)))
            ),
        );
        for (id, attachments) in ids.iter().zip(&attachments) {
            let list = format!("DescribeDirectConnectGatewayAttachments of {}", id.escape_debug());
            self.note(gathering, Kind::GatewayAttachment, &list, attachments);
            attachments.items.iter().for_each(|attachment| gathering.add(place.gateway_attachment(id, attachment)));
        }
        for (id, associations) in ids.iter().zip(&associations) {
            let list = format!("DescribeDirectConnectGatewayAssociations of {}", id.escape_debug());
            self.note(gathering, Kind::GatewayAssociation, &list, associations);
            associations.items.iter().for_each(|association| gathering.add(place.gateway_association(id, association)));
        }
    }

    /// Reads interconnects, LAGs, and what they host. Only a partner's account can host connections, and whether it is
    /// one is known only from the answer to `DescribeInterconnects`; the LAGs are read meanwhile all the same, so that
    /// nobody waits for three lists in a row.
    async fn ports(&self) -> Ports {
        let (client, deadline) = (self.client, self.deadline);
        let (mut interconnects, lags) = tokio::join!(
            self.read_for(&[Kind::Interconnect, Kind::HostedConnection], client.interconnects(deadline)),
            self.read_for(&[Kind::Lag, Kind::HostedConnection], client.lags(deadline)),
        );
        let is_partner = !says_not_a_partner(&interconnects);
        let mut hosted = Vec::new();
        if !is_partner {
            interconnects.failure = None;
        } else if self.wanted.contains(&Kind::HostedConnection) {
            hosted = join_all(hosts(&interconnects.items, &lags.items).into_iter().map(|host| async {
                let connections = client.hosted_connections(host.id(), deadline).await;
                (host, connections)
            }))
            .await;
        }
        Ports { is_partner, interconnects, lags, hosted }
    }

    fn gather_ports(&self, gathering: &mut Gathering<'_>, ports: &Ports) {
        let place = &self.place;
        self.note(gathering, Kind::Interconnect, "DescribeInterconnects", &ports.interconnects);
        ports.interconnects.items.iter().for_each(|interconnect| gathering.add(place.interconnect(interconnect)));
        self.note(gathering, Kind::Lag, "DescribeLags", &ports.lags);
        ports.lags.items.iter().for_each(|lag| gathering.add(place.lag(lag)));
        if ports.is_partner {
            gathering.inherit(Kind::HostedConnection);
        }
        for (host, connections) in &ports.hosted {
            let list = format!("DescribeHostedConnections of {}", host.id().escape_debug());
            self.note(gathering, Kind::HostedConnection, &list, connections);
            connections.items.iter().for_each(|connection| gathering.add(place.hosted_connection(connection, host)));
        }
    }

    /// Reads a list if one of the kinds that need it is wanted.
    async fn read_for<T>(&self, kinds: &[Kind], list: impl Future<Output = Listed<T>>) -> Listed<T> {
        if kinds.iter().any(|kind| self.wanted.contains(kind)) { list.await } else { Listing::unread() }
    }

    /// Notes a list that was not read to its end.
    fn note<T>(&self, gathering: &mut Gathering<'_>, kind: Kind, list: &str, listing: &Listed<T>) {
        if let Some(failure) = &listing.failure {
            gathering.fail(kind, format!("{list} in {}, {failure}", self.client.region()));
        }
    }
}

/// Interconnects, LAGs, and what they host.
#[derive(Debug)]
struct Ports {
    is_partner: bool,
    interconnects: Listed<Interconnect>,
    lags: Listed<Lag>,
    hosted: Vec<(Host, Listed<Connection>)>,
}

/// Whether the first answer to `DescribeInterconnects` was that the account is no partner. Said on a later page it
/// would be a failure like any other.
fn says_not_a_partner(interconnects: &Listed<Interconnect>) -> bool {
    interconnects.failure.as_ref().is_some_and(|failure| {
        failure.page == 1 && matches!(&failure.cause, Cause::Call(failure) if failure::says_not_a_partner(failure))
    })
}

/// Everything that can host connections. The order is fixed, interconnects first: a connection that is listed on an
/// interconnect and on its LAG is described in the same way in each poll.
fn hosts(interconnects: &[Interconnect], lags: &[Lag]) -> Vec<Host> {
    let interconnects = usable_ids(interconnects.iter().map(|interconnect| interconnect.interconnect_id.as_deref()));
    let lags = lags.iter().filter(|lag| lag.allows_hosted_connections);
    let lags = usable_ids(lags.map(|lag| lag.lag_id.as_deref()));
    let interconnects = interconnects.into_iter().map(|id| Host::Interconnect(id.to_owned()));
    interconnects.chain(lags.into_iter().map(|id| Host::Lag(id.to_owned()))).collect()
}

/// The ids to ask about, each once, in the order in which they were read.
fn usable_ids<'a>(ids: impl Iterator<Item = Option<&'a str>>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    ids.flatten().filter(|id| ItemKey::is_usable(id) && seen.insert(*id)).collect()
}
