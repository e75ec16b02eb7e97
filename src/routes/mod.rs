//! What becomes of the prefixes that are accepted over virtual interfaces, from poll to poll: which of them were accepted
//! over two or more paths to a destination, and have lost one. Pure.
//!
//! A *way* is a virtual interface in one address family. Ways to one destination are compared: the prefixes that one has
//! accepted, and that others have. A prefix counts as accepted over a way also where a shorter one that holds it is, or
//! longer ones that have all of its addresses together: its traffic finds that way. [`settle`] makes the rows to write of
//! the rows that were recalled and of what was read; [`findings`] says of the rows what people are to know.
//!
//! - What is read of a way replaces what is kept of it, unless nothing is accepted any more: that is a state of its own, and
//!   the way is none until something is. It is compared with what was accepted before, when it is back.
//! - What a way accepts no more is *lost* where another way has accepted it as well, or has lost it itself.
//! - It is lost until it is accepted over that way again, or over two others, or for a day over none: then it was withdrawn on
//!   purpose.
//! - Ways of which more prefixes are accepted than are kept are compared with nothing.
//!
//! All ways are judged by what was kept before, and none by what has become of another in the same poll: their order makes no
//! difference.

mod uncovered;
mod ways;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

pub use self::uncovered::{Known, findings};
use self::ways::{Way, ways};
use crate::{
    domain::{Accepted, KeptPrefixes, PREFIXES_KEPT, PrefixRow, Recalled, Snapshot, Timestamp},
    prefixes::{Prefix, PrefixSet},
};

/// What is accepted over no way for so long was withdrawn on purpose.
const WITHDRAWN_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// How long the row of an interface that is gone is kept.
const KEPT: Duration = Duration::from_secs(8 * 24 * 3_600);

/// The rows of a scope that are to be written: those that change by what was read, or by the time.
///
/// `others` are all of the account's other scopes: the ways to a destination may lead over several.
pub fn settle(recalled: &Recalled, others: &[Arc<Recalled>], snapshot: &Snapshot) -> Vec<PrefixRow> {
    if recalled.prefixes.is_empty() && snapshot.observation.accepted.is_empty() {
        return Vec::new();
    }
    let at = snapshot.began;
    let mut settled: BTreeMap<&str, BTreeMap<String, KeptPrefixes>> = BTreeMap::new();
    let by_target = ways(recalled, others, snapshot);
    for ways in by_target.values() {
        for way in ways.iter().filter(|way| way.is_own) {
            let families = settled.entry(way.interface).or_default();
            families.insert(way.family.to_owned(), kept(way, ways, at));
        }
    }
    let known = recalled.prefixes.keys().map(String::as_str);
    let interfaces: BTreeSet<&str> = known.chain(settled.keys().copied()).collect();
    let rows = interfaces.into_iter().filter_map(|interface| {
        let families = settled.remove(interface).unwrap_or_default();
        let before = recalled.prefixes.get(interface).cloned();
        let before = before.unwrap_or_else(|| PrefixRow::unwritten(interface));
        let expires_at = families.is_empty().then(|| at.plus(KEPT).seconds());
        let revision = before.revision + 1;
        (families != before.families).then_some(PrefixRow { revision, families, expires_at, ..before })
    });
    rows.collect()
}

/// What is kept of a way from now on.
fn kept(way: &Way<'_>, ways: &[Way<'_>], at: Timestamp) -> KeptPrefixes {
    let Some(before) = way.before else {
        let accepted = way.now.clone();
        return KeptPrefixes { accepted, at, lost: PrefixSet::default(), lost_since: None, lost_at: None };
    };
    let newly: BTreeSet<Prefix> = newly_lost(way, ways).into_iter().collect();
    // Of what is not known nothing is said.
    let is_lost = |prefix: &&Prefix| way.now.known().is_some_and(|now| !now.covers(prefix));
    let still = before.lost.iter().filter(is_lost).filter(|prefix| !is_over(prefix, ways, at));
    let lost: BTreeSet<Prefix> = still.chain(&newly).copied().take(PREFIXES_KEPT).collect();
    let has_grown = lost.iter().any(|prefix| !before.lost.contains(prefix));
    // What the ways of a scope to one destination lose before all is well again belongs together.
    let since = ways.iter().filter(|way| way.is_own).filter_map(|way| way.before?.lost_since).min();
    KeptPrefixes {
        accepted: way.now.clone(),
        at: if *way.now == before.accepted { before.at } else { at },
        lost_since: (!lost.is_empty()).then(|| before.lost_since.or(since).unwrap_or(at)),
        lost_at: if has_grown { Some(at) } else { before.lost_at.filter(|_| !lost.is_empty()) },
        lost: lost.into_iter().collect(),
    }
}

/// What was accepted over a way and over another one, and is accepted over this one no more.
fn newly_lost(way: &Way<'_>, ways: &[Way<'_>]) -> Vec<Prefix> {
    let (Some(before), Accepted::Known(now)) = (way.before, way.now) else { return Vec::new() };
    let Some(was) = before.accepted.known().filter(|was| *was != now) else { return Vec::new() };
    let others = || ways.iter().filter(|other| !std::ptr::eq(*other, way));
    let all = ways.iter().filter_map(|way| way.before);
    let all = all.flat_map(|kept| kept.accepted.known().into_iter().chain([&kept.lost]).flat_map(PrefixSet::iter));
    let all: BTreeSet<&Prefix> = all.collect();
    let is_lost = |prefix: &&&Prefix| was.covers(prefix) && !now.covers(prefix);
    let had_another = |prefix: &&&Prefix| others().any(|other| other.covered(prefix) || other.has_lost(prefix));
    let lost = all.iter().filter(is_lost).filter(had_another);
    // What is over already was not lost: it is accepted over two others, or nobody knows over how many.
    lost.filter(|prefix| paths(prefix, ways) == Some(0) || paths(prefix, ways) == Some(1))
        .map(|prefix| **prefix)
        .collect()
}

/// Over how many ways a prefix is accepted now: none where it may be over some of which that is not known, and is over none
/// that is.
fn paths(prefix: &Prefix, ways: &[Way<'_>]) -> Option<usize> {
    let paths = ways.iter().filter(|way| way.covers(prefix)).count();
    let may_be_more = ways.iter().any(|way| way.now.known().is_none());
    (paths > 0 || !may_be_more).then_some(paths)
}

/// Whether what was lost has come to an end.
fn is_over(prefix: &Prefix, ways: &[Way<'_>], at: Timestamp) -> bool {
    match paths(prefix, ways) {
        // The last way has lost it just now.
        Some(0) if ways.iter().any(|way| way.covered(prefix)) => false,
        Some(0) => {
            let lost_at = ways.iter().filter(|way| way.has_lost(prefix)).filter_map(|way| way.before?.lost_at);
            lost_at.max().is_none_or(|last| at.since(last) >= WITHDRAWN_AFTER)
        }
        Some(1) => false,
        Some(_) | None => true,
    }
}

#[cfg(test)]
mod tests;
