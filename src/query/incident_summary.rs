//! How an incident stands, in a few values: from its last document, or from its row where history has none of it.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::{HistoryRow, IncidentRow, Recalled, RecordedIncident, Timestamp};

/// How an incident stands, as programs read it. Words are text, since a newer version may have recorded them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IncidentSummary {
    /// Its id.
    pub id: String,
    /// Where it stands, such as `open` or `resolved`.
    pub status: String,
    /// Whether it lasts.
    pub open: bool,
    /// What it is about, such as `outage`.
    pub category: String,
    /// How urgent it is, or was.
    pub severity: String,
    /// What it takes from destinations, or took.
    pub impact: String,
    /// The account that was polled.
    pub account: String,
    /// The region that was polled, or `global`.
    pub region: String,
    /// What explains it.
    pub root: RootSummary,
    /// The incident in one line, as its last document says it; null where history has none.
    pub summary: Option<String>,
    /// The cause in a sentence; null where history has no document.
    pub cause: Option<String>,
    /// How many members it has, or had.
    pub members: u64,
    /// How often it has gone down.
    pub outages: u64,
    /// Whole seconds that it was down, up to its last document.
    pub down_seconds: u64,
    /// When the first of its members was first seen so; null in a document that does not say it.
    pub since: Option<Timestamp>,
    /// The beginning of the last observation that certainly saw that member as it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Whole seconds from `since` to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
    /// The incident that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    /// Since when its items have not been listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blind_since: Option<Timestamp>,
    /// The number of its last document.
    pub sequence: u64,
    /// When that occurred.
    pub last_document_at: Timestamp,
    /// That document.
    #[serde(skip)]
    pub document: Option<Value>,
}

/// What explains an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RootSummary {
    /// The kind of item, or `device` or `location`.
    pub kind: String,
    /// The item's id, or the name of the device or the location.
    pub id: String,
    /// The name that its owner gave it, or null.
    pub name: Option<String>,
}

impl IncidentSummary {
    /// How the incident `id` stands by its last document.
    pub fn of_document(id: Uuid, row: HistoryRow) -> IncidentSummary {
        let incident = RecordedIncident::of(&row.event);
        let root = incident.root();
        let root = RootSummary {
            kind: root.kind_word().to_owned(),
            id: root.id().to_owned(),
            name: root.name().map(str::to_owned),
        };
        let is_over = incident.is_over();
        IncidentSummary {
            id: id.to_string(),
            status: row.event["status"].as_str().unwrap_or_default().to_owned(),
            open: !is_over,
            category: incident.category_word().to_owned(),
            severity: incident.severity_word().to_owned(),
            impact: incident.impact_word().to_owned(),
            account: incident.account().to_owned(),
            region: incident.region().to_owned(),
            root,
            summary: Some(incident.summary().to_owned()),
            cause: Some(incident.cause().to_owned()),
            members: incident.member_count(),
            outages: incident.outages().unwrap_or_default(),
            down_seconds: incident.down().unwrap_or_default().as_secs(),
            since: incident.since(),
            last_seen_at: incident.last_seen_at(),
            resolved_at: incident.resolved_at(),
            duration_seconds: incident.lasted().filter(|_| is_over).map(|lasted| lasted.as_secs()),
            merged_into: incident.merged_into().map(str::to_owned),
            blind_since: incident.blind_since(),
            sequence: row.sequence,
            last_document_at: row.occurred_at,
            document: Some(row.event),
        }
    }

    /// How the incident `id` stands by its row, and by what is recalled of its root.
    pub fn of_row(recalled: &Recalled, id: Uuid, row: &IncidentRow) -> IncidentSummary {
        let state = &row.state;
        let root_row = state.root.key().and_then(|key| recalled.states.get(&key));
        let root = RootSummary {
            kind: state.root.kind.to_string(),
            id: state.root.id.clone(),
            name: root_row.and_then(|row| row.details.name.clone()),
        };
        let down_until = state.down_since.map(|since| state.last_document_at.since(since)).unwrap_or_default();
        IncidentSummary {
            id: id.to_string(),
            status: state.status.to_string(),
            open: state.status.is_open(),
            category: state.category.to_string(),
            severity: state.told.severity.to_string(),
            impact: state.told.impact.to_string(),
            account: recalled.scope.account().to_owned(),
            region: recalled.scope.region().to_owned(),
            root,
            summary: None,
            cause: None,
            members: state.told.count,
            outages: state.outages,
            down_seconds: state.down_milliseconds / 1000 + down_until.as_secs(),
            since: Some(state.since),
            last_seen_at: state.last_seen_at,
            resolved_at: state.closed_at,
            duration_seconds: state.closed_at.map(|at| at.since(state.since).as_secs()),
            merged_into: state.merged_into.map(|id| id.to_string()),
            blind_since: state.blind_since,
            sequence: row.sequence,
            last_document_at: state.last_document_at,
            document: None,
        }
    }
}
