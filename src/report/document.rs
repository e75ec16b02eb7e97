//! The report as a document: what `--output json` writes, and what the table, the CSV and the page are made from.
//!
//! The JSON Schema in `schemas/` is generated from these types. Additions keep `version` 1; what is not known is left
//! out, never null. Durations are whole milliseconds, so that they add up exactly.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::condition::Condition;
use crate::domain::{ItemDescription, Timestamp};

/// The availability of every item over a window, with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Direct Connect Availability Report")]
pub struct Report {
    /// The version of the document's form: `1`.
    pub version: String,
    /// When it was made.
    pub generated_at: Timestamp,
    /// What time it is about.
    pub window: ReportWindow,
    /// What is neither up nor down, and yet was counted as down because the reader asked for it.
    pub counted_as_down: Vec<Condition>,
    /// Without a complete listing for longer than this, a kind is unmonitored.
    pub unmonitored_after_seconds: u64,
    /// All connections together: up while at least one of them is.
    pub estate: Group,
    /// The connections of each location together.
    pub locations: Vec<Group>,
    /// Every item, each followed by those beneath it.
    pub items: Vec<ReportItem>,
    /// How many items are left out because they were gone, or not there yet, throughout.
    pub items_left_out: u64,
}

/// The time that a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportWindow {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// The end that was asked for, where it lies in the future.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_to: Option<Timestamp>,
    /// The IANA time zone whose days were meant. Every time in this document is in UTC.
    pub timezone: String,
    /// How long it is.
    pub milliseconds: u64,
}

/// One item over the window.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportItem {
    /// The item, as it was last seen.
    pub item: Arc<ItemDescription>,
    /// How many items lie above it: a virtual interface on a connection has 1, a BGP peer of it 2.
    pub depth: u64,
    /// The item that it runs over or belongs to, such as `connection/dxcon-fg5678gh`, where that is in the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The time between the last two polls of its scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_interval_seconds: Option<u64>,
    /// What it comes to.
    pub figures: Figures,
    /// Its outages, in order; of very many, the longest.
    pub outages: Vec<Outage>,
    /// What it was, and when.
    pub timeline: Vec<Stretch>,
}

/// Connections that stand in for each other: up while at least one of them is.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The location's code; left out for the whole estate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// How many connections it has.
    pub connections: u64,
    /// What it comes to.
    pub figures: Figures,
    /// The times in which none of them was up.
    pub outages: Vec<Outage>,
    /// What it was, and when.
    pub timeline: Vec<Stretch>,
}

/// What a window comes to: up, down and excluded time always add up to it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Up time divided by up and down time, from 0 to 1. Left out where there is neither: no data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub availability: Option<f64>,
    /// The part of the window in which somebody looked, from 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub coverage: f64,
    /// Time in service.
    pub up_milliseconds: u64,
    /// Time out of service that counts.
    pub down_milliseconds: u64,
    /// Time that counts neither way.
    pub excluded_milliseconds: u64,
    /// The same by reason.
    pub excluded: Excluded,
    /// How many outages reach into the window.
    pub outages: u64,
    /// The longest of them, as far as it lies within and counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_outage_milliseconds: Option<u64>,
    /// Mean time to recover: the mean of those that ended within. Left out where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_time_to_recover_milliseconds: Option<u64>,
    /// Mean time between failures: up time divided by the outages that began within. Left out where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_time_between_failures_milliseconds: Option<u64>,
}

/// Time that counts neither way, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Excluded {
    /// Nobody looked.
    pub unmonitored: u64,
    /// It had not been seen for the first time.
    pub undiscovered: u64,
    /// AWS did not say.
    pub unknown: u64,
    /// It was not yet in service.
    pub pending: u64,
    /// It was out of service on purpose.
    pub testing: u64,
    /// It was being taken away, or gone.
    pub removed: u64,
}

impl Excluded {
    /// Each reason with its time.
    pub fn by_reason(&self) -> [(Condition, u64); 6] {
        [
            (Condition::Unmonitored, self.unmonitored),
            (Condition::Undiscovered, self.undiscovered),
            (Condition::Unknown, self.unknown),
            (Condition::Pending, self.pending),
            (Condition::Testing, self.testing),
            (Condition::Removed, self.removed),
        ]
    }
}

/// An outage, with the bounds that looking now and then leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// When it was first seen down. May lie before the window.
    pub started_at: Timestamp,
    /// When it was last seen otherwise: the outage began after this, and not after `startedAt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_after: Option<Timestamp>,
    /// When it was first seen otherwise again. May lie after the window; left out while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When it was last seen down: the outage ended after this, and not after `endedAt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_after: Option<Timestamp>,
    /// The time that counts: within the window, and watched.
    pub counted_milliseconds: u64,
    /// Whether it began before the window.
    pub begins_before: bool,
    /// Whether it went on beyond the window.
    pub goes_on: bool,
    /// AWS's word for it; left out of a group's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The id of the event that recorded its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_event_id: Option<Uuid>,
    /// The id of the event that recorded its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_event_id: Option<Uuid>,
    /// The incident that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<Uuid>,
}

/// A stretch of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stretch {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// What is known of it; where changes follow each other too closely to be told apart, the worst of them.
    pub condition: Condition,
    /// AWS's word, where it said one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// How many stretches it stands for, where it is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<u64>,
}

impl Report {
    /// The version of the document's form.
    pub const VERSION: &'static str = "1";
}
