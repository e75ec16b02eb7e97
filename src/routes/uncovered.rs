//! What people are to know of prefixes that have lost one of several paths: the findings of which incidents are made.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    domain::{
        Category, DestinationKind, IncidentFacts, ItemKey, KeptPrefixes, Kind, LosingInterface, PrefixRow, Recalled,
        Root, RootKind, Snapshot, Timestamp, UNCOVERED_NAMED, UncoveredEnd, UncoveredPrefix, UncoveredPrefixes,
    },
    incident::{Condition, Entry, Estate, Finding, Findings, Items, Level, Standing, Target, present_routes},
    prefixes::{Cover, Prefix},
};

/// What is known of the prefixes of a scope, once its rows are written.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The scope, as it was recalled.
    pub recalled: &'a Recalled,
    /// The rows that this poll has written since.
    pub written: &'a [PrefixRow],
    /// All of the account's other scopes.
    pub others: &'a [Arc<Recalled>],
    /// What this poll has seen of the scope.
    pub snapshot: &'a Snapshot,
    /// Whether prefixes are watched.
    pub is_watched: bool,
}

/// A way to a destination, with what is known of it.
struct Path<'a> {
    entry: &'a Entry,
    is_own: bool,
    /// Whether all works that it needs.
    is_up: bool,
    kept: Option<&'a KeptPrefixes>,
}

impl Path<'_> {
    fn id(&self) -> &str {
        &self.entry.key.id
    }

    fn cover(&self, prefix: &Prefix) -> Cover {
        let known = self.kept.and_then(|kept| kept.accepted.known());
        known.map_or(Cover::Absent, |known| known.cover(prefix))
    }

    fn has_lost(&self, prefix: &Prefix) -> bool {
        self.kept.is_some_and(|kept| kept.lost.contains(prefix))
    }
}

/// What has been found of a scope's prefixes: those that its interfaces have lost, and what has come to an end. None where
/// nothing is lost and nothing was.
pub fn findings(known: &Known<'_>) -> Option<Findings> {
    let rows: BTreeMap<&str, &PrefixRow> = known.rows();
    let own = known.recalled.prefixes.keys().map(String::as_str);
    let own: BTreeSet<&str> = own.chain(known.written.iter().map(|row| row.interface.as_str())).collect();
    let mut kept = own.iter().filter_map(|id| rows.get(id)).flat_map(|row| row.families.values());
    let is_lost = known.is_watched && kept.any(|kept| !kept.lost.is_empty());
    let was = || open(known.recalled);
    if !is_lost && was().next().is_none() {
        return None;
    }
    let estate = known.estate();
    let paths = known.paths(&estate, &rows);
    let lost = paths.iter().filter(|_| is_lost).filter_map(|(target, paths)| uncovered(&estate, target, paths));
    let mut found: Vec<Finding> = lost.collect();
    let subjects: BTreeSet<String> = found.iter().map(|finding| finding.subject.clone()).collect();
    for (root, since, facts) in was() {
        let target = target(facts);
        let subject = subject(&target, since);
        if !subjects.contains(&subject) {
            let ended = end(facts, paths.get(&target).filter(|_| known.is_watched));
            let facts = UncoveredPrefixes { ended: Some(ended), ..facts.clone() };
            found.push(finding(subject, root.clone(), since, facts));
        }
    }
    Some(Findings { category: Category::Routes, found })
}

fn finding(subject: String, root: Root, since: Timestamp, facts: UncoveredPrefixes) -> Finding {
    let standing = if facts.ended.is_some() { Standing::Ended } else { Standing::Lasts };
    Finding { subject, root, since, last_seen_at: None, facts: IncidentFacts::Routes(facts), standing }
}

/// What names a finding, for as long as it lasts.
fn subject(target: &Target, since: Timestamp) -> String {
    let kind = match target.kind {
        DestinationKind::DirectConnectGateway => "direct-connect-gateway",
        DestinationKind::VirtualGateway => "virtual-gateway",
        DestinationKind::Public => "public",
    };
    format!("{kind} {} since {since} {}", target.family, target.id)
}

