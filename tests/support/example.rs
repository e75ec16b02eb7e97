//! The event of the documentation's example. The tests of the messages' words and those of the sinks include this file, and
//! import into its parent what it is made of.

use super::{Arc, Event, ItemDescription, Previous, State, Timestamp, Transition};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An item on its way to `state`: from `previous`, with the outage that was open in it, or at its first sight.
pub fn event_of(item: ItemDescription, previous: Option<(State, Option<uuid::Uuid>)>, state: State) -> Event {
    let transition = Transition {
        item: Arc::new(item),
        sequence: if previous.is_some() { 7 } else { 1 },
        previous: previous.map(|(state, incident_id)| Previous {
            state,
            since: at("2026-11-01T08:00:00.000Z"),
            last_seen_at: at("2026-11-22T03:11:00.101Z"),
            last_transition_at: at("2026-11-01T08:00:00.000Z"),
            incident_id,
            group: None,
            certain: false,
            confirmed: None,
        }),
        state,
        since: at("2026-11-22T03:12:00.123Z"),
        seen_at: at("2026-11-22T03:11:59.101Z"),
        never_up: false,
    };
    Event::of(&transition, at("2026-11-22T03:12:00.480Z"))
}
