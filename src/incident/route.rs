//! What may be a path to a destination, and what has to work for it to be one. Impact is reckoned by these rules, and so is
//! the availability of a destination in a report.
//!
//! A path is a virtual interface that is up, is attached, runs over nothing that is known to be down, and has a session of
//! the address family that is up. A session says nothing about routes: where these are watched, a path over which none is
//! known to be accepted is none. Nothing here says that traffic flows.

use std::collections::BTreeMap;

use super::estate::{Condition, Entry, Estate, Place};
use crate::domain::{DestinationKind, ItemDescription, Kind};

/// A destination, in one address family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// What it is.
    pub kind: DestinationKind,
    /// The gateway's id; for public interfaces the account's.
    pub id: String,
    /// The address family.
    pub family: String,
}

/// What may be a path: a virtual interface in one address family, with all that has to work for it.
#[derive(Clone, Debug)]
pub struct Route {
    /// Where it leads to.
    pub target: Target,
    /// The interface.
    pub interface: Place,
    /// The port that it runs over, where that is listed.
    pub carrier: Option<Place>,
    /// Its attachment to the gateway, where that is listed.
    pub attachment: Option<Place>,
    /// The sessions of the family that are listed.
    pub sessions: Vec<Place>,
    /// The routes of the family, where they are watched.
    pub routes: Option<Place>,
}

impl Route {
    /// Whether it is a path, where each part is in its `condition`.
    pub fn is_path(&self, condition: impl Fn(Place) -> Condition) -> bool {
        self.parts_broken(&condition).iter().all(Option::is_none) && self.has_session(&condition)
    }

    /// What each of must be well for it to be a path, and is not; sessions aside.
    pub fn broken(&self, condition: impl Fn(Place) -> Condition) -> Vec<Place> {
        self.parts_broken(&condition).into_iter().flatten().collect()
    }

    /// The same, without a list: it is asked of every path for every failure.
    fn parts_broken(&self, condition: &impl Fn(Place) -> Condition) -> [Option<Place>; 4] {
        let is_off = |place: &Place| !is_well(condition(*place));
        // A port that is being removed, or tested, carries what runs over it until it is known to be down.
        let is_down = |place: &Place| matches!(condition(*place), Condition::Outage | Condition::Gone);
        let interface = Some(self.interface).filter(is_off);
        // Routes that were not asked for are as they were seen last.
        let is_none = |place: &Place| matches!(condition(*place), Condition::Outage | Condition::Provisioning);
        let (carrier, attachment) = (self.carrier.filter(is_down), self.attachment.filter(is_off));
        [interface, carrier, attachment, self.routes.filter(is_none)]
    }

    /// Whether a session is up, or none is listed.
    pub fn has_session(&self, condition: impl Fn(Place) -> Condition) -> bool {
        self.sessions.is_empty() || self.sessions.iter().any(|place| is_well(condition(*place)))
    }

    /// The sessions that are not up.
    pub fn sessions_down(&self, condition: impl Fn(Place) -> Condition) -> Vec<Place> {
        self.sessions.iter().copied().filter(|place| !is_well(condition(*place))).collect()
    }
}

/// What AWS does not report may still work.
fn is_well(condition: Condition) -> bool {
    matches!(condition, Condition::Well | Condition::Unknown)
}

/// The routes of an interface at present: one for each of its address families. An interface that is not in service yet, or
/// of which nothing is known, is none.
pub fn present_routes(estate: &Estate, place: Place) -> Vec<Route> {
    let entry = &estate.entries[place];
    let is_there = entry.key.kind == Kind::VirtualInterface && entry.level.is_some();
    if is_there && entry.condition() != Condition::Provisioning { routes_of(estate, place) } else { Vec::new() }
}

/// The routes of an interface as it is configured, whatever works: none of one that is gone or being removed, or that is
/// listed and not attached.
pub fn configured_routes(estate: &Estate, place: Place) -> Vec<Route> {
    let entry = &estate.entries[place];
    let condition = |place: Place| estate.entries[place].condition();
    let carrier = entry.carriers.first().copied();
    if entry.key.kind != Kind::VirtualInterface
        || is_going(condition(place))
        || carrier.map(condition).is_some_and(is_going)
    {
        return Vec::new();
    }
    let has_sessions = sessions_of(estate, entry).next().is_some();
    let mut routes = routes_with(estate, place, |session| !is_going(session.condition()));
    routes.iter_mut().for_each(|route| route.routes = None);
    routes.retain(|route| {
        let is_attached = route.attachment.is_none_or(|attachment| is_well(condition(attachment)));
        // All of its sessions were removed.
        let is_empty = has_sessions && route.sessions.is_empty();
        is_attached && !is_empty
    });
    routes
}

fn is_going(condition: Condition) -> bool {
    matches!(condition, Condition::Gone | Condition::Removal)
}

/// The routes of an interface that may be in any condition.
pub fn routes_of(estate: &Estate, place: Place) -> Vec<Route> {
    routes_with(estate, place, |session| !matches!(session.condition(), Condition::Gone | Condition::Provisioning))
}

/// The routes of an interface with those of its sessions that count.
fn routes_with(estate: &Estate, place: Place, counts: impl Fn(&Entry) -> bool) -> Vec<Route> {
    let entry = &estate.entries[place];
    let Some((kind, id)) = leads_to(&entry.item) else { return Vec::new() };
    let is_gateway = kind == DestinationKind::DirectConnectGateway;
    let attachment = if is_gateway { estate.attachment(&id, &entry.key.id) } else { None };
    let mut by_family: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for session in sessions_of(estate, entry).filter(|session| counts(&estate.entries[*session])) {
        by_family.entry(family_of(&estate.entries[session].item)).or_default().push(session);
    }
    if by_family.is_empty() {
        by_family.insert(family_of(&entry.item), Vec::new());
    }
    let routes = by_family.into_iter().map(|(family, sessions)| Route {
        routes: accepted_over(estate, entry, &family),
        target: Target { kind, id: id.clone(), family },
        interface: place,
        carrier: entry.carriers.first().copied(),
        attachment,
        sessions,
    });
    routes.collect()
}

/// The sessions of an interface, whatever they are in.
pub fn sessions_of<'a>(estate: &'a Estate, interface: &'a Entry) -> impl Iterator<Item = Place> + 'a {
    interface.carried.iter().copied().filter(|place| estate.entries[*place].key.kind == Kind::BgpPeer)
}

/// What is known of the routes of an interface in an address family.
pub fn accepted_over(estate: &Estate, interface: &Entry, family: &str) -> Option<Place> {
    let mut carried = interface.carried.iter().copied().map(|place| (place, &estate.entries[place]));
    let found = carried.find(|(_, entry)| entry.key.kind == Kind::BgpRoutes && family_of(&entry.item) == family);
    found.map(|(place, _)| place)
}

/// The address family of an interface or a session.
pub fn family_of(item: &ItemDescription) -> String {
    item.address_family.clone().unwrap_or_else(|| "ipv4".to_owned())
}

/// Where an interface leads to.
pub fn leads_to(item: &ItemDescription) -> Option<(DestinationKind, String)> {
    if let Some(gateway) = &item.direct_connect_gateway_id {
        return Some((DestinationKind::DirectConnectGateway, gateway.clone()));
    }
    if let Some(gateway) = &item.virtual_gateway_id {
        return Some((DestinationKind::VirtualGateway, gateway.clone()));
    }
    (item.virtual_interface_type.as_deref() == Some("public"))
        .then(|| (DestinationKind::Public, item.owner_account.clone().unwrap_or_else(|| item.account.clone())))
}