fn target(facts: &UncoveredPrefixes) -> Target {
    Target { kind: facts.kind, id: facts.id.clone(), family: facts.address_family.clone() }
}

/// The incidents of a scope's prefixes that are open: their roots, since when, and what they are about.
fn open(recalled: &Recalled) -> impl Iterator<Item = (&Root, Timestamp, &UncoveredPrefixes)> {
    let open = recalled.incidents.values().map(|row| &row.state).filter(|state| state.status.is_open());
    open.filter_map(|state| match &state.facts {
        Some(IncidentFacts::Routes(facts)) => Some((&state.root, state.since, facts)),
        _ => None,
    })
}

impl<'a> Known<'a> {
    /// The rows of all scopes, by interface, as they are by now.
    fn rows(&self) -> BTreeMap<&'a str, &'a PrefixRow> {
        let others = self.others.iter().flat_map(|other| &other.prefixes);
        let known = others.chain(&self.recalled.prefixes).map(|(id, row)| (id.as_str(), row));
        known.chain(self.written.iter().map(|row| (row.interface.as_str(), row))).collect()
    }

    /// The estate as it is known by now: as it was recalled, and as this poll has seen it.
    fn estate(&self) -> Estate {
        let mut own = items(self.recalled);
        for (key, item) in &self.snapshot.observation.items {
            let in_outage = self.recalled.states.get(key).is_some_and(|row| row.incident_id.is_some());
            let condition = Condition::of(&item.state, in_outage);
            let level = Level { state: item.state.clone(), since: self.snapshot.at, condition };
            own.insert(key.clone(), (Arc::clone(&item.description), Some(level)));
        }
        Estate::of(own, self.others.iter().map(|other| (&other.scope, items(other))))
    }

    /// The ways to each destination in each address family.
    fn paths(&self, estate: &'a Estate, rows: &BTreeMap<&str, &'a PrefixRow>) -> BTreeMap<Target, Vec<Path<'a>>> {
        let mut paths: BTreeMap<Target, Vec<Path<'a>>> = BTreeMap::new();
        let condition = |place: usize| estate.entries[place].condition();
        for (place, entry) in estate.entries.iter().enumerate() {
            if matches!(entry.condition(), Condition::Gone | Condition::Removal) {
                continue;
            }
            for route in present_routes(estate, place) {
                let is_up = route.is_path(condition);
                let kept = rows.get(entry.key.id.as_str()).and_then(|row| row.families.get(&route.target.family));
                paths.entry(route.target).or_default().push(Path { entry, is_own: entry.is_own, is_up, kept });
            }
        }
        paths
    }
}

fn items(recalled: &Recalled) -> Items {
    let rows = recalled.states.iter().map(|(key, row)| {
        let condition = Condition::of(&row.state, row.incident_id.is_some());
        (key.clone(), (Arc::clone(&row.details), Some(Level { state: row.state.clone(), since: row.since, condition })))
    });
    rows.collect()
}

