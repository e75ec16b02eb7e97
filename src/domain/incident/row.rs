//! The row of an incident: the state that the next fold needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    circumstances::Circumstances,
    facts::IncidentFacts,
    root::Root,
    vocabulary::{Category, Impact, IncidentStatus},
};
use crate::domain::{severity::Severity, timestamp::Timestamp};

/// The content of an incident's last document, as far as the next document is compared with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The severity.
    pub severity: Severity,
    /// The impact.
    pub impact: Impact,
    /// The root.
    pub root: Root,
    /// How many members were not well.
    pub count: u64,
    /// Whether the incident was announced to people, by a message or by the summary of a baseline.
    pub people: bool,
}

/// How often an incident has begun again of late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flapping {
    /// The penalty at `at`; it halves every 15 minutes.
    pub penalty: u64,
    /// When.
    pub at: Timestamp,
    /// Since when its repeats are counted rather than announced, while that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// The stored state of an incident, without cursors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentState {
    /// What it is about.
    pub category: Category,
    /// Where it stands.
    pub status: IncidentStatus,
    /// What explains it.
    pub root: Root,
    /// When the first of its members was first seen so.
    pub since: Timestamp,
    /// The beginning of the last observation that certainly saw that member as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// When it was opened, by the clock of the poll that did.
    pub opened_at: Timestamp,
    /// When a member was last added that was not well.
    pub grown_at: Timestamp,
    /// The instant of its last document.
    pub last_document_at: Timestamp,
    /// The content of that document.
    pub told: Told,
    /// When it ended, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// The incident that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// How often it has gone down.
    pub outages: u64,
    /// For how long it was down before `down_since`, in milliseconds.
    pub down_milliseconds: u64,
    /// Since when it is down, while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_since: Option<Timestamp>,
    /// When it last went down or came back.
    pub changed_at: Timestamp,
    /// How often it has begun again of late.
    pub flapping: Flapping,
    /// Since when its root is well and members are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_well_since: Option<Timestamp>,
    /// How often people were reminded of it.
    #[serde(default)]
    pub reminders: u64,
    /// When people were last reminded of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Timestamp>,
    /// When its spreading was last announced in chats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread_at: Option<Timestamp>,
    /// Since when its items have not been listed, once that is announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind_since: Option<Timestamp>,
    /// What is known around it.
    #[serde(default, skip_serializing_if = "Circumstances::is_none")]
    pub circumstances: Circumstances,
    /// The facts that it is about, if it is of a category of facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<IncidentFacts>,
}

/// An incident, as it was recalled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentRow {
    /// The state that the next fold needs.
    pub state: IncidentState,
    /// How many documents it has.
    pub sequence: u64,
    /// Each sink's cursor: the sequence of the last document that it acknowledged.
    pub announced: BTreeMap<String, u64>,
    /// When the row may be deleted, in seconds since 1970, once the incident is over.
    pub expires_at: Option<i64>,
}

impl IncidentRow {
    /// A sink's cursor on this incident. A sink that is newer than the row starts at the row's own sequence.
    pub fn cursor(&self, sink: &str) -> u64 {
        self.announced.get(sink).copied().unwrap_or(self.sequence)
    }
}
