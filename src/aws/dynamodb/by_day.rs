//! Everybody's history, by time, out of the index `by-day`: a query for each day, several at a time, and never a scan.
//!
//! A day that nobody has rows of costs half a read unit and a few milliseconds; a range without bounds would be a query for
//! each day of the calendar. So a wide range is first narrowed to the days that there can be rows of: the state rows and the
//! poll rows say when the watching began, and what is the last that happened.

use std::{ops::ControlFlow, pin::pin};

use futures::{StreamExt, TryStreamExt, stream};

use super::{
    attributes::{as_text, required, text},
    expression::Expression,
    history_row,
    recalling::recall,
    scopes_row,
    tables::Tables,
};
use crate::{
    domain::{HistoryRow, Recalled, Span, Timestamp, defaults},
    ports::EachTransition,
};

const DAY_MILLISECONDS: i64 = 86_400_000;

/// Up to how many days a range is asked for as it is.
const DAYS_AS_ASKED: i64 = 31;

/// How many days are asked for at the same time.
const QUERIES_IN_FLIGHT: usize = 8;

/// How many days before its baseline a scope may have rows: of items seen while a first listing failed and failed again.
const DAYS_BEFORE_A_BASELINE: i64 = 7;

/// How many days back a scope may have rows that has no baseline at all.
const DAYS_KEPT: i64 = defaults::HISTORY_DAYS.cast_signed();

/// Hands everybody's transitions in `span`, by time, to `each`, until it breaks. The index follows the table within
/// moments.
pub(super) async fn each_of_everything(tables: &Tables, span: Span, each: EachTransition<'_>) -> anyhow::Result<()> {
    let Some(last) = span.last() else { return Ok(()) };
    let (mut first_day, mut last_day) = (day(span.from), day(last));
    if last_day - first_day >= DAYS_AS_ASKED {
        let Some((first, last)) = days_with_rows(tables).await? else { return Ok(()) };
        (first_day, last_day) = (first_day.max(first), last_day.min(last));
    }
    let days =
        stream::iter(first_day..=last_day).map(|day| of_day(tables, day, span.from, last)).buffered(QUERIES_IN_FLIGHT);
    let mut days = pin!(days);
    while let Some(rows) = days.try_next().await? {
        if rows.into_iter().map(|(row, _)| row).try_for_each(&mut *each).is_break() {
            break;
        }
    }
    Ok(())
}

/// The transitions of a day between two instants, both included, by time and then by item; each with its item.
async fn of_day(
    tables: &Tables,
    day: i64,
    from: Timestamp,
    last: Timestamp,
) -> anyhow::Result<Vec<(HistoryRow, String)>> {
    let mut condition = Expression::default();
    condition.compare(
        &[history_row::DAY],
        "=",
        text(Timestamp::from_milliseconds(day.saturating_mul(DAY_MILLISECONDS)).day()),
    );
    condition.require_between(&[history_row::OCCURRED_AT], text(from), text(last));
    let query = tables.query(&tables.history, &condition).index_name(history_row::BY_DAY);
    let mut transitions = Vec::new();
    tables
        .each_row(&tables.history, query, |row| {
            if history_row::is_transition(&row) {
                transitions.push((history_row::read(&row)?, required(&row, history_row::ITEM, as_text)?));
            }
            Ok(ControlFlow::Continue(()))
        })
        .await?;
    // The index has an order of its own for what happened in the same millisecond.
    transitions.sort_by(|(a, a_item), (b, b_item)| (a.occurred_at, a_item).cmp(&(b.occurred_at, b_item)));
    Ok(transitions)
}

/// The first and the last day that there can be rows of; none if nothing was ever seen.
async fn days_with_rows(tables: &Tables) -> anyhow::Result<Option<(i64, i64)>> {
    let scopes = scopes_row::all(tables).await?;
    let scopes = stream::iter(scopes).map(async |scope| recall(tables, &scope).await).buffered(QUERIES_IN_FLIGHT);
    let extents: Vec<Option<(i64, i64)>> = scopes.map_ok(|recalled| extent(&recalled)).try_collect().await?;
    Ok(extents.into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))))
}

/// The first and the last day that there can be rows of a scope of.
fn extent(recalled: &Recalled) -> Option<(i64, i64)> {
    let kinds = || recalled.poll.iter().flat_map(|poll| poll.kinds.values());
    let states = || recalled.states.values();
    let last_seen = kinds().filter_map(|kind| kind.last_complete_at);
    let last = states().map(|row| row.last_transition_at).chain(last_seen).max().map(day)?;
    let begun = kinds().filter_map(|kind| kind.baseline_at).min();
    let begun = begun.map_or(last - DAYS_KEPT, |baseline| day(baseline) - DAYS_BEFORE_A_BASELINE);
    let first = states().map(|row| day(row.since)).chain([begun]).min()?;
    Some((first, last))
}

/// The number of a UTC day.
fn day(at: Timestamp) -> i64 {
    at.milliseconds().div_euclid(DAY_MILLISECONDS)
}