/// What a scope's ways to a destination have lost, where another way had it. What ways of several scopes have lost belongs
/// to the one that has lost it first.
fn uncovered(estate: &Estate, target: &Target, paths: &[Path<'_>]) -> Option<Finding> {
    let since = paths.iter().filter(|path| path.is_own).filter_map(|path| path.kept?.lost_since).min()?;
    let own = paths.iter().filter(|path| path.is_own).filter_map(|path| path.kept);
    let lost: BTreeSet<Prefix> = own.flat_map(|kept| kept.lost.iter()).copied().collect();
    let owner = |prefix: &Prefix| {
        let losing = paths.iter().filter(|path| path.has_lost(prefix));
        losing.min_by_key(|path| (path.kept.and_then(|kept| kept.lost_since), path.id()))
    };
    let lost: Vec<Prefix> = lost.into_iter().filter(|prefix| owner(prefix).is_some_and(|path| path.is_own)).collect();
    let losing = |path: &&Path<'_>| lost.iter().any(|prefix| path.has_lost(prefix));
    let root = paths.iter().filter(|path| path.is_own).filter(losing).min_by_key(|path| path.id())?;
    let mut prefixes: Vec<(u64, Prefix, bool)> = Vec::new();
    let mut over: BTreeSet<&str> = BTreeSet::new();
    for prefix in &lost {
        let left = paths.iter().filter(|path| path.is_up && path.cover(prefix).is_whole());
        let left: Vec<&str> = left.map(Path::id).collect();
        let partly = paths.iter().any(|path| path.has_lost(prefix) && path.cover(prefix) == Cover::Partly);
        prefixes.push((left.len() as u64, *prefix, partly));
        over.extend(left);
    }
    prefixes.sort_by_key(|(left, prefix, _)| (*left, *prefix));
    let named = prefixes.iter().take(UNCOVERED_NAMED).map(|(paths, prefix, partly)| UncoveredPrefix {
        prefix: prefix.to_string(),
        paths: *paths,
        partly: *partly,
    });
    let lost_by = paths.iter().filter(losing).take(UNCOVERED_NAMED).map(|path| LosingInterface {
        id: path.id().to_owned(),
        name: path.entry.item.name.clone(),
        lost: lost.iter().filter(|prefix| path.has_lost(prefix)).count() as u64,
        accepted: path.kept.and_then(|kept| kept.accepted.known()).map_or(0, |known| known.len() as u64),
    });
    let facts = UncoveredPrefixes {
        kind: target.kind,
        id: target.id.clone(),
        name: name(estate, target),
        address_family: target.family.clone(),
        count: prefixes.len() as u64,
        without_path: prefixes.iter().filter(|(left, ..)| *left == 0).count() as u64,
        prefixes: named.collect(),
        more: prefixes.len().saturating_sub(UNCOVERED_NAMED) as u64,
        lost_by: lost_by.collect(),
        accepted_over: over.into_iter().take(UNCOVERED_NAMED).map(str::to_owned).collect(),
        ended: None,
    };
    let root = Root { kind: RootKind::Item(Kind::BgpRoutes), id: format!("{}:{}", root.id(), target.family) };
    Some(finding(subject(target, since), root, since, facts))
}

/// The name of a gateway.
fn name(estate: &Estate, target: &Target) -> Option<String> {
    let kinds = [Kind::DirectConnectGateway, Kind::VirtualGateway];
    let places = kinds.iter().filter_map(|kind| estate.find(&ItemKey::new(*kind, target.id.clone())));
    places.into_iter().find_map(|place| estate.entries[place].item.name.clone())
}

/// How it has ended, by what has become of the prefixes that were named.
fn end(facts: &UncoveredPrefixes, paths: Option<&Vec<Path<'_>>>) -> UncoveredEnd {
    let Some(paths) = paths else { return UncoveredEnd::NotCompared };
    let prefixes: Vec<Prefix> = facts.prefixes.iter().filter_map(|named| named.prefix.parse().ok()).collect();
    if prefixes.iter().any(|prefix| paths.iter().any(|path| path.has_lost(prefix))) {
        return UncoveredEnd::Elsewhere;
    }
    let left: BTreeSet<usize> = prefixes
        .iter()
        .map(|prefix| paths.iter().filter(|path| path.cover(prefix).is_whole()).count())
        .map(|paths| paths.min(2))
        .collect();
    match left.into_iter().collect::<Vec<_>>()[..] {
        [2] => UncoveredEnd::AcceptedAgain,
        [0] => UncoveredEnd::Withdrawn,
        [0, 2] => UncoveredEnd::Divided,
        _ => UncoveredEnd::NotCompared,
    }
}

#[cfg(test)]
mod tests;
