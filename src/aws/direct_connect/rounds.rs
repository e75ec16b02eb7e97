//! Whose routes an observation asks for. Each interface costs a call, so an observation asks for a part of them: those that
//! were asked for longest ago. Within a round of observations all have been asked for.
//!
//! A list is the routes of an interface in one address family. It is asked for while the family's session is up, and was up
//! already in the observation before: a router needs a moment to announce what it has. A list that could not be asked for
//! is idle, and stays so until it is read.
//!
//! What was asked for when is kept in the memory of the process. A new process begins a round, in an order of its own, so
//! that all have their turn even where each poll is of a new process.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{BuildHasher, RandomState},
};

use crate::domain::KindTurns;

/// How routes are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoutesReading {
    /// Once in how many observations those of an interface are.
    pub(super) every: usize,
    /// Whether their prefixes are kept, or only counted.
    pub(super) keeps_prefixes: bool,
}

/// The sessions of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sessions {
    /// By address family: whether one of them is up.
    pub(super) is_up: BTreeMap<String, bool>,
}

/// What is known of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// This process has not read it yet.
    New,
    /// It was not to be asked for, and was not read since.
    Idle,
    /// It was read last by this observation.
    Read(usize),
    /// It could not be read, when it was asked for last.
    Unread(String),
}

/// A list, as the last observation left it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct List {
    was_up: bool,
    standing: Standing,
}

/// How the routes of an interface were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// To the end.
    Read,
    /// Not to the end, for this reason.
    Unread(String),
    /// The interface was gone.
    Gone,
    /// The endpoint does not have the operation.
    Unknown,
}

/// An interface to ask for, with the families that count.
pub(super) type Asked = (String, BTreeSet<String>);

/// What was asked for when.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    /// How many observations there were.
    observations: usize,
    lists: BTreeMap<(String, String), List>,
    /// The observation that asked for each interface last.
    asked: HashMap<String, usize>,
    order: RandomState,
    /// Whether the endpoint does not have the operation.
    is_unknown: bool,
}

impl Rounds {
    /// An observation that cannot tell which interfaces there are: it asks for none.
    pub(super) fn skip(&mut self) {
        self.observations += 1;
    }

    /// Begins an observation of these interfaces. Returns those to ask for: one in `every`.
    pub(super) fn begin(&mut self, every: usize, interfaces: &BTreeMap<String, Sessions>) -> Vec<Asked> {
        let is_first = self.observations == 0;
        self.observations += 1;
        let mut lists = BTreeMap::new();
        let mut ready: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (interface, sessions) in interfaces {
            for (family, is_up) in &sessions.is_up {
                let key = (interface.clone(), family.clone());
                let known = self.lists.remove(&key);
                let was_up = known.as_ref().map_or(is_first, |known| known.was_up);
                let standing = match known {
                    Some(known) if *is_up => known.standing,
                    None if *is_up && is_first => Standing::New,
                    _ => Standing::Idle,
                };
                lists.insert(key, List { was_up: *is_up, standing });
                if *is_up && was_up {
                    ready.entry(interface).or_default().insert(family.clone());
                }
            }
        }
        self.lists = lists;
        self.asked.retain(|interface, _| interfaces.contains_key(interface));
        self.choose(every.max(1), ready)
    }

    /// Those whose turn it is.
    fn choose(&mut self, every: usize, ready: BTreeMap<&str, BTreeSet<String>>) -> Vec<Asked> {
        let number = match self.is_unknown {
            // Now and then, whether it has the operation by now.
            true => usize::from(self.observations.is_multiple_of(every)),
            false => ready.len().div_ceil(every),
        };
        let mut ready: Vec<(&str, BTreeSet<String>)> = ready.into_iter().collect();
        // `None` sorts first.
        ready
            .sort_by_cached_key(|(interface, _)| (self.asked.get(*interface).copied(), self.order.hash_one(interface)));
        ready.truncate(number);
        for (interface, _) in &ready {
            self.asked.insert((*interface).to_owned(), self.observations);
        }
        ready.into_iter().map(|(interface, families)| (interface.to_owned(), families)).collect()
    }

    /// Notes how an interface that was asked for was read.
    pub(super) fn note(&mut self, (interface, families): &Asked, outcome: &Outcome) {
        if self.is_unknown != (*outcome == Outcome::Unknown) {
            self.is_unknown = *outcome == Outcome::Unknown;
            let knows = if self.is_unknown { "does not have" } else { "has" };
            tracing::info!(
                "Direct Connect {knows} ListVirtualInterfaceRoutes here: routes are watched where it is known"
            );
        }
        let standing = match outcome {
            Outcome::Read => Standing::Read(self.observations),
            Outcome::Unread(why) => Standing::Unread(why.clone()),
            Outcome::Gone | Outcome::Unknown => Standing::Idle,
        };
        for family in families {
            if let Some(list) = self.lists.get_mut(&(interface.clone(), family.clone())) {
                list.standing = standing.clone();
            }
        }
    }

    /// What this observation did not ask for, and all lists that were to be read by now, each with why it was not.
    pub(super) fn end(&self) -> (KindTurns, Vec<(String, Option<String>)>) {
        let mut turns = KindTurns { unwatched: self.is_unknown, oldest: Some(0), ..KindTurns::default() };
        let mut due = Vec::new();
        if self.is_unknown {
            return (turns, due);
        }
        for ((interface, family), list) in &self.lists {
            let id = list_id(interface, family);
            match &list.standing {
                Standing::Idle => drop(turns.idle.insert(id)),
                Standing::Unread(why) => due.push((id, Some(why.clone()))),
                Standing::New => {
                    turns.oldest = None;
                    turns.waiting.insert(id);
                }
                Standing::Read(observation) => {
                    let ago = self.observations - observation;
                    turns.oldest = turns.oldest.map(|oldest| oldest.max(ago));
                    due.push((id.clone(), None));
                    if ago > 0 {
                        turns.waiting.insert(id);
                    }
                }
            }
        }
        (turns, due)
    }
}

/// The id of an item that stands for the routes of an interface in an address family.
pub(super) fn list_id(interface: &str, family: &str) -> String {
    format!("{interface}:{family}")
}

#[cfg(test)]
mod tests;
