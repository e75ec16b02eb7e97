//! Joins the timelines of redundant paths: the connections of a location, or all of them, or the interfaces to a
//! destination. Together they are up while one of them is up.

use std::collections::BTreeMap;

use super::{
    condition::{Condition, Exclusions, Weight},
    course::Course,
    document::Outage,
    outages::Evidence,
    tally::{Sums, Tally},
    window::Window,
};
use crate::domain::{Span, Timestamp};

/// A change of a path's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// The condition from then on.
    pub condition: Condition,
}

/// The changes of an item that is a path by itself.
pub fn changes(course: &Course) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::with_capacity(course.steps.len());
    for step in &course.steps {
        if changes.last().is_none_or(|last| last.condition != step.condition) {
            changes.push(Change { at: step.at, condition: step.condition });
        }
    }
    changes
}

/// The evidence of items' own outages. An outage of what they are paths of begins with the beginning of one of them, and
/// ends with an end.
#[derive(Clone, Debug, Default)]
pub struct Evidences {
    /// By when they began.
    pub beginnings: BTreeMap<Timestamp, Option<Evidence>>,
    /// By when they ended.
    pub ends: BTreeMap<Timestamp, Evidence>,
}

impl Evidences {
    /// Adds that of an outage.
    pub fn add(&mut self, outage: &Outage) {
        let evidence = |last_seen_at| Evidence { id: outage.start_event_id, last_seen_at };
        self.beginnings.insert(outage.started_at, outage.started_after.map(evidence));
        self.add_end(outage);
    }

    /// Adds that of the end of an outage.
    pub fn add_end(&mut self, outage: &Outage) {
        if let (Some(ended_at), Some(last_seen_at)) = (outage.ended_at, outage.ended_after) {
            self.ends.insert(ended_at, Evidence { id: outage.end_event_id, last_seen_at });
        }
    }
}

/// The joined timeline of the paths added so far. It takes 16 bytes for each change.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// How many there are.
    pub count: u64,
    steps: Vec<Change>,
    evidences: Evidences,
}

impl Paths {
    /// Adds a path.
    pub fn add(&mut self, changes: &[Change], evidences: Evidences) {
        self.count += 1;
        self.steps = join(&self.steps, changes);
        self.evidences.beginnings.extend(evidences.beginnings);
        self.evidences.ends.extend(evidences.ends);
    }

    /// All paths together.
    pub fn finish(self, window: &Window, exclusions: &Exclusions) -> Sums {
        let mut tally = Tally::new(window, exclusions);
        let Evidences { beginnings, ends: endings } = self.evidences;
        let ends = self.steps.iter().skip(1).map(|step| step.at).chain([window.to]);
        for (step, end) in self.steps.iter().zip(ends) {
            match tally.weigh(step.condition) {
                // What is planned belongs to the outage, whether it counts or not.
                weight if weight == Weight::Down || step.condition == Condition::Planned => {
                    // An outage at the beginning of the window began when the last connection went down before it.
                    let before = beginnings.range(..=step.at).next_back().filter(|_| step.at == window.from);
                    let (at, evidence) = match before.or_else(|| beginnings.get_key_value(&step.at)) {
                        Some((at, evidence)) => (*at, *evidence),
                        None => (step.at, None),
                    };
                    tally.outages.begin(at, evidence, None);
                }
                // While unmonitored, an outage may go on. What is seen afterwards counts as the same one. The end of a
                // retired one is unknown too.
                _ if matches!(step.condition, Condition::Unmonitored | Condition::Retired) => {}
                _ => tally.outages.end(step.at, endings.get(&step.at).copied()),
            }
            tally.add(Span::new(step.at, end), step.condition, None);
        }
        if self.steps.is_empty() {
            tally.add(window.span(), Condition::Undiscovered, None);
        }
        tally.finish(None)
    }
}

/// Joins two timelines. Both begin with the window, unless one is empty.
fn join(one: &[Change], other: &[Change]) -> Vec<Change> {
    let mut joined: Vec<Change> = Vec::with_capacity(one.len() + other.len());
    let (mut first, mut second) = (one.iter().peekable(), other.iter().peekable());
    let (mut a, mut b) = (Condition::Undiscovered, Condition::Undiscovered);
    loop {
        let next = match (first.peek(), second.peek()) {
            (None, None) => return joined,
            (Some(step), None) | (None, Some(step)) => step.at,
            (Some(step), Some(other)) => step.at.min(other.at),
        };
        if let Some(step) = first.next_if(|step| step.at == next) {
            a = step.condition;
        }
        if let Some(step) = second.next_if(|step| step.at == next) {
            b = step.condition;
        }
        let condition = a.or(b);
        if joined.last().is_none_or(|last| last.condition != condition) {
            joined.push(Change { at: next, condition });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(conditions: &[(i64, Condition)]) -> Vec<Change> {
        let step = |(at, condition): &(i64, Condition)| Change {
            at: Timestamp::from_milliseconds(*at),
            condition: *condition,
        };
        conditions.iter().map(step).collect()
    }

    #[test]
    fn of_two_paths_the_better_one_counts() {
        use Condition::{Down, Unmonitored, Up};
        let one = steps(&[(0, Up), (10, Down), (30, Up)]);
        let other = steps(&[(0, Up), (20, Down), (25, Unmonitored), (40, Up)]);
        assert_eq!(join(&one, &other), steps(&[(0, Up), (20, Down), (25, Unmonitored), (30, Up)]));
        assert_eq!(join(&[], &one), one);
        assert_eq!(join(&one, &[]), one);
    }
}
