//! A recorded incident, as a report says it.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::planned_time::PlannedTime;
use crate::domain::{RecordedIncident, Severity, Timestamp};

/// A recorded incident, as its documents say it. Words are text, since a newer version may have recorded them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportIncident {
    /// Its id.
    pub id: Uuid,
    /// Where it stands, such as `open` or `resolved`.
    pub status: String,
    /// What it is about, such as `outage`.
    pub category: String,
    /// The highest severity that any of its documents says.
    pub severity: String,
    /// The worst impact that any of its documents says: what it took from destinations.
    pub impact: String,
    /// The account that was polled.
    pub account: String,
    /// The region that was polled, or `global`.
    pub region: String,
    /// What explains it.
    pub root: ReportRoot,
    /// The incident in one line, as it was said when it was worst.
    pub summary: String,
    /// The cause in a sentence, as it was said then.
    pub cause: String,
    /// The most members that any of its documents counts.
    pub members: u64,
    /// When the first of its members was first seen so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When that member was last seen as it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// When it ended. May be after the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Whole seconds from `since` to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
    /// The incident that it became part of, where no document of that one is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// The incidents that became part of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<Uuid>,
    /// The planned time that covered it, as it was said last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<PlannedTime>,
    /// How many documents of it are recorded.
    pub documents: u64,
}

/// What explains an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportRoot {
    /// The kind of item, or `device` or `location`.
    pub kind: String,
    /// The item's id, or the name of the device or the location.
    pub id: String,
    /// The name that its owner gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl ReportIncident {
    /// The incident `id` by its documents, in their order; none without a document.
    pub fn of(id: Uuid, documents: &[RecordedIncident<'_>]) -> Option<ReportIncident> {
        let last = documents.last()?;
        let severity = |document: &RecordedIncident<'_>| document.severity_word().parse::<Severity>().ok();
        let impact = |document: &RecordedIncident<'_>| document.impact();
        let lasting = documents.iter().filter(|document| !document.is_over());
        let worst = lasting.max_by_key(|document| (severity(document), impact(document))).unwrap_or(last);
        let worst_impact = documents.iter().max_by_key(|document| impact(document)).unwrap_or(last);
        let (root, over) = (worst.root(), last.is_over());
        Some(ReportIncident {
            id,
            status: last.status_word().to_owned(),
            category: last.category_word().to_owned(),
            severity: worst.severity_word().to_owned(),
            impact: worst_impact.impact_word().to_owned(),
            account: last.account().to_owned(),
            region: last.region().to_owned(),
            root: ReportRoot {
                kind: root.kind_word().to_owned(),
                id: root.id().to_owned(),
                name: root.name().map(str::to_owned),
            },
            summary: worst.summary().to_owned(),
            cause: worst.cause().to_owned(),
            members: documents.iter().map(|document| document.member_count()).max().unwrap_or_default(),
            since: last.since(),
            last_seen_at: last.last_seen_at(),
            resolved_at: last.resolved_at(),
            duration_seconds: last.lasted().filter(|_| over).map(|lasted| lasted.as_secs()),
            merged_into: last.merged_into().and_then(|into| into.parse().ok()),
            merged: Vec::new(),
            planned: PlannedTime::of_documents(documents),
            documents: documents.len() as u64,
        })
    }
}
