//! The memory of a process from one poll to the next, which saves reads in a quiet poll.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use uuid::Uuid;

use crate::{
    domain::{Plans, Scope, Timestamp},
    incident::{Asked, Inquiry},
};

/// How many observations of a scope are remembered: more than any kind takes to be read once, in turns.
const OBSERVATIONS: usize = 128;

/// The memory of a process from one poll to the next. It lives as long as the process.
#[derive(Debug, Default)]
pub struct Memory {
    /// Whether this process has corrected the list of scopes.
    is_list_right: Cell<bool>,
    /// The revision of each scope's fold, as far as this process knows.
    revisions: RefCell<BTreeMap<Scope, u64>>,
    /// What is planned in each account, as far as it could be read last.
    plans: RefCell<BTreeMap<String, Arc<Plans>>>,
    /// The incidents of each scope that AWS's metrics may be asked about, as of its last poll.
    inquiries: RefCell<BTreeMap<Scope, Vec<Inquiry>>>,
    /// What was asked about them.
    asked: RefCell<BTreeMap<Uuid, Asked>>,
    /// What was compared last of the destinations of each account, by its global scope: a mark of it, and when it was seen.
    compared: RefCell<BTreeMap<Scope, (u64, Timestamp)>>,
    /// When the last observations of each scope began, the latest first.
    observations: RefCell<BTreeMap<Scope, VecDeque<Timestamp>>>,
}

impl Memory {
    pub(super) fn is_list_right(&self) -> bool {
        self.is_list_right.get()
    }

    pub(super) fn list_is_right(&self, is_right: bool) {
        self.is_list_right.set(is_right);
    }

    pub(super) fn revision(&self, scope: &Scope) -> Option<u64> {
        self.revisions.borrow().get(scope).copied()
    }

    pub(super) fn remember(&self, scope: &Scope, revision: u64) {
        self.revisions.borrow_mut().insert(scope.clone(), revision);
    }

    pub(super) fn plans(&self, account: &str) -> Option<Arc<Plans>> {
        self.plans.borrow().get(account).cloned()
    }

    pub(super) fn are_planned(&self, account: &str, plans: Plans) {
        self.plans.borrow_mut().insert(account.to_owned(), Arc::new(plans));
    }

    pub(super) fn compared(&self, scope: &Scope) -> Option<(u64, Timestamp)> {
        self.compared.borrow().get(scope).copied()
    }

    pub(super) fn compares(&self, scope: &Scope, (mark, began): (u64, Timestamp)) {
        self.compared.borrow_mut().insert(scope.clone(), (mark, began));
    }

    /// Remembers that an observation of a scope begins.
    pub(super) fn observed(&self, scope: &Scope, began: Timestamp) {
        let mut observations = self.observations.borrow_mut();
        let of_scope = observations.entry(scope.clone()).or_default();
        of_scope.push_front(began);
        of_scope.truncate(OBSERVATIONS);
    }

    /// When the observation of a scope began that was so many before the last; none where that is not remembered.
    pub(super) fn observation(&self, scope: &Scope, before: usize) -> Option<Timestamp> {
        self.observations.borrow().get(scope)?.get(before).copied()
    }

    pub(super) fn forget(&self, scope: &Scope) {
        self.revisions.borrow_mut().remove(scope);
    }

    /// These incidents of a scope may be asked about. What was asked about others is forgotten.
    pub(super) fn inquires(&self, scope: &Scope, inquiries: Vec<Inquiry>) {
        let mut known = self.inquiries.borrow_mut();
        known.insert(scope.clone(), inquiries);
        let is_known = |id: &Uuid| known.values().flatten().any(|inquiry| inquiry.incident == *id);
        self.asked.borrow_mut().retain(|id, _| is_known(id));
    }

    /// The incidents that are to be asked about at `now`: those that were never asked about first.
    pub(super) fn due_inquiries(&self, now: Timestamp) -> Vec<(Scope, Inquiry)> {
        let (known, asked) = (self.inquiries.borrow(), self.asked.borrow());
        let all = known.iter().flat_map(|(scope, inquiries)| inquiries.iter().map(move |inquiry| (scope, inquiry)));
        let due = all.filter(|(_, inquiry)| inquiry.is_due(asked.get(&inquiry.incident), now));
        let mut due: Vec<(Scope, Inquiry)> = due.map(|(scope, inquiry)| (scope.clone(), inquiry.clone())).collect();
        due.sort_by_key(|(_, inquiry)| asked.get(&inquiry.incident).map(|asked| asked.at));
        due
    }

    /// An incident is asked about now.
    pub(super) fn asks(&self, inquiry: &Inquiry, now: Timestamp) {
        let mut asked = self.asked.borrow_mut();
        let before = asked.get(&inquiry.incident).copied();
        asked.insert(inquiry.incident, inquiry.asked(before.as_ref(), now));
    }
}
