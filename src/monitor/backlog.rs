//! What a sink is behind with, item by item, and what of it can still be told: pure.
//!
//! **Which item first.** Items with a transition of this poll come first, as they are recorded, their older ones ahead of
//! it. The rest follow once all is recorded, in the order in which they last changed, the longest ago first. Where one transition is pending, that is the order in
//! which they have waited. Where several are, the oldest of them may have waited longer than the row says: only reading
//! every backlog before the first is told would show it, and a poll must not pay for that while a sink refuses.
//!
//! **A hole.** History rows are there for as long as a transition may be owed, so a missing one is a failure, and ends
//! the item's announcing until somebody has looked. But a sink that was taken away for long is owed what the time to
//! live has removed since. What is missing at the beginning of a backlog, and occurred longer ago than anything is owed,
//! is given up as it would be if it were there. When it occurred is known without it: the row after it says since when
//! the state before it was so, and the state row when the last transition was.

use std::{collections::BTreeSet, ops::Range, time::Duration};

use super::recorder::Recorded;
use crate::domain::{HistoryRow, ItemKey, ItemPath, Recalled, RecordedEvent, SinkName, StateRow, Timestamp};

/// What has been pending for longer is given up: nobody wants last month's alert when a topic comes back.
pub(super) const PENDING_LIMIT: Duration = Duration::from_secs(7 * 24 * 3600);

/// An item that a sink is behind with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Backlog {
    pub(super) item: ItemPath,
    pub(super) cursor: u64,
    pub(super) head: u64,
    /// When the transition of `head` occurred, as far as it was recalled; none where this poll has recorded it.
    pub(super) head_occurred_at: Option<Timestamp>,
}

/// What there is of a backlog in history.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Readable {
    /// Up to which sequence history has expired, and everything is given up; the cursor where nothing is.
    pub(super) expired: u64,
    /// Which of the rows follow, without a hole.
    pub(super) rows: Range<usize>,
    /// The sequence that history should hold next, and does not.
    pub(super) hole: Option<u64>,
}

impl Backlog {
    /// What `rows`, which are all of the item's with a sequence above the cursor, leave of the backlog at `now`.
    pub(super) fn readable(&self, rows: &[HistoryRow], now: Timestamp) -> Readable {
        let begins = self.this_life_begins(rows);
        let rows = &rows[begins..];
        let first = rows.first().map_or(self.head + 1, |row| row.sequence);
        let missing_until = match rows.first() {
            Some(row) => state_before_since(row),
            None => self.head_occurred_at,
        };
        let is_given_up = missing_until.is_some_and(|occurred_at| now.since(occurred_at) > PENDING_LIMIT);
        let expired = if is_given_up { self.cursor.max(first - 1) } else { self.cursor };
        let unbroken = rows.iter().zip(expired + 1..).take_while(|(row, expected)| row.sequence == *expected).count();
        let last = expired + unbroken as u64;
        let hole = (unbroken < rows.len() || last < self.head).then_some(last + 1);
        Readable { expired, rows: begins..begins + unbroken, hole }
    }

    /// From which row on they are of the item as it is now. One whose state row has expired begins again with 1; what is
    /// left of its earlier life is nobody's backlog.
    fn this_life_begins(&self, rows: &[HistoryRow]) -> usize {
        let again = rows.windows(2).rposition(|pair| pair[1].sequence <= pair[0].sequence);
        let begins = again.map_or(0, |place| place + 1);
        // Another poll may have recorded more than was recalled, but only what follows it.
        match rows.get(begins) {
            Some(row) if row.sequence > self.head + 1 => rows.len(),
            _ => begins,
        }
    }
}

/// When the transition before a row occurred: since then it was what it was before.
fn state_before_since(row: &HistoryRow) -> Option<Timestamp> {
    let previous = RecordedEvent::of(&row.event).previous_state()?;
    previous.since().map(|since| since.min(row.occurred_at))
}

/// Since when a row is pending: since it was recorded. It may have occurred long before, when it was an uncertain sight
/// that nobody came to confirm.
pub(super) fn pending_since(row: &HistoryRow) -> Timestamp {
    let recorded_at = RecordedEvent::of(&row.event).recorded_at();
    recorded_at.map_or(row.occurred_at, |recorded_at| recorded_at.max(row.occurred_at))
}

/// Whether a sink has not acknowledged all that a row says happened.
pub(super) fn is_behind(row: &StateRow, sink: SinkName) -> bool {
    row.cursor(sink.as_str()) < row.sequence
}

/// How much a sink was behind when everything was recalled.
pub(super) fn owed(recalled: &Recalled, sink: SinkName) -> u64 {
    recalled.states.values().map(|row| row.sequence.saturating_sub(row.cursor(sink.as_str()))).sum()
}

/// How much a transition that this poll has recorded adds to that.
pub(super) fn newly_owed(recalled: &Recalled, recorded: &Recorded) -> u64 {
    let known = recalled.states.get(&recorded.item).map_or(0, |row| row.sequence);
    recorded.sequence.saturating_sub(known)
}

/// What a sink is behind with on an item of which this poll has recorded a transition.
pub(super) fn fresh(recalled: &Recalled, recorded: Recorded, sink: SinkName) -> Backlog {
    let cursor = recalled.states.get(&recorded.item).map_or(0, |row| row.cursor(sink.as_str()));
    let item = ItemPath::new(recalled.scope.clone(), recorded.item);
    Backlog { item, cursor, head: recorded.sequence, head_occurred_at: None }
}

/// What a sink is behind with on other items than the `fresh` ones, in the order in which it is announced.
pub(super) fn stale(recalled: &Recalled, fresh: &BTreeSet<ItemKey>, sink: SinkName) -> Vec<Backlog> {
    let behind = recalled.states.iter().filter(|(key, row)| is_behind(row, sink) && !fresh.contains(key));
    let mut behind: Vec<(&ItemKey, &StateRow)> = behind.collect();
    behind.sort_by_key(|(_, row)| row.last_transition_at);
    let backlog = |(key, row): (&ItemKey, &StateRow)| Backlog {
        item: ItemPath::new(recalled.scope.clone(), key.clone()),
        cursor: row.cursor(sink.as_str()),
        head: row.sequence,
        head_occurred_at: Some(row.last_transition_at),
    };
    behind.into_iter().map(backlog).collect()
}

#[cfg(test)]
mod tests;
