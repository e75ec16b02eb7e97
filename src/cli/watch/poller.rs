//! The thread that polls: it asks AWS who is calling, opens the store, and polls in its rhythm until it is told to stop.
//!
//! A thread of its own, with a runtime of its own: a store that is busy, a view that draws ten thousand items, or a pipe
//! that nobody reads never wait for each other.

use std::{
    cell::Cell, collections::BTreeSet, future::Future, path::PathBuf, pin::Pin, sync::Arc, thread, time::Duration,
};

use anyhow::anyhow;
use futures::future::select_ok;
use serde::Deserialize;
use serde_json::Value;
use tokio::{
    sync::oneshot,
    time::{Instant, sleep_until, timeout},
};

use super::{
    announcer::{NoMetrics, WatchAnnouncer},
    commands::{Commands, Runner, commands},
    feed::{Feed, Notice, Outlets, channels},
    problems::Problems,
    row::Row,
    schedule::next_poll,
};
use crate::{
    aws::{self, CallLimits, DirectConnectInventory, SdkConfig},
    domain::{Change, Event, Health, Kind, Timestamp},
    escape,
    function::Caller,
    local::SqliteLedger,
    metrics::MetricsMode,
    monitor::{Monitor, Report, Settings},
    ports::{Clock, History, SystemClock},
};

/// For how long a kind may go without a complete listing: the function's default.
const UNMONITORED_AFTER: Duration = Duration::from_secs(900);
/// How long history is kept: the function's default.
const KEEP_HISTORY: Duration = Duration::from_secs(400 * 86_400);
/// The least time that a poll is given as a whole. Its parts have limits of their own; this one catches what they miss.
const LEAST_DEADLINE: Duration = Duration::from_secs(60);
/// How far back, and how many at most, a view looks when it begins.
const RECENT_MILLISECONDS: i64 = 86_400_000;
const RECENT: usize = 100;
/// How long a watch that ends waits for its poller to let go of commands and the store.
const FAREWELL: Duration = Duration::from_secs(3);

/// What to watch, and how.
#[derive(Debug)]
pub(super) struct Plan {
    /// None: the one of the environment.
    pub(super) regions: Vec<String>,
    pub(super) kinds: BTreeSet<Kind>,
    pub(super) every: Duration,
    pub(super) once: bool,
    pub(super) db: PathBuf,
    pub(super) exec: Option<String>,
    pub(super) exec_limit: Duration,
    pub(super) confirm_polls: u64,
    /// Whether a view needs all items after each poll.
    pub(super) for_view: bool,
}

/// What is being watched, known once AWS has said whose the credentials are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Watched {
    pub(super) account: String,
    pub(super) regions: Vec<String>,
    pub(super) every: Duration,
    pub(super) db: String,
    /// The documents of the last changes, for a view to begin with.
    pub(super) recent: Vec<Value>,
}

/// The running poller.
#[derive(Debug)]
pub(super) struct Poller {
    ready: Option<oneshot::Receiver<anyhow::Result<Watched>>>,
    stop: Option<oneshot::Sender<()>>,
    ended: oneshot::Receiver<bool>,
}

impl Poller {
    /// Waits until the first poll begins.
    pub(super) async fn ready(&mut self) -> anyhow::Result<Watched> {
        match self.ready.take() {
            Some(ready) => ready.await.map_err(|_| stopped())?,
            None => Err(stopped()),
        }
    }

    /// Waits until it has ended by itself: whether everything that should have been done was done.
    pub(super) async fn ended(&mut self) -> anyhow::Result<bool> {
        let ended = (&mut self.ended).await;
        // There is nothing left to stop.
        self.stop = None;
        ended.map_err(|_| stopped())
    }

    /// Ends it, between two steps of whatever it does: the store is consistent after each.
    pub(super) async fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended already.
            let _ = stop.send(());
            let _ = timeout(FAREWELL, &mut self.ended).await;
        }
    }
}

fn stopped() -> anyhow::Error {
    anyhow!("the polling has stopped unexpectedly")
}

