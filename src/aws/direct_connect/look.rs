//! One look at a scope: the lists that the wanted kinds need, and what each of them brings or takes with it.

use std::collections::{BTreeSet, HashSet};

use aws_sdk_directconnect::types::{Lag, VirtualInterface};
use futures::future::join_all;
use tokio::time::Instant;

use crate::domain::Kind;

use super::{
    client::{Listed, RegionalClient},
    connections::Host,
    failure,
    gathering::{Found, Gathering},
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
        let interface_with_peers = |interface: VirtualInterface| {
            let peers = interface.bgp_peers.as_deref().unwrap_or_default();
            let peers: Vec<Found> = peers.iter().map(|peer| place.bgp_peer(&interface, peer)).collect();
            (place.virtual_interface(&interface), peers)
        };
        let (connections, ports, interfaces, gateways) = tokio::join!(
            self.read_for(
                &[Kind::Connection],
                client.connections(deadline, |connection| place.connection(&connection))
            ),
            self.ports(),
            self.read_for(
                &[Kind::VirtualInterface, Kind::BgpPeer],
                client.virtual_interfaces(deadline, interface_with_peers)
            ),
            self.read_for(
                &[Kind::VirtualGateway],
                client.virtual_gateways(deadline, |gateway| place.virtual_gateway(&gateway))
            ),
        );

        self.note(gathering, Kind::Connection, "DescribeConnections", &connections);
        gathering.add_all(connections.items);

        self.gather_ports(gathering, ports);

        self.note(gathering, Kind::VirtualInterface, "DescribeVirtualInterfaces", &interfaces);
        let (interfaces, peers): (Vec<Found>, Vec<Vec<Found>>) = interfaces.items.into_iter().unzip();
        gathering.add_all(interfaces);
        gathering.inherit(Kind::BgpPeer);
        gathering.add_all(peers.into_iter().flatten());

        self.note(gathering, Kind::VirtualGateway, "DescribeVirtualGateways", &gateways);
        gathering.add_all(gateways.items);
    }

    /// Reads the kinds that are the same from every region. Without a gateway to ask about, Direct Connect refuses to
    /// list attachments and associations.
    pub(super) async fn at_global_kinds(&self, gathering: &mut Gathering<'_>) {
        let (client, place, deadline) = (self.client, &self.place, self.deadline);
        let all = [Kind::DirectConnectGateway, Kind::GatewayAttachment, Kind::GatewayAssociation];
        let gateways = client.direct_connect_gateways(deadline, |gateway| place.direct_connect_gateway(&gateway));
        let gateways = self.read_for(&all, gateways).await;

        let ids = distinct_ids(&gateways.items);
        let (attachments, associations) = tokio::join!(
            join_all(ids.iter().map(|id| {
                let keep = move |attachment| place.gateway_attachment(id, &attachment);
                self.read_for(&[Kind::GatewayAttachment], client.gateway_attachments(id, deadline, keep))
            })),
            join_all(ids.iter().map(|id| {
                let keep = move |association| place.gateway_association(id, &association);
                self.read_for(&[Kind::GatewayAssociation], client.gateway_associations(id, deadline, keep))
            })),
        );

        self.note(gathering, Kind::DirectConnectGateway, "DescribeDirectConnectGateways", &gateways);
        gathering.add_all(gateways.items);
        gathering.inherit(Kind::GatewayAttachment);
        gathering.inherit(Kind::GatewayAssociation);
        for (id, attachments) in ids.iter().zip(attachments) {
            let list = format!("DescribeDirectConnectGatewayAttachments of {}", id.escape_debug());
            self.note(gathering, Kind::GatewayAttachment, &list, &attachments);
            gathering.add_all(attachments.items);
        }
        for (id, associations) in ids.iter().zip(associations) {
            let list = format!("DescribeDirectConnectGatewayAssociations of {}", id.escape_debug());
            self.note(gathering, Kind::GatewayAssociation, &list, &associations);
            gathering.add_all(associations.items);
        }
    }

    /// Reads interconnects, LAGs, and what they host. Only a partner's account can host connections, and whether it is
    /// one is known only from the answer to `DescribeInterconnects`; the LAGs are read meanwhile all the same, so that
    /// nobody waits for three lists in a row.
    async fn ports(&self) -> Ports {
        let (client, place, deadline) = (self.client, &self.place, self.deadline);
        let lag_and_whether_it_hosts = |lag: Lag| (place.lag(&lag), lag.allows_hosted_connections);
        let (mut interconnects, lags) = tokio::join!(
            self.read_for(
                &[Kind::Interconnect, Kind::HostedConnection],
                client.interconnects(deadline, |interconnect| place.interconnect(&interconnect))
            ),
            self.read_for(&[Kind::Lag, Kind::HostedConnection], client.lags(deadline, lag_and_whether_it_hosts)),
        );
        let is_partner = !says_not_a_partner(&interconnects);
        let mut hosted = Vec::new();
        if !is_partner {
            interconnects.failure = None;
        } else if self.wanted.contains(&Kind::HostedConnection) {
            hosted = join_all(hosts(&interconnects.items, &lags.items).into_iter().map(|host| async {
                let keep = |connection| place.hosted_connection(&connection, &host);
                let connections = client.hosted_connections(host.id(), deadline, keep).await;
                (host, connections)
            }))
            .await;
        }
        Ports { is_partner, interconnects, lags, hosted }
    }

    fn gather_ports(&self, gathering: &mut Gathering<'_>, ports: Ports) {
        self.note(gathering, Kind::Interconnect, "DescribeInterconnects", &ports.interconnects);
        gathering.add_all(ports.interconnects.items);
        self.note(gathering, Kind::Lag, "DescribeLags", &ports.lags);
        gathering.add_all(ports.lags.items.into_iter().map(|(lag, _)| lag));
        if ports.is_partner {
            gathering.inherit(Kind::HostedConnection);
        }
        for (host, connections) in ports.hosted {
            let list = format!("DescribeHostedConnections of {}", host.id().escape_debug());
            self.note(gathering, Kind::HostedConnection, &list, &connections);
            gathering.add_all(connections.items);
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

/// Interconnects, LAGs (each with whether it may host connections), and what they host.
#[derive(Debug)]
struct Ports {
    is_partner: bool,
    interconnects: Listed<Found>,
    lags: Listed<(Found, bool)>,
    hosted: Vec<(Host, Listed<Found>)>,
}

/// Whether the first answer to `DescribeInterconnects` was that the account is no partner. Said on a later page it
/// would be a failure like any other.
fn says_not_a_partner(interconnects: &Listed<Found>) -> bool {
    interconnects.failure.as_ref().is_some_and(|failure| {
        failure.page == 1 && matches!(&failure.cause, Cause::Call(failure) if failure::says_not_a_partner(failure))
    })
}

/// Everything that can host connections. The order is fixed, interconnects first: a connection that is listed on an
/// interconnect and on its LAG is described in the same way in each poll.
fn hosts(interconnects: &[Found], lags: &[(Found, bool)]) -> Vec<Host> {
    let lags = lags.iter().filter(|(_, hosts)| *hosts).map(|(lag, _)| lag);
    let interconnects = distinct_ids(interconnects).into_iter().map(Host::Interconnect);
    interconnects.chain(distinct_ids(lags).into_iter().map(Host::Lag)).collect()
}

/// The ids to ask about, each once, in the order in which they were read.
fn distinct_ids<'a>(found: impl IntoIterator<Item = &'a Found>) -> Vec<String> {
    let mut seen = HashSet::new();
    let ids = found.into_iter().flatten().map(|item| &item.description.id);
    ids.filter(|id| seen.insert(*id)).cloned().collect()
}
