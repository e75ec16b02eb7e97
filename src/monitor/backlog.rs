//! The backlogs of a sink, item by item: their order, and which of their rows can still be announced. Pure.
//!
//! **Order.** Items with a transition of this poll come first, as they are recorded, their older rows ahead of the new one.
//! The rest follow once everything is recorded, in the order in which they last changed, the longest ago first. If one
//! transition is pending, that is the order in which they have waited. If several are, the oldest of them may have waited
//! longer than the state row shows. Only reading every backlog in advance would show that, and a poll must not pay for
//! that while a sink refuses.
//!
//! **Holes.** History keeps rows for longer than a transition may be pending. So a missing row is a failure, and the
//! announcing of the item ends there until an operator has intervened. But a sink that was unconfigured for long has rows
//! pending that have expired since. Rows that are missing at the beginning of a backlog and occurred longer ago than
//! [`PENDING_LIMIT`] are given up, as they would be if they were there. When they occurred is known all the same: the
//! next row has the time of its previous state, and the state row has the time of the last transition.

use std::{collections::BTreeSet, ops::Range, time::Duration};

use crate::{
    domain::{
        HistoryRow, IncidentRow, Notify, Recalled, RecordedEvent, RecordedIncident, RowKey, RowPath, SinkName,
        StateRow, Timestamp,
    },
    ports::Announcer,
};

/// Rows that have been pending for longer are given up: last month's alerts help no one when a topic works again.
pub(super) const PENDING_LIMIT: Duration = Duration::from_secs(7 * 24 * 3600);

/// A transition that this poll has recorded, or the last document of an incident that it has folded. Baselines are not
/// included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct News {
    pub(super) key: RowKey,
    pub(super) sequence: u64,
    /// The sinks that skip it, whose cursors the same write has moved.
    pub(super) passed_by: Vec<SinkName>,
}

/// An item or an incident with rows that a sink has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Backlog {
    pub(super) path: RowPath,
    pub(super) cursor: u64,
    pub(super) head: u64,
    /// When the transition of `head` occurred, if it was recalled; none if this poll has recorded it.
    pub(super) head_occurred_at: Option<Timestamp>,
}

/// What history has of a backlog.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Readable {
    /// The sequence up to which history has expired and everything is given up; the cursor if nothing is.
    pub(super) expired: u64,
    /// The rows that follow without a hole.
    pub(super) rows: Range<usize>,
    /// The next sequence, if it is missing in history.
    pub(super) hole: Option<u64>,
}

impl Backlog {
    /// What can be announced of the backlog at `now`. `rows` are all of the item's rows above the cursor.
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

    /// The first row of the item's present life. An item whose state row has expired begins again with sequence 1, and
    /// rows of its earlier life are not announced.
    fn this_life_begins(&self, rows: &[HistoryRow]) -> usize {
        let again = rows.windows(2).rposition(|pair| pair[1].sequence <= pair[0].sequence);
        let begins = again.map_or(0, |place| place + 1);
        // Another poll may have recorded further rows, but only those that follow the recalled ones.
        match rows.get(begins) {
            Some(row) if row.sequence > self.head + 1 => rows.len(),
            _ => begins,
        }
    }
}

/// When the transition before a row occurred: the time of the row's previous state.
fn state_before_since(row: &HistoryRow) -> Option<Timestamp> {
    if let Some(incident) = RecordedIncident::read(&row.event) {
        return incident.previous_at();
    }
    let previous = RecordedEvent::of(&row.event).previous_state()?;
    previous.since().map(|since| since.min(row.occurred_at))
}

/// Since when a row is pending: since it was recorded. It may have occurred long before that, as an uncertain sight
/// that no poll confirmed for a while.
pub(super) fn pending_since(row: &HistoryRow) -> Timestamp {
    let recorded_at = RecordedEvent::of(&row.event).recorded_at();
    recorded_at.map_or(row.occurred_at, |recorded_at| recorded_at.max(row.occurred_at))
}

