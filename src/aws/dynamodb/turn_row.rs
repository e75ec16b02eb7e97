//! The row by which the polls that events ask for take turns: one for each account, under a hash of its own.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    attributes::{
        Attributes, as_bool, as_document, as_natural, as_text, as_timestamp, document, number, required, text,
    },
    calls::Updated,
    expression::Expression,
    state_row::{self, ITEM, SCOPE},
    tables::Tables,
};
use crate::domain::{ParseScopeError, Turn};

/// The name of the row.
const TURN: &str = "turn";
const AT: &str = "at";
const HAS_BEGUN: &str = "has_begun";
const SCOPES: &str = "scopes";
const WRITER: &str = "writer";
const REVISION: &str = "revision";

/// The hash of an account's row. No region is called so.
fn hash(account: &str) -> String {
    format!("{account}/turns")
}

/// The last turn of an account.
pub(super) async fn turn(tables: &Tables, account: &str) -> anyhow::Result<Option<Turn>> {
    let mut condition = Expression::default();
    condition.compare(&[SCOPE], "=", text(hash(account)));
    condition.compare(&[ITEM], "=", text(TURN));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    tables.rows(&tables.states, query).await?.first().map(read).transpose()
}

/// Writes a turn, if the row is of the revision before it.
pub(super) async fn write(tables: &Tables, account: &str, turn: &Turn) -> anyhow::Result<bool> {
    let mut expression = Expression::default();
    match turn.revision {
        0 | 1 => expression.require_absence(&[ITEM]),
        revision => expression.compare(&[REVISION], "=", number(revision - 1)),
    }
    expression.set(&[AT], text(turn.at));
    expression.set(&[HAS_BEGUN], AttributeValue::Bool(turn.has_begun));
    expression.set(&[SCOPES], document(&turn.scopes)?);
    expression.set(&[WRITER], text(&turn.writer));
    expression.set(&[REVISION], number(turn.revision));
    match tables.update(&tables.states, state_row::key(hash(account), TURN), &expression).await? {
        Updated::Written => Ok(true),
        // An earlier call wrote it, and its answer was lost.
        Updated::Refused(row) => Ok(row.is_some_and(|row| read(&row).is_ok_and(|stored| stored == *turn))),
    }
}

fn read(row: &Attributes) -> anyhow::Result<Turn> {
    let scopes: Vec<String> = required(row, SCOPES, as_document)?;
    Ok(Turn {
        at: required(row, AT, as_timestamp)?,
        has_begun: required(row, HAS_BEGUN, as_bool)?,
        scopes: scopes.iter().map(|scope| scope.parse()).collect::<Result<_, ParseScopeError>>()?,
        writer: required(row, WRITER, as_text)?,
        revision: required(row, REVISION, as_natural)?,
    })
}
