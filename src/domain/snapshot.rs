//! What one look at Direct Connect saw of a scope, and what it could not see.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    description::ItemDescription,
    gap::{Extent, Gaps},
    kind::Kind,
    scope::{ItemKey, Scope},
    state::State,
    timestamp::Timestamp,
};

/// An item as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which item, and what is known of it.
    pub description: Arc<ItemDescription>,
    /// Its state.
    pub state: State,
}

/// What a reader of Direct Connect brings home from one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// All items that were read, each once, also those of kinds with a gap.
    pub items: BTreeMap<ItemKey, Item>,
    /// What could not be read.
    pub gaps: Gaps,
    /// Rows that name no item, such as associations of other accounts: left out, and no gap.
    pub unidentified: u64,
    /// The states of items of kinds that were not asked for, and were read because one that was hangs on them.
    pub parents: BTreeMap<ItemKey, State>,
}

impl Observation {
    /// The state of an item that was read, whether it was asked for or not.
    pub fn state(&self, key: &ItemKey) -> Option<&State> {
        self.items.get(key).map(|item| &item.state).or_else(|| self.parents.get(key))
    }
}

/// An observation with its place in the world: scope, kinds asked for, and the time that it took. What was seen was so
/// at some instant from its beginning to its end.
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
    /// What was seen and what could not be.
    pub observation: Observation,
}

impl Snapshot {
    /// The kinds that were listed from end to end, but for the children of parents that could not be asked.
    pub fn complete_kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        self.kinds.iter().copied().filter(|kind| self.is_complete(*kind))
    }

    /// Whether `kind` was listed from end to end, but for the children of parents that could not be asked. Of an item,
    /// ask [`Snapshot::covers`].
    pub fn is_complete(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind) && !matches!(self.observation.gaps.get(&kind), Some(Extent::Kind(_)))
    }
}
