//! The rows that earlier polls left in the store, free of any store's own types.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    accepted::PrefixRow,
    description::ItemDescription,
    gap::ParentGap,
    health::Health,
    incident::{IncidentRow, KnownResilience},
    kind::Kind,
    scope::{ItemKey, Scope},
    state::State,
    timestamp::Timestamp,
};

/// The state that an uncertain sight gives its item once it is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// Missing from every counted listing: it may have been deleted.
    Absent,
    /// AWS reports `unknown`, or alternated between `unknown` and not listing it.
    Unknown,
}

/// A run of uncertain sights that is neither confirmed nor refuted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// The state that it would become.
    pub state: Suspicion,
    /// How many successive observations were counted.
    pub polls: u64,
    /// The end of the first of them, which is the time of the transition once it is confirmed.
    pub since: Timestamp,
    /// The beginning of the last of them that was counted.
    pub at: Timestamp,
    /// The beginning of the last observation that certainly saw the item in the state of its row. The item changed
    /// after that. Rows of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// The beginning of the last observation that listed the item, as `unknown`: the item may be missing from those
    /// after it. None where it was missing from all of them. Rows of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_at: Option<Timestamp>,
}

/// The confirmation that turns uncertain sights into a transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The suspect as it was recalled.
    pub suspect: Suspect,
    /// The beginning of the confirming observation, if that did not see the confirmed state itself: `unknown` and
    /// missing alternated, and the item was missing last.
    pub missed_at: Option<Timestamp>,
}

/// An item's last known state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRow {
    /// Its state.
    pub state: State,
    /// When it was first seen so: the end of that observation.
    pub since: Timestamp,
    /// The beginning of the last observation that is recorded as having seen this state. Later complete listings saw it
    /// too, and wrote nothing. Rows of older versions have none.
    pub seen_at: Option<Timestamp>,
    /// The beginning of the observation that the state was recorded from, if that did not see it: see
    /// [`Confirmation::missed_at`].
    pub missed_at: Option<Timestamp>,
    /// Whether the item is new and has never been `up`.
    pub never_up: bool,
    /// How many transitions it has made, discovery included.
    pub sequence: u64,
    /// When the last of them occurred.
    pub last_transition_at: Timestamp,
    /// Each sink's cursor: the sequence of the last transition that it acknowledged. Sinks that this version does not
    /// know are included.
    pub announced: BTreeMap<String, u64>,
    /// Its suspect, while there is one.
    pub suspect: Option<Suspect>,
    /// The item's open outage, while there is one.
    pub incident_id: Option<Uuid>,
    /// The incident that the item is in, or was in last.
    pub group: Option<Uuid>,
    /// The item's last known description.
    pub details: Arc<ItemDescription>,
    /// When the row may be deleted, in seconds since 1970, once its item is removed.
    pub expires_at: Option<i64>,
}

impl StateRow {
    /// A sink's cursor on this item. A sink without one starts at the row's own sequence.
    pub fn cursor(&self, sink: &str) -> u64 {
        self.announced.get(sink).copied().unwrap_or(self.sequence)
    }

    /// Whether the item is not yet in service, so that `down` is a step on its way there.
    ///
    /// An item that is `pending` and in no outage counts as such, even without `never_up`: an older version does not
    /// write that attribute, and an item that was removed and is ordered again is turned up anew. An item in an outage
    /// has been up, even with `never_up`: an older version wrote the outage and kept the attribute.
    pub fn is_being_turned_up(&self) -> bool {
        let health = self.state.health();
        health != Health::Up && self.incident_id.is_none() && (self.never_up || health == Health::Pending)
    }

    /// The beginning of the last observation that certainly saw the item in the row's state. `last_settled_at` is the
    /// last listing of its kind whose transitions are all recorded; after an uncertain sight, that listing does not
    /// count.
    pub fn last_seen_at(&self, last_settled_at: Option<Timestamp>) -> Timestamp {
        let on_record = self.seen_at.unwrap_or(self.since);
        match &self.suspect {
            Some(suspect) => suspect.last_seen_at.unwrap_or(on_record),
            None => {
                let saw_it_so = last_settled_at.filter(|settled| self.missed_at.is_none_or(|missed| missed < *settled));
                saw_it_so.map_or(on_record, |settled| settled.max(on_record))
            }
        }
    }
}

