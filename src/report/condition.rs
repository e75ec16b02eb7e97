//! What can be said of an item at an instant, and what that counts as.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Health;

/// What is known of an item, or of a group of them, at an instant: its health, or why there is none to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Not yet seen for the first time.
    Undiscovered,
    /// Being taken away, or gone.
    Removed,
    /// Not yet in service.
    Pending,
    /// Out of service on purpose: a failover test.
    Testing,
    /// Out of service, and not on purpose.
    Down,
    /// AWS does not say, or says it in a word the program does not know.
    Unknown,
    /// Nobody looked.
    Unmonitored,
    /// In service.
    Up,
}

impl Condition {
    /// Every condition, in the order in which a legend tells them.
    pub const ALL: [Condition; 8] = [
        Condition::Up,
        Condition::Down,
        Condition::Testing,
        Condition::Unknown,
        Condition::Pending,
        Condition::Removed,
        Condition::Unmonitored,
        Condition::Undiscovered,
    ];

    /// What an item of this health is in.
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
            Condition::Removed => "removed",
            Condition::Pending => "pending",
            Condition::Testing => "testing",
            Condition::Down => "down",
            Condition::Unknown => "unknown",
            Condition::Unmonitored => "unmonitored",
            Condition::Up => "up",
        }
    }

    /// What two paths side by side are in together.
    ///
    /// One that is up suffices. Where none is known to be up but one could be (nobody looked, AWS does not say),
    /// nothing can be said. Otherwise one that is down on nobody's purpose makes it an outage. The order of declaration
    /// is this order.
    pub fn or(self, other: Condition) -> Condition {
        self.max(other)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What an instant counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// For availability.
    Up,
    /// Against it.
    Down,
    /// Neither.
    Excluded,
}

/// The conditions whose time is left out of availability. Unmonitored time and time before the first sight always are:
/// nothing is known of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusions(BTreeSet<Condition>);

impl Exclusions {
    /// What a reader may choose to leave out, or to count as down.
    pub const CHOICES: [Condition; 4] =
        [Condition::Unknown, Condition::Pending, Condition::Testing, Condition::Removed];

    /// Leaves out `chosen`; what else is not up counts as down.
    pub fn only(chosen: impl IntoIterator<Item = Condition>) -> Exclusions {
        Exclusions(chosen.into_iter().filter(|condition| Exclusions::CHOICES.contains(condition)).collect())
    }

    /// What time in `condition` counts as.
    pub fn weigh(&self, condition: Condition) -> Weight {
        match condition {
            Condition::Up => Weight::Up,
            Condition::Unmonitored | Condition::Undiscovered => Weight::Excluded,
            other if self.0.contains(&other) => Weight::Excluded,
            _ => Weight::Down,
        }
    }

    /// What a reader could have left out, but counts as down.
    pub fn counted_as_down(&self) -> Vec<Condition> {
        Exclusions::CHOICES.into_iter().filter(|choice| !self.0.contains(choice)).collect()
    }
}

impl Default for Exclusions {
    /// Leaves out all that is neither up nor down.
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
    fn one_path_up_suffices_and_one_unseen_leaves_it_open() {
        use Condition::{Down, Pending, Removed, Testing, Undiscovered, Unknown, Unmonitored, Up};
        assert_eq!(Down.or(Up), Up);
        assert_eq!(Unmonitored.or(Up), Up);
        assert_eq!(Down.or(Unmonitored), Unmonitored);
        assert_eq!(Down.or(Unknown), Unknown);
        assert_eq!(Down.or(Testing), Down);
        assert_eq!(Pending.or(Down).or(Removed).or(Undiscovered), Down);
        assert_eq!(Testing.or(Removed), Testing);
    }

    #[test]
    fn what_is_not_left_out_counts_as_down_unless_nobody_looked() {
        let weigh = |exclusions: &Exclusions| Condition::ALL.map(|condition| exclusions.weigh(condition));
        use Weight::{Down, Excluded, Up};
        assert_eq!(
            weigh(&Exclusions::default()),
            [Up, Down, Excluded, Excluded, Excluded, Excluded, Excluded, Excluded]
        );
        let testing = Exclusions::only([Condition::Testing, Condition::Up]);
        assert_eq!(weigh(&testing), [Up, Down, Excluded, Down, Down, Down, Excluded, Excluded]);
        assert_eq!(testing.counted_as_down(), [Condition::Unknown, Condition::Pending, Condition::Removed]);
    }
}
