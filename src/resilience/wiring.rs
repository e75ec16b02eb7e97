//! What goes down with what, and which items a device or a location takes.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::incident::{Basis, Estate, Place, Wires};

/// An account's estate, with what is needed to follow a failure through it.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// The items, and how they hang together.
    pub estate: Estate,
    devices: BTreeMap<String, Vec<Place>>,
    locations: BTreeMap<String, Vec<Place>>,
    ids: HashMap<String, Vec<Place>>,
    wires: Wires,
}

impl Wiring {
    /// The wiring of an estate.
    pub fn of(estate: Estate) -> Wiring {
        let mut wiring = Wiring {
            estate: Estate::default(),
            devices: BTreeMap::new(),
            locations: BTreeMap::new(),
            ids: HashMap::new(),
            wires: Wires::of(&estate),
        };
        for (place, entry) in estate.entries.iter().enumerate() {
            wiring.ids.entry(entry.key.id.clone()).or_default().push(place);
            if !entry.is_there() {
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
        self.wires.fallen(&self.estate, struck, basis)
    }
}
