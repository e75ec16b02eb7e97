//! The fold: from what was recalled and recorded to the steps that write incidents. Pure and total.
//!
//! Instant by instant: all that occurred at it is applied first, so that causes are judged by the whole of it; then each
//! item that is not well finds its incident; then what has one root merges, what is over closes, and each incident that has
//! changed gets its document.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    book::{Book, Member},
    case::{Beginning, Case},
    cause::Causes,
    document::Documents,
    estate::{Condition, Estate, Items, Level, Place},
    finding::{Findings, take_in},
    forecast::{forecast, is_near},
    input::{FoldInput, Sight},
    settling::settle,
    steps::Steps,
    unfolded::{Unfolded, first_sight_id},
};
use crate::domain::{FoldStep, ItemKey, Kind, Recalled, Scope, SinkName, Timestamp, Transition};

/// Folds. The steps are to be written in their order, each only if the one before was.
pub fn fold(input: &FoldInput<'_>) -> Vec<FoldStep> {
    if is_quiet(input) {
        return Vec::new();
    }
    let mut unfolded: Vec<&Unfolded> =
        input.unfolded.iter().filter(|unfolded| !input.unreadable.contains(&unfolded.key)).collect();
    unfolded.sort_by(|one, other| one.order().cmp(&other.order()));
    let mut book = open(input, &unfolded);
    let mut steps = Steps::new(input.recalled.scope.clone(), input.revision, input.now.plus(input.rules.keep_history));
    let sight = Sight::of(input);

    adopt(&mut book, input.recalled);
    let mut rest = &unfolded[..];
    while let Some(first) = rest.first() {
        let (instant, later) = rest.split_at(rest.iter().take_while(|next| next.at == first.at).count());
        rest = later;
        let passing = apply(&mut book, instant);
        foresee(&mut book, input.foreseen, first.at);
        let causes = Causes::of(&book.estate, &passing);
        find_incidents(&mut book, &causes, instant);
        let rosters = settle(&mut book, &causes, &sight, first.at);
        Documents::of(&input.recalled.scope, &book, &causes, rosters, first.at).write(&mut book, &sight);
        steps.write(&mut book);
    }
    foresee(&mut book, input.foreseen, input.now);
    let causes = Causes::of(&book.estate, &BTreeMap::new());
    reconcile(&mut book, &causes);
    let rosters = settle(&mut book, &causes, &sight, input.now);
    forecast(&mut book, &input.recalled.scope);
    input.findings.iter().for_each(|findings| take_in(&mut book, &input.recalled.scope, findings));
    Documents::of(&input.recalled.scope, &book, &causes, rosters, input.now).at_last().write(&mut book, &sight);
    steps.write(&mut book);
    input.resilience.into_iter().for_each(|known| steps.know(known));
    steps.into_steps()
}

/// Whether there is nothing to fold, nothing that lasts, and nothing that is in no incident and should be.
fn is_quiet(input: &FoldInput<'_>) -> bool {
    let FoldInput { recalled, kinds, .. } = input;
    input.unfolded.is_empty()
        && input.evidence.is_empty()
        && input.findings.iter().all(Findings::is_empty)
        && input.resilience.is_none()
        && !input.plans.is_some_and(|plans| is_near(plans, input.now))
        && recalled.incidents.values().all(|row| !row.state.status.is_open())
        && recalled.states.iter().all(|(key, row)| {
            !kinds.contains(&key.kind) || !Condition::of(&row.state, row.incident_id.is_some()).is_unwell()
        })
}

/// The memory as it was before the first of the unfolded transitions.
fn open<'a>(input: &FoldInput<'a>, unfolded: &[&Unfolded]) -> Book<'a> {
    let mut first: BTreeMap<&ItemKey, &Unfolded> = BTreeMap::new();
    for transition in unfolded {
        first.entry(&transition.key).or_insert(transition);
    }
    let mut items = levels(input.recalled, Some(input.kinds));
    for (key, transition) in &first {
        let known = items.get(*key).map(|(item, _)| Arc::clone(item));
        items
            .insert((*key).clone(), (known.unwrap_or_else(|| Arc::clone(&transition.item)), transition.before.clone()));
    }
    let members = items.keys().map(|key| member(input.recalled, key, first.get(key).copied())).collect();
    let others = input.others.iter().map(|other| (&other.scope, levels(other, None)));
    let cases = input.recalled.incidents.iter().map(|(id, row)| (*id, Case::recalled(*id, row))).collect();
    let estate = Estate::of(items, others);
    let FoldInput { is_whole, rules, plans, evidence, now, .. } = *input;
    let foreseen = BTreeSet::new();
    Book { estate, is_whole, members, foreseen, cases, rules, plans, evidence, now }
}

fn member(recalled: &Recalled, key: &ItemKey, first: Option<&Unfolded>) -> Member {
    let row = recalled.states.get(key);
    let cursor = match (row, first) {
        (_, Some(first)) => first.sequence.saturating_sub(1),
        (Some(row), None) => row.cursor(SinkName::INCIDENTS.as_str()),
        (None, None) => 0,
    };
    // The transaction that records a transition gives a row without the cursor one: it is as it is written by now.
    let stored = row.and_then(|row| row.announced.get(SinkName::INCIDENTS.as_str()).copied());
    let recalled_cursor = stored.or(first.map(|_| cursor));
    let recalled_group = row.and_then(|row| row.group);
    Member { recalled_cursor, cursor, recalled_group, group: recalled_group, is_changed: false }
}

