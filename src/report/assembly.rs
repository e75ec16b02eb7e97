//! Collects the items of a report, and puts each beneath the item that it runs over.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    basis::Basis,
    destinations,
    document::{Report, ReportItem},
    draft::{Draft, Terms},
    timeline::Statement,
};
use crate::domain::{ItemDescription, ItemPath, Kind, Timestamp, Topology};

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
    items: Vec<(ReportItem, Basis)>,
    left_out: u64,
}

impl<'a> Assembly<'a> {
    /// No items yet.
    pub fn new(terms: Terms<'a>) -> Assembly<'a> {
        Assembly { terms, items: Vec::new(), left_out: 0 }
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
        let entry = ReportItem {
            item,
            depth: 0,
            parent: None,
            poll_interval_seconds: poll_interval.map(|interval| interval.seconds),
            poll_interval_at: poll_interval.map(|interval| interval.at),
            figures: statement.figures,
            outages: statement.outages,
            timeline: statement.timeline,
        };
        self.items.push((entry, statement.basis));
    }

    /// The items, in the report's order; what takes several of them together is still missing.
    pub fn draft(self) -> Draft<'a> {
        Draft::new(self.terms, in_order(self.items), self.left_out)
    }

    /// The report, where no incident and no planned time is known.
    pub fn finish(self) -> Report {
        self.draft().complete()
    }
}

/// For each item, the index of its parent.
fn parents(items: &[(ReportItem, Basis)]) -> Vec<Option<usize>> {
    let topology = Topology::of(items.iter().map(|(entry, _)| &*entry.item));
    let path = |entry: &ReportItem| ItemPath::new(entry.item.scope(), entry.item.key());
    let indices: HashMap<ItemPath, usize> =
        items.iter().enumerate().map(|(at, (entry, _))| (path(entry), at)).collect();
    items.iter().map(|(entry, _)| indices.get(&topology.parent(&entry.item)?).copied()).collect()
}

/// The items by location, each beneath the item that it runs over.
fn in_order(mut items: Vec<(ReportItem, Basis)>) -> Vec<(ReportItem, Basis)> {
    items.sort_by_cached_key(|(entry, _)| {
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
    let keys: Vec<String> = items.iter().map(|(entry, _)| entry.item.key().to_string()).collect();
    let mut items: Vec<Option<(ReportItem, Basis)>> = items.into_iter().map(Some).collect();
    let ordered = order.into_iter().filter_map(|(at, depth)| {
        let parent = parents[at].map(|parent| keys[parent].clone());
        let (entry, basis) = items[at].take()?;
        Some((ReportItem { depth, parent, ..entry }, basis))
    });
    ordered.collect()
}
