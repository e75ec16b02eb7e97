//! What a sink is behind with, and reading it back from the record.
//!
//! Sinks that stand at the same row of an item, as they mostly do, share the reading of what comes after it; one that is
//! further behind reads for itself, so that no sink waits for another's backlog.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use anyhow::anyhow;
use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared, WeakShared},
};

use super::{Monitor, notes::Notes, recording::Recorded};
use crate::{
    domain::{HistoryRow, ItemKey, Recalled, Scope, SinkName, StateRow},
    ports::{Announcer, Clock, Inventory, Ledger, MetricSink},
};

/// An item that a sink is behind with.
pub(super) struct Backlog {
    pub(super) key: ItemKey,
    pub(super) cursor: u64,
    pub(super) head: u64,
}

/// A backlog, read, on its way out.
pub(super) struct Run {
    pub(super) key: ItemKey,
    /// The rows above its cursor, up to the first hole, and how many of them it is through with.
    rows: Rc<[HistoryRow]>,
    through: usize,
    /// The last sequence that the sink accepted or will never have.
    pub(super) passed: u64,
    /// The sink's cursor.
    pub(super) acknowledged: u64,
    /// Whether it ends here for this poll, whatever is left.
    pub(super) ended: bool,
}

/// What came of reading a backlog, for all who asked.
type Read = Result<Rc<[HistoryRow]>, Rc<anyhow::Error>>;

/// The backlogs that are being read, by item and cursor. Only while they are: what was read is held by those who
/// announce it, and by nobody else.
pub(super) type Reads<'a> = RefCell<HashMap<(ItemKey, u64), WeakShared<LocalBoxFuture<'a, Read>>>>;

impl<I: Inventory, L: Ledger, M: MetricSink, A: Announcer, C: Clock> Monitor<'_, I, L, M, A, C> {
    /// The rows that a sink has not acknowledged, up to the first hole.
    pub(super) async fn read<'a>(
        &'a self,
        scope: &'a Scope,
        backlog: Backlog,
        sink: SinkName,
        reads: &Reads<'a>,
        notes: &Notes,
    ) -> Option<Run> {
        let Backlog { key, cursor, head } = backlog;
        let rows = self.reading(scope, &key, cursor, reads).await;
        reads.borrow_mut().remove(&(key.clone(), cursor));
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => {
                notes.fail("announce", &key, &anyhow!("{error:#}").context("cannot read what is pending"));
                return None;
            }
        };
        let unbroken = rows.iter().zip(cursor + 1..).take_while(|(row, expected)| row.sequence == *expected).count();
        let last = cursor + unbroken as u64;
        if unbroken < rows.len() || last < head {
            notes.fail("announce", &key, &anyhow!("history has no row of sequence {}", last + 1));
        }
        // Another poll may have recorded more since.
        notes.owed(sink, last.saturating_sub(head));
        let rows = if unbroken < rows.len() { rows[..unbroken].into() } else { rows };
        (!rows.is_empty()).then_some(Run { key, rows, through: 0, passed: cursor, acknowledged: cursor, ended: false })
    }

    /// The reading of an item's rows above a cursor: the one that is under way, or a new one. Either began after this
    /// poll had recorded what it had to.
    fn reading<'a>(
        &'a self,
        scope: &'a Scope,
        key: &ItemKey,
        cursor: u64,
        reads: &Reads<'a>,
    ) -> Shared<LocalBoxFuture<'a, Read>> {
        let mut reads = reads.borrow_mut();
        let place = (key.clone(), cursor);
        if let Some(under_way) = reads.get(&place).and_then(WeakShared::upgrade) {
            return under_way;
        }
        let key = key.clone();
        let reading = async move {
            let rows = self.ledger.pending(scope, &key, cursor).await;
            rows.map(Rc::from).map_err(Rc::new)
        };
        let reading = reading.boxed_local().shared();
        reads.extend(reading.downgrade().map(|weak| (place, weak)));
        reading
    }
}

impl Run {
    /// The row that is to be announced next.
    pub(super) fn next(&self) -> Option<&HistoryRow> {
        self.rows.get(self.through)
    }

    /// The sink is through with that row.
    pub(super) fn pass(&mut self) {
        if let Some(sequence) = self.next().map(|row| row.sequence) {
            self.passed = sequence;
            self.through += 1;
        }
    }
}

/// Whether a sink has not acknowledged all that a row says happened.
pub(super) fn is_behind(row: &StateRow, sink: SinkName) -> bool {
    row.cursor(sink.as_str()) < row.sequence
}

/// What a sink is behind with: first the items with a transition of this poll (their older ones ahead of it), then the
/// rest, those that have waited longest first.
pub(super) fn backlogs(recalled: &Recalled, recorded: &Recorded, sink: SinkName) -> Vec<Backlog> {
    let mut behind: Vec<_> = recalled
        .states
        .iter()
        .map(|(key, row)| (key, row, recorded.sequences.get(key)))
        .filter(|(_, row, fresh)| fresh.is_some() || is_behind(row, sink))
        .map(|(key, row, fresh)| {
            let cursor = row.cursor(sink.as_str());
            let backlog = Backlog { key: key.clone(), cursor, head: fresh.copied().unwrap_or(row.sequence) };
            (fresh.is_none(), row.last_transition_at, backlog)
        })
        .collect();
    behind.sort_by_key(|(stale, since, _)| (*stale, *since));
    let new = recorded
        .sequences
        .iter()
        .filter(|(key, _)| !recalled.states.contains_key(key))
        .map(|(key, head)| Backlog { key: key.clone(), cursor: 0, head: *head });
    new.chain(behind.into_iter().map(|(_, _, backlog)| backlog)).collect()
}
