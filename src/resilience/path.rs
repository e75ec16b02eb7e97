//! The paths to each destination as they are configured, and the devices and locations that each hangs on.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::wiring::Wiring;
use crate::incident::{Condition, Place, Route, Target, configured_routes, end_of};

/// A path as it is configured: a virtual interface that is attached and not being removed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfiguredPath {
    /// The interface's id.
    pub interface: String,
    /// The interface's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The connection or LAG that it runs over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// The device on which the cable ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Every device that it needs: physical and logical ones.
    pub devices: BTreeSet<String>,
    /// Where these are.
    pub locations: BTreeSet<String>,
    /// Whether it is new and has never worked yet.
    pub is_new: bool,
    #[serde(skip)]
    pub(super) route: Route,
}

impl ConfiguredPath {
    /// Whether it is lost when the items at the places marked go down.
    pub(super) fn falls_with(&self, fallen: &[bool]) -> bool {
        let condition = |place: Place| if fallen[place] { Condition::Outage } else { Condition::Well };
        !self.route.is_path(condition)
    }

    /// What a route hangs on.
    pub(super) fn of(wiring: &Wiring, route: Route) -> ConfiguredPath {
        let entries = &wiring.estate.entries;
        let interface = &entries[route.interface];
        let mut hangs_on: Vec<Place> = vec![route.interface];
        // An interface runs over a connection, which may run over an interconnect.
        let mut next = 0;
        while let Some(place) = hangs_on.get(next).copied() {
            hangs_on.extend(&entries[place].carriers);
            next += 1;
        }
        let items = || hangs_on.iter().map(|place| &entries[*place].item);
        let named = |item: &crate::domain::ItemDescription| [item.physical_device.clone(), item.device.clone()];
        ConfiguredPath {
            interface: interface.key.id.clone(),
            name: interface.item.name.clone(),
            connection: interface.item.connection_id.clone(),
            device: entries[end_of(&wiring.estate, &route)].device().map(str::to_owned),
            devices: items().flat_map(|item| named(item)).flatten().collect(),
            locations: items().filter_map(|item| item.location.clone()).collect(),
            is_new: interface.condition() == Condition::Provisioning,
            route,
        }
    }
}

/// The configured paths to each destination of an estate, by the interface.
pub(super) fn configured(wiring: &Wiring) -> BTreeMap<Target, Vec<ConfiguredPath>> {
    let mut paths: BTreeMap<Target, Vec<ConfiguredPath>> = BTreeMap::new();
    for place in 0..wiring.estate.entries.len() {
        for route in configured_routes(&wiring.estate, place) {
            let target = route.target.clone();
            paths.entry(target).or_default().push(ConfiguredPath::of(wiring, route));
        }
    }
    paths.values_mut().for_each(|paths| paths.sort_by(|a, b| a.interface.cmp(&b.interface)));
    paths
}
