//! Joins the timelines of redundant connections, a location's or all of them. The group is up while one of them is up.

use std::collections::BTreeMap;

use super::{
    condition::{Condition, Exclusions, Weight},
    document::{Group, Outage},
    outages::Evidence,
    tally::{Step, Tally},
    window::Window,
};
use crate::domain::{Span, Timestamp};

/// The joined timeline of the connections added so far. It takes 16 bytes for each change.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    connections: u64,
    steps: Vec<Step>,
    /// The evidence of the connections' own outages. An outage of the group begins with the beginning of one of them, and
    /// ends with an end.
    beginnings: BTreeMap<Timestamp, Option<Evidence>>,
    ends: BTreeMap<Timestamp, Evidence>,
}

impl Paths {
    /// Adds a connection.
    pub fn add(&mut self, steps: &[Step], outages: &[Outage]) {
        self.connections += 1;
        self.steps = join(&self.steps, steps);
        for outage in outages {
            let evidence = |last_seen_at| Evidence { id: outage.start_event_id, last_seen_at };
            self.beginnings.insert(outage.started_at, outage.started_after.map(evidence));
            if let (Some(ended_at), Some(last_seen_at)) = (outage.ended_at, outage.ended_after) {
                self.ends.insert(ended_at, Evidence { id: outage.end_event_id, last_seen_at });
            }
        }
    }

    /// The group of all connections added.
    pub fn finish(self, location: Option<&str>, window: &Window, exclusions: &Exclusions) -> Group {
        let mut tally = Tally::new(window, exclusions, false);
        let ends = self.steps.iter().skip(1).map(|step| step.at).chain([window.to]);
        for (step, end) in self.steps.iter().zip(ends) {
            match tally.weigh(step.condition) {
                Weight::Down => {
                    // An outage at the beginning of the window began when the last connection went down before it.
                    let before = self.beginnings.range(..=step.at).next_back().filter(|_| step.at == window.from);
                    let (at, evidence) = match before.or_else(|| self.beginnings.get_key_value(&step.at)) {
                        Some((at, evidence)) => (*at, *evidence),
                        None => (step.at, None),
                    };
                    tally.outages.begin(at, evidence, None);
                }
                // While unmonitored, an outage may go on. What is seen afterwards counts as the same one. The end of a
                // retired one is unknown too.
                _ if matches!(step.condition, Condition::Unmonitored | Condition::Retired) => {}
                _ => tally.outages.end(step.at, self.ends.get(&step.at).copied()),
            }
            tally.add(Span::new(step.at, end), step.condition, None);
        }
        if self.steps.is_empty() {
            tally.add(window.span(), Condition::Undiscovered, None);
        }
        let statement = tally.finish(None);
        Group {
            location: location.map(str::to_owned),
            connections: self.connections,
            figures: statement.figures,
            outages: statement.outages,
            timeline: statement.timeline,
        }
    }
}

/// Joins two timelines. Both begin with the window, unless one is empty.
fn join(one: &[Step], other: &[Step]) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::with_capacity(one.len() + other.len());
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
            joined.push(Step { at: next, condition });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(conditions: &[(i64, Condition)]) -> Vec<Step> {
        let step =
            |(at, condition): &(i64, Condition)| Step { at: Timestamp::from_milliseconds(*at), condition: *condition };
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
