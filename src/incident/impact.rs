//! Impact: which destinations an incident takes paths from, and what is left. What a path is, `route` says.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    estate::{Estate, Place},
    route::{Route, Target, present_routes},
};
use crate::domain::{Destination, DestinationKind, Impact, IncidentImpact, Kind};

/// How many destinations a document lists.
const DESTINATIONS_LISTED: usize = 20;

/// What may be a path: a virtual interface, in one address family.
#[derive(Clone, Debug)]
struct Path {
    target: Target,
    interface: Place,
    /// The port that it runs over, where that is listed.
    carrier: Option<Place>,
    /// Where its cable ends.
    end: Place,
    /// What each of must be well for it to be a path, and is not.
    broken: Vec<Place>,
    /// The sessions of the family that are down.
    sessions_down: Vec<Place>,
    /// Whether a session of the family is up, or none is listed.
    has_session: bool,
}

impl Path {
    fn is_up(&self) -> bool {
        self.broken.is_empty() && self.has_session
    }

    /// Whether it would be a path if `members` were well.
    fn would_be_up(&self, members: &HashSet<Place>) -> bool {
        self.broken.iter().all(|place| members.contains(place))
            && (self.has_session || self.sessions_down.iter().any(|place| members.contains(place)))
    }
}

/// Where the cables of these paths end.
fn ends(paths: &[&Path]) -> Vec<Place> {
    paths.iter().map(|path| path.end).collect()
}

/// All paths of an account.
#[derive(Clone, Debug, Default)]
pub struct Paths(Vec<Path>);

impl Paths {
    /// The paths in `estate`.
    pub fn of(estate: &Estate) -> Paths {
        // An interface that is gone is a path to an incident that it is a member of.
        Paths((0..estate.entries.len()).flat_map(|place| paths_of(estate, place)).collect())
    }

    /// What an incident of these members takes.
    pub fn impact(&self, estate: &Estate, members: &HashSet<Place>) -> IncidentImpact {
        let reach = Reach::of(estate, members);
        let mut destinations: BTreeMap<&Target, Vec<&Path>> = BTreeMap::new();
        for path in &self.0 {
            destinations.entry(&path.target).or_default().push(path);
        }
        let mut is_known = false;
        let mut affected: Vec<(Impact, Destination)> = Vec::new();
        for (target, paths) in destinations {
            is_known |= paths.iter().any(|path| reach.touches(estate, path));
            let before = paths.iter().filter(|path| path.would_be_up(members)).count();
            let left: Vec<&Path> = paths.into_iter().filter(|path| path.is_up()).collect();
            if before > left.len() {
                let destination = destination(estate, target, before, &ends(&left));
                affected.push((loss(destination.paths, destination.devices), destination));
            }
        }
        worst_first(affected, if is_known { Impact::None } else { Impact::Unknown })
    }

    /// The destinations that an incident of these members had to do with, and what paths there are to them.
    pub fn left(&self, estate: &Estate, members: &HashSet<Place>) -> IncidentImpact {
        let reach = Reach::of(estate, members);
        let mut destinations: BTreeMap<&Target, Vec<&Path>> = BTreeMap::new();
        for path in self.0.iter().filter(|path| reach.touches(estate, path)) {
            destinations.entry(&path.target).or_default();
        }
        for path in self.0.iter().filter(|path| path.is_up()) {
            destinations.entry(&path.target).and_modify(|paths| paths.push(path));
        }
        let more = destinations.len().saturating_sub(DESTINATIONS_LISTED) as u64;
        let destinations = destinations.into_iter().take(DESTINATIONS_LISTED);
        let destinations = destinations.map(|(target, paths)| destination(estate, target, paths.len(), &ends(&paths)));
        IncidentImpact { level: Impact::None, destinations: destinations.collect(), more }
    }
}

