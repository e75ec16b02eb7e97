//! What incidents are about that have no members: facts that a comparison has found to be otherwise than they were.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::vocabulary::{Category, DestinationKind, Impact, Reason};
use crate::domain::model::Model;

/// What an incident of a category of facts is about, as the last comparison has found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentFacts {
    /// The resilience of a destination.
    Resilience(LowerResilience),
}

impl IncidentFacts {
    /// The category of their incidents.
    pub fn category(&self) -> Category {
        match self {
            IncidentFacts::Resilience(_) => Category::Resilience,
        }
    }

    /// What they take from destinations.
    pub fn impact(&self) -> Impact {
        match self {
            // All that works goes on working.
            IncidentFacts::Resilience(_) => Impact::None,
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
}
