//! What goes down if something fails now, and which destinations lose which of the paths that they have at present.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::{
    failure::{Failure, UnknownFailure},
    grade::gateway_names,
    model::model_of,
    path::ConfiguredPath,
    wiring::Wiring,
};
use crate::{
    domain::{DestinationKind, Impact, Kind, Model},
    incident::{Basis, Condition, Lost, Place, losses},
};

/// What would happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhatIf {
    /// What fails.
    pub failing: Vec<Failure>,
    /// Everything that goes down and is not down yet, by kind and id.
    pub goes_down: Vec<FallenItem>,
    /// How many items are down already that would go down with it.
    pub already_down: u64,
    /// The destinations that lose a path, the worst first.
    pub destinations: Vec<DestinationLoss>,
}

/// An item that goes down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FallenItem {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The scope in which it is polled.
    pub scope: String,
}

/// What a destination loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DestinationLoss {
    /// The account.
    pub account: String,
    /// What it is.
    pub kind: DestinationKind,
    /// The gateway's id; for public interfaces the account's.
    pub id: String,
    /// The gateway's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ipv4` or `ipv6`.
    pub address_family: String,
    /// How bad it is, by the rules of an incident's impact.
    pub impact: Impact,
    /// How many paths it has now.
    pub paths_before: u64,
    /// How many it would have.
    pub paths: u64,
    /// The model that the paths which are left amount to.
    pub model: Model,
    /// The interfaces that it loses.
    pub lost: Vec<String>,
    /// The interfaces that are left.
    pub left: Vec<String>,
}

/// What happens in `accounts` if all of `failing` fail at once.
///
/// # Errors
///
/// One of them is in none of the accounts.
pub fn what_if(accounts: &[(String, Wiring)], failing: &[Failure]) -> Result<WhatIf, UnknownFailure> {
    let mut found =
        WhatIf { failing: failing.to_vec(), goes_down: Vec::new(), already_down: 0, destinations: Vec::new() };
    let mut unknown: BTreeSet<&Failure> = failing.iter().collect();
    for (account, wiring) in accounts {
        let struck: Vec<(&Failure, BTreeSet<Place>)> =
            failing.iter().map(|failure| (failure, failure.strikes(wiring))).collect();
        unknown.retain(|failure| struck.iter().all(|(known, places)| known != failure || places.is_empty()));
        let fallen = wiring.fallen(struck.into_iter().flat_map(|(_, places)| places), Basis::Present);
        add_items(&mut found, wiring, &fallen);
        found.destinations.extend(destinations(account, wiring, &fallen));
    }
    if let Some(failure) = unknown.into_iter().next() {
        return Err(UnknownFailure(failure.clone()));
    }
    found.goes_down.sort();
    found.destinations.sort_by(|a, b| {
        let rank = |loss: &DestinationLoss| (std::cmp::Reverse(loss.impact), loss.account.clone(), loss.id.clone());
        rank(a).cmp(&rank(b)).then_with(|| a.address_family.cmp(&b.address_family))
    });
    Ok(found)
}

fn add_items(found: &mut WhatIf, wiring: &Wiring, fallen: &HashSet<Place>) {
    for place in fallen {
        let entry = &wiring.estate.entries[*place];
        if entry.condition() == Condition::Outage {
            found.already_down += 1;
            continue;
        }
        let (key, item) = (&entry.key, &entry.item);
        let scope = item.scope().to_string();
        found.goes_down.push(FallenItem { kind: key.kind, id: key.id.clone(), name: item.name.clone(), scope });
    }
}

/// The destinations that lose a path when these items go down.
fn destinations(account: &str, wiring: &Wiring, fallen: &HashSet<Place>) -> Vec<DestinationLoss> {
    let names = gateway_names(wiring);
    let found = losses(&wiring.estate, fallen).into_iter().map(|loss| {
        let impact = loss.impact(&wiring.estate);
        let Lost { target, lost, left } = loss;
        let paths_before = (lost.len() + left.len()) as u64;
        let left: Vec<ConfiguredPath> = left.into_iter().map(|route| ConfiguredPath::of(wiring, route)).collect();
        let lost = lost.iter().map(|route| wiring.estate.entries[route.interface].key.id.clone()).collect();
        DestinationLoss {
            account: account.to_owned(),
            kind: target.kind,
            name: names.get(&(target.kind, target.id.as_str())).cloned(),
            impact,
            paths_before,
            paths: left.len() as u64,
            model: model_of(&left),
            lost,
            left: left.into_iter().map(|path| path.interface).collect(),
            id: target.id,
            address_family: target.family,
        }
    });
    found.collect()
}
