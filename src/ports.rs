//! The traits between the pipeline and its adapters: the source of states, the store, metrics, sinks and the clock.
//!
//! Adapters in `aws`, `local` and the tests implement them; [`crate::monitor`] is generic over them and knows none.
//! Sinks, and the stores that readers read, are chosen at run time, so they are trait objects. Ports return
//! [`anyhow::Result`], to which the adapter adds the context that an operator needs. They return a type of their own only
//! where the caller decides by it ([`Recording`], [`Covering`], [`Refusal`]).

mod evidence;
mod organisation;
mod progress;
mod stores;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    ops::ControlFlow,
    pin::pin,
    time::Duration,
};

use async_trait::async_trait;
use futures::future::{Either, select};
use uuid::Uuid;

pub use self::{
    evidence::{EvidenceStore, Measurements},
    organisation::{Organization, Prober, Queue, Queued},
    progress::Progress,
    stores::{Roster, Turns, Windows},
};
pub use crate::announcement::{Announcement, Form};
use crate::{
    announcement::BaselineSummary,
    domain::{
        Amendment, CoveragePath, Event, FoldStep, Folding, HistoryRow, ItemPath, Kind, ListedScope, Observation,
        PrefixRow, Recalled, RowPath, Scope, Selection, SinkName, Span, StateRow, Timestamp, Transition, Unmonitored,
    },
    metrics::DataPoint,
};

/// The clock. It is passed in everywhere, so that a test or a simulation can set the time.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;

    /// The output of `future`, or `None` if it takes longer than `time`.
    fn within<F: Future>(&self, time: Duration, future: F) -> impl Future<Output = Option<F::Output>> {
        async move {
            match select(pin!(future), pin!(self.sleep(time))).await {
                Either::Left((output, _)) => Some(output),
                Either::Right(_) => None,
            }
        }
    }
}

/// The real time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from(chrono::Utc::now())
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// The source of the items and their states.
pub trait Inventory {
    /// Reads all items of `kinds` in `scope`. It never fails as a whole: each listing that could not be read is a gap.
    fn observe(&self, scope: &Scope, kinds: &BTreeSet<Kind>) -> impl Future<Output = Observation>;
}

/// The result of writing a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// It is recorded, by this call or by an earlier one whose answer was lost.
    Recorded,
    /// Another poll changed the row since it was recalled. Nothing was written; this is not a failure.
    Lost,
}

/// The error of a store that accepts no more at present. The call may be repeated, with fewer rows at a time.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub struct Throttled(pub anyhow::Error);

/// The result of writing a coverage row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covering {
    /// It is written, and the last complete listing, of the kind or of the parent's children, moved to its end.
    Written,
    /// The stored last complete listing, given here, is not the recalled one. Nothing was written. It is none where the
    /// gap in the parent's children has ended.
    Refused(Option<Timestamp>),
}

/// A transition, with everything else that recording it needs.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The transition; its `previous` is the condition of the write.
    pub transition: &'a Transition,
    /// Its document.
    pub event: &'a Event,
    /// The sinks that do not announce it, and have announced all that came before: their cursors move along with it.
    pub passed_by: &'a [SinkName],
    /// When its history row may be dropped, in seconds since 1970.
    pub expires_at: i64,
}

impl Record<'_> {
    /// Whether `document`, found under this transition's key, is the one that this record writes. Then an earlier call
    /// wrote it, and its answer was lost. The id alone is not enough: it is made of item, sequence and instant, so two polls
    /// that observed different states in the same millisecond would have the same id.
    pub fn wrote(&self, document: &serde_json::Value) -> bool {
        serde_json::to_value(self.event).is_ok_and(|own| own == *document)
    }
}

/// The new cursors of an item: for each of these sinks, the sequence of the last transition that is acknowledged or parked.
pub type Cursors = BTreeMap<SinkName, u64>;

/// A transition, or a document of an incident, that is given up for a sink.
#[derive(Clone, Copy, Debug)]
pub struct Parking<'a> {
    /// The item or the incident.
    pub path: &'a RowPath,
    /// The sort key of its row.
    pub occurred_at: Timestamp,
    /// The sink.
    pub sink: SinkName,
    /// The reason.
    pub reason: &'a str,
}

/// The fact that a sink for people has announced a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineAnnounced {
    /// The scope.
    pub scope: Scope,
    /// The kinds.
    pub kinds: BTreeSet<Kind>,
    /// The sink.
    pub sink: SinkName,
    /// Whether all sinks for people have announced it now.
    pub everywhere: bool,
    /// When.
    pub at: Timestamp,
}

