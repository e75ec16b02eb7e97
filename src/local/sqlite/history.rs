//! History rows: transitions and documents of incidents, which are also the outbox, and stretches of unmonitored time.

use std::collections::BTreeMap;

use anyhow::Context;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{integer, json, natural, parse_json, timestamp};
use crate::{
    domain::{
        CoveragePath, HistoryRow, IncidentDocument, ItemPath, ParseItemPathError, RowPath, Selection, Span, Timestamp,
        Unmonitored,
    },
    ports::{EachTransition, Parking, Record},
};

pub(super) const NEWEST_FIRST: &str = "
    SELECT item, occurred_at, sequence, event, parked FROM history
    WHERE item = :item AND event IS NOT NULL ORDER BY occurred_at DESC";

pub(super) const OF_ITEM: &str = "
    SELECT item, occurred_at, sequence, event, parked FROM history
    WHERE item = :item AND occurred_at >= :from AND occurred_at < :until AND event IS NOT NULL ORDER BY occurred_at";

pub(super) const OF_EVERYTHING: &str = "
    SELECT item, occurred_at, sequence, event, parked FROM history
    WHERE occurred_at >= :from AND occurred_at < :until AND event IS NOT NULL ORDER BY occurred_at, item";

pub(super) const UNMONITORED: &str = r#"
    SELECT item, occurred_at, "from", "to" FROM history
    WHERE item = :item AND occurred_at >= :from AND "from" < :until ORDER BY occurred_at"#;

/// What is stored under the key of a transition's history row.
pub(super) enum Slot {
    /// Nothing.
    Free,
    /// The same transition: it was recorded before.
    Own,
    /// Another transition.
    Taken,
}

/// What is stored under the key of `record`. The documents are compared, since the key alone does not distinguish them.
pub(super) fn slot(connection: &Connection, record: &Record<'_>) -> anyhow::Result<Slot> {
    let transition = record.transition;
    let event: Option<Option<String>> = connection
        .prepare_cached("SELECT event FROM history WHERE item = :item AND occurred_at = :occurred_at")?
        .query_row(
            named_params! {
                ":item": transition.path().to_string(),
                ":occurred_at": transition.since.to_string(),
            },
            |row| row.get(0),
        )
        .optional()?;
    let Some(event) = event else { return Ok(Slot::Free) };
    let event: serde_json::Value =
        serde_json::from_str(event.as_deref().unwrap_or("null")).context("the event in its place is damaged")?;
    Ok(if record.wrote(&event) { Slot::Own } else { Slot::Taken })
}

const INSERT: &str = "
    INSERT INTO history (item, occurred_at, sequence, event, expires_at)
    VALUES (:item, :occurred_at, :sequence, :event, :expires_at)";

/// Writes a transition's row. Its slot must be free.
pub(super) fn insert(connection: &Connection, record: &Record<'_>) -> anyhow::Result<()> {
    connection.prepare_cached(INSERT)?.execute(named_params! {
        ":item": record.transition.path().to_string(),
        ":occurred_at": record.transition.since.to_string(),
        ":sequence": integer(record.transition.sequence)?,
        ":event": json(record.event)?,
        ":expires_at": record.expires_at,
    })?;
    Ok(())
}

/// Writes the row of a document of an incident. Its slot must be free.
pub(super) fn insert_document(
    connection: &Connection,
    path: &RowPath,
    occurred_at: Timestamp,
    document: &IncidentDocument,
    expires_at: i64,
) -> anyhow::Result<()> {
    connection.prepare_cached(INSERT)?.execute(named_params! {
        ":item": path.to_string(),
        ":occurred_at": occurred_at.to_string(),
        ":sequence": integer(document.metadata.sequence)?,
        ":event": json(document)?,
        ":expires_at": expires_at,
    })?;
    Ok(())
}

/// Whether there is a row in this place.
pub(super) fn has(connection: &Connection, path: &RowPath, occurred_at: Timestamp) -> anyhow::Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM history WHERE item = :item AND occurred_at = :occurred_at")?
        .exists(named_params! {":item": path.to_string(), ":occurred_at": occurred_at.to_string()})?)
}

/// Writes the row of a stretch of unmonitored time. Its slot must be free.
pub(super) fn insert_unmonitored(
    connection: &Connection,
    unmonitored: &Unmonitored,
    expires_at: i64,
) -> anyhow::Result<()> {
    connection
        .prepare_cached(
            r#"INSERT INTO history (item, occurred_at, "from", "to", expires_at)
               VALUES (:item, :to, :from, :to, :expires_at)"#,
        )?
        .execute(named_params! {
            ":item": unmonitored.path().to_string(),
            ":from": unmonitored.from.to_string(),
            ":to": unmonitored.to.to_string(),
            ":expires_at": expires_at,
        })?;
    Ok(())
}

