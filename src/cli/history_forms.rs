//! Writes a history as event documents, as CSV, or as a table. Documents and lines of CSV are streamed, so a history may
//! have any length. A table is held until its end, because its columns are as wide as its widest row.

use std::io::Write;

use super::output::{Format, JsonArray};
use crate::{
    calendar::Calendar,
    domain::{Change, HistoryRow, RecordedEvent, Timestamp},
    escape,
    terminal::{self, Cell},
    words,
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

/// Writes a history. Nothing is written before the first row, or before the end where there is no row.
#[derive(Debug)]
pub enum HistoryWriter {
    /// The event documents, as an array.
    Json(JsonArray),
    /// A header, and a line for each row.
    Csv {
        /// Whether the header has been written.
        begun: bool,
    },
    /// A table for people.
    Table(HistoryTable),
}

/// The rows of the table so far.
#[derive(Debug)]
pub struct HistoryTable {
    calendar: Calendar,
    cells: Vec<[Cell; 8]>,
    first_sights: usize,
}

impl HistoryWriter {
    /// A writer that has written nothing yet.
    pub fn new(format: Format, calendar: Calendar) -> HistoryWriter {
        match format {
            Format::Json => HistoryWriter::Json(JsonArray::default()),
            Format::Csv => HistoryWriter::Csv { begun: false },
            Format::Table => HistoryWriter::Table(HistoryTable { calendar, cells: Vec::new(), first_sights: 0 }),
        }
    }

    /// Writes one more row.
    pub fn row(&mut self, out: &mut impl Write, row: &HistoryRow) -> anyhow::Result<()> {
        match self {
            HistoryWriter::Json(array) => array.element(out, &row.event)?,
            HistoryWriter::Csv { begun } => {
                if !*begun {
                    write!(out, "{}", csv_header())?;
                    *begun = true;
                }
                write!(out, "{}", csv_line(row))?;
            }
            HistoryWriter::Table(table) => table.add(row),
        }
        Ok(())
    }

    /// Writes what comes after the last row.
    pub fn finish(self, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            HistoryWriter::Json(array) => array.finish(out)?,
            HistoryWriter::Csv { begun: true } => {}
            HistoryWriter::Csv { begun: false } => write!(out, "{}", csv_header())?,
            HistoryWriter::Table(table) => table.write(out)?,
        }
        Ok(())
    }
}

impl HistoryTable {
    fn add(&mut self, row: &HistoryRow) {
        let event = RecordedEvent::of(&row.event);
        let (item, state) = (event.item(), event.state());
        self.first_sights += usize::from(event.change() == Some(Change::Discovered));
        let coloured = |text: &str| match state.health() {
            Some(health) => terminal::cell(terminal::text(text), health),
            // A health of a newer version has no colour here.
            None => terminal::text(text).into(),
        };
        self.cells.push([
            local(row.occurred_at, self.calendar).into(),
            coloured(event.change_word()),
            terminal::text(item.kind_word()).into(),
            escape::terminal(item.id()).into(),
            terminal::text(item.name().unwrap_or_default()).into(),
            terminal::text(event.previous_state().map_or("", |previous| previous.value())).into(),
            coloured(state.value()),
            event.previous_duration().map(words::duration).unwrap_or_default().into(),
        ]);
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
        let transitions = words::counted(count as u64, "transition", "transitions");
        Ok(writeln!(out, "\n{transitions}, {} of them first sights", self.first_sights)?)
    }
}

/// An instant in the zone's local time with its offset. UTC is written as in documents.
fn local(at: Timestamp, calendar: Calendar) -> String {
    if calendar == Calendar::UTC {
        return at.to_string();
    }
    calendar.local(at).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

fn csv_header() -> String {
    escape::csv_line(COLUMNS.map(str::to_owned))
}

/// A line of CSV. A member that the document lacks is an empty field.
fn csv_line(row: &HistoryRow) -> String {
    let event = RecordedEvent::of(&row.event);
    let (item, state, previous) = (event.item(), event.state(), event.previous_state());
    let last_seen_at = previous.and_then(|previous| previous.last_seen_at());
    escape::csv_line([
        row.occurred_at.to_string(),
        last_seen_at.map(|at| at.to_string()).unwrap_or_default(),
        item.account().to_owned(),
        item.region().to_owned(),
        item.kind_word().to_owned(),
        item.id().to_owned(),
        item.name().unwrap_or_default().to_owned(),
        event.change_word().to_owned(),
        event.severity_word().to_owned(),
        previous.map(|previous| previous.value().to_owned()).unwrap_or_default(),
        event.previous_duration().map(|duration| duration.as_secs().to_string()).unwrap_or_default(),
        state.value().to_owned(),
        state.level().map(|level| level.to_string()).unwrap_or_default(),
        row.sequence.to_string(),
        event.id().unwrap_or_default().to_owned(),
        event.incident_id().unwrap_or_default().to_owned(),
    ])
}
