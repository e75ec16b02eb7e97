//! Which planned time a report keeps apart from the rest of the down time, and whether it is left out.

use std::collections::BTreeSet;

use crate::domain::PlannedBy;

/// Whose planned time counts as planned, and whether it is left out of availability.
///
/// By default what AWS itself shows counts: announced work, and failover tests. A silence is its author's own word about
/// time that the report may be held against, so it counts only where the reader asks for it by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChoice {
    counted: BTreeSet<PlannedBy>,
    is_excluded: bool,
}

impl PlannedChoice {
    /// What counts where nothing else is chosen.
    pub const USUAL: [PlannedBy; 2] = [PlannedBy::AwsHealth, PlannedBy::FailoverTest];

    /// Leaves out what is planned by these.
    pub fn excluding(counted: impl IntoIterator<Item = PlannedBy>) -> PlannedChoice {
        PlannedChoice { counted: counted.into_iter().collect(), is_excluded: true }
    }

    /// Whether what this one plans counts.
    pub fn counts(&self, by: PlannedBy) -> bool {
        self.counted.contains(&by)
    }

    /// All whose planned time counts.
    pub fn counted(&self) -> impl Iterator<Item = PlannedBy> {
        self.counted.iter().copied()
    }

    /// Whether planned down time is left out of availability.
    pub fn is_excluded(&self) -> bool {
        self.is_excluded
    }
}

impl Default for PlannedChoice {
    /// Keeps it apart from the rest, and counts it as down.
    fn default() -> Self {
        PlannedChoice { counted: PlannedChoice::USUAL.into(), is_excluded: false }
    }
}
