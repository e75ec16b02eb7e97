//! What a state means for traffic, whichever word AWS uses for it.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a state means for those who depend on the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Not yet in service.
    Pending,
    /// In service.
    Up,
    /// Out of service.
    Down,
    /// Out of service for a failover test.
    Testing,
    /// Being removed, or gone.
    Removed,
    /// AWS does not report the state, or reports a word that the program does not know.
    Unknown,
}

impl Health {
    /// Every health, in the order of declaration.
    pub const ALL: [Health; 6] =
        [Health::Pending, Health::Up, Health::Down, Health::Testing, Health::Removed, Health::Unknown];

    /// Every health, the most urgent first.
    pub const BY_URGENCY: [Health; 6] =
        [Health::Down, Health::Unknown, Health::Testing, Health::Pending, Health::Up, Health::Removed];

    /// Its rank in every list that has the worst first, from 0.
    ///
    /// `down` comes first. Then come `unknown`, which may be down, and `testing`, which has to come back. `pending` is
    /// above `up`, since people are waiting for it. `removed` comes last, although it does not work either: it stays in
    /// the store for more than a year, and nothing can be done about it.
    pub fn urgency(self) -> u8 {
        match self {
            Health::Down => 0,
            Health::Unknown => 1,
            Health::Testing => 2,
            Health::Pending => 3,
            Health::Up => 4,
            Health::Removed => 5,
        }
    }

    /// The word in events, tables and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Health::Pending => "pending",
            Health::Up => "up",
            Health::Down => "down",
            Health::Testing => "testing",
            Health::Removed => "removed",
            Health::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Health {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Health::ALL
            .into_iter()
            .find(|health| health.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a health; they are {}", Health::ALL.map(Health::as_str).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_health_comes_first() {
        assert!(Health::BY_URGENCY.is_sorted_by_key(|health| health.urgency()));
        assert!(Health::ALL.iter().all(|health| Health::BY_URGENCY[usize::from(health.urgency())] == *health));
    }

    #[test]
    fn only_the_exact_word_of_a_health_is_read() {
        for health in Health::ALL {
            assert_eq!(health.as_str().parse(), Ok(health));
        }
        let error = "Up".parse::<Health>().unwrap_err();
        assert_eq!(error, "\"Up\" is not a health; they are pending, up, down, testing, removed, unknown");
    }
}
