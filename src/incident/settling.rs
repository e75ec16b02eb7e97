//! What an instant leaves of the open incidents: which merge, which find their root elsewhere, and which are over.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    book::{Book, Rosters, category},
    case::Case,
    cause::Causes,
    estate::{Condition, Entry, Place},
    failover_test,
    input::Sight,
};
use crate::domain::{Category, IncidentStatus, Root, Timestamp};

/// Settles all open incidents at an instant. Gives back who is in them then and is not well.
pub(super) fn settle(book: &mut Book<'_>, causes: &Causes, sight: &Sight<'_>, at: Timestamp) -> Rosters {
    let mut rosters = book.rosters();
    find_roots(book, causes, &rosters, at);
    if merge(book, causes, at) {
        rosters = book.rosters();
    }
    for (id, roster) in &rosters {
        // Who was ever in it is looked up only where it may be over.
        let ended = roster.is_empty().then(|| ending(book, *id));
        let expires_at = book.rules.expiry(at);
        let Some(case) = book.cases.get_mut(id) else { continue };
        let Some(ended) = ended else {
            case.trouble(at.max(case.state.since));
            continue;
        };
        let over_at = at.max(case.state.since);
        if case.state.status == IncidentStatus::Flapping {
            case.rest(over_at);
        } else if sight.may_close {
            case.close(ended, over_at, expires_at);
        }
    }
    rosters
}

/// How an incident ends that has no unwell member any more.
fn ending(book: &Book<'_>, id: Uuid) -> IncidentStatus {
    let Some(case) = book.cases.get(&id) else { return IncidentStatus::Resolved };
    let is_story = matches!(case.state.category, Category::Removal | Category::Provisioning);
    let members = book.everybody(id);
    let entries = || members.iter().map(|place| &book.estate.entries[*place]);
    let all_gone = entries().all(|entry| entry.condition() == Condition::Gone) && !members.is_empty();
    // What is not watched any more has not come to the end of its story, whatever that is.
    let is_cut_short = !is_story || entries().any(Entry::is_unwatched);
    if all_gone && is_cut_short { IncidentStatus::Withdrawn } else { IncidentStatus::Resolved }
}

/// Sees to it that each open incident has a root that explains its members, and is about what that is.
fn find_roots(book: &mut Book<'_>, causes: &Causes, rosters: &Rosters, at: Timestamp) {
    let patience = book.rules.patience();
    let window = book.rules.join_window();
    for (id, roster) in rosters {
        let Some(case) = book.cases.get(id) else { continue };
        let next = next_root(book, causes, case, roster);
        // It is over since its root is well, although what goes on is seen to be an outage only now.
        let test = failover_test::planned(case, at).map(|test| test.ended(case.state.root_well_since.unwrap_or(at)));
        let Some(case) = book.cases.get_mut(id) else { continue };
        match next {
            Next::Same => {
                let root = case.state.root.clone();
                case.root_at(root);
            }
            Next::Above(root) if at.since(case.state.grown_at) <= window => case.root_at(root),
            Next::Below(root) => match case.state.root_well_since {
                None => {
                    case.state.root_well_since = Some(at);
                    case.is_changed = true;
                }
                Some(since) if at.since(since) > patience => case.root_at(root),
                Some(_) => {}
            },
            Next::Above(_) | Next::None => {}
        }
        let Some(case) = book.cases.get(id) else { continue };
        let raised = raised(book, causes, case);
        if let Some(case) = book.cases.get_mut(id).filter(|case| raised > case.state.category) {
            case.state.category = raised;
            case.state.circumstances.ended = test.or(case.state.circumstances.ended.take());
            case.is_raised = true;
            case.is_changed = true;
        }
    }
}

/// Where the root of an incident is by now.
enum Next {
    /// Where it was.
    Same,
    /// Higher up.
    Above(Root),
    /// The root is well, and members are not.
    Below(Root),
    /// Nowhere: no member is unwell.
    None,
}

