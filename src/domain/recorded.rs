//! Reads the event documents of any version of the program.
//!
//! History keeps documents for more than a year, so an older or a newer version may have to read them. Words are plain
//! text here, missing members are `None` or empty, and unknown members are ignored.

use std::{borrow::Cow, time::Duration};

use serde_json::{Map, Value, json};

use super::{health::Health, kind::Kind, scope::Scope, state::State, timestamp::Timestamp, transition::Change};

/// A recorded event. Nothing is copied: it borrows the document.
///
/// Every text in it is hostile until it is escaped for its destination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedEvent<'a>(&'a Value);

/// The item that a recorded event is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedItem<'a>(&'a Value);

/// The new or the previous state in a recorded event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedState<'a>(&'a Value);

/// A document that is not an event of any version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recorded document is not an event: it has no {0}")]
pub struct NotAnEvent(&'static str);

impl<'a> RecordedEvent<'a> {
    /// Reads `document` leniently, whatever it is.
    pub fn of(document: &'a Value) -> RecordedEvent<'a> {
        RecordedEvent(document)
    }

    /// Reads `document` as an event.
    ///
    /// # Errors
    ///
    /// It does not name an item and its state, as the event of every version does.
    pub fn read(document: &'a Value) -> Result<RecordedEvent<'a>, NotAnEvent> {
        let needed = [
            ("item.kind", &document["item"]["kind"]),
            ("item.id", &document["item"]["id"]),
            ("state.value", &document["state"]["value"]),
        ];
        match needed.into_iter().find(|(_, value)| !value.is_string()) {
            Some((key, _)) => Err(NotAnEvent(key)),
            None => Ok(RecordedEvent(document)),
        }
    }

    /// The transition's id.
    pub fn id(self) -> Option<&'a str> {
        self.0["metadata"]["id"].as_str()
    }

    /// The id of the outage that it belongs to.
    pub fn incident_id(self) -> Option<&'a str> {
        self.0["metadata"]["incidentId"].as_str()
    }

    /// The id of the incident that its item was in.
    pub fn group_id(self) -> Option<&'a str> {
        self.0["metadata"]["groupId"].as_str()
    }

    /// The number of the transition among those of its item.
    pub fn sequence(self) -> Option<u64> {
        self.0["metadata"]["sequence"].as_u64()
    }

    /// When it was recorded.
    pub fn recorded_at(self) -> Option<Timestamp> {
        instant(&self.0["metadata"]["recordedAt"])
    }

    /// Whether it is a drill.
    pub fn is_drill(self) -> bool {
        self.0["metadata"]["drill"] == true
    }

    /// Whether it is the short form of an event.
    pub fn is_minimal(self) -> bool {
        self.0["metadata"]["minimal"] == true
    }

    /// The item that changed.
    pub fn item(self) -> RecordedItem<'a> {
        RecordedItem(&self.0["item"])
    }

    /// The new state.
    pub fn state(self) -> RecordedState<'a> {
        RecordedState(&self.0["state"])
    }

    /// The state before; `None` if the item was seen for the first time.
    pub fn previous_state(self) -> Option<RecordedState<'a>> {
        self.0.get("previousState").filter(|state| state.is_object()).map(RecordedState)
    }

    /// The word for the change.
    pub fn change_word(self) -> &'a str {
        text(&self.0["change"])
    }

    /// The change, if this version knows its word.
    pub fn change(self) -> Option<Change> {
        Change::ALL.into_iter().find(|change| change.as_str() == self.change_word())
    }

    /// The word for the severity.
    pub fn severity_word(self) -> &'a str {
        text(&self.0["severity"])
    }

    /// How long the item was in its previous state.
    pub fn previous_duration(self) -> Option<Duration> {
        self.0["previousDurationSeconds"].as_u64().map(Duration::from_secs)
    }

    /// The short form, for a sink that has refused the full event. It has the same ids, sequence and states, only the
    /// identity of the item, and no members that this version does not know.
    pub fn minimal(self) -> Value {
        const METADATA: [&str; 7] = ["version", "id", "sequence", "incidentId", "groupId", "recordedAt", "drill"];
        const STATE: [&str; 5] = ["value", "level", "health", "since", "lastSeenAt"];
        let mut short = pick(self.0, &["change", "severity", "previousDurationSeconds"]);
        for (part, keys) in [
            ("metadata", &METADATA[..]),
            ("item", &["kind", "id", "account", "region"]),
            ("state", &STATE),
            ("previousState", &STATE),
        ] {
            if let Some(whole) = self.0.get(part) {
                short.insert(part.to_owned(), pick(whole, keys).into());
            }
        }
        let mut short = Value::Object(short);
        short["metadata"]["minimal"] = json!(true);
        short
    }
}

impl<'a> RecordedItem<'a> {
    /// Reads an item of a document leniently, whatever it is.
    pub(super) fn of(item: &'a Value) -> RecordedItem<'a> {
        RecordedItem(item)
    }

    /// The word for its kind.
    pub fn kind_word(self) -> &'a str {
        text(&self.0["kind"])
    }

    /// Its kind, if this version knows it.
    pub fn kind(self) -> Option<Kind> {
        self.kind_word().parse().ok()
    }

    /// Its id.
    pub fn id(self) -> &'a str {
        text(&self.0["id"])
    }

    /// The account that polled it.
    pub fn account(self) -> &'a str {
        text(&self.0["account"])
    }

    /// The region that it was read from.
    pub fn region(self) -> &'a str {
        text(&self.0["region"])
    }

    /// The scope in which it was read.
    pub fn scope(self) -> Scope {
        Scope::regional(self.account(), self.region())
    }

    /// The name that its owner gave it.
    pub fn name(self) -> Option<&'a str> {
        self.0["name"].as_str()
    }

    /// When a member of an incident was first seen as the incident's document says.
    pub fn since(self) -> Option<Timestamp> {
        instant(&self.0["since"])
    }

    /// The virtual interface that a BGP peer or an attachment belongs to.
    pub fn virtual_interface_id(self) -> Option<&'a str> {
        self.0["virtualInterfaceId"].as_str()
    }

    /// The address family of a BGP peer.
    pub fn address_family(self) -> Option<&'a str> {
        self.0["addressFamily"].as_str()
    }

    /// The member `key`, such as `location` or `vlan`: a text, or a number as text.
    pub fn text(self, key: &str) -> Option<Cow<'a, str>> {
        match &self.0[key] {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }
}

impl<'a> RecordedState<'a> {
    /// AWS's word, or `absent`.
    pub fn value(self) -> &'a str {
        text(&self.0["value"])
    }

    /// The number in CloudWatch.
    pub fn level(self) -> Option<u64> {
        self.0["level"].as_u64()
    }

    /// The health, if this version knows its word.
    pub fn health(self) -> Option<Health> {
        text(&self.0["health"]).parse().ok()
    }

    /// When the item was first seen in this state.
    pub fn since(self) -> Option<Timestamp> {
        instant(&self.0["since"])
    }

    /// For a previous state: the last observation that certainly saw it.
    pub fn last_seen_at(self) -> Option<Timestamp> {
        instant(&self.0["lastSeenAt"])
    }

    /// The state of an item of `kind`, as it was recorded; a word that was not known then is read as this version knows it.
    pub fn of_kind(self, kind: Kind) -> State {
        State::recorded(kind, self.value(), self.level(), self.health())
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// The members of `value` among `keys`.
fn pick(value: &Value, keys: &[&str]) -> Map<String, Value> {
    keys.iter().filter_map(|key| Some(((*key).to_owned(), value.get(*key)?.clone()))).collect()
}

#[cfg(test)]
mod tests;
