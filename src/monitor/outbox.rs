//! The outbox of a scope: what its sinks have still to announce, read back from history.
//!
//! Sinks that stand at the same row of an item, as they mostly do, share the reading of what comes after it; one that is
//! further behind reads for itself, so that no sink waits for another's backlog.

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

/// Backlogs of one sink being read at once.
pub(super) const READS_IN_FLIGHT: usize = 32;

/// A backlog, read, on its way out.
pub(super) struct Run {
    pub(super) path: RowPath,
    /// The rows above its cursor, which other sinks may share, and which of them this one still has to take.
    rows: Rc<[HistoryRow]>,
    left: Range<usize>,
    /// The last sequence that the sink accepted or will never have.
    pub(super) passed: u64,
    /// The sink's cursor.
    pub(super) acknowledged: u64,
    /// Whether it ends here for this poll, whatever is left.
    pub(super) ended: bool,
}

impl Run {
    /// The row that is to be announced next.
    pub(super) fn next(&self) -> Option<&HistoryRow> {
        self.rows[self.left.clone()].first()
    }

    /// The sink is through with that row.
    pub(super) fn pass(&mut self) {
        if let Some(sequence) = self.next().map(|row| row.sequence) {
            self.passed = sequence;
            self.left.start += 1;
        }
    }
}

/// The reading of a backlog, whose result all that asked for it share.
type Reading<'a> = LocalBoxFuture<'a, Result<Rc<[HistoryRow]>, Rc<anyhow::Error>>>;

/// Reads what is pending, for all sinks of a scope.
pub(super) struct Outbox<'a, L, C> {
    ledger: &'a L,
    clock: &'a C,
    notes: &'a Notes,
    /// The backlogs that are being read, by item and cursor. Only while they are: what was read is held by those who
    /// announce it, and by nothing else.
    under_way: RefCell<HashMap<(RowPath, u64), WeakShared<Reading<'a>>>>,
}

impl<'a, L: Ledger, C: Clock> Outbox<'a, L, C> {
    pub(super) fn new(ledger: &'a L, clock: &'a C, notes: &'a Notes) -> Outbox<'a, L, C> {
        Outbox { ledger, clock, notes, under_way: RefCell::default() }
    }

    /// The backlogs of `sink`, read in their order, some at a time and no further ahead than they are taken. None in
    /// place of one of which nothing is left.
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
        // Another poll may have recorded more since.
        self.notes.owed(sink, (expired + left.len() as u64).saturating_sub(head));
        let run = Run { path: backlog.path, rows, left, passed: expired, acknowledged: cursor, ended: false };
        (run.next().is_some() || run.passed > run.acknowledged).then_some(run)
    }

    /// The reading of an item's rows above a cursor: the one that is under way, or a new one. Either began after this
    /// poll had recorded what it had to.
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
