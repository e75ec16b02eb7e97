//! `report`: the availability of every item over a window, with its evidence.

use std::{
    collections::BTreeMap,
    io::{BufWriter, Write},
    ops::ControlFlow,
    pin::pin,
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use clap::{Args, ValueEnum};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    output::{self, Freshness},
    progress::Progress,
    report_table,
    store::{self, Source},
};
use crate::{
    domain::{ItemKey, Kind, Recalled, Scope, StateRow, Timestamp},
    ports::{Clock, History, SystemClock},
    report::{
        Asked, Assembly, Blind, Calendar, Condition, Exclusions, Report, Sight, Statement, Timeline, Window, csv, html,
    },
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor report --db dx-monitor-demo.db\n  \
    aws-dx-monitor report --month 2026-10 --timezone Europe/Berlin --output html > october.html\n  \
    aws-dx-monitor report --from 30d --output csv --rows outages > outages.csv\n  \
    aws-dx-monitor report --from 2026-10-05 --to 2026-10-11 --exclude testing,pending,removed\n\n\
    Availability is up time over up and down time. Unmonitored time and time before the first sight\n\
    never count; unknown, pending, testing and removed time is excluded too, unless --exclude says\n\
    otherwise: what is not up then counts as down.\n\n";

/// Report the availability of every item over a month or any other window, with its outages and the evidence
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::TIMES, store::HELP].concat())]
pub struct Options {
    #[command(flatten)]
    source: Source,
    /// A calendar month
    #[arg(long, value_name = "YYYY-MM", conflicts_with_all = ["from", "to"])]
    month: Option<String>,
    /// The beginning: a day, a time, or how long ago (30d, 12h) [default: 30d, or the first observation if later]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// The end: a day (which is included), a time, or how long ago [default: now]
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// The IANA time zone that months and days are meant in; evidence is always in UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// What to leave out of availability; what is neither up nor left out counts as down
    #[arg(long, value_enum, value_name = "REASON", value_delimiter = ',', default_values = ["unknown", "pending", "testing", "removed"])]
    exclude: Vec<Reason>,
    #[command(flatten)]
    freshness: Freshness,
    /// The form of the output
    #[arg(long, value_enum, default_value_t)]
    output: ReportFormat,
    /// What a line of CSV is
    #[arg(long, value_enum, default_value_t)]
    rows: Rows,
}

/// In which form the report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people at a terminal
    #[default]
    Table,
    /// The whole document, for programs
    Json,
    /// For spreadsheets
    Csv,
    /// One self-contained page, to send and to print
    Html,
}

/// What a line of CSV is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Rows {
    /// An item
    #[default]
    Items,
    /// An outage
    Outages,
}

/// What can be left out of availability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reason {
    /// AWS did not say
    Unknown,
    /// Not yet in service
    Pending,
    /// A failover test
    Testing,
    /// Being taken away, or gone
    Removed,
    /// Nothing but what was never seen
    None,
}

impl Reason {
    fn condition(self) -> Option<Condition> {
        match self {
            Reason::Unknown => Some(Condition::Unknown),
            Reason::Pending => Some(Condition::Pending),
            Reason::Testing => Some(Condition::Testing),
            Reason::Removed => Some(Condition::Removed),
            Reason::None => None,
        }
    }
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let calendar = Calendar::of_zone(&options.timezone)?;
    let store = options.source.open().await?;
    let now = SystemClock.now();
    let recalled = store.everything().await?;
    let asked = Asked { month: options.month.as_deref(), from: options.from.as_deref(), to: options.to.as_deref() };
    let window = Window::new(&asked, calendar, first_observation(&recalled), now)?;
    let exclusions = Exclusions::only(options.exclude.iter().filter_map(|reason| reason.condition()));
    let tolerated = options.freshness.tolerated();
    let mut assembly = Assembly::new(&window, &exclusions, tolerated);
    let mut progress = Progress::of(recalled.iter().map(|scope| scope.states.len()).sum(), "items");
    let reading = Reading { store: &store, window: &window, exclusions: &exclusions, tolerated };
    for scope in recalled {
        reading.scope(scope, &mut assembly, &mut progress).await?;
    }
    drop(progress);
    write(&options, &assembly.finish(), calendar)?;
    Ok(ExitCode::SUCCESS)
}

