//! The phrases for prefixes that are accepted over fewer paths than they were.

use crate::{
    domain::{RecordedIncident, RecordedRoutes, UncoveredEnd},
    words::counted,
};

/// `without 3 of 40 prefixes`: those of the root, or else all of them.
pub(super) fn fewer_prefixes(incident: RecordedIncident<'_>) -> String {
    let Some(routes) = incident.routes() else { return "without some prefixes".to_owned() };
    let root = incident.root();
    let of_root =
        routes.lost_by().find(|(id, ..)| root.id().strip_prefix(*id).is_some_and(|rest| rest.starts_with(':')));
    match of_root {
        Some((.., [lost, accepted])) => {
            format!("without {lost} of {}", counted(lost.saturating_add(accepted), "prefix", "prefixes"))
        }
        None => format!("without {}", counted(routes.count(), "prefix", "prefixes")),
    }
}

/// What has become of the prefixes in the end.
pub(super) fn through_with_prefixes(incident: RecordedIncident<'_>) -> &'static str {
    match incident.routes().and_then(RecordedRoutes::ended) {
        Some(UncoveredEnd::AcceptedAgain) => "covered by two paths again",
        Some(UncoveredEnd::Withdrawn) => "withdrawn everywhere",
        Some(UncoveredEnd::Divided) => "covered by two paths again, or withdrawn everywhere",
        Some(UncoveredEnd::Elsewhere) => "part of another region's incident",
        Some(UncoveredEnd::NotCompared) | None => "no longer compared with other paths",
    }
}

/// What prefixes of a destination of this name have left: `core has one path left to them`.
pub(super) fn paths_of_prefixes(routes: RecordedRoutes<'_>, destination: &str, left: &str) -> String {
    match (routes.without_path(), routes.count()) {
        (0, _) => format!("{destination} has one path{left} to them"),
        (without, count) if without == count => format!("{destination} has no path{left} to them"),
        (without, _) => format!("{destination} has no path{left} to {without} of them"),
    }
}