/// Whether a row is for the readers of a sink. A document of an incident has this decision in it.
pub(super) fn is_for(row: &HistoryRow, announcer: &dyn Announcer, notify: Notify) -> bool {
    match RecordedIncident::read(&row.event) {
        Some(incident) if announcer.is_for_people() => {
            let is_announced =
                if announcer.sink() == SinkName::CHAT { incident.is_for_chat() } else { incident.is_for_people() };
            notify.incidents() && is_announced
        }
        // A transition is pending for people only if each transition is announced to them, or was when it was recorded.
        Some(_) | None => true,
    }
}

/// Whether a sink has not acknowledged all recalled rows.
pub(super) fn is_behind(recalled: &Recalled, sink: SinkName) -> bool {
    rows(recalled, sink).any(|row| row.cursor < row.head)
}

/// How many rows a sink had not acknowledged when everything was recalled.
pub(super) fn owed(recalled: &Recalled, sink: SinkName) -> u64 {
    rows(recalled, sink).map(|row| row.head.saturating_sub(row.cursor)).sum()
}

/// How many rows a transition or a document of this poll adds to that.
pub(super) fn newly_owed(recalled: &Recalled, news: &News) -> u64 {
    let known = match &news.key {
        RowKey::Item(key) => recalled.states.get(key).map(|row| row.sequence),
        RowKey::Incident(id) => recalled.incidents.get(id).map(|row| row.sequence),
    };
    news.sequence.saturating_sub(known.unwrap_or_default())
}

/// A sink's backlog on an item or an incident of which this poll has recorded something.
pub(super) fn fresh(recalled: &Recalled, news: News, sink: SinkName) -> Backlog {
    let cursor = match &news.key {
        RowKey::Item(key) => recalled.states.get(key).map(|row| row.cursor(sink.as_str())),
        RowKey::Incident(id) => recalled.incidents.get(id).map(|row| row.cursor(sink.as_str())),
    };
    let path = RowPath::new(recalled.scope.clone(), news.key);
    Backlog { path, cursor: cursor.unwrap_or_default(), head: news.sequence, head_occurred_at: None }
}

/// A sink's other backlogs, in the order in which they are announced.
pub(super) fn stale(recalled: &Recalled, fresh: &BTreeSet<RowKey>, sink: SinkName) -> Vec<Backlog> {
    let mut behind: Vec<Row> =
        rows(recalled, sink).filter(|row| row.cursor < row.head && !fresh.contains(&row.key)).collect();
    behind.sort_by_key(|row| row.changed_at);
    let backlog = |row: Row| Backlog {
        path: RowPath::new(recalled.scope.clone(), row.key),
        cursor: row.cursor,
        head: row.head,
        head_occurred_at: Some(row.changed_at),
    };
    behind.into_iter().map(backlog).collect()
}

/// A recalled row, with a sink's cursor.
struct Row {
    key: RowKey,
    cursor: u64,
    head: u64,
    changed_at: Timestamp,
}

/// The rows of items and of incidents.
fn rows(recalled: &Recalled, sink: SinkName) -> impl Iterator<Item = Row> + '_ {
    let items = recalled.states.iter().filter(move |(_, row)| row.cursor(sink.as_str()) < row.sequence);
    let item = move |(key, row): (&_, &StateRow)| Row {
        key: RowKey::Item(Clone::clone(key)),
        cursor: row.cursor(sink.as_str()),
        head: row.sequence,
        changed_at: row.last_transition_at,
    };
    let incident = move |(id, row): (&uuid::Uuid, &IncidentRow)| Row {
        key: RowKey::Incident(*id),
        cursor: row.cursor(sink.as_str()),
        head: row.sequence,
        changed_at: row.state.last_document_at,
    };
    items.map(item).chain(recalled.incidents.iter().map(incident))
}

#[cfg(test)]
mod tests;
