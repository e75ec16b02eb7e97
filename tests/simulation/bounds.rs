//! When an item was last seen in its former state, checked against the world's own log of what every poll really saw.

use std::collections::BTreeMap;

use aws_dx_monitor::domain::{Event, Health, Scope, Timestamp};

use super::{
    sights::covers,
    world::{Entry, Inner, recalls},
};

/// The polls' own words, by what asks for them.
#[derive(Default)]
struct Log<'a> {
    /// Where each poll began to recall.
    recalls: BTreeMap<usize, usize>,
    /// The sights of a scope that began at an instant.
    sights: BTreeMap<(&'a Scope, Timestamp), Vec<&'a Entry>>,
    /// Where a transition was recorded, and by which poll.
    records: BTreeMap<(&'a str, u64), (usize, usize)>,
}

impl<'a> Log<'a> {
    fn read(entries: &'a [Entry]) -> Log<'a> {
        let mut log = Log { recalls: recalls(entries), ..Log::default() };
        for (place, entry) in entries.iter().enumerate() {
            match entry {
                Entry::Sight { scope, began, .. } => log.sights.entry((scope, *began)).or_default().push(entry),
                Entry::Recorded { poll, item, event } => {
                    log.records.insert((item, event.metadata.sequence), (place, *poll));
                }
                _ => {}
            }
        }
        log
    }
}

/// At the bound of a change an observation began that saw the item as it was before, for certain.
pub fn bounds_are_true(inner: &Inner) -> Vec<String> {
    let mut violations = Vec::new();
    // The times of two clocks cannot be compared.
    if inner.met.contains_key("a clock jumps") || inner.skews.values().any(|skew| *skew != 0) {
        return violations;
    }
    let log = Log::read(&inner.log);
    for entry in &inner.log {
        let Entry::Recorded { item, event, .. } = entry else { continue };
        let Some(previous) = &event.previous_state else { continue };
        let (scope, sequence) = (event.item.scope(), event.metadata.sequence);
        let at_the_time = log.sights.get(&(&scope, previous.last_seen_at)).map_or(&[][..], Vec::as_slice);
        let recorded = log.records.get(&(item.as_str(), sequence - 1)).copied();
        if !at_the_time.iter().any(|sight| is_a_sight_of(&log, sight, event, recorded)) {
            let (word, seen_at) = (&previous.value, previous.last_seen_at);
            violations.push(format!("{item} #{sequence} says that it was {word} at {seen_at}, when nobody saw it so"));
        }
    }
    violations
}

/// Whether a sight may be the last of an item as it was before `event`, which `recorded` brought about.
fn is_a_sight_of(log: &Log<'_>, sight: &Entry, event: &Event, recorded: Option<(usize, usize)>) -> bool {
    let (Entry::Sight { poll, complete, unread, items, .. }, Some(previous)) = (sight, &event.previous_state) else {
        return false;
    };
    let key = event.item.key();
    // Of two polls at once, one may have written that it listed everything, before it could know what the other had seen.
    let knew_nothing = recorded.is_some_and(|(place, by)| by != *poll && log.recalls[poll] < place);
    match items.get(&key) {
        _ if knew_nothing => true,
        Some(state) => state.value() == previous.value,
        None if !covers(complete, unread, &key) => false,
        // What is removed and not listed is still removed.
        None => previous.health == Health::Removed,
    }
}
