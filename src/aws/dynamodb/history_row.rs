//! The history rows: one for each transition, and one for each document of an incident. History is also the outbox: it
//! has the rows that are pending for a sink, and marks those that are parked.

use std::{collections::BTreeMap, fmt::Display};

use anyhow::{Context, bail};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

use super::{
    attributes::{
        Attributes, as_document, as_map, as_natural, as_text, as_timestamp, document, number, optional, required, text,
    },
    calls::Updated,
    expression::Expression,
    tables::Tables,
};
use crate::{
    domain::{HistoryRow, IncidentDocument, ItemPath, RowPath, Span, Timestamp, fnv_1a},
    ports::{EachTransition, Parking, Record},
};

pub(super) const ITEM: &str = "item";
pub(super) const OCCURRED_AT: &str = "occurred_at";
pub(super) const DAY: &str = "day";
const EVENT: &str = "event";
const PARKED: &str = "parked";
const SEQUENCE: &str = "sequence";
pub(super) const EXPIRES_AT: &str = "expires_at";

/// The index that finds the rows of all items of a day.
pub(super) const BY_DAY: &str = "by-day";

/// Into how many shards the index divides a day. One key of an index accepts a thousand write units a second, and
/// throttles the writes to its table beyond that; all rows of a large outage are of one day.
pub(super) const SHARDS: u32 = 8;

/// The limit of rows for the first page of pending ones; each later page may hold ten times as many as the one before.
/// Usually one or two are pending, in a history of hundreds, and every row that is read costs money.
const FIRST_PAGE: i32 = 10;

/// How often parking alternates between the two forms of the write.
const PARK_ATTEMPTS: usize = 4;

/// The key of a row: the path of an item, of an incident or of unmonitored time, and the row's sort key there.
pub(super) fn key(item: impl Display, occurred_at: Timestamp) -> Attributes {
    Attributes::from([(ITEM.to_owned(), text(item)), (OCCURRED_AT.to_owned(), text(occurred_at))])
}

/// The index's key of the row at this key, such as `2026-11-22#5`.
pub(super) fn day(item: impl Display, occurred_at: Timestamp) -> AttributeValue {
    let shard = fnv_1a(item.to_string().as_bytes()) % SHARDS;
    text(shard_of_day(occurred_at, shard))
}

/// The index's key of a shard of an instant's day.
pub(super) fn shard_of_day(at: Timestamp, shard: u32) -> String {
    format!("{}#{shard}", at.day())
}

/// The row of a transition.
pub(super) fn new(record: &Record<'_>) -> anyhow::Result<Attributes> {
    let transition = record.transition;
    let mut row = key(transition.path(), transition.since);
    row.extend([
        (DAY.to_owned(), day(transition.path(), transition.since)),
        (SEQUENCE.to_owned(), number(transition.sequence)),
        (EVENT.to_owned(), document(record.event)?),
        (EXPIRES_AT.to_owned(), number(record.expires_at)),
    ]);
    Ok(row)
}

/// The row of a document of an incident.
pub(super) fn new_document(
    path: &RowPath,
    occurred_at: Timestamp,
    incident: &IncidentDocument,
    expires_at: i64,
) -> anyhow::Result<Attributes> {
    let mut row = key(path, occurred_at);
    row.extend([
        (DAY.to_owned(), day(path, occurred_at)),
        (SEQUENCE.to_owned(), number(incident.metadata.sequence)),
        (EVENT.to_owned(), document(incident)?),
        (EXPIRES_AT.to_owned(), number(expires_at)),
    ]);
    Ok(row)
}

/// Whether `row`, found under the key of `record`, is its own row, written by an earlier call whose answer was lost.
pub(super) fn is_of(row: &Attributes, record: &Record<'_>) -> bool {
    row.get(EVENT).and_then(|event| as_document(event).ok()).is_some_and(|event| record.wrote(&event))
}

/// Whether `row` is a transition of a kind that this version knows. The index also has other rows: unmonitored time,
/// the documents of incidents, and rows of newer versions.
pub(super) fn is_transition(row: &Attributes) -> bool {
    item(row).is_some_and(|item| item.parse::<ItemPath>().is_ok())
}

/// Whether `row` is a document of an incident.
pub(super) fn is_document(row: &Attributes) -> bool {
    item(row).is_some_and(RowPath::is_of_an_incident)
}

fn item(row: &Attributes) -> Option<&str> {
    row.get(ITEM)?.as_s().ok().map(String::as_str)
}

/// Reads the row of a transition or a document.
pub(super) fn read(row: &Attributes) -> anyhow::Result<HistoryRow> {
    let read = || {
        let event: Value = required(row, EVENT, as_document)?;
        let parked = optional(row, PARKED, |value| as_map(value, as_text))?;
        anyhow::Ok(HistoryRow {
            occurred_at: required(row, OCCURRED_AT, as_timestamp)?,
            sequence: required(row, SEQUENCE, as_natural)?,
            event,
            parked: parked.unwrap_or_else(BTreeMap::new),
        })
    };
    read().with_context(|| damaged(row))
}

/// The error for a row of history that cannot be read.
pub(super) fn damaged(row: &Attributes) -> String {
    let text = |name| row.get(name).and_then(|value| value.as_s().ok()).map_or("(unreadable)", String::as_str);
    format!("the history row {:?} at {:?} is damaged", text(ITEM), text(OCCURRED_AT))
}

