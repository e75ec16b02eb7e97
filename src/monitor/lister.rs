//! The list of scopes, put right once per process: which of the scopes that were ever polled are configured no longer.
//!
//! What is configured changes with the process only, so that one read of the list is enough for all of its polls. It runs
//! beside the scopes' own way and holds none of them up.

use futures::{StreamExt, stream};

use super::{failure::Step, memory::Memory, notes::Notes};
use crate::{
    domain::{ListedScope, Scope, Timestamp},
    ports::Ledger,
};

/// Rows of the list that are written at the same time.
const WRITES_IN_FLIGHT: usize = 8;

/// Puts the list of scopes right.
pub(super) struct Lister<'a, L> {
    pub(super) ledger: &'a L,
    pub(super) memory: &'a Memory,
    /// What is configured.
    pub(super) scopes: &'a [Scope],
    pub(super) began: Timestamp,
    pub(super) notes: &'a Notes,
}

impl<L: Ledger> Lister<'_, L> {
    /// Writes down which scopes are configured no longer, and which are again; the next poll tries what failed.
    pub(super) async fn put_right(&self) {
        if self.memory.is_list_right() {
            return;
        }
        let listed = match self.ledger.listed().await {
            Ok(listed) => listed,
            Err(error) => return self.notes.fail_with(Step::Progress, "the list of scopes", &error),
        };
        let written = stream::iter(corrections(listed, self.scopes, self.began))
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
        self.memory.list_is_right(written);
    }
}

/// The rows that must say something else where `configured` is polled from `began` on. Scopes of accounts that are not
/// polled here are another monitor's.
fn corrections(listed: Vec<ListedScope>, configured: &[Scope], began: Timestamp) -> Vec<ListedScope> {
    let is_ours = |scope: &Scope| configured.iter().any(|other| other.account() == scope.account());
    let listed = listed.into_iter().filter(|listed| is_ours(&listed.scope));
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
    fn what_is_configured_no_longer_is_retired_and_what_is_again_is_not() {
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
