//! The cause of what is not well, as far as one instant shows it: for every item, the highest item that is not well and
//! explains it, or the device or location that all such ports have in common.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::estate::{Condition, Entry, Estate, Place};
use crate::domain::{Kind, Root, RootKind};

/// The causes at one instant.
#[derive(Clone, Debug)]
pub struct Causes {
    /// What each item's state means at that instant. What has just come or gone is so for the instant.
    conditions: Vec<Condition>,
    /// Items that are well but for all that runs over them: virtual interfaces of which all sessions are down, and ports of
    /// which all virtual interfaces are.
    hollow: HashSet<Place>,
    /// Virtual interfaces whose sessions may be up, and over which no route is accepted.
    routeless: HashSet<Place>,
    /// Devices on which all ports are down, and locations in which all devices are.
    devices: BTreeSet<String>,
    locations: BTreeSet<String>,
}

impl Causes {
    /// The causes in `estate`, where `passing` items are taken to be in another condition than they are left in.
    pub fn of(estate: &Estate, passing: &BTreeMap<Place, Condition>) -> Causes {
        let condition = |(place, entry): (Place, &Entry)| passing.get(&place).copied().unwrap_or(entry.condition());
        let mut causes = Causes {
            conditions: estate.entries.iter().enumerate().map(condition).collect(),
            hollow: HashSet::new(),
            routeless: HashSet::new(),
            devices: BTreeSet::new(),
            locations: BTreeSet::new(),
        };
        causes.find_hollow(estate, &[Kind::VirtualInterface], Kind::BgpPeer);
        causes.find_hollow(estate, &[Kind::VirtualInterface], Kind::BgpRoutes);
        causes.find_routeless(estate);
        let ports = [Kind::Connection, Kind::HostedConnection, Kind::Lag, Kind::Interconnect];
        causes.find_hollow(estate, &ports, Kind::VirtualInterface);
        causes.find_devices(estate);
        causes
    }

    /// What an item's state means.
    pub fn condition(&self, place: Place) -> Condition {
        self.conditions[place]
    }

    /// Finds what is well and has two or more of `carried` over it, all of them down.
    fn find_hollow(&mut self, estate: &Estate, kinds: &[Kind], carried: Kind) {
        for (place, entry) in estate.own().filter(|(_, entry)| kinds.contains(&entry.key.kind)) {
            if self.conditions[place] != Condition::Well {
                continue;
            }
            let over = entry.carried.iter().copied().filter(|other| {
                let other = &estate.entries[*other];
                other.key.kind == carried && other.is_in_service()
            });
            let over: Vec<Place> = over.collect();
            if over.len() >= 2 && over.iter().all(|other| self.is_down(*other)) {
                self.hollow.insert(place);
            }
        }
    }

    /// Finds the interfaces over which no route is accepted, in any address family.
    fn find_routeless(&mut self, estate: &Estate) {
        for (place, entry) in estate.own().filter(|(_, entry)| entry.key.kind == Kind::VirtualInterface) {
            let routes = entry.carried.iter().filter(|other| {
                let other = &estate.entries[**other];
                other.key.kind == Kind::BgpRoutes && other.is_in_service()
            });
            let mut routes = routes.peekable();
            if routes.peek().is_some() && routes.all(|other| self.is_down(*other)) {
                self.routeless.insert(place);
            }
        }
    }

    /// Whether nothing goes through an item: it is out of service, or all that runs over it is.
    fn is_down(&self, place: Place) -> bool {
        self.conditions[place] == Condition::Outage || self.hollow.contains(&place) || self.routeless.contains(&place)
    }

    /// Finds the devices with two or more ports, all of them down, and the locations with two or more devices, all of
    /// whose ports are down. Members of a LAG count as that LAG.
    fn find_devices(&mut self, estate: &Estate) {
        let mut devices: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
        let mut locations: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
        for (place, entry) in estate.own().filter(|(_, entry)| is_port(entry) && entry.is_in_service()) {
            let Some(device) = entry.device() else { continue };
            let is_down = self.conditions[place] == Condition::Outage;
            devices.entry(device).or_default().push(is_down);
            if let Some(location) = &entry.item.location {
                let all_down = locations.entry(location).or_default().entry(device).or_insert(true);
                *all_down &= is_down;
            }
        }
        let all_down = devices.into_iter().filter(|(_, ports)| ports.len() >= 2 && ports.iter().all(|down| *down));
        self.devices = all_down.map(|(device, _)| device.to_owned()).collect();
        let all_down = locations.into_iter().filter(|(_, found)| found.len() >= 2 && found.values().all(|down| *down));
        self.locations = all_down.map(|(location, _)| location.to_owned()).collect();
    }

