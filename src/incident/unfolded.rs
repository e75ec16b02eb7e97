//! Transitions on their way into incidents: those that this poll has recorded, and those that earlier polls have
//! recorded and no poll has folded yet.

use std::sync::Arc;

use serde::Deserialize;
use uuid::Uuid;

use super::estate::{Condition, Level};
use crate::domain::{HistoryRow, ItemDescription, ItemKey, RecordedEvent, Scope, StateRow, Timestamp, Transition};

/// A recorded transition that is not folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfolded {
    /// The item.
    pub key: ItemKey,
    /// Its number among those of the item.
    pub sequence: u64,
    /// When it occurred.
    pub at: Timestamp,
    /// The beginning of the last observation that certainly saw the item as it was before.
    pub last_seen_at: Option<Timestamp>,
    /// The transition's id.
    pub id: Uuid,
    /// What the item was; none where it was seen for the first time.
    pub before: Option<Level>,
    /// What it is.
    pub after: Level,
    /// The item, as it was then.
    pub item: Arc<ItemDescription>,
}

/// The id for a state that no transition has recorded.
pub(super) fn first_sight_id(scope: &Scope, key: &ItemKey, since: Timestamp) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{scope}/{key}\n{since}").as_bytes())
}

impl Unfolded {
    /// A transition that this poll has recorded.
    pub fn recorded(transition: &Transition) -> Unfolded {
        let before = transition.previous.as_ref().map(|previous| Level {
            state: previous.state.clone(),
            since: previous.since,
            condition: Condition::of(&previous.state, previous.incident_id.is_some()),
        });
        Unfolded {
            key: transition.key(),
            sequence: transition.sequence,
            at: transition.since,
            last_seen_at: transition.previous.as_ref().map(|previous| previous.last_seen_at),
            id: transition.id(),
            before,
            after: Level {
                state: transition.state.clone(),
                since: transition.since,
                condition: Condition::of(&transition.state, transition.incident_after().is_some()),
            },
            item: Arc::clone(&transition.item),
        }
    }

    /// A transition of `key` that was read back from history; none where the row is not one of an item.
    pub fn read(key: &ItemKey, row: &HistoryRow) -> Option<Unfolded> {
        let event = RecordedEvent::read(&row.event).ok()?;
        let in_outage = event.incident_id().is_some();
        let level = |state: crate::domain::RecordedState<'_>, since: Timestamp, in_outage: bool| {
            let state = state.of_kind(key.kind);
            Level { condition: Condition::of(&state, in_outage), since, state }
        };
        let before = event.previous_state();
        let item = ItemDescription::deserialize(&row.event["item"]);
        Some(Unfolded {
            key: key.clone(),
            sequence: row.sequence,
            at: row.occurred_at,
            last_seen_at: before.and_then(|state| state.last_seen_at()),
            id: event.id()?.parse().ok()?,
            // Whether an item that is `pending` was in an outage before is not in the document: if it still is, it was.
            before: before.map(|state| level(state, state.since().unwrap_or(row.occurred_at), in_outage)),
            after: level(event.state(), row.occurred_at, in_outage),
            item: Arc::new(item.unwrap_or_else(|_| ItemDescription::bare(&event.item().scope(), key))),
        })
    }

    /// The last transition of a row whose history has expired: the item has the row's state, and its former state is
    /// unknown.
    pub fn expired(scope: &Scope, key: &ItemKey, row: &StateRow) -> Unfolded {
        let condition = Condition::of(&row.state, row.incident_id.is_some());
        let after = Level { state: row.state.clone(), since: row.since, condition };
        Unfolded {
            key: key.clone(),
            sequence: row.sequence,
            at: row.last_transition_at,
            last_seen_at: None,
            id: row.incident_id.unwrap_or_else(|| first_sight_id(scope, key, row.since)),
            before: Some(after.clone()),
            after,
            item: Arc::clone(&row.details),
        }
    }

    /// Its order among others: by time, and at one instant from the cables upwards.
    pub fn order(&self) -> (Timestamp, u8, &ItemKey, u64) {
        (self.at, self.key.kind.layer(), &self.key, self.sequence)
    }
}
