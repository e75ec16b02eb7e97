//! Gives each item one place on the map: in a device at a location, on the item that it runs over, or at a destination.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    Estate, MapItem,
    ways::{StandingPath, standing_paths},
};
use crate::{
    domain::{DestinationKind, Kind, Topology},
    incident::leads_to,
};

/// The estate with a place for each of its items.
#[derive(Clone, Debug)]
pub struct Map<'a> {
    /// What it shows.
    pub estate: &'a Estate,
    /// The locations by name, the one without a name last.
    pub places: Vec<Location>,
    /// The destinations: Direct Connect gateways, virtual private gateways, AWS's public network.
    pub destinations: Vec<Destination>,
    /// What is neither at a location nor at a destination.
    pub apart: Vec<Row>,
}

/// A Direct Connect location.
#[derive(Clone, Debug, Default)]
pub struct Location {
    /// Its name.
    pub location: Option<String>,
    /// Its devices by name, the one without a name last.
    pub devices: Vec<Device>,
}

/// A device of AWS's at a location.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Its name.
    pub name: Option<String>,
    /// What ends there.
    pub rows: Vec<Row>,
}

/// An item with what belongs to it. The numbers are places in [`Estate::items`].
#[derive(Clone, Debug)]
pub struct Row {
    /// The item.
    pub item: usize,
    /// Its sessions, its attachments and its encryption.
    pub riders: Vec<usize>,
    /// Where it leads to.
    pub way: Option<Way>,
    /// What runs over it, or is a part of it.
    pub rows: Vec<Row>,
}

/// Where a virtual interface leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The place of the destination in [`Map::destinations`].
    pub destination: usize,
    /// Whether there is a path.
    pub pass: Pass,
}

/// Whether there is a path, and whether it is one of those that are left. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pass {
    /// It should be a path, and is none.
    Lost,
    /// It is a path, and another one to the same destination is lost.
    Left,
    /// It is a path, and so are all others to the same destination.
    Open,
    /// It is not in service: not a path yet, or no longer.
    Idle,
}

/// Where paths lead to.
#[derive(Clone, Debug)]
pub struct Destination {
    /// What it is.
    pub kind: DestinationKind,
    /// The gateway's id; for the public network the account.
    pub id: String,
    /// The gateway, its associations and proposals, and attachments of interfaces that are not listed.
    pub rows: Vec<Row>,
    /// Its address families, by name.
    pub families: Vec<Family>,
}

/// The paths to a destination in an address family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// How many paths are up.
    pub paths: usize,
    /// How many there would be if all were well.
    pub all: usize,
    /// On how many devices those that are up end.
    pub devices: usize,
    /// At how many locations those that are up end.
    pub locations: usize,
}

/// What paths lead to: what it is, and its id.
type Target = (DestinationKind, String);
/// A name, so that what has none comes last: whether there is none, and the name.
type NamedFirst = (bool, Option<String>);

impl<'a> Map<'a> {
    /// The map of `estate`.
    pub fn of(estate: &'a Estate) -> Map<'a> {
        Planner::of(estate).map()
    }
}

/// Items by their ties, while places are given.
struct Planner<'a> {
    estate: &'a Estate,
    /// The items in the order in which they are drawn.
    order: Vec<usize>,
    children: HashMap<usize, Vec<usize>>,
    placed: HashSet<usize>,
    paths: HashMap<usize, Vec<StandingPath>>,
    targets: BTreeMap<Target, usize>,
}