    /// The root of an item that is not well.
    pub fn root(&self, estate: &Estate, place: Place) -> Root {
        self.chain(estate, place).pop().unwrap_or_else(|| Root::item(&estate.entries[place].key))
    }

    /// An item that is not well and all that explains it, its root last.
    pub fn chain(&self, estate: &Estate, place: Place) -> Vec<Root> {
        let condition = if self.hollow.contains(&place) { Condition::Outage } else { self.conditions[place] };
        let mut chain = vec![place];
        let mut current = place;
        // Ties never lead back: each goes to a kind that stands further down.
        while let Some(next) = self.above(estate, current) {
            if self.explains(next, condition) && !chain.contains(&next) {
                chain.push(next);
            }
            if estate.entries[current].lag == Some(next) && !self.explains(next, condition) {
                break;
            }
            current = next;
        }
        let top = chain.last().copied().unwrap_or(place);
        let mut roots: Vec<Root> = chain.iter().map(|place| Root::item(&estate.entries[*place].key)).collect();
        let entry = &estate.entries[top];
        if is_port(entry) && self.conditions[top] == Condition::Outage {
            roots.extend(entry.device().filter(|device| self.devices.contains(*device)).map(device_root));
            let location = entry.item.location.as_deref().filter(|_| entry.device().is_some());
            roots.extend(location.filter(|location| self.locations.contains(*location)).map(location_root));
        }
        roots
    }

    /// The item on which `place` hangs most closely.
    fn above(&self, estate: &Estate, place: Place) -> Option<Place> {
        let entry = &estate.entries[place];
        entry.carriers.first().copied().or(entry.lag).or_else(|| {
            let is_by_call = matches!(self.conditions[place], Condition::Removal | Condition::Provisioning);
            entry.gateway.filter(|_| is_by_call)
        })
    }

    /// Whether an item in this condition is explained by what stands above it.
    fn explains(&self, above: Place, condition: Condition) -> bool {
        let cause = if self.hollow.contains(&above) { Condition::Outage } else { self.conditions[above] };
        match cause {
            Condition::Outage | Condition::Removal => {
                matches!(condition, Condition::Outage | Condition::Removal | Condition::Unknown)
            }
            Condition::Test | Condition::Provisioning | Condition::Unknown => condition == cause,
            Condition::Well | Condition::Gone => false,
        }
    }

    /// Whether a root is itself not well, or hollow.
    pub fn is_unwell(&self, estate: &Estate, root: &Root) -> bool {
        match root.kind {
            RootKind::Device => self.devices.contains(&root.id),
            RootKind::Location => self.locations.contains(&root.id),
            RootKind::Public => false,
            RootKind::Item(_) => {
                let place = root.key().and_then(|key| estate.place(&key));
                place.is_some_and(|place| self.conditions[place].is_unwell() || self.hollow.contains(&place))
            }
        }
    }

    /// Whether a root is well but for what runs over it.
    pub fn is_hollow(&self, estate: &Estate, root: &Root) -> bool {
        root.key().and_then(|key| estate.place(&key)).is_some_and(|place| self.hollow.contains(&place))
    }

    /// The root of a root: what explains it by now. None where it is well.
    pub fn root_of(&self, estate: &Estate, root: &Root) -> Option<Root> {
        if !self.is_unwell(estate, root) {
            return None;
        }
        match root.kind {
            RootKind::Location | RootKind::Public => Some(root.clone()),
            RootKind::Device => {
                let port = estate.own().find(|(_, entry)| is_port(entry) && entry.device() == Some(&root.id));
                Some(port.map_or_else(|| root.clone(), |(place, _)| self.root(estate, place)))
            }
            RootKind::Item(_) => estate.place(&root.key()?).map(|place| self.root(estate, place)),
        }
    }
}

/// Whether an item is a port that counts for its device: a LAG counts for its members.
pub(super) fn is_port(entry: &Entry) -> bool {
    match entry.key.kind {
        Kind::Connection => entry.lag.is_none(),
        Kind::Interconnect | Kind::Lag => true,
        _ => false,
    }
}

fn device_root(device: &str) -> Root {
    Root { kind: RootKind::Device, id: device.to_owned() }
}

fn location_root(location: &str) -> Root {
    Root { kind: RootKind::Location, id: location.to_owned() }
}
