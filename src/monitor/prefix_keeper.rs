//! Keeps what is accepted over virtual interfaces, from poll to poll: a row for each interface, written when it changes.
//!
//! What becomes of prefixes is decided in the crate's room `routes`, which is pure.

use std::sync::Arc;

use futures::{StreamExt, stream};

use super::{comparison::Comparison, failure::Step, notes::Notes, scope_fold::Estate, settings::Settings};
use crate::{
    domain::{PrefixRow, Recalled},
    ports::{Ledger, Recording},
    routes::settle,
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
    /// Writes the rows of a scope that change. Returns those that are written.
    ///
    /// The ways to a destination may lead over several regions. Where one of them is not recalled yet, nothing can be
    /// compared with it: then nothing is written, and what was read is read again in its turn.
    pub(super) async fn keep(&self, comparison: &Comparison) -> Vec<PrefixRow> {
        if !self.settings.keeps_prefixes {
            return Vec::new();
        }
        let Some(others) = self.estate.others(comparison.scope(), self.settings) else { return Vec::new() };
        let rows = settle(&comparison.recalled, &others, &comparison.snapshot);
        let writes = rows.into_iter().map(|row| self.write(&comparison.recalled, row));
        stream::iter(writes).buffer_unordered(WRITES_IN_FLIGHT).filter_map(async |row| row).collect().await
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