/// The impact of destinations that have lost paths; `otherwise` where none has.
pub(super) fn worst_first(mut affected: Vec<(Impact, Destination)>, otherwise: Impact) -> IncidentImpact {
    affected.sort_by_key(|(level, destination)| (std::cmp::Reverse(*level), destination.id.clone()));
    let level = affected.first().map_or(otherwise, |(level, _)| *level);
    let more = affected.len().saturating_sub(DESTINATIONS_LISTED) as u64;
    affected.truncate(DESTINATIONS_LISTED);
    IncidentImpact { level, destinations: affected.into_iter().map(|(_, destination)| destination).collect(), more }
}

/// What is left of a destination that has lost a path, where `paths` are left that end on `devices`.
pub fn loss(paths: u64, devices: u64) -> Impact {
    match (paths, devices) {
        (0, _) => Impact::Outage,
        (1, _) | (_, 0 | 1) => Impact::LastPath,
        _ => Impact::Reduced,
    }
}

/// Where the cable of a route ends: its port or, where that is not listed or names no device, its interface.
pub fn end_of(estate: &Estate, route: &Route) -> Place {
    route.carrier.filter(|carrier| estate.entries[*carrier].device().is_some()).unwrap_or(route.interface)
}

/// A destination that had `before` paths, and has those left that end there.
pub(super) fn destination(estate: &Estate, target: &Target, before: usize, left: &[Place]) -> Destination {
    let ends = left.iter().map(|place| &estate.entries[*place]);
    let devices: BTreeSet<&str> = ends.clone().filter_map(|end| end.device()).collect();
    let unnamed = ends.clone().filter(|end| end.device().is_none()).count();
    let locations: BTreeSet<&str> = ends.filter_map(|end| end.item.location.as_deref()).collect();
    let kind = match target.kind {
        DestinationKind::DirectConnectGateway => Some(Kind::DirectConnectGateway),
        DestinationKind::VirtualGateway => Some(Kind::VirtualGateway),
        DestinationKind::Public => None,
    };
    let gateway = estate.entries.iter().find(|entry| Some(entry.key.kind) == kind && entry.key.id == target.id);
    Destination {
        kind: target.kind,
        id: target.id.clone(),
        name: gateway.and_then(|entry| entry.item.name.clone()),
        address_family: target.family.clone(),
        paths_before: before as u64,
        paths: left.len() as u64,
        // A path of which no device is named is taken to have one of its own.
        devices: (devices.len() + unnamed) as u64,
        locations: locations.len() as u64,
    }
}

/// The paths that an interface may be: one for each of its address families.
fn paths_of(estate: &Estate, place: Place) -> Vec<Path> {
    let condition = |place: Place| estate.entries[place].condition();
    let paths = present_routes(estate, place).into_iter().map(|route| Path {
        broken: route.broken(condition),
        has_session: route.has_session(condition),
        end: end_of(estate, &route),
        sessions_down: route.sessions_down(condition),
        target: route.target,
        interface: route.interface,
        carrier: route.carrier,
    });
    paths.collect()
}

/// What the members of an incident have to do with: the interfaces, ports and gateways by which they reach destinations.
struct Reach {
    places: HashSet<Place>,
    gateways: HashSet<String>,
}

impl Reach {
    fn of(estate: &Estate, members: &HashSet<Place>) -> Reach {
        let mut reach = Reach { places: members.clone(), gateways: HashSet::new() };
        for member in members {
            let entry = &estate.entries[*member];
            reach.places.extend(entry.lag);
            match entry.key.kind {
                Kind::BgpPeer | Kind::PortEncryption => reach.places.extend(entry.carriers.first()),
                // The session, and the interface.
                Kind::BgpRoutes => reach.places.extend(&entry.carriers),
                _ => {}
            }
            reach.gateways.extend(match entry.key.kind {
                Kind::DirectConnectGateway | Kind::VirtualGateway => Some(entry.key.id.clone()),
                Kind::GatewayAttachment | Kind::GatewayAssociation => entry.item.direct_connect_gateway_id.clone(),
                _ => None,
            });
        }
        reach
    }

    fn touches(&self, estate: &Estate, path: &Path) -> bool {
        let lag = path.carrier.and_then(|carrier| estate.entries[carrier].lag);
        [Some(path.interface), path.carrier, lag].into_iter().flatten().any(|place| self.places.contains(&place))
            || self.gateways.contains(&path.target.id)
    }
}
