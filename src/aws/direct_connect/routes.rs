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
use crate::{
    domain::{Accepted, Health, Item, ItemDescription, ItemKey, Kind, KindTurns, State},
    prefixes::Prefix,
};

/// A virtual interface with its BGP peers, as they were read.
pub(super) type Interface = (Found, Vec<Found>);

/// What was read of routes, and what was not.
#[derive(Debug)]
pub(super) struct RoutesRead {
    pub(super) items: Vec<Item>,
    /// The prefixes, by interface and address family, where they are kept.
    pub(super) accepted: BTreeMap<(String, String), Accepted>,
    pub(super) turns: KindTurns,
    /// The lists that were to be read by now, each with why it was not.
    pub(super) lists: Vec<(String, Option<String>)>,
}

/// What is kept of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeptRoute {
    family: Option<String>,
    is_accepted: bool,
    /// What AWS calls its prefix, of a route whose prefix is wanted.
    cidr: Option<String>,
}

impl KeptRoute {
    fn of(route: Route, with_prefix: bool) -> Option<KeptRoute> {
        let is_accepted = match route.route_direction? {
            RouteDirection::Accepted => true,
            RouteDirection::Advertised => false,
            _ => return None,
        };
        let is_of_ipv6 = route.cidr.as_deref().map(|cidr| cidr.contains(':'));
        let family = route.address_family.map(|family| family.as_str().to_owned());
        let by_address = || is_of_ipv6.map(|is_ipv6| if is_ipv6 { "ipv6" } else { "ipv4" }.to_owned());
        let cidr = route.cidr.filter(|_| is_accepted && with_prefix);
        Some(KeptRoute { family: family.or_else(by_address), is_accepted, cidr })
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
        let asked = self.rounds().begin(self.routes.every, &sessions(&peers));
        let read = join_all(asked.iter().map(|asked| self.routes_of(asked, &peers))).await;
        let mut rounds = self.rounds();
        let (mut items, mut accepted) = (Vec::new(), BTreeMap::new());
        for (asked, (outcome, found)) in asked.iter().zip(read) {
            rounds.note(asked, &outcome);
            items.extend(found.items);
            accepted.extend(found.accepted);
        }
        let (turns, lists) = rounds.end();
        Some(RoutesRead { items, accepted, turns, lists })
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.client.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the routes of one interface. Half a list is none: it counts nothing.
    async fn routes_of(&self, (interface, families): &Asked, peers: &Peers<'_>) -> (Outcome, OfInterface) {
        let of_interface = peers.iter().filter(|((of, family), _)| of == interface && families.contains(family));
        let of_interface: Vec<(&String, &Item)> = of_interface.map(|((_, family), peer)| (family, *peer)).collect();
        // Over a public interface AWS advertises all of its own prefixes, which are many and none of the customer's.
        let is_public =
            of_interface.iter().any(|(_, peer)| peer.description.virtual_interface_type.as_deref() == Some("public"));
        let keep = |route| KeptRoute::of(route, self.routes.keeps_prefixes);
        let listing = self.client.virtual_interface_routes((interface, is_public), self.deadline, keep).await;
        if listing.is_refused(is_unknown_operation) {
            return (Outcome::Unknown, OfInterface::default());
        }
        if listing.is_refused(is_not_found) {
            return (Outcome::Gone, OfInterface::default());
        }
        if let Some(failure) = &listing.failure {
            let (id, region) = (interface.escape_debug(), self.client.region());
            let why = format!("ListVirtualInterfaceRoutes of {id} in {region}, {failure}");
            return (Outcome::Unread(why), OfInterface::default());
        }
        let routes: Vec<KeptRoute> = listing.items.into_iter().flatten().collect();
        let families = of_interface.iter().map(|(family, _)| *family).filter(|_| self.routes.keeps_prefixes);
        let accepted =
            families.map(|family| ((interface.clone(), family.clone()), accepted(interface, family, &routes)));
        let accepted = accepted.collect();
        let items = of_interface.into_iter().map(|(family, peer)| {
            let count = |is_accepted: bool| {
                let of_family = routes.iter().filter(|route| route.family.as_ref() == Some(family));
                of_family.filter(|route| route.is_accepted == is_accepted).count() as i64
            };
            item(interface, peer, count(true), (!is_public).then(|| count(false)))
        });
        (Outcome::Read, OfInterface { items: items.collect(), accepted })
    }
}

/// What was read of one interface.
#[derive(Default)]
struct OfInterface {
    items: Vec<Item>,
    accepted: BTreeMap<(String, String), Accepted>,
}

/// The prefixes that are accepted over an interface in an address family. What AWS calls a prefix and is none, or is one of
/// another family, is left out, with a note.
fn accepted(interface: &str, family: &str, routes: &[KeptRoute]) -> Accepted {
    let of_family = routes.iter().filter(|route| route.is_accepted && route.family.as_deref() == Some(family));
    let mut prefixes: Vec<Prefix> = Vec::new();
    let mut left_out = Vec::new();
    for route in of_family {
        match route.cidr.as_deref().map(str::parse::<Prefix>) {
            Some(Ok(prefix)) if prefix.family().as_str() == family => prefixes.push(prefix),
            Some(Ok(prefix)) => left_out.push(format!("{prefix} is not a prefix of {family:?}")),
            Some(Err(error)) => left_out.push(error.to_string()),
            None => left_out.push("a route has no prefix".to_owned()),
        }
    }
    if let Some(first) = left_out.first() {
        tracing::warn!(interface, family, count = left_out.len(), first, "accepted routes are left out");
    }
    Accepted::of(prefixes)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn route(cidr: Option<&str>, family: &str, is_accepted: bool) -> KeptRoute {
        KeptRoute { family: Some(family.to_owned()), is_accepted, cidr: cidr.map(str::to_owned) }
    }

    #[test]
    fn accepted_prefixes_of_the_family_are_kept_and_what_is_none_is_left_out() {
        let routes = [
            route(Some("10.1.0.0/16"), "ipv4", true),
            route(Some("10.0.0.0/16"), "ipv4", true),
            route(Some("10.0.0.0/16"), "ipv4", true),
            route(Some("172.31.0.0/16"), "ipv4", false),
            route(Some("2001:db8::/32"), "ipv6", true),
            route(Some("2001:db8::/32"), "ipv4", true),
            route(Some("💥'; DROP TABLE states; --"), "ipv4", true),
            route(Some("10.0.0.0/999"), "ipv4", true),
            route(None, "ipv4", true),
        ];
        let known = |family: &str| {
            let accepted = accepted("dxvif-1", family, &routes);
            accepted.known().map(|known| known.iter().map(Prefix::to_string).collect::<Vec<_>>())
        };
        assert_eq!(known("ipv4"), Some(vec!["10.0.0.0/16".to_owned(), "10.1.0.0/16".to_owned()]));
        assert_eq!(known("ipv6"), Some(vec!["2001:db8::/32".to_owned()]));
        assert_eq!(known("ipv9"), Some(vec![]));
    }

    #[test]
    fn a_prefix_is_kept_only_where_it_is_wanted() {
        let aws = || Route::builder().cidr("10.0.0.0/16").route_direction(RouteDirection::Accepted).build();
        let kept = |with_prefix| KeptRoute::of(aws(), with_prefix).and_then(|route| route.cidr);
        assert_eq!((kept(true).as_deref(), kept(false)), (Some("10.0.0.0/16"), None));
        let advertised = Route::builder().cidr("10.0.0.0/16").route_direction(RouteDirection::Advertised).build();
        assert_eq!(KeptRoute::of(advertised, true).unwrap().cidr, None);
    }
}
