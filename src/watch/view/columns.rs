//! Fits an item into a line: how wide each column is, and which are shortened or left out first.

use unicode_width::UnicodeWidthStr;

use super::super::row::Row;
use crate::{domain::Timestamp, escape, words};

/// The blanks between two columns.
const GAP: usize = 2;

/// A column of the list of items, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Kind,
    Id,
    Name,
    State,
    Since,
    For,
    Region,
}

impl Column {
    const ALL: [Column; 7] =
        [Column::Kind, Column::Id, Column::Name, Column::State, Column::Since, Column::For, Column::Region];

    pub(super) fn heading(self) -> &'static str {
        match self {
            Column::Kind => "KIND",
            Column::Id => "ID",
            Column::Name => "NAME",
            Column::State => "STATE",
            Column::Since => "SINCE",
            Column::For => "FOR",
            Column::Region => "REGION",
        }
    }

    pub(super) fn text(self, row: &Row, now: Timestamp) -> String {
        match self {
            Column::Kind => row.kind.slug().to_owned(),
            Column::Id => row.id.clone(),
            Column::Name => row.name.clone(),
            Column::State => row.state.clone(),
            Column::Since => since(row.since, now),
            Column::For => words::duration(now.since(row.since)),
            Column::Region => row.region.clone(),
        }
    }

    /// The least width to which the column may be shortened. `None` for a column that is never cut.
    fn least(self) -> Option<usize> {
        match self {
            Column::Kind => Some(10),
            Column::Id => Some(15),
            Column::Name => Some(14),
            Column::State | Column::Since | Column::For | Column::Region => None,
        }
    }
}

/// The time of the day, or the day when it is another one.
pub(super) fn since(at: Timestamp, now: Timestamp) -> String {
    if at.day() == now.day() { words::clock(at) } else { at.day() }
}

/// The columns that fit into `width`, with their widths.
pub(super) fn fitting(rows: &[Row], now: Timestamp, width: usize) -> Vec<(Column, usize)> {
    let natural = |column: Column| {
        let cells = rows.iter().map(|row| column.text(row, now).width());
        cells.chain([column.heading().width()]).max().unwrap_or(0)
    };
    let mut columns: Vec<(Column, usize)> = Column::ALL.map(|column| (column, natural(column))).into();
    // First to shrink are columns that can be guessed from the others or looked up.
    for yielding in [Column::Id, Column::Kind, Column::Name] {
        shrink(&mut columns, yielding, width);
    }
    for leaving in [Column::For, Column::Region, Column::Kind, Column::Since, Column::Id, Column::Name] {
        if surplus(&columns, width) > 0 {
            columns.retain(|(column, _)| *column != leaving);
        }
    }
    widen(&mut columns, width, natural);
    columns
}

fn surplus(columns: &[(Column, usize)], width: usize) -> usize {
    let total: usize = columns.iter().map(|(_, width)| width + GAP).sum();
    total.saturating_sub(GAP).saturating_sub(width)
}

fn shrink(columns: &mut [(Column, usize)], yielding: Column, width: usize) {
    let surplus = surplus(columns, width);
    if let Some((column, natural)) = columns.iter_mut().find(|(column, _)| *column == yielding)
        && let Some(least) = column.least()
    {
        *natural = natural.saturating_sub(surplus).max(least.min(*natural));
    }
}

/// Widens the shortened columns again where there is room.
fn widen(columns: &mut [(Column, usize)], width: usize, natural: impl Fn(Column) -> usize) {
    let used: usize = columns.iter().map(|(_, width)| width + GAP).sum::<usize>().saturating_sub(GAP);
    let mut room = width.saturating_sub(used);
    for wanting in [Column::Name, Column::Kind, Column::Id] {
        if let Some((column, width)) = columns.iter_mut().find(|(column, _)| *column == wanting) {
            let more = natural(*column).saturating_sub(*width).min(room);
            *width += more;
            room -= more;
        }
    }
}

/// `text` in exactly `width` columns, padded or cut. An id is cut in its middle, since ids differ at either end.
pub(super) fn cell(column: Column, text: &str, width: usize) -> String {
    let cut = if column == Column::Id { words::elided(text, width, "…") } else { escape::truncate(text, width) };
    let blank = width.saturating_sub(cut.width());
    format!("{cut}{:blank$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_cut_in_the_middle_and_names_at_their_ends() {
        assert_eq!(cell(Column::Id, "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f", 15), "c4f1e2d…c3d4e5f");
        assert_eq!(cell(Column::Name, "東京-primary", 8), "東京-pr…");
        assert_eq!(cell(Column::Name, "東京", 6), "東京  ");
        assert_eq!(cell(Column::Id, "東京東京東京", 5), "東京…");
    }

    #[test]
    fn a_time_of_another_day_is_a_day() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-22T03:12:00Z");
        assert_eq!(since(at("2026-11-22T00:00:01Z"), now), "00:00:01");
        assert_eq!(since(at("2026-11-21T23:59:59Z"), now), "2026-11-21");
    }
}
