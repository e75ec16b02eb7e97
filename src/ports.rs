//! What the pipeline asks of the world, as traits: where states come from, where they are kept, where they go.
//!
//! Adapters in `aws`, `local` and the tests implement them; [`crate::monitor`] is generic over them and knows none.
//! What is chosen at run time, the sinks and the stores that readers read, are trait objects.
//! Ports return [`anyhow::Result`], with the context that an operator needs added by the adapter; a type of its own
//! stands only where the caller decides by it ([`Recording`], [`Covering`], [`Refusal`]).

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    ops::ControlFlow,
    pin::pin,
    time::Duration,
};

use async_trait::async_trait;
use futures::future::{Either, select};

pub use crate::announcement::{Announcement, Form};
use crate::{
    announcement::BaselineSummary,
    domain::{
        Amendment, CoveragePath, Event, HistoryRow, ItemPath, Kind, Observation, Recalled, Scope, Selection, SinkName,
        Span, StateRow, Timestamp, Transition, Unmonitored,
    },
    metrics::DataPoint,
};

/// Time: passed in everywhere, so that a test or a simulation decides what it is.
pub trait Clock {
    /// The instant.
    fn now(&self) -> Timestamp;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;

    /// What `future` gives, unless `time` is over first.
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

/// Where the items and their states come from.
pub trait Inventory {
    /// Reads all items of `kinds` in `scope`. It cannot fail as a whole: what could not be read is a gap.
    fn observe(&self, scope: &Scope, kinds: &BTreeSet<Kind>) -> impl Future<Output = Observation>;
}

/// What came of writing a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// It is recorded, by this call or by an earlier one whose answer was lost.
    Recorded,
    /// Another poll changed the row since it was recalled: nothing was written, and nothing is wrong.
    Lost,
}

/// An error of a store that takes no more at present: what was asked of it may be asked again, with less at a time.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub struct Throttled(pub anyhow::Error);

/// What came of writing a coverage row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covering {
    /// It is written, and the kind's last complete listing moved to its end.
    Written,
    /// The last complete listing is not what was recalled: nothing was written. Holds what is stored.
    Refused(Option<Timestamp>),
}

/// A transition with what its recording needs besides itself.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The transition; its `previous` is the condition of the write.
    pub transition: &'a Transition,
    /// Its document.
    pub event: &'a Event,
    /// When its history row may be dropped, in seconds since 1970.
    pub expires_at: i64,
}

impl Record<'_> {
    /// Whether `document`, found in this transition's place, is what this record writes: an earlier call did it, and its
    /// answer was lost. The id alone cannot tell. It is made of item, sequence and instant, so two polls that looked in
    /// the same millisecond and saw different states would share it.
    pub fn wrote(&self, document: &serde_json::Value) -> bool {
        serde_json::to_value(self.event).is_ok_and(|own| own == *document)
    }
}

/// What one poll learned of a scope's progress: written off the critical chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// When the observation of the scope began.
    pub at: Timestamp,
    /// The kinds that were listed completely, and all of which is on record: their last complete listing moves forward to
    /// `at`.
    pub complete: BTreeSet<Kind>,
    /// The kinds whose baseline is complete, if it was not.
    pub baseline: BTreeSet<Kind>,
    /// The time since the poll before.
    pub interval_seconds: Option<u64>,
    /// Whether the scope must be put on the list of scopes first.
    pub first_poll: bool,
}

/// Where cursors of an item are moved to: the sequence of the last transition that each of these sinks is through with.
pub type Cursors = BTreeMap<SinkName, u64>;

/// A history row that a sink will never have.
#[derive(Clone, Copy, Debug)]
pub struct Parking<'a> {
    /// Whose history it is in.
    pub item: &'a ItemPath,
    /// Its place there.
    pub occurred_at: Timestamp,
    /// The sink.
    pub sink: SinkName,
    /// Why.
    pub reason: &'a str,
}

/// That a sink for people has announced a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineAnnounced {
    /// In which scope.
    pub scope: Scope,
    /// Of which kinds.
    pub kinds: BTreeSet<Kind>,
    /// The sink.
    pub sink: SinkName,
    /// Whether every sink for people has announced it with that.
    pub everywhere: bool,
    /// When.
    pub at: Timestamp,
}

/// Where states, history and cursors are kept.
///
/// Every write is safe to repeat: one whose answer was lost finds its own effect and says so. See the crate
/// documentation for the rules; the contract suite in the tests holds every implementation to them.
pub trait Ledger {
    /// All that is known of a scope, in one strongly consistent read.
    fn recall(&self, scope: &Scope) -> impl Future<Output = anyhow::Result<Recalled>>;

