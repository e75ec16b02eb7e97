//! The grade of each destination: its model, the one that is intended, what is missing, and what a single failure takes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    exercise::{Exercise, Exercises},
    failure::Failure,
    intent::Intents,
    model::model_of,
    path::{ConfiguredPath, configured},
    shortfall::{Shortfall, shortfalls},
    wiring::Wiring,
};
use crate::{
    domain::{DestinationKind, Health, Model},
    incident::{Basis, gateway_kind},
};

/// How resilient the paths to a destination are, as they are configured.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grade {
    /// The account.
    pub account: String,
    /// What the destination is.
    pub kind: DestinationKind,
    /// The gateway's id; for public interfaces the account's.
    pub id: String,
    /// The gateway's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ipv4` or `ipv6`.
    pub address_family: String,
    /// What the paths amount to.
    pub model: Model,
    /// What they are meant to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intended: Option<Model>,
    /// Whether they are that, or better. Left out where nothing is intended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meets_intent: Option<bool>,
    /// What is missing for what is intended, or else for the next model.
    pub missing: Vec<Shortfall>,
    /// The paths, by the interface.
    pub paths: Vec<ConfiguredPath>,
    /// On how many devices their cables end.
    pub devices: u64,
    /// At how many locations.
    pub locations: u64,
    /// What each single location and device takes, the worst first.
    pub losses: Vec<Loss>,
    /// When an outage or a failover test last took a path, and not the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exercised: Option<Exercise>,
}

impl Grade {
    /// The health whose sign and colour it has: that of what is intended, or whether a single device may take all.
    pub fn health(&self) -> Health {
        match (self.meets_intent, self.model) {
            (Some(false), _) => Health::Down,
            (None, Model::None) => Health::Unknown,
            _ => Health::Up,
        }
    }
}

/// What a failure takes from a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// What fails.
    pub failure: Failure,
    /// How many paths it takes.
    pub lost: u64,
    /// How many are left.
    pub left: u64,
}

/// The grades of an account's destinations.
pub fn grades(account: &str, wiring: &Wiring, intents: &Intents, exercises: &Exercises) -> Vec<Grade> {
    let names = gateway_names(wiring);
    let mut known: BTreeMap<Failure, Vec<bool>> = BTreeMap::new();
    let graded = configured(wiring).into_iter().map(|(target, paths)| {
        let (model, intended) = (model_of(&paths), intents.of(&target));
        let wanted =
            intended.filter(|intended| *intended > model).or_else(|| model.next().filter(|_| intended.is_none()));
        let devices: BTreeSet<&String> = paths.iter().filter_map(|path| path.device.as_ref()).collect();
        let locations: BTreeSet<&String> = paths.iter().flat_map(|path| &path.locations).collect();
        Grade {
            account: account.to_owned(),
            kind: target.kind,
            name: names.get(&(target.kind, target.id.as_str())).cloned(),
            model,
            intended,
            meets_intent: intended.map(|intended| model >= intended),
            missing: wanted.map(|wanted| shortfalls(&paths, wanted)).unwrap_or_default(),
            devices: devices.len() as u64,
            locations: locations.len() as u64,
            losses: losses(wiring, &paths, &mut known),
            exercised: exercises.of(account, &target),
            id: target.id,
            address_family: target.family,
            paths,
        }
    });
    graded.collect()
}

/// What each location and device of the paths takes. `known` has what goes down with each that was asked for before.
fn losses(wiring: &Wiring, paths: &[ConfiguredPath], known: &mut BTreeMap<Failure, Vec<bool>>) -> Vec<Loss> {
    let locations = paths.iter().flat_map(|path| &path.locations).map(|name| Failure::location(name.as_str()));
    let devices = paths.iter().flat_map(|path| &path.devices).map(|name| Failure::device(name.as_str()));
    let failures: BTreeSet<Failure> = locations.chain(devices).collect();
    let losses = failures.into_iter().map(|failure| {
        let fallen = known.entry(failure.clone()).or_insert_with(|| fallen(wiring, &failure));
        let lost = paths.iter().filter(|path| path.falls_with(fallen)).count() as u64;
        Loss { failure, lost, left: paths.len() as u64 - lost }
    });
    let mut losses: Vec<Loss> = losses.collect();
    losses.sort_by(|a, b| (a.left, &a.failure).cmp(&(b.left, &b.failure)));
    losses
}

/// Which items go down with a failure, by place: it is asked for every part of every path.
fn fallen(wiring: &Wiring, failure: &Failure) -> Vec<bool> {
    let mut fallen = vec![false; wiring.estate.entries.len()];
    for place in wiring.fallen(failure.strikes(wiring), Basis::Configured) {
        fallen[place] = true;
    }
    fallen
}

/// The names of the gateways of an estate.
pub(super) fn gateway_names(wiring: &Wiring) -> BTreeMap<(DestinationKind, &str), String> {
    let names = wiring.estate.entries.iter().filter_map(|entry| {
        let kind = gateway_kind(entry.key.kind)?;
        Some(((kind, entry.key.id.as_str()), entry.item.name.clone()?))
    });
    names.collect()
}