/// Whether the same stretch of unmonitored time is stored already.
pub(super) fn has_unmonitored(connection: &Connection, unmonitored: &Unmonitored) -> anyhow::Result<bool> {
    Ok(connection
        .prepare_cached(r#"SELECT 1 FROM history WHERE item = :item AND occurred_at = :to AND "from" = :from"#)?
        .exists(named_params! {
            ":item": unmonitored.path().to_string(),
            ":from": unmonitored.from.to_string(),
            ":to": unmonitored.to.to_string(),
        })?)
}

/// The rows of an item or an incident above `cursor`, ascending.
///
/// They are read newest first, back to the row after the cursor. If the item's state row was lost once, older rows may
/// have the same sequences again.
pub(super) fn pending(connection: &Connection, path: &RowPath, cursor: u64) -> anyhow::Result<Vec<HistoryRow>> {
    let mut statement = connection.prepare_cached(NEWEST_FIRST)?;
    let mut rows = statement.query(named_params! {":item": path.to_string()})?;
    let mut pending = Vec::new();
    while let Some(row) = rows.next()? {
        let row = parse(row)?;
        let sequence = row.sequence;
        if sequence > cursor {
            pending.push(row);
        }
        if sequence <= cursor.saturating_add(1) {
            break;
        }
    }
    pending.reverse();
    Ok(pending)
}

/// Parks a row for a sink, with the reason.
pub(super) fn park(connection: &Connection, parking: &Parking<'_>) -> anyhow::Result<()> {
    let (item, occurred_at) = (parking.path.to_string(), parking.occurred_at.to_string());
    let mut parked = connection
        .prepare_cached(
            "SELECT parked FROM history WHERE item = :item AND occurred_at = :occurred_at AND event IS NOT NULL",
        )?
        .query_row(named_params! {":item": item, ":occurred_at": occurred_at}, |row| Ok(parse_parked(row)))
        .optional()?
        .context("the history has no such row")??;
    parked.insert(parking.sink.as_str().to_owned(), parking.reason.to_owned());
    connection
        .prepare_cached("UPDATE history SET parked = :parked WHERE item = :item AND occurred_at = :occurred_at")?
        .execute(named_params! {":item": item, ":occurred_at": occurred_at, ":parked": json(&parked)?})?;
    Ok(())
}

/// Calls `each` with the transitions of `selection`, by time, until it breaks.
pub(super) fn each(connection: &Connection, selection: &Selection, each: EachTransition<'_>) -> anyhow::Result<()> {
    let (from, until) = (selection.span.from.to_string(), selection.span.until.to_string());
    let item = selection.item.as_ref().map(ItemPath::to_string);
    let mut statement = connection.prepare_cached(if item.is_some() { OF_ITEM } else { OF_EVERYTHING })?;
    let mut rows = match item {
        Some(item) => statement.query(named_params! {":item": item, ":from": from, ":until": until})?,
        None => statement.query(named_params! {":from": from, ":until": until})?,
    };
    while let Some(row) = rows.next()? {
        if is_of_known_kind(&row.get::<_, String>("item")?)? && each(parse(row)?).is_break() {
            break;
        }
    }
    Ok(())
}

/// The documents of an incident, by their sequence.
pub(super) fn documents(connection: &Connection, path: &RowPath) -> anyhow::Result<Vec<HistoryRow>> {
    let (from, until) = (Span::ALWAYS.from.to_string(), Span::ALWAYS.until.to_string());
    let mut statement = connection.prepare_cached(OF_ITEM)?;
    let mut rows = statement.query(named_params! {":item": path.to_string(), ":from": from, ":until": until})?;
    let mut documents = Vec::new();
    while let Some(row) = rows.next()? {
        documents.push(parse(row)?);
    }
    Ok(documents)
}

/// Calls `each` with the documents of all incidents in `span`, by time, until it breaks.
pub(super) fn each_document(connection: &Connection, span: Span, each: EachTransition<'_>) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(OF_EVERYTHING)?;
    let mut rows = statement.query(named_params! {":from": span.from.to_string(), ":until": span.until.to_string()})?;
    while let Some(row) = rows.next()? {
        if RowPath::is_of_an_incident(&row.get::<_, String>("item")?) && each(parse(row)?).is_break() {
            break;
        }
    }
    Ok(())
}

/// The unmonitored stretches of `path` that reach into `span`, ascending.
pub(super) fn unmonitored(
    connection: &Connection,
    path: &CoveragePath,
    span: Span,
) -> anyhow::Result<Vec<Unmonitored>> {
    let mut statement = connection.prepare_cached(UNMONITORED)?;
    let mut rows = statement.query(named_params! {
        ":item": path.to_string(),
        ":from": span.from.to_string(),
        ":until": span.until.to_string(),
    })?;
    let mut stretches = Vec::new();
    while let Some(row) = rows.next()? {
        let bounds = timestamp(row, "from").and_then(|from| Ok((from, timestamp(row, "to")?)));
        let (from, to) = bounds.with_context(|| damaged(row))?;
        stretches.push(path.stretch(from, to));
    }
    Ok(stretches)
}

/// Whether this version knows the kind of a history row's item. Rows of kinds that only a newer version knows are skipped.
fn is_of_known_kind(item: &str) -> anyhow::Result<bool> {
    match item.parse::<ItemPath>() {
        Ok(_) => Ok(true),
        Err(ParseItemPathError::Kind(_)) => Ok(false),
        Err(error) => Err(error).with_context(|| format!("the history row {item:?} is damaged")),
    }
}

fn parse(row: &Row<'_>) -> anyhow::Result<HistoryRow> {
    parse_columns(row).with_context(|| damaged(row))
}

fn parse_columns(row: &Row<'_>) -> anyhow::Result<HistoryRow> {
    Ok(HistoryRow {
        occurred_at: timestamp(row, "occurred_at")?,
        sequence: natural(row, "sequence")?,
        event: parse_json(row, "event")?,
        parked: parse_parked(row)?,
    })
}

fn parse_parked(row: &Row<'_>) -> anyhow::Result<BTreeMap<String, String>> {
    match row.get::<_, Option<String>>("parked")? {
        Some(_) => parse_json(row, "parked"),
        None => Ok(BTreeMap::new()),
    }
}

fn damaged(row: &Row<'_>) -> String {
    let text = |column| row.get::<_, String>(column).unwrap_or_else(|_| "(unreadable)".to_owned());
    format!("the history row {:?} at {:?} is damaged", text("item"), text("occurred_at"))
}