/// The store of states, history and cursors, as the pipeline uses it.
///
/// Every write is safe to repeat: a repeat of a write whose answer was lost recognizes its own effect, and succeeds. The
/// rules are in the crate documentation, and the contract suite in the tests checks every implementation.
pub trait Ledger: Windows + EvidenceStore {
    /// Everything that is stored of a scope, in one strongly consistent read.
    fn recall(&self, scope: &Scope) -> impl Future<Output = anyhow::Result<Recalled>>;

    /// Writes a transition: its history row, on the row's absence, and its item's state row, on the recalled `sequence`
    /// and `last_transition_at` (and, for a confirmed suspect, on that suspect; where none was recalled, on its absence), or on its absence when the item is new.
    ///
    /// The suspect and the expiry are removed. In a new row, every sink of `sinks` starts at zero; in an old row, a sink
    /// of `sinks` that has no cursor gets one at the recalled sequence. The cursors of the sinks in
    /// [`Record::passed_by`] are at the transition's own sequence then.
    fn record(&self, record: Record<'_>, sinks: &[SinkName]) -> impl Future<Output = anyhow::Result<Recording>>;

    /// Writes first sights that belong to a baseline, in transactions of up to 50. This is like [`Ledger::record`], but
    /// the cursors of `sinks` are at 1, so that they are not announced one by one. A row that exists already is not changed.
    ///
    /// # Errors
    ///
    /// [`Throttled`] if the store accepts no more at present. Then another batch, or a smaller one, may be written.
    fn record_baseline(
        &self,
        scope: &Scope,
        records: &[Record<'_>],
        sinks: &[SinkName],
    ) -> impl Future<Output = anyhow::Result<()>>;

    /// Changes the attributes of a state row besides its state. A refused change is [`Recording::Lost`].
    fn amend(&self, scope: &Scope, amendment: &Amendment) -> impl Future<Output = anyhow::Result<Recording>>;

    /// How often the scope's transitions were folded, strongly consistent; 0 where they never were.
    fn revision(&self, scope: &Scope) -> impl Future<Output = anyhow::Result<u64>>;

    /// Writes one step of a fold: all of it, or nothing. In the row of a new incident every sink of `sinks` starts at zero,
    /// or behind its documents where these are announced already. Rows that exist keep their cursors, and a sink of `sinks`
    /// that has none gets one where the row stood before.
    fn fold(&self, step: &FoldStep, sinks: &[SinkName]) -> impl Future<Output = anyhow::Result<Folding>>;

    /// The history rows of an item or an incident with a sequence above `cursor`, ascending. The read is strongly
    /// consistent and complete.
    fn pending(&self, path: &RowPath, cursor: u64) -> impl Future<Output = anyhow::Result<Vec<HistoryRow>>>;

    /// Moves each cursor forward, unless it is at or beyond its new value already, or the row's sequence is below that.
    /// Such a cursor is left alone, which is not a failure. If there is none, all move in one write.
    fn acknowledge(&self, path: &RowPath, cursors: &Cursors) -> impl Future<Output = anyhow::Result<()>>;

    /// Marks a history row as given up for a sink.
    fn park(&self, parking: &Parking<'_>) -> impl Future<Output = anyhow::Result<()>>;

    /// Writes a coverage row and moves the last complete listing, of the kind or of the parent's children, to its end, on
    /// condition that it is at its start. Until progress follows, the items of that listing are not recorded, and the last
    /// settled listing stays.
    fn cover(&self, unmonitored: &Unmonitored, expires_at: i64) -> impl Future<Output = anyhow::Result<Covering>>;

    /// Writes a scope's progress. A kind that another poll has moved further is left alone, with its gaps. Of the others,
    /// the last complete listing is settled. A gap that is stored stays as it is until it ends; one that goes on, and that
    /// another poll has ended meanwhile, begins with the stored last complete listing.
    fn progress(&self, scope: &Scope, progress: &Progress) -> impl Future<Output = anyhow::Result<()>>;

    /// Writes the row of a virtual interface's prefixes, on condition that the stored one is of the revision before its own,
    /// or that there is none before the first: of two polls that were decided on one row, only one writes. It is recalled
    /// with its scope.
    fn keep_prefixes(&self, scope: &Scope, row: &PrefixRow) -> impl Future<Output = anyhow::Result<Recording>>;

    /// The list of scopes, strongly consistent.
    fn listed(&self) -> impl Future<Output = anyhow::Result<Vec<ListedScope>>>;

    /// Remembers since when a scope on the list is configured no longer, or that it is polled again. One that is retired
    /// already keeps its instant; one that is not on the list is not put there.
    fn relist(&self, listed: &ListedScope) -> impl Future<Output = anyhow::Result<()>>;

    /// Stores that a sink has announced a baseline. Values that are stored already do not change.
    fn baseline_announced(&self, announced: &BaselineAnnounced) -> impl Future<Output = anyhow::Result<()>>;
}

/// The store as readers use it. It has no method that writes.
///
/// Readers hold it as `&dyn History`, since the store is chosen at run time.
#[async_trait(?Send)]
pub trait History {
    /// The scopes that were ever polled, and which of them are configured no longer.
    async fn scopes(&self) -> anyhow::Result<Vec<ListedScope>>;

    /// Everything that is stored of a scope.
    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled>;

    /// The state row of one item, if it has one.
    ///
    /// An adapter that can read it without the whole scope overrides this.
    async fn state(&self, item: &ItemPath) -> anyhow::Result<Option<StateRow>> {
        Ok(self.states(&item.scope).await?.states.remove(&item.key))
    }

    /// Calls `each` with the transitions of `selection`, by time, until it breaks.
    ///
    /// They are read piece by piece, so that there may be any number of them.
    async fn each_transition(&self, selection: &Selection, each: EachTransition<'_>) -> anyhow::Result<()>;

    /// The transitions of `selection`, by time.
    async fn transitions(&self, selection: &Selection) -> anyhow::Result<Vec<HistoryRow>> {
        let mut transitions = Vec::new();
        let mut keep = |row| {
            transitions.push(row);
            ControlFlow::Continue(())
        };
        self.each_transition(selection, &mut keep).await?;
        Ok(transitions)
    }

    /// The unmonitored stretches of a kind, or of the children of one parent alone, that reach into `span`, ascending.
    async fn unmonitored(&self, path: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>>;

    /// The documents of an incident, by their sequence.
    async fn documents(&self, scope: &Scope, incident: Uuid) -> anyhow::Result<Vec<HistoryRow>>;

    /// Calls `each` with the documents of all incidents in `span`, by time, until it breaks.
    async fn each_document(&self, span: Span, each: EachTransition<'_>) -> anyhow::Result<()>;
}

/// A function that is called with one transition after the other, until it breaks.
pub type EachTransition<'a> = &'a mut dyn FnMut(HistoryRow) -> ControlFlow<()>;

/// The service to which data points are published.
pub trait MetricSink {
    /// Publishes data points. Returns how many were accepted, and the errors.
    fn publish(&self, data: &[DataPoint]) -> impl Future<Output = Publication>;
}

/// The result of publishing data points.
#[derive(Debug, Default)]
pub struct Publication {
    /// Data points that the service accepted.
    pub accepted: usize,
    /// Data points that were left out because the service would not accept them, such as an id that is not printable ASCII.
    pub left_out: usize,
    /// The errors.
    pub errors: Vec<anyhow::Error>,
}

/// Why a sink did not accept an announcement.
#[derive(Debug)]
pub enum Refusal {
    /// It may accept it later: throttling, a server error, no connection, no answer.
    Transient(anyhow::Error),
    /// It will never accept this event: too large, malformed.
    Event(anyhow::Error),
    /// It accepts nothing until an operator fixes it: no permission, a deleted topic, a disabled key.
    Sink(anyhow::Error),
}

/// A sink: transitions are announced on it. Sinks are chosen at run time.
#[async_trait(?Send)]
pub trait Announcer {
    /// Its name: the key of its cursors.
    fn sink(&self) -> SinkName;

    /// Whether people read it. Such a sink gets one summary of a baseline, and only what is to be announced to people.
    fn is_for_people(&self) -> bool;

    /// How many announcements one call can carry; a call never carries two of the same item.
    fn batch_size(&self) -> usize {
        1
    }

    /// The least time between two calls, over all scopes. Zero means no limit.
    fn spacing(&self) -> Duration {
        Duration::ZERO
    }

    /// Announces a batch. Returns a result for each announcement, in order.
    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>>;

    /// Announces a baseline. A sink that people do not read accepts it and does nothing.
    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal>;
}
