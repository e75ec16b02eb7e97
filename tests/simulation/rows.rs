//! How the simulated ledger keeps the domain's values in rows of attributes: the names are those of the real tables.

use std::{collections::BTreeSet, fmt::Display};

use aws_dx_monitor::{
    domain::{
        HistoryRow, IncidentRow, IncidentWrite, Kind, PollRow, PrefixRow, Scope, SinkName, State, StateRow, Timestamp,
    },
    ports::Record,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::tables::{Key, Row};

pub const POLL: &str = "poll";
pub const SCOPES: &str = "scopes";
pub const FOLD: &str = "fold";
pub const RESILIENCE: &str = "resilience";

/// The key of the row of an item, of an incident, or of a name of our own.
pub fn state_key(scope: &Scope, key: impl Display) -> Key {
    (scope.to_string(), key.to_string())
}

pub fn poll_key(scope: &Scope) -> Key {
    (scope.to_string(), POLL.to_owned())
}

pub fn history_key(scope: &Scope, key: impl Display, occurred_at: Timestamp) -> Key {
    (format!("{scope}/{key}"), occurred_at.to_string())
}

/// An attribute as the type it stands for.
pub fn get<T: DeserializeOwned>(row: &Row, name: &str) -> Option<T> {
    row.get(name).map(|value| T::deserialize(value).expect("the simulation wrote it itself"))
}

/// Whether an attribute says the same as `value`; a null stands for none.
pub fn says(row: Option<&Row>, name: &str, value: &Value) -> bool {
    row.and_then(|row| row.get(name)).unwrap_or(&Value::Null) == value
}

/// Sets an attribute, or removes it for a null.
pub fn put(row: &mut Row, name: &str, value: Value) {
    if value.is_null() {
        row.remove(name);
    } else {
        row.insert(name.to_owned(), value);
    }
}

/// What is kept of the prefixes of an interface.
pub fn put_prefixes(row: &mut Row, prefixes: &PrefixRow) {
    put(row, "revision", json!(prefixes.revision));
    put(row, "families", json!(prefixes.families));
    put(row, "expires_at", json!(prefixes.expires_at));
}

pub fn read_prefixes(interface: &str, row: &Row) -> PrefixRow {
    PrefixRow {
        interface: interface.to_owned(),
        revision: get(row, "revision").unwrap_or(0),
        families: get(row, "families").unwrap_or_default(),
        expires_at: get(row, "expires_at"),
    }
}

/// What a transition makes of its item's row, new or old; a sink without a cursor gets one at `start`.
pub fn put_state(row: &mut Row, record: &Record<'_>, sinks: &[SinkName], start: u64) {
    let transition = record.transition;
    put(row, "state", json!(transition.state.value()));
    put(row, "level", json!(transition.state.level()));
    put(row, "health", json!(transition.state.health()));
    put(row, "since", json!(transition.since));
    put(row, "seen_at", json!(transition.seen_at));
    put(row, "missed_at", json!(transition.missed_at()));
    put(row, "never_up", json!(transition.never_up.then_some(true)));
    put(row, "name", json!(transition.item.name));
    put(row, "sequence", json!(transition.sequence));
    put(row, "last_transition_at", json!(transition.since));
    put(row, "incident_id", json!(transition.incident_after()));
    put(row, "details", json!(transition.item));
    put(row, "suspect", Value::Null);
    put(row, "expires_at", Value::Null);
    start_cursors(row, sinks, start);
    if let Some(Value::Object(cursors)) = row.get_mut("announced") {
        cursors.extend(record.passed_by.iter().map(|sink| (sink.to_string(), json!(transition.sequence))));
    }
}

/// Gives each of `sinks` that has no cursor in a row one at `start`.
pub fn start_cursors(row: &mut Row, sinks: &[SinkName], start: u64) {
    if let Value::Object(cursors) = row.entry("announced").or_insert_with(|| json!({})) {
        for sink in sinks {
            cursors.entry(sink.as_str()).or_insert(json!(start));
        }
    }
}

pub fn read_state(kind: Kind, row: &Row) -> StateRow {
    let word: String = get(row, "state").unwrap_or_default();
    StateRow {
        state: State::recalled(kind, &word, get(row, "level"), get(row, "health")),
        since: get(row, "since").expect("since"),
        seen_at: get(row, "seen_at"),
        missed_at: get(row, "missed_at"),
        never_up: get(row, "never_up").unwrap_or_default(),
        sequence: get(row, "sequence").expect("sequence"),
        last_transition_at: get(row, "last_transition_at").expect("last_transition_at"),
        announced: get(row, "announced").expect("announced"),
        suspect: get(row, "suspect"),
        incident_id: get(row, "incident_id"),
        group: get(row, "group"),
        details: get(row, "details").expect("details"),
        expires_at: get(row, "expires_at"),
    }
}

/// What a step of a fold makes of an incident's row, new or old.
pub fn put_incident(row: &mut Row, write: &IncidentWrite, sinks: &[SinkName]) {
    put(row, "incident", json!(write.state));
    put(row, "sequence", json!(write.sequence));
    put(row, "expires_at", json!(write.expires_at));
    let start = match (write.is_new, write.announced) {
        (true, true) => write.sequence,
        (true, false) => 0,
        (false, _) => write.sequence_before(),
    };
    start_cursors(row, sinks, start);
    for sink in &write.passed_by {
        row["announced"][sink.as_str()] = json!(write.sequence);
    }
}

pub fn read_incident(row: &Row) -> IncidentRow {
    IncidentRow {
        state: get(row, "incident").expect("incident"),
        sequence: get(row, "sequence").expect("sequence"),
        announced: get(row, "announced").expect("announced"),
        expires_at: get(row, "expires_at"),
    }
}

pub fn put_history(row: &mut Row, record: &Record<'_>) {
    put(row, "sequence", json!(record.transition.sequence));
    put(row, "event", json!(record.event));
    put(row, "expires_at", json!(record.expires_at));
}

pub fn read_history(occurred_at: &str, row: &Row) -> HistoryRow {
    HistoryRow {
        occurred_at: occurred_at.parse().expect("an instant"),
        sequence: get(row, "sequence").expect("sequence"),
        event: row.get("event").cloned().expect("event"),
        parked: get(row, "parked").unwrap_or_default(),
    }
}

pub fn is_of(row: &Row, record: &Record<'_>) -> bool {
    row.get("event").is_some_and(|event| record.wrote(event))
}

pub fn last_complete_at(kind: Kind) -> String {
    format!("last_complete_at/{kind}")
}

pub fn settled_at(kind: Kind) -> String {
    format!("settled_at/{kind}")
}

pub fn gap_since(kind: Kind, parent: &str) -> String {
    format!("gap_since/{kind}/{parent}")
}

pub fn settled_at_of(kind: Kind, parent: &str) -> String {
    format!("settled_at/{kind}/{parent}")
}

/// An instant; none also where it is an empty text.
pub fn instant(row: &Row, name: &str) -> Option<Timestamp> {
    get::<String>(row, name).and_then(|text| text.parse().ok())
}

/// The parents whose children of `kind` are unread, as the poll row says.
pub fn unread(row: &Row, kind: Kind) -> BTreeSet<String> {
    let prefix = gap_since(kind, "");
    row.keys().filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned).collect()
}

