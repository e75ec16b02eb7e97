//! Planned time on the map: silences and AWS's work that are not over, on each item that they are about.

use std::collections::BTreeSet;

use super::{
    estate::{Estate, PlannedWork},
    picture::What,
    plan::Map,
    wording::{MOST_NAME, Shown},
};
use crate::{
    domain::{Plans, Timestamp, Window, WindowSource},
    words,
};

/// The most windows that have a line of their own.
const MOST_LINES: usize = 20;
/// The longest title.
const MOST_TITLE: usize = 80;

impl Estate {
    /// Puts on the map what is planned in an account and not over at `now`. Retired items are left alone.
    pub fn plan(&mut self, account: &str, plans: &Plans, now: Timestamp) {
        for window in plans.windows.iter().filter(|window| window.from < window.until && window.until > now) {
            let items = self.items.iter().enumerate();
            let about = items.filter(|(_, item)| {
                item.item.account == account && !item.is_retired && window.matcher.matches(&item.item)
            });
            let items: BTreeSet<usize> = about.map(|(place, _)| place).collect();
            if !items.is_empty() {
                let has_begun = window.from <= now;
                self.planned.push(PlannedWork {
                    account: account.to_owned(),
                    window: window.clone(),
                    has_begun,
                    items,
                });
            }
        }
        let key = |work: &PlannedWork| (work.window.from, work.account.clone(), work.window.id.clone());
        self.planned.sort_by_key(key);
    }
}

/// A sign on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Badge {
    /// Its text: `#1`, `P1`.
    pub(super) text: String,
    /// What it is for.
    pub(super) class: &'static str,
}

/// What a sign of an incident is for.
pub(super) const INCIDENT: &str = "";
/// What a sign of planned time is for, by whether it has begun.
const PLANNED: [&str; 2] = [LATER, " planned"];
/// The one that is to come.
pub(super) const LATER: &str = " later";

/// The planned time of a line, as `P1`.
pub(super) fn badges(map: &Map<'_>, what: &What) -> Vec<Badge> {
    let is_in = |work: &PlannedWork| match what {
        What::Item(item, riders) => riders.iter().chain([item]).any(|place| work.items.contains(place)),
        What::Folded(tally) => tally.places.iter().any(|place| work.items.contains(place)),
    };
    let planned = map.estate.planned.iter().enumerate().filter(|(_, work)| is_in(work));
    planned.map(|(number, work)| Badge { text: name(number), class: class(work) }).collect()
}

/// `P1`, for the first.
fn name(number: usize) -> String {
    format!("P{}", number + 1)
}

/// What its signs are for.
pub(super) fn class(work: &PlannedWork) -> &'static str {
    PLANNED[usize::from(work.has_begun)]
}

/// A line for each planned time, with the sign before it, and one for those that are too many.
pub(super) fn lines(map: &Map<'_>, shown: Shown<'_>) -> Vec<(Badge, String)> {
    let planned = map.estate.planned.iter().enumerate().take(MOST_LINES);
    let mut lines: Vec<(Badge, String)> =
        planned.map(|(number, work)| (Badge { text: name(number), class: class(work) }, line(work, shown))).collect();
    let more = map.estate.planned.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.push((Badge { text: "P…".to_owned(), class: PLANNED[0] }, format!("and {more} more")));
    }
    lines
}

/// `work of AWS, until 2026-11-22 05:00 UTC: router upgrade (4 items)`.
fn line(work: &PlannedWork, shown: Shown<'_>) -> String {
    let Window { source, from, until, title, by, .. } = &work.window;
    let what = match source {
        WindowSource::AwsHealth => "work of AWS".to_owned(),
        WindowSource::Silence => format!("silence by {}", shown(by, MOST_NAME)),
    };
    let when = match work.has_begun {
        true => format!("until {}", words::minute(*until)),
        false => format!("from {} until {}", words::minute(*from), words::minute(*until)),
    };
    let title = shown(title.trim(), MOST_TITLE);
    let title = if title.is_empty() { title } else { format!(": {title}") };
    format!("{what}, {when}{title} ({})", words::counted(work.items.len() as u64, "item", "items"))
}
