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

use crate::{
    domain::{
        HistoryRow, IncidentRow, Notify, Recalled, RecordedEvent, RecordedIncident, RowKey, RowPath, SinkName,
        StateRow, Timestamp,
    },
    ports::Announcer,
};

/// What has been pending for longer is given up: nobody wants last month's alert when a topic comes back.
pub(super) const PENDING_LIMIT: Duration = Duration::from_secs(7 * 24 * 3600);

/// A transition that this poll has recorded, or the last document of an incident that it has folded. Baselines are not among
/// them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct News {
    pub(super) key: RowKey,
    pub(super) sequence: u64,
    /// The sinks that do not announce it, whose cursors have moved along with it.
    pub(super) passed_by: Vec<SinkName>,
}

/// An item or an incident that a sink is behind with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Backlog {
    pub(super) path: RowPath,
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
    if let Some(incident) = RecordedIncident::read(&row.event) {
        return incident.previous_at();
    }
    let previous = RecordedEvent::of(&row.event).previous_state()?;
    previous.since().map(|since| since.min(row.occurred_at))
}

/// Since when a row is pending: since it was recorded. It may have occurred long before, when it was an uncertain sight
/// that nobody came to confirm.
pub(super) fn pending_since(row: &HistoryRow) -> Timestamp {
    let recorded_at = RecordedEvent::of(&row.event).recorded_at();
    recorded_at.map_or(row.occurred_at, |recorded_at| recorded_at.max(row.occurred_at))
}

/// Whether a row is for the readers of a sink. Whether people are told of an incident's document stands in it.
pub(super) fn is_for(row: &HistoryRow, announcer: &dyn Announcer, notify: Notify) -> bool {
    match RecordedIncident::read(&row.event) {
        Some(incident) if announcer.is_for_people() => {
            let is_told =
                if announcer.sink() == SinkName::CHAT { incident.is_for_chat() } else { incident.is_for_people() };
            notify.incidents() && is_told
        }
        // A transition is owed to people only where they are told of each, or were when it was recorded.
        Some(_) | None => true,
    }
}

/// Whether a sink has not acknowledged all that was recalled.
pub(super) fn is_behind(recalled: &Recalled, sink: SinkName) -> bool {
    rows(recalled, sink).any(|row| row.cursor < row.head)
}

/// How much a sink was behind when everything was recalled.
pub(super) fn owed(recalled: &Recalled, sink: SinkName) -> u64 {
    rows(recalled, sink).map(|row| row.head.saturating_sub(row.cursor)).sum()
}

/// How much a transition or a document that this poll has recorded adds to that.
pub(super) fn newly_owed(recalled: &Recalled, news: &News) -> u64 {
    let known = match &news.key {
        RowKey::Item(key) => recalled.states.get(key).map(|row| row.sequence),
        RowKey::Incident(id) => recalled.incidents.get(id).map(|row| row.sequence),
    };
    news.sequence.saturating_sub(known.unwrap_or_default())
}

/// What a sink is behind with on an item or an incident of which this poll has recorded something.
pub(super) fn fresh(recalled: &Recalled, news: News, sink: SinkName) -> Backlog {
    let cursor = match &news.key {
        RowKey::Item(key) => recalled.states.get(key).map(|row| row.cursor(sink.as_str())),
        RowKey::Incident(id) => recalled.incidents.get(id).map(|row| row.cursor(sink.as_str())),
    };
    let path = RowPath::new(recalled.scope.clone(), news.key);
    Backlog { path, cursor: cursor.unwrap_or_default(), head: news.sequence, head_occurred_at: None }
}

/// What a sink is behind with besides what is `fresh`, in the order in which it is announced.
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

/// A row that was recalled, and how far a sink has come with it.
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
