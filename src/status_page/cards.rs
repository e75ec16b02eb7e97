//! An incident in a box.

use std::{fmt::Write, time::Duration};

use super::{MOST_SENTENCE, shown};
use crate::{
    domain::{Category, Health, RecordedIncident, Timestamp},
    map::html::mark,
    query::IncidentSummary,
    words::{self, incident},
};

/// The health that an incident looks like.
pub(super) fn health(incident: &IncidentSummary) -> Health {
    let category = Category::ALL.iter().find(|category| category.as_str() == incident.category);
    match (incident.open, category) {
        (true, Some(category)) => category.health(),
        (true, None) => Health::Unknown,
        (false, _) if ["withdrawn", "merged"].contains(&incident.status.as_str()) => Health::Removed,
        (false, Some(Category::Removal)) => Health::Removed,
        (false, _) => Health::Up,
    }
}

/// The box of an incident, at `now`.
pub(super) fn card(incident: &IncidentSummary, now: Timestamp) -> String {
    let health = health(incident);
    let mut card =
        format!("<article class=\"box incident-box {health}\">\n<h3>{} {}</h3>\n", mark(health), headline(incident));
    if let Some(cause) = &incident.cause {
        let _ = writeln!(card, "<p>{}</p>", shown(cause, MOST_SENTENCE));
    }
    for line in lines(incident) {
        let _ = writeln!(card, "<p>{line}</p>");
    }
    let members = words::counted(incident.members, "member", "members");
    let _ = writeln!(
        card,
        "<p class=\"facts\">{} · {} · {members} · {}</p>\n<p class=\"facts\"><code>{}</code></p>\n</article>",
        shown(&incident.severity, 20),
        shown(&incident.category, 20),
        lasted(incident, now),
        shown(&incident.id, 40)
    );
    card
}

/// What the matter is: the sentence of its last document, or else what its row knows.
fn headline(incident: &IncidentSummary) -> String {
    match &incident.summary {
        Some(summary) => shown(summary, MOST_SENTENCE),
        None => {
            let name = incident.root.name.as_deref().unwrap_or_default().trim();
            let name = if name.is_empty() { String::new() } else { format!(" ({})", shown(name, 40)) };
            format!(
                "{} {}{name}, impact {}",
                shown(&incident.root.kind, 40),
                shown(&incident.root.id, 72),
                shown(&incident.impact, 20)
            )
        }
    }
}

/// What is left of the paths, what was planned, and who has taken it.
fn lines(incident: &IncidentSummary) -> Vec<String> {
    let Some(document) = incident.document.as_ref().map(RecordedIncident::of) else { return Vec::new() };
    let shown = &shown;
    let pairs = [incident::planned(document, shown), incident::acknowledged(document, shown)];
    pairs.into_iter().flatten().map(|(label, text)| format!("<b>{label}</b> {text}")).collect()
}

/// `since 2026-11-22 03:12 UTC, for 13 minutes`, or when it ended and how long it had lasted.
fn lasted(incident: &IncidentSummary, now: Timestamp) -> String {
    let since = incident.since.unwrap_or(incident.last_document_at);
    match incident.resolved_at {
        None => format!("since {}, for {}", words::instant(since), words::duration_in_words(now.since(since))),
        Some(at) => {
            let lasted =
                incident.duration_seconds.map(|seconds| words::duration_in_words(Duration::from_secs(seconds)));
            let lasted = lasted.map(|lasted| format!(", after {lasted}")).unwrap_or_default();
            format!("began {}, ended {}{lasted}", words::instant(since), words::instant(at))
        }
    }
}
