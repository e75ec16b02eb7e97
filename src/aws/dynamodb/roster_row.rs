//! The rows of the roster: one for each account that is watched from here, under one hash of the states table, so that one
//! query finds them all.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    attributes::{self, Attributes, as_text, into_document, number, required, text},
    calls::Updated,
    expression::Expression,
    state_row::{ITEM, SCOPE, key},
    tables::Tables,
};
use crate::domain::RosterRow;

/// The hash of the roster. No account is called so.
const ACCOUNTS: &str = "accounts";
const REVISION: &str = "revision";

/// What a row has only where it applies.
const OPTIONAL: [&str; 9] = [
    "name",
    "last_poll_at",
    "last_ok_at",
    "last_error",
    "refused_since",
    "enrolled_at",
    "left_at",
    "changed_at",
    "late_since",
];

/// All rows, by account. One that cannot be read is a newer version's, or damaged: it is left out.
pub(super) async fn all(tables: &Tables) -> anyhow::Result<Vec<RosterRow>> {
    let mut condition = Expression::default();
    condition.compare(&[SCOPE], "=", text(ACCOUNTS));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    let mut found = Vec::new();
    for row in tables.rows(&tables.states, query).await? {
        let account = required(&row, ITEM, as_text)?;
        match read(row) {
            Ok(row) => found.push(row),
            Err(error) => tracing::warn!(account, error = format!("{error:#}"), "a row of the roster cannot be read"),
        }
    }
    Ok(found)
}

/// The row of one account.
pub(super) async fn of_account(tables: &Tables, account: &str) -> anyhow::Result<Option<RosterRow>> {
    let mut condition = Expression::default();
    condition.compare(&[SCOPE], "=", text(ACCOUNTS));
    condition.compare(&[ITEM], "=", text(account));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    tables.rows(&tables.states, query).await?.pop().map(read).transpose()
}

/// Writes a row, if the stored one is of the revision before it.
pub(super) async fn write(tables: &Tables, row: &RosterRow) -> anyhow::Result<bool> {
    let mut expression = Expression::default();
    match row.revision {
        0 | 1 => expression.require_absence(&[REVISION]),
        revision => expression.compare(&[REVISION], "=", number(revision - 1)),
    }
    let mut written = attributes::row(row)?;
    for name in OPTIONAL {
        expression.put(&[name], written.remove(name));
    }
    for (name, value) in written {
        expression.set(&[&name], value);
    }
    match tables.update(&tables.states, key(ACCOUNTS, &row.account), &expression).await? {
        Updated::Written => Ok(true),
        // An earlier call wrote it, and its answer was lost.
        Updated::Refused(stored) => Ok(stored.is_some_and(|stored| read(stored).is_ok_and(|stored| stored == *row))),
    }
}

fn read(row: Attributes) -> anyhow::Result<RosterRow> {
    let account = required(&row, ITEM, as_text)?;
    Ok(RosterRow { account, ..into_document(AttributeValue::M(row))? })
}
