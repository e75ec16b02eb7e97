//! At which point of a poll a fold is done, and what it may know by then.

use crate::domain::Transition;

/// At which point of a poll a fold is done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    /// These transitions are recorded later.
    First { foreseen: &'a [&'a Transition] },
    /// Recording is over. `is_settled` says whether everything that was seen is recorded.
    Last { is_settled: bool },
}

impl<'a> Part<'a> {
    /// Nothing is foreseen, and nothing may be closed.
    pub(super) const NOT_LAST: Part<'a> = Part::First { foreseen: &[] };

    /// What is recorded only later.
    pub(super) fn foreseen(self) -> &'a [&'a Transition] {
        match self {
            Part::First { foreseen } => foreseen,
            Part::Last { .. } => &[],
        }
    }
}
