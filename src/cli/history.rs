//! `history`: what happened, in order, and how long each state lasted.

use std::{io::Write, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;

use super::{
    output::{self, Format, Source},
    terminal,
};
use crate::{
    domain::{Change, Health, HistoryRow, ItemKey, Scope, Timestamp},
    escape,
    local::SqliteLedger,
    ports::{Clock, History, SystemClock},
    report::{Calendar, Edge, csv},
};

/// Show the transitions of one item, or of all, by time
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws-dx-monitor history --db dx-monitor-demo.db\n  \
    aws-dx-monitor history connection/dxcon-fg5678gh --since 30d\n  \
    aws-dx-monitor history --since 2026-10-05 --until 2026-10-11 --timezone Europe/Berlin\n  \
    aws-dx-monitor history dxcon-fg5678gh --output json | jq '.[] | select(.severity == \"critical\")'")]
pub struct Options {
    /// The item: 123456789012/us-east-1/connection/dxcon-…, connection/dxcon-…, or just its id; without it, all
    #[arg(value_name = "ITEM")]
    item: Option<String>,
    #[command(flatten)]
    source: Source,
    /// The first day or time, or how long ago (30d, 12h) [default: as far back as there is]
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// The last day (which is included) or the time after the last, or how long ago [default: now]
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// The IANA time zone of days, and of the times in the table; JSON and CSV are in UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// The form of the output; JSON is the event documents, unchanged
    #[arg(long, value_enum, default_value_t)]
    output: Format,
}

/// What is told of an event, whichever version recorded it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    metadata: ToldMetadata,
    item: ToldItem,
    previous_state: Option<ToldPrevious>,
    state: ToldState,
    change: String,
    severity: String,
    previous_duration_seconds: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldMetadata {
    id: String,
    incident_id: Option<String>,
}

#[derive(Deserialize)]
struct ToldItem {
    kind: String,
    id: String,
    name: Option<String>,
    account: String,
    region: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldPrevious {
    value: String,
    last_seen_at: Timestamp,
}

#[derive(Deserialize)]
struct ToldState {
    value: String,
    level: u64,
    health: String,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let calendar = Calendar::of_zone(&options.timezone)?;
    let now = SystemClock.now();
    let since = options.since.as_deref().map(|text| calendar.instant(text, Edge::Beginning, now)).transpose()?;
    let until = options.until.as_deref().map(|text| calendar.instant(text, Edge::End, now)).transpose()?;
    let (from, until) = (since.unwrap_or(Timestamp::MINIMUM), until.unwrap_or(Timestamp::MAXIMUM));
    if from >= until {
        bail!("--until ({until}) is not after --since ({from})");
    }
    let store = options.source.open()?;
    let rows = match &options.item {
        None => store.all_transitions(from, until).await?,
        Some(item) => {
            let mut rows = Vec::new();
            for (scope, key) in find(&store, item).await? {
                rows.extend(store.transitions(&scope, &key, from, until).await?);
            }
            rows.sort_by_key(|row| row.occurred_at);
            rows
        }
    };
    let mut out = anstream::stdout();
    match options.output {
        Format::Json => {
            let events: Vec<&serde_json::Value> = rows.iter().map(|row| &row.event).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&events)?)?;
        }
        Format::Csv => write_csv(&mut out, &rows)?,
        Format::Table => write_table(&mut out, &rows, calendar)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The items that `text` names: by full key, by kind and id, or by id alone.
async fn find(store: &SqliteLedger, text: &str) -> anyhow::Result<Vec<(Scope, ItemKey)>> {
    let mut found = Vec::new();
    for scope in store.scopes().await? {
        let recalled = store.states(&scope).await?;
        let named = |key: &ItemKey| key.id == text || key.to_string() == text || format!("{scope}/{key}") == text;
        found.extend(recalled.states.into_keys().filter(named).map(|key| (scope.clone(), key)));
    }
    if found.is_empty() {
        bail!("there is no item {text:?} in this store: `aws-dx-monitor status` lists them");
    }
    Ok(found)
}

fn read(row: &HistoryRow) -> anyhow::Result<Told> {
    Told::deserialize(&row.event).with_context(|| format!("the event recorded at {} cannot be read", row.occurred_at))
}

fn write_table(out: &mut impl Write, rows: &[HistoryRow], calendar: Calendar) -> anyhow::Result<()> {
    let time = format!("TIME ({})", calendar.zone());
    let mut table = terminal::Table::new([&time, "CHANGE", "KIND", "ID", "NAME", "FROM", "TO", "AFTER"]);
    let mut first_sights = 0;
    for row in rows {
        let event = read(row)?;
        first_sights += usize::from(event.change == Change::Discovered.as_str());
        let previous = event.previous_state.as_ref();
        let coloured = |text: String| match event.state.health.parse::<Health>() {
            Ok(health) => terminal::cell(text, health),
            // A newer version's: it has no colour here.
            Err(_) => text.into(),
        };
        table.add_row([
            local(row.occurred_at, calendar).into(),
            coloured(escape::terminal(&event.change)),
            escape::terminal(&event.item.kind).into(),
            escape::terminal(&event.item.id).into(),
            escape::terminal(event.item.name.as_deref().unwrap_or_default()).into(),
            escape::terminal(previous.map_or("", |previous| &previous.value)).into(),
            coloured(escape::terminal(&event.state.value)),
            event
                .previous_duration_seconds
                .map(|seconds| output::duration(Duration::from_secs(seconds)))
                .unwrap_or_default()
                .into(),
        ]);
    }
    if rows.is_empty() {
        writeln!(out, "no transitions")?;
    } else {
        table.write(out)?;
        writeln!(out, "\n{} transitions, {first_sights} of them first sights", rows.len())?;
    }
    Ok(())
}

/// An instant as the clocks of the zone showed it, with their offset; in UTC as documents write it.
fn local(at: Timestamp, calendar: Calendar) -> String {
    if calendar == Calendar::UTC {
        return at.to_string();
    }
    calendar.local(at).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

fn write_csv(out: &mut impl Write, rows: &[HistoryRow]) -> anyhow::Result<()> {
    let header = [
        "occurred_at",
        "last_seen_at",
        "account",
        "region",
        "kind",
        "id",
        "name",
        "change",
        "severity",
        "previous_state",
        "previous_duration_seconds",
        "state",
        "level",
        "sequence",
        "event_id",
        "incident_id",
    ];
    write!(out, "{}", csv::line(header.map(str::to_owned)))?;
    for row in rows {
        let event = read(row)?;
        let (last_seen_at, previous) = match event.previous_state {
            Some(previous) => (previous.last_seen_at.to_string(), previous.value),
            None => (String::new(), String::new()),
        };
        let line = csv::line([
            row.occurred_at.to_string(),
            last_seen_at,
            event.item.account,
            event.item.region,
            event.item.kind,
            event.item.id,
            event.item.name.unwrap_or_default(),
            event.change,
            event.severity,
            previous,
            event.previous_duration_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
            event.state.value,
            event.state.level.to_string(),
            row.sequence.to_string(),
            event.metadata.id,
            event.metadata.incident_id.unwrap_or_default(),
        ]);
        write!(out, "{line}")?;
    }
    Ok(())
}
