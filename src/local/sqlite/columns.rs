//! Writes the domain's values to columns, and reads them back from rows that may be damaged.

use anyhow::Context;
use rusqlite::Row;
use serde::{Serialize, de::DeserializeOwned};

use crate::domain::{SinkName, Timestamp};

/// A value as the JSON text of a column.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string(value)?)
}

/// The value in a column of JSON text.
pub(super) fn parse_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> anyhow::Result<T> {
    serde_json::from_str(&row.get::<_, String>(column)?).with_context(|| column.to_owned())
}

/// A value of an enumeration as the text of a column.
pub(super) fn word(value: &impl Serialize) -> anyhow::Result<String> {
    let word = serde_json::to_value(value)?;
    Ok(word.as_str().context("it is no word")?.to_owned())
}

/// The value of an enumeration in a column.
pub(super) fn parse_word<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> anyhow::Result<T> {
    serde_json::from_value(row.get::<_, String>(column)?.into()).with_context(|| column.to_owned())
}

/// The instant in a column.
pub(super) fn timestamp(row: &Row<'_>, column: &str) -> anyhow::Result<Timestamp> {
    row.get::<_, String>(column)?.parse().with_context(|| column.to_owned())
}

/// The instant in a column that may be empty.
pub(super) fn optional_timestamp(row: &Row<'_>, column: &str) -> anyhow::Result<Option<Timestamp>> {
    row.get::<_, Option<String>>(column)?.map(|text| text.parse()).transpose().with_context(|| column.to_owned())
}

/// The natural number in a column.
pub(super) fn natural(row: &Row<'_>, column: &str) -> anyhow::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).with_context(|| column.to_owned())
}

/// Where a sink's cursor is in the JSON text of a row's cursors.
pub(super) fn cursor_path(sink: SinkName) -> String {
    format!("$.\"{sink}\"")
}

/// A natural number as SQLite stores it.
pub(super) fn integer(natural: u64) -> anyhow::Result<i64> {
    i64::try_from(natural).with_context(|| format!("{natural} is more than SQLite can store"))
}
