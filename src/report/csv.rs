//! The report as CSV (RFC 4180): a line for each item, each outage or each destination, times in UTC, durations in seconds.

use std::{collections::HashMap, fmt::Write};

use uuid::Uuid;

use super::{
    document::{Figures, Outage, Report, ReportItem},
    incident::ReportIncident,
};
use crate::{domain::Timestamp, escape::csv_line};

/// The first columns of every line about an item.
const IDENTITY_COLUMNS: [&str; 6] = ["account", "region", "kind", "id", "name", "location"];

/// What is known of an item and of a destination alike: the window, and how its time is divided.
const TIME_COLUMNS: [&str; 13] = [
    "from",
    "to",
    "availability",
    "coverage",
    "up_seconds",
    "down_seconds",
    "excluded_seconds",
    "unmonitored_seconds",
    "undiscovered_seconds",
    "unknown_seconds",
    "pending_seconds",
    "testing_seconds",
    "removed_seconds",
];

/// The columns of planned time, behind the others: they were added later.
const PLANNED_COLUMNS: [&str; 4] =
    ["planned_seconds", "unplanned_seconds", "planned_excluded_seconds", "outages_planned"];

const OWN_ITEM_COLUMNS: [&str; 6] = [
    "outages",
    "longest_outage_seconds",
    "mean_time_to_recover_seconds",
    "mean_time_between_failures_seconds",
    "retired_seconds",
    "outages_not_counted",
];

const DESTINATION_COLUMNS: [&str; 6] = ["account", "kind", "id", "name", "address_family", "paths"];

const OWN_DESTINATION_COLUMNS: [&str; 3] = ["retired_seconds", "outages", "longest_outage_seconds"];

const OUTAGE_COLUMNS: [&str; 23] = [
    "state",
    "started_after",
    "started_at",
    "ended_after",
    "ended_at",
    "counted_seconds",
    "goes_on",
    "start_event_id",
    "end_event_id",
    "incident_id",
    "unmonitored_seconds",
    "group_id",
    "group_category",
    "group_severity",
    "group_impact",
    "group_root",
    "group_since",
    "group_resolved_at",
    "group_summary",
    "group_cause",
    "planned_seconds",
    "unplanned_seconds",
    "windows",
];

/// A line for each item. What is not known is an empty field.
pub fn items(report: &Report) -> String {
    let mut csv = heading(&[&IDENTITY_COLUMNS, &["parent"], &TIME_COLUMNS, &OWN_ITEM_COLUMNS, &PLANNED_COLUMNS]);
    for entry in &report.items {
        let figures = &entry.figures;
        let own = [
            figures.outages.to_string(),
            optional_seconds(figures.longest_outage_milliseconds),
            optional_seconds(figures.mean_time_to_recover_milliseconds),
            optional_seconds(figures.mean_time_between_failures_milliseconds),
            seconds(figures.excluded.retired),
            figures.outages_not_counted.to_string(),
        ];
        let parent = entry.parent.clone().unwrap_or_default();
        let fields = identity(entry).into_iter().chain([parent]);
        csv += &csv_line(fields.chain(times(report, figures)).chain(own).chain(planned(figures)));
    }
    csv
}

/// A line for each destination. What is not known is an empty field.
pub fn destinations(report: &Report) -> String {
    let mut csv = heading(&[&DESTINATION_COLUMNS, &TIME_COLUMNS, &OWN_DESTINATION_COLUMNS, &PLANNED_COLUMNS]);
    for destination in &report.destinations {
        let figures = &destination.figures;
        let kind = serde_json::to_value(destination.kind).unwrap_or_default();
        let identity = [
            destination.account.clone(),
            kind.as_str().unwrap_or_default().to_owned(),
            destination.id.clone(),
            destination.name.clone().unwrap_or_default(),
            destination.address_family.clone(),
            destination.paths.to_string(),
        ];
        let own = [
            seconds(figures.excluded.retired),
            figures.outages.to_string(),
            optional_seconds(figures.longest_outage_milliseconds),
        ];
        csv += &csv_line(identity.into_iter().chain(times(report, figures)).chain(own).chain(planned(figures)));
    }
    csv
}

