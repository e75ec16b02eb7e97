//! The document of an incident: history keeps it, EventBridge delivers it, and every message is made from it.
//!
//! Its keys are contract, as those of the event are. The JSON Schema in `schemas/` is generated from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    circumstances::{IncidentEvidence, Planned},
    facts::{LowerResilience, is_zero},
    root::RootKind,
    uncovered::UncoveredPrefixes,
    vocabulary::{Action, Category, DestinationKind, Impact, IncidentStatus, Reason},
};
use crate::domain::{kind::Kind, severity::Severity, timestamp::Timestamp, window::Acknowledgement};

/// The `detail-type` of the document on EventBridge.
pub const INCIDENT_DETAIL_TYPE: &str = "Direct Connect Incident";

/// A document of an incident: its state at one instant, and why the document was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Direct Connect Incident")]
pub struct IncidentDocument {
    /// What identifies and orders the document.
    pub metadata: IncidentMetadata,
    /// Why it was written.
    pub reason: Reason,
    /// Where the incident stands.
    pub status: IncidentStatus,
    /// How urgent the incident is.
    pub severity: Severity,
    /// What a pager does with the document.
    pub action: Action,
    /// What a pager deduplicates by: the incident's id.
    pub dedup_key: Uuid,
    /// The incident in one line.
    pub summary: String,
    /// The incident.
    pub incident: IncidentDetails,
}

/// What identifies and orders a document of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentMetadata {
    /// The version of the document's format: `1`.
    pub version: String,
    /// The document's id. Drop repeats by it.
    pub id: Uuid,
    /// The number of the document among those of its incident, from 1 without holes. Order by it.
    #[schemars(range(min = 1))]
    pub sequence: u64,
    /// The incident's id.
    pub incident_id: Uuid,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The instant of the incident's document before it. Left out on the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_at: Option<Timestamp>,
    /// Whether it is announced to people by e-mail. Decided when it was recorded.
    #[serde(default)]
    pub people: bool,
    /// Whether it is announced in chats. Decided when it was recorded.
    #[serde(default)]
    pub chat: bool,
    /// `true` for a drill: nothing has happened. Left out otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    /// `true` for the short form, after a sink has refused the full document. Left out otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub minimal: bool,
}

/// The state of an incident in a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentDetails {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub category: Category,
    /// The account that was polled.
    pub account: String,
    /// The region that was polled; `global` for kinds that are the same from every region.
    pub region: String,
    /// When the first of its members was first seen so.
    pub since: Timestamp,
    /// The beginning of the last observation that certainly saw that member as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// What its members have in common and what explains them.
    pub root: IncidentRoot,
    /// The cause, as far as it can be seen, in a sentence.
    pub cause: String,
    /// Its members.
    pub affected: Affected,
    /// What it takes from destinations.
    pub impact: IncidentImpact,
    /// How often it has gone down.
    pub outages: u64,
    /// Whole seconds that it was down, up to this document.
    pub down_seconds: u64,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Whole seconds from `since` to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
    /// The incident that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// Since when its items have not been listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind_since: Option<Timestamp>,
    /// Planned time that covers it, or did last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Planned>,
    /// Who has taken it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledgement>,
    /// Evidence of its cause: at most 10 pieces, by when they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<IncidentEvidence>,
    /// The destination that is less resilient than it was, in an incident about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resilience: Option<LowerResilience>,
    /// The prefixes that are accepted over fewer paths than they were, in an incident about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routes: Option<UncoveredPrefixes>,
}

/// The root of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentRoot {
    /// The kind of item, or `device` or `location`.
    pub kind: RootKind,
    /// The item's id, or the name of the device or the location.
    pub id: String,
    /// The name that its owner gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its ARN, where AWS defines one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The Direct Connect location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The AWS device on which it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// AWS's word for its state; left out for a device or a location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// The members of an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Affected {
    /// How many there are: not well while it lasts, and all that ever were once it is over.
    pub count: u64,
    /// How many of each kind.
    pub by_kind: BTreeMap<Kind, u64>,
    /// The root first, then from the cables upwards: at most 20.
    pub items: Vec<AffectedItem>,
    /// How many are left out of `items`.
    pub more: u64,
}

/// A member of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AffectedItem {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// The name that its owner gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its ARN, where AWS defines one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// AWS's word for its state.
    pub state: String,
    /// When it was first seen so.
    pub since: Timestamp,
}

/// What an incident takes from destinations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentImpact {
    /// How much.
    pub level: Impact,
    /// The destinations whose paths it touches, the worst first: at most 20.
    pub destinations: Vec<Destination>,
    /// How many are left out of `destinations`. Left out where none is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u64,
}

/// A destination in one address family, and how many paths to it there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// What it is.
    pub kind: DestinationKind,
    /// The gateway's id; for public interfaces the account's.
    pub id: String,
    /// The gateway's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ipv4` or `ipv6`.
    pub address_family: String,
    /// How many paths there would be without the incident.
    pub paths_before: u64,
    /// How many there are.
    pub paths: u64,
    /// On how many devices these end.
    pub devices: u64,
    /// In how many locations.
    pub locations: u64,
}
