//! What a fold works from, and how far it can trust what the poll did not see.

use std::{collections::BTreeSet, sync::Arc};

use super::{finding::Findings, rules::FoldRules, unfolded::Unfolded};
use crate::domain::{
    Evidence, Extent, Gaps, ItemDescription, ItemKey, Kind, KnownResilience, Plans, Recalled, Timestamp, Transition,
};

/// What a fold works from.
#[derive(Clone, Copy, Debug)]
pub struct FoldInput<'a> {
    /// The scope, as it was recalled.
    pub recalled: &'a Recalled,
    /// The account's other scopes, as far as they were recalled by now.
    pub others: &'a [Arc<Recalled>],
    /// Whether these are all of the account's scopes: some may not have been recalled, or not yet.
    pub is_whole: bool,
    /// The transitions above the items' cursors: all of them up to the recalled sequences, and those that this poll recorded.
    pub unfolded: &'a [Unfolded],
    /// Transitions that this poll has seen and will record only after this fold. Those into an outage count where causes
    /// and paths are judged, and their items join no incident yet.
    pub foreseen: &'a [&'a Transition],
    /// Items of which a transition above the cursor cannot be read: they are left as they are.
    pub unreadable: &'a BTreeSet<ItemKey>,
    /// The scope's revision, as it was known before the recall.
    pub revision: u64,
    /// The kinds that are polled. What is of others is not watched any more.
    pub kinds: &'a BTreeSet<Kind>,
    /// What this poll could not read.
    pub gaps: &'a Gaps,
    /// What is planned; none where that could not be read. Then everything stays as it was known.
    pub plans: Option<&'a Plans>,
    /// Evidence that may explain an incident of the scope.
    pub evidence: &'a [Evidence],
    /// What comparisons of facts have found. Of a category that is not among them nothing was compared.
    pub findings: &'a [Findings],
    /// What is known from now on of the resilience of the account's destinations; none leaves it as it is.
    pub resilience: Option<&'a KnownResilience>,
    /// Whether all that this poll saw is recorded, and no other poll came first: incidents may be closed.
    pub is_settled: bool,
    /// The clock.
    pub now: Timestamp,
    /// The rules.
    pub rules: &'a FoldRules,
}

/// What the poll could see: how far its silence can be trusted.
pub(super) struct Sight<'a> {
    /// Whether incidents may be closed.
    pub(super) may_close: bool,
    input: &'a FoldInput<'a>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(input: &'a FoldInput<'a>) -> Sight<'a> {
        let lasts = |last: Option<Timestamp>| last.is_none_or(|last| is_too_long_ago(input, last));
        // A gap hides what may have fallen meanwhile, so nothing is called over while it is fresh. One that lasts, such as a
        // missing permission, must not keep open for ever what has nothing to do with it: its own items stay as they were.
        let may_close = input.is_settled && input.unreadable.is_empty() && unread(input).into_iter().all(lasts);
        Sight { may_close, input }
    }

    /// The last listing that would have shown an item, where this poll could not show it and that listing was longer ago
    /// than is tolerated.
    pub(super) fn blind_since(&self, item: &ItemDescription) -> Option<Timestamp> {
        let FoldInput { recalled, gaps, .. } = self.input;
        gaps.get(&item.kind).filter(|extent| extent.hides(item))?;
        recalled.watched(item).last_complete_at.filter(|last| is_too_long_ago(self.input, *last))
    }
}

fn is_too_long_ago(input: &FoldInput<'_>, last: Timestamp) -> bool {
    input.now.since(last) > input.rules.unmonitored_after
}

/// The last complete listing of all that this poll could not read: of whole kinds, and of the children of single parents,
/// whose kind's listing goes on without them. None of what has never been listed.
fn unread(input: &FoldInput<'_>) -> Vec<Option<Timestamp>> {
    let recalled = input.recalled;
    let of_kind = |kind: &Kind| recalled.poll.as_ref().and_then(|poll| poll.last_complete_at(*kind));
    let last = |(kind, extent): (&Kind, &Extent)| match extent {
        Extent::Kind(_) => vec![of_kind(kind)],
        Extent::Children(parents) => parents.keys().map(|id| recalled.last_complete_under(*kind, id)).collect(),
    };
    input.gaps.iter().flat_map(last).collect()
}