/// Begins to poll.
pub(super) fn start(plan: Plan) -> anyhow::Result<(Poller, Feed)> {
    let (outlets, feed) = channels();
    let (ready, is_ready) = oneshot::channel();
    let (stop, stopping) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("poller".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let complete = tokio::select! {
                biased;
                // The front has ended the watch, or is gone.
                _ = stopping => true,
                complete = watch(plan, outlets, ready) => complete,
            };
            // Nobody waits any more where the front is gone.
            let _ = end.send(complete);
        });
    })?;
    Ok((Poller { ready: Some(is_ready), stop: Some(stop), ended }, feed))
}

/// Watches until the only poll of `--once` is over, or for ever; whether all went well.
async fn watch(plan: Plan, outlets: Outlets, ready: oneshot::Sender<anyhow::Result<Watched>>) -> bool {
    let (watch, watched, runner) = match Watch::prepare(plan, outlets).await {
        Ok(prepared) => prepared,
        Err(error) => {
            let _ = ready.send(Err(error));
            return false;
        }
    };
    let _ = ready.send(Ok(watched));
    let failed_commands = Cell::new(0);
    // On the heap: a poll is many futures deep.
    let polling: Pin<Box<dyn Future<Output = bool>>> = Box::pin(watch.poll());
    let complete = match runner {
        None => polling.await,
        Some(runner) => tokio::select! {
            complete = polling => complete,
            () = runner.run(&failed_commands) => false,
        },
    };
    complete && failed_commands.get() == 0
}

/// Everything that polls need.
struct Watch {
    inventory: DirectConnectInventory,
    ledger: SqliteLedger,
    settings: Settings,
    commands: Option<Commands>,
    outlets: Outlets,
    every: Duration,
    once: bool,
    for_view: bool,
}

