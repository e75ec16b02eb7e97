//! The sink of `--exec`: each transition's command, run beside the polls rather than within them.
//!
//! A poll that is over, or cut short, leaves its commands running; the next one asks how they ended. So a slow command
//! holds no poll for long, and is never begun twice by the same watch.

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
};
use crate::{
    announcement::BaselineSummary,
    domain::{Health, HistoryRow, RecordedEvent, SinkName},
    escape,
    ports::{Announcement, Announcer, Clock, Refusal, SystemClock},
    words,
};

/// Commands that run at a time.
const AT_A_TIME: usize = 4;
/// Commands that wait for their turn; what is beyond waits in the store.
const WAITING: usize = 64;

/// The commands of this watch, as the polls see them.
#[derive(Debug)]
pub(super) struct Commands {
    queue: mpsc::UnboundedSender<Job>,
    /// Those that nobody has asked for since they ended, and those that have not.
    jobs: RefCell<HashMap<String, watch::Receiver<Option<Ended>>>>,
    /// Until when the present poll may wait.
    until: Cell<Instant>,
}

/// A command that is to be run.
#[derive(Debug)]
struct Job {
    item: String,
    input: Vec<u8>,
    ended: watch::Sender<Option<Ended>>,
}

/// How the watch got past a command.
#[derive(Clone, Debug)]
enum Ended {
    /// It ran, well or not.
    Passed,
    /// It could not be started.
    NotStarted(String),
}

/// What runs them; lives beside the polls.
#[derive(Debug)]
pub(super) struct Runner {
    command: String,
    limit: Duration,
    queue: mpsc::UnboundedReceiver<Job>,
    notices: mpsc::UnboundedSender<Notice>,
}

/// The sink, and what runs its commands.
pub(super) fn commands(command: String, limit: Duration, notices: mpsc::UnboundedSender<Notice>) -> (Commands, Runner) {
    let (sender, queue) = mpsc::unbounded_channel();
    let commands = Commands { queue: sender, jobs: RefCell::default(), until: Cell::new(Instant::now()) };
    (commands, Runner { command, limit, queue, notices })
}

impl Commands {
    /// A poll begins, and may wait for commands until then.
    pub(super) fn wait_until(&self, until: Instant) {
        self.until.set(until);
    }

