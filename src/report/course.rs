//! The course of an item that others depend on: its conditions step by step, and what its events say that it hangs on. Of
//! these the report is made of what takes several items together: locations, the estate, destinations.

use super::condition::Condition;
use crate::{
    domain::{DestinationKind, ItemDescription, Timestamp},
    incident::{Condition as Standing, leads_to},
};

/// A change of condition in a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// The condition from then on.
    pub condition: Condition,
    /// What the last known state means for what runs over the item.
    pub standing: Standing,
}

/// What a virtual interface hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The connection or LAG that it runs over.
    pub connection: Option<String>,
    /// Where it leads to.
    pub leads_to: Option<(DestinationKind, String)>,
}

impl Relation {
    /// As a description of the interface says.
    pub fn of(item: &ItemDescription) -> Relation {
        Relation { connection: item.connection_id.clone(), leads_to: leads_to(item) }
    }
}

/// Successive events that say the same of what an interface hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// When the first of them was.
    pub first: Timestamp,
    /// When the last of them was.
    pub last: Timestamp,
    /// What they say.
    pub relation: Relation,
}

/// The course of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Its conditions, from the beginning of the window.
    pub steps: Vec<Step>,
    /// What the events of an interface say, by time. None where there was none in the window.
    pub runs: Vec<Run>,
}

impl Course {
    /// The item is in a condition from an instant on.
    pub fn step(&mut self, step: Step) {
        let is_same = |last: &Step| (last.condition, last.standing) == (step.condition, step.standing);
        if !self.steps.last().is_some_and(is_same) {
            self.steps.push(step);
        }
    }

    /// An event says what the interface hangs on.
    pub fn relate(&mut self, at: Timestamp, relation: &Relation) {
        match self.runs.last_mut() {
            Some(run) if run.relation == *relation => run.last = at,
            _ => self.runs.push(Run { first: at, last: at, relation: relation.clone() }),
        }
    }
}
