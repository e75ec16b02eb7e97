//! The incident rows: one for each incident, beside those of the items, with the state that the next fold needs and
//! each sink's cursor on the incident's documents.

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::{
    attributes::{
        Attributes, as_integer, as_map, as_natural, document, into_document, number, optional, required, taken,
    },
    expression::Expression,
    state_row::{self, ANNOUNCED, EXPIRES_AT, ITEM, SEQUENCE},
};
use crate::domain::{IncidentRow, IncidentWrite, Recalled, RowKey, Scope, SinkName};

const INCIDENT: &str = "incident";

/// The key of the row.
pub(super) fn key(scope: &Scope, id: Uuid) -> Attributes {
    state_row::key(scope, RowKey::Incident(id))
}

/// The first row of an incident. Every sink's cursor starts at zero, or after the documents that a summary has already
/// announced.
pub(super) fn new(scope: &Scope, write: &IncidentWrite, sinks: &[SinkName]) -> anyhow::Result<Attributes> {
    let cursor = if write.announced { write.sequence } else { 0 };
    let mut row = key(scope, write.id);
    row.insert(INCIDENT.to_owned(), document(&write.state)?);
    row.insert(SEQUENCE.to_owned(), number(write.sequence));
    let mut announced = state_row::cursors(sinks, cursor);
    announced.extend(state_row::cursors(&write.passed_by, write.sequence));
    row.insert(ANNOUNCED.to_owned(), AttributeValue::M(announced));
    row.extend(write.expires_at.map(|expires_at| (EXPIRES_AT.to_owned(), number(expires_at))));
    Ok(row)
}

/// The changes of a step in a row that must exist.
pub(super) fn change(write: &IncidentWrite, sinks: &[SinkName]) -> anyhow::Result<Expression> {
    let mut expression = Expression::default();
    expression.require_presence(&[ITEM]);
    expression.set(&[INCIDENT], document(&write.state)?);
    expression.set(&[SEQUENCE], number(write.sequence));
    expression.put(&[EXPIRES_AT], write.expires_at.map(number));
    // The cursor of a sink that is newer than the row starts at the row's sequence, as on an item's row.
    for sink in sinks.iter().filter(|sink| !write.passed_by.contains(sink)) {
        expression.set_if_absent(&[ANNOUNCED, sink.as_str()], number(write.sequence_before()));
    }
    for sink in &write.passed_by {
        expression.set(&[ANNOUNCED, sink.as_str()], number(write.sequence));
    }
    Ok(expression)
}

/// Adds a recalled row. One that cannot be read is a newer version's, or damaged: it is counted, and stays as it is.
pub(super) fn take(recalled: &mut Recalled, id: &str, row: Attributes) {
    let read = || anyhow::Ok((id.parse().context("its id is not a UUID")?, read(row)?));
    match read() {
        Ok((id, row)) => {
            recalled.incidents.insert(id, row);
        }
        Err(error) => {
            let (scope, error) = (&recalled.scope, format!("{error:#}"));
            tracing::warn!(%scope, incident = id, error, "the row of an incident cannot be read");
            recalled.unreadable_incidents += 1;
        }
    }
}

fn read(mut row: Attributes) -> anyhow::Result<IncidentRow> {
    let state = taken(&mut row, INCIDENT, into_document)?.context("the attribute \"incident\" is missing")?;
    Ok(IncidentRow {
        state,
        sequence: required(&row, SEQUENCE, as_natural)?,
        announced: optional(&row, ANNOUNCED, |value| as_map(value, as_natural))?.unwrap_or_default(),
        expires_at: optional(&row, EXPIRES_AT, as_integer)?,
    })
}