impl Watch {
    async fn prepare(plan: Plan, outlets: Outlets) -> anyhow::Result<(Watch, Watched, Option<Runner>)> {
        let config = aws::config().await;
        let own_region = config.region().map(|region| region.as_ref().to_owned());
        let mut regions: Vec<String> = Vec::new();
        for region in if plan.regions.is_empty() { own_region.iter().cloned().collect() } else { plan.regions } {
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        let caller = caller(&config, own_region.iter().chain(&regions)).await?;
        let ledger = SqliteLedger::open(&plan.db)?;
        let settings = Settings {
            scopes: Settings::scopes(&caller.account, &regions, &plan.kinds),
            kinds: plan.kinds,
            metrics: MetricsMode::default(),
            confirm_polls: plan.confirm_polls,
            unmonitored_after: UNMONITORED_AFTER,
            keep_history: KEEP_HISTORY,
            monitor: "watch".to_owned(),
        };
        let (commands, runner) = match plan.exec {
            Some(command) => {
                let (commands, runner) = commands(command, plan.exec_limit, outlets.notices.clone());
                (Some(commands), Some(runner))
            }
            None => (None, None),
        };
        let watched = Watched {
            account: caller.account,
            regions: regions.clone(),
            every: plan.every,
            db: plan.db.display().to_string(),
            recent: if plan.for_view { recent(&ledger, &settings).await? } else { Vec::new() },
        };
        let watch = Watch {
            inventory: DirectConnectInventory::new(&config, caller.partition, regions, CallLimits::default()),
            ledger,
            settings,
            commands,
            outlets,
            every: plan.every,
            once: plan.once,
            for_view: plan.for_view,
        };
        Ok((watch, watched, runner))
    }

    async fn poll(&self) -> bool {
        let front = WatchAnnouncer::Front(self.outlets.deliveries.clone());
        let announcers: Vec<WatchAnnouncer<'_>> =
            [front].into_iter().chain(self.commands.as_ref().map(WatchAnnouncer::Exec)).collect();
        let monitor = Monitor {
            inventory: &self.inventory,
            ledger: &self.ledger,
            metrics: &NoMetrics,
            announcers: &announcers,
            clock: &SystemClock,
            settings: &self.settings,
        };
        let mut problems = Problems::new(&self.settings.scopes, &self.settings.kinds);
        let mut due = Instant::now();
        let rows = self.rows().await;
        self.outlets.status.send_modify(|status| status.rows = rows.unwrap_or_default());
        loop {
            self.outlets.status.send_modify(|status| status.polling_since = Some(SystemClock.now()));
            if let Some(commands) = &self.commands {
                commands.wait_until(due + if self.once { UNMONITORED_AFTER } else { self.every.mul_f64(0.75) });
            }
            let deadline = (!self.once).then(|| SystemClock.now().plus(self.every.max(LEAST_DEADLINE)));
            let report = monitor.poll(deadline).await;
            due = next_poll(due, self.every, Instant::now());
            let rows = self.rows().await;
            self.tell(&mut problems, &report, due, rows);
            if self.once {
                return report.is_success();
            }
            sleep_until(due).await;
        }
    }

    /// Tells what has become wrong or right, and how the watch stands.
    fn tell(&self, problems: &mut Problems, report: &Report, due: Instant, rows: Option<Arc<Vec<Row>>>) {
        let now = SystemClock.now();
        for notice in problems.update(report, now) {
            self.notice(notice);
        }
        self.outlets.status.send_modify(|status| {
            status.polling_since = None;
            status.polled_at = Some(now);
            status.next_at = Some(now.plus(due.saturating_duration_since(Instant::now())));
            status.problems = problems.present();
            // All at once: nobody sees the new time with the old items.
            status.rows = rows.unwrap_or_else(|| Arc::clone(&status.rows));
        });
    }

    /// The items that are being watched, the worst first; none where no view wants them, or they cannot be read.
    async fn rows(&self) -> Option<Arc<Vec<Row>>> {
        if !self.for_view {
            return None;
        }
        let mut rows: Vec<Row> = Vec::new();
        for scope in &self.settings.scopes {
            match self.ledger.states(scope).await {
                Ok(recalled) => {
                    let states = recalled.states.values();
                    let watched = states.filter(|row| self.settings.kinds.contains(&row.details.kind));
                    rows.extend(watched.map(Row::of_state));
                }
                Err(error) => {
                    let text = escape::terminal(&format!("the items cannot be shown: {error:#}"));
                    self.notice(Notice { at: SystemClock.now(), health: Health::Unknown, text });
                    return None;
                }
            }
        }
        rows.sort_by(Row::by_urgency);
        Some(Arc::new(rows))
    }

    fn notice(&self, notice: Notice) {
        // Without a front there is nobody to tell.
        let _ = self.outlets.notices.send(notice);
    }
}

/// The documents of the last changes of what is being watched, first sights left out.
async fn recent(ledger: &SqliteLedger, settings: &Settings) -> anyhow::Result<Vec<Value>> {
    let now = SystemClock.now();
    let from = Timestamp::from_milliseconds(now.milliseconds() - RECENT_MILLISECONDS);
    let is_watched = |event: &Event| {
        event.change != Change::Discovered
            && settings.scopes.contains(&event.item.scope())
            && settings.kinds.contains(&event.item.kind)
    };
    let mut documents: Vec<Value> =
        ledger.all_transitions(from, Timestamp::MAXIMUM).await?.into_iter().map(|row| row.event).collect();
    documents.retain(|document| Event::deserialize(document).is_ok_and(|event| is_watched(&event)));
    Ok(documents.split_off(documents.len().saturating_sub(RECENT)))
}

/// Whose the credentials are: as the first region says that can be reached. Any does, and one of them may be down, or
/// may not exist.
async fn caller<'a>(config: &SdkConfig, regions: impl Iterator<Item = &'a String>) -> anyhow::Result<Caller> {
    let regions: BTreeSet<&String> = regions.collect();
    let asking = regions.into_iter().map(|region| {
        let config = aws::in_region(config, region);
        Box::pin(async move { aws::sts::caller(&config).await })
    });
    let asking: Vec<_> = asking.collect();
    if asking.is_empty() {
        return Err(anyhow!(
            "no region is set: name one with --region, or set AWS_REGION or a region in the AWS profile"
        ));
    }
    let (caller, _) = select_ok(asking).await.map_err(|error| {
        anyhow!("{error:#} (`aws sts get-caller-identity` asks the same; `aws sso login` renews a session)")
    })?;
    Ok(caller)
}
