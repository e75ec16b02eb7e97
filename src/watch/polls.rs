//! The loop of the poller: poll, report problems, update the status, delete what has expired, wait.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use anyhow::anyhow;
use futures::future::select_ok;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::{
    announcer::{FrontAnnouncer, NoMetrics},
    commands::{Commands, Runner, commands},
    feed::{Notice, Outlets},
    plan::{Plan, Watched},
    problems::Problems,
    row::Row,
    schedule::next_poll,
};
use crate::{
    aws::{self, CallLimits, DirectConnectInventory, SdkConfig},
    domain::{Caller, Change, Health, RecordedEvent, Selection, Span, Timestamp, defaults},
    escape,
    local::SqliteLedger,
    metrics::MetricsMode,
    monitor::{Monitor, PollReport, Roster, Settings},
    ports::{Announcer, Clock, History, SystemClock},
};

/// The shortest time limit of a poll as a whole. Its parts have limits of their own; this one catches what they miss.
const LEAST_DEADLINE: Duration = Duration::from_secs(60);
/// The changes that a view shows at its start: how old they may be, and how many at most.
const RECENT_MILLISECONDS: i64 = 86_400_000;
const RECENT: usize = 100;

/// Everything that the polls need.
pub(super) struct Watch {
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
    /// Asks AWS for the caller's account, and opens the store.
    pub(super) async fn prepare(
        plan: Plan,
        for_view: bool,
        outlets: Outlets,
    ) -> anyhow::Result<(Watch, Watched, Option<Runner>)> {
        let config = aws::operator_config(plan.regions.first().map(String::as_str)).await?;
        let mut regions = plan.regions;
        if regions.is_empty() {
            regions.extend(config.region().map(|region| region.as_ref().to_owned()));
        }
        let mut seen = BTreeSet::new();
        regions.retain(|region| seen.insert(region.clone()));
        let caller = caller(&config, &regions).await?;
        let ledger = SqliteLedger::open(&plan.db)?;
        let settings = Settings {
            scopes: Settings::scopes(&caller.account, &regions, &plan.kinds),
            kinds: plan.kinds,
            metrics: MetricsMode::default(),
            confirm_polls: plan.confirm_polls,
            unmonitored_after: defaults::UNMONITORED_AFTER,
            keep_history: defaults::KEEP_HISTORY,
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
            once: plan.once,
            db: plan.db.display().to_string(),
            recent: if for_view { recent(&ledger, &settings).await? } else { Vec::new() },
        };
        let watch = Watch {
            inventory: DirectConnectInventory::new(&config, caller.partition, regions, &CallLimits::DIRECT_CONNECT),
            ledger,
            settings,
            commands,
            outlets,
            every: plan.every,
            once: plan.once,
            for_view,
        };
        Ok((watch, watched, runner))
    }

    /// Polls for ever, or once with `--once`. Returns whether everything was read, recorded and announced.
    pub(super) async fn poll(&self) -> bool {
        let front = FrontAnnouncer(self.outlets.messages.clone());
        let mut announcers: Vec<&dyn Announcer> = vec![&front];
        announcers.extend(self.commands.as_ref().map(|commands| commands as &dyn Announcer));
        let roster = Roster::default();
        let monitor = Monitor {
            inventory: &self.inventory,
            ledger: &self.ledger,
            metrics: &NoMetrics,
            announcers,
            clock: &SystemClock,
            settings: &self.settings,
            roster: &roster,
        };
        let mut problems = Problems::new(&self.settings.scopes, &self.settings.kinds);
        let mut due = Instant::now();
        let rows = self.rows().await;
        self.outlets.status.send_modify(|status| status.rows = rows.unwrap_or_default());
        loop {
            self.outlets.status.send_modify(|status| status.polling_since = Some(SystemClock.now()));
            if let Some(commands) = &self.commands {
                commands
                    .wait_until(due + if self.once { defaults::UNMONITORED_AFTER } else { self.every.mul_f64(0.75) });
            }
            let deadline = (!self.once).then(|| SystemClock.now().plus(self.every.max(LEAST_DEADLINE)));
            let report = monitor.poll(deadline).await;
            due = next_poll(due, self.every, Instant::now());
            let rows = self.rows().await;
            self.update_front(&mut problems, &report, due, rows);
            self.delete_expired();
            if self.once {
                return report.is_success();
            }
            sleep_until(due).await;
        }
    }

    /// Sends the problems that began or ended, and the status after a poll.
    fn update_front(&self, problems: &mut Problems, report: &PollReport, due: Instant, rows: Option<Arc<Vec<Row>>>) {
        let now = SystemClock.now();
        for notice in problems.update(report, now) {
            self.notice(notice);
        }
        self.outlets.status.send_modify(|status| {
            status.polling_since = None;
            status.polled_at = Some(now);
            status.next_at = Some(now.plus(due.saturating_duration_since(Instant::now())));
            status.problems = problems.present();
            // In the same update, so that the new time is never shown with the old items.
            status.rows = rows.unwrap_or_else(|| Arc::clone(&status.rows));
        });
    }

    /// Deletes some of what has expired in the store, which has no time to live of its own. In every poll some: so it keeps
    /// up with what is recorded, and delays no poll.
    fn delete_expired(&self) {
        let now = SystemClock.now();
        if let Err(error) = self.ledger.delete_expired(now) {
            self.notice(Notice { at: now, health: Health::Unknown, text: escape::terminal(&format!("{error:#}")) });
        }
    }

    /// The items that are being watched, worst first. `None` where there is no view, or where they cannot be read.
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
        // The front may be gone already.
        let _ = self.outlets.notices.send(notice);
    }
}

/// The documents of the last changes of the items that are being watched, without first sights.
async fn recent(ledger: &SqliteLedger, settings: &Settings) -> anyhow::Result<Vec<Value>> {
    let now = SystemClock.now();
    let from = Timestamp::from_milliseconds(now.milliseconds() - RECENT_MILLISECONDS);
    let is_watched = |event: RecordedEvent<'_>| {
        event.change() != Some(Change::Discovered)
            && settings.scopes.contains(&event.item().scope())
            && event.item().kind().is_some_and(|kind| settings.kinds.contains(&kind))
    };
    let mut documents: Vec<Value> =
        ledger.transitions(&Selection::of_all(Span::since(from))).await?.into_iter().map(|row| row.event).collect();
    documents.retain(|document| is_watched(RecordedEvent::of(document)));
    Ok(documents.split_off(documents.len().saturating_sub(RECENT)))
}

/// Whose the credentials are, from the first region that answers. Every region knows, but one may be down or not exist.
async fn caller(config: &SdkConfig, regions: &[String]) -> anyhow::Result<Caller> {
    let asking = regions.iter().map(|region| {
        let config = aws::in_region(config, region);
        Box::pin(async move { aws::sts::caller(&config).await })
    });
    let (caller, _) = select_ok(asking).await.map_err(|error| {
        anyhow!("{error:#} (`aws sts get-caller-identity` asks the same; `aws sso login` renews a session)")
    })?;
    Ok(caller)
}
