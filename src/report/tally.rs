//! Adds up the time of one timeline by condition.

use super::{
    condition::{Condition, Exclusions, Weight},
    document::{Excluded, Figures, Outage, Stretch},
    outages::{OutageTotals, Outages},
    strip::Strip,
    window::Window,
};
use crate::domain::{Span, Timestamp};

/// The sums of a timeline so far: time by condition, outages, and a drawing.
#[derive(Clone, Debug)]
pub struct Tally {
    exclusions: Exclusions,
    window_milliseconds: u64,
    by_condition: [u64; Condition::ALL.len()],
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
}

impl Tally {
    /// An empty tally.
    pub fn new(window: &Window, exclusions: &Exclusions) -> Tally {
        Tally {
            exclusions: exclusions.clone(),
            window_milliseconds: window.span().milliseconds(),
            by_condition: [0; Condition::ALL.len()],
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
        self.by_condition[condition as usize] += span.milliseconds();
        if self.weigh(condition) == Weight::Down {
            self.outages.count(span);
        } else if condition == Condition::Unmonitored {
            self.outages.pass_unmonitored(span);
        }
        self.strip.push(span, condition, state);
    }

    /// The result. An open outage was last seen at `last_seen_at`.
    pub fn finish(self, last_seen_at: Option<Timestamp>) -> Sums {
        let time = |condition: Condition| self.by_condition[condition as usize];
        let sum = |weight: Weight| -> u64 {
            let counted = Condition::ALL.into_iter().filter(|condition| self.exclusions.weigh(*condition) == weight);
            counted.map(time).sum()
        };
        let excluded = |condition: Condition| {
            if self.exclusions.weigh(condition) == Weight::Excluded { time(condition) } else { 0 }
        };
        let there = [Condition::Up, Condition::Down, Condition::Testing, Condition::Unknown, Condition::Pending];
        let was_there = there.into_iter().any(|condition| time(condition) > 0);
        let was_never_there = !was_there
            && (time(Condition::Removed) > 0
                || time(Condition::Retired) > 0
                || time(Condition::Undiscovered) == self.window_milliseconds);
        let (up, down) = (sum(Weight::Up), sum(Weight::Down));
        let unseen = time(Condition::Unmonitored) + time(Condition::Undiscovered) + time(Condition::Retired);
        let excluded_by_reason = Excluded {
            unmonitored: excluded(Condition::Unmonitored),
            undiscovered: excluded(Condition::Undiscovered),
            unknown: excluded(Condition::Unknown),
            pending: excluded(Condition::Pending),
            testing: excluded(Condition::Testing),
            removed: excluded(Condition::Removed),
            retired: excluded(Condition::Retired),
        };
        let excluded_milliseconds = sum(Weight::Excluded);
        let (outages, totals) = self.outages.finish(last_seen_at);
        let OutageTotals { count, longest, began, ended, ended_milliseconds, not_counted } = totals;
        let figures = Figures {
            availability: (up + down > 0).then(|| up as f64 / (up + down) as f64),
            coverage: self.window_milliseconds.saturating_sub(unseen) as f64 / self.window_milliseconds.max(1) as f64,
            up_milliseconds: up,
            down_milliseconds: down,
            excluded_milliseconds,
            excluded: excluded_by_reason,
            outages: count,
            outages_not_counted: not_counted,
            longest_outage_milliseconds: (count > 0).then_some(longest),
            mean_time_to_recover_milliseconds: ended_milliseconds.checked_div(ended),
            mean_time_between_failures_milliseconds: up.checked_div(began),
        };
        Sums { figures, outages, timeline: self.strip.finish(), was_never_there }
    }
}
