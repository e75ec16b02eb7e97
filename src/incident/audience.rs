//! Which documents people are notified of, and which go to chats.

use super::case::Case;
use crate::domain::{Category, Impact, IncidentDocument, IncidentStatus, Reason, Severity, Timestamp};

/// What a document says, as far as it decides about its audience.
pub(super) struct News {
    pub(super) reason: Reason,
    pub(super) severity: Severity,
    pub(super) impact: Impact,
    /// Whether chats may hear now that an incident has spread.
    pub(super) spread_is_due: bool,
}

/// Whether a document is announced to people, and whether in chats.
pub(super) fn audience(case: &Case, news: &News) -> [bool; 2] {
    let announced = &case.state.told;
    let circumstances = &case.state.circumstances;
    // What a silence has kept back is in the last document, and people do not know it.
    let known = circumstances.people.as_ref();
    let known_root = known.and_then(|known| known.root.as_ref()).unwrap_or(&announced.root);
    let known_impact = known.map_or(announced.impact, |known| known.impact);
    let is_heard = |document: &IncidentDocument| document.metadata.people && says_how_it_ends(document.reason);
    let is_said = case.documents.iter().any(|(_, document)| is_heard(document));
    match news.reason {
        // Whatever is silenced by now: who knows of its beginning gets its end.
        Reason::Resolved | Reason::Withdrawn | Reason::Merged => [announced.people && !is_said; 2],
        _ if circumstances.is_silenced(news.impact) => [false; 2],
        Reason::Opened => [!case.is_silent; 2],
        Reason::Reopened | Reason::Flapping | Reason::Escalated | Reason::Reminded => [true; 2],
        Reason::CauseFound if case.state.root == *known_root => [false; 2],
        Reason::CauseFound | Reason::Settled | Reason::Blind => [announced.people; 2],
        // What people know of facts is wrong by now.
        Reason::Eased if !case.has_members() => [announced.people; 2],
        Reason::Eased => [announced.people && news.impact != known_impact, announced.people],
        Reason::Spread => [false, announced.people && news.spread_is_due],
        Reason::Planned if case.state.category == Category::Maintenance => [true; 2],
        Reason::Planned => [announced.people && news.severity != announced.severity, announced.people],
        // The first evidence may spare people the search for a cause.
        Reason::Explained => {
            let is_open = case.state.status == IncidentStatus::Open && news.severity != Severity::Info;
            [announced.people && case.is_explained && is_open, announced.people]
        }
        Reason::Acknowledged => [false, announced.people],
    }
}

/// Whether a document for people that is written at once with the end is as much as they need: it began and ended in one
/// poll, or it has settled.
fn says_how_it_ends(reason: Reason) -> bool {
    matches!(reason, Reason::Opened | Reason::Reopened | Reason::Flapping | Reason::Settled)
}

/// Why people are to be notified of an open incident now that a silence is over: because they do not know of it, it is
/// worse than they know, or what they know of it is wrong by now.
pub(super) fn owed(case: &Case, severity: Severity, impact: Impact) -> Option<Reason> {
    let Some(known) = &case.state.circumstances.people else { return Some(Reason::Escalated) };
    if severity > known.severity || impact > known.impact {
        return Some(Reason::Escalated);
    }
    if known.root.as_ref().is_some_and(|root| *root != case.state.root) {
        return Some(Reason::CauseFound);
    }
    (impact < known.impact).then_some(Reason::Eased)
}

/// Whether a silence has been over for long enough to announce what it kept back.
pub(super) fn silence_is_through(case: &Case, now: Timestamp, patience: std::time::Duration) -> bool {
    let circumstances = &case.state.circumstances;
    circumstances.silence_over_at.is_some_and(|over| now.since(over) >= patience)
}
