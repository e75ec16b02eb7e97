//! The end of scopes that are configured no longer: their incidents are withdrawn and announced, and the list of scopes
//! says since when they are not watched.
//!
//! What is configured changes with the process only, so that this is done once per process. It runs beside the scopes' own
//! way and holds none of them up.

use std::{collections::BTreeSet, sync::Arc};

use futures::{channel::mpsc, future::join};

use super::{Poll, comparison::Comparison, part::Part};
use crate::{
    domain::{Observation, Scope, Snapshot},
    ports::{Clock, Inventory, Ledger},
};

/// What is left to do of a scope that is configured no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// Nothing.
    Nothing,
    /// Its incidents are over, and what they have to say may not have been acknowledged by every sink.
    Announcements,
    /// Its incidents may still be open.
    Incidents,
}

impl<I: Inventory, L: Ledger, M, C: Clock> Poll<'_, I, L, M, C> {
    /// Puts the list of scopes right. A scope leaves it once its incidents are over; the process is done with that once all
    /// that they have to say is acknowledged.
    pub(super) async fn retire(&self) {
        let Some(list) = self.lister.list().await else { return };
        let mut is_done = true;
        let mut lasting = BTreeSet::new();
        for scope in self.lister.left(&list) {
            let left = self.withdraw(scope).await;
            is_done &= left == Left::Nothing;
            lasting.extend((left == Left::Incidents).then(|| scope.clone()));
        }
        self.lister.put_right(list, &lasting, is_done).await;
    }

    /// Withdraws the open incidents of a scope that is not watched from here any more, and announces what is pending.
    async fn withdraw(&self, scope: &Scope) -> Left {
        let revision = self.folder.revision(scope).await;
        let Some(recalled) = self.observer.recall(scope).await.map(Arc::new) else { return Left::Incidents };
        if recalled.open_incidents() == 0 && !self.dispatcher.is_behind(&recalled) {
            return Left::Nothing;
        }
        let Some(mut scope_fold) = self.folder.begin(revision, &recalled) else { return Left::Incidents };
        let now = self.observer.clock.now();
        let observation = Observation::default();
        let nothing = Snapshot { scope: scope.clone(), began: now, at: now, kinds: BTreeSet::new(), observation };
        let comparison = Comparison::of(recalled, nothing, &self.settings.rules());
        let (sender, news) = mpsc::unbounded();
        let fold = async {
            let all = Part::Last { is_settled: true };
            self.folder.fold(&mut scope_fold, &comparison, &[], all, &sender).await;
            drop(sender);
        };
        join(fold, self.dispatcher.dispatch(&comparison, news)).await;
        if scope_fold.open_incidents() == 0 { Left::Announcements } else { Left::Incidents }
    }
}
