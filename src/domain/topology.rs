//! The topology of an estate: which item runs over, is a member of, or configures which other.
//!
//! It is read from the items of one observation, and never stored, since it changes: AWS moves a virtual interface when
//! its connection joins a LAG.

use std::collections::HashSet;

use super::{
    description::ItemDescription,
    kind::Kind,
    path::ItemPath,
    scope::{ItemKey, Scope},
};

/// How an item is tied to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// It works only while the other works.
    RunsOver,
    /// It is a part of the other. A LAG needs some of its members, but they do not need the LAG.
    MemberOf,
    /// It is a setting of the other. Its state changes only by a call, whatever happens to the other.
    Configures,
}

/// A tie of an item to another, read from its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie<'a> {
    /// How they are tied.
    pub bond: Bond,
    /// The possible kinds of the other. Different kinds have different ids, except for a connection hosted on a LAG.
    pub kinds: &'static [Kind],
    /// The other's id.
    pub id: &'a str,
}

/// The kinds that carry virtual interfaces.
const CARRIERS: &[Kind] = &[Kind::Connection, Kind::HostedConnection, Kind::Lag, Kind::Interconnect];

/// The ties of `item`, the closest first.
pub fn ties(item: &ItemDescription) -> Vec<Tie<'_>> {
    let ties = match item.kind {
        Kind::Connection => [tie(Bond::MemberOf, &[Kind::Lag], &item.lag_id), None],
        Kind::HostedConnection => [
            tie(Bond::RunsOver, &[Kind::Interconnect], &item.interconnect_id),
            tie(Bond::RunsOver, &[Kind::Lag], &item.lag_id),
        ],
        Kind::VirtualInterface => [tie(Bond::RunsOver, CARRIERS, &item.connection_id), None],
        Kind::BgpPeer => [tie(Bond::RunsOver, &[Kind::VirtualInterface], &item.virtual_interface_id), None],
        Kind::BgpRoutes => [
            tie(Bond::RunsOver, &[Kind::BgpPeer], &item.bgp_peer_id),
            tie(Bond::RunsOver, &[Kind::VirtualInterface], &item.virtual_interface_id),
        ],
        Kind::PortEncryption => [port(item), None],
        Kind::GatewayAttachment | Kind::GatewayAssociation | Kind::GatewayAssociationProposal => {
            [tie(Bond::Configures, &[Kind::DirectConnectGateway], &item.direct_connect_gateway_id), None]
        }
        Kind::Interconnect | Kind::Lag | Kind::VirtualGateway | Kind::DirectConnectGateway | Kind::ResiliencyGroup => {
            [None, None]
        }
    };
    ties.into_iter().flatten().collect()
}

/// The ids of the parents whose lists of children `item` may be in: its own parents or, if these are another account's,
/// the item at its other end. Empty for a kind that has a single list.
pub fn listed_under(item: &ItemDescription) -> impl Iterator<Item = &str> {
    let parents = match item.kind {
        Kind::HostedConnection => [&item.interconnect_id, &item.lag_id, &None],
        Kind::GatewayAttachment => [&item.direct_connect_gateway_id, &item.virtual_interface_id, &None],
        Kind::GatewayAssociation => {
            [&item.direct_connect_gateway_id, &item.associated_gateway_id, &item.virtual_gateway_id]
        }
        _ => [&None, &None, &None],
    };
    // The routes of a session are a list of their own, which is asked for only while the session is up.
    let own = (item.kind == Kind::BgpRoutes).then_some(item.id.as_str());
    own.into_iter().chain(parents.into_iter().filter_map(|parent| parent.as_deref()))
}

/// The tie to the port that encrypts. If that is a member of a LAG, the item has the LAG's id too.
fn port(item: &ItemDescription) -> Option<Tie<'_>> {
    tie(Bond::RunsOver, &[Kind::Connection], &item.connection_id)
        .or_else(|| tie(Bond::RunsOver, &[Kind::Interconnect], &item.interconnect_id))
        .or_else(|| tie(Bond::RunsOver, &[Kind::Lag], &item.lag_id))
}

fn tie<'a>(bond: Bond, kinds: &'static [Kind], id: &'a Option<String>) -> Option<Tie<'a>> {
    id.as_deref().map(|id| Tie { bond, kinds, id })
}

/// The items of one observation, by which ties are resolved.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    items: HashSet<ItemPath>,
}

