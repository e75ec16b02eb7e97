//! `status`: shows every item and its state, worst first, and which states are stale.

use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

use anyhow::bail;
use clap::Args;

use super::{
    incident_forms,
    output::{self, Freshness, PageFormat},
    redaction::Redaction,
    store::{self, OfAccount, Source},
};
use crate::{
    domain::{Health, Kind, Timestamp},
    escape, pages,
    ports::{Clock, SystemClock},
    query::{self, Filter, ItemStatus, Records, Status},
    terminal, words,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor status --db dx-monitor-demo.db\n  \
    aws-dx-monitor status --kind connection,virtual-interface --region us-east-1\n  \
    aws-dx-monitor status --health down,unknown || page-somebody\n  \
    aws-dx-monitor status --output html > status.html\n  \
    aws-dx-monitor status --output json | jq '.[] | select(.stale or .health != \"up\")'\n\n\
    Exit status: 0 when nothing that is shown is down, 1 when something is, 2 for an error.\n\
    The page shows the whole estate: destinations with their paths, and the last 30 days.\n\
    What is retired, because its kind or region is polled no longer, never counts.\n\n\
    Times are in UTC. A state is marked as stale when its kind has had no complete listing for\n\
    --unmonitored-after seconds.\n\n";

/// Show every item and its state, worst first; exit status 1 when something is down
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::HELP].concat())]
pub struct Options {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    accounts: OfAccount,
    /// Only items of these kinds, such as connection or bgp-peer
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,
    /// Only items of this health: pending, up, down, testing, removed, unknown
    #[arg(long, value_name = "HEALTH", value_delimiter = ',')]
    health: Vec<Health>,
    /// Only items of these regions; global counts as a region
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    region: Vec<String>,
    /// Also items whose kind or region is polled no longer, in the state that was last seen
    #[arg(long)]
    retired: bool,
    #[command(flatten)]
    freshness: Freshness,
    #[command(flatten)]
    redaction: Redaction,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    output: PageFormat,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let is_narrowed = !(options.kind.is_empty() && options.health.is_empty() && options.region.is_empty());
    if options.output == PageFormat::Html && (is_narrowed || options.retired) {
        bail!("the page shows the whole estate: leave out --kind, --health, --region and --retired");
    }
    let store = options.redaction.open(&options.source, &options.accounts).await?;
    let now = SystemClock.now();
    let filter =
        Filter { kinds: options.kind, healths: options.health, regions: options.region, retired: options.retired };
    let status = query::status(&*store.history, &filter, options.freshness.tolerated(), now).await?;
    let mut out = BufWriter::new(anstream::stdout());
    match options.output {
        PageFormat::Html => {
            let records = Records { history: &*store.history, windows: &*store.windows };
            let page = pages::whole(records, options.freshness.tolerated(), None, now).await?;
            write!(out, "{page}")?;
        }
        PageFormat::Json => output::write_json(&mut out, &status.items)?,
        PageFormat::Csv => write_csv(&mut out, &status.items)?,
        PageFormat::Table => {
            incident_forms::write_open(&mut out, &status.open_incidents)?;
            write_table(&mut out, &status)?;
            write_stale(&mut out, &status.items, now)?;
            write_retired(&mut out, &status)?;
        }
    }
    out.flush()?;
    Ok(if status.count(Health::Down) > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn write_table(out: &mut impl Write, status: &Status) -> anyhow::Result<()> {
    let mut table = terminal::Table::new(["", "HEALTH", "KIND", "ID", "NAME", "STATE", "SINCE", "SCOPE"]);
    for line in &status.items {
        let condition = if line.retired_at.is_some() { "retired" } else { line.health.as_str() };
        table.add_row([
            terminal::cell(terminal::sign(line.health), line.health),
            terminal::cell(condition, line.health),
            line.kind.slug().into(),
            escape::terminal(&line.id).into(),
            terminal::text(line.name.as_deref().unwrap_or_default()).into(),
            terminal::cell(terminal::text(&line.state), line.health),
            line.since.to_string().into(),
            escape::terminal(&line.scope).into(),
        ]);
    }
    if !status.items.is_empty() {
        table.write(out)?;
        writeln!(out)?;
    }
    let counts: Vec<String> = Health::BY_URGENCY
        .into_iter()
        .map(|health| (health, status.count(health)))
        .filter(|(_, count)| *count > 0)
        .map(|(health, count)| format!("{count} {health}"))
        .collect();
    let counts = if counts.is_empty() { "no items".to_owned() } else { counts.join(", ") };
    match status.last_poll_at {
        Some(at) => writeln!(out, "{counts}; last poll {at}")?,
        None => writeln!(out, "{counts}; never polled")?,
    }
    Ok(())
}

/// Writes a line for each stale kind of a scope: it has had no complete listing for too long, so its states may be wrong.
fn write_stale(out: &mut impl Write, lines: &[ItemStatus], now: Timestamp) -> anyhow::Result<()> {
    let mut written: Vec<(&str, Kind)> = Vec::new();
    let warning = terminal::of_health(Health::Unknown);
    for line in lines.iter().filter(|line| line.stale) {
        if written.contains(&(&line.scope, line.kind)) {
            continue;
        }
        written.push((&line.scope, line.kind));
        let (scope, kinds) = (escape::terminal(&line.scope), line.kind.plural());
        match line.last_complete_at {
            Some(last) => writeln!(
                out,
                "{warning}stale{warning:#}: {kinds} in {scope} were last listed completely at {last}, {} ago",
                words::duration(now.since(last))
            )?,
            None => writeln!(out, "{warning}stale{warning:#}: {kinds} in {scope} were never listed completely")?,
        }
    }
    Ok(())
}

/// Writes a line for each retired kind of a scope, or how many items are left out because they are retired.
fn write_retired(out: &mut impl Write, status: &Status) -> anyhow::Result<()> {
    let mut written: Vec<(&str, Kind)> = Vec::new();
    for line in &status.items {
        if let Some(at) = line.retired_at
            && !written.contains(&(&line.scope, line.kind))
        {
            written.push((&line.scope, line.kind));
            let (scope, kinds) = (escape::terminal(&line.scope), line.kind.plural());
            writeln!(out, "retired: {kinds} in {scope} are polled no longer since {at}")?;
        }
    }
    if status.retired_left_out > 0 {
        let left_out = words::counted(status.retired_left_out as u64, "item", "items");
        writeln!(out, "retired: {left_out} polled no longer; --retired shows them")?;
    }
    Ok(())
}

fn write_csv(out: &mut impl Write, lines: &[ItemStatus]) -> anyhow::Result<()> {
    let header = [
        "kind",
        "id",
        "name",
        "scope",
        "state",
        "level",
        "health",
        "since",
        "sequence",
        "incident_id",
        "last_complete_at",
        "stale",
        "retired_at",
    ];
    write!(out, "{}", escape::csv_line(header.map(str::to_owned)))?;
    for line in lines {
        let last_complete_at = line.last_complete_at.map(|at| at.to_string());
        let line = escape::csv_line([
            line.kind.slug().to_owned(),
            line.id.clone(),
            line.name.clone().unwrap_or_default(),
            line.scope.clone(),
            line.state.clone(),
            line.level.to_string(),
            line.health.to_string(),
            line.since.to_string(),
            line.sequence.to_string(),
            line.incident_id.clone().unwrap_or_default(),
            last_complete_at.unwrap_or_default(),
            line.stale.to_string(),
            line.retired_at.map(|at| at.to_string()).unwrap_or_default(),
        ]);
        write!(out, "{line}")?;
    }
    Ok(())
}
