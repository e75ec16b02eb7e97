//! The steps in which an instant is written: each one transaction of the store, complete in itself.
//!
//! Members go in the order in which they are folded, and with the first of each incident that incident's row and documents.
//! What is over is written last, once no member of it is unwell in the store.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{book::Book, case::Case, estate::Place};
use crate::domain::{FoldStep, IncidentWrite, KnownResilience, Membership, Scope, Timestamp};

/// The most items that a step folds.
const MEMBERS: usize = 90;
/// The most rows that a step writes: DynamoDB takes 100 in a transaction.
const ROWS: usize = 98;

/// The steps so far.
pub(super) struct Steps {
    scope: Scope,
    /// The revision that the next step is conditional on.
    revision: u64,
    expires_at: i64,
    steps: Vec<FoldStep>,
}

impl Steps {
    pub(super) fn new(scope: Scope, revision: u64, expires: Timestamp) -> Steps {
        Steps { scope, revision, expires_at: expires.seconds(), steps: Vec::new() }
    }

    pub(super) fn into_steps(self) -> Vec<FoldStep> {
        self.steps
    }

    /// Takes in all that has changed since the last call.
    pub(super) fn write(&mut self, book: &mut Book<'_>) {
        let changed: Vec<Place> = (0..book.members.len()).filter(|place| book.members[*place].is_changed).collect();
        let mut changed: Vec<(u8, Place)> =
            changed.into_iter().map(|place| (book.estate.entries[place].key.kind.layer(), place)).collect();
        changed.sort_unstable();
        let mut written: BTreeSet<Uuid> = BTreeSet::new();
        let mut open = None;
        for (_, place) in changed {
            let membership = membership(book, place);
            let incident = membership.group.filter(|id| !written.contains(id));
            let incident = incident.and_then(|id| book.cases.get(&id)).filter(|case| case.is_changed && case.is_open());
            written.extend(incident.map(|case| case.id));
            self.add(&mut open, Some(membership), incident.map(incident_write));
        }
        let mut left: Vec<&Case> =
            book.cases.values().filter(|case| case.is_changed && !written.contains(&case.id)).collect();
        // What goes on before what is over: an incident that another was merged into is there when it says so.
        left.sort_by_key(|case| !case.is_open());
        for case in left {
            self.add(&mut open, None, Some(incident_write(case)));
        }
        self.close(open);
        book.members.iter_mut().filter(|member| member.is_changed).for_each(|member| {
            member.recalled_cursor = Some(member.cursor);
            member.recalled_group = member.group;
            member.is_changed = false;
        });
        for case in book.cases.values_mut().filter(|case| case.is_changed) {
            case.is_changed = false;
            case.is_new = false;
            case.documents.clear();
        }
    }

    /// Writes what is known of the resilience of the account's destinations: after the incidents that were decided by what
    /// was known before, which are found again by it if this is not written any more.
    pub(super) fn know(&mut self, resilience: &KnownResilience) {
        let step = FoldStep {
            scope: self.scope.clone(),
            revision: self.revision,
            members: Vec::new(),
            incidents: Vec::new(),
            resilience: Some(resilience.clone()),
            expires_at: self.expires_at,
        };
        self.close(Some(step));
    }

    /// Adds to the open step, or to a new one where that is full.
    fn add(&mut self, open: &mut Option<FoldStep>, membership: Option<Membership>, incident: Option<IncidentWrite>) {
        let rows =
            usize::from(membership.is_some()) + incident.as_ref().map_or(0, |incident| 1 + incident.documents.len());
        let is_full =
            |step: &FoldStep| step.rows() + rows > ROWS || (membership.is_some() && step.members.len() >= MEMBERS);
        if open.as_ref().is_some_and(is_full) {
            self.close(open.take());
        }
        let step = open.get_or_insert_with(|| FoldStep {
            scope: self.scope.clone(),
            revision: self.revision,
            members: Vec::new(),
            incidents: Vec::new(),
            resilience: None,
            expires_at: self.expires_at,
        });
        step.members.extend(membership);
        step.incidents.extend(incident);
    }

    fn close(&mut self, step: Option<FoldStep>) {
        if let Some(step) = step {
            self.revision += 1;
            self.steps.push(step);
        }
    }
}

fn membership(book: &Book<'_>, place: Place) -> Membership {
    let member = &book.members[place];
    Membership {
        key: book.estate.entries[place].key.clone(),
        recalled_cursor: member.recalled_cursor,
        cursor: member.cursor,
        recalled_group: member.recalled_group,
        group: member.group,
    }
}

fn incident_write(case: &Case) -> IncidentWrite {
    IncidentWrite {
        id: case.id,
        is_new: case.is_new,
        state: case.state.clone(),
        sequence: case.sequence,
        announced: case.is_silent,
        passed_by: Vec::new(),
        expires_at: case.expires_at,
        documents: case.documents.clone(),
    }
}
