//! What a poll has listed, as the store is to keep it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{GapProgress, Kind, Timestamp};

/// The progress of a scope in one poll. It is written off the critical chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// When the observation of the scope began.
    pub at: Timestamp,
    /// The kinds that were listed completely, and whose changes are all recorded. Their last complete listing moves forward
    /// to `at`, or to an earlier instant in `read_since`.
    pub complete: BTreeSet<Kind>,
    /// Of these kinds, those that are read in turns: the beginning of the oldest observation that counts.
    pub read_since: BTreeMap<Kind, Timestamp>,
    /// Of these kinds, what becomes of the gaps in the children of single parents.
    pub gaps: BTreeMap<Kind, BTreeMap<String, GapProgress>>,
    /// Of these kinds, the last complete listing as it was recalled: whoever has ended a gap since then has moved it.
    pub recalled: BTreeMap<Kind, Timestamp>,
    /// The kinds whose baseline is complete, if it was not.
    pub baseline: BTreeSet<Kind>,
    /// The time since the previous regular poll; none where this one is not regular.
    pub interval_seconds: Option<u64>,
    /// When this poll began, if it is a regular one. It moves forward only.
    pub regular_at: Option<Timestamp>,
    /// Whether the scope must first be added to the list of scopes.
    pub first_poll: bool,
    /// The kinds that are in the store and configured no longer: retired from `at` on, unless they are retired already.
    pub retired: BTreeSet<Kind>,
    /// The kinds that were retired and are polled again.
    pub resumed: BTreeSet<Kind>,
}

impl Progress {
    /// The progress of a poll that began `at` and listed these kinds completely, with nothing else to write.
    pub fn listed(at: Timestamp, complete: impl IntoIterator<Item = Kind>) -> Progress {
        Progress {
            at,
            complete: complete.into_iter().collect(),
            read_since: BTreeMap::new(),
            gaps: BTreeMap::new(),
            recalled: BTreeMap::new(),
            baseline: BTreeSet::new(),
            interval_seconds: None,
            regular_at: None,
            first_poll: false,
            retired: BTreeSet::new(),
            resumed: BTreeSet::new(),
        }
    }

    /// Where the last complete listing of `kind` moves to.
    pub fn complete_at(&self, kind: Kind) -> Timestamp {
        self.read_since.get(&kind).copied().unwrap_or(self.at)
    }
}
