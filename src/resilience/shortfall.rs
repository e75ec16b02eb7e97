//! What some paths lack for a model.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    model::{locations_with_two_devices, model_of, shared},
    path::ConfiguredPath,
};
use crate::domain::Model;

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Shortfall {
    /// There is one path alone.
    OnePath {
        /// Its interface.
        interface: String,
    },
    /// All paths need one device.
    OneDevice {
        /// The device.
        device: String,
        /// On how many connections and LAGs the paths are.
        circuits: u64,
    },
    /// All paths need one location.
    OneLocation {
        /// The location.
        location: String,
        /// On how many connections and LAGs the paths are.
        circuits: u64,
    },
    /// All paths at a location need one device.
    LocationOnOneDevice {
        /// The location.
        location: String,
        /// The device.
        device: String,
    },
    /// AWS names no device of a path, so that it proves nothing.
    DeviceNotNamed {
        /// Its interface.
        interface: String,
    },
    /// AWS names no location of a path, so that it proves nothing.
    LocationNotNamed {
        /// Its interface.
        interface: String,
    },
}

/// What `paths` lack for `wanted`; empty where they are that model, or a better one.
pub(super) fn shortfalls(paths: &[ConfiguredPath], wanted: Model) -> Vec<Shortfall> {
    if model_of(paths) >= wanted {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let [only] = paths {
        found.push(Shortfall::OnePath { interface: only.interface.clone() });
    } else {
        let circuits = circuits(paths);
        let devices = common(paths, |path| &path.devices);
        found.extend(devices.map(|device| Shortfall::OneDevice { device, circuits }));
        if wanted >= Model::High {
            let location = common(paths, |path| &path.locations);
            found.extend(location.map(|location| Shortfall::OneLocation { location, circuits }));
        }
        // Said already where all paths need one device.
        if wanted == Model::Maximum && !matches!(found.first(), Some(Shortfall::OneDevice { .. })) {
            found.extend(locations_on_one_device(paths));
        }
    }
    for path in paths {
        if path.devices.is_empty() {
            found.push(Shortfall::DeviceNotNamed { interface: path.interface.clone() });
        }
        if path.locations.is_empty() && wanted >= Model::High {
            found.push(Shortfall::LocationNotNamed { interface: path.interface.clone() });
        }
    }
    found
}

/// The locations with paths that all need one device.
fn locations_on_one_device(paths: &[ConfiguredPath]) -> Vec<Shortfall> {
    let locations: BTreeSet<&String> = paths.iter().flat_map(|path| &path.locations).collect();
    let enough = locations_with_two_devices(paths);
    let short = locations.into_iter().filter(|location| !enough.contains(location.as_str()));
    let short = short.filter_map(|location| {
        let here = paths.iter().filter(|path| path.locations.contains(location) && !path.devices.is_empty());
        let here: Vec<&BTreeSet<String>> = here.map(|path| &path.devices).collect();
        let device = shared(&here)?.to_owned();
        Some(Shortfall::LocationOnOneDevice { location: location.clone(), device })
    });
    short.collect()
}

/// What all paths that name anything have in common.
fn common(paths: &[ConfiguredPath], names: impl Fn(&ConfiguredPath) -> &BTreeSet<String>) -> Option<String> {
    let named: Vec<&BTreeSet<String>> = paths.iter().map(names).filter(|named| !named.is_empty()).collect();
    shared(&named).map(str::to_owned)
}

/// On how many connections and LAGs the paths are. One whose connection is not named is on one of its own.
fn circuits(paths: &[ConfiguredPath]) -> u64 {
    let circuits: BTreeSet<&str> =
        paths.iter().map(|path| path.connection.as_deref().unwrap_or(&path.interface)).collect();
    circuits.len() as u64
}
