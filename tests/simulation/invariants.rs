//! What must hold when a world has ended, with one function for each promise. The auditor checks what must hold at
//! every moment.

use std::collections::{BTreeMap, BTreeSet};

use aws_dx_monitor::{
    domain::{Event, Health, RowPath, Scope, State},
    monitor::PollReport,
};

use super::{
    bounds, context, folds, incidents, plans, resilience,
    rows::{FOLD, RESILIENCE, get},
    sights,
    tables::Row,
    world::{Entry, Inner, Setup, World},
};

/// Checks everything; `setup` is how the last polls, which nothing disturbed, were configured.
pub fn check(world: &World, setup: &Setup) -> Result<(), String> {
    {
        let inner = &mut *world.inner.borrow_mut();
        inner.auditor.now = inner.now;
    }
    let inner = &*world.inner.borrow();
    let mut violations = inner.auditor.violations.clone();
    violations.extend(every_sink_announces_it(inner, setup));
    let histories = histories(inner);
    violations.extend(sequences_have_no_holes(inner, &histories));
    violations.extend(times_increase_and_incidents_open_and_close(&histories));
    violations.extend(sights::uncertain_sights_were_confirmed(inner, setup.settings.confirm_polls));
    violations.extend(nothing_older_is_recorded_over_newer(inner));
    violations.extend(bounds::bounds_are_true(inner));
    violations.extend(context::states_are_meant_in_context(inner));
    violations.extend(context::the_rows_match_what_happened(inner));
    violations.extend(context::unidentified_rows_are_counted(inner));
    violations.extend(incidents::incidents_are_those_of_the_items(inner));
    violations.extend(incidents::the_documents_of_an_incident_are_consistent(inner));
    violations.extend(folds::folds_take_in_what_they_know(inner, &setup.settings.kinds));
    violations.extend(folds::people_hear_the_beginning_and_the_end(inner));
    violations.extend(folds::what_flaps_settles(inner));
    violations.extend(resilience::falls_are_announced_once(inner));
    violations.extend(plans::no_silence_hides_what_lasts(inner));
    violations.extend(plans::evidence_is_on_record(inner));
    violations.extend(metrics_were_published(inner));
    violations.extend(success_was_not_claimed(inner));
    if violations.is_empty() { Ok(()) } else { Err(format!("{}\n\n{}", violations.join("\n"), inner.story())) }
}

/// The state rows, by the names of their items.
fn state_rows(inner: &Inner) -> impl Iterator<Item = (String, &Row)> {
    let others = ["poll", FOLD, RESILIENCE];
    let rows = inner.tables.states.iter();
    let rows = rows.filter(move |((scope, item), _)| scope != "scopes" && !others.contains(&item.as_str()));
    rows.map(|((scope, item), row)| (format!("{scope}/{item}"), row))
}

type Histories = BTreeMap<String, Vec<Vec<Event>>>;

/// Every item's recorded events, in the order of history, by the lives of its state row.
fn histories(inner: &Inner) -> Histories {
    let mut histories: Histories = BTreeMap::new();
    for ((item, _), row) in &inner.tables.history {
        if RowPath::is_of_an_incident(item) {
            continue;
        }
        let Some(event) = get::<Event>(row, "event") else { continue };
        let lives = histories.entry(item.clone()).or_default();
        let last = lives.last().and_then(|life| life.last()).map(|event| event.metadata.sequence);
        if last.is_none_or(|last| event.metadata.sequence <= last) {
            lives.push(Vec::new());
        }
        if let Some(life) = lives.last_mut() {
            life.push(event);
        }
    }
    histories
}

/// 1: every recorded transition reached each configured sink or is parked, and every cursor knows.
fn every_sink_announces_it(inner: &Inner, setup: &Setup) -> Vec<String> {
    let mut violations = Vec::new();
    for (item, row) in state_rows(inner) {
        let sequence: u64 = get(row, "sequence").unwrap_or(0);
        for sink in &setup.sinks {
            let sink = sink.as_str();
            let Some(start) = inner.auditor.starts.get(&(inner.auditor.life(&item), sink.to_owned())) else { continue };
            for owed in start + 1..=sequence {
                if !inner.auditor.is_settled(&item, sink, owed, &inner.tables) {
                    violations.push(format!("{sink} never announced {item} #{owed}"));
                }
            }
            let cursor = row.get("announced").and_then(|cursors| cursors.get(sink)?.as_u64());
            if cursor != Some(sequence) {
                violations.push(format!("the cursor of {sink} on {item} stays at {cursor:?} of {sequence}"));
            }
        }
    }
    violations
}

/// 2: sequences are 1..n, one history row each, each state leads to the next, and none to itself.
fn sequences_have_no_holes(inner: &Inner, histories: &Histories) -> Vec<String> {
    let mut violations = Vec::new();
    let rows = state_rows(inner).filter(|(item, _)| !RowPath::is_of_an_incident(item));
    let rows: BTreeMap<String, &Row> = rows.collect();
    for (item, lives) in histories {
        for (life, events) in lives.iter().enumerate() {
            for pair in events.windows(2) {
                let (before, after) = (&pair[0], &pair[1]);
                let sequence = after.metadata.sequence;
                let previous = after.previous_state.as_ref();
                let mut skipped = before.metadata.sequence + 1..sequence;
                if sequence != before.metadata.sequence + 1 {
                    // The time to live takes rows as it comes across them.
                    if skipped.all(|sequence| inner.auditor.was_removed(item, sequence)) {
                        continue;
                    }
                    violations.push(format!("{item} goes from #{} to #{sequence}", before.metadata.sequence));
                } else if previous.is_none_or(|previous| {
                    (&previous.value, previous.level, previous.health, previous.since)
                        != (&before.state.value, before.state.level, before.state.health, before.state.since)
                }) {
                    violations.push(format!("{item} #{sequence} does not begin where the one before ended"));
                }
                let state = |event: &Event| (event.state.value.clone(), event.state.level, event.state.health);
                if state(before) == state(after) {
                    violations.push(format!("{item} #{sequence} leads from {} to itself", before.state.value));
                }
            }
            let begins_at = events.first().map_or(1, |event| event.metadata.sequence);
            let begins = events.first().is_some_and(|event| event.previous_state.is_none()) == (begins_at == 1);
            if !begins || !(1..begins_at).all(|sequence| inner.auditor.was_removed(item, sequence)) {
                violations.push(format!("life {life} of {item} does not begin with #1"));
            }
        }
        let newest = lives.last().and_then(|events| events.last()).map(|event| event.metadata.sequence);
        if let Some(row) = rows.get(item)
            && let Some(head) = get::<u64>(row, "sequence")
            && newest != Some(head)
            && !inner.auditor.was_removed(item, head)
        {
            violations.push(format!("the row of {item} and its history do not agree on where it stands"));
        }
    }
    violations
}

