//! A number of items in one line: how many of each kind, and how many of each health.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::MapItem;
use crate::{
    domain::{Health, Kind},
    words,
};

/// Items that are counted instead of drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    kinds: BTreeMap<Kind, u64>,
    healths: BTreeMap<u8, u64>,
    stale: u64,
    retired: u64,
    /// The open incidents that some of them are in.
    pub incidents: BTreeSet<Uuid>,
    /// Their places in [`Estate::items`](super::Estate::items).
    pub places: BTreeSet<usize>,
}

impl Tally {
    /// Counts an item, by its place.
    pub fn add(&mut self, items: &[MapItem], place: usize) {
        let item = &items[place];
        self.places.insert(place);
        *self.kinds.entry(item.item.kind).or_default() += 1;
        *self.healths.entry(item.health().urgency()).or_default() += 1;
        self.stale += u64::from(item.is_stale);
        self.retired += u64::from(item.is_retired);
        self.incidents.extend(item.incident);
    }

    /// How many they are.
    pub fn count(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// The most urgent of their healths.
    pub fn worst(&self) -> Health {
        let worst = self.healths.keys().next();
        worst.map_or(Health::Up, |urgency| Health::BY_URGENCY[usize::from(*urgency)])
    }

    /// The line: `4 connections, 12 virtual interfaces: 3 down, 13 up`. Only what is not up is counted by health.
    pub fn words(&self) -> String {
        let kinds: Vec<String> =
            self.kinds.iter().map(|(kind, count)| words::counted(*count, kind.label(), kind.plural())).collect();
        let health = |urgency: &u8| Health::BY_URGENCY[usize::from(*urgency)];
        let healths = self.healths.iter().map(|(urgency, count)| format!("{count} {}", health(urgency)));
        let more = [(self.stale, "stale"), (self.retired, "retired")].into_iter().filter(|(count, _)| *count > 0);
        let mut conditions: Vec<String> = match self.worst() {
            Health::Up => Vec::new(),
            _ => healths.collect(),
        };
        conditions.extend(more.map(|(count, word)| format!("{count} {word}")));
        let conditions = if conditions.is_empty() { "all up".to_owned() } else { conditions.join(", ") };
        format!("{}: {conditions}", kinds.join(", "))
    }
}