fn next_root(book: &Book<'_>, causes: &Causes, case: &Case, roster: &[Place]) -> Next {
    match causes.root_of(&book.estate, &case.state.root) {
        Some(root) if root == case.state.root => Next::Same,
        Some(root) => Next::Above(root),
        None => {
            let roots = roster.iter().map(|place| causes.root(&book.estate, *place));
            // The root of most members; of as many, the one that stands closest to the cables.
            let mut counts: BTreeMap<Root, usize> = BTreeMap::new();
            roots.for_each(|root| *counts.entry(root).or_default() += 1);
            let layer = |root: &Root| root.key().map_or(0, |key| key.kind.layer());
            let most = counts.iter().max_by_key(|(root, count)| (**count, std::cmp::Reverse(layer(root))));
            most.map_or(Next::None, |(root, _)| Next::Below(root.clone()))
        }
    }
}

/// What an incident is about by the state of its root.
fn raised(book: &Book<'_>, causes: &Causes, case: &Case) -> Category {
    let root = &case.state.root;
    let place = root.key().and_then(|key| book.estate.place(&key));
    match place.map(|place| causes.condition(place)) {
        Some(condition) if condition.is_unwell() => category(condition),
        _ if causes.is_hollow(&book.estate, root) => Category::Outage,
        _ => case.state.category,
    }
}

/// Merges open incidents of one root: into the one that has it, and of several into the oldest. Says whether there were any.
fn merge(book: &mut Book<'_>, causes: &Causes, at: Timestamp) -> bool {
    let mut has_merged = false;
    let mut by_root: BTreeMap<Root, Vec<Uuid>> = BTreeMap::new();
    for case in book.cases.values().filter(|case| case.is_open() && case.has_members()) {
        let root = causes.root_of(&book.estate, &case.state.root).unwrap_or_else(|| case.state.root.clone());
        by_root.entry(root).or_default().push(case.id);
    }
    for (root, ids) in by_root.into_iter().filter(|(_, ids)| ids.len() > 1) {
        for group in compatible(book, ids) {
            let rank = |id: &Uuid| book.cases.get(id).map(|case| (case.state.root != root, case.state.since, case.id));
            let Some(survivor) = group.iter().copied().min_by_key(rank) else { continue };
            for id in group.into_iter().filter(|id| *id != survivor) {
                merge_into(book, id, survivor, at);
                has_merged = true;
            }
        }
    }
    has_merged
}

/// The incidents, in groups that may be one: outages and what they explain, or of one category.
fn compatible(book: &Book<'_>, ids: Vec<Uuid>) -> Vec<Vec<Uuid>> {
    let mut groups: BTreeMap<Category, Vec<Uuid>> = BTreeMap::new();
    for id in ids {
        let Some(case) = book.cases.get(&id) else { continue };
        let group = match case.state.category {
            Category::Removal => Category::Outage,
            category => category,
        };
        groups.entry(group).or_default().push(id);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

fn merge_into(book: &mut Book<'_>, id: Uuid, survivor: Uuid, at: Timestamp) {
    for place in 0..book.members.len() {
        if book.members[place].group == Some(id) {
            book.join(place, survivor);
        }
    }
    let Some(case) = book.cases.get(&id) else { return };
    let (is_unborn, since, last_seen_at, category) =
        (case.is_unborn(), case.state.since, case.state.last_seen_at, case.state.category);
    let people_know = case.state.told.people;
    if let Some(survivor) = book.cases.get_mut(&survivor) {
        survivor.is_changed = true;
        // Whoever knows of the one gets the end of the other.
        survivor.state.told.people |= people_know;
        survivor.state.category = survivor.state.category.max(category);
        survivor.state.grown_at = survivor.state.grown_at.max(at);
        // If it was never announced, its beginning belongs to the incident that lives on.
        if survivor.is_unborn() && since < survivor.state.since {
            (survivor.state.since, survivor.state.last_seen_at) = (since, last_seen_at);
        }
    }
    if is_unborn {
        book.cases.remove(&id);
        return;
    }
    let expires_at = book.rules.expiry(at);
    if let Some(case) = book.cases.get_mut(&id) {
        case.state.merged_into = Some(survivor);
        case.close(IncidentStatus::Merged, at.max(case.state.since), expires_at);
    }
}
