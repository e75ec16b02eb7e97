//! `demo`: plays the whole pipeline, accelerated, without an AWS account. The real poll uses the real Direct Connect SDK
//! against a simulated endpoint on loopback, stores in a SQLite file, and announces on the terminal.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use async_trait::async_trait;
use clap::Args;

use crate::{
    announcement::{BaselineSummary, Letter, Message},
    aws::{self, CallLimits, DirectConnectInventory},
    domain::{Category, Health, Kind, ListedScope, RecordedIncident, SinkName, Timestamp},
    escape,
    local::SqliteLedger,
    metrics::DataPoint,
    monitor::{Memory, Monitor, PollReport, Settings},
    ports::{Announcement, Announcer, Clock, History, MetricSink, Publication, Refusal, SystemClock},
    simulator::{Scenario, Simulator},
    terminal,
    watch::{self, Front, Plan, Play},
    words,
};

/// The built-in scenario lasts 45 minutes; one poll a minute.
const POLLS: u32 = 45;
const EVERY: Duration = Duration::from_secs(60);
/// How long a simulated minute takes on a terminal.
const PACE: Duration = Duration::from_millis(350);
/// How long it takes so that each message can be read.
const SLOW_PACE: Duration = Duration::from_secs(4);

/// Play 45 minutes of a customer's Direct Connect through the whole pipeline; no AWS account, no network
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws-dx-monitor demo\n  \
    aws-dx-monitor demo --slow\n  \
    aws-dx-monitor demo --db /tmp/demo.db && aws-dx-monitor history --db /tmp/demo.db")]
pub struct Options {
    /// Where the states and the history go; replaced on each run
    #[arg(long, value_name = "PATH", default_value = "dx-monitor-demo.db")]
    db: PathBuf,
    /// Play so slowly that one can follow, in the live view of watch on a terminal: four seconds a minute, three minutes
    /// in all
    #[arg(long)]
    slow: bool,
}

impl Options {
    /// How long a simulated minute takes.
    fn pace(&self) -> Option<Duration> {
        match self.slow {
            true => Some(SLOW_PACE),
            false => terminal::is_watched().then_some(PACE),
        }
    }
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout();
    remove_old(&options.db)?;
    let scenario = Scenario::builtin();
    let account = scenario.account.clone();
    let regions: Vec<String> = scenario.inventory.regions.keys().cloned().collect();
    let simulator = Simulator::start(scenario, 0)?;
    if options.slow && terminal::is_watched() {
        let play = Play { simulator, account, minutes: POLLS };
        watch::run(Plan::of(play, (regions, SLOW_PACE), options.db.clone()), Front::View).await?;
        write_next(&mut out, &options.db)?;
        return Ok(ExitCode::SUCCESS);
    }
    let ledger = SqliteLedger::open(&options.db)?;
    let config = aws::loopback_config(&simulator.endpoint_url());
    let limits = CallLimits { initial_backoff: Duration::from_millis(5), ..CallLimits::DIRECT_CONNECT };
    let inventory = DirectConnectInventory::new(&config, "aws", &regions, &limits);

    let kinds: BTreeSet<Kind> = Kind::usual().collect();
    let settings = Settings { scopes: Settings::scopes(&account, &regions, &kinds), kinds, ..Settings::of("demo") };
    let metrics = CountedMetrics::default();
    let clock = DemoClock::ending_now();
    let announcer = TerminalAnnouncer::default();
    let memory = Memory::default();
    let monitor = Monitor {
        inventory: &inventory,
        ledger: &ledger,
        metrics: &metrics,
        announcers: vec![&announcer],
        clock: &clock,
        settings: &settings,
        memory: &memory,
    };

    let bold = anstyle::Style::new().bold();
    writeln!(out, "{bold}{POLLS} minutes of a simulated Direct Connect, one poll a minute.{bold:#}")?;
    writeln!(
        out,
        "No AWS account and no network: the real pipeline over the real SDK, against {}.\n",
        simulator.endpoint_url()
    )?;
    let mut sums = Sums::default();
    for minute in 0..POLLS {
        simulator.set_elapsed(EVERY * minute);
        clock.set_minute(minute);
        let report = monitor.poll(None).await;
        if minute == 0 {
            write_items(&mut out, &ledger).await?;
        }
        write_poll(&mut out, &clock, &report)?;
        sums.add(&report);
        out.flush()?;
        if let Some(pace) = options.pace() {
            tokio::time::sleep(pace).await;
        }
    }
    write_sums(&mut out, &sums, &announcer, &metrics)?;
    write_next(&mut out, &options.db)?;
    Ok(ExitCode::SUCCESS)
}

