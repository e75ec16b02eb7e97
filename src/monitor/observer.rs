//! The first stage: recalls what is known of a scope, and then observes it. The order matters: a write is refused when
//! the observation is older than the row.

use anyhow::anyhow;

use super::{failure::Step, memory::Memory, notes::Notes, poll_time::PollTime, settings::Settings};
use crate::{
    domain::{Recalled, Scope, Snapshot},
    ports::{Clock, Inventory, Ledger},
};

/// Recalls and observes.
pub(super) struct Observer<'a, I, L, C> {
    pub(super) inventory: &'a I,
    pub(super) ledger: &'a L,
    pub(super) clock: &'a C,
    pub(super) settings: &'a Settings,
    pub(super) memory: &'a Memory,
    pub(super) time: PollTime,
    pub(super) notes: &'a Notes,
}

impl<I: Inventory, L: Ledger, C: Clock> Observer<'_, I, L, C> {
    pub(super) async fn recall(&self, scope: &Scope) -> Option<Recalled> {
        let limit = self.time.for_recall();
        let recalled = match self.clock.within(limit, self.ledger.recall(scope)).await {
            Some(recalled) => recalled,
            None => Err(anyhow!("no answer within {} seconds", limit.as_secs())),
        };
        recalled.inspect_err(|error| self.notes.fail_with(Step::Recall, scope, error)).ok()
    }

    pub(super) async fn observe(&self, scope: &Scope) -> Snapshot {
        let kinds = self.settings.kinds_of(scope);
        let began = self.clock.now();
        self.memory.observed(scope, began);
        let mut observation = self.inventory.observe(scope, &kinds).await;
        for turns in observation.turns.values_mut() {
            turns.read_since = turns.oldest.and_then(|polls| self.memory.observation(scope, polls));
        }
        let snapshot = Snapshot { scope: scope.clone(), began, at: self.clock.now(), kinds, observation };
        self.notes.observed(&snapshot);
        snapshot
    }
}
