//! The body for people: plain, short, and enough to act on at three in the morning.

use std::fmt::Write;

use super::words;
use crate::{
    domain::{Change, Event, EventMetadata},
    escape,
};

/// How wide a name or another text of somebody's making may be.
const MAXIMUM_VALUE: usize = 120;
/// How wide a state word may be.
const MAXIMUM_WORD: usize = 40;
/// How wide an id may be. Ids have at most 512 bytes; what hides in one is shown wider than it was.
const MAXIMUM_ID: usize = 600;
/// Where the values stand, as far as a label leaves room.
const COLUMN: usize = 13;

/// A text of somebody's making as one inert piece of a line.
pub(super) fn inert(text: &str, width: usize) -> String {
    escape::truncate(&escape::line(text), width)
}

/// The text that announces `event`.
pub(super) fn of(event: &Event) -> String {
    let mut text = String::new();
    if event.metadata.drill {
        text.push_str("*** DRILL *** This is a rehearsal: nothing happened, and nothing needs mending.\n\n");
    }
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{} {}", title(event), words::predicate(event));
    if let Some(first_look) = words::first_look(event) {
        let _ = writeln!(text, "{first_look}");
    }
    text.push('\n');
    for (label, value) in states(event).into_iter().chain(what(event)) {
        let _ = writeln!(text, "{:COLUMN$} {value}", format!("{label}:"));
    }
    // No table has heard of a drill.
    if let Some(command) = words::history_command(&event.item).filter(|_| !event.metadata.drill) {
        let _ = write!(text, "\nIts history:\n  {command}\n");
    }
    if event.metadata.minimal {
        text.push_str("\nThis is a short form: the event itself was refused as it was. The history has all of it.\n");
    }
    text
}

/// `Virtual interface dxvif-ffabc123 (prod-private)`.
fn title(event: &Event) -> String {
    let label = event.item.kind.label();
    let (first, rest) = label.split_at(1);
    let id = inert(&event.item.id, MAXIMUM_ID);
    let name = inert(event.item.name.as_deref().unwrap_or_default(), MAXIMUM_VALUE);
    let name = if name.is_empty() { name } else { format!(" ({name})") };
    format!("{}{rest} {id}{name}", first.to_uppercase())
}

/// What it was, what it is, and what is known of when.
fn states(event: &Event) -> Vec<(&'static str, String)> {
    let word = |value: &str| inert(value, MAXIMUM_WORD);
    let state = &event.state;
    let is = format!("{} ({})", word(&state.value), words::meaning(&state.value, state.level, state.health));
    let since = words::instant(state.since);
    let Some(previous) = event.previous_state.as_ref().filter(|_| event.change != Change::Discovered) else {
        return vec![("State", is), ("First seen", since)];
    };
    let was = word(&previous.value);
    let mut states = vec![
        ("State", format!("{was} -> {is}")),
        ("Since", since),
        (
            "Happened",
            format!(
                "after {}, when it was last seen {was}: within {}",
                words::instant(previous.last_seen_at),
                words::duration(state.since.since(previous.last_seen_at))
            ),
        ),
    ];
    if let Some(seconds) = event.previous_duration_seconds {
        let lasted = words::duration(std::time::Duration::from_secs(seconds));
        states.push(("Before", format!("{was} for {lasted}, since {}", words::instant(previous.since))));
    }
    states
}

/// What the item is, where it is, and what the event is called.
fn what(event: &Event) -> Vec<(&'static str, String)> {
    let mut what = vec![
        ("Severity", format!("{} ({})", event.severity, event.change)),
        ("Item", format!("{} {}", event.item.kind, inert(&event.item.id, MAXIMUM_ID))),
    ];
    what.extend(words::place(&event.item).into_iter().map(|(label, value)| (label, inert(&value, MAXIMUM_VALUE))));
    if let Some(incident_id) = event.metadata.incident_id {
        let over = if event.change == Change::Recovered { " (over)" } else { "" };
        what.push(("Incident", format!("{incident_id}{over}")));
    }
    let EventMetadata { id, sequence, drill, .. } = &event.metadata;
    // A drill's sequence counts nothing.
    what.push(("Event", if *drill { id.to_string() } else { format!("{id} (number {sequence} of this item)") }));
    what
}
