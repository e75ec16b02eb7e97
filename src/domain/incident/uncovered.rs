//! Prefixes that were accepted over two or more paths to a destination, and are accepted over fewer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::vocabulary::{DestinationKind, Impact, IncidentStatus, Reason};

/// How many prefixes, and how many interfaces, a document names.
pub const UNCOVERED_NAMED: usize = 20;

/// Prefixes of a destination that were accepted over two or more paths, and are accepted over fewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UncoveredPrefixes {
    /// What the destination is.
    pub kind: DestinationKind,
    /// The gateway's id; for public interfaces the account's.
    pub id: String,
    /// The gateway's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ipv4` or `ipv6`.
    pub address_family: String,
    /// How many prefixes these are.
    pub count: u64,
    /// How many of them are accepted over no path.
    pub without_path: u64,
    /// The first of them, those without a path before the others: at most 20.
    pub prefixes: Vec<UncoveredPrefix>,
    /// How many more there are.
    pub more: u64,
    /// The virtual interfaces over which they were accepted, and are not any more: at most 20.
    pub lost_by: Vec<LosingInterface>,
    /// The ids of the virtual interfaces over which some of them are still accepted: at most 20.
    pub accepted_over: Vec<String>,
    /// How it ended, once it has. The rest is as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<UncoveredEnd>,
}

/// A prefix that is accepted over fewer paths than it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UncoveredPrefix {
    /// The prefix in CIDR notation.
    pub prefix: String,
    /// Over how many paths it is accepted.
    pub paths: u64,
    /// Whether some of its addresses are still accepted over a path that has lost it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partly: bool,
}

/// A virtual interface that has lost prefixes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LosingInterface {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many of the prefixes it has lost.
    pub lost: u64,
    /// How many prefixes are accepted over it.
    pub accepted: u64,
}

/// How prefixes have ceased to be accepted over too few paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UncoveredEnd {
    /// All of them are accepted over two or more paths again.
    AcceptedAgain,
    /// None of them has been accepted over any path for a day: they were withdrawn.
    Withdrawn,
    /// Some are accepted over two or more paths again, and the others were withdrawn.
    Divided,
    /// An interface of another region has lost them first, and the incident there goes on.
    Elsewhere,
    /// They are not compared any more: an interface is gone, or prefixes are not watched.
    NotCompared,
}

impl UncoveredPrefixes {
    /// What that takes from the prefixes: the last path but one, or the last.
    pub fn impact(&self) -> Impact {
        if self.without_path > 0 { Impact::Outage } else { Impact::LastPath }
    }

    /// How the incident stands once it is over.
    pub fn ending(&self) -> IncidentStatus {
        match self.ended {
            Some(UncoveredEnd::Withdrawn) => IncidentStatus::Withdrawn,
            _ => IncidentStatus::Resolved,
        }
    }

    /// Why that is to be announced where `known` was announced before; none where it is no news.
    pub fn news(&self, known: &UncoveredPrefixes) -> Option<Reason> {
        match (self.impact(), known.impact()) {
            (now, before) if now > before => Some(Reason::Escalated),
            (now, before) if now < before => Some(Reason::Eased),
            _ if self.count > known.count || self.without_path > known.without_path => Some(Reason::Spread),
            _ => None,
        }
    }
}
