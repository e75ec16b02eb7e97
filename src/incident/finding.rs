//! Incidents about facts: what a comparison finds to be otherwise than it was is an incident until it is so no longer.
//!
//! They have no members. Which facts are compared with which is decided elsewhere; here they begin, change and end. Their
//! ids are made from what is found, so that a comparison that is made twice, or by two polls, finds one incident.

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    book::Book,
    case::{Beginning, Case},
};
use crate::domain::{Category, IncidentFacts, IncidentStatus, Root, Scope, Timestamp};

/// The namespace of the ids of incidents about facts: made up once, fixed for ever.
const FINDING_NAMESPACE: Uuid = Uuid::from_u128(0x2c95_70d4_e13b_5f68_9a42_c7d0_183e_6b5f);

/// What a comparison has found in the scope that is folded: all that is so in one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// The category.
    pub category: Category,
    /// What is so, and what is so no longer. An open incident of the category about none of it is over, too.
    pub found: Vec<Finding>,
}

impl Findings {
    /// Whether nothing is so.
    pub fn is_empty(&self) -> bool {
        self.found.iter().all(|finding| finding.standing == Standing::Ended)
    }
}

/// Facts that are otherwise than they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What names it, among those of its scope and category: the same for as long as it lasts, and another the next time.
    pub subject: String,
    /// What it is about.
    pub root: Root,
    /// When it was first seen so.
    pub since: Timestamp,
    /// The beginning of the last observation that certainly saw it otherwise.
    pub last_seen_at: Option<Timestamp>,
    /// The facts.
    pub facts: IncidentFacts,
    /// Whether it is so.
    pub standing: Standing,
}

/// How facts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are so: an incident is open.
    Lasts,
    /// They are so, and need not concern anybody for long: their incident begins and is over.
    Passes,
    /// They are so no longer: if an incident is open, it ends with these facts.
    Ended,
}

/// Begins, changes and ends the incidents of a category.
pub(super) fn take_in(book: &mut Book<'_>, scope: &Scope, findings: &Findings) {
    let category = findings.category;
    let mut known = HashSet::new();
    for finding in &findings.found {
        let name = format!("{scope}\n{category}\n{}", finding.subject);
        let id = Uuid::new_v5(&FINDING_NAMESPACE, name.as_bytes());
        known.insert(id);
        take(book, id, finding);
        if finding.standing != Standing::Lasts {
            ends(book, id);
        }
    }
    let is_over = |case: &&Case| case.state.category == category && case.is_open() && !known.contains(&case.id);
    let over: Vec<Uuid> = book.cases.values().filter(is_over).map(|case| case.id).collect();
    over.into_iter().for_each(|id| ends(book, id));
}

/// Begins the incident of a finding, or brings it up to date. None is begun, or begun again, to be ended by what has ended.
fn take(book: &mut Book<'_>, id: Uuid, finding: &Finding) {
    let now = book.now;
    let is_open = book.cases.get(&id).map(Case::is_open);
    match (finding.standing, is_open) {
        (Standing::Ended, None | Some(false)) | (Standing::Passes, Some(false)) => return,
        _ => {}
    }
    let facts = &finding.facts;
    let case = book.cases.entry(id).or_insert_with(|| {
        let Finding { since, last_seen_at, .. } = *finding;
        let beginning = Beginning { transition: id, at: since, last_seen_at, is_silent: false };
        let mut case = Case { id, ..Case::begun(&beginning, facts.category(), finding.root.clone(), now) };
        case.state.facts = Some(facts.clone());
        case
    });
    if !case.is_open() {
        case.reopen(now, now);
    }
    case.trouble(now.max(case.state.since));
    case.news = case.state.facts.as_ref().and_then(|known| facts.news(known));
    if case.state.facts.as_ref() != Some(facts) {
        case.state.facts = Some(facts.clone());
        case.is_changed = true;
    }
    case.root_at(finding.root.clone());
}

/// Ends an incident. One that flaps ends when it has settled.
fn ends(book: &mut Book<'_>, id: Uuid) {
    let (now, expires_at) = (book.now, book.rules.expiry(book.now));
    let Some(case) = book.cases.get_mut(&id).filter(|case| case.is_open()) else { return };
    let at = now.max(case.state.since);
    match case.state.status {
        IncidentStatus::Flapping => case.rest(at),
        _ => {
            let ended = case.state.facts.as_ref().map_or(IncidentStatus::Resolved, IncidentFacts::ending);
            case.close(ended, at, expires_at);
        }
    }
}
