//! The progress of monitoring an item when the children of some parents could not be read: what a snapshot covers, what
//! belongs to a baseline, and since when a parent's children are unread.

use std::collections::BTreeMap;

use super::{
    description::ItemDescription,
    gap::{Extent, GapProgress, ParentGap},
    kind::Kind,
    recalled::{KindProgress, Recalled},
    scope::ItemKey,
    snapshot::Snapshot,
    timestamp::Timestamp,
    topology::listed_under,
};

/// The progress of monitoring one item: that of its kind or, if its parent's children were not read lately, theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Whether its kind, or its parent's list, has a baseline.
    pub has_baseline: bool,
    /// The beginning of the last complete listing that covers it.
    pub last_complete_at: Option<Timestamp>,
    /// The beginning of the last such listing whose transitions are all recorded.
    pub last_settled_at: Option<Timestamp>,
}

impl Watched {
    /// The progress of `item`, given the `progress` of its kind.
    fn of(item: &ItemDescription, progress: &KindProgress) -> Watched {
        let of_kind = Watched {
            has_baseline: progress.baseline_at.is_some(),
            last_complete_at: progress.last_complete_at,
            last_settled_at: progress.settled_at.or(progress.last_complete_at),
        };
        if progress.gaps.is_empty() {
            return of_kind;
        }
        let gaps = listed_under(item).filter_map(|parent| progress.gaps.get(parent));
        gaps.fold(of_kind, |watched, gap| Watched {
            has_baseline: watched.has_baseline && gap.since.is_some(),
            // `None` sorts first.
            last_complete_at: watched.last_complete_at.min(gap.since),
            last_settled_at: watched.last_settled_at.min(gap.settled_at.or(gap.since)),
        })
    }
}

impl Recalled {
    /// The progress of monitoring `item`.
    pub fn watched(&self, item: &ItemDescription) -> Watched {
        self.progress(item.kind).map_or_else(Watched::default, |progress| Watched::of(item, progress))
    }

    /// The last complete listing of the children of `kind` under `parent`: that of the kind, unless they have a gap.
    pub fn last_complete_under(&self, kind: Kind, parent: &str) -> Option<Timestamp> {
        let progress = self.progress(kind)?;
        progress.gaps.get(parent).map_or(progress.last_complete_at, |gap| gap.since)
    }

    /// The parents whose children of `kind` could not be read lately, with their gaps.
    pub fn gaps(&self, kind: Kind) -> impl Iterator<Item = (&str, ParentGap)> {
        let gaps = self.progress(kind).into_iter().flat_map(|progress| &progress.gaps);
        gaps.map(|(parent, gap)| (parent.as_str(), *gap))
    }

    fn has_gap(&self, kind: Kind, parent: &str) -> bool {
        self.progress(kind).is_some_and(|progress| progress.gaps.contains_key(parent))
    }

    fn progress(&self, kind: Kind) -> Option<&KindProgress> {
        self.poll.as_ref().and_then(|poll| poll.kinds.get(&kind))
    }
}

impl Snapshot {
    /// Whether `item` would have been listed if it exists: its kind was read and, if that is listed by parent, so were
    /// its parents' children.
    pub fn covers(&self, item: &ItemDescription) -> bool {
        let gap = self.observation.gaps.get(&item.kind);
        let turns = self.observation.turns.get(&item.kind);
        self.kinds.contains(&item.kind)
            && !gap.is_some_and(|extent| extent.hides(item))
            && !turns.is_some_and(|turns| turns.hides(item))
    }

    /// Whether a first sight of `item` belongs to the baseline: that of its kind, or of its parent's children.
    pub fn is_first_of(&self, item: &ItemDescription, recalled: &Recalled) -> bool {
        let unlisted = |parent| {
            self.is_unread(item.kind, parent)
                && !recalled.has_gap(item.kind, parent)
                && self.gap_that_begins(item.kind, parent, recalled).since.is_none()
        };
        !recalled.watched(item).has_baseline || listed_under(item).any(unlisted)
    }

    /// The changes of the gaps in the children of `kind`, by parent.
    pub fn gap_progress(&self, kind: Kind, recalled: &Recalled) -> BTreeMap<String, GapProgress> {
        let ends_or_goes_on = |parent: &str| match self.is_deferred(kind, parent) {
            true => GapProgress::GoesOn,
            false => GapProgress::Ends,
        };
        let mut progress: BTreeMap<String, GapProgress> =
            recalled.gaps(kind).map(|(parent, _)| (parent.to_owned(), ends_or_goes_on(parent))).collect();
        for parent in self.unread_parents(kind) {
            let unread = match progress.contains_key(parent) {
                true => GapProgress::GoesOn,
                false => GapProgress::Begins(self.gap_that_begins(kind, parent, recalled)),
            };
            progress.insert(parent.to_owned(), unread);
        }
        progress
    }

    /// The parents whose children of `kind` were not read, if the gap is not the whole kind.
    fn unread_parents(&self, kind: Kind) -> impl Iterator<Item = &str> {
        let parents = match self.observation.gaps.get(&kind) {
            Some(Extent::Children(parents)) => Some(parents),
            _ => None,
        };
        let idle = self.observation.turns.get(&kind).into_iter().flat_map(|turns| &turns.idle);
        parents.into_iter().flatten().map(|(parent, _)| parent).chain(idle).map(String::as_str)
    }

    fn is_unread(&self, kind: Kind, parent: &str) -> bool {
        let is_idle = self.observation.turns.get(&kind).is_some_and(|turns| turns.idle.contains(parent));
        match self.observation.gaps.get(&kind) {
            Some(Extent::Children(parents)) => is_idle || parents.contains_key(parent),
            _ => is_idle,
        }
    }

    fn is_deferred(&self, kind: Kind, parent: &str) -> bool {
        self.observation.turns.get(&kind).is_some_and(|turns| turns.waiting.contains(parent))
    }

    /// The gap that begins with this snapshot. The kind's last complete listing included the children of `parent`,
    /// unless the parent is new or there was no such listing.
    fn gap_that_begins(&self, kind: Kind, parent: &str, recalled: &Recalled) -> ParentGap {
        let mut keys = kind.parents().iter().map(|kind| ItemKey::new(*kind, parent));
        let is_new = keys.any(|key| self.observation.items.contains_key(&key) && !recalled.states.contains_key(&key));
        let progress = recalled.progress(kind).filter(|_| !is_new);
        progress.map_or_else(ParentGap::default, |progress| ParentGap {
            since: progress.last_complete_at,
            settled_at: progress.settled_at,
        })
    }
}

#[cfg(test)]
mod tests;
