//! A ledger whose steps can be made to fail; otherwise it does what the one inside does.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use anyhow::{anyhow, bail};
use async_trait::async_trait;
use aws_dx_monitor::{
    domain::{
        Acknowledgement, Amendment, Evidence, FoldStep, Folding, HistoryRow, ListedScope, PrefixRow, Recalled, RowPath,
        Scope, SinkName, Span, Unmonitored, Window, WindowRows,
    },
    local::SqliteLedger,
    ports::{
        BaselineAnnounced, Covering, Cursors, EvidenceStore, Ledger, Parking, Progress, Record, Recording, Throttled,
        Windows,
    },
};
use tokio::sync::Notify;
use uuid::Uuid;

use super::HandClock;

/// One kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Recall,
    Record,
    RecordBaseline,
    Amend,
    Revision,
    Fold,
    Pending,
    Acknowledge,
    Park,
    Cover,
    Progress,
    BaselineAnnounced,
    Listed,
    Relist,
    Windows,
    WriteWindow,
    WriteAcknowledgement,
    Keep,
    KeepPrefixes,
    Evidence,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// It fails, and nothing is done.
    Refuses,
    /// It takes no more at present.
    Throttles,
    /// It fails, and nothing is done, while others go on.
    RefusesLater,
    /// It is done, and fails all the same.
    LosesTheAnswer,
    /// It is done once this time has passed.
    IsSlow(Duration),
    /// It is done once the ledger is mended.
    Waits,
    /// It is never answered, while this time passes.
    Hangs(Duration),
}

#[derive(Clone, Copy)]
struct Plan {
    trouble: Trouble,
    /// How many calls go well before.
    after: usize,
    /// How many calls it strikes then.
    times: usize,
}

/// A SQLite ledger with planned troubles.
pub struct TroubledLedger {
    pub inner: SqliteLedger,
    clock: HandClock,
    plans: RefCell<BTreeMap<Step, Plan>>,
    calls: RefCell<BTreeMap<Step, usize>>,
    mended: Notify,
}

impl TroubledLedger {
    pub fn new(inner: SqliteLedger, clock: HandClock) -> TroubledLedger {
        TroubledLedger { inner, clock, plans: RefCell::default(), calls: RefCell::default(), mended: Notify::new() }
    }

    /// From now on every such call is in trouble.
    pub fn trouble(&self, step: Step, trouble: Trouble) {
        self.trouble_between(step, trouble, 0, usize::MAX);
    }

    /// After so many calls that go well, so many are in trouble.
    pub fn trouble_between(&self, step: Step, trouble: Trouble, after: usize, times: usize) {
        self.plans.borrow_mut().insert(step, Plan { trouble, after, times });
    }

    /// All is well again.
    pub fn mend(&self) {
        self.plans.borrow_mut().clear();
        self.mended.notify_waiters();
    }

    /// How often it was called so since the last time that this was asked.
    pub fn calls(&self, step: Step) -> usize {
        self.calls.borrow_mut().remove(&step).unwrap_or(0)
    }

    fn next(&self, step: Step) -> Option<Trouble> {
        *self.calls.borrow_mut().entry(step).or_default() += 1;
        let mut plans = self.plans.borrow_mut();
        let plan = plans.get_mut(&step)?;
        if plan.after > 0 {
            plan.after -= 1;
            return None;
        }
        plan.times = plan.times.checked_sub(1)?;
        Some(plan.trouble)
    }

    async fn through<T>(&self, step: Step, call: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        match self.next(step) {
            None => call.await,
            Some(Trouble::Throttles) => {
                Err(anyhow::Error::from(Throttled(anyhow!("the ledger is throttled"))).context("it cannot be done"))
            }
            Some(Trouble::Refuses) => bail!("the ledger is out of order"),
            Some(Trouble::RefusesLater) => {
                tokio::task::yield_now().await;
                bail!("the ledger is out of order")
            }
            Some(Trouble::LosesTheAnswer) => {
                call.await?;
                bail!("the answer was lost")
            }
            Some(Trouble::IsSlow(time)) => {
                self.clock.pass(time).await;
                call.await
            }
            Some(Trouble::Waits) => {
                self.mended.notified().await;
                call.await
            }
            Some(Trouble::Hangs(time)) => {
                self.clock.pass(time).await;
                std::future::pending().await
            }
        }
    }
}

