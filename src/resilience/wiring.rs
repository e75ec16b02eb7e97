//! What goes down with what: an item with all that runs over it, a LAG with too many of its members, a gateway with its
//! settings; and which items a device or a location takes.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::incident::{Condition, Entry, Estate, Place};

/// An account's estate, with what is needed to follow a failure through it.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// The items, and how they hang together.
    pub estate: Estate,
    devices: BTreeMap<String, Vec<Place>>,
    locations: BTreeMap<String, Vec<Place>>,
    ids: HashMap<String, Vec<Place>>,
    /// The members of each LAG.
    members: HashMap<Place, Vec<Place>>,
    /// The settings of each gateway.
    settings: HashMap<Place, Vec<Place>>,
}

/// Which members of a LAG count as working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    /// All that are configured.
    Configured,
    /// Those that work at present.
    Present,
}

impl Wiring {
    /// The wiring of an estate.
    pub fn of(estate: Estate) -> Wiring {
        let mut wiring = Wiring {
            estate: Estate::default(),
            devices: BTreeMap::new(),
            locations: BTreeMap::new(),
            ids: HashMap::new(),
            members: HashMap::new(),
            settings: HashMap::new(),
        };
        for (place, entry) in estate.entries.iter().enumerate() {
            wiring.ids.entry(entry.key.id.clone()).or_default().push(place);
            if !is_there(entry) {
                continue;
            }
            if entry.key.kind.ends_on_a_device() {
                let named = [&entry.item.physical_device, &entry.item.device];
                for device in named.into_iter().flatten() {
                    let at = wiring.devices.entry(device.clone()).or_default();
                    // Both names may be the same.
                    if at.last() != Some(&place) {
                        at.push(place);
                    }
                }
                if let Some(location) = &entry.item.location {
                    wiring.locations.entry(location.clone()).or_default().push(place);
                }
            }
            if let Some(lag) = entry.lag {
                wiring.members.entry(lag).or_default().push(place);
            }
            if let Some(gateway) = entry.gateway {
                wiring.settings.entry(gateway).or_default().push(place);
            }
        }
        wiring.estate = estate;
        wiring
    }

    /// What ends on a device.
    pub fn on_device(&self, device: &str) -> &[Place] {
        self.devices.get(device).map_or(&[], Vec::as_slice)
    }

    /// What is at a location.
    pub fn at_location(&self, location: &str) -> &[Place] {
        self.locations.get(location).map_or(&[], Vec::as_slice)
    }

    /// The items with this id. A port and its encryption share one.
    pub fn with_id(&self, id: &str) -> &[Place] {
        self.ids.get(id).map_or(&[], Vec::as_slice)
    }

    /// All devices, and all locations.
    pub fn devices_and_locations(&self) -> (impl Iterator<Item = &str>, impl Iterator<Item = &str>) {
        (self.devices.keys().map(String::as_str), self.locations.keys().map(String::as_str))
    }

    /// What goes down with `struck`, these included. What is gone already does not.
    pub(super) fn fallen(&self, struck: impl IntoIterator<Item = Place>, basis: Basis) -> HashSet<Place> {
        let mut fallen: HashSet<Place> = HashSet::new();
        let mut left: Vec<Place> = struck.into_iter().collect();
        while let Some(place) = left.pop() {
            let entry = &self.estate.entries[place];
            if !is_there(entry) || !fallen.insert(place) {
                continue;
            }
            left.extend(&entry.carried);
            left.extend(self.settings.get(&place).into_iter().flatten());
            left.extend(entry.lag.filter(|lag| !self.has_enough(*lag, &fallen, basis)));
        }
        fallen
    }

    /// Whether a LAG has as many members left as it needs.
    fn has_enough(&self, lag: Place, fallen: &HashSet<Place>, basis: Basis) -> bool {
        let works = |place: &&Place| {
            let condition = self.estate.entries[**place].condition();
            !fallen.contains(*place) && (basis == Basis::Configured || condition != Condition::Outage)
        };
        let needed = self.estate.entries[lag].item.minimum_links.unwrap_or(1).max(1);
        let members = self.members.get(&lag).into_iter().flatten();
        members.filter(works).count() as i64 >= needed
    }
}

/// Whether an item is there, however it is.
pub(super) fn is_there(entry: &Entry) -> bool {
    entry.condition() != Condition::Gone
}
