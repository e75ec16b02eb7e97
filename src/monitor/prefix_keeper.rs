//! Keeps what is accepted over virtual interfaces, from poll to poll: a row for each interface, written when it changes. Finds
//! what people are to know of it.
//!
//! What becomes of prefixes is decided in the crate's room `routes`, which is pure.

use std::sync::Arc;

use futures::{StreamExt, stream};

use super::{comparison::Comparison, failure::Step, notes::Notes, scope_fold::Estate, settings::Settings};
use crate::{
    domain::{PrefixRow, Recalled},
    incident::Findings,
    ports::{Ledger, Recording},
    routes::{Known, findings, settle},
};

/// How many rows are written at the same time.
const WRITES_IN_FLIGHT: usize = 8;

/// Keeps prefixes.
pub(super) struct PrefixKeeper<'a, L> {
    pub(super) ledger: &'a L,
    pub(super) settings: &'a Settings,
    pub(super) estate: &'a Estate,
    pub(super) notes: &'a Notes,
}

impl<L: Ledger> PrefixKeeper<'_, L> {
    /// Writes the rows of a scope that change. Returns what is found by the rows as they are then; none where nothing was
    /// compared.
    ///
    /// The ways to a destination may lead over several regions. Where one of them is not recalled yet, nothing can be
    /// compared with it: then nothing is written, and what was read is read again in its turn.
    pub(super) async fn keep(&self, comparison: &Comparison) -> Option<Findings> {
        let Comparison { recalled, snapshot, .. } = comparison;
        let is_watched = self.settings.keeps_prefixes;
        let others = self.estate.others(comparison.scope(), self.settings)?;
        let rows = if is_watched { settle(recalled, &others, snapshot) } else { Vec::new() };
        let writes = stream::iter(rows).map(|row| self.write(recalled, row)).buffer_unordered(WRITES_IN_FLIGHT);
        let written: Vec<PrefixRow> = writes.filter_map(async |row| row).collect().await;
        findings(&Known { recalled, written: &written, others: &others, snapshot, is_watched })
    }

    /// Writes a row. None if it is not written: another poll was first, or the next one does it.
    async fn write(&self, recalled: &Arc<Recalled>, row: PrefixRow) -> Option<PrefixRow> {
        match self.ledger.keep_prefixes(&recalled.scope, &row).await {
            Ok(Recording::Recorded) => Some(row),
            Ok(Recording::Lost) => {
                tracing::debug!(interface = row.interface, "another poll was first");
                None
            }
            Err(error) => {
                self.notes.fail_with(Step::Prefixes, &row.interface, &error);
                None
            }
        }
    }
}