/// Removes the database of an earlier run, and never a file that is not this program's.
fn remove_old(path: &Path) -> anyhow::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    drop(SqliteLedger::open_existing(path).with_context(|| {
        format!(
            "{} is not a database of this program, so the demo does not replace it; choose another with --db",
            path.display()
        )
    })?);
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot replace {}", PathBuf::from(file).display()));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn write_items(out: &mut impl Write, ledger: &SqliteLedger) -> anyhow::Result<()> {
    let mut table = terminal::Table::new(["", "KIND", "ID", "NAME", "STATE", "LEVEL", "REGION"]);
    for ListedScope { scope, .. } in History::scopes(ledger).await? {
        let recalled = ledger.states(&scope).await?;
        let mut rows: Vec<_> = recalled.states.into_values().collect();
        rows.sort_by_key(|row| row.details.kind);
        for row in rows {
            let health = row.state.health();
            table.add_row([
                terminal::cell(terminal::sign(health), health),
                row.details.kind.slug().into(),
                escape::terminal(&row.details.id).into(),
                escape::terminal(row.details.name.as_deref().unwrap_or_default()).into(),
                terminal::cell(escape::terminal(row.state.value()), health),
                row.state.level().into(),
                scope.region().into(),
            ]);
        }
    }
    table.write(out)?;
    writeln!(out)?;
    Ok(())
}

/// Writes the gaps and failures of a poll.
fn write_poll(out: &mut impl Write, clock: &DemoClock, report: &PollReport) -> anyhow::Result<()> {
    let warning = terminal::of_health(Health::Unknown);
    let dim = anstyle::Style::new().dimmed();
    let time = words::clock(clock.now());
    for gap in &report.gaps {
        let error = escape::terminal(&escape::line(&gap.error));
        let of_parent = gap.parent.iter().map(|parent| format!(" of {}", escape::terminal(parent))).collect::<String>();
        writeln!(
            out,
            "{time} {warning}gap{warning:#} {}{of_parent} in {} were not listed, so none is taken as absent\n         {dim}{error}{dim:#}\n",
            gap.kind.plural(),
            gap.scope
        )?;
    }
    for failure in &report.failures {
        let error = escape::terminal(&escape::line(&failure.to_string()));
        writeln!(out, "{time} {warning}failed{warning:#} {}: {error}\n", failure.step)?;
    }
    out.flush()?;
    Ok(())
}

/// Writes how much of everything there was.
fn write_sums(
    out: &mut impl Write,
    sums: &Sums,
    announcer: &TerminalAnnouncer,
    metrics: &CountedMetrics,
) -> anyhow::Result<()> {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    writeln!(
        out,
        "{bold}{POLLS} polls: {}, {}, {}; {}, {}.{bold:#}",
        words::counted(sums.transitions, "transition", "transitions"),
        words::counted(announcer.incidents.borrow().len() as u64, "incident", "incidents"),
        words::counted(announcer.messages.get(), "message for people", "messages for people"),
        words::counted(sums.gaps as u64, "listing with a gap", "listings with gaps"),
        words::counted(sums.failures as u64, "failure", "failures"),
    )?;
    writeln!(
        out,
        "{} data points would have gone to CloudWatch, in {} requests. One of each metric:",
        metrics.points.get(),
        metrics.requests.get()
    )?;
    for point in metrics.sample.borrow().iter() {
        let dimensions: Vec<String> =
            point.dimensions.iter().map(|(name, value)| format!("{name}={}", escape::terminal(value))).collect();
        writeln!(out, "  {} {dim}{}{dim:#} {}", point.metric, dimensions.join(" "), point.value)?;
    }
    Ok(())
}

/// Writes what to do next.
fn write_next(out: &mut impl Write, db: &Path) -> anyhow::Result<()> {
    let db = db.display().to_string();
    let is_plain = db.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    let argument = format!(" --db {}", if is_plain { db.clone() } else { escape::shell_argument(&db) });
    writeln!(out, "\nStates and history are in {db}. Next:")?;
    writeln!(out, "  aws-dx-monitor status{argument}")?;
    writeln!(out, "  aws-dx-monitor incidents{argument}")?;
    writeln!(out, "  aws-dx-monitor history{argument}")?;
    writeln!(out, "  aws-dx-monitor history dxcon-ffx3v7tc{argument} --output json")?;
    Ok(())
}

