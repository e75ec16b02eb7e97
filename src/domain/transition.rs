//! A change of an item's state: what it was, what it is, what that means, and which outage it belongs to.

use std::{collections::BTreeMap, fmt, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    description::ItemDescription,
    health::Health,
    path::ItemPath,
    recalled::{Confirmation, StateRow},
    scope::{ItemKey, Scope},
    severity::Severity,
    state::State,
    timestamp::Timestamp,
};

/// The namespace of event ids: made up once, fixed for ever.
const EVENT_NAMESPACE: Uuid = Uuid::from_u128(0x3f0d_6a6e_7d3b_5c1e_9a41_5e6b_2f9d_80c7);

/// What a transition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Seen for the first time.
    Discovered,
    /// In service for the first time: pending → up.
    Activated,
    /// Out of service: → down.
    Degraded,
    /// Back in service: down, testing, unknown or removed → up.
    Recovered,
    /// Out of service on purpose: → testing.
    Testing,
    /// Taken away, or gone: → removed.
    Removed,
    /// AWS no longer reports the state: → unknown.
    Unknown,
    /// Any other step.
    Progressed,
}

impl Change {
    /// Every change.
    pub const ALL: [Change; 8] = [
        Change::Discovered,
        Change::Activated,
        Change::Degraded,
        Change::Recovered,
        Change::Testing,
        Change::Removed,
        Change::Unknown,
        Change::Progressed,
    ];

    /// The change from one health to another; a first sight has no previous health.
    pub fn between(previous: Option<Health>, current: Health) -> Change {
        let Some(previous) = previous else { return Change::Discovered };
        match (previous, current) {
            // A new word for the same condition (`deleting` → `deleted`, `associated` → `updating`) is only a step.
            (before, after) if before == after => Change::Progressed,
            (Health::Pending, Health::Up) => Change::Activated,
            (_, Health::Up) => Change::Recovered,
            (_, Health::Down) => Change::Degraded,
            (_, Health::Testing) => Change::Testing,
            (_, Health::Removed) => Change::Removed,
            (_, Health::Unknown) => Change::Unknown,
            (_, Health::Pending) => Change::Progressed,
        }
    }

    /// How urgent it is.
    pub fn severity(self) -> Severity {
        match self {
            Change::Degraded => Severity::Critical,
            Change::Unknown | Change::Removed => Severity::Warning,
            _ => Severity::Info,
        }
    }

    /// The word in events and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Discovered => "discovered",
            Change::Activated => "activated",
            Change::Degraded => "degraded",
            Change::Recovered => "recovered",
            Change::Testing => "testing",
            Change::Removed => "removed",
            Change::Unknown => "unknown",
            Change::Progressed => "progressed",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// An item's previous state, and what the store must still have for the transition to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    /// The state it left.
    pub state: State,
    /// When the item was first seen in it.
    pub since: Timestamp,
    /// The beginning of the last observation that certainly saw the item in it. The change happened after that.
    pub last_seen_at: Timestamp,
    /// When the row's last transition occurred. The write is conditional on this and on the sequence.
    pub last_transition_at: Timestamp,
    /// The item's open outage, while there is one.
    pub incident_id: Option<Uuid>,
    /// The open incident that the item is in.
    pub group: Option<Uuid>,
    /// Whether the row had no suspect. If so, the write is conditional on that: a poll that has added a suspect
    /// meanwhile did not see the previous state, and its listing must not become the lower bound of this transition.
    pub certain: bool,
    /// The suspect that this transition confirms, if any. The write is conditional on it, since a poll that saw the
    /// item in between has cleared the suspect.
    pub confirmed: Option<Confirmation>,
}

/// A change of an item's state, decided but not yet recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The item, as it was last seen.
    pub item: Arc<ItemDescription>,
    /// The transition's number among the item's own, from 1.
    pub sequence: u64,
    /// The previous state; none if the item is seen for the first time.
    pub previous: Option<Previous>,
    /// What it is.
    pub state: State,
    /// When the new state was first seen: `occurred_at` of the history row and `state.since` of the event.
    pub since: Timestamp,
    /// The beginning of the last observation that certainly saw the new state: the one that the transition was decided
    /// from, or an earlier one if the item was missing from that.
    pub seen_at: Timestamp,
    /// Whether the item still has never been `up` after it: see [`StateRow::never_up`].
    pub never_up: bool,
}