impl Ledger for TroubledLedger {
    async fn recall(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.through(Step::Recall, self.inner.recall(scope)).await
    }

    async fn record(&self, record: Record<'_>, sinks: &[SinkName]) -> anyhow::Result<Recording> {
        self.through(Step::Record, self.inner.record(record, sinks)).await
    }

    async fn record_baseline(&self, scope: &Scope, records: &[Record<'_>], sinks: &[SinkName]) -> anyhow::Result<()> {
        self.through(Step::RecordBaseline, self.inner.record_baseline(scope, records, sinks)).await
    }

    async fn amend(&self, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
        self.through(Step::Amend, self.inner.amend(scope, amendment)).await
    }

    async fn revision(&self, scope: &Scope) -> anyhow::Result<u64> {
        self.through(Step::Revision, self.inner.revision(scope)).await
    }

    async fn fold(&self, step: &FoldStep, sinks: &[SinkName]) -> anyhow::Result<Folding> {
        self.through(Step::Fold, self.inner.fold(step, sinks)).await
    }

    async fn pending(&self, path: &RowPath, cursor: u64) -> anyhow::Result<Vec<HistoryRow>> {
        self.through(Step::Pending, self.inner.pending(path, cursor)).await
    }

    async fn acknowledge(&self, path: &RowPath, cursors: &Cursors) -> anyhow::Result<()> {
        self.through(Step::Acknowledge, self.inner.acknowledge(path, cursors)).await
    }

    async fn park(&self, parking: &Parking<'_>) -> anyhow::Result<()> {
        self.through(Step::Park, self.inner.park(parking)).await
    }

    async fn cover(&self, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
        self.through(Step::Cover, self.inner.cover(unmonitored, expires_at)).await
    }

    async fn progress(&self, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
        self.through(Step::Progress, self.inner.progress(scope, progress)).await
    }

    async fn keep_prefixes(&self, scope: &Scope, row: &PrefixRow) -> anyhow::Result<Recording> {
        self.through(Step::KeepPrefixes, self.inner.keep_prefixes(scope, row)).await
    }

    async fn listed(&self) -> anyhow::Result<Vec<ListedScope>> {
        self.through(Step::Listed, self.inner.listed()).await
    }

    async fn relist(&self, listed: &ListedScope) -> anyhow::Result<()> {
        self.through(Step::Relist, self.inner.relist(listed)).await
    }

    async fn baseline_announced(&self, announced: &BaselineAnnounced) -> anyhow::Result<()> {
        self.through(Step::BaselineAnnounced, self.inner.baseline_announced(announced)).await
    }
}

#[async_trait(?Send)]
impl Windows for TroubledLedger {
    async fn windows(&self, account: &str) -> anyhow::Result<WindowRows> {
        self.through(Step::Windows, self.inner.windows(account)).await
    }

    async fn write_window(&self, account: &str, window: &Window) -> anyhow::Result<()> {
        self.through(Step::WriteWindow, self.inner.write_window(account, window)).await
    }

    async fn write_acknowledgement(&self, account: &str, incident: Uuid, by: &Acknowledgement) -> anyhow::Result<()> {
        let write = self.inner.write_acknowledgement(account, incident, by);
        self.through(Step::WriteAcknowledgement, write).await
    }
}

#[async_trait(?Send)]
impl EvidenceStore for TroubledLedger {
    async fn keep(&self, scope: &Scope, evidence: &Evidence) -> anyhow::Result<()> {
        self.through(Step::Keep, self.inner.keep(scope, evidence)).await
    }

    async fn evidence(&self, scope: &Scope, span: Span) -> anyhow::Result<Vec<Evidence>> {
        self.through(Step::Evidence, self.inner.evidence(scope, span)).await
    }
}