fn write(options: &Options, report: &Report, calendar: Calendar) -> anyhow::Result<()> {
    let mut out = BufWriter::new(anstream::stdout());
    match (options.output, options.rows) {
        (ReportFormat::Table, _) => report_table::write(&mut out, report)?,
        (ReportFormat::Json, _) => output::write_json(&mut out, report)?,
        (ReportFormat::Csv, Rows::Items) => write!(out, "{}", csv::items(report))?,
        (ReportFormat::Csv, Rows::Outages) => write!(out, "{}", csv::outages(report))?,
        (ReportFormat::Html, _) => write!(out, "{}", html::page(report, calendar))?,
    }
    Ok(out.flush()?)
}

/// When the store began to be filled.
fn first_observation(recalled: &[Recalled]) -> Option<Timestamp> {
    let polls = recalled.iter().filter_map(|scope| scope.poll.as_ref());
    let baselines = polls.flat_map(|poll| poll.kinds.values()).filter_map(|progress| progress.baseline_at);
    let states = recalled.iter().flat_map(|scope| scope.states.values()).map(|row| row.since);
    baselines.chain(states).min()
}

/// What is read with.
struct Reading<'a, H> {
    store: &'a H,
    window: &'a Window,
    exclusions: &'a Exclusions,
    tolerated: Duration,
}

/// How many items are read at the same time: each is a call of its own, which waits for nothing but its answer.
const ITEMS_IN_FLIGHT: usize = 8;

impl<H: History> Reading<'_, H> {
    /// All items of a scope.
    async fn scope(
        &self,
        recalled: Recalled,
        assembly: &mut Assembly<'_>,
        progress: &mut Progress,
    ) -> anyhow::Result<()> {
        let Recalled { scope, states, poll } = recalled;
        let mut blind: BTreeMap<Kind, Blind> = BTreeMap::new();
        for kind in Kind::ALL.into_iter().filter(|kind| states.keys().any(|key| key.kind == *kind)) {
            let noted = self.store.unmonitored(&scope, kind, self.window.from, self.window.to).await?;
            let last = poll.as_ref().and_then(|poll| poll.last_complete_at(kind));
            blind.insert(kind, Blind::new(self.window, &noted, last, self.tolerated));
        }
        let poll_interval_seconds = poll.as_ref().and_then(|poll| poll.interval_seconds);
        let (scope, blind) = (&scope, &blind);
        let statements = stream::iter(states).map(async |(key, row)| {
            let statement = self.item(scope, &key, &row, &blind[&key.kind]).await?;
            anyhow::Ok((key, row.details, statement))
        });
        let mut statements = pin!(statements.buffered(ITEMS_IN_FLIGHT));
        while let Some((key, details, statement)) = statements.try_next().await? {
            assembly.add(details, poll_interval_seconds, statement);
            progress.advance(|| key.to_string());
        }
        Ok(())
    }

    async fn item(&self, scope: &Scope, key: &ItemKey, row: &StateRow, blind: &Blind) -> anyhow::Result<Statement> {
        let mut timeline = Timeline::new(self.window, blind, self.exclusions, Assembly::joins(key.kind));
        // An item that has not changed since is what its state row says; its history need not be read.
        if row.last_transition_at >= self.window.from {
            let sights = |sight: &Sight| timeline.see(sight);
            self.sights(scope, key, (self.window.from, Timestamp::MAXIMUM), sights).await?;
        }
        let mut statement = timeline.finish(row);
        if let Some(outage) = statement.outages.first_mut().filter(|outage| outage.begins_before) {
            let from = outage.started_at;
            let within = (from, from.plus(Duration::from_millis(1)));
            let complete = |sight: &Sight| {
                sight.complete(outage);
                ControlFlow::Continue(())
            };
            self.sights(scope, key, within, complete).await?;
        }
        Ok(statement)
    }

    async fn sights(
        &self,
        scope: &Scope,
        key: &ItemKey,
        (from, until): (Timestamp, Timestamp),
        mut each: impl FnMut(&Sight) -> ControlFlow<()>,
    ) -> anyhow::Result<()> {
        let mut damage = Ok(());
        self.store
            .each_transition(scope, key, from, until, |row| match Sight::read(key.kind, &row) {
                Ok(sight) => each(&sight),
                Err(error) => {
                    damage = Err(error)
                        .with_context(|| format!("the event of {scope}/{key} at {} cannot be read", row.occurred_at));
                    ControlFlow::Break(())
                }
            })
            .await?;
        damage
    }
}