/// The items of a scope at their last recorded transitions. Kinds that are not polled any more are not watched.
fn levels(recalled: &Recalled, kinds: Option<&BTreeSet<Kind>>) -> Items {
    let rows = recalled.states.iter().map(|(key, row)| {
        let is_watched = kinds.is_none_or(|kinds| kinds.contains(&key.kind));
        let condition = Condition::of(&row.state, row.incident_id.is_some());
        let condition = if is_watched { condition } else { Condition::Gone };
        let level = Level { state: row.state.clone(), since: row.since, condition };
        (key.clone(), (Arc::clone(&row.details), Some(level)))
    });
    rows.collect()
}

/// Finds incidents for what is not well and in none, since nothing has folded it yet: what a baseline found, and rows
/// of versions that knew no incidents. A summary has announced it, or messages of an older version have.
fn adopt(book: &mut Book<'_>, recalled: &Recalled) {
    let unwell = book.estate.own().filter(|(place, entry)| {
        entry.condition().is_unwell()
            && book.members[*place].group.is_none()
            && recalled.states.contains_key(&entry.key)
    });
    let mut unwell: Vec<Place> = unwell.map(|(place, _)| place).collect();
    if unwell.is_empty() {
        return;
    }
    unwell.sort_by_key(|place| (book.estate.entries[*place].key.kind.layer(), *place));
    let causes = Causes::of(&book.estate, &BTreeMap::new());
    for place in unwell {
        let entry = &book.estate.entries[place];
        let (Some(level), Some(row)) = (&entry.level, recalled.states.get(&entry.key)) else { continue };
        let beginning = Beginning {
            transition: row.incident_id.unwrap_or_else(|| first_sight_id(&recalled.scope, &entry.key, level.since)),
            at: level.since,
            last_seen_at: None,
            is_silent: true,
        };
        book.place(&causes, place, &beginning);
    }
}

/// Applies what occurred at one instant. Gives back what has come or gone so fast that no state of its own shows it.
fn apply(book: &mut Book<'_>, instant: &[&Unfolded]) -> BTreeMap<Place, Condition> {
    let mut passing = BTreeMap::new();
    for transition in instant {
        let Some(place) = book.estate.place(&transition.key) else { continue };
        let was = book.estate.entries[place].level.as_ref().map(|level| level.condition);
        let is = transition.after.condition;
        match (was, is) {
            (None, Condition::Well) => {
                passing.insert(place, Condition::Provisioning);
            }
            (Some(was), Condition::Gone) if was != Condition::Gone && book.open_case(place).is_none() => {
                passing.insert(place, Condition::Removal);
            }
            _ => {}
        }
        let entry = &mut book.estate.entries[place];
        entry.item = Arc::clone(&transition.item);
        entry.level = Some(transition.after.clone());
        let member = &mut book.members[place];
        member.cursor = transition.sequence;
        member.is_changed = true;
    }
    passing
}

/// Lets outages until this instant count for causes and paths that are not recorded yet. Their items join no incident.
fn foresee(book: &mut Book<'_>, foreseen: &[&Transition], until: Timestamp) {
    for transition in foreseen.iter().filter(|transition| transition.since <= until) {
        let outage = Unfolded::recorded(transition).after;
        if outage.condition == Condition::Outage
            && let Some(place) = book.estate.place(&transition.key())
        {
            book.estate.entries[place].level = Some(outage);
            book.foreseen.insert(place);
        }
    }
}

/// Finds the incident of everything that is not well since this instant.
fn find_incidents(book: &mut Book<'_>, causes: &Causes, instant: &[&Unfolded]) {
    for transition in instant {
        let Some(place) = book.estate.place(&transition.key) else { continue };
        if causes.condition(place).is_unwell() && book.open_case(place).is_none() {
            let beginning = Beginning {
                transition: transition.id,
                at: transition.at,
                last_seen_at: transition.last_seen_at,
                is_silent: false,
            };
            book.place(causes, place, &beginning);
        }
    }
}

/// What is not well and in no open incident gets one, however that came to be: a transition that came late to one that had
/// ended, or a row that has expired.
fn reconcile(book: &mut Book<'_>, causes: &Causes) {
    let left: Vec<Place> = book
        .estate
        .own()
        .filter(|(place, entry)| {
            entry.condition().is_unwell() && !book.foreseen.contains(place) && book.open_case(*place).is_none()
        })
        .map(|(place, _)| place)
        .collect();
    for place in left {
        let entry = &book.estate.entries[place];
        let at = book.now;
        let transition =
            first_sight_id(&Scope::global(""), &entry.key, entry.level.as_ref().map_or(at, |level| level.since));
        book.place(causes, place, &Beginning { transition, at, last_seen_at: None, is_silent: false });
    }
}
