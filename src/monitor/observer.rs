//! The first stage: what is known of a scope, and then what is there. In this order, so that a write is refused when the
//! observation is older than the row.

use std::time::Duration;

use anyhow::anyhow;

use super::{failure::Step, notes::Notes, settings::Settings};
use crate::{
    domain::{Recalled, Scope, Snapshot},
    ports::{Clock, Inventory, Ledger},
};

/// How long recalling a scope may take, retries included; a poll without memory still publishes its metrics.
const RECALL_LIMIT: Duration = Duration::from_secs(5);

/// Recalls and observes.
pub(super) struct Observer<'a, I, L, C> {
    pub(super) inventory: &'a I,
    pub(super) ledger: &'a L,
    pub(super) clock: &'a C,
    pub(super) settings: &'a Settings,
    pub(super) notes: &'a Notes,
}

impl<I: Inventory, L: Ledger, C: Clock> Observer<'_, I, L, C> {
    pub(super) async fn recall(&self, scope: &Scope) -> Option<Recalled> {
        let recalled = match self.clock.within(RECALL_LIMIT, self.ledger.recall(scope)).await {
            Some(recalled) => recalled,
            None => Err(anyhow!("no answer within {} seconds", RECALL_LIMIT.as_secs())),
        };
        recalled.inspect_err(|error| self.notes.fail_with(Step::Recall, scope, error)).ok()
    }

    pub(super) async fn observe(&self, scope: &Scope) -> Snapshot {
        let kinds = self.settings.kinds_of(scope);
        let observation = self.inventory.observe(scope, &kinds).await;
        let snapshot = Snapshot { scope: scope.clone(), at: self.clock.now(), kinds, observation };
        self.notes.observed(&snapshot);
        snapshot
    }
}