impl<'a> Planner<'a> {
    fn of(estate: &'a Estate) -> Planner<'a> {
        let items = &estate.items;
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by_cached_key(|place| {
            let MapItem { item, .. } = &items[*place];
            (item.kind, item.name.clone(), item.id.clone(), item.account.clone(), item.region.clone())
        });
        let mut planner = Planner {
            estate,
            children: HashMap::new(),
            placed: HashSet::new(),
            paths: HashMap::new(),
            targets: BTreeMap::new(),
            order,
        };
        planner.tie();
        planner.find_paths();
        planner
    }

    /// Notes what each item belongs to.
    fn tie(&mut self) {
        let items = &self.estate.items;
        let places: HashMap<_, _> = self.order.iter().map(|place| (items[*place].path(), *place)).collect();
        let topology = Topology::of(items.iter().map(|item| &*item.item));
        let mut by_id: HashMap<(Kind, &str), Vec<usize>> = HashMap::new();
        for place in &self.order {
            by_id.entry((items[*place].item.kind, &items[*place].item.id)).or_default().push(*place);
        }
        for place in &self.order {
            let item = &items[*place].item;
            let found = |kind: Kind, id: Option<&str>| {
                let same = by_id.get(&(kind, id?))?;
                same.iter().find(|other| items[**other].item.account == item.account).or(same.first()).copied()
            };
            let parent = match item.kind {
                // They stand beside the session that they are exchanged over.
                Kind::GatewayAttachment | Kind::BgpRoutes => {
                    found(Kind::VirtualInterface, item.virtual_interface_id.as_deref())
                }
                Kind::GatewayAssociation | Kind::GatewayAssociationProposal => None,
                _ => topology.parent(item).and_then(|path| places.get(&path).copied()),
            };
            if let Some(parent) = parent.filter(|parent| parent != place) {
                self.children.entry(parent).or_default().push(*place);
                self.placed.insert(*place);
            }
        }
        // A virtual private gateway stands beside the association that joins it, unless interfaces lead to it directly.
        let direct: BTreeSet<&str> = items.iter().filter_map(|item| leads_to_virtual_gateway(item)).collect();
        for place in &self.order {
            let item = &items[*place].item;
            let joined = item.virtual_gateway_id.as_deref().or(item.associated_gateway_id.as_deref());
            let (Kind::GatewayAssociation, Some(id)) = (item.kind, joined.filter(|id| !direct.contains(id))) else {
                continue;
            };
            for gateway in by_id.get(&(Kind::VirtualGateway, id)).into_iter().flatten() {
                if self.placed.insert(*gateway) {
                    self.children.entry(*place).or_default().push(*gateway);
                }
            }
        }
    }

    /// Notes the paths of each interface, and every destination.
    fn find_paths(&mut self) {
        let items = &self.estate.items;
        let places: HashMap<_, _> = self.order.iter().map(|place| (items[*place].path(), *place)).collect();
        for path in standing_paths(items) {
            if let Some(place) = places.get(&path.interface) {
                self.paths.entry(*place).or_default().push(path);
            }
        }
        let free = items.iter().enumerate().filter(|(place, _)| !self.placed.contains(place));
        let gateways = free.filter_map(|(_, item)| target_at(item));
        let targets: BTreeSet<Target> = items.iter().filter_map(target_of).chain(gateways).collect();
        let name = |target: &Target| {
            let item = items.iter().find(|item| is_gateway(item, target));
            item.and_then(|item| item.item.name.clone())
        };
        let mut named: Vec<(DestinationKind, Option<String>, Target)> =
            targets.into_iter().map(|target| (target.0, name(&target), target)).collect();
        named.sort();
        self.targets = named.into_iter().enumerate().map(|(number, (.., target))| (target, number)).collect();
    }

    fn map(self) -> Map<'a> {
        let mut destinations = self.destinations();
        let mut places: BTreeMap<NamedFirst, BTreeMap<NamedFirst, Vec<Row>>> = BTreeMap::new();
        let mut apart = Vec::new();
        for place in self.order.iter().filter(|place| !self.placed.contains(place)) {
            let item = &self.estate.items[*place];
            let row = self.row(*place, &destinations);
            if let Some(number) = target_at(item).and_then(|target| self.targets.get(&target)) {
                destinations[*number].rows.push(row);
            } else if item.item.kind.is_global() || item.item.kind == Kind::VirtualGateway {
                apart.push(row);
            } else {
                let key = |text: Option<&str>| (text.is_none(), text.map(str::to_owned));
                let location = places.entry(key(item.item.location.as_deref())).or_default();
                location.entry(key(item.device())).or_default().push(row);
            }
        }
        let places = places.into_iter().map(|((_, location), devices)| Location {
            location,
            devices: devices.into_iter().map(|((_, name), rows)| Device { name, rows }).collect(),
        });
        Map { estate: self.estate, places: places.collect(), destinations, apart }
    }

