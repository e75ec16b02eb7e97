//! What has changed about the paths to a destination: which items were deleted, detached or moved.

use std::collections::{BTreeMap, BTreeSet};

use super::{path::ConfiguredPath, wiring::Wiring};
use crate::{
    domain::{Kind, KnownDestination, KnownPath, PathChange, PathChangeType},
    incident::{Condition, Entry, Place, leads_to},
};

/// The changes by which the paths to a destination are fewer than they were, or hang on other things. Each item is named
/// once for each change.
pub(super) fn changes(wiring: &Wiring, before: &KnownDestination, paths: &[ConfiguredPath]) -> Vec<PathChange> {
    let now: BTreeMap<&str, &ConfiguredPath> = paths.iter().map(|path| (path.interface.as_str(), path)).collect();
    let mut changes: Vec<PathChange> = Vec::new();
    for known in &before.paths {
        let new = match now.get(known.interface.as_str()) {
            Some(path) => moved(wiring, known, path),
            None => vec![lost(wiring, before, known)],
        };
        for change in new {
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
    }
    changes
}

fn place(wiring: &Wiring, id: &str, is_wanted: impl Fn(Kind) -> bool) -> Option<Place> {
    let mut places = wiring.with_id(id).iter().copied();
    places.find(|place| is_wanted(wiring.estate.entries[*place].key.kind))
}

/// A port that interfaces run over.
fn is_port(kind: Kind) -> bool {
    matches!(kind, Kind::Connection | Kind::HostedConnection | Kind::Interconnect | Kind::Lag)
}

fn change(wiring: &Wiring, kind: Kind, id: &str, what: PathChangeType) -> PathChange {
    let entry = place(wiring, id, |other| other == kind).map(|place| &wiring.estate.entries[place]);
    let name = entry.and_then(|entry| entry.item.name.clone());
    PathChange { kind, id: id.to_owned(), name, change: what, from: None, to: None }
}

/// Why a path is no path any more.
fn lost(wiring: &Wiring, before: &KnownDestination, known: &KnownPath) -> PathChange {
    let of_interface = |what| change(wiring, Kind::VirtualInterface, &known.interface, what);
    let Some(interface) = place(wiring, &known.interface, |kind| kind == Kind::VirtualInterface) else {
        return of_interface(PathChangeType::Deleted);
    };
    let entry = &wiring.estate.entries[interface];
    if is_going(entry) {
        return of_interface(PathChangeType::Deleted);
    }
    let port = known.connection.as_deref().and_then(|id| place(wiring, id, is_port));
    if let Some(port) = port.map(|port| &wiring.estate.entries[port]).filter(|port| is_going(port)) {
        return change(wiring, port.key.kind, &port.key.id, PathChangeType::Deleted);
    }
    match leads_to(&entry.item) {
        Some((_, gateway)) if gateway != before.id => {
            let (from, to) = (Some(before.id.clone()), Some(gateway));
            PathChange { from, to, ..of_interface(PathChangeType::MovedGateway) }
        }
        Some(_) if wiring.estate.attachment(&before.id, &known.interface).is_none_or(|place| is_on(wiring, place)) => {
            of_interface(PathChangeType::SessionsDeleted)
        }
        _ => of_interface(PathChangeType::Detached),
    }
}

fn is_going(entry: &Entry) -> bool {
    !entry.is_there() || entry.condition() == Condition::Removal
}

fn is_on(wiring: &Wiring, attachment: Place) -> bool {
    !is_going(&wiring.estate.entries[attachment])
}

/// How a path has come to hang on something else.
fn moved(wiring: &Wiring, known: &KnownPath, path: &ConfiguredPath) -> Vec<PathChange> {
    if known.connection != path.connection {
        let (from, to) = (known.connection.clone(), path.connection.clone());
        let moved = change(wiring, Kind::VirtualInterface, &known.interface, PathChangeType::MovedConnection);
        return vec![PathChange { from, to, ..moved }];
    }
    // The connection has moved, or the interface, where its connection is another account's.
    let port = path.connection.as_deref().and_then(|id| place(wiring, id, is_port));
    let port = port.map(|port| &wiring.estate.entries[port].key);
    let (kind, id) = port.map_or((Kind::VirtualInterface, known.interface.as_str()), |key| (key.kind, key.id.as_str()));
    let differs = |before: &BTreeSet<String>, now: &BTreeSet<String>| {
        let (from, to) = (before.difference(now).next(), now.difference(before).next());
        // What AWS has ceased to name, or names for the first time, has not moved.
        from.zip(to).map(|(from, to)| (Some(from.clone()), Some(to.clone())))
    };
    let device = differs(&known.devices, &path.devices).map(|names| (PathChangeType::MovedDevice, names));
    let location = differs(&known.locations, &path.locations).map(|names| (PathChangeType::MovedLocation, names));
    let moved = [device, location].into_iter().flatten();
    moved.map(|(what, (from, to))| PathChange { from, to, ..change(wiring, kind, id, what) }).collect()
}
