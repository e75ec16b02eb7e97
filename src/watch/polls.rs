//! The loop of the poller: poll, report problems, update the status, delete what has expired, wait.

use std::{collections::BTreeSet, time::Duration};

use anyhow::anyhow;
use futures::future::select_ok;
use tokio::time::{Instant, sleep_until};

use super::{
    announcer::{FrontAnnouncer, NoMetrics},
    commands::{Commands, Runner, commands},
    feed::{Notice, Outlets},
    plan::{Plan, Watched},
    problems::Problems,
    schedule::next_poll,
    stored::{Stored, recent},
};
use crate::{
    aws::{self, CallLimits, DirectConnectInventory, SdkConfig},
    domain::{Caller, Health, defaults},
    escape,
    local::SqliteLedger,
    monitor::{Memory, Monitor, PollReport, Settings},
    ports::{Announcer, Clock, SystemClock},
};

/// The shortest time limit of a poll as a whole. Its parts have limits of their own; this one catches what they miss.
const LEAST_DEADLINE: Duration = Duration::from_secs(60);

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
            confirm_polls: plan.confirm_polls,
            notify: plan.notify,
            ..Settings::of("watch")
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
            inventory: DirectConnectInventory::new(&config, caller.partition, regions, &CallLimits::DIRECT_CONNECT)
                // There is no other poll in which the rest would have its turn.
                .reading_routes_every(if plan.once { 1 } else { defaults::ROUTES_EVERY }),
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
        let memory = Memory::default();
        let monitor = Monitor {
            inventory: &self.inventory,
            ledger: &self.ledger,
            metrics: &NoMetrics,
            announcers,
            clock: &SystemClock,
            settings: &self.settings,
            memory: &memory,
        };
        let mut problems = Problems::new(&self.settings.scopes, &self.settings.kinds);
        let mut due = Instant::now();
        let Stored { rows, incidents } = self.stored().await.unwrap_or_default();
        self.outlets.status.send_modify(|status| (status.rows, status.incidents) = (rows, incidents));
        loop {
            self.outlets.status.send_modify(|status| status.polling_since = Some(SystemClock.now()));
            if let Some(commands) = &self.commands {
                commands
                    .wait_until(due + if self.once { defaults::UNMONITORED_AFTER } else { self.every.mul_f64(0.75) });
            }
            let deadline = (!self.once).then(|| SystemClock.now().plus(self.every.max(LEAST_DEADLINE)));
            let report = monitor.poll(deadline).await;
            due = next_poll(due, self.every, Instant::now());
            let stored = self.stored().await;
            self.update_front(&mut problems, &report, due, stored);
            self.delete_expired();
            if self.once {
                return report.is_success();
            }
            sleep_until(due).await;
        }
    }

    /// Sends the problems that began or ended, and the status after a poll.
    fn update_front(&self, problems: &mut Problems, report: &PollReport, due: Instant, stored: Option<Stored>) {
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
            if let Some(Stored { rows, incidents }) = stored {
                (status.rows, status.incidents) = (rows, incidents);
            }
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

    /// What is stored, for a view. `None` where there is no view, or where it cannot be read.
    async fn stored(&self) -> Option<Stored> {
        if !self.for_view {
            return None;
        }
        let stored = Stored::read(&self.ledger, &self.settings).await;
        let complain = |error: &anyhow::Error| {
            let text = escape::terminal(&format!("the items cannot be shown: {error:#}"));
            self.notice(Notice { at: SystemClock.now(), health: Health::Unknown, text });
        };
        stored.inspect_err(complain).ok()
    }

    fn notice(&self, notice: Notice) {
        // The front may be gone already.
        let _ = self.outlets.notices.send(notice);
    }
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
