//! The memory of a process from one poll to the next, which saves reads in a quiet poll.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    sync::Arc,
};

use crate::domain::{Plans, Scope};

/// The memory of a process from one poll to the next. It lives as long as the process.
#[derive(Debug, Default)]
pub struct Memory {
    /// Whether this process has corrected the list of scopes.
    is_list_right: Cell<bool>,
    /// The revision of each scope's fold, as far as this process knows.
    revisions: RefCell<BTreeMap<Scope, u64>>,
    /// What is planned in each account, as far as it could be read last.
    plans: RefCell<BTreeMap<String, Arc<Plans>>>,
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

    pub(super) fn forget(&self, scope: &Scope) {
        self.revisions.borrow_mut().remove(scope);
    }
}
