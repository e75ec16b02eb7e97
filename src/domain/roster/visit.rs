//! What a poll or a probe of an account makes of its row.

use std::{collections::BTreeMap, time::Duration};

use super::row::{Cadence, RosterRow};
use crate::domain::{text::bounded, timestamp::Timestamp};

/// In quiet times, the least time between two writes of an account's row by its polls.
pub const BETWEEN_WRITES: Duration = Duration::from_secs(15 * 60);

/// How long an account that has no items is polled each beat after a change. A change that follows another within
/// [`BETWEEN_WRITES`] is not written, so that this is an hour after the last one at the least.
const HOT_AFTER_CHANGE: Duration = Duration::from_secs(3_600 + 15 * 60);

/// How long an account that was reached must be refused before it counts as refused: one refusal may be a role that is just
/// being replaced.
const CONFIRM_REFUSAL: Duration = Duration::from_secs(120);

/// One poll or probe of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The account.
    pub account: String,
    /// When it began.
    pub began: Timestamp,
    /// What it came to.
    pub outcome: Outcome,
}

/// What a visit came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The role was assumed, and something was read.
    Reached {
        /// The items that were found, by region (or `global`).
        items: BTreeMap<String, u64>,
        /// Whether everything was read.
        is_complete: bool,
        /// Whether a transition was recorded.
        has_changed: bool,
    },
    /// The role cannot be assumed, for this reason.
    Refused(String),
    /// Nothing was read, for another reason: throttling, no connection, no time.
    Failed(String),
}

impl RosterRow {
    /// The account's row after a visit. None if there is nothing to write: the row knows a newer visit, or nothing has
    /// changed and the row was written within [`BETWEEN_WRITES`].
    pub fn visited(stored: Option<&RosterRow>, visit: &Visit) -> Option<RosterRow> {
        let stored = stored.cloned().unwrap_or_else(|| RosterRow::unknown(&visit.account));
        if stored.last_poll_at.is_some_and(|last| last >= visit.began) {
            return None;
        }
        let mut row = stored.clone();
        match &visit.outcome {
            Outcome::Reached { items, is_complete, has_changed } => {
                row.count(items, *is_complete);
                row.reached(visit.began, *has_changed);
            }
            Outcome::Refused(error) => row.refused(visit.began, error),
            Outcome::Failed(error) => row.last_error = Some(bounded(error).into_owned()),
        }
        row.last_poll_at = Some(visit.began);
        let is_due = stored.last_poll_at.is_none_or(|last| visit.began.since(last) >= BETWEEN_WRITES);
        (is_due || !row.says_the_same_as(&stored)).then(|| row.next())
    }

    /// Takes over what was found. What an incomplete visit did not find may be there all the same.
    fn count(&mut self, items: &BTreeMap<String, u64>, is_complete: bool) {
        let count = items.values().sum();
        let regions = items.iter().filter(|(_, count)| **count > 0).map(|(region, _)| region.clone());
        if is_complete {
            self.items = count;
            self.regions = regions.collect();
        } else {
            self.items = self.items.max(count);
            self.regions.extend(regions);
        }
    }

    fn reached(&mut self, began: Timestamp, has_changed: bool) {
        self.last_ok_at = Some(began);
        self.last_error = None;
        self.refused_since = None;
        self.enrolled_at.get_or_insert(began);
        if has_changed && self.changed_at.is_none_or(|last| began.since(last) >= BETWEEN_WRITES) {
            self.changed_at = Some(began);
        }
        let has_changed_of_late = self.changed_at.is_some_and(|last| began.since(last) < HOT_AFTER_CHANGE);
        self.cadence = if self.items > 0 || has_changed_of_late { Cadence::Hot } else { Cadence::Cold };
    }

    fn refused(&mut self, began: Timestamp, error: &str) {
        self.last_error = Some(bounded(error).into_owned());
        let since = *self.refused_since.get_or_insert(began);
        if !self.is_enrolled() || began.since(since) >= CONFIRM_REFUSAL {
            self.cadence = Cadence::Refused;
        }
    }

    /// Whether it differs from `stored` in nothing but the instants of visits and the words of the last error.
    fn says_the_same_as(&self, stored: &RosterRow) -> bool {
        let same = RosterRow {
            last_poll_at: stored.last_poll_at,
            last_ok_at: stored.last_ok_at,
            last_error: stored.last_error.clone(),
            ..self.clone()
        };
        same == *stored && self.last_error.is_some() == stored.last_error.is_some()
    }
}
