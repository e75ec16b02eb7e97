//! The report as a document: `--output json` writes it, and the table, the CSV and the page are made from it.
//!
//! The JSON Schema in `schemas/` is generated from these types. Additions keep `version` 1. What is not known is left
//! out, never null. Durations are whole milliseconds, so that they add up exactly.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{condition::Condition, incident::ReportIncident, planned_time::PlannedTime, planned_window::ReportPlanned};
use crate::domain::{DestinationKind, ItemDescription, Span, Timestamp};

/// The availability of every item over a window, with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Direct Connect Availability Report")]
pub struct Report {
    /// The version of the document's format: `1`.
    pub version: String,
    /// When the report was made.
    pub generated_at: Timestamp,
    /// The window.
    pub window: ReportWindow,
    /// The conditions whose time was counted as down because the reader asked for it.
    pub counted_as_down: Vec<Condition>,
    /// How long a kind may be without a complete listing before it is unmonitored.
    pub unmonitored_after_seconds: u64,
    /// All connections together: up while at least one of them is up.
    pub estate: Group,
    /// The connections of each location together.
    pub locations: Vec<Group>,
    /// Whether each destination had a path: all virtual interfaces that lead there together.
    pub destinations: Vec<ReportDestination>,
    /// Every item, each followed by those that run over it.
    pub items: Vec<ReportItem>,
    /// The recorded incidents that outages of items belong to, by time.
    pub incidents: Vec<ReportIncident>,
    /// Planned time, and what became of it in the figures.
    pub planned: ReportPlanned,
    /// How many items are left out because they were removed or retired before the window or first seen after it.
    pub items_left_out: u64,
}

/// The window of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportWindow {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// The requested end, where it is in the future.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_to: Option<Timestamp>,
    /// The IANA time zone of its days. Every time in this document is in UTC.
    pub timezone: String,
    /// Its length.
    pub milliseconds: u64,
}

/// One item over the window.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportItem {
    /// The item, as it was last seen.
    pub item: Arc<ItemDescription>,
    /// How many items are above it: 1 for a virtual interface on a connection, 2 for a BGP peer of that interface.
    pub depth: u64,
    /// The item that it runs over or belongs to, such as `connection/dxcon-fg5678gh`, if that is in the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The time between the last two polls of its scope. How far apart earlier ones were is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_interval_seconds: Option<u64>,
    /// When the last of these polls began: it may be after the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_interval_at: Option<Timestamp>,
    /// Its figures.
    pub figures: Figures,
    /// Its outages, by time. Of very many, only the longest.
    pub outages: Vec<Outage>,
    /// Its conditions, by time.
    pub timeline: Vec<Stretch>,
}

/// Redundant connections: up while at least one of them is up.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The location's code; left out for the whole estate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// How many connections it has.
    pub connections: u64,
    /// Its figures.
    pub figures: Figures,
    /// The times in which at least one of them was down and none was up.
    pub outages: Vec<Outage>,
    /// Its conditions, by time.
    pub timeline: Vec<Stretch>,
}

/// A destination in one address family: up while it has a path.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportDestination {
    /// The account whose paths these are.
    pub account: String,
    /// What it is.
    pub kind: DestinationKind,
    /// The gateway's id; for public interfaces the id of the account that owns them.
    pub id: String,
    /// The gateway's name, where the gateway is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ipv4` or `ipv6`.
    pub address_family: String,
    /// How many virtual interfaces lead there, or did in the window.
    pub paths: u64,
    /// Its figures.
    pub figures: Figures,
    /// The times in which it had no path, although no path was only unknown, tested or removed.
    pub outages: Vec<Outage>,
    /// Its conditions, by time.
    pub timeline: Vec<Stretch>,
}

