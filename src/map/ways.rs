//! The paths of an estate as they stand, by the rules that impact and availability are reckoned by.

use std::{collections::BTreeMap, sync::Arc};

use super::MapItem;
use crate::{
    domain::{DestinationKind, ItemPath, Kind, Scope, Timestamp},
    incident::{Condition, Estate, Items, Level, routes_of},
};

/// A path, up or not: a virtual interface in service, in one address family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StandingPath {
    /// The virtual interface.
    pub(super) interface: ItemPath,
    /// What it leads to.
    pub(super) kind: DestinationKind,
    /// The id of what it leads to.
    pub(super) destination: String,
    /// The address family.
    pub(super) address_family: String,
    /// Whether it is up.
    pub(super) is_up: bool,
    /// The AWS device on which its cable ends.
    pub(super) device: Option<String>,
    /// The location of that cable.
    pub(super) location: Option<String>,
}

/// The paths of everything that is in service. What is retired is none.
pub(super) fn standing_paths(items: &[MapItem]) -> Vec<StandingPath> {
    let mut scopes: BTreeMap<Scope, Items> = BTreeMap::new();
    for MapItem { item, state, in_outage, is_retired, .. } in items {
        let condition = if *is_retired { Condition::Gone } else { Condition::of(state, *in_outage) };
        // Whether something is a path does not depend on since when.
        let level = Level { state: state.clone(), since: Timestamp::MINIMUM, condition };
        scopes.entry(item.scope()).or_default().insert(item.key(), (Arc::clone(item), Some(level)));
    }
    let names: Vec<Scope> = scopes.keys().cloned().collect();
    let estate = Estate::of(Items::new(), names.iter().zip(scopes.into_values()));
    let entries = estate.entries.iter().enumerate();
    let interfaces = entries.filter(|(_, entry)| entry.key.kind == Kind::VirtualInterface && entry.is_in_service());
    let paths = interfaces.flat_map(|(place, entry)| {
        let estate = &estate;
        routes_of(estate, place).into_iter().map(move |route| {
            let end = &estate.entries[route.carrier.unwrap_or(place)];
            StandingPath {
                interface: ItemPath::new(entry.item.scope(), entry.key.clone()),
                is_up: route.is_path(|place| estate.entries[place].condition()),
                kind: route.target.kind,
                destination: route.target.id,
                address_family: route.target.family,
                device: end.device().map(str::to_owned),
                location: end.item.location.clone(),
            }
        })
    });
    paths.collect()
}
