//! The history of all items, by time, from the index `by-day`: eight parallel queries for each day, and never a scan.
//!
//! A day has eight shards in the index, each ordered by time. They are read page by page and merged, so that even of a
//! busy day no more is held than a page of each shard, or the rows of a single millisecond.
//!
//! A day without rows costs eight times half a read unit and a few milliseconds, and a range without bounds would cost
//! that for every day of the calendar. So a wide range is first narrowed to the days that may have rows: state rows and
//! poll rows show when monitoring began, and what happened last.

use std::{collections::VecDeque, pin::pin};

use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};

use super::{
    attributes::{Attributes, as_text, required, text},
    calls::Pages,
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

/// Up to how many days a range is read without being narrowed.
const DAYS_AS_ASKED: i64 = 31;

/// How many days are read at the same time, each with a query for every shard.
const DAYS_IN_FLIGHT: usize = 4;

/// Which rows of the index to read: transitions, or the documents of incidents.
pub(super) type Wanted = fn(&Attributes) -> bool;

/// Passes the `wanted` rows of all items in `span` to `each`, by time and then by item, until it breaks. The index is
/// eventually consistent: it follows the table within moments.
pub(super) async fn each_of_everything(
    tables: &Tables,
    span: Span,
    wanted: Wanted,
    each: EachTransition<'_>,
) -> anyhow::Result<()> {
    let Some(last) = span.last() else { return Ok(()) };
    let (mut first_day, mut last_day) = (day(span.from), day(last));
    if last_day - first_day >= DAYS_AS_ASKED {
        let Some((first, last)) = days_with_rows(tables).await? else { return Ok(()) };
        (first_day, last_day) = (first_day.max(first), last_day.min(last));
    }
    let days = stream::iter(first_day..=last_day).map(|day| Day::open(tables, day, [span.from, last], wanted));
    let mut days = pin!(days.buffered(DAYS_IN_FLIGHT));
    while let Some(mut day) = days.try_next().await? {
        while let Some(row) = day.next().await? {
            if each(row).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The shards of a day.
struct Day<'a>(Vec<Shard<'a>>);

impl<'a> Day<'a> {
    /// Opens the day of this number, limited to the time between two instants (both included), and reads the first page
    /// of each shard.
    async fn open(
        tables: &'a Tables,
        day: i64,
        [from, last]: [Timestamp; 2],
        wanted: Wanted,
    ) -> anyhow::Result<Day<'a>> {
        let day = Timestamp::from_milliseconds(day.saturating_mul(DAY_MILLISECONDS));
        let shards = (0..history_row::SHARDS).map(|shard| {
            let mut condition = Expression::default();
            condition.compare(&[history_row::DAY], "=", text(history_row::shard_of_day(day, shard)));
            condition.require_between(&[history_row::OCCURRED_AT], text(from), text(last));
            let query = tables.query(&tables.history, &condition).index_name(history_row::BY_DAY);
            Shard { pages: tables.pages(&tables.history, query), wanted, found: VecDeque::new() }
        });
        let mut day = Day(shards.collect());
        day.read_on().await?;
        Ok(day)
    }

    /// The next row of the day.
    async fn next(&mut self) -> anyhow::Result<Option<HistoryRow>> {
        if self.0.iter().any(Shard::is_to_be_read) {
            self.read_on().await?;
        }
        let first = self.0.iter_mut().filter(|shard| !shard.found.is_empty());
        let first = first.min_by(|a, b| a.found.front().map(Found::place).cmp(&b.found.front().map(Found::place)));
        Ok(first.and_then(|shard| shard.found.pop_front()).map(|found| found.row))
    }

    async fn read_on(&mut self) -> anyhow::Result<()> {
        try_join_all(self.0.iter_mut().map(Shard::read)).await?;
        Ok(())
    }
}

/// A row, and the path that it belongs to.
struct Found {
    row: HistoryRow,
    item: String,
}

impl Found {
    fn read(row: &Attributes) -> anyhow::Result<Found> {
        Ok(Found { row: history_row::read(row)?, item: required(row, history_row::ITEM, as_text)? })
    }

    fn place(&self) -> (Timestamp, &str) {
        (self.row.occurred_at, &self.item)
    }
}

/// A shard of a day: the rows that were read and not yet taken, and the pages that follow.
struct Shard<'a> {
    pages: Pages<'a>,
    wanted: Wanted,
    found: VecDeque<Found>,
}

impl Shard<'_> {
    /// Whether more must be read before the first row is known. Rows of the same millisecond come in no fixed order, so
    /// all of them must be there before the first is taken.
    fn is_to_be_read(&self) -> bool {
        let [first, last] = [self.found.front(), self.found.back()];
        self.pages.has_more() && first.map(|found| found.row.occurred_at) == last.map(|found| found.row.occurred_at)
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        while self.is_to_be_read() {
            let page = self.pages.next().await?.unwrap_or_default();
            let page = page.iter().filter(|row| (self.wanted)(row)).map(Found::read);
            self.found.extend(page.collect::<anyhow::Result<Vec<_>>>()?);
            self.found.make_contiguous().sort_by(|a, b| a.place().cmp(&b.place()));
        }
        Ok(())
    }
}

/// How many scopes are recalled at the same time.
const SCOPES_IN_FLIGHT: usize = 8;

/// The first and the last day that may have rows; none if nothing was ever seen.
async fn days_with_rows(tables: &Tables) -> anyhow::Result<Option<(i64, i64)>> {
    let scopes = scopes_row::all(tables).await?;
    let scopes =
        stream::iter(scopes).map(async |listed| recall(tables, &listed.scope).await).buffered(SCOPES_IN_FLIGHT);
    let extents: Vec<Option<(i64, i64)>> = scopes.map_ok(|recalled| extent(&recalled)).try_collect().await?;
    Ok(extents.into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))))
}

/// How many days before its baseline a scope may have rows: those of items that were seen while the first listing
/// failed repeatedly.
const DAYS_BEFORE_A_BASELINE: i64 = 7;

/// How many days back a scope without a baseline may have rows.
const DAYS_KEPT: i64 = defaults::HISTORY_DAYS.cast_signed();

/// The first and the last day that may have rows of a scope.
fn extent(recalled: &Recalled) -> Option<(i64, i64)> {
    let kinds = || recalled.poll.iter().flat_map(|poll| poll.kinds.values());
    let states = || recalled.states.values();
    let last_seen = kinds().filter_map(|kind| kind.last_complete_at);
    // The documents of a retired scope come after its last listing.
    let documents = recalled.incidents.values().map(|row| row.state.last_document_at);
    let last = states().map(|row| row.last_transition_at).chain(last_seen).chain(documents).max().map(day)?;
    let begun = kinds().filter_map(|kind| kind.baseline_at).min();
    let begun = begun.map_or(last - DAYS_KEPT, |baseline| day(baseline) - DAYS_BEFORE_A_BASELINE);
    let first = states().map(|row| day(row.since)).chain([begun]).min()?;
    Some((first, last))
}

/// The number of a UTC day.
fn day(at: Timestamp) -> i64 {
    at.milliseconds().div_euclid(DAY_MILLISECONDS)
}
