//! Adds up the time of one timeline by condition.

use super::{
    condition::{Condition, Exclusions, Weight},
    document::{Excluded, Figures, Outage, Stretch},
    outages::{OutageTotals, Outages},
    strip::Strip,
    window::Window,
};
use crate::domain::{Span, Timestamp};

/// Time by condition, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times([u64; Condition::ALL.len()]);

impl Times {
    /// The time in a condition.
    pub fn of(&self, condition: Condition) -> u64 {
        self.0[condition as usize]
    }

    /// Adds time in a condition.
    pub fn add(&mut self, condition: Condition, milliseconds: u64) {
        self.0[condition as usize] += milliseconds;
    }

    /// Time that counted as being in a condition was planned.
    pub fn plan(&mut self, condition: Condition, milliseconds: u64) {
        self.0[condition as usize] -= milliseconds;
        self.add(Condition::Planned, milliseconds);
    }

    /// Whether the item was removed or retired before the window or first seen after it.
    fn was_never_there(&self) -> bool {
        use Condition::{Down, Pending, Planned, Removed, Retired, Testing, Undiscovered, Unknown, Up};
        let was_there = [Up, Down, Planned, Testing, Unknown, Pending].into_iter().any(|there| self.of(there) > 0);
        let whole: u64 = self.0.iter().sum();
        !was_there && (self.of(Removed) > 0 || self.of(Retired) > 0 || self.of(Undiscovered) == whole)
    }

    /// The figures.
    pub fn figures(&self, exclusions: &Exclusions, totals: &OutageTotals) -> Figures {
        let sum = |weight: Weight| -> u64 {
            let counted = Condition::ALL.into_iter().filter(|condition| exclusions.weigh(*condition) == weight);
            counted.map(|condition| self.of(condition)).sum()
        };
        let excluded = |condition: Condition| {
            if exclusions.weigh(condition) == Weight::Excluded { self.of(condition) } else { 0 }
        };
        let (up, down, planned) = (sum(Weight::Up), sum(Weight::Down), self.of(Condition::Planned));
        let unseen = [Condition::Unmonitored, Condition::Undiscovered, Condition::Retired];
        let unseen: u64 = unseen.map(|condition| self.of(condition)).iter().sum();
        let whole: u64 = self.0.iter().sum();
        Figures {
            availability: (up + down > 0).then(|| up as f64 / (up + down) as f64),
            coverage: whole.saturating_sub(unseen) as f64 / whole.max(1) as f64,
            up_milliseconds: up,
            down_milliseconds: down,
            planned_milliseconds: planned,
            unplanned_milliseconds: down - (planned - excluded(Condition::Planned)),
            excluded_milliseconds: sum(Weight::Excluded),
            excluded: Excluded {
                unmonitored: excluded(Condition::Unmonitored),
                undiscovered: excluded(Condition::Undiscovered),
                unknown: excluded(Condition::Unknown),
                pending: excluded(Condition::Pending),
                testing: excluded(Condition::Testing),
                planned: excluded(Condition::Planned),
                removed: excluded(Condition::Removed),
                retired: excluded(Condition::Retired),
            },
            outages: totals.count,
            outages_not_counted: totals.not_counted,
            outages_planned: totals.planned,
            longest_outage_milliseconds: (totals.count > 0).then_some(totals.longest),
            mean_time_to_recover_milliseconds: totals.ended_milliseconds.checked_div(totals.ended),
            mean_time_between_failures_milliseconds: up.checked_div(totals.began),
        }
    }
}

/// The sums of a timeline so far: time by condition, outages, and a drawing.
#[derive(Clone, Debug)]
pub struct Tally {
    exclusions: Exclusions,
    times: Times,
    /// The outages. The caller begins and ends them.
    pub outages: Outages,
    strip: Strip,
}

/// The result of a tally.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// The figures.
    pub figures: Figures,
    /// The outages, by time.
    pub outages: Vec<Outage>,
    /// The stretches to draw.
    pub timeline: Vec<Stretch>,
    /// Whether the item was removed or retired before the window or first seen after it.
    pub was_never_there: bool,
    /// The time by condition that the figures are made of.
    pub times: Times,
    /// The totals of the outages that they are made of.
    pub totals: OutageTotals,
}

impl Tally {
    /// An empty tally.
    pub fn new(window: &Window, exclusions: &Exclusions) -> Tally {
        Tally {
            exclusions: exclusions.clone(),
            times: Times::default(),
            outages: Outages::new(window),
            strip: Strip::new(window),
        }
    }

    /// What time in `condition` counts as.
    pub fn weigh(&self, condition: Condition) -> Weight {
        self.exclusions.weigh(condition)
    }

    /// Adds the next stretch. Stretches come in order, without holes, and within the window.
    pub fn add(&mut self, span: Span, condition: Condition, state: Option<&str>) {
        if span.is_empty() {
            return;
        }
        self.times.add(condition, span.milliseconds());
        match (self.weigh(condition), condition) {
            (Weight::Down, _) => self.outages.count(span, condition),
            (_, Condition::Planned) => self.outages.leave_out(span),
            (_, Condition::Unmonitored) => self.outages.pass_unmonitored(span),
            _ => {}
        }
        self.strip.push(span, condition, state);
    }

    /// The result. An open outage was last seen at `last_seen_at`.
    pub fn finish(self, last_seen_at: Option<Timestamp>) -> Sums {
        let (outages, totals) = self.outages.finish(last_seen_at);
        Sums {
            figures: self.times.figures(&self.exclusions, &totals),
            outages,
            timeline: self.strip.finish(),
            was_never_there: self.times.was_never_there(),
            times: self.times,
            totals,
        }
    }
}
