//! What incidents are about that have no members: facts that a comparison has found to be otherwise than they were.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    uncovered::UncoveredPrefixes,
    vocabulary::{Category, DestinationKind, Impact, IncidentStatus, Reason},
};
use crate::domain::{kind::Kind, model::Model};

/// What an incident of a category of facts is about, as the last comparison has found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentFacts {
    /// The resilience of a destination.
    Resilience(LowerResilience),
    /// The prefixes that are accepted over the paths to a destination.
    Routes(UncoveredPrefixes),
}

impl IncidentFacts {
    /// The category of their incidents.
    pub fn category(&self) -> Category {
        match self {
            IncidentFacts::Resilience(_) => Category::Resilience,
            IncidentFacts::Routes(_) => Category::Routes,
        }
    }

    /// What they take from destinations.
    pub fn impact(&self) -> Impact {
        match self {
            // All that works goes on working.
            IncidentFacts::Resilience(_) => Impact::None,
            IncidentFacts::Routes(uncovered) => uncovered.impact(),
        }
    }

    /// How their incident stands once it is over.
    pub fn ending(&self) -> IncidentStatus {
        match self {
            IncidentFacts::Resilience(_) => IncidentStatus::Resolved,
            IncidentFacts::Routes(uncovered) => uncovered.ending(),
        }
    }

    /// Why an open incident gets a document, where the last one was about `known`; none where nothing is to be said.
    pub fn news(&self, known: &IncidentFacts) -> Option<Reason> {
        match (self, known) {
            (IncidentFacts::Resilience(now), IncidentFacts::Resilience(known)) => match now.model.cmp(&known.model) {
                std::cmp::Ordering::Less => Some(Reason::Escalated),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(Reason::Eased),
            },
            (IncidentFacts::Routes(now), IncidentFacts::Routes(known)) => now.news(known),
            // Facts of another category are of another incident.
            _ => None,
        }
    }
}

/// A destination whose paths amount to a lower resiliency model than they did, as they are configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LowerResilience {
    /// What it is.
    pub kind: DestinationKind,
    /// The gateway's id; for public interfaces the account's.
    pub id: String,
    /// `ipv4` or `ipv6`.
    pub address_family: String,
    /// What its paths amounted to.
    pub previous_model: Model,
    /// What they amount to.
    pub model: Model,
    /// What they are meant to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intended_model: Option<Model>,
    /// How many paths are configured.
    pub paths: u64,
    /// On how many devices their cables end.
    pub devices: u64,
    /// In how many locations.
    pub locations: u64,
    /// What did it, as far as it was seen: at most 20 changes.
    pub changes: Vec<PathChange>,
    /// How many are left out of `changes`. Left out where none is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_changes: u64,
}

/// A change of an item by which the paths to a destination are fewer, or hang on other things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PathChange {
    /// The item's kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// The name that its owner gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What has happened to it.
    pub change: PathChangeType,
    /// The device, location, connection or gateway that it was on before; left out where it has not moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The one that it is on now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What has happened to an item that paths run over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PathChangeType {
    /// It was deleted or rejected, or is being deleted.
    Deleted,
    /// It is attached to the gateway no longer.
    Detached,
    /// It leads to another gateway.
    MovedGateway,
    /// It runs over another connection or LAG.
    MovedConnection,
    /// It ends on another device.
    MovedDevice,
    /// It ends at another location.
    MovedLocation,
    /// It has no BGP session of the address family any more.
    SessionsDeleted,
}

/// Whether a count is left out of a document.
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}