impl Transition {
    /// The scope that it happened in.
    pub fn scope(&self) -> Scope {
        self.item.scope()
    }

    /// The item's key within the scope.
    pub fn key(&self) -> ItemKey {
        self.item.key()
    }

    /// The path of its item, under which history keeps it.
    pub fn path(&self) -> ItemPath {
        ItemPath::new(self.scope(), self.key())
    }

    /// The event's id, which is the same whenever it is computed for the same transition.
    pub fn id(&self) -> Uuid {
        let ItemDescription { account, region, kind, id, .. } = &*self.item;
        let name = format!("{account}/{region}/{kind}/{id}\n{}\n{}", self.sequence, self.since);
        Uuid::new_v5(&EVENT_NAMESPACE, name.as_bytes())
    }

    /// The beginning of the observation that it was decided from, if the item was missing from that but the new state
    /// is not `absent`.
    pub fn missed_at(&self) -> Option<Timestamp> {
        self.previous.as_ref()?.confirmed.as_ref()?.missed_at
    }

    /// The state row after the transition, with no cursors, and in no incident.
    pub fn row(&self) -> StateRow {
        StateRow {
            state: self.state.clone(),
            since: self.since,
            seen_at: Some(self.seen_at),
            missed_at: self.missed_at(),
            never_up: self.never_up,
            sequence: self.sequence,
            last_transition_at: self.since,
            announced: BTreeMap::new(),
            suspect: None,
            incident_id: self.incident_after(),
            group: None,
            details: Arc::clone(&self.item),
            expires_at: None,
        }
    }

    /// What it means.
    pub fn change(&self) -> Change {
        Change::between(self.previous.as_ref().map(|previous| previous.state.health()), self.state.health())
    }

    /// The outage of the item that it belongs to: the one that is open, or its own id where it opens one.
    ///
    /// An outage opens when an item leaves `up`, or is found `down` while none is open. It ends with the transition back
    /// to `up`, or with the one that completes a removal. An item that is not yet in service has none.
    pub fn incident_id(&self) -> Option<Uuid> {
        self.incident_of(|| self.id())
    }

    /// The same as [`Transition::incident_id`], for callers that have the transition's id already, which costs a digest
    /// to compute.
    pub(super) fn incident_of(&self, id: impl FnOnce() -> Uuid) -> Option<Uuid> {
        let was_up = self.previous.as_ref().is_some_and(|previous| previous.state.health() == Health::Up);
        let open = self.previous.as_ref().and_then(|previous| previous.incident_id).filter(|_| !was_up);
        let opens = match self.state.health() {
            Health::Up => false,
            Health::Down => !self.never_up,
            _ => was_up,
        };
        open.or_else(|| opens.then(id))
    }

