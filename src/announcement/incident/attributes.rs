//! The message attributes of an incident's document: ten, since raw delivery to SQS allows no more.

use crate::{
    announcement::attributes::{Attributes, value},
    domain::RecordedIncident,
};

/// The attributes of `incident`. On a drill `drill` is there in place of `impact`, so that a filter can leave it out.
pub(crate) fn of(incident: RecordedIncident<'_>) -> Attributes {
    let root = incident.root();
    let last = match incident.is_drill() {
        true => ("drill", true.to_string()),
        false => ("impact", value(incident.impact_word())),
    };
    Attributes::from([
        ("id", value(incident.id().unwrap_or_default())),
        ("incidentId", value(incident.incident_id().unwrap_or_default())),
        ("kind", value(root.kind_word())),
        ("itemId", value(root.id())),
        ("region", value(incident.region())),
        ("account", value(incident.account())),
        ("category", value(incident.category_word())),
        ("change", value(incident.reason_word())),
        ("severity", value(incident.severity_word())),
        last,
    ])
}
