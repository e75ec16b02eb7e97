//! Bringing every sink up to date with a scope, each for itself: what it has not acknowledged yet is announced, from the
//! record.
//!
//! The outbox is the history table: pending are the rows above a sink's cursor. In a quiet poll the recalled rows show
//! that there are none, and nothing is read.

use futures::future::join_all;

use super::{
    backlog::{backlogs, is_behind},
    delivery::Delivery,
    notes::Notes,
    outbox::Outbox,
    pace::Pace,
    recorder::Recorded,
};
use crate::{
    domain::Recalled,
    ports::{Announcer, Clock, Ledger},
};

/// Makes a [`Delivery`] of each sink.
pub(super) struct Dispatcher<'a, L, C> {
    pub(super) ledger: &'a L,
    pub(super) announcers: &'a [&'a dyn Announcer],
    pub(super) clock: &'a C,
    pub(super) pace: Pace<'a, C>,
    pub(super) notes: &'a Notes,
}

impl<L: Ledger, C: Clock> Dispatcher<'_, L, C> {
    /// Whether a sink has not acknowledged all that was recalled.
    pub(super) fn is_behind(&self, recalled: &Recalled) -> bool {
        let is_owed = |sink| recalled.states.values().any(|row| is_behind(row, sink));
        self.announcers.iter().any(|announcer| is_owed(announcer.sink()))
    }

    /// Announces what was recorded, and what earlier polls could not announce.
    pub(super) async fn dispatch(&self, recalled: &Recalled, recorded: &Recorded) {
        let outbox = &Outbox::new(self.ledger, self.clock, self.notes);
        let deliveries = self.announcers.iter().map(|announcer| {
            let backlogs = backlogs(recalled, recorded, announcer.sink());
            self.notes.owed(announcer.sink(), backlogs.iter().map(|backlog| backlog.head - backlog.cursor).sum());
            let (announcer, pace) = (*announcer, &self.pace);
            let delivery = Delivery { announcer, ledger: self.ledger, clock: self.clock, pace, notes: self.notes };
            let runs = outbox.runs(announcer.sink(), backlogs);
            async move { delivery.run(runs).await }
        });
        join_all(deliveries).await;
    }
}
