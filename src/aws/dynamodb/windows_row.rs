//! The rows of planned time: silences, the pages of AWS's notices, and who has taken which incident on. Those of an account
//! lie under one hash of the states table, which is no scope's, so that one query finds them.

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::{
    attributes::{self, Attributes, as_text, into_document, number, required, text},
    expression::Expression,
    state_row::{EXPIRES_AT, ITEM, SCOPE, key},
    tables::Tables,
};
use crate::domain::{Acknowledgement, Window, WindowRows};

/// What a window's row has only where it applies.
const OPTIONAL: [&str; 3] = ["even_outage", "notice", "announced_at"];

/// All rows of an account, strongly consistent. One that cannot be read is a newer version's, or damaged: it is left out.
pub(super) async fn all(tables: &Tables, account: &str) -> anyhow::Result<WindowRows> {
    let mut condition = Expression::default();
    condition.compare(&[SCOPE], "=", text(WindowRows::path(account)));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    let mut found = WindowRows::default();
    for row in tables.rows(&tables.states, query).await? {
        let item = required(&row, ITEM, as_text)?;
        if let Err(error) = take(&mut found, &item, row) {
            tracing::warn!(account, item, error = format!("{error:#}"), "a row of planned time cannot be read");
        }
    }
    Ok(found)
}

fn take(found: &mut WindowRows, item: &str, row: Attributes) -> anyhow::Result<()> {
    let row = AttributeValue::M(row);
    match Acknowledgement::incident(item) {
        Some(incident) => drop(found.acknowledgements.insert(incident, into_document(row)?)),
        None => found.windows.push(into_document(row)?),
    }
    Ok(())
}

/// Writes a window's row, new or old.
pub(super) async fn write(tables: &Tables, account: &str, window: &Window) -> anyhow::Result<()> {
    let mut written = attributes::row(window)?;
    let mut expression = Expression::default();
    for name in OPTIONAL {
        expression.put(&[name], written.remove(name));
    }
    for (name, value) in written {
        expression.set(&[&name], value);
    }
    expression.set(&[EXPIRES_AT], number(window.expires_at()));
    tables.update(&tables.states, key(WindowRows::path(account), window.key()), &expression).await?;
    Ok(())
}

/// Writes who has taken an incident on, unless it is on record already.
pub(super) async fn acknowledge(
    tables: &Tables,
    account: &str,
    incident: Uuid,
    acknowledgement: &Acknowledgement,
) -> anyhow::Result<()> {
    let mut row = key(WindowRows::path(account), Acknowledgement::key(incident));
    row.extend(attributes::row(acknowledgement)?);
    row.insert(EXPIRES_AT.to_owned(), number(acknowledgement.expires_at()));
    tables.put_if_absent(&tables.states, row, ITEM).await
}
