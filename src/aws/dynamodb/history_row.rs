//! The rows of history: a transition's, which is also the outbox, and those of time in which nobody looked.

use std::{collections::BTreeMap, fmt::Display};

use anyhow::Context;
use serde_json::Value;

use super::attributes::{
    Attributes, as_document, as_map, as_natural, as_text, as_timestamp, document, number, optional, required, text,
};
use crate::{
    domain::{CoveragePath, HistoryRow, ItemPath, Timestamp, Unmonitored},
    ports::Record,
};

pub(super) const ITEM: &str = "item";
pub(super) const OCCURRED_AT: &str = "occurred_at";
pub(super) const DAY: &str = "day";
pub(super) const EVENT: &str = "event";
pub(super) const PARKED: &str = "parked";
const SEQUENCE: &str = "sequence";
const EXPIRES_AT: &str = "expires_at";
const FROM: &str = "from";
const TO: &str = "to";

/// The index that finds everybody's rows of a day.
pub(super) const BY_DAY: &str = "by-day";

/// The key of a row: an item's path or that of unmonitored time, and the row's place there.
pub(super) fn key(item: impl Display, occurred_at: Timestamp) -> Attributes {
    Attributes::from([(ITEM.to_owned(), text(item)), (OCCURRED_AT.to_owned(), text(occurred_at))])
}

/// The row of a transition.
pub(super) fn of_transition(record: &Record<'_>) -> anyhow::Result<Attributes> {
    let transition = record.transition;
    let mut row = key(transition.path(), transition.since);
    row.extend([
        (DAY.to_owned(), text(transition.since.day())),
        (SEQUENCE.to_owned(), number(transition.sequence)),
        (EVENT.to_owned(), document(record.event)?),
        (EXPIRES_AT.to_owned(), number(record.expires_at)),
    ]);
    Ok(row)
}

/// The row of unmonitored time.
pub(super) fn of_unmonitored(unmonitored: &Unmonitored, expires_at: i64) -> Attributes {
    let mut row = key(unmonitored.path(), unmonitored.to);
    row.extend([
        (FROM.to_owned(), text(unmonitored.from)),
        (TO.to_owned(), text(unmonitored.to)),
        (DAY.to_owned(), text(unmonitored.to.day())),
        (EXPIRES_AT.to_owned(), number(expires_at)),
    ]);
    row
}

/// Whether `row`, found in the place of `record`, is its own: written by an earlier call whose answer was lost.
pub(super) fn is_of(row: &Attributes, record: &Record<'_>) -> bool {
    row.get(EVENT).and_then(|event| as_document(event).ok()).is_some_and(|event| record.wrote(&event))
}

/// Whether `row`, found in the place of `unmonitored`, is its own.
pub(super) fn is_of_unmonitored(row: &Attributes, unmonitored: &Unmonitored) -> bool {
    row.get(FROM) == Some(&text(unmonitored.from)) && row.get(TO) == Some(&text(unmonitored.to))
}

/// Whether `row` is a transition of a kind that this version knows. All others lie beside them in the index: unmonitored
/// time, and whatever newer versions write.
pub(super) fn is_transition(row: &Attributes) -> bool {
    let item = row.get(ITEM).and_then(|item| item.as_s().ok());
    item.is_some_and(|item| item.parse::<ItemPath>().is_ok())
}

/// Reads the row of a transition.
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

/// Reads a row of unmonitored time.
pub(super) fn read_unmonitored(path: &CoveragePath, row: &Attributes) -> anyhow::Result<Unmonitored> {
    let bounds = || anyhow::Ok((required(row, FROM, as_timestamp)?, required(row, TO, as_timestamp)?));
    let (from, to) = bounds().with_context(|| damaged(row))?;
    Ok(Unmonitored { scope: path.scope.clone(), kind: path.kind, from, to })
}

fn damaged(row: &Attributes) -> String {
    let text = |name| row.get(name).and_then(|value| value.as_s().ok()).map_or("(unreadable)", String::as_str);
    format!("the history row {:?} at {:?} is damaged", text(ITEM), text(OCCURRED_AT))
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
        assert!(!is("note"));
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
