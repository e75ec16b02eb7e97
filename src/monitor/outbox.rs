//! Reading back from the record what a sink is behind with, and going through it row by row.
//!
//! Sinks that stand at the same row of an item, as they mostly do, share the reading of what comes after it; one that is
//! further behind reads for itself, so that no sink waits for another's backlog.

use std::{cell::RefCell, collections::HashMap, ops::Range, rc::Rc};

use anyhow::anyhow;
use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared, WeakShared},
};

use super::{
    Monitor, Step,
    backlog::{Backlog, Readable},
    notes::Notes,
};
use crate::{
    domain::{HistoryRow, ItemKey, Scope, SinkName},
    ports::{Clock, Inventory, Ledger, MetricSink},
};

/// A backlog, read, on its way out.
pub(super) struct Run {
    pub(super) key: ItemKey,
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

/// What came of reading a backlog, for all who asked.
type Read = Result<Rc<[HistoryRow]>, Rc<anyhow::Error>>;

/// The backlogs that are being read, by item and cursor. Only while they are: what was read is held by those who
/// announce it, and by nobody else.
pub(super) type Reads<'a> = RefCell<HashMap<(ItemKey, u64), WeakShared<LocalBoxFuture<'a, Read>>>>;

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Monitor<'_, I, L, M, C> {
    /// The rows that a sink has not acknowledged, up to the first hole.
    pub(super) async fn read<'a>(
        &'a self,
        scope: &'a Scope,
        backlog: Backlog,
        sink: SinkName,
        reads: &Reads<'a>,
        notes: &Notes,
    ) -> Option<Run> {
        let Backlog { ref key, cursor, head, .. } = backlog;
        let rows = self.reading(scope, key, cursor, reads).await;
        reads.borrow_mut().remove(&(key.clone(), cursor));
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => {
                notes.fail_with(Step::Announce, key, &anyhow!("{error:#}").context("cannot read what is pending"));
                return None;
            }
        };
        let Readable { expired, rows: left, hole } = backlog.readable(&rows, self.clock.now());
        if expired > cursor {
            let subject = format_args!("{scope}/{key} #{}..#{expired}", cursor + 1);
            notes.parked(sink, expired - cursor, subject, "expired, and no longer in history");
        }
        if let Some(sequence) = hole {
            notes.fail_with(Step::Announce, key, &anyhow!("history has no row of sequence {sequence}"));
        }
        // Another poll may have recorded more since.
        notes.owed(sink, (expired + left.len() as u64).saturating_sub(head));
        let run = Run { key: backlog.key, rows, left, passed: expired, acknowledged: cursor, ended: false };
        (run.next().is_some() || run.passed > run.acknowledged).then_some(run)
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
