//! The sink of `--exec`: runs a command for each change, be it a transition or an incident, beside the polls rather than
//! within them.
//!
//! A poll that ends leaves its commands running, and the next poll checks how they ended. So a slow command delays no
//! poll for long, and the same watch never starts one twice.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::Duration,
};

use anyhow::anyhow;
use async_trait::async_trait;
use futures::{StreamExt, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, timeout_at},
};

use super::{
    command::{self, Ending},
    feed::Notice,
    variables,
};
use crate::{
    announcement::BaselineSummary,
    domain::{Health, HistoryRow, RecordedDocument, RecordedEvent, SinkName},
    escape,
    ports::{Announcement, Announcer, Clock, Refusal, SystemClock},
    words,
};

/// How many commands run at a time.
const AT_A_TIME: usize = 4;
/// How many commands may run or wait to run. Further transitions wait in the store.
const WAITING: usize = 64;

/// The sink: the commands of this watch.
#[derive(Debug)]
pub(super) struct Commands {
    queue: mpsc::UnboundedSender<Job>,
    /// The commands that have not ended, and those whose end no poll has taken in yet.
    jobs: RefCell<HashMap<String, watch::Receiver<Option<Ended>>>>,
    /// Until when the present poll may wait.
    until: Cell<Instant>,
}

/// A command to run.
#[derive(Debug)]
struct Job {
    item: String,
    input: Vec<u8>,
    variables: Vec<(String, String)>,
    ended: watch::Sender<Option<Ended>>,
}

/// The outcome of a command for the sink.
#[derive(Clone, Debug)]
enum Ended {
    /// It ran, successfully or not: the transition counts as announced.
    Passed,
    /// It could not be started.
    NotStarted(String),
}

/// Runs the commands, beside the polls.
#[derive(Debug)]
pub(super) struct Runner {
    command: String,
    limit: Duration,
    queue: mpsc::UnboundedReceiver<Job>,
    notices: mpsc::UnboundedSender<Notice>,
}

/// The sink and its runner.
pub(super) fn commands(command: String, limit: Duration, notices: mpsc::UnboundedSender<Notice>) -> (Commands, Runner) {
    let (sender, queue) = mpsc::unbounded_channel();
    let commands = Commands { queue: sender, jobs: RefCell::default(), until: Cell::new(Instant::now()) };
    (commands, Runner { command, limit, queue, notices })
}

impl Commands {
    /// Sets until when the poll that begins may wait for commands.
    pub(super) fn wait_until(&self, until: Instant) {
        self.until.set(until);
    }

    /// Runs the command for a change, or waits for the one that already runs. A command that fails is reported and
    /// counts as announced: a second run would probably fail too, and would block all later changes of the item.
    pub(super) async fn run(&self, row: &HistoryRow) -> Result<(), Refusal> {
        let id = id(row);
        let Some(mut job) = self.job(&id, row) else {
            return Err(Refusal::Transient(anyhow!("too many commands are waiting; the next poll goes on")));
        };
        let ended = match timeout_at(self.until.get(), job.wait_for(Option::is_some)).await {
            Ok(Ok(ended)) => ended.clone(),
            Ok(Err(_)) => Some(Ended::NotStarted("the watch is ending".to_owned())),
            Err(_) => {
                return Err(Refusal::Transient(anyhow!("the command has not ended yet; the next poll checks again")));
            }
        };
        self.jobs.borrow_mut().remove(&id);
        match ended {
            Some(Ended::NotStarted(reason)) => {
                Err(Refusal::Transient(anyhow!("the command cannot be started: {reason}")))
            }
            Some(Ended::Passed) | None => Ok(()),
        }
    }

    /// The job of a change; `None` while too many wait.
    fn job(&self, id: &str, row: &HistoryRow) -> Option<watch::Receiver<Option<Ended>>> {
        let mut jobs = self.jobs.borrow_mut();
        if let Some(job) = jobs.get(id) {
            return Some(job.clone());
        }
        if jobs.len() >= WAITING {
            return None;
        }
        let (ended, job) = watch::channel(None);
        // A command that reads lines gets exactly one.
        let input = format!("{}\n", row.event).into_bytes();
        // If the runner is gone, so is the job's sender, and whoever waits for the job is woken.
        let _ = self.queue.send(Job { item: item(row), input, variables: variables::of(row), ended });
        jobs.insert(id.to_owned(), job.clone());
        Some(job)
    }
}

