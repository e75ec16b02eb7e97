//! Brings every sink up to date with a scope, independently of the others: announces, from history, what the sink has
//! not acknowledged yet.
//!
//! The outbox is the history table: pending are the rows above a sink's cursor. In a quiet poll the recalled rows show
//! that there are none, and nothing is read.

use std::{cell::RefCell, collections::BTreeSet, pin::pin, rc::Rc};

use futures::{
    Stream, StreamExt,
    channel::mpsc,
    future::{join, join_all},
    stream,
};

use super::{
    acknowledger::Acknowledger,
    backlog::{Backlog, News, fresh, is_behind, newly_owed, owed, stale},
    comparison::Comparison,
    delivery::Delivery,
    notes::Notes,
    outbox::Outbox,
    pace::Pace,
};
use crate::{
    domain::{Notify, Recalled, RowKey, SinkName, Timestamp},
    ports::{Announcer, Clock, Ledger},
};

/// Makes a [`Delivery`] of each sink.
pub(super) struct Dispatcher<'a, L, C> {
    pub(super) ledger: &'a L,
    pub(super) announcers: &'a [&'a dyn Announcer],
    pub(super) clock: &'a C,
    pub(super) pace: Pace<'a, C>,
    /// What is announced to people.
    pub(super) notify: Notify,
    pub(super) notes: &'a Notes,
}

impl<L: Ledger, C: Clock> Dispatcher<'_, L, C> {
    /// Whether a sink has not acknowledged all recalled rows.
    pub(super) fn is_behind(&self, recalled: &Recalled) -> bool {
        self.announcers.iter().any(|announcer| is_behind(recalled, announcer.sink()))
    }

    /// Announces rows as they are recorded, and then those that earlier polls could not announce.
    pub(super) async fn dispatch(&self, comparison: &Comparison, news: impl Stream<Item = News>) {
        self.dispatch_from(&comparison.recalled, comparison.snapshot.at, news).await;
    }

    /// Announces rows as they are recorded, and then what else is pending of `recalled`. It was observed at `observed_at`.
    pub(super) async fn dispatch_from(
        &self,
        recalled: &Recalled,
        observed_at: Timestamp,
        news: impl Stream<Item = News>,
    ) {
        let Dispatcher { ledger, clock, ref pace, notify, notes, .. } = *self;
        let outbox = &Outbox::new(ledger, clock, notes);
        let acknowledger = &Acknowledger::new(ledger, clock);
        let mut feeds = Vec::new();
        let mut deliveries = Vec::new();
        for announcer in self.announcers {
            let sink = announcer.sink();
            notes.owed(sink, owed(recalled, sink));
            let (feed, fresh) = mpsc::unbounded();
            feeds.push((sink, feed));
            let delivery =
                Delivery { announcer: *announcer, ledger, clock, pace, acknowledger, observed_at, notify, notes };
            let runs = outbox.runs(sink, backlogs(recalled, fresh, sink));
            deliveries.push(async move { delivery.run(runs).await });
        }
        join(self.feed(recalled, news, feeds), join_all(deliveries)).await;
    }

    /// Passes recorded rows on to every sink.
    async fn feed(
        &self,
        recalled: &Recalled,
        news: impl Stream<Item = News>,
        feeds: Vec<(SinkName, mpsc::UnboundedSender<News>)>,
    ) {
        let mut all_news = pin!(news);
        while let Some(news) = all_news.next().await {
            for (sink, feed) in feeds.iter().filter(|(sink, _)| !news.passed_by.contains(sink)) {
                self.notes.owed(*sink, newly_owed(recalled, &news));
                // A sink that is skipped for the rest of the poll accepts nothing more; the next poll reads its
                // backlog.
                let _ = feed.unbounded_send(news.clone());
            }
        }
    }
}

/// The backlogs of a sink, in the order in which they are announced.
fn backlogs(
    recalled: &Recalled,
    recorded: mpsc::UnboundedReceiver<News>,
    sink: SinkName,
) -> impl Stream<Item = Backlog> {
    let seen: Rc<RefCell<BTreeSet<RowKey>>> = Rc::default();
    let news = {
        let seen = Rc::clone(&seen);
        recorded.map(move |news| {
            seen.borrow_mut().insert(news.key.clone());
            fresh(recalled, news, sink)
        })
    };
    let others = stream::once(async move { stream::iter(stale(recalled, &seen.borrow(), sink)) });
    news.chain(others.flatten())
}
