//! The routes of virtual interfaces, as items: one for each address family whose session is up. Only those are asked for
//! whose turn it is.

use std::{
    collections::BTreeMap,
    sync::{MutexGuard, PoisonError},
};

use aws_sdk_directconnect::types::{Route, RouteDirection};
use futures::future::join_all;

use super::{
    failure::{Listed, is_not_found, is_unknown_operation},
    origin::Found,
    regional::RegionalReading,
    rounds::{Asked, Outcome, Rounds, Sessions, list_id},
};
use crate::domain::{Health, Item, ItemDescription, ItemKey, Kind, KindTurns, State};

/// A virtual interface with its BGP peers, as they were read.
pub(super) type Interface = (Found, Vec<Found>);

/// What was read of routes, and what was not.
#[derive(Debug)]
pub(super) struct RoutesRead {
    pub(super) items: Vec<Item>,
    pub(super) turns: KindTurns,
    /// The lists that were to be read by now, each with why it was not.
    pub(super) lists: Vec<(String, Option<String>)>,
}

/// What is kept of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeptRoute {
    family: Option<String>,
    is_accepted: bool,
}

impl KeptRoute {
    fn of(route: Route) -> Option<KeptRoute> {
        let is_accepted = match route.route_direction? {
            RouteDirection::Accepted => true,
            RouteDirection::Advertised => false,
            _ => return None,
        };
        let is_of_ipv6 = route.cidr.as_deref().map(|cidr| cidr.contains(':'));
        let family = route.address_family.map(|family| family.as_str().to_owned());
        let by_address = || is_of_ipv6.map(|is_ipv6| if is_ipv6 { "ipv6" } else { "ipv4" }.to_owned());
        Some(KeptRoute { family: family.or_else(by_address), is_accepted })
    }
}

impl RegionalReading<'_> {
    /// Reads the routes of the interfaces whose turn it is; nothing, if routes are not wanted.
    pub(super) async fn routes(&self, interfaces: &Listed<Interface>) -> Option<RoutesRead> {
        if !self.wanted.contains(&Kind::BgpRoutes) {
            return None;
        }
        if interfaces.failure.is_some() {
            // The kind as a whole is a gap.
            self.rounds().skip();
            return None;
        }
        let peers = up_first(interfaces);
        let asked = self.rounds().begin(self.routes_every, &sessions(&peers));
        let read = join_all(asked.iter().map(|asked| self.routes_of(asked, &peers))).await;
        let mut rounds = self.rounds();
        let mut items = Vec::new();
        for (asked, (outcome, found)) in asked.iter().zip(read) {
            rounds.note(asked, &outcome);
            items.extend(found);
        }
        let (turns, lists) = rounds.end();
        Some(RoutesRead { items, turns, lists })
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.client.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the routes of one interface. Half a list is none: it counts nothing.
    async fn routes_of(&self, (interface, families): &Asked, peers: &Peers<'_>) -> (Outcome, Vec<Item>) {
        let of_interface = peers.iter().filter(|((of, family), _)| of == interface && families.contains(family));
        let of_interface: Vec<(&String, &Item)> = of_interface.map(|((_, family), peer)| (family, *peer)).collect();
        // Over a public interface AWS advertises all of its own prefixes, which are many and none of the customer's.
        let is_public =
            of_interface.iter().any(|(_, peer)| peer.description.virtual_interface_type.as_deref() == Some("public"));
        let listing = self.client.virtual_interface_routes((interface, is_public), self.deadline, KeptRoute::of).await;
        if listing.is_refused(is_unknown_operation) {
            return (Outcome::Unknown, Vec::new());
        }
        if listing.is_refused(is_not_found) {
            return (Outcome::Gone, Vec::new());
        }
        if let Some(failure) = &listing.failure {
            let (id, region) = (interface.escape_debug(), self.client.region());
            let why = format!("ListVirtualInterfaceRoutes of {id} in {region}, {failure}");
            return (Outcome::Unread(why), Vec::new());
        }
        let routes: Vec<KeptRoute> = listing.items.into_iter().flatten().collect();
        let items = of_interface.into_iter().map(|(family, peer)| {
            let count = |is_accepted: bool| {
                let of_family = routes.iter().filter(|route| route.family.as_ref() == Some(family));
                of_family.filter(|route| route.is_accepted == is_accepted).count() as i64
            };
            item(interface, peer, count(true), (!is_public).then(|| count(false)))
        });
        (Outcome::Read, items.collect())
    }
}

/// The peers of the interfaces that are there, by interface and address family: of several, one whose session is up.
type Peers<'a> = BTreeMap<(String, String), &'a Item>;

fn up_first(interfaces: &Listed<Interface>) -> Peers<'_> {
    let mut peers = Peers::new();
    for (interface, of_interface) in &interfaces.items {
        let Ok(interface) = interface else { continue };
        if interface.state.health() == Health::Removed {
            continue;
        }
        for peer in of_interface.iter().flatten().filter(|peer| peer.state.health() != Health::Removed) {
            let Some(family) = peer.description.address_family.clone() else { continue };
            let id = interface.description.id.clone();
            if !ItemKey::is_usable(&list_id(&id, &family)) {
                continue;
            }
            let kept = peers.entry((id, family)).or_insert(peer);
            if kept.state.health() != Health::Up {
                *kept = peer;
            }
        }
    }
    peers
}

fn sessions(peers: &Peers<'_>) -> BTreeMap<String, Sessions> {
    let mut sessions: BTreeMap<String, Sessions> = BTreeMap::new();
    for ((interface, family), peer) in peers {
        let is_up = peer.state.health() == Health::Up;
        sessions.entry(interface.clone()).or_default().is_up.insert(family.clone(), is_up);
    }
    sessions
}

/// The routes that are exchanged with a peer, as an item.
fn item(interface: &str, peer: &Item, accepted: i64, advertised: Option<i64>) -> Item {
    let family = peer.description.address_family.as_deref().unwrap_or_default();
    let description = ItemDescription {
        kind: Kind::BgpRoutes,
        id: list_id(interface, family),
        bgp_peer_id: Some(peer.description.id.clone()),
        accepted_routes: Some(accepted),
        advertised_routes: advertised,
        ..(*peer.description).clone()
    };
    let word = if accepted > 0 { "present" } else { "none" };
    Item { description: description.into(), state: State::of(Kind::BgpRoutes, Some(word)) }
}
