//! `report`: writes the availability of every item over a window, with its evidence.

use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

use clap::{Args, ValueEnum};

use super::{
    output::{self, Freshness},
    progress::ReadProgress,
    redaction::Redaction,
    report_table,
    store::{self, OfAccount, Source},
};
use crate::{
    calendar::Calendar,
    domain::PlannedBy,
    ports::{Clock, SystemClock},
    query::{self, Records},
    report::{Asked, Condition, Exclusions, PlannedChoice, Report, Terms, Window, csv, html},
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor report --db dx-monitor-demo.db\n  \
    aws-dx-monitor report --month 2026-10 --timezone Europe/Berlin --output html > october.html\n  \
    aws-dx-monitor report --from 30d --output csv --rows outages > outages.csv\n  \
    aws-dx-monitor report --from 2026-10-05 --to 2026-10-11 --exclude testing,pending,removed\n  \
    aws-dx-monitor report --month 2026-10 --exclude-planned\n  \
    aws-dx-monitor report --month 2026-10 --exclude-planned=aws-health,silence\n\n\
    Availability is up time divided by up and down time. Unmonitored and retired time and time before\n\
    the first sight never count. Unknown, pending, testing and removed time is excluded too; the time of a\n\
    reason that --exclude leaves out counts as down. Planned down time counts as down, and is kept apart from\n\
    the rest; --exclude-planned leaves it out, and the report says so.\n\n";

/// Report the availability of every item and destination over a month or any other window, with outages and evidence
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::TIMES, store::HELP].concat())]
pub struct Options {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    accounts: OfAccount,
    /// A calendar month
    #[arg(long, value_name = "YYYY-MM", conflicts_with_all = ["from", "to"])]
    month: Option<String>,
    /// The beginning: a day, a time, or how long ago (30d, 12h) [default: 30d, or the first observation if later]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// The end: a day (which is included), a time, or how long ago [default: now]
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// The IANA time zone of months and days; evidence is always in UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// What to exclude from availability; what is neither up nor excluded counts as down
    #[arg(long, value_enum, value_name = "REASON", value_delimiter = ',', default_values = ["unknown", "pending", "testing", "removed"])]
    exclude: Vec<Reason>,
    /// Also leave out down time within planned time: AWS's announced work and failover tests, or what is planned by those
    /// that are named
    #[arg(long, value_enum, value_name = "BY", value_delimiter = ',', num_args = 0.., require_equals = true)]
    exclude_planned: Option<Vec<Planner>>,
    /// Also items that were retired throughout, because their kind or region was polled no longer
    #[arg(long)]
    retired: bool,
    #[command(flatten)]
    freshness: Freshness,
    #[command(flatten)]
    redaction: Redaction,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    output: ReportFormat,
    /// What the lines of CSV are
    #[arg(long, value_enum, default_value_t)]
    rows: Rows,
}

/// The output format of `report`.
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

/// What the lines of CSV are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Rows {
    /// One line for each item
    #[default]
    Items,
    /// One line for each outage, with its incident
    Outages,
    /// One line for each destination
    Destinations,
}

/// What can be excluded from availability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reason {
    /// AWS did not report the state
    Unknown,
    /// Not yet in service
    Pending,
    /// A failover test
    Testing,
    /// Being removed, or gone
    Removed,
    /// Only unmonitored and retired time and time before the first sight
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

/// Who plans time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Planner {
    /// AWS, where it announced the work before it began
    AwsHealth,
    /// Whoever started a failover test
    FailoverTest,
    /// Yourselves, by a silence that was made before it began
    Silence,
}

impl Planner {
    fn planned_by(self) -> PlannedBy {
        match self {
            Planner::AwsHealth => PlannedBy::AwsHealth,
            Planner::FailoverTest => PlannedBy::FailoverTest,
            Planner::Silence => PlannedBy::Silence,
        }
    }
}

impl Options {
    /// What the options choose about planned time.
    fn planned(&self) -> PlannedChoice {
        match self.exclude_planned.as_deref() {
            None => PlannedChoice::default(),
            Some([]) => PlannedChoice::excluding(PlannedChoice::USUAL),
            Some(named) => PlannedChoice::excluding(named.iter().map(|planner| planner.planned_by())),
        }
    }
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let calendar = Calendar::of_zone(&options.timezone)?;
    let store = options.redaction.open(&options.source, &options.accounts).await?;
    let now = SystemClock.now();
    let remembered = query::everything(&*store.history).await?;
    let asked = Asked { month: options.month.as_deref(), from: options.from.as_deref(), to: options.to.as_deref() };
    let window = Window::new(&asked, calendar, query::first_observation(&remembered), now)?;
    let exclusions = Exclusions::only(options.exclude.iter().filter_map(|reason| reason.condition()))
        .with_planned(options.planned());
    let terms = Terms {
        window: &window,
        exclusions: &exclusions,
        unmonitored_after: options.freshness.tolerated(),
        shows_retired: options.retired,
    };
    let items = remembered.iter().map(|scope| scope.recalled.states.len()).sum();
    let mut progress = ReadProgress::of(items, "items");
    let records = Records { history: &*store.history, windows: &*store.windows };
    let report = query::availability(records, remembered, terms, |key| progress.advance(|| key.to_string())).await?;
    drop(progress);
    write(&options, &report, calendar)?;
    Ok(ExitCode::SUCCESS)
}

fn write(options: &Options, report: &Report, calendar: Calendar) -> anyhow::Result<()> {
    let mut out = BufWriter::new(anstream::stdout());
    match (options.output, options.rows) {
        (ReportFormat::Table, _) => report_table::write(&mut out, report)?,
        (ReportFormat::Json, _) => output::write_json(&mut out, report)?,
        (ReportFormat::Csv, Rows::Items) => write!(out, "{}", csv::items(report))?,
        (ReportFormat::Csv, Rows::Outages) => write!(out, "{}", csv::outages(report))?,
        (ReportFormat::Csv, Rows::Destinations) => write!(out, "{}", csv::destinations(report))?,
        (ReportFormat::Html, _) => write!(out, "{}", html::page(report, calendar))?,
    }
    Ok(out.flush()?)
}
