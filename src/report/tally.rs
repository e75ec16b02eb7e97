//! One timeline's time, added up as it goes by.

use super::{
    condition::{Condition, Exclusions, Weight},
    document::{Excluded, Figures, Outage, Stretch},
    outages::{OutageTotals, Outages},
    strip::Strip,
    window::Window,
};
use crate::domain::{Span, Timestamp};

/// Where a timeline takes on a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What it is from then on.
    pub condition: Condition,
}

/// Time by what it was, outages, and a drawing.
#[derive(Clone, Debug)]
pub struct Tally {
    exclusions: Exclusions,
    window_milliseconds: u64,
    by_condition: [u64; Condition::ALL.len()],
    /// The outages; who goes through the timeline says when one begins and ends.
    pub outages: Outages,
    strip: Strip,
    steps: Option<Vec<Step>>,
}

/// What a tally comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The figures.
    pub figures: Figures,
    /// The outages, in order.
    pub outages: Vec<Outage>,
    /// The drawing.
    pub timeline: Vec<Stretch>,
    /// The steps, where they were asked for.
    pub steps: Vec<Step>,
    /// Whether it was never there to be looked at: gone, or not seen yet, throughout.
    pub was_never_there: bool,
}

impl Tally {
    /// Nothing so far. `keeps_steps` where the timeline is to be joined with others.
    pub fn new(window: &Window, exclusions: &Exclusions, keeps_steps: bool) -> Tally {
        Tally {
            exclusions: exclusions.clone(),
            window_milliseconds: window.span().milliseconds(),
            by_condition: [0; Condition::ALL.len()],
            outages: Outages::new(window),
            strip: Strip::new(window),
            steps: keeps_steps.then(Vec::new),
        }
    }

    /// What time in `condition` counts as.
    pub fn weigh(&self, condition: Condition) -> Weight {
        self.exclusions.weigh(condition)
    }

    /// What follows: stretches come in order, without holes, and within the window.
    pub fn add(&mut self, span: Span, condition: Condition, state: Option<&str>) {
        if span.is_empty() {
            return;
        }
        self.by_condition[condition as usize] += span.milliseconds();
        if self.weigh(condition) == Weight::Down {
            self.outages.count(span);
        }
        self.strip.push(span, condition, state);
        if let Some(steps) = &mut self.steps
            && steps.last().is_none_or(|last| last.condition != condition)
        {
            steps.push(Step { at: span.from, condition });
        }
    }

    /// What it comes to; what is still going on was last seen so at `last_seen_at`.
    pub fn finish(self, last_seen_at: Option<Timestamp>) -> Statement {
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
        let was_never_there =
            !was_there && (time(Condition::Removed) > 0 || time(Condition::Undiscovered) == self.window_milliseconds);
        let (up, down) = (sum(Weight::Up), sum(Weight::Down));
        let unseen = time(Condition::Unmonitored) + time(Condition::Undiscovered);
        let excluded_by_reason = Excluded {
            unmonitored: excluded(Condition::Unmonitored),
            undiscovered: excluded(Condition::Undiscovered),
            unknown: excluded(Condition::Unknown),
            pending: excluded(Condition::Pending),
            testing: excluded(Condition::Testing),
            removed: excluded(Condition::Removed),
        };
        let excluded_milliseconds = sum(Weight::Excluded);
        let (outages, totals) = self.outages.finish(last_seen_at);
        let OutageTotals { count, longest, began, ended, ended_milliseconds } = totals;
        let figures = Figures {
            availability: (up + down > 0).then(|| up as f64 / (up + down) as f64),
            coverage: self.window_milliseconds.saturating_sub(unseen) as f64 / self.window_milliseconds.max(1) as f64,
            up_milliseconds: up,
            down_milliseconds: down,
            excluded_milliseconds,
            excluded: excluded_by_reason,
            outages: count,
            longest_outage_milliseconds: (count > 0).then_some(longest),
            mean_time_to_recover_milliseconds: ended_milliseconds.checked_div(ended),
            mean_time_between_failures_milliseconds: up.checked_div(began),
        };
        Statement {
            figures,
            outages,
            timeline: self.strip.finish(),
            steps: self.steps.unwrap_or_default(),
            was_never_there,
        }
    }
}
