//! What the paths to each destination of an account amounted to, by the last comparison that found more than the one before.
//! It is one row of the account's global scope, and what a poll compares with.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::vocabulary::DestinationKind;
use crate::domain::{model::Model, timestamp::Timestamp};

/// What was known of the destinations of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownResilience {
    /// The regions that were watched.
    pub regions: BTreeSet<String>,
    /// The kinds that were watched, of those that a model depends on.
    pub kinds: BTreeSet<String>,
    /// The destinations.
    pub destinations: Vec<KnownDestination>,
}

/// A destination, with what its paths amounted to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDestination {
    /// What it is.
    pub kind: DestinationKind,
    /// The gateway's id; for public interfaces the account's.
    pub id: String,
    /// `ipv4` or `ipv6`.
    pub address_family: String,
    /// The model. While the paths amount to less, an incident is open.
    pub model: Model,
    /// Since when they amounted to it.
    pub since: Timestamp,
    /// The paths as they were last when they did. Empty where there are too many for a row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<KnownPath>,
}

/// A path to a destination, as it was configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPath {
    /// Its virtual interface.
    pub interface: String,
    /// The connection or LAG that it ran over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Every device that it needed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub devices: BTreeSet<String>,
    /// Where these were.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub locations: BTreeSet<String>,
}