/// The rows of an item or an incident above `cursor`, in ascending order.
///
/// They are read from the newest back to the row after the cursor. Further back, sequences may repeat, from before the
/// item's state row was lost.
pub(super) async fn pending(tables: &Tables, path: &RowPath, cursor: u64) -> anyhow::Result<Vec<HistoryRow>> {
    let mut condition = Expression::default();
    condition.compare(&[ITEM], "=", text(path));
    let newest_first = tables.query(&tables.history, &condition).consistent_read(true).scan_index_forward(false);
    let mut pages = tables.pages(&tables.history, newest_first);
    let mut pending = Vec::new();
    let mut limit = FIRST_PAGE;
    pages.limit(limit);
    'pages: while let Some(page) = pages.next().await? {
        for row in &page {
            let row = read(row)?;
            let sequence = row.sequence;
            if sequence > cursor {
                pending.push(row);
            }
            if sequence <= cursor.saturating_add(1) {
                break 'pages;
            }
        }
        limit = limit.saturating_mul(10);
        pages.limit(limit);
    }
    pending.reverse();
    Ok(pending)
}

/// Marks a row as parked for a sink, with the reason.
///
/// DynamoDB cannot set a path into a map that does not exist, and a whole map would overwrite another sink's mark. So
/// there are two forms of the write, and their conditions decide which one applies.
pub(super) async fn park(tables: &Tables, parking: &Parking<'_>) -> anyhow::Result<()> {
    let Parking { path, occurred_at, sink, reason } = *parking;
    let key = key(path, occurred_at);
    let mut first_mark = true;
    for _ in 0..PARK_ATTEMPTS {
        let mut expression = Expression::default();
        expression.require_presence(&[EVENT]);
        if first_mark {
            expression.require_absence(&[PARKED]);
            let marks = Attributes::from([(sink.as_str().to_owned(), text(reason))]);
            expression.set(&[PARKED], AttributeValue::M(marks));
        } else {
            expression.require_presence(&[PARKED]);
            expression.set(&[PARKED, sink.as_str()], text(reason));
        }
        match tables.update(&tables.history, key.clone(), &expression).await? {
            Updated::Written => return Ok(()),
            Updated::Refused(Some(row)) if row.contains_key(EVENT) => {
                first_mark = !row.contains_key(PARKED);
            }
            Updated::Refused(_) => bail!("table {:?} has no such row", tables.history.name),
        }
    }
    bail!("other polls changed the row {PARK_ATTEMPTS} times")
}

/// Passes the rows of an item or an incident in `span` to `each`, in ascending order and page by page, until it breaks.
pub(super) async fn each_of(
    tables: &Tables,
    path: impl Display,
    span: Span,
    each: EachTransition<'_>,
) -> anyhow::Result<()> {
    // DynamoDB refuses an empty range.
    let Some(last) = span.last() else { return Ok(()) };
    let mut condition = Expression::default();
    condition.compare(&[ITEM], "=", text(path));
    condition.require_between(&[OCCURRED_AT], text(span.from), text(last));
    let query = tables.query(&tables.history, &condition).consistent_read(true);
    tables.each_row(&tables.history, query, |row| Ok(each(read(&row)?))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_transitions_of_known_kinds_are_transitions() {
        let is = |item: &str| is_transition(&Attributes::from([(ITEM.to_owned(), text(item))]));
        assert!(is("123456789012/us-east-1/connection/dxcon-1"));
        assert!(is("123456789012/us-east-1/bgp-peer/dxvif-1:ipv6:2001:db8::2/125"));
        assert!(!is("123456789012/us-east-1/coverage/connection"));
        assert!(!is("123456789012/us-east-1/cross-connect/x-1"));
        assert!(!is("123456789012/us-east-1/incident/9a1f3c5e-0000-5000-8000-000000000000"));
        assert!(!is("note"));
    }

    #[test]
    fn the_shard_of_a_day_is_a_hash_that_others_can_compute() {
        // The test vectors of the hash function's authors.
        for (text, hash) in [("", 0x811c_9dc5), ("a", 0xe40c_292c), ("b", 0xe70c_2de5), ("foobar", 0xbf9c_f968)] {
            assert_eq!(fnv_1a(text.as_bytes()), hash, "{text:?}");
        }
        let at = "2026-11-22T03:12:00.123Z".parse().unwrap();
        assert_eq!(day("123456789012/us-east-1/connection/dxcon-fg5678gh", at), text("2026-11-22#1"));
    }

    #[test]
    fn the_items_of_an_account_are_spread_evenly() {
        let mut shards = [0; SHARDS as usize];
        for number in 0..8_000_u32 {
            let item = format!("123456789012/us-east-1/connection/dxcon-fg{number:06x}");
            shards[(fnv_1a(item.as_bytes()) % SHARDS) as usize] += 1;
        }
        assert!(shards.iter().all(|items| (900..1_100).contains(items)), "{shards:?}");
    }

    #[test]
    fn a_damaged_row_is_named() {
        let mut row = key("1/us-east-1/lag/dxlag-1", Timestamp::from_milliseconds(0));
        row.insert(SEQUENCE.to_owned(), text("seven"));
        row.insert(EVENT.to_owned(), document(&serde_json::json!({})).unwrap());
        assert_eq!(
            format!("{:#}", read(&row).unwrap_err()),
            "the history row \"1/us-east-1/lag/dxlag-1\" at \"1970-01-01T00:00:00.000Z\" is damaged: the attribute \
             \"sequence\" cannot be read: it is not a number"
        );
    }
}
