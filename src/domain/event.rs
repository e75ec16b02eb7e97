//! The event: the document of a transition. History keeps it, EventBridge delivers it, and every message is made from it.
//!
//! Its keys are contract. Additions keep `version` 1, and consumers ignore keys that they do not know. The JSON Schema in
//! `schemas/` is generated from these types.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    description::ItemDescription,
    health::Health,
    severity::Severity,
    state::State,
    timestamp::Timestamp,
    transition::{Change, Transition},
};

/// The `source` of the event on EventBridge.
pub const STATE_CHANGE_SOURCE: &str = "awsx.directconnect";
/// The `detail-type` of the event on EventBridge.
pub const STATE_CHANGE_DETAIL_TYPE: &str = "Direct Connect State Change";

/// A state change of a Direct Connect item, as it is recorded and announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Direct Connect State Change")]
pub struct Event {
    /// What identifies and orders the event.
    pub metadata: EventMetadata,
    /// The item that changed.
    pub item: Arc<ItemDescription>,
    /// The state before. Left out when the item is seen for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_state: Option<EventPreviousState>,
    /// The new state.
    pub state: EventState,
    /// What the change means.
    pub change: Change,
    /// How urgent it is.
    pub severity: Severity,
    /// Whole seconds that the item spent in its previous state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_duration_seconds: Option<u64>,
}

/// What identifies and orders an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventMetadata {
    /// The version of the document's format: `1`.
    pub version: String,
    /// The transition's id. Drop repeats by it.
    pub id: Uuid,
    /// The number of the transition among those of its item, from 1 without holes. Order by it.
    #[schemars(range(min = 1))]
    pub sequence: u64,
    /// The item's outage: the id of the transition that left `up`, or that found the item `down` while no outage was open.
    /// Every later transition has it too, up to and including the one back to `up` or the one that completes a removal.
    /// Left out while there is no outage, for example while the item is not yet in service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<Uuid>,
    /// The incident that the item was in when the transition was recorded: what messages for people are about, and pagers
    /// and chats go by. Left out where it is not known yet, as of the transition that opens one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<Uuid>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// `true` for a drill: no state has changed. Left out otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    /// `true` for the short form, after a sink has refused the full event. Left out otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub minimal: bool,
}

/// The state of an item before the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPreviousState {
    /// AWS's word, or `absent`.
    pub value: String,
    /// The number in CloudWatch: 90 for `unknown`, 99 for a word that the program does not know, 100 for `absent`.
    pub level: u8,
    /// What it meant: the word's own health, or the one that its context gave it.
    pub health: Health,
    /// When the item was first seen in this state.
    pub since: Timestamp,
    /// The beginning of the last observation that certainly saw the item in this state. The change happened between this
    /// and `state.since`. It can be before `since`, which is the end of an observation.
    pub last_seen_at: Timestamp,
}

/// The new state of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventState {
    /// AWS's word, or `absent`.
    pub value: String,
    /// The number in CloudWatch: 90 for `unknown`, 99 for a word that the program does not know, 100 for `absent`.
    pub level: u8,
    /// What it means: the word's own health, or the one that its context gives it. A new item that is not yet in service is
    /// `pending`, even if its word is `down`. A BGP peer that is `down` during a failover test is `testing`.
    pub health: Health,
    /// When the item was first seen in this state: the end of that observation.
    pub since: Timestamp,
}

impl Event {
    /// The version of the document's format.
    pub const VERSION: &'static str = "1";

    /// The document of a transition that is recorded at `recorded_at`.
    pub fn of(transition: &Transition, recorded_at: Timestamp) -> Event {
        let (change, id) = (transition.change(), transition.id());
        Event {
            metadata: EventMetadata {
                version: Event::VERSION.to_owned(),
                id,
                sequence: transition.sequence,
                incident_id: transition.incident_of(|| id),
                group_id: transition.previous.as_ref().and_then(|previous| previous.group),
                recorded_at,
                drill: false,
                minimal: false,
            },
            item: Arc::clone(&transition.item),
            previous_state: transition.previous.as_ref().map(|previous| EventPreviousState {
                value: previous.state.value().to_owned(),
                level: previous.state.level(),
                health: previous.state.health(),
                since: previous.since,
                last_seen_at: previous.last_seen_at,
            }),
            state: EventState::of(&transition.state, transition.since),
            change,
            severity: change.severity(),
            previous_duration_seconds: transition
                .previous
                .as_ref()
                .map(|previous| transition.since.since(previous.since).as_secs()),
        }
    }
}

impl EventState {
    fn of(state: &State, since: Timestamp) -> EventState {
        EventState { value: state.value().to_owned(), level: state.level(), health: state.health(), since }
    }
}
