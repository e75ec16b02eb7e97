//! The result of observing a scope: the items that were read, and the gaps.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    accepted::Accepted,
    description::ItemDescription,
    gap::{Extent, Gaps},
    health::Health,
    kind::Kind,
    recalled::{Recalled, StateRow},
    scope::{ItemKey, Scope},
    state::State,
    timestamp::Timestamp,
    turns::{KindTurns, Turns},
};

/// An item as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its description.
    pub description: Arc<ItemDescription>,
    /// Its state.
    pub state: State,
}

/// What was read of one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// All items that were read, each once, also those of kinds with a gap.
    pub items: BTreeMap<ItemKey, Item>,
    /// What could not be read.
    pub gaps: Gaps,
    /// What was not asked for on purpose, which is no gap.
    pub turns: Turns,
    /// How many rows name no item, such as associations of other accounts. They are left out, and are no gap.
    pub unidentified: u64,
    /// The states of items of kinds that were not asked for, but were read because a kind that was needs them.
    pub parents: BTreeMap<ItemKey, State>,
    /// The prefixes that are accepted over sessions whose routes were read, by virtual interface and address family, where
    /// they are wanted.
    pub accepted: BTreeMap<(String, String), Accepted>,
}

impl Observation {
    /// The state of an item that was read, whether it was asked for or not.
    pub fn state(&self, key: &ItemKey) -> Option<&State> {
        self.items.get(key).map(|item| &item.state).or_else(|| self.parents.get(key))
    }
}

/// An observation with its scope, the kinds asked for, and the time that it took. Each item had its state at some
/// instant between beginning and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Where.
    pub scope: Scope,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub at: Timestamp,
    /// The kinds that were asked for. Items of other kinds are unseen, not absent.
    pub kinds: BTreeSet<Kind>,
    /// The items and the gaps.
    pub observation: Observation,
}

impl Snapshot {
    /// The kinds that were listed completely, except for the children of unreadable parents.
    pub fn complete_kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        self.kinds.iter().copied().filter(|kind| self.is_complete(*kind))
    }

    /// Whether `kind` was listed completely, except for the children of unreadable parents. For a single item, see
    /// [`Snapshot::covers`].
    pub fn is_complete(&self, kind: Kind) -> bool {
        let turns = self.observation.turns.get(&kind);
        self.kinds.contains(&kind)
            && !matches!(self.observation.gaps.get(&kind), Some(Extent::Kind(_)))
            && turns.is_none_or(KindTurns::is_complete)
    }

    /// Since when all of `kind` has been seen, if it was listed completely: the beginning of the snapshot or, for a kind
    /// that is read in turns, of the oldest observation that counts.
    pub fn complete_since(&self, kind: Kind) -> Timestamp {
        let turns = self.observation.turns.get(&kind);
        turns.and_then(|turns| turns.read_since).map_or(self.began, |since| since.min(self.began))
    }

    /// The known items of this poll whose list waits for its turn: each was seen a short while ago, in the state of its
    /// row.
    pub fn deferred<'a>(&'a self, recalled: &'a Recalled) -> impl Iterator<Item = (&'a ItemKey, &'a StateRow)> {
        let rows = recalled.states.iter().filter(|(key, row)| {
            let turns = self.observation.turns.get(&key.kind).filter(|_| self.kinds.contains(&key.kind));
            turns.is_some_and(|turns| turns.defers(&row.details)) && row.state.health() != Health::Removed
        });
        rows.filter(|(key, _)| !self.observation.items.contains_key(key))
    }
}