impl Topology {
    /// The topology of `items`.
    pub fn of<'a>(items: impl IntoIterator<Item = &'a ItemDescription>) -> Topology {
        Topology { items: items.into_iter().map(|item| ItemPath::new(item.scope(), item.key())).collect() }
    }

    /// The item to which `item` is most closely tied, among these.
    pub fn parent(&self, item: &ItemDescription) -> Option<ItemPath> {
        ties(item).into_iter().find_map(|tie| self.other(item, tie))
    }

    /// The items among these that `item` runs over or is a part of.
    pub fn carriers(&self, item: &ItemDescription) -> impl Iterator<Item = ItemPath> {
        let ties = ties(item).into_iter().filter(|tie| tie.bond != Bond::Configures);
        ties.filter_map(|tie| self.other(item, tie))
    }

    /// The item at the other end of a tie of `item`.
    fn other(&self, item: &ItemDescription, tie: Tie<'_>) -> Option<ItemPath> {
        let paths = tie.kinds.iter().map(|kind| {
            let scope = if kind.is_global() { Scope::global(item.account.clone()) } else { item.scope() };
            ItemPath::new(scope, ItemKey::new(*kind, tie.id))
        });
        paths.into_iter().find(|path| self.items.contains(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: Kind, id: &str, change: impl FnOnce(&mut ItemDescription)) -> ItemDescription {
        let scope = if kind.is_global() { Scope::global("1") } else { Scope::regional("1", "us-east-1") };
        let mut item = ItemDescription::bare(&scope, &ItemKey::new(kind, id));
        change(&mut item);
        item
    }

    fn estate() -> Vec<ItemDescription> {
        let some = |id: &str| Some(id.to_owned());
        vec![
            item(Kind::Lag, "dxlag-1", |_| {}),
            item(Kind::Connection, "dxcon-1", |item| item.lag_id = some("dxlag-1")),
            item(Kind::Connection, "dxcon-2", |item| item.lag_id = some("dxlag-9")),
            item(Kind::HostedConnection, "dxcon-3", |item| item.lag_id = some("dxlag-1")),
            item(Kind::Interconnect, "dxcon-4", |_| {}),
            item(Kind::HostedConnection, "dxcon-5", |item| {
                item.lag_id = some("dxlag-1");
                item.interconnect_id = some("dxcon-4");
            }),
            item(Kind::VirtualInterface, "dxvif-1", |item| item.connection_id = some("dxlag-1")),
            item(Kind::VirtualInterface, "dxvif-2", |item| item.connection_id = some("dxcon-2")),
            item(Kind::BgpPeer, "dxpeer-1", |item| item.virtual_interface_id = some("dxvif-1")),
            item(Kind::BgpRoutes, "dxvif-1:ipv4", |item| {
                item.bgp_peer_id = some("dxpeer-1");
                item.virtual_interface_id = some("dxvif-1");
            }),
            item(Kind::DirectConnectGateway, "c4f1", |_| {}),
            item(Kind::GatewayAttachment, "c4f1:dxvif-1", |item| item.direct_connect_gateway_id = some("c4f1")),
            item(Kind::VirtualGateway, "vgw-1", |_| {}),
            item(Kind::PortEncryption, "dxcon-1", |item| item.connection_id = some("dxcon-1")),
            item(Kind::PortEncryption, "dxcon-4", |item| item.interconnect_id = some("dxcon-4")),
            item(Kind::PortEncryption, "dxlag-1", |item| item.lag_id = some("dxlag-1")),
            item(Kind::GatewayAssociationProposal, "p-1", |item| item.direct_connect_gateway_id = some("c4f1")),
            item(Kind::ResiliencyGroup, "dxrg-1", |_| {}),
        ]
    }

    #[test]
    fn the_parent_of_an_item_is_its_closest_tie() {
        let estate = estate();
        let topology = Topology::of(&estate);
        let lines = estate.iter().map(|item| {
            let parent = topology.parent(item).map_or("-".to_owned(), |path| path.to_string());
            format!("{} {parent}", item.key())
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
        lag/dxlag-1 -
        connection/dxcon-1 1/us-east-1/lag/dxlag-1
        connection/dxcon-2 -
        hosted-connection/dxcon-3 1/us-east-1/lag/dxlag-1
        interconnect/dxcon-4 -
        hosted-connection/dxcon-5 1/us-east-1/interconnect/dxcon-4
        virtual-interface/dxvif-1 1/us-east-1/lag/dxlag-1
        virtual-interface/dxvif-2 1/us-east-1/connection/dxcon-2
        bgp-peer/dxpeer-1 1/us-east-1/virtual-interface/dxvif-1
        bgp-routes/dxvif-1:ipv4 1/us-east-1/bgp-peer/dxpeer-1
        direct-connect-gateway/c4f1 -
        gateway-attachment/c4f1:dxvif-1 1/global/direct-connect-gateway/c4f1
        virtual-gateway/vgw-1 -
        port-encryption/dxcon-1 1/us-east-1/connection/dxcon-1
        port-encryption/dxcon-4 1/us-east-1/interconnect/dxcon-4
        port-encryption/dxlag-1 1/us-east-1/lag/dxlag-1
        gateway-association-proposal/p-1 1/global/direct-connect-gateway/c4f1
        resiliency-group/dxrg-1 -
        ");
    }

    #[test]
    fn a_lag_does_not_carry_its_members() {
        let estate = estate();
        assert_eq!(ties(&estate[1])[0].bond, Bond::MemberOf);
        assert_eq!(ties(&estate[6])[0].bond, Bond::RunsOver);
        assert_eq!(ties(&estate[11])[0].bond, Bond::Configures);
    }

    #[test]
    fn a_tie_into_another_regional_scope_gives_no_parent() {
        let elsewhere = Scope::regional("1", "eu-west-1");
        let mut interface = item(Kind::VirtualInterface, "dxvif-1", |_| {});
        interface.connection_id = Some("dxcon-1".to_owned());
        let connection = ItemDescription::bare(&elsewhere, &ItemKey::new(Kind::Connection, "dxcon-1"));
        assert_eq!(Topology::of([&interface, &connection]).parent(&interface), None);
    }
}
