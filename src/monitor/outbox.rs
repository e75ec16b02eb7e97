//! The outbox of a scope: reads from history what its sinks have still to announce.
//!
//! Sinks with the same cursor on an item, as is usual, share one read of the rows after it. A sink that is further
//! behind reads by itself, so that no sink waits for another's backlog.

use std::{cell::RefCell, collections::HashMap, ops::Range, rc::Rc};

use anyhow::anyhow;
use futures::{
    FutureExt, Stream, StreamExt,
    future::{LocalBoxFuture, Shared, WeakShared},
};

use super::{
    backlog::{Backlog, Readable},
    failure::Step,
    notes::Notes,
};
use crate::{
    domain::{HistoryRow, RowPath, SinkName},
    ports::{Clock, Ledger},
};

/// How many backlogs of one sink are read at the same time.
pub(super) const READS_IN_FLIGHT: usize = 32;

/// A backlog that was read and is being announced.
pub(super) struct Run {
    pub(super) path: RowPath,
    /// The rows above its cursor, which other sinks may share, and the range of them that this sink still has to
    /// announce.
    rows: Rc<[HistoryRow]>,
    left: Range<usize>,
    /// The last sequence that the sink has accepted or that is parked for it.
    pub(super) passed: u64,
    /// The sink's cursor.
    pub(super) acknowledged: u64,
    /// Whether it ends here for this poll, even if rows are left.
    pub(super) ended: bool,
}

impl Run {
    /// The row to announce next.
    pub(super) fn next(&self) -> Option<&HistoryRow> {
        self.rows[self.left.clone()].first()
    }

    /// Goes on to the row after that.
    pub(super) fn pass(&mut self) {
        if let Some(sequence) = self.next().map(|row| row.sequence) {
            self.passed = sequence;
            self.left.start += 1;
        }
    }
}

/// The read of a backlog, whose result is shared by all sinks that asked for it.
type Reading<'a> = LocalBoxFuture<'a, Result<Rc<[HistoryRow]>, Rc<anyhow::Error>>>;

/// Reads pending rows, for all sinks of a scope.
pub(super) struct Outbox<'a, L, C> {
    ledger: &'a L,
    clock: &'a C,
    notes: &'a Notes,
    /// The reads in progress, by item and cursor. Only the sinks that announce the rows keep a finished read alive.
    under_way: RefCell<HashMap<(RowPath, u64), WeakShared<Reading<'a>>>>,
}

impl<'a, L: Ledger, C: Clock> Outbox<'a, L, C> {
    pub(super) fn new(ledger: &'a L, clock: &'a C, notes: &'a Notes) -> Outbox<'a, L, C> {
        Outbox { ledger, clock, notes, under_way: RefCell::default() }
    }

    /// Reads the backlogs of `sink` in their order, a few ahead of their announcing. The item is none for a backlog
    /// without rows to announce.
    pub(super) fn runs(
        &self,
        sink: SinkName,
        backlogs: impl Stream<Item = Backlog>,
    ) -> impl Stream<Item = Option<Run>> {
        backlogs.map(move |backlog| self.read(sink, backlog)).buffered(READS_IN_FLIGHT)
    }

    /// The rows that a sink has not acknowledged, up to the first hole.
    async fn read(&self, sink: SinkName, backlog: Backlog) -> Option<Run> {
        let Backlog { ref path, cursor, head, .. } = backlog;
        let rows = self.reading(path, cursor).await;
        self.under_way.borrow_mut().remove(&(path.clone(), cursor));
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => {
                let error = anyhow!("{error:#}").context("cannot read what is pending");
                self.notes.fail_with(Step::Announce, &path.key, &error);
                return None;
            }
        };
        let Readable { expired, rows: left, hole } = backlog.readable(&rows, self.clock.now());
        if expired > cursor {
            let subject = format_args!("{path} #{}..#{expired}", cursor + 1);
            self.notes.parked(sink, expired - cursor, subject, "expired, and no longer in history");
        }
        if let Some(sequence) = hole {
            let error = anyhow!("history has no row of sequence {sequence}");
            self.notes.fail_with(Step::Announce, &path.key, &error);
        }
        // Another poll may have recorded further rows.
        self.notes.owed(sink, (expired + left.len() as u64).saturating_sub(head));
        let run = Run { path: backlog.path, rows, left, passed: expired, acknowledged: cursor, ended: false };
        (run.next().is_some() || run.passed > run.acknowledged).then_some(run)
    }

    /// The read of an item's rows above a cursor: the one in progress, or a new one. Either began after this poll had
    /// recorded its transitions of the item.
    fn reading(&self, path: &RowPath, cursor: u64) -> Shared<Reading<'a>> {
        let mut under_way = self.under_way.borrow_mut();
        let place = (path.clone(), cursor);
        if let Some(reading) = under_way.get(&place).and_then(WeakShared::upgrade) {
            return reading;
        }
        let (ledger, path) = (self.ledger, path.clone());
        let reading = async move {
            let rows = ledger.pending(&path, cursor).await;
            rows.map(Rc::from).map_err(Rc::new)
        };
        let reading = reading.boxed_local().shared();
        under_way.extend(reading.downgrade().map(|weak| (place, weak)));
        reading
    }
}