pub fn read_poll(row: &Row) -> PollRow {
    let mut poll = PollRow {
        interval_seconds: get(row, "interval_seconds"),
        last_regular_at: get(row, "last_regular_at"),
        ..PollRow::default()
    };
    for (name, value) in row {
        let mut parts = name.splitn(3, '/');
        let (Some(attribute), Some(Ok(kind))) = (parts.next(), parts.next().map(str::parse::<Kind>)) else { continue };
        let progress = poll.kinds.entry(kind).or_default();
        let at = || serde_json::from_value(value.clone()).expect("an instant");
        match (attribute, parts.next()) {
            ("baseline_at", None) => progress.baseline_at = Some(at()),
            ("baseline_told", None) => progress.baseline_announced = Some(at()),
            ("baseline_told", Some(sink)) => drop(progress.announced_on.insert(sink.to_owned())),
            ("last_complete_at", None) => progress.last_complete_at = Some(at()),
            ("gap_since", Some(id)) => {
                progress.gaps.entry(id.to_owned()).or_default().since = instant(row, name);
            }
            ("settled_at", Some(id)) => progress.gaps.entry(id.to_owned()).or_default().settled_at = Some(at()),
            ("settled_at", None) => progress.settled_at = Some(at()),
            ("retired", None) => progress.retired_at = Some(at()),
            _ => {}
        }
    }
    poll
}