    /// Runs the command for a transition, or asks for the one that runs already. Its failure is reported and passed: a
    /// command that fails once would fail for ever, and block all that comes after it.
    pub(super) async fn run(&self, row: &HistoryRow) -> Result<(), Refusal> {
        let id = id(row);
        let Some(mut job) = self.job(&id, row) else {
            return Err(Refusal::Transient(anyhow!("too many commands wait already; the next poll goes on")));
        };
        let ended = match timeout_at(self.until.get(), job.wait_for(Option::is_some)).await {
            Ok(Ok(ended)) => ended.clone(),
            Ok(Err(_)) => Some(Ended::NotStarted("the watch is ending".to_owned())),
            Err(_) => {
                return Err(Refusal::Transient(anyhow!("the command has not ended yet; the next poll asks again")));
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

    /// The job of a transition; none while too many wait.
    fn job(&self, id: &str, row: &HistoryRow) -> Option<watch::Receiver<Option<Ended>>> {
        let mut jobs = self.jobs.borrow_mut();
        if let Some(job) = jobs.get(id) {
            return Some(job.clone());
        }
        if jobs.len() >= WAITING {
            return None;
        }
        let (ended, job) = watch::channel(None);
        // The document and a line break: what reads lines finds one.
        let input = format!("{}\n", row.event).into_bytes();
        // Were the runner gone, the job's sender would be too, and the wait for it would end.
        let _ = self.queue.send(Job { item: item(row), input, ended });
        jobs.insert(id.to_owned(), job.clone());
        Some(job)
    }
}

#[async_trait(?Send)]
impl Announcer for Commands {
    fn sink(&self) -> SinkName {
        SinkName::EXEC
    }

    fn is_for_people(&self) -> bool {
        false
    }

    fn batch_size(&self) -> usize {
        1
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let mut answers = Vec::new();
        for announcement in batch {
            // The document as it was recorded: nothing here ever asks for the short form.
            answers.push(self.run(announcement.row).await);
        }
        answers
    }

    /// Baselines are announced to people only.
    async fn announce_baseline(&self, _: &BaselineSummary) -> Result<(), Refusal> {
        Ok(())
    }
}

impl Runner {
    /// Runs what comes, some at a time, for as long as the watch lasts; gives up what runs when it is dropped. Counts
    /// those that failed.
    pub(super) async fn run(mut self, failed: &Cell<u64>) {
        let mut running = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(job) = self.queue.recv(), if running.len() < AT_A_TIME => {
                    running.push(run_one(&self.command, self.limit, &self.notices, job));
                }
                Some(well) = running.next(), if !running.is_empty() => failed.set(failed.get() + u64::from(!well)),
                else => return,
            }
        }
    }
}

/// Runs a job's command and reports how it ended, unless all went well.
async fn run_one(command: &str, limit: Duration, notices: &mpsc::UnboundedSender<Notice>, job: Job) -> bool {
    let ending = command::run(command, &job.input, limit).await;
    let complaint = match &ending {
        Ok(Ending::Success) => None,
        Ok(Ending::Failure { status, told }) => Some(format!("ended with {status}{}", quoted(told))),
        Ok(Ending::Killed { told }) => {
            Some(format!("was killed, as it had not ended after {}{}", words::duration(limit), quoted(told)))
        }
        // The poll reports it, as long as it lasts.
        Err(_) => None,
    };
    let well = ending.as_ref().is_ok_and(|ending| *ending == Ending::Success);
    if let Some(complaint) = complaint {
        let text = format!("the command for {} {complaint}; it is not run again for this change", job.item);
        // Without a front there is nobody to tell.
        let _ = notices.send(Notice { at: SystemClock.now(), health: Health::Unknown, text });
    }
    let ended = match ending {
        Ok(_) => Ended::Passed,
        Err(error) => Ended::NotStarted(error.to_string()),
    };
    // Nobody may be waiting just now.
    job.ended.send_replace(Some(ended));
    well
}

fn quoted(told: &str) -> String {
    if told.is_empty() { String::new() } else { format!(": {told}") }
}

/// What tells a transition's command from all others.
fn id(row: &HistoryRow) -> String {
    format!("{} {} {}", RecordedEvent::of(&row.event).id().unwrap_or_default(), row.sequence, row.occurred_at)
}

fn item(row: &HistoryRow) -> String {
    let event = RecordedEvent::of(&row.event);
    escape::terminal(&format!("{} {} -> {}", event.item().kind_word(), event.item().id(), event.state().value()))
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

    struct Bench {
        commands: Commands,
        runner: Option<Runner>,
        notices: mpsc::UnboundedReceiver<Notice>,
        failed: Cell<u64>,
        folder: tempfile::TempDir,
    }

    fn bench(command: &str, limit: Duration) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let (sender, notices) = mpsc::unbounded_channel();
        let command = format!("cd {} && {command}", folder.path().display());
        let (commands, runner) = commands(command, limit, sender);
        commands.wait_until(Instant::now() + Duration::from_secs(60));
        Bench { commands, runner: Some(runner), notices, failed: Cell::new(0), folder }
    }

    impl Bench {
        async fn during<T>(&mut self, work: impl AsyncFnOnce(&Commands) -> T) -> T {
            let runner = self.runner.take().unwrap();
            tokio::select! {
                result = work(&self.commands) => result,
                () = runner.run(&self.failed) => panic!("the runner ends with the watch"),
            }
        }

