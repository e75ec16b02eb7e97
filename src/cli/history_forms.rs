//! A history as it is told: as event documents, as lines of CSV, as a table. Documents and lines are written as they come,
//! so that a history of any length passes through; a table knows its columns once it knows all of its rows.

use std::{io::Write, time::Duration};

use anyhow::Context;
use serde::Deserialize;

use super::{
    output::{self, Format, JsonArray},
    terminal::{self, Cell},
};
use crate::{
    domain::{Change, Health, HistoryRow, Timestamp},
    escape,
    report::{Calendar, csv},
};

const COLUMNS: [&str; 16] = [
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

/// A history in the telling. Nothing is written before the first row, or the end if there is none.
#[derive(Debug)]
pub enum Telling {
    /// The event documents.
    Json(JsonArray),
    /// A header and a line each.
    Csv {
        /// Whether the header is written.
        begun: bool,
    },
    /// A table for people.
    Table(Rows),
}

/// The rows of a table.
#[derive(Debug)]
pub struct Rows {
    calendar: Calendar,
    cells: Vec<[Cell; 8]>,
    first_sights: usize,
}

impl Telling {
    /// Nothing told so far.
    pub fn new(format: Format, calendar: Calendar) -> Telling {
        match format {
            Format::Json => Telling::Json(JsonArray::default()),
            Format::Csv => Telling::Csv { begun: false },
            Format::Table => Telling::Table(Rows { calendar, cells: Vec::new(), first_sights: 0 }),
        }
    }

    /// Tells one more row.
    pub fn tell(&mut self, out: &mut impl Write, row: &HistoryRow) -> anyhow::Result<()> {
        match self {
            Telling::Json(array) => array.element(out, &row.event)?,
            Telling::Csv { begun } => {
                let line = csv_line(row)?;
                if !*begun {
                    write!(out, "{}", csv_header())?;
                    *begun = true;
                }
                write!(out, "{line}")?;
            }
            Telling::Table(rows) => rows.add(row)?,
        }
        Ok(())
    }

    /// Writes what comes after the last row.
    pub fn finish(self, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Telling::Json(array) => array.finish(out)?,
            Telling::Csv { begun: true } => {}
            Telling::Csv { begun: false } => write!(out, "{}", csv_header())?,
            Telling::Table(rows) => rows.write(out)?,
        }
        Ok(())
    }
}

fn read(row: &HistoryRow) -> anyhow::Result<Told> {
    Told::deserialize(&row.event).with_context(|| format!("the event recorded at {} cannot be read", row.occurred_at))
}

impl Rows {
    fn add(&mut self, row: &HistoryRow) -> anyhow::Result<()> {
        let event = read(row)?;
        self.first_sights += usize::from(event.change == Change::Discovered.as_str());
        let coloured = |text: &str| match event.state.health.parse::<Health>() {
            Ok(health) => terminal::cell(terminal::text(text), health),
            // A newer version's: it has no colour here.
            Err(_) => terminal::text(text).into(),
        };
        let after = event.previous_duration_seconds.map(|seconds| output::duration(Duration::from_secs(seconds)));
        self.cells.push([
            local(row.occurred_at, self.calendar).into(),
            coloured(&event.change),
            terminal::text(&event.item.kind).into(),
            escape::terminal(&event.item.id).into(),
            terminal::text(event.item.name.as_deref().unwrap_or_default()).into(),
            terminal::text(event.previous_state.as_ref().map_or("", |previous| &previous.value)).into(),
            coloured(&event.state.value),
            after.unwrap_or_default().into(),
        ]);
        Ok(())
    }

    fn write(self, out: &mut impl Write) -> anyhow::Result<()> {
        if self.cells.is_empty() {
            return Ok(writeln!(out, "no transitions")?);
        }
        let count = self.cells.len();
        let time = format!("TIME ({})", self.calendar.zone());
        let mut table = terminal::Table::new([&time, "CHANGE", "KIND", "ID", "NAME", "FROM", "TO", "AFTER"]);
        self.cells.into_iter().for_each(|row| table.add_row(row));
        table.write(out)?;
        let transitions = if count == 1 { "transition" } else { "transitions" };
        Ok(writeln!(out, "\n{count} {transitions}, {} of them first sights", self.first_sights)?)
    }
}

/// An instant as the clocks of the zone showed it, with their offset; in UTC as documents write it.
fn local(at: Timestamp, calendar: Calendar) -> String {
    if calendar == Calendar::UTC {
        return at.to_string();
    }
    calendar.local(at).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

fn csv_header() -> String {
    csv::line(COLUMNS.map(str::to_owned))
}

fn csv_line(row: &HistoryRow) -> anyhow::Result<String> {
    let event = read(row)?;
    let (last_seen_at, previous) = match event.previous_state {
        Some(previous) => (previous.last_seen_at.to_string(), previous.value),
        None => (String::new(), String::new()),
    };
    Ok(csv::line([
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
    ]))
}
