//! What is known of an item at an instant, and whether that counts as up, as down or not at all.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::Serialize;

use super::choice::PlannedChoice;
use crate::domain::Health;

/// What is known of an item, or of a group of them, at an instant: its health, or why the health is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Not yet seen for the first time.
    Undiscovered,
    /// Its kind or its region is polled no longer.
    Retired,
    /// Being removed, or gone.
    Removed,
    /// Not yet in service.
    Pending,
    /// Out of service for a failover test.
    Testing,
    /// Out of service within planned time.
    Planned,
    /// Out of service.
    Down,
    /// AWS does not report the state, or reports a word that the program does not know.
    Unknown,
    /// No complete listing for too long.
    Unmonitored,
    /// In service.
    Up,
}

impl Condition {
    /// Every condition, in the order of a legend.
    pub const ALL: [Condition; 10] = [
        Condition::Up,
        Condition::Down,
        Condition::Planned,
        Condition::Testing,
        Condition::Unknown,
        Condition::Pending,
        Condition::Removed,
        Condition::Retired,
        Condition::Unmonitored,
        Condition::Undiscovered,
    ];

    /// The condition of an item of this health.
    pub fn of(health: Health) -> Condition {
        match health {
            Health::Pending => Condition::Pending,
            Health::Up => Condition::Up,
            Health::Down => Condition::Down,
            Health::Testing => Condition::Testing,
            Health::Removed => Condition::Removed,
            Health::Unknown => Condition::Unknown,
        }
    }

    /// The word in documents and style sheets.
    pub fn as_str(self) -> &'static str {
        match self {
            Condition::Undiscovered => "undiscovered",
            Condition::Retired => "retired",
            Condition::Removed => "removed",
            Condition::Pending => "pending",
            Condition::Testing => "testing",
            Condition::Planned => "planned",
            Condition::Down => "down",
            Condition::Unknown => "unknown",
            Condition::Unmonitored => "unmonitored",
            Condition::Up => "up",
        }
    }

    /// The condition of two redundant paths together.
    ///
    /// It is up if one of them is. Where none is known to be up, but one may be (it is unmonitored or unknown), theirs is
    /// not known either. Otherwise it is down if one of them is; only where each that is down is so for planned work, that
    /// is planned. The conditions are declared in this order.
    pub fn or(self, other: Condition) -> Condition {
        self.max(other)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What time in a condition counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Up time.
    Up,
    /// Down time.
    Down,
    /// Neither.
    Excluded,
}

/// The conditions whose time is excluded from availability. Unmonitored and retired time and time before the first
/// sight always are; planned down time is by choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusions {
    chosen: BTreeSet<Condition>,
    planned: PlannedChoice,
}

impl Exclusions {
    /// The conditions that a reader may choose to exclude, or to count as down.
    pub const CHOICES: [Condition; 4] =
        [Condition::Unknown, Condition::Pending, Condition::Testing, Condition::Removed];

    /// Excludes `chosen`. The other choices count as down.
    pub fn only(chosen: impl IntoIterator<Item = Condition>) -> Exclusions {
        let chosen = chosen.into_iter().filter(|condition| Exclusions::CHOICES.contains(condition)).collect();
        Exclusions { chosen, planned: PlannedChoice::default() }
    }

    /// The same, with another choice about planned time.
    pub fn with_planned(self, planned: PlannedChoice) -> Exclusions {
        Exclusions { planned, ..self }
    }

    /// The choice about planned time.
    pub fn planned(&self) -> &PlannedChoice {
        &self.planned
    }

    /// What time in `condition` counts as.
    pub fn weigh(&self, condition: Condition) -> Weight {
        match condition {
            Condition::Up => Weight::Up,
            Condition::Unmonitored | Condition::Undiscovered | Condition::Retired => Weight::Excluded,
            Condition::Planned if self.planned.is_excluded() => Weight::Excluded,
            other if self.chosen.contains(&other) => Weight::Excluded,
            _ => Weight::Down,
        }
    }

    /// The choices that are not excluded, and so count as down.
    pub fn counted_as_down(&self) -> Vec<Condition> {
        Exclusions::CHOICES.into_iter().filter(|choice| !self.chosen.contains(choice)).collect()
    }
}

impl Default for Exclusions {
    /// Excludes every condition but up and down.
    fn default() -> Self {
        Exclusions::only(Exclusions::CHOICES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_health_is_a_condition_of_the_same_name() {
        for health in Health::ALL {
            assert_eq!(Condition::of(health).as_str(), health.as_str());
        }
        for condition in Condition::ALL {
            assert_eq!(serde_json::to_value(condition).unwrap(), condition.as_str());
        }
    }

    #[test]
    fn paths_together_are_up_if_one_is_and_unknown_if_one_may_be() {
        use Condition::{Down, Pending, Planned, Removed, Retired, Testing, Undiscovered, Unknown, Unmonitored, Up};
        assert_eq!(Down.or(Up), Up);
        assert_eq!(Planned.or(Down), Down, "planned work on one path does not excuse the other");
        assert_eq!(Planned.or(Testing).or(Pending), Planned);
        assert_eq!(Planned.or(Unknown), Unknown);
        assert_eq!(Unmonitored.or(Up), Up);
        assert_eq!(Down.or(Unmonitored), Unmonitored);
        assert_eq!(Down.or(Unknown), Unknown);
        assert_eq!(Down.or(Testing), Down);
        assert_eq!(Pending.or(Down).or(Removed).or(Undiscovered), Down);
        assert_eq!(Testing.or(Removed), Testing);
        assert_eq!(Retired.or(Down), Down, "what is polled no longer is no path");
    }

    #[test]
    fn conditions_that_are_not_excluded_count_as_down_but_unmonitored_time_never_does() {
        let weigh = |exclusions: &Exclusions| Condition::ALL.map(|condition| exclusions.weigh(condition));
        use Weight::{Down, Excluded, Up};
        assert_eq!(
            weigh(&Exclusions::default()),
            [Up, Down, Down, Excluded, Excluded, Excluded, Excluded, Excluded, Excluded, Excluded]
        );
        let testing = Exclusions::only([Condition::Testing, Condition::Up]);
        assert_eq!(weigh(&testing), [Up, Down, Down, Excluded, Down, Down, Down, Excluded, Excluded, Excluded]);
        assert_eq!(testing.counted_as_down(), [Condition::Unknown, Condition::Pending, Condition::Removed]);
        let without_work = Exclusions::default().with_planned(PlannedChoice::excluding(PlannedChoice::USUAL));
        assert_eq!((without_work.weigh(Condition::Planned), without_work.weigh(Condition::Down)), (Excluded, Down));
    }
}