    /// Writes a transition: its history row, on the row's absence, and its item's state row, on the recalled `sequence`
    /// and `last_transition_at` (and, for a confirmed suspect, on that suspect), or on its absence when the item is new.
    ///
    /// The suspect and the expiry are removed. In a new row, every sink of `sinks` starts at zero; in an old row, a sink
    /// of `sinks` that has no cursor gets one at the recalled sequence.
    fn record(&self, record: Record<'_>, sinks: &[SinkName]) -> impl Future<Output = anyhow::Result<Recording>>;

    /// Writes first sights that belong to a baseline, in transactions of up to 50: as [`Ledger::record`] does, but with
    /// the cursors of `sinks` at 1, so that they are not announced one by one. A row that is there already is left as it
    /// is.
    ///
    /// # Errors
    ///
    /// [`Throttled`] where the store takes no more at present: then another batch, or a smaller one, may be written.
    fn record_baseline(
        &self,
        scope: &Scope,
        records: &[Record<'_>],
        sinks: &[SinkName],
    ) -> impl Future<Output = anyhow::Result<()>>;

    /// Changes what a state row says besides its state. A refused one is [`Recording::Lost`].
    fn amend(&self, scope: &Scope, amendment: &Amendment) -> impl Future<Output = anyhow::Result<Recording>>;

    /// The item's history rows with a sequence above `cursor`, ascending; strongly consistent, and never cut short.
    fn pending(&self, item: &ItemPath, cursor: u64) -> impl Future<Output = anyhow::Result<Vec<HistoryRow>>>;

    /// Moves each of the cursors forward, if it lies before its new place and the row has come that far; otherwise does
    /// nothing with that one, which is no failure. In one write where none has to be left out.
    fn acknowledge(&self, item: &ItemPath, cursors: &Cursors) -> impl Future<Output = anyhow::Result<()>>;

    /// Marks a history row as one that a sink will never have.
    fn park(&self, parking: &Parking<'_>) -> impl Future<Output = anyhow::Result<()>>;

    /// Writes a coverage row and moves the kind's last complete listing to its end, on condition of its start. As long as
    /// no progress follows, nothing is on record of that listing, and the kind's last settled one stays where it was.
    fn cover(&self, unmonitored: &Unmonitored, expires_at: i64) -> impl Future<Output = anyhow::Result<Covering>>;

    /// Writes a scope's progress. A kind that another poll has moved further stays there; of the others the last complete
    /// listing is settled.
    fn progress(&self, scope: &Scope, progress: &Progress) -> impl Future<Output = anyhow::Result<()>>;

    /// Remembers on which sink a baseline is announced. What is remembered already stays as it is.
    fn baseline_announced(&self, announced: &BaselineAnnounced) -> impl Future<Output = anyhow::Result<()>>;
}

/// The store as readers see it; reading can never write.
///
/// Readers hold it as `&dyn History`: which store it is, is known at run time only.
#[async_trait(?Send)]
pub trait History {
    /// The scopes that were ever polled.
    async fn scopes(&self) -> anyhow::Result<Vec<Scope>>;

    /// All that is known of a scope.
    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled>;

    /// The state row of one item, if it has one.
    ///
    /// An adapter that can find it without reading the whole scope does so here.
    async fn state(&self, item: &ItemPath) -> anyhow::Result<Option<StateRow>> {
        Ok(self.states(&item.scope).await?.states.remove(&item.key))
    }

    /// Hands the transitions of `selection` to `each`, by time, until it breaks.
    ///
    /// They are read piece by piece: a reader that needs each of them only once can read any number.
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

    /// The unmonitored stretches of a kind that reach into `span`, ascending.
    async fn unmonitored(&self, kind: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>>;
}

/// What takes one transition after the other, until it breaks.
pub type EachTransition<'a> = &'a mut dyn FnMut(HistoryRow) -> ControlFlow<()>;

/// Where levels are published.
pub trait MetricSink {
    /// Publishes data points; says how many were accepted, and what went wrong with the others.
    fn publish(&self, data: &[DataPoint]) -> impl Future<Output = Publication>;
}

/// What came of publishing data points.
#[derive(Debug, Default)]
pub struct Publication {
    /// Data points that the service accepted.
    pub accepted: usize,
    /// Data points that no service would accept, such as an id that is not printable ASCII: left out.
    pub left_out: usize,
    /// What went wrong.
    pub errors: Vec<anyhow::Error>,
}

/// Why a sink did not accept an announcement.
#[derive(Debug)]
pub enum Refusal {
    /// It may accept it later: throttling, a server error, no connection, no answer.
    Transient(anyhow::Error),
    /// It will never accept this event: too large, malformed.
    Event(anyhow::Error),
    /// It accepts nothing until somebody mends it: no permission, a topic that is gone, a key that is disabled.
    Sink(anyhow::Error),
}

/// A place where transitions are announced. Which there are is known at run time only.
#[async_trait(?Send)]
pub trait Announcer {
    /// Its name: the key of its cursors.
    fn sink(&self) -> SinkName;

    /// Whether people read it: those get one summary of a baseline.
    fn is_for_people(&self) -> bool;

    /// How many announcements one call can carry; a call never carries two of the same item.
    fn batch_size(&self) -> usize;

    /// The least time from one call to the next, over all scopes; none where it takes any number.
    fn spacing(&self) -> Duration {
        Duration::ZERO
    }

    /// Announces a batch; one result for each announcement, in order.
    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>>;

    /// Announces a baseline; a sink that people do not read accepts it and does nothing.
    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal>;
}