    /// The outage that is open after it.
    pub fn incident_after(&self) -> Option<Uuid> {
        self.incident_id().filter(|_| self.state.health() != Health::Up && !self.state.is_gone())
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.previous.as_ref().map_or("(new)", |previous| previous.state.value());
        write!(
            formatter,
            "{} {:?} -> {:?} {} #{} since {}",
            self.key(),
            before,
            self.state.value(),
            self.change(),
            self.sequence,
            self.since
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;

    #[test]
    fn every_step_between_two_healths_has_a_meaning() {
        let mut table = String::new();
        for before in Health::ALL {
            let row = Health::ALL.map(|after| Change::between(Some(before), after).as_str());
            table += &format!("{before:8} {}\n", row.join(" "));
        }
        insta::assert_snapshot!(table, @r"
        pending  progressed activated degraded testing removed unknown
        up       progressed progressed degraded testing removed unknown
        down     progressed recovered progressed testing removed unknown
        testing  progressed recovered degraded progressed removed unknown
        removed  progressed recovered degraded testing progressed unknown
        unknown  progressed recovered degraded testing removed progressed
        ");
        assert_eq!(Change::between(None, Health::Down), Change::Discovered);
        assert_eq!(Change::Degraded.severity(), Severity::Critical);
        assert_eq!(Change::Discovered.severity(), Severity::Info);
    }

    /// A transition of a connection from one word to another, or its first sight.
    fn transition(before: Option<&str>, after: &str, incident_id: Option<Uuid>) -> Transition {
        let scope = Scope::regional("123456789012", "us-east-1");
        let at = Timestamp::from_milliseconds(1_000);
        let state = |word: &str| match word {
            "absent" => State::absent(),
            word => State::of(Kind::Connection, Some(word)),
        };
        Transition {
            item: Arc::new(ItemDescription::bare(&scope, &ItemKey::new(Kind::Connection, "dxcon-1"))),
            sequence: 2,
            previous: before.map(|before| Previous {
                state: state(before),
                since: at,
                last_seen_at: at,
                last_transition_at: at,
                incident_id,
                group: None,
                certain: false,
                confirmed: None,
            }),
            state: state(after),
            since: Timestamp::from_milliseconds(2_000),
            seen_at: at,
            never_up: false,
        }
    }

    #[test]
    fn an_outage_opens_when_an_item_leaves_up_or_is_found_down() {
        for before in [Some("available"), Some("unknown"), Some("pending"), Some("deleted"), None] {
            let outage = transition(before, "down", None);
            assert_eq!((outage.incident_id(), outage.incident_after()), (Some(outage.id()), Some(outage.id())));
        }
        for after in ["pending", "unknown", "deleting"] {
            let leaves = transition(Some("available"), after, None);
            assert_eq!((leaves.incident_id(), leaves.incident_after()), (Some(leaves.id()), Some(leaves.id())));
            let found = transition(Some("requested"), after, None);
            assert_eq!((found.incident_id(), found.incident_after()), (None, None), "it was in service never");
        }
        let new = Transition { never_up: true, ..transition(Some("pending"), "down", None) };
        assert_eq!((new.incident_id(), new.incident_after()), (None, None), "not yet in service");
    }

    #[test]
    fn an_outage_is_carried_on_and_ends_in_service_or_with_a_removal() {
        let open = Some(Uuid::from_u128(7));
        for after in ["unknown", "deleting", "pending", "quarantined"] {
            let worse = transition(Some("down"), after, open);
            assert_eq!((worse.incident_id(), worse.incident_after()), (open, open), "{after}");
        }
        for after in ["available", "deleted", "rejected", "absent"] {
            let end = transition(Some("down"), after, open);
            assert_eq!((end.incident_id(), end.incident_after()), (open, None), "{after}");
        }
        let at_once = transition(Some("available"), "deleted", None);
        assert_eq!((at_once.incident_id(), at_once.incident_after()), (Some(at_once.id()), None));
        let activation = transition(Some("pending"), "available", None);
        assert_eq!((activation.incident_id(), activation.incident_after()), (None, None));
    }

    #[test]
    fn whatever_ends_an_outage_a_pager_has_heard_of_its_end() {
        // Subscribers close a page by this rule: schemas/rules-and-queries.md.
        let closes = [Change::Recovered, Change::Activated, Change::Removed];
        let words =
            ["available", "down", "pending", "unknown", "quarantined", "deleting", "deleted", "rejected", "absent"];
        let steps = words.iter().flat_map(|before| words.map(|after| (*before, after)));
        let mut ends = 0;
        for (before, after) in steps.filter(|(before, after)| *before != "available" && before != after) {
            let step = transition(Some(before), after, Some(Uuid::from_u128(7)));
            let was_removed = step.previous.as_ref().unwrap().state.health() == Health::Removed;
            if step.incident_after().is_none() {
                ends += 1;
                assert!(was_removed || closes.contains(&step.change()), "{step}");
            }
        }
        assert!(ends > 20, "{ends}");
    }

    #[test]
    fn the_id_is_fixed_for_ever() {
        // Subscribers deduplicate on ids that an older version may have made, so this value must never change.
        let outage = transition(Some("available"), "down", None);
        assert_eq!(outage.id().to_string(), "21f69a2a-c34e-5197-90d6-8227c6fd2643");
        let later = Transition { since: Timestamp::from_milliseconds(2_001), ..outage.clone() };
        assert_ne!(outage.id(), later.id());
    }
}
