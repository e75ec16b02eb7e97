//! When redundancy was last needed, and held: the recorded incidents that took a path to a destination and left one.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use crate::{
    domain::{Category, RecordedIncident, Timestamp},
    incident::Target,
};

/// An outage or a failover test that took some paths to a destination, and at no time all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exercise {
    /// When it began.
    pub at: Timestamp,
    /// The incident.
    pub incident_id: Uuid,
    /// Whether it was an outage or a test.
    pub category: Category,
    /// The fewest paths that were left.
    pub paths_left: u64,
    /// How many there would have been without it.
    pub paths_before: u64,
}

/// The exercises of all destinations, as the documents are read.
#[derive(Clone, Debug, Default)]
pub struct Exercises(BTreeMap<(String, Target), BTreeMap<Uuid, Exercise>>);

impl Exercises {
    /// Takes in a document of an incident.
    pub fn read(&mut self, document: RecordedIncident<'_>) {
        let category = document.category().filter(|category| matches!(category, Category::Outage | Category::Test));
        let id = document.incident_id().and_then(|id| id.parse().ok());
        let (Some(category), Some(incident_id), Some(at)) = (category, id, document.since()) else { return };
        if document.is_drill() {
            return;
        }
        for destination in document.destinations() {
            let Some(kind) = destination.kind() else { continue };
            if destination.paths() >= destination.paths_before() {
                continue;
            }
            let target =
                Target { kind, id: destination.id().to_owned(), family: destination.address_family().to_owned() };
            let incidents = self.0.entry((document.account().to_owned(), target)).or_default();
            let (paths_left, paths_before) = (destination.paths(), destination.paths_before());
            let first = Exercise { at, incident_id, category, paths_left, paths_before };
            let known = incidents.entry(incident_id).or_insert(first);
            known.paths_left = known.paths_left.min(paths_left);
            known.paths_before = known.paths_before.max(paths_before);
        }
    }

    /// The last one of a destination that left it a path throughout.
    pub(super) fn of(&self, account: &str, target: &Target) -> Option<Exercise> {
        let incidents = self.0.get(&(account.to_owned(), target.clone()))?.values();
        incidents.filter(|exercise| exercise.paths_left > 0).max_by_key(|exercise| exercise.at).cloned()
    }
}
