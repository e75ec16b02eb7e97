//! The recalled rows of a scope beside its observation, with the difference: the input of all later steps of a poll.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use crate::{
    diff::{Diff, Rules, diff},
    domain::{GapProgress, Kind, PollRow, Recalled, Scope, Snapshot, Timestamp},
};

/// One scope as it was recalled, as it was observed, and what changed in between.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub(super) recalled: Arc<Recalled>,
    pub(super) snapshot: Snapshot,
    pub(super) diff: Diff,
}

impl Comparison {
    /// `snapshot` is in the context of `recalled`.
    pub(super) fn of(recalled: Arc<Recalled>, snapshot: Snapshot, rules: &Rules) -> Comparison {
        let diff = diff(&recalled, &snapshot, rules);
        Comparison { recalled, snapshot, diff }
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.recalled.scope
    }

    /// The scope's poll row, as it was recalled.
    pub(super) fn poll(&self) -> Option<&PollRow> {
        self.recalled.poll.as_ref()
    }

    /// Whether `kind` had its baseline before this poll.
    pub(super) fn has_baseline(&self, kind: Kind) -> bool {
        self.recalled.has_baseline(kind)
    }

    /// The kinds that are in the store, are no longer configured, and are not marked as retired yet.
    pub(super) fn newly_retired(&self, tolerated: Duration) -> BTreeSet<Kind> {
        let mut kinds = self.recalled.kinds();
        kinds.retain(|kind| {
            !self.snapshot.kinds.contains(kind)
                && self.retired_at(*kind).is_none()
                && !self.is_polled_by_another(*kind, tolerated)
        });
        kinds
    }

    /// The kinds that another process polls, and this one does not. None in a scope that is left whole: there is no poll of
    /// this process's to compare with.
    pub(super) fn polled_by_another(&self, tolerated: Duration) -> impl Iterator<Item = Kind> {
        let kinds = self.recalled.kinds().into_iter().filter(|_| !self.snapshot.kinds.is_empty());
        kinds.filter(move |kind| !self.snapshot.kinds.contains(kind) && self.is_polled_by_another(*kind, tolerated))
    }

    /// Whether another process with another configuration polls `kind`: it was listed after this process's last poll,
    /// and no longer ago than `tolerated`.
    fn is_polled_by_another(&self, kind: Kind, tolerated: Duration) -> bool {
        let listed = |kind| self.poll().and_then(|poll| poll.last_complete_at(kind));
        let own = self.snapshot.kinds.iter().filter_map(|kind| listed(*kind)).max();
        listed(kind).is_some_and(|last| Some(last) > own && self.snapshot.began.since(last) <= tolerated)
    }

    /// The kinds that are marked as retired, and are polled again.
    pub(super) fn resumed(&self) -> BTreeSet<Kind> {
        self.snapshot.kinds.iter().copied().filter(|kind| self.retired_at(*kind).is_some()).collect()
    }

    fn retired_at(&self, kind: Kind) -> Option<Timestamp> {
        self.poll().and_then(|poll| poll.retired_at(kind))
    }

    /// The changes of the gaps in the children of single parents, of `kinds`.
    pub(super) fn gap_progress(&self, kinds: &BTreeSet<Kind>) -> BTreeMap<Kind, BTreeMap<String, GapProgress>> {
        let of_kinds = kinds.iter().map(|kind| (*kind, self.snapshot.gap_progress(*kind, &self.recalled)));
        of_kinds.filter(|(_, parents)| !parents.is_empty()).collect()
    }

    /// The last complete listing of `kinds`, as it was recalled.
    pub(super) fn last_complete(&self, kinds: &BTreeSet<Kind>) -> BTreeMap<Kind, Timestamp> {
        let last = |kind| self.poll().and_then(|poll| poll.last_complete_at(kind));
        kinds.iter().filter_map(|kind| Some((*kind, last(*kind)?))).collect()
    }

    /// Whether everything was listed and nothing is to be recorded, apart from the poll row.
    pub(super) fn is_settled(&self) -> bool {
        self.snapshot.observation.gaps.is_empty()
            && self.diff.is_empty()
            && self.snapshot.kinds.iter().all(|kind| self.has_baseline(*kind))
    }
}
