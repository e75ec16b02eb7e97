//! A scope's fold in one poll, and the rows of the other scopes beside it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use uuid::Uuid;

use super::{folding::Folded, settings::Settings};
use crate::{
    domain::{Evidence, FoldStep, IncidentRow, ItemKey, KnownResilience, Recalled, Scope, SinkName, Transition},
    incident::{Findings, Unfolded},
};

/// The rows that the scopes of a poll have recalled so far. A gateway's paths may span regions, and no scope waits for
/// another.
#[derive(Default)]
pub(super) struct Estate(RefCell<BTreeMap<Scope, Arc<Recalled>>>);

impl Estate {
    /// Takes in the rows of a scope.
    pub(super) fn add(&self, recalled: &Arc<Recalled>) {
        self.0.borrow_mut().insert(recalled.scope.clone(), Arc::clone(recalled));
    }

    /// The configured scopes other than this one, if all of them are recalled by now.
    pub(super) fn others(&self, scope: &Scope, settings: &Settings) -> Option<Vec<Arc<Recalled>>> {
        let estate = self.0.borrow();
        let others = settings.scopes.iter().filter(|other| *other != scope);
        others.map(|other| estate.get(other).cloned()).collect()
    }

    /// The other scopes, as far as they are recalled by now.
    pub(super) fn known_others(&self, than: &Scope) -> Vec<Arc<Recalled>> {
        let all = self.0.borrow();
        all.iter().filter(|(scope, _)| *scope != than).map(|(_, other)| Arc::clone(other)).collect()
    }

    /// Whether it has the rows of all of these scopes.
    pub(super) fn has_all(&self, scopes: &[Scope]) -> bool {
        let all = self.0.borrow();
        scopes.iter().all(|scope| all.contains_key(scope))
    }
}

/// A scope's fold in one poll, from its first part to its last.
pub(super) struct ScopeFold {
    /// The revision before the recall, or after this poll's own last step.
    pub(super) revision: u64,
    /// The scope as it was recalled, with the sinks' cursors.
    pub(super) recalled: Arc<Recalled>,
    /// The scope as this poll's own steps have left it.
    pub(super) known: Arc<Recalled>,
    /// The transitions that earlier polls recorded and did not fold; none until they are read.
    pub(super) earlier: Option<Earlier>,
    /// The transitions that are folded already.
    pub(super) folded: Folded,
    /// The sinks for people that have documents of this poll to announce, with the documents' incidents.
    pub(super) owing: BTreeSet<(Uuid, SinkName)>,
    /// Evidence that may explain its incidents.
    pub(super) evidence: Vec<Evidence>,
    /// What this poll's comparisons of facts have found.
    pub(super) findings: Vec<Findings>,
    /// What is known from now on of the resilience of the account's destinations.
    pub(super) resilience: Option<KnownResilience>,
    /// Whether a step of this poll was not written, so that the scope may be another than this poll knows.
    pub(super) is_overtaken: bool,
    /// Whether this poll has opened an incident that evidence may explain.
    pub(super) has_opened: bool,
    /// The incidents that are handed on to the sinks. Further documents of theirs in this poll are announced by the
    /// next poll.
    pub(super) handed_on: BTreeSet<Uuid>,
}

impl ScopeFold {
    /// The fold of a scope that was recalled after its revision was known.
    pub(super) fn of(revision: u64, recalled: &Arc<Recalled>) -> ScopeFold {
        ScopeFold {
            revision,
            recalled: Arc::clone(recalled),
            known: Arc::clone(recalled),
            earlier: None,
            folded: Folded::default(),
            owing: BTreeSet::new(),
            evidence: Vec::new(),
            findings: Vec::new(),
            resilience: None,
            is_overtaken: false,
            has_opened: false,
            handed_on: BTreeSet::new(),
        }
    }

    /// How many incidents are open by now.
    pub(super) fn open_incidents(&self) -> u64 {
        self.known.open_incidents()
    }

    /// Takes in that these transitions were recorded and these steps written.
    pub(super) fn take_in(&mut self, transitions: &[&Transition], steps: &[FoldStep]) {
        self.folded.take_in(Arc::make_mut(&mut self.known), transitions, steps);
    }

    /// Leaves what a sink has not acknowledged from earlier polls to that sink's backlog: further documents of these
    /// incidents are announced by the next poll.
    pub(super) fn leave_backlogs(&mut self, sinks: &[SinkName]) {
        let is_behind = |row: &IncidentRow| sinks.iter().any(|sink| row.cursor(sink.as_str()) < row.sequence);
        let behind = self.recalled.incidents.iter().filter(|(_, row)| is_behind(row)).map(|(id, _)| *id);
        self.handed_on.extend(behind);
    }

    /// The scope as it was recalled, with the incidents alone that are not handed on.
    pub(super) fn not_handed_on(&self) -> Recalled {
        let incidents = self.recalled.incidents.iter().filter(|(id, _)| !self.handed_on.contains(id));
        let incidents = incidents.map(|(id, row)| (*id, row.clone())).collect();
        Recalled { incidents, ..Recalled::nothing(self.recalled.scope.clone()) }
    }
}

/// The transitions that earlier polls recorded and did not fold.
#[derive(Clone, Default)]
pub(super) struct Earlier {
    pub(super) unfolded: Vec<Unfolded>,
    pub(super) unreadable: BTreeSet<ItemKey>,
}