    /// The destinations with their families, without rows.
    fn destinations(&self) -> Vec<Destination> {
        let mut families: HashMap<usize, BTreeMap<&str, Vec<&StandingPath>>> = HashMap::new();
        for path in self.paths.values().flatten() {
            if let Some(number) = self.targets.get(&(path.kind, path.destination.clone())) {
                families.entry(*number).or_default().entry(&path.address_family).or_default().push(path);
            }
        }
        let mut targets: Vec<(&Target, &usize)> = self.targets.iter().collect();
        targets.sort_by_key(|(_, number)| **number);
        let destinations = targets.into_iter().map(|((kind, id), number)| Destination {
            kind: *kind,
            id: id.clone(),
            rows: Vec::new(),
            families: families.remove(number).unwrap_or_default().into_iter().map(family).collect(),
        });
        destinations.collect()
    }

    fn row(&self, place: usize, destinations: &[Destination]) -> Row {
        let children = self.children.get(&place).map(Vec::as_slice).unwrap_or_default();
        let is_rider = |child: &&usize| {
            let kind = self.estate.items[**child].item.kind;
            matches!(kind, Kind::BgpPeer | Kind::BgpRoutes | Kind::PortEncryption | Kind::GatewayAttachment)
        };
        Row {
            item: place,
            riders: children.iter().filter(is_rider).copied().collect(),
            way: self.way(place, destinations),
            rows: children
                .iter()
                .filter(|child| !is_rider(child))
                .map(|child| self.row(*child, destinations))
                .collect(),
        }
    }

    fn way(&self, place: usize, destinations: &[Destination]) -> Option<Way> {
        let destination = *self.targets.get(&target_of(&self.estate.items[place])?)?;
        let paths = self.paths.get(&place).map(Vec::as_slice).unwrap_or_default();
        let pass = match paths.iter().filter(|path| path.is_up).count() {
            _ if paths.is_empty() => Pass::Idle,
            0 => Pass::Lost,
            _ if destinations[destination].families.iter().any(Family::has_lost) => Pass::Left,
            _ => Pass::Open,
        };
        Some(Way { destination, pass })
    }
}

impl Family {
    /// Whether it has fewer paths than it could have.
    pub fn has_lost(&self) -> bool {
        self.paths < self.all
    }
}

fn family((name, paths): (&str, Vec<&StandingPath>)) -> Family {
    let up: Vec<&StandingPath> = paths.iter().filter(|path| path.is_up).copied().collect();
    let devices: BTreeSet<&str> = up.iter().filter_map(|path| path.device.as_deref()).collect();
    let locations: BTreeSet<&str> = up.iter().filter_map(|path| path.location.as_deref()).collect();
    Family {
        name: name.to_owned(),
        paths: up.len(),
        all: paths.len(),
        devices: devices.len(),
        locations: locations.len(),
    }
}

/// Where a virtual interface leads to.
fn target_of(item: &MapItem) -> Option<Target> {
    leads_to(&item.item).filter(|_| item.item.kind == Kind::VirtualInterface)
}

fn leads_to_virtual_gateway(item: &MapItem) -> Option<&str> {
    let is_direct = item.item.kind == Kind::VirtualInterface && item.item.direct_connect_gateway_id.is_none();
    item.item.virtual_gateway_id.as_deref().filter(|_| is_direct)
}

/// The destination at which an item stands.
fn target_at(item: &MapItem) -> Option<Target> {
    let item = &item.item;
    let (kind, id) = match item.kind {
        Kind::DirectConnectGateway => (DestinationKind::DirectConnectGateway, Some(&item.id)),
        Kind::VirtualGateway => (DestinationKind::VirtualGateway, Some(&item.id)),
        Kind::GatewayAttachment | Kind::GatewayAssociation | Kind::GatewayAssociationProposal => {
            (DestinationKind::DirectConnectGateway, item.direct_connect_gateway_id.as_ref())
        }
        _ => return None,
    };
    Some((kind, id?.clone()))
}

fn is_gateway(item: &MapItem, (kind, id): &Target) -> bool {
    let of = match item.item.kind {
        Kind::DirectConnectGateway => DestinationKind::DirectConnectGateway,
        Kind::VirtualGateway => DestinationKind::VirtualGateway,
        _ => return false,
    };
    of == *kind && item.item.id == *id
}
