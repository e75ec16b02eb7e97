//! The coverage rows: one for each stretch of unmonitored time, in the history table beside the transitions. The same
//! transaction moves the last complete listing in the poll row (of the kind, or of the children of one parent) to the
//! end of the stretch.

use anyhow::{Context, bail};

use super::{
    attributes::{Attributes, as_timestamp, number, required, text},
    calls::{Transacted, put_new, update_action},
    expression::Expression,
    history_row::{DAY, EXPIRES_AT, ITEM, OCCURRED_AT, damaged, day, key},
    parent_gaps, poll_row,
    tables::Tables,
};
use crate::{
    domain::{CoveragePath, Span, Timestamp, Unmonitored},
    ports::Covering,
};

const FROM: &str = "from";
const TO: &str = "to";

/// The positions of the two actions in the transaction.
const COVERAGE: usize = 0;
const POLL: usize = 1;

/// The row of unmonitored time.
fn new(unmonitored: &Unmonitored, expires_at: i64) -> Attributes {
    let mut row = key(unmonitored.path(), unmonitored.to);
    row.extend([
        (FROM.to_owned(), text(unmonitored.from)),
        (TO.to_owned(), text(unmonitored.to)),
        (DAY.to_owned(), day(unmonitored.path(), unmonitored.to)),
        (EXPIRES_AT.to_owned(), number(expires_at)),
    ]);
    row
}

/// Whether `row`, found under the key of `unmonitored`, is the row of that stretch.
fn is_of(row: &Attributes, unmonitored: &Unmonitored) -> bool {
    row.get(FROM) == Some(&text(unmonitored.from)) && row.get(TO) == Some(&text(unmonitored.to))
}

/// Reads a row of unmonitored time.
fn read(path: &CoveragePath, row: &Attributes) -> anyhow::Result<Unmonitored> {
    let bounds = || anyhow::Ok((required(row, FROM, as_timestamp)?, required(row, TO, as_timestamp)?));
    let (from, to) = bounds().with_context(|| damaged(row))?;
    Ok(path.stretch(from, to))
}

/// The attributes of the last complete listing that a stretch begins with, and of the last one whose transitions are
/// recorded.
fn bounds(unmonitored: &Unmonitored) -> [String; 2] {
    let kind = unmonitored.kind;
    match &unmonitored.parent {
        Some(parent) => [parent_gaps::gap_since(kind, parent), parent_gaps::settled_at(kind, parent)],
        None => [poll_row::last_complete_at(kind), poll_row::settled_at(kind)],
    }
}

/// Reads the last complete listing from the poll row.
fn stored(row: &Attributes, unmonitored: &Unmonitored) -> anyhow::Result<Option<Timestamp>> {
    match &unmonitored.parent {
        Some(parent) => parent_gaps::read_since(row, unmonitored.kind, parent),
        None => poll_row::read_last_complete_at(row, unmonitored.kind),
    }
}

/// Writes a stretch of unmonitored time and moves the last complete listing to its end, if that is still at its start.
/// The transitions of that listing are not recorded yet.
pub(super) async fn cover(tables: &Tables, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
    let [last_complete_at, settled_at] = bounds(unmonitored);
    let mut expression = Expression::default();
    expression.compare(&[&last_complete_at], "=", text(unmonitored.from));
    expression.set(&[&last_complete_at], text(unmonitored.to));
    expression.set_if_absent(&[&settled_at], text(unmonitored.from));
    let row = new(unmonitored, expires_at);
    let actions = vec![
        put_new(&tables.history, row, ITEM)?,
        update_action(&tables.states, poll_row::key(&unmonitored.scope), &expression)?,
    ];
    let cancellation = match tables.transact(actions).await? {
        Transacted::Written => return Ok(Covering::Written),
        Transacted::Canceled(cancellation) => cancellation,
    };
    if cancellation.row(COVERAGE).is_some_and(|row| is_of(row, unmonitored)) {
        return Ok(Covering::Written);
    }
    let subject = |action| if action == COVERAGE { "coverage row" } else { "poll row" }.to_owned();
    if let Some(problem) = cancellation.problem(subject) {
        return Err(tables.transaction().because(&problem));
    }
    if cancellation.refused(POLL) {
        let stored = cancellation.row(POLL).map(|row| stored(row, unmonitored)).transpose()?;
        return Ok(Covering::Refused(stored.flatten()));
    }
    if cancellation.refused(COVERAGE) {
        bail!("history has another coverage row that ends at {}", unmonitored.to);
    }
    Err(cancellation.unexplained())
}

/// The unmonitored stretches of `path` that overlap `span`, in order of time.
pub(super) async fn all(tables: &Tables, path: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>> {
    let mut condition = Expression::default();
    condition.compare(&[ITEM], "=", text(path));
    condition.compare(&[OCCURRED_AT], ">=", text(span.from));
    let query = tables.query(&tables.history, &condition).consistent_read(true);
    let mut stretches = Vec::new();
    for row in tables.rows(&tables.history, query).await? {
        let stretch = read(path, &row)?;
        if stretch.from < span.until {
            stretches.push(stretch);
        }
    }
    Ok(stretches)
}
