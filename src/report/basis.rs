//! What is kept of an item until its report is complete.

use super::{course::Course, outages::OutageTotals, tally::Times};

/// What the figures of an item, and of what it is a part of, are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// Its course, if others depend on it.
    pub course: Course,
    /// Its time by condition.
    pub times: Times,
    /// The totals of its outages.
    pub totals: OutageTotals,
    /// Whether it was removed or retired before the window or first seen after it.
    pub was_never_there: bool,
}