/// The fields of [`TIME_COLUMNS`].
fn times(report: &Report, figures: &Figures) -> [String; TIME_COLUMNS.len()] {
    let excluded = &figures.excluded;
    [
        report.window.from.to_string(),
        report.window.to.to_string(),
        figures.availability.map(|ratio| ratio.to_string()).unwrap_or_default(),
        figures.coverage.to_string(),
        seconds(figures.up_milliseconds),
        seconds(figures.down_milliseconds),
        seconds(figures.excluded_milliseconds),
        seconds(excluded.unmonitored),
        seconds(excluded.undiscovered),
        seconds(excluded.unknown),
        seconds(excluded.pending),
        seconds(excluded.testing),
        seconds(excluded.removed),
    ]
}

/// The fields of [`PLANNED_COLUMNS`].
fn planned(figures: &Figures) -> [String; PLANNED_COLUMNS.len()] {
    [
        seconds(figures.planned_milliseconds),
        seconds(figures.unplanned_milliseconds),
        seconds(figures.excluded.planned),
        figures.outages_planned.to_string(),
    ]
}

/// A line for each outage, with the incident that it belongs to. Without a recorded one, these fields are empty.
pub fn outages(report: &Report) -> String {
    let mut csv = heading(&[&IDENTITY_COLUMNS, &OUTAGE_COLUMNS]);
    let incidents: HashMap<Uuid, &ReportIncident> =
        report.incidents.iter().map(|incident| (incident.id, incident)).collect();
    for entry in &report.items {
        for outage in &entry.outages {
            let incident = outage.group_id.and_then(|id| incidents.get(&id).copied());
            csv += &outage_line(entry, outage, incident);
        }
    }
    csv
}

fn heading(columns: &[&[&str]]) -> String {
    csv_line(columns.iter().copied().flatten().map(|column| (*column).to_owned()))
}

fn outage_line(entry: &ReportItem, outage: &Outage, incident: Option<&ReportIncident>) -> String {
    let of_incident = |field: fn(&ReportIncident) -> String| incident.map(field).unwrap_or_default();
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let text = |value: Option<&dyn ToString>| value.map(|value| value.to_string()).unwrap_or_default();
    let fields = [
        outage.state.clone().unwrap_or_default(),
        text(outage.started_after.as_ref().map(|at| at as _)),
        outage.started_at.to_string(),
        text(outage.ended_after.as_ref().map(|at| at as _)),
        text(outage.ended_at.as_ref().map(|at| at as _)),
        seconds(outage.counted_milliseconds),
        outage.goes_on.to_string(),
        text(outage.start_event_id.as_ref().map(|id| id as _)),
        text(outage.end_event_id.as_ref().map(|id| id as _)),
        text(outage.incident_id.as_ref().map(|id| id as _)),
        seconds(outage.unmonitored_milliseconds),
        text(outage.group_id.as_ref().map(|id| id as _)),
        of_incident(|incident| incident.category.clone()),
        of_incident(|incident| incident.severity.clone()),
        of_incident(|incident| incident.impact.clone()),
        of_incident(|incident| format!("{}/{}", incident.root.kind, incident.root.id)),
        time(incident.and_then(|incident| incident.since)),
        time(incident.and_then(|incident| incident.resolved_at)),
        of_incident(|incident| incident.summary.clone()),
        of_incident(|incident| incident.cause.clone()),
        seconds(outage.planned_milliseconds),
        seconds(outage.unplanned_milliseconds),
        outage.windows.join(" "),
    ];
    csv_line(identity(entry).into_iter().chain(fields))
}

/// The fields of [`IDENTITY_COLUMNS`].
fn identity(entry: &ReportItem) -> [String; IDENTITY_COLUMNS.len()] {
    let item = &entry.item;
    [
        item.account.clone(),
        item.region.clone(),
        item.kind.slug().to_owned(),
        item.id.clone(),
        item.name.clone().unwrap_or_default(),
        item.location.clone().unwrap_or_default(),
    ]
}

fn seconds(milliseconds: u64) -> String {
    let mut seconds = (milliseconds / 1000).to_string();
    if !milliseconds.is_multiple_of(1000) {
        // Writing to a string cannot fail.
        let _ = write!(seconds, ".{:03}", milliseconds % 1000);
    }
    seconds
}

fn optional_seconds(milliseconds: Option<u64>) -> String {
    milliseconds.map(seconds).unwrap_or_default()
}