#[async_trait(?Send)]
impl Announcer for Commands {
    fn sink(&self) -> SinkName {
        SinkName::EXEC
    }

    /// The command runs for what the front shows.
    fn is_for_people(&self) -> bool {
        true
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let mut answers = Vec::new();
        for announcement in batch {
            // This sink refuses no document, so it never gets the short form.
            answers.push(self.run(announcement.row).await);
        }
        answers
    }

    /// A baseline is no change.
    async fn announce_baseline(&self, _: &BaselineSummary) -> Result<(), Refusal> {
        Ok(())
    }
}

impl Runner {
    /// Runs the queued commands, up to four at a time, for as long as the watch lasts, and counts in `failed` those that
    /// failed. Dropped, it kills those that run.
    pub(super) async fn run(mut self, failed: &Cell<u64>) {
        let mut running = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(job) = self.queue.recv(), if running.len() < AT_A_TIME => {
                    running.push(run_one(&self.command, self.limit, &self.notices, job));
                }
                Some(succeeded) = running.next(), if !running.is_empty() => {
                    failed.set(failed.get() + u64::from(!succeeded));
                }
                else => return,
            }
        }
    }
}

/// Runs a job's command and reports its failure, if any. Returns whether it succeeded.
async fn run_one(command: &str, limit: Duration, notices: &mpsc::UnboundedSender<Notice>, job: Job) -> bool {
    let ending = command::run(command, (&job.input, &job.variables), limit).await;
    let complaint = match &ending {
        Ok(Ending::Success) => None,
        Ok(Ending::Failure { status, errors }) => Some(format!("ended with {status}{}", quoted(errors))),
        Ok(Ending::Killed { errors }) => {
            Some(format!("was killed because it had not ended after {}{}", words::duration(limit), quoted(errors)))
        }
        // `Commands::run` refuses with it, and the poll reports that.
        Err(_) => None,
    };
    let succeeded = ending.as_ref().is_ok_and(|ending| *ending == Ending::Success);
    if let Some(complaint) = complaint {
        let text = format!("the command for {} {complaint}; it is not run again for this change", job.item);
        // The front may be gone already.
        let _ = notices.send(Notice { at: SystemClock.now(), health: Health::Unknown, text });
    }
    let ended = match ending {
        Ok(_) => Ended::Passed,
        Err(error) => Ended::NotStarted(error.to_string()),
    };
    // Unlike `send`, this also works while no poll waits.
    job.ended.send_replace(Some(ended));
    succeeded
}

fn quoted(errors: &str) -> String {
    if errors.is_empty() { String::new() } else { format!(": {errors}") }
}

/// The id of a change's command.
fn id(row: &HistoryRow) -> String {
    format!("{} {} {}", RecordedEvent::of(&row.event).id().unwrap_or_default(), row.sequence, row.occurred_at)
}