/// The progress of monitoring one kind in one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindProgress {
    /// When the first complete listing was completely recorded. An item first seen earlier belongs to the baseline.
    pub baseline_at: Option<Timestamp>,
    /// When the baseline was announced on the last of the sinks for people.
    pub baseline_announced: Option<Timestamp>,
    /// The sinks for people on which it was announced, while others did not accept it.
    pub announced_on: BTreeSet<String>,
    /// The beginning of the last complete listing.
    pub last_complete_at: Option<Timestamp>,
    /// The beginning of the last complete listing whose transitions are all recorded, if that is an earlier one: then
    /// the last complete listing ended unmonitored time, and not all that it showed could be written.
    pub settled_at: Option<Timestamp>,
    /// Since when the kind is no longer configured; none while it is polled.
    pub retired_at: Option<Timestamp>,
    /// The parents whose children could not be read by the last complete listing, with their gaps.
    pub gaps: BTreeMap<String, ParentGap>,
}

/// The row `poll` of a scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PollRow {
    /// Progress by kind; kinds never listed completely are left out.
    pub kinds: BTreeMap<Kind, KindProgress>,
    /// The time between the scope's last two regular polls.
    pub interval_seconds: Option<u64>,
    /// When the last regular poll began that listed anything completely; none where an older version wrote the row.
    pub last_regular_at: Option<Timestamp>,
}

impl PollRow {
    /// The beginning of the last complete listing of `kind`.
    pub fn last_complete_at(&self, kind: Kind) -> Option<Timestamp> {
        self.kinds.get(&kind).and_then(|progress| progress.last_complete_at)
    }

    /// The beginning of the last complete listing of `kind` whose transitions are all recorded.
    pub fn last_settled_at(&self, kind: Kind) -> Option<Timestamp> {
        self.kinds.get(&kind).and_then(|progress| progress.settled_at.or(progress.last_complete_at))
    }

    /// Whether `kind` has its baseline.
    pub fn has_baseline(&self, kind: Kind) -> bool {
        self.kinds.get(&kind).is_some_and(|progress| progress.baseline_at.is_some())
    }

    /// Since when `kind` is no longer configured; none while it is polled.
    pub fn retired_at(&self, kind: Kind) -> Option<Timestamp> {
        self.kinds.get(&kind).and_then(|progress| progress.retired_at)
    }

    /// The beginning of the last poll that listed anything completely.
    pub fn last_poll_at(&self) -> Option<Timestamp> {
        self.kinds.values().filter_map(|progress| progress.last_complete_at).max()
    }
}

/// A row of the list of scopes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedScope {
    /// The scope.
    pub scope: Scope,
    /// Since when it is no longer configured; none while it is polled.
    pub retired_at: Option<Timestamp>,
}

/// Everything that the store knows of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalled {
    /// The scope.
    pub scope: Scope,
    /// The state rows of the kinds that this version knows.
    pub states: BTreeMap<ItemKey, StateRow>,
    /// The scope's poll row; none before the first poll.
    pub poll: Option<PollRow>,
    /// The incidents of the scope, those that have ended within the last days included.
    pub incidents: BTreeMap<Uuid, IncidentRow>,
    /// How many rows of incidents this version cannot read, since a newer one wrote them.
    pub unreadable_incidents: usize,
    /// The rows of prefixes, by the virtual interface's id.
    pub prefixes: BTreeMap<String, PrefixRow>,
    /// What was known of the resilience of the account's destinations, in its global scope; none before the first comparison.
    pub resilience: Option<KnownResilience>,
}

impl Recalled {
    /// What a store knows of a scope that was never polled.
    pub fn nothing(scope: Scope) -> Recalled {
        Recalled {
            scope,
            states: BTreeMap::new(),
            poll: None,
            incidents: BTreeMap::new(),
            unreadable_incidents: 0,
            prefixes: BTreeMap::new(),
            resilience: None,
        }
    }

    /// The kinds that the store has rows or progress of.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        let polled = self.poll.iter().flat_map(|poll| poll.kinds.keys().copied());
        polled.chain(self.states.keys().map(|key| key.kind)).collect()
    }

    /// How many incidents are open.
    pub fn open_incidents(&self) -> u64 {
        self.incidents.values().filter(|incident| incident.state.status.is_open()).count() as u64
    }

    /// The open incident that the item of `row` is in.
    pub fn open_incident(&self, row: &StateRow) -> Option<Uuid> {
        row.group.filter(|id| self.incidents.get(id).is_some_and(|incident| incident.state.status.is_open()))
    }

    /// Whether `kind` has its baseline.
    pub fn has_baseline(&self, kind: Kind) -> bool {
        self.poll.as_ref().is_some_and(|poll| poll.has_baseline(kind))
    }
}

/// A transition as history keeps it. The event is the stored document, not a typed copy of it, so that a sink gets
/// exactly what was recorded, even by another version.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// When it occurred, which is the row's sort key in its item's history.
    pub occurred_at: Timestamp,
    /// Its number among the item's transitions, from 1.
    pub sequence: u64,
    /// The event document.
    pub event: serde_json::Value,
    /// The sinks for which it is parked, with the reasons.
    pub parked: BTreeMap<String, String>,
}