/// 6: times increase along the sequence; an incident opens when an item leaves `up` and closes when it is back.
fn times_increase_and_incidents_open_and_close(histories: &Histories) -> Vec<String> {
    let mut violations = Vec::new();
    for (item, lives) in histories {
        for events in lives {
            let mut open = None;
            for (place, event) in events.iter().enumerate() {
                let sequence = event.metadata.sequence;
                let id = Some(event.metadata.id);
                let was_up = event.previous_state.as_ref().is_some_and(|state| state.health == Health::Up);
                let is_up = event.state.health == Health::Up;
                let opens = was_up && !is_up || event.state.health == Health::Down;
                let expected = open.or(if opens { id } else { None });
                // If the one before has expired, it is unknown what was open.
                let known = if place > 0 { events[place - 1].metadata.sequence + 1 == sequence } else { sequence == 1 };
                if known && event.metadata.incident_id != expected {
                    violations.push(format!("{item} #{sequence} belongs to {:?}", event.metadata.incident_id));
                }
                open = event.metadata.incident_id.filter(|_| !is_up && !is_gone(event));
                if place > 0 && events[place - 1].state.since >= event.state.since {
                    violations.push(format!("{item} #{sequence} is not later than the one before"));
                }
                let bound = event.previous_state.as_ref().map(|state| state.last_seen_at);
                if bound.is_some_and(|seen| seen > event.state.since) {
                    violations.push(format!("{item} #{sequence} has a bound that holds nothing"));
                }
            }
        }
    }
    violations
}

/// Whether the item has left for good.
fn is_gone(event: &Event) -> bool {
    let state = &event.state;
    State::recalled(event.item.kind, &state.value, Some(u64::from(state.level)), Some(state.health)).is_gone()
}

/// The poll that records a transition observed after the one before it was recorded.
fn nothing_older_is_recorded_over_newer(inner: &Inner) -> Vec<String> {
    let mut violations = Vec::new();
    let mut newest: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    let mut sights: BTreeMap<(usize, &Scope), usize> = BTreeMap::new();
    for (place, entry) in inner.log.iter().enumerate() {
        match entry {
            Entry::Sight { poll, scope, .. } => drop(sights.insert((*poll, scope), place)),
            Entry::Recorded { poll, item, event } => {
                let sequence = event.metadata.sequence;
                let looked = sights.get(&(*poll, &event.item.scope())).copied().unwrap_or(0);
                let before = newest.insert(item, (sequence, place));
                if before.is_some_and(|(number, written)| number + 1 == sequence && looked < written) {
                    violations.push(format!("{item} #{sequence} was seen before the one before it was recorded"));
                }
            }
            _ => {}
        }
    }
    violations
}

/// 8: whatever else fails, a poll that observed published what it saw, unless the metrics' own call failed.
fn metrics_were_published(inner: &Inner) -> Vec<String> {
    let mut seen: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for entry in &inner.log {
        match entry {
            Entry::Sight { poll, items, .. } => {
                seen.entry(*poll).or_default().extend(items.keys().map(|key| key.id.as_str()));
            }
            Entry::Published { poll, points, .. } => {
                if let Some(items) = seen.get_mut(poll) {
                    items.retain(|id| !points.contains(*id));
                }
            }
            _ => {}
        }
    }
    let excused = |poll: usize| inner.excused_metrics.contains(&poll);
    let unpublished = seen.into_iter().filter(|(poll, items)| !items.is_empty() && !excused(*poll));
    unpublished.map(|(poll, items)| format!("poll {poll} did not publish {items:?}")).collect()
}

/// 9: what the last word of CloudWatch is of a poll (an alarm looks at the minimum) is what the poll came to, unless the
/// monitor's own metrics could not be published.
fn success_was_not_claimed(inner: &Inner) -> Vec<String> {
    let mut said: BTreeMap<usize, bool> = BTreeMap::new();
    let mut violations = Vec::new();
    for entry in &inner.log {
        match entry {
            Entry::Published { poll, succeeded: Some(succeeded), .. } => {
                *said.entry(*poll).or_insert(true) &= succeeded;
            }
            Entry::Ended { poll, succeeded, spoke: true } if said.get(poll) != Some(succeeded) => {
                violations.push(format!("poll {poll} came to {succeeded}, and published {:?}", said.get(poll)));
            }
            _ => {}
        }
    }
    violations
}

/// Whether polls that nothing disturbs have nothing left to do.
pub fn is_quiet(report: &PollReport) -> bool {
    // What is recorded last may be folded twice, and ends nothing then.
    report.is_success() && report.pending == 0 && report.transitions == 0
}