/// What the change is about, in a sentence.
fn item(row: &HistoryRow) -> String {
    let text = match RecordedDocument::read(&row.event) {
        Ok(RecordedDocument::Incident(incident)) => {
            let root = incident.root();
            format!("the incident of {} {} ({})", root.kind_word(), root.id(), incident.reason_word())
        }
        Ok(RecordedDocument::Transition(event)) => {
            format!("{} {} -> {}", event.item().kind_word(), event.item().id(), event.state().value())
        }
        Err(_) => "a change that this version cannot read".to_owned(),
    };
    escape::terminal(&text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{domain::Kind, watch::transition::tests::event};

    fn row(id: &str) -> HistoryRow {
        let event = event(Kind::Connection, id, None, Some("available"), "down");
        HistoryRow {
            occurred_at: event.state.since,
            sequence: 2,
            event: serde_json::to_value(&event).unwrap(),
            parked: BTreeMap::new(),
        }
    }

    struct Rig {
        commands: Commands,
        runner: Option<Runner>,
        notices: mpsc::UnboundedReceiver<Notice>,
        failed: Cell<u64>,
        folder: tempfile::TempDir,
    }

    fn rig(command: &str, limit: Duration) -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let (sender, notices) = mpsc::unbounded_channel();
        let command = format!("cd {} && {command}", folder.path().display());
        let (commands, runner) = commands(command, limit, sender);
        commands.wait_until(Instant::now() + Duration::from_secs(60));
        Rig { commands, runner: Some(runner), notices, failed: Cell::new(0), folder }
    }

    impl Rig {
        async fn during<T>(&mut self, work: impl AsyncFnOnce(&Commands) -> T) -> T {
            let runner = self.runner.take().unwrap();
            tokio::select! {
                result = work(&self.commands) => result,
                () = runner.run(&self.failed) => panic!("the runner ends with the watch"),
            }
        }

        fn notices(&mut self) -> Vec<String> {
            std::iter::from_fn(|| self.notices.try_recv().ok()).map(|notice| notice.text).collect()
        }

        fn written(&self) -> String {
            std::fs::read_to_string(self.folder.path().join("seen")).unwrap_or_default()
        }
    }

    #[tokio::test]
    async fn a_failing_command_is_reported_once_and_passed() {
        let mut rig = rig("cat >>seen; echo no >&2; exit 7", Duration::from_secs(60));
        rig.during(async |commands| commands.run(&row("dxcon-1")).await.unwrap()).await;
        assert_eq!(
            rig.notices(),
            [
                "the command for connection dxcon-1 -> down ended with exit status: 7: no; it is not run again for this change"
            ]
        );
        assert_eq!(rig.failed.get(), 1);
        assert_eq!(rig.written(), format!("{}\n", row("dxcon-1").event), "the document, and nothing else");
    }

    #[tokio::test]
    async fn a_hanging_command_is_killed_reported_and_passed() {
        let mut rig = rig("sleep 1000", Duration::from_millis(200));
        rig.during(async |commands| commands.run(&row("dxcon-1")).await.unwrap()).await;
        assert_eq!(
            rig.notices(),
            [
                "the command for connection dxcon-1 -> down was killed because it had not ended after 0s; it is not run again for this change"
            ]
        );
    }

    #[tokio::test]
    async fn a_slow_command_is_left_running_and_never_started_twice() {
        let mut rig = rig("echo begun >>seen; while [ ! -e go ]; do sleep 0.02; done", Duration::from_secs(60));
        let go = rig.folder.path().join("go");
        rig.during(async |commands| {
            for _ in 0..2 {
                commands.wait_until(Instant::now() + Duration::from_millis(100));
                let refusal = commands.run(&row("dxcon-1")).await.unwrap_err();
                assert!(
                    matches!(&refusal, Refusal::Transient(error) if error.to_string().contains("has not ended yet")),
                    "{refusal:?}"
                );
            }
            std::fs::write(&go, "").unwrap();
            commands.wait_until(Instant::now() + Duration::from_secs(60));
            commands.run(&row("dxcon-1")).await.unwrap();
        })
        .await;
        assert_eq!((rig.written().as_str(), rig.notices().len()), ("begun\n", 0));
    }

    #[tokio::test]
    async fn a_slow_command_delays_no_other_and_four_run_at_a_time() {
        // The first waits for the fifth, which can only run when one of the first four has ended.
        let script = "id=$(tr , '\\n' | sed -n 's/.*\"id\":\"\\(dxcon-[0-9]\\)\".*/\\1/p' | head -1); echo begun >>seen
            [ \"$id\" != dxcon-1 ] || while [ ! -e dxcon-5 ]; do sleep 0.02; done; touch $id";
        let mut rig = rig(script, Duration::from_secs(60));
        let rows: Vec<HistoryRow> = (1..=5).map(|number| row(&format!("dxcon-{number}"))).collect();
        rig.during(async |commands| {
            let all = futures::future::join_all(rows.iter().map(|row| commands.run(row))).await;
            assert!(all.iter().all(Result::is_ok), "{all:?}");
        })
        .await;
        assert_eq!((rig.written().lines().count(), rig.notices()), (5, vec![]));
    }

    #[tokio::test]
    async fn transitions_beyond_the_queue_wait_in_the_store() {
        let rig = rig("true", Duration::from_secs(60));
        rig.commands.wait_until(Instant::now());
        let mut refusals = Vec::new();
        for number in 0..=WAITING {
            refusals.push(rig.commands.run(&row(&format!("dxcon-{number}"))).await.unwrap_err());
        }
        let text = |refusal: &Refusal| match refusal {
            Refusal::Transient(error) => error.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(text(&refusals[0]).contains("has not ended yet"));
        assert!(text(&refusals[WAITING]).contains("too many commands are waiting"));
    }
}
