//! Invariant 7, checked against the world's own log of what every poll really saw.

use std::collections::BTreeSet;

use aws_dx_monitor::domain::{ItemKey, Kind, Scope, State, Timestamp};

use super::world::{Entry, Inner, host_of};

/// Whether an observation would have seen the item if it was there.
pub fn covers(complete: &BTreeSet<Kind>, unread: &BTreeSet<String>, key: &ItemKey) -> bool {
    complete.contains(&key.kind) && host_of(key).is_none_or(|host| !unread.contains(&host))
}

/// What one sight shows of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sighting {
    Missing,
    Unknown,
    Seen,
    /// A gap, and the item is not in what was read.
    Nothing,
}

/// 7: no `absent` and no `unknown` without enough observations in a row, by the world's own log of sights.
pub fn uncertain_sights_were_confirmed(inner: &Inner, confirm_polls: u64) -> Vec<String> {
    let mut violations = Vec::new();
    for (place, entry) in inner.log.iter().enumerate() {
        let Entry::Recorded { poll, item, event } = entry else { continue };
        let absent = event.state.level == State::ABSENT_LEVEL;
        if (!absent && event.state.level != State::UNKNOWN_LEVEL) || event.metadata.sequence == 1 {
            continue;
        }
        let count = in_a_row(&inner.log[..place], *poll, item, &event.item.scope(), &event.item.key(), absent);
        if count < confirm_polls {
            let word = &event.state.value;
            let sequence = event.metadata.sequence;
            violations
                .push(format!("{item} #{sequence} is {word} after {count} of {confirm_polls} observations in a row"));
        }
    }
    violations
}

/// How many complete listings in a row were uncertain of an item, as far as `poll` could know: a sight of it breaks the
/// row if that was written down before `poll` recalled, or in the item's own row at any time before `poll` recorded.
fn in_a_row(log: &[Entry], poll: usize, item: &str, scope: &Scope, key: &ItemKey, absent: bool) -> u64 {
    let is_recall = |entry: &Entry| matches!(entry, Entry::RecallBegan { poll: by } if *by == poll);
    let recall = log.iter().position(is_recall).unwrap_or(0);
    let (mut amended, mut progressed) = (BTreeSet::new(), BTreeSet::new());
    for (place, entry) in log.iter().enumerate() {
        match entry {
            Entry::Amended { poll, item: which } if which == item => drop(amended.insert(*poll)),
            Entry::Progressed { poll, scope: sighted, kind, parent, unread }
                if place < recall && sighted == scope && *kind == key.kind =>
            {
                let host = host_of(key);
                let is_unread = host.as_ref().is_some_and(|host| unread.contains(host));
                if if parent.is_some() { *parent == host } else { !is_unread } {
                    progressed.insert(*poll);
                }
            }
            _ => {}
        }
    }
    let (mut count, mut counted_at) = (0, Timestamp::MINIMUM);
    for (place, entry) in log.iter().enumerate() {
        match entry {
            Entry::Sight { poll: by, scope: sighted, began, complete, unread, items, .. } if sighted == scope => {
                let complete = covers(complete, unread, key);
                let sighting = match items.get(key) {
                    Some(state) if state.is_unknown() => Sighting::Unknown,
                    Some(_) => Sighting::Seen,
                    None if complete => Sighting::Missing,
                    None => Sighting::Nothing,
                };
                let contrary = sighting == Sighting::Seen || (absent && sighting == Sighting::Unknown);
                if contrary {
                    if (amended.contains(by) && *by != poll) || (progressed.contains(by) && *began > counted_at) {
                        count = 0;
                    }
                } else if (place < recall || *by == poll || amended.contains(by))
                    && complete
                    && sighting != Sighting::Nothing
                {
                    count += 1;
                    counted_at = counted_at.max(*began);
                }
            }
            Entry::Recorded { item: other, .. } if other == item && place < recall => count = 0,
            _ => {}
        }
    }
    count
}
