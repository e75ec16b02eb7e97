//! The row by which the polls that events ask for take turns: one for each account, under a hash of its own.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{bail, ensure};
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
use crate::domain::{ParseScopeError, Timestamp, Turn};

/// The name of the row.
const TURN: &str = "turn";
const AT: &str = "at";
const HAS_BEGUN: &str = "has_begun";
const SCOPES: &str = "scopes";
const WRITER: &str = "writer";
/// These two are not there in rows of older versions.
const IS_AWAITED: &str = "is_awaited";
const LASTED: &str = "lasted_milliseconds";
const REVISION: &str = "revision";

/// The attributes of the row.
const ATTRIBUTES: [&str; 5] = [AT, HAS_BEGUN, SCOPES, WRITER, REVISION];
/// The writer of a row that replaces a damaged one.
const REPAIR: &str = "repair";
/// How often a damaged row is read again that others replace meanwhile.
const ATTEMPTS: usize = 5;
/// No row is written so often. A number beyond it was not written by this program, and cannot be counted on from.
const MAXIMUM_REVISION: u64 = 1 << 53;

/// The hash of an account's row. No region is called so.
fn hash(account: &str) -> String {
    format!("{account}/turns")
}

/// The last turn of an account. A row that cannot be read is replaced by one that has begun long ago, and reported: it must
/// not stop all polls that events ask for.
pub(super) async fn turn(tables: &Tables, account: &str) -> anyhow::Result<Option<Turn>> {
    let mut condition = Expression::default();
    condition.compare(&[SCOPE], "=", text(hash(account)));
    condition.compare(&[ITEM], "=", text(TURN));
    for _ in 0..ATTEMPTS {
        let query = tables.query(&tables.states, &condition).consistent_read(true);
        let Some(row) = tables.rows(&tables.states, query).await?.into_iter().next() else { return Ok(None) };
        let error = match read(&row) {
            Ok(turn) => return Ok(Some(turn)),
            Err(error) => format!("{error:#}"),
        };
        tracing::error!(account, error, "the row of turns is damaged, and is replaced");
        if let Some(turn) = replace(tables, account, &row).await? {
            return Ok(Some(turn));
        }
    }
    bail!("it is damaged, and others write it faster than it can be replaced")
}

/// Replaces a damaged row, if it is still what was read.
async fn replace(tables: &Tables, account: &str, damaged: &Attributes) -> anyhow::Result<Option<Turn>> {
    let revision = damaged.get(REVISION).and_then(|revision| as_natural(revision).ok());
    let turn = Turn {
        at: Timestamp::from_milliseconds(0),
        has_begun: true,
        is_awaited: true,
        scopes: BTreeSet::new(),
        lasted: Duration::ZERO,
        writer: REPAIR.to_owned(),
        revision: revision.filter(|revision| *revision < MAXIMUM_REVISION).map_or(1, |revision| revision + 1),
    };
    let mut expression = Expression::default();
    for name in ATTRIBUTES {
        match damaged.get(name) {
            Some(value) => expression.compare(&[name], "=", value.clone()),
            None => expression.require_absence(&[name]),
        }
    }
    set(&mut expression, &turn)?;
    let updated = tables.update(&tables.states, state_row::key(hash(account), TURN), &expression).await?;
    Ok(matches!(updated, Updated::Written).then_some(turn))
}

fn set(expression: &mut Expression, turn: &Turn) -> anyhow::Result<()> {
    expression.set(&[AT], text(turn.at));
    expression.set(&[HAS_BEGUN], AttributeValue::Bool(turn.has_begun));
    expression.set(&[IS_AWAITED], AttributeValue::Bool(turn.is_awaited));
    expression.set(&[SCOPES], document(&turn.scopes)?);
    expression.set(&[WRITER], text(&turn.writer));
    expression.set(&[REVISION], number(turn.revision));
    Ok(())
}

/// Writes a turn, if the row is of the revision before it.
pub(super) async fn write(tables: &Tables, account: &str, turn: &Turn) -> anyhow::Result<bool> {
    let mut expression = Expression::default();
    match turn.revision {
        0 | 1 => expression.require_absence(&[ITEM]),
        revision => expression.compare(&[REVISION], "=", number(revision - 1)),
    }
    set(&mut expression, turn)?;
    match tables.update(&tables.states, state_row::key(hash(account), TURN), &expression).await? {
        Updated::Written => Ok(true),
        // An earlier call wrote it, and its answer was lost.
        Updated::Refused(row) => {
            let is_own = |stored: Turn| Turn { lasted: turn.lasted, ..stored } == *turn;
            Ok(row.is_some_and(|row| read(&row).is_ok_and(is_own)))
        }
    }
}

/// Remembers how long a poll took that an event has asked for.
pub(super) async fn poll_lasted(tables: &Tables, account: &str, lasted: Duration) -> anyhow::Result<()> {
    let mut expression = Expression::default();
    expression.require_presence(&[ITEM]);
    expression.set(&[LASTED], number(u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX)));
    tables.update(&tables.states, state_row::key(hash(account), TURN), &expression).await.map(drop)
}

fn read(row: &Attributes) -> anyhow::Result<Turn> {
    let scopes: Vec<String> = required(row, SCOPES, as_document)?;
    let revision = required(row, REVISION, as_natural)?;
    ensure!(revision < MAXIMUM_REVISION, "the attribute {REVISION:?} is {revision}");
    Ok(Turn {
        at: required(row, AT, as_timestamp)?,
        has_begun: required(row, HAS_BEGUN, as_bool)?,
        is_awaited: row.get(IS_AWAITED).and_then(|is_awaited| as_bool(is_awaited).ok()).unwrap_or(true),
        lasted: row
            .get(LASTED)
            .and_then(|lasted| as_natural(lasted).ok())
            .map_or(Duration::ZERO, Duration::from_millis),
        scopes: scopes.iter().map(|scope| scope.parse()).collect::<Result<_, ParseScopeError>>()?,
        writer: required(row, WRITER, as_text)?,
        revision,
    })
}