/// The totals of all polls.
#[derive(Default)]
struct Sums {
    transitions: u64,
    gaps: usize,
    failures: usize,
}

impl Sums {
    fn add(&mut self, report: &PollReport) {
        self.transitions += report.transitions;
        self.gaps += report.gaps.len();
        self.failures += report.failures.len();
    }
}

/// Simulated time. It stands still during a poll, moves a minute between polls, and ends at the present.
struct DemoClock {
    start: Timestamp,
    minute: Cell<u32>,
}

impl DemoClock {
    fn ending_now() -> DemoClock {
        let story = i64::try_from((EVERY * (POLLS - 1)).as_millis()).unwrap_or(0);
        let start = Timestamp::from_milliseconds(SystemClock.now().milliseconds() - story);
        DemoClock { start, minute: Cell::new(0) }
    }

    fn set_minute(&self, minute: u32) {
        self.minute.set(minute);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        self.start.plus(EVERY * self.minute.get())
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Counts what CloudWatch would have received.
#[derive(Default)]
struct CountedMetrics {
    points: Cell<usize>,
    requests: Cell<usize>,
    sample: RefCell<Vec<DataPoint>>,
}

impl MetricSink for CountedMetrics {
    async fn publish(&self, data: &[DataPoint]) -> Publication {
        self.points.set(self.points.get() + data.len());
        self.requests.set(self.requests.get() + data.len().div_ceil(1000));
        // The last data point of each metric.
        let mut sample = self.sample.borrow_mut();
        for point in data.iter().filter(|point| point.dimensions.iter().all(|(name, _)| *name != "Monitor")) {
            match sample.iter_mut().find(|known| known.metric == point.metric) {
                Some(known) => *known = point.clone(),
                None => sample.push(point.clone()),
            }
        }
        Publication { accepted: data.len(), ..Publication::default() }
    }
}

/// Announces incidents on the terminal as people get them: each document by its headline and cause, and the first
/// outage that takes other items with it in full, as an e-mail has it.
#[derive(Default)]
struct TerminalAnnouncer {
    shown_in_full: Cell<bool>,
    messages: Cell<u64>,
    incidents: RefCell<BTreeSet<String>>,
}

impl TerminalAnnouncer {
    fn write(&self, announcement: &Announcement<'_>) -> anyhow::Result<()> {
        let document = announcement.document();
        let incident = RecordedIncident::read(&document).context("it is not the document of an incident")?;
        let health = incident.health();
        let style = terminal::of_health(health);
        let mut out = anstream::stdout();
        writeln!(
            out,
            "{} {style}{} {}{style:#}",
            words::clock(announcement.row.occurred_at),
            terminal::sign(health),
            escape::terminal(incident.summary())
        )?;
        let takes_others = incident.category() == Some(Category::Outage) && words::incident::others(incident) > 0;
        let lines = if takes_others && !self.shown_in_full.replace(true) {
            let Letter { opening, facts, closing } = announcement.letter()?;
            let facts = facts.iter().map(ToString::to_string);
            opening.into_iter().flatten().chain(facts).chain(closing.into_iter().flatten()).collect()
        } else {
            vec![incident.cause().to_owned()]
        };
        let dim = anstyle::Style::new().dimmed();
        for line in lines {
            writeln!(out, "           {dim}{}{dim:#}", escape::terminal(&line))?;
        }
        writeln!(out)?;
        self.messages.set(self.messages.get() + 1);
        self.incidents.borrow_mut().extend(incident.incident_id().map(str::to_owned));
        Ok(())
    }
}

#[async_trait(?Send)]
impl Announcer for TerminalAnnouncer {
    fn sink(&self) -> SinkName {
        SinkName::TERMINAL
    }

    fn is_for_people(&self) -> bool {
        true
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        batch.iter().map(|announcement| self.write(announcement).map_err(Refusal::Event)).collect()
    }

    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal> {
        let mut out = anstream::stdout();
        let dim = anstyle::Style::new().dimmed();
        let message = Message::baseline_for_people(summary);
        writeln!(out, "{}", escape::terminal(&message.subject))
            .and_then(|()| {
                message
                    .text
                    .lines()
                    .filter(|line| !line.is_empty())
                    .try_for_each(|line| writeln!(out, "           {dim}{}{dim:#}", escape::terminal(line)))
            })
            .and_then(|()| writeln!(out))
            .map_err(|error| Refusal::Transient(error.into()))
    }
}
