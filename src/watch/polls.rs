//! The loop of the poller: poll, report problems, update the status, delete what has expired, wait.

use std::{collections::BTreeSet, time::Duration};

use anyhow::anyhow;
use futures::future::select_ok;
use tokio::time::{Instant, sleep_until};

use super::{
    announcer::{FrontAnnouncer, NoMetrics},
    commands::{Commands, Runner, commands},
    feed::{Notice, Outlets},
    plan::{Plan, Play, Watched},
    problems::Problems,
    schedule::next_poll,
    stored::{Stored, recent},
    time::WatchTime,
};
use crate::{
    aws::{self, CallLimits, DirectConnectInventory, SdkConfig},
    domain::{Caller, Health, defaults},
    escape,
    local::SqliteLedger,
    monitor::{Memory, Monitor, PollReport, Settings},
    ports::{Announcer, Clock},
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
    time: WatchTime,
    play: Option<Play>,
}

impl Watch {
    /// Asks AWS for the caller's account, and opens the store.
    pub(super) async fn prepare(
        plan: Plan,
        for_view: bool,
        outlets: Outlets,
    ) -> anyhow::Result<(Watch, Watched, Option<Runner>)> {
        let Source { config, account, partition, regions } = match &plan.play {
            Some(play) => Source::played(play, plan.regions),
            None => Source::of_aws(plan.regions).await?,
        };
        let time = plan.play.as_ref().map_or(WatchTime::Real, |play| WatchTime::playing(plan.every, play.minutes));
        let ledger = SqliteLedger::open(&plan.db)?;
        let settings = Settings {
            scopes: Settings::scopes(&account, &regions, &plan.kinds),
            kinds: plan.kinds,
            confirm_polls: plan.confirm_polls,
            notify: plan.notify,
            intents: crate::config::intended_resilience_from_environment()?,
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
            account,
            regions: regions.clone(),
            every: time.passing(plan.every),
            once: plan.once,
            db: plan.db.display().to_string(),
            time,
            recent: if for_view { recent(&ledger, &settings).await? } else { Vec::new() },
        };
        let watch = Watch {
            inventory: DirectConnectInventory::new(&config, partition, regions, &CallLimits::DIRECT_CONNECT)
                // There is no other poll in which the rest would have its turn.
                .reading_routes_every(if plan.once { 1 } else { defaults::ROUTES_EVERY }),
            ledger,
            settings,
            commands,
            outlets,
            every: plan.every,
            once: plan.once,
            for_view,
            time,
            play: plan.play,
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
            clock: &self.time,
            settings: &self.settings,
            memory: &memory,
        };
        let mut problems = Problems::new(&self.settings.scopes, &self.settings.kinds);
        let mut due = Instant::now();
        let Stored { rows, incidents } = self.stored().await.unwrap_or_default();
        self.outlets.status.send_modify(|status| (status.rows, status.incidents) = (rows, incidents));
        for number in 0.. {
            if let Some(play) = &self.play {
                if number == play.minutes {
                    self.notice(Notice {
                        at: self.time.now(),
                        health: Health::Up,
                        text: "the play is over; q ends it".to_owned(),
                    });
                    break;
                }
                play.simulator.set_elapsed(Duration::from_secs(60) * number);
            }
            self.outlets.status.send_modify(|status| status.polling_since = Some(self.time.now()));
            if let Some(commands) = &self.commands {
                commands
                    .wait_until(due + if self.once { defaults::UNMONITORED_AFTER } else { self.every.mul_f64(0.75) });
            }
            let has_deadline = !self.once && self.play.is_none();
            let deadline = has_deadline.then(|| self.time.now().plus(self.every.max(LEAST_DEADLINE)));
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
        // What was played stays on the screen until somebody ends it.
        std::future::pending().await
    }

    /// Sends the problems that began or ended, and the status after a poll.
    fn update_front(&self, problems: &mut Problems, report: &PollReport, due: Instant, stored: Option<Stored>) {
        let now = self.time.now();
        for notice in problems.update(report, now) {
            self.notice(notice);
        }
        self.outlets.status.send_modify(|status| {
            status.polling_since = None;
            status.polled_at = Some(now);
            status.next_at = Some(now.plus(self.time.passing(due.saturating_duration_since(Instant::now()))));
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
        let now = self.time.now();
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
            self.notice(Notice { at: self.time.now(), health: Health::Unknown, text });
        };
        stored.inspect_err(complain).ok()
    }

    fn notice(&self, notice: Notice) {
        // The front may be gone already.
        let _ = self.outlets.notices.send(notice);
    }
}

/// Where items come from, and whose they are.
struct Source {
    config: SdkConfig,
    account: String,
    partition: String,
    regions: Vec<String>,
}

impl Source {
    /// AWS, with the caller's credentials, in these regions or in that of the environment.
    async fn of_aws(mut regions: Vec<String>) -> anyhow::Result<Source> {
        let config = aws::operator_config(regions.first().map(String::as_str)).await?;
        if regions.is_empty() {
            regions.extend(config.region().map(|region| region.as_ref().to_owned()));
        }
        let mut seen = BTreeSet::new();
        regions.retain(|region| seen.insert(region.clone()));
        let Caller { account, partition, .. } = caller(&config, &regions).await?;
        Ok(Source { config, account, partition, regions })
    }

    fn played(play: &Play, regions: Vec<String>) -> Source {
        let config = aws::loopback_config(&play.simulator.endpoint_url());
        Source { config, account: play.account.clone(), partition: "aws".to_owned(), regions }
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