/// The figures of an item or a group. Up, down and excluded time always add up to the window.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Up time divided by up and down time, from 0 to 1. Left out where there is neither: no data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub availability: Option<f64>,
    /// The part of the window that was monitored after the first sight, from 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub coverage: f64,
    /// Up time.
    pub up_milliseconds: u64,
    /// Down time: what counts as down.
    pub down_milliseconds: u64,
    /// Time out of service within planned time that counts as planned. It is in `downMilliseconds`, unless it is excluded.
    pub planned_milliseconds: u64,
    /// The rest of the time out of service. With `plannedMilliseconds` it is all of it.
    pub unplanned_milliseconds: u64,
    /// Time that counts neither as up nor as down.
    pub excluded_milliseconds: u64,
    /// The excluded time by reason.
    pub excluded: Excluded,
    /// How many outages have down time in the window.
    pub outages: u64,
    /// How many recorded outages are listed besides whose time in the window does not count, since it was unmonitored.
    pub outages_not_counted: u64,
    /// How many outages are listed besides that lie within planned time, which is excluded.
    pub outages_planned: u64,
    /// The down time in the window of the longest of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_outage_milliseconds: Option<u64>,
    /// Mean time to recover: the mean of the outages that ended in the window. Left out where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_time_to_recover_milliseconds: Option<u64>,
    /// Mean time between failures: up time divided by the number of outages that began in the window. Left out where none
    /// did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_time_between_failures_milliseconds: Option<u64>,
}

/// Time that counts neither as up nor as down, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Excluded {
    /// Its kind, or its parent's items of that kind, had no complete listing for too long.
    pub unmonitored: u64,
    /// It had not been seen for the first time.
    pub undiscovered: u64,
    /// AWS did not report its state, or reported a word that the program does not know.
    pub unknown: u64,
    /// It was not yet in service.
    pub pending: u64,
    /// It was out of service for a failover test.
    pub testing: u64,
    /// It was out of service within planned time, and the reader asked for that to be excluded.
    pub planned: u64,
    /// It was being removed, or gone.
    pub removed: u64,
    /// Its kind or its region was polled no longer.
    pub retired: u64,
}

impl Excluded {
    /// Each reason with its time.
    pub fn by_reason(&self) -> [(Condition, u64); 8] {
        [
            (Condition::Unmonitored, self.unmonitored),
            (Condition::Undiscovered, self.undiscovered),
            (Condition::Unknown, self.unknown),
            (Condition::Pending, self.pending),
            (Condition::Testing, self.testing),
            (Condition::Planned, self.planned),
            (Condition::Removed, self.removed),
            (Condition::Retired, self.retired),
        ]
    }
}

/// An outage. Polling leaves bounds on when it began and ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// When the item was first seen down. May be before the window.
    pub started_at: Timestamp,
    /// When the item was last seen in another state. The outage began after this, and not after `startedAt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_after: Option<Timestamp>,
    /// When the item was first seen in another state again. May be after the window. Left out while the outage lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When the item was last seen down. The outage ended after this, and not after `endedAt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_after: Option<Timestamp>,
    /// The part of it that counts as down time: in the window, and monitored.
    pub counted_milliseconds: u64,
    /// The part of it in planned time that counts as planned: in the window, and monitored.
    pub planned_milliseconds: u64,
    /// The rest of it that is in the window, and monitored.
    pub unplanned_milliseconds: u64,
    /// The part of it in the window that does not count, since it was unmonitored.
    pub unmonitored_milliseconds: u64,
    /// Whether it began before the window.
    pub begins_before: bool,
    /// Whether it lasted beyond the window.
    pub goes_on: bool,
    /// AWS's word for the state. Left out of a group's outage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The id of the event that recorded its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_event_id: Option<Uuid>,
    /// The id of the event that recorded its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_event_id: Option<Uuid>,
    /// The item's outage, as its events name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<Uuid>,
    /// The incident that it belongs to, as far as that is recorded: through all that it was merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<Uuid>,
    /// The ids of the windows of planned time that it lies in, with a part of it at least, whether they count or not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<String>,
    /// Its parts that count as down, before planned time is kept apart from the rest.
    #[serde(skip)]
    pub parts: Vec<Part>,
    /// The planned time that may cover it.
    #[serde(skip)]
    pub plans: Vec<PlannedTime>,
}

/// A part of an outage, in one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// When.
    pub span: Span,
    /// The condition.
    pub condition: Condition,
}

/// A stretch of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stretch {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// The condition. In a merged stretch, the worst.
    pub condition: Condition,
    /// AWS's word for the state, if the state was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// How many short stretches were merged into this one, if more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<u64>,
}

impl Report {
    /// The version of the document's format.
    pub const VERSION: &'static str = "1";
}