        fn told(&mut self) -> Vec<String> {
            std::iter::from_fn(|| self.notices.try_recv().ok()).map(|notice| notice.text).collect()
        }

        fn written(&self) -> String {
            std::fs::read_to_string(self.folder.path().join("seen")).unwrap_or_default()
        }
    }

    #[tokio::test]
    async fn a_failing_command_is_reported_once_and_passed() {
        let mut bench = bench("cat >>seen; echo no >&2; exit 7", Duration::from_secs(60));
        bench.during(async |commands| commands.run(&row("dxcon-1")).await.unwrap()).await;
        assert_eq!(
            bench.told(),
            [
                "the command for connection dxcon-1 -> down ended with exit status: 7: no; it is not run again for this change"
            ]
        );
        assert_eq!(bench.failed.get(), 1);
        assert_eq!(bench.written(), format!("{}\n", row("dxcon-1").event), "the document, and nothing else");
    }

    #[tokio::test]
    async fn a_hanging_command_is_killed_reported_and_passed() {
        let mut bench = bench("sleep 1000", Duration::from_millis(200));
        bench.during(async |commands| commands.run(&row("dxcon-1")).await.unwrap()).await;
        assert_eq!(
            bench.told(),
            [
                "the command for connection dxcon-1 -> down was killed, as it had not ended after 0s; it is not run again for this change"
            ]
        );
    }

    #[tokio::test]
    async fn a_slow_command_is_left_running_and_never_begun_twice() {
        let mut bench = bench("echo begun >>seen; while [ ! -e go ]; do sleep 0.02; done", Duration::from_secs(60));
        let go = bench.folder.path().join("go");
        bench
            .during(async |commands| {
                for _ in 0..2 {
                    commands.wait_until(Instant::now() + Duration::from_millis(100));
                    let refusal = commands.run(&row("dxcon-1")).await.unwrap_err();
                    assert!(matches!(&refusal, Refusal::Transient(error) if error.to_string().contains("has not ended yet")), "{refusal:?}");
                }
                std::fs::write(&go, "").unwrap();
                commands.wait_until(Instant::now() + Duration::from_secs(60));
                commands.run(&row("dxcon-1")).await.unwrap();
            })
            .await;
        assert_eq!((bench.written().as_str(), bench.told().len()), ("begun\n", 0));
    }

    #[tokio::test]
    async fn a_slow_command_holds_no_other_and_few_run_at_a_time() {
        // The first waits for the fifth, which can only run when one of the first four has ended.
        let script = "id=$(tr , '\\n' | sed -n 's/.*\"id\":\"\\(dxcon-[0-9]\\)\".*/\\1/p' | head -1); echo begun >>seen
            [ \"$id\" != dxcon-1 ] || while [ ! -e dxcon-5 ]; do sleep 0.02; done; touch $id";
        let mut bench = bench(script, Duration::from_secs(60));
        let rows: Vec<HistoryRow> = (1..=5).map(|number| row(&format!("dxcon-{number}"))).collect();
        bench
            .during(async |commands| {
                let all = futures::future::join_all(rows.iter().map(|row| commands.run(row))).await;
                assert!(all.iter().all(Result::is_ok), "{all:?}");
            })
            .await;
        assert_eq!((bench.written().lines().count(), bench.told()), (5, vec![]));
    }

    #[tokio::test]
    async fn what_does_not_fit_waits_in_the_store() {
        let bench = bench("true", Duration::from_secs(60));
        bench.commands.wait_until(Instant::now());
        let mut refusals = Vec::new();
        for number in 0..=WAITING {
            refusals.push(bench.commands.run(&row(&format!("dxcon-{number}"))).await.unwrap_err());
        }
        let text = |refusal: &Refusal| match refusal {
            Refusal::Transient(error) => error.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(text(&refusals[0]).contains("has not ended yet"));
        assert!(text(&refusals[WAITING]).contains("too many commands wait"));
    }
}
