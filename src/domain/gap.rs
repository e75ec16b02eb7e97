//! What an observation could not read: a whole kind, or the children of some parents. A gap is no wider than what was
//! not read, so that one unreadable parent hides nothing of the others.

use std::collections::BTreeMap;

use super::{description::ItemDescription, kind::Kind, timestamp::Timestamp, topology::listed_under};

/// How much of a kind an observation could not read, with the reasons. Items that were read are used all the same;
/// items that were not are not absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The kind as a whole.
    Kind(String),
    /// The children of these parents, by the parents' ids. The children of all other parents were read.
    Children(BTreeMap<String, String>),
}

/// The kinds that were not read completely, each with how much of it was not.
pub type Gaps = BTreeMap<Kind, Extent>;

impl Extent {
    /// Whether an item of the kind may exist unseen, because its kind was not read or, for a kind that is listed by
    /// parent, the children of one of its parents were not.
    pub fn hides(&self, item: &ItemDescription) -> bool {
        match self {
            Extent::Kind(_) => true,
            Extent::Children(parents) => listed_under(item).any(|parent| parents.contains_key(parent)),
        }
    }

    /// The reason for each parent; without a parent, the reason for the whole kind.
    pub fn reasons(&self) -> Vec<(Option<&str>, &str)> {
        match self {
            Extent::Kind(why) => vec![(None, why)],
            Extent::Children(parents) => parents.iter().map(|(id, why)| (Some(id.as_str()), why.as_str())).collect(),
        }
    }
}

/// The gap in the children of one parent, from the last complete listing of them until they are read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParentGap {
    /// The beginning of the last complete listing of the children; none if there was none yet. Then the children belong
    /// to the baseline when they are read.
    pub since: Option<Timestamp>,
    /// The beginning of the last such listing whose transitions are all recorded, if that is an earlier one.
    pub settled_at: Option<Timestamp>,
}

/// How a poll changes the gap in the children of one parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapProgress {
    /// They were not read, and had been before: this gap begins.
    Begins(ParentGap),
    /// They were not read, as before.
    GoesOn,
    /// They were read, or the parent no longer exists.
    Ends,
}
