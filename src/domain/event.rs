//! The event: the one document that says what happened, the same in history, on EventBridge and behind every text.
//!
//! Its keys are contract; additions keep `version` 1, and consumers ignore what they do not know. The JSON Schema in
//! `schemas/` is generated from these types.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    description::ItemDescription,
    health::Health,
    state::State,
    timestamp::Timestamp,
    transition::{Change, Severity, Transition},
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
    /// What it was; left out when the item is seen for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_state: Option<EventPreviousState>,
    /// What it is.
    pub state: EventState,
    /// What the step means.
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
    /// The version of the document's form: `1`.
    pub version: String,
    /// The transition's id: drop repeats by it.
    pub id: Uuid,
    /// The transition's number among its item's own, from 1 without holes: order by it.
    #[schemars(range(min = 1))]
    pub sequence: u64,
    /// The item's outage: the id of the transition that left `up`, or that found the item `down` while no outage was open.
    /// Every later transition carries it, up to and including the one back to `up` or the one that completes a removal.
    /// Left out while there is no outage, as of an item that is not yet in service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<Uuid>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whether this is a rehearsal: nothing happened. Left out otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    /// Whether this is the short form of an event that a sink would not take whole. Left out otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub minimal: bool,
}

/// What an item was before the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPreviousState {
    /// AWS's word, or `absent`.
    pub value: String,
    /// The number in CloudWatch; 90 for `unknown`, 99 for a word never seen, 100 for `absent`.
    pub level: u8,
    /// What it meant: the word's own health, or what its context made of it.
    pub health: Health,
    /// When it was first seen so.
    pub since: Timestamp,
    /// The beginning of the last observation that certainly saw it so: the change happened between that and
    /// `state.since`. It can lie before `since`, which is the end of an observation.
    pub last_seen_at: Timestamp,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventState {
    /// AWS's word, or `absent`.
    pub value: String,
    /// The number in CloudWatch; 90 for `unknown`, 99 for a word never seen, 100 for `absent`.
    pub level: u8,
    /// What it means: the word's own health, or what its context makes of it. An item that is new and not yet in service
    /// is `pending`, also where its word is `down`; a BGP peer that is `down` during a failover test is `testing`.
    pub health: Health,
    /// When it was first seen so: the end of that observation.
    pub since: Timestamp,
}

impl Event {
    /// The version of the document's form.
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
