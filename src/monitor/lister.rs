//! Corrects the list of scopes: which of the scopes that were ever polled are no longer configured, and since when.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};

use super::{backlog::PENDING_LIMIT, failure::Step, memory::Memory, notes::Notes};
use crate::{
    domain::{ListedScope, Scope, Timestamp},
    ports::Ledger,
};

/// Rows of the list that are written at the same time.
const WRITES_IN_FLIGHT: usize = 8;

/// Corrects the list of scopes.
pub(super) struct Lister<'a, L> {
    pub(super) ledger: &'a L,
    pub(super) memory: &'a Memory,
    /// What is configured.
    pub(super) scopes: &'a [Scope],
    pub(super) began: Timestamp,
    pub(super) notes: &'a Notes,
}

impl<L: Ledger> Lister<'_, L> {
    /// The list, where this process has not put it right yet and can read it.
    pub(super) async fn list(&self) -> Option<Vec<ListedScope>> {
        if self.memory.is_list_right() {
            return None;
        }
        let listed = self.ledger.listed().await;
        listed.inspect_err(|error| self.notes.fail_with(Step::Progress, "the list of scopes", error)).ok()
    }

    /// The scopes on the list that are configured no longer, as long as something may be pending of them.
    pub(super) fn left<'l>(&self, list: &'l [ListedScope]) -> impl Iterator<Item = &'l Scope> {
        let (scopes, began) = (self.scopes, self.began);
        let listed = list.iter().filter(move |listed| {
            let is_recent = listed.retired_at.is_none_or(|retired| began.since(retired) <= PENDING_LIMIT);
            is_recent && is_ours(&listed.scope, scopes) && !scopes.contains(&listed.scope)
        });
        listed.map(|listed| &listed.scope)
    }

    /// Writes down which scopes are configured no longer, those with `lasting` incidents left out, and which are again. The
    /// next poll tries what failed, and goes on where there is something left to do.
    pub(super) async fn put_right(&self, list: Vec<ListedScope>, lasting: &BTreeSet<Scope>, is_done: bool) {
        let mut corrections = corrections(list, self.scopes, self.began);
        corrections.retain(|correction| !lasting.contains(&correction.scope));
        let written = stream::iter(corrections)
            .map(async |correction| match self.ledger.relist(&correction).await {
                Ok(()) => true,
                Err(error) => {
                    self.notes.fail_with(Step::Progress, &correction.scope, &error);
                    false
                }
            })
            .buffer_unordered(WRITES_IN_FLIGHT)
            .all(async |is_written| is_written)
            .await;
        self.memory.list_is_right(written && is_done);
    }
}

/// Whether a scope is of an account that is polled here. Scopes of other accounts belong to another
/// monitor.
fn is_ours(scope: &Scope, configured: &[Scope]) -> bool {
    configured.iter().any(|other| other.account() == scope.account())
}

/// The rows that must change when the scopes `configured` are polled from `began` on.
fn corrections(listed: Vec<ListedScope>, configured: &[Scope], began: Timestamp) -> Vec<ListedScope> {
    let listed = listed.into_iter().filter(|listed| is_ours(&listed.scope, configured));
    let corrected =
        listed.filter_map(|ListedScope { scope, retired_at }| match (configured.contains(&scope), retired_at) {
            (true, Some(_)) => Some(ListedScope { scope, retired_at: None }),
            (false, None) => Some(ListedScope { scope, retired_at: Some(began) }),
            (true, None) | (false, Some(_)) => None,
        });
    corrected.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_is_no_longer_configured_is_retired_until_it_is_again() {
        let at = Timestamp::from_milliseconds;
        let listed = |scope: &Scope, retired_at| ListedScope { scope: scope.clone(), retired_at };
        let [stays, leaves, left, returns] =
            ["us-east-1", "eu-west-1", "sa-east-1", "us-west-2"].map(|region| Scope::regional("1", region));
        let anothers = Scope::regional("2", "eu-west-1");
        let list = vec![
            listed(&stays, None),
            listed(&leaves, None),
            listed(&left, Some(at(1))),
            listed(&returns, Some(at(2))),
            listed(&anothers, None),
        ];
        let corrections = corrections(list, &[stays, returns.clone()], at(9));
        assert_eq!(corrections, [listed(&leaves, Some(at(9))), listed(&returns, None)]);
    }
}
