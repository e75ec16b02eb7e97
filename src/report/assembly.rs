//! Builds a report from items: each beneath the item that it runs over, and connections grouped by location.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use super::{
    condition::Exclusions,
    course::Course,
    destinations,
    document::{Group, Report, ReportItem, ReportWindow},
    paths::{Evidences, Paths, changes},
    tally::Sums,
    timeline::Statement,
    window::Window,
};
use crate::domain::{ItemDescription, ItemPath, Kind, Timestamp, Topology};

/// The window of a report, and the rules by which its time counts.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The window.
    pub window: &'a Window,
    /// The conditions whose time counts neither as up nor as down.
    pub exclusions: &'a Exclusions,
    /// How long a kind may be without a complete listing before it is unmonitored.
    pub unmonitored_after: Duration,
    /// Whether items that were retired throughout the window are listed too.
    pub shows_retired: bool,
}

/// How far apart the last two polls of a scope were, and when the last of them began: all that is recorded of intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollInterval {
    /// The time between them.
    pub seconds: u64,
    /// When the last of them began.
    pub at: Timestamp,
}

/// Collects items in any order.
#[derive(Clone, Debug)]
pub struct Assembly<'a> {
    terms: Terms<'a>,
    estate: Paths,
    locations: BTreeMap<String, Paths>,
    items: Vec<ReportItem>,
    /// Those of the items, in the same order.
    courses: Vec<Course>,
    left_out: u64,
}

impl<'a> Assembly<'a> {
    /// No items yet.
    pub fn new(terms: Terms<'a>) -> Assembly<'a> {
        let (items, courses) = (Vec::new(), Vec::new());
        Assembly { terms, estate: Paths::default(), locations: BTreeMap::new(), items, courses, left_out: 0 }
    }

    /// Whether others depend on items of `kind`, so that their courses are needed.
    pub fn needs_course(kind: Kind) -> bool {
        destinations::needs(kind)
    }

    /// Adds an item.
    pub fn add(&mut self, item: Arc<ItemDescription>, poll_interval: Option<PollInterval>, statement: Statement) {
        if statement.was_never_there && !(self.terms.shows_retired && statement.figures.excluded.retired > 0) {
            self.left_out += 1;
            return;
        }
        if item.kind == Kind::Connection && !statement.was_never_there {
            let changes = changes(&statement.course);
            let mut evidences = Evidences::default();
            statement.outages.iter().for_each(|outage| evidences.add(outage));
            if let Some(location) = &item.location {
                self.locations.entry(location.clone()).or_default().add(&changes, evidences.clone());
            }
            self.estate.add(&changes, evidences);
        }
        self.courses.push(statement.course);
        self.items.push(ReportItem {
            item,
            depth: 0,
            parent: None,
            poll_interval_seconds: poll_interval.map(|interval| interval.seconds),
            poll_interval_at: poll_interval.map(|interval| interval.at),
            figures: statement.figures,
            outages: statement.outages,
            timeline: statement.timeline,
        });
    }

    /// The report.
    pub fn finish(self) -> Report {
        let Terms { window, exclusions, unmonitored_after, .. } = self.terms;
        let locations = self.locations.into_iter();
        Report {
            version: Report::VERSION.to_owned(),
            generated_at: window.now,
            window: ReportWindow {
                from: window.from,
                to: window.to,
                asked_to: window.ends_early().then_some(window.asked_to),
                timezone: window.calendar.zone().to_owned(),
                milliseconds: window.span().milliseconds(),
            },
            counted_as_down: exclusions.counted_as_down(),
            unmonitored_after_seconds: unmonitored_after.as_secs(),
            estate: group(None, self.estate, window, exclusions),
            locations: locations.map(|(name, paths)| group(Some(name), paths, window, exclusions)).collect(),
            destinations: destinations::destinations(&self.items, &self.courses, window, exclusions),
            items: in_order(self.items),
            incidents: Vec::new(),
            items_left_out: self.left_out,
        }
    }
}

/// The connections of a location, or all of them, together.
fn group(location: Option<String>, paths: Paths, window: &Window, exclusions: &Exclusions) -> Group {
    let connections = paths.count;
    let Sums { figures, outages, timeline, .. } = paths.finish(window, exclusions);
    Group { location, connections, figures, outages, timeline }
}

/// For each item, the index of its parent.
fn parents(items: &[ReportItem]) -> Vec<Option<usize>> {
    let topology = Topology::of(items.iter().map(|entry| &*entry.item));
    let path = |entry: &ReportItem| ItemPath::new(entry.item.scope(), entry.item.key());
    let indices: HashMap<ItemPath, usize> = items.iter().enumerate().map(|(at, entry)| (path(entry), at)).collect();
    items.iter().map(|entry| indices.get(&topology.parent(&entry.item)?).copied()).collect()
}

/// The items by location, each beneath the item that it runs over.
fn in_order(mut items: Vec<ReportItem>) -> Vec<ReportItem> {
    items.sort_by_cached_key(|entry| {
        let item = &entry.item;
        (
            item.location.is_none(),
            item.location.clone(),
            item.account.clone(),
            item.region.clone(),
            item.kind,
            item.id.clone(),
        )
    });
    let parents = parents(&items);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    for (at, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(at);
        }
    }
    let mut order = Vec::with_capacity(items.len());
    let mut placed = HashSet::new();
    let roots = (0..items.len()).filter(|at| parents[*at].is_none());
    // Every item gets a place, whatever its ids say: items whose parents form a circle come last.
    for root in roots.chain(0..items.len()) {
        let mut pending = vec![(root, 0)];
        while let Some((at, depth)) = pending.pop() {
            if placed.insert(at) {
                order.push((at, depth));
                pending.extend(children[at].iter().rev().map(|child| (*child, depth + 1)));
            }
        }
    }
    let keys: Vec<String> = items.iter().map(|entry| entry.item.key().to_string()).collect();
    let mut items: Vec<Option<ReportItem>> = items.into_iter().map(Some).collect();
    let ordered = order.into_iter().filter_map(|(at, depth)| {
        let parent = parents[at].map(|parent| keys[parent].clone());
        Some(ReportItem { depth, parent, ..items[at].take()? })
    });
    ordered.collect()
}
