//! The read that every poll begins with: everything that is known of a scope.
//!
//! It is one query with as many pages as needed. Each page is requested with a key from the page before it, so that
//! dozens of pages in turn would take the time that the observation needs. Of a large scope, the rows after the first
//! thousands are therefore read in parallel, in one range for each kind.

use futures::{StreamExt, TryStreamExt, stream};

use super::{
    attributes::{Attributes, as_text, required, text},
    expression::Expression,
    incident_row, poll_row, prefix_row, resilience_row, state_row,
    tables::Tables,
};
use crate::domain::{ItemKey, Kind, PrefixRow, Recalled, RowKey, Scope};

/// Up to how many rows a scope is read by a single query.
const ROWS_IN_TURN: usize = 5_000;
/// How many ranges are read in parallel: a page is a megabyte, and several times that in memory.
const RANGES_IN_FLIGHT: usize = 3;
/// Sorts after the key of every item.
const LAST: &str = "\u{10ffff}";

/// Reads everything that is known of a scope, with strong consistency.
pub(super) async fn recall(tables: &Tables, scope: &Scope) -> anyhow::Result<Recalled> {
    let mut condition = Expression::default();
    condition.compare(&[state_row::SCOPE], "=", text(scope));
    let mut recalled = Recalled::nothing(scope.clone());
    let mut pages = tables.pages(&tables.states, tables.query(&tables.states, &condition).consistent_read(true));
    let mut last = None;
    while recalled.states.len() < ROWS_IN_TURN
        && let Some(page) = pages.next().await?
    {
        last = page.last().map(|row| required(row, state_row::ITEM, as_text)).transpose()?.or(last);
        take(tables, &mut recalled, page)?;
    }
    if let (true, Some(last)) = (pages.has_more(), last) {
        let ranges = ranges(scope, following(last)).into_iter().map(|range| rows(tables, scope, range));
        let ranges = stream::iter(ranges).buffer_unordered(RANGES_IN_FLIGHT);
        let all = ranges.try_fold(recalled, async |mut recalled, found| {
            recalled.poll = found.poll.or(recalled.poll);
            recalled.states.extend(found.states);
            recalled.incidents.extend(found.incidents);
            recalled.resilience = found.resilience.or(recalled.resilience);
            recalled.unreadable_incidents += found.unreadable_incidents;
            recalled.prefixes.extend(found.prefixes);
            Ok(recalled)
        });
        recalled = all.await?;
    }
    Ok(recalled)
}

/// Reads a range of a scope's items, both ends included.
async fn rows(tables: &Tables, scope: &Scope, [first, last]: [String; 2]) -> anyhow::Result<Recalled> {
    let mut condition = Expression::default();
    condition.compare(&[state_row::SCOPE], "=", text(scope));
    condition.require_between(&[state_row::ITEM], text(first), text(last));
    let mut pages = tables.pages(&tables.states, tables.query(&tables.states, &condition).consistent_read(true));
    let mut found = Recalled::nothing(scope.clone());
    while let Some(page) = pages.next().await? {
        take(tables, &mut found, page)?;
    }
    Ok(found)
}

/// Adds the rows of a page to what is recalled.
fn take(tables: &Tables, recalled: &mut Recalled, page: Vec<Attributes>) -> anyhow::Result<()> {
    for row in page {
        let item = required(&row, state_row::ITEM, as_text)?;
        if item == poll_row::POLL {
            recalled.poll = Some(poll_row::read(&recalled.scope, &row)?);
        } else if item == resilience_row::RESILIENCE {
            resilience_row::take(recalled, row);
        } else if let Ok(key) = item.parse::<ItemKey>() {
            let state = state_row::read_in(&tables.states, &recalled.scope, &key, row)?;
            recalled.states.insert(key, state);
        } else if let Some(id) = item.strip_prefix(RowKey::INCIDENT) {
            incident_row::take(recalled, id, row);
        } else if let Some(interface) = item.strip_prefix(PrefixRow::NAME) {
            prefix_row::take(recalled, interface, &row);
        }
        // The row `fold` is not needed here. Any other row is a newer version's, such as an item of a kind that AWS has
        // added, and stays as it is.
    }
    Ok(())
}

/// The first name that sorts after this one.
fn following(mut item: String) -> String {
    item.push('\0');
    item
}

/// Everything from `first` on, in ranges that each begin with the items of a kind.
fn ranges(scope: &Scope, first: String) -> Vec<[String; 2]> {
    let kinds = Kind::ALL.into_iter().filter(|kind| scope.holds(*kind)).map(|kind| format!("{kind}/"));
    let mut bounds: Vec<String> = kinds.filter(|bound| *bound > first).collect();
    bounds.push(LAST.to_owned());
    bounds.sort();
    bounds.insert(0, first);
    bounds.windows(2).map(|bounds| [bounds[0].clone(), bounds[1].clone()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_leave_nothing_out() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let ranges = ranges(&scope, "interconnect/dxcon-5".to_owned());
        assert_eq!(ranges[0], ["interconnect/dxcon-5", "lag/"]);
        assert!(ranges.windows(2).all(|pair| pair[0][1] == pair[1][0]), "{ranges:?}");
        assert_eq!(ranges.last().unwrap()[1], LAST);
        assert!(ranges.iter().all(|[first, last]| first < last));
    }
}
