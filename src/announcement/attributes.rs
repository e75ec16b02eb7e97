//! The message attributes of an event: what a subscription's filter policy can choose by.
//!
//! Exactly these, since raw delivery to SQS allows ten. SNS refuses empty values and characters that XML does not have.

use super::Attributes;
use crate::domain::{Change, Event, bounded};

/// The attributes of `event`.
pub(super) fn of(event: &Event) -> Attributes {
    let mut attributes = Attributes::from([
        ("id", event.metadata.id.to_string()),
        ("kind", event.item.kind.to_string()),
        ("itemId", value(&event.item.id)),
        ("region", value(&event.item.region)),
        ("account", value(&event.item.account)),
        ("state", value(&event.state.value)),
        ("change", event.change.to_string()),
        ("severity", event.severity.to_string()),
    ]);
    if let Some(previous) = event.previous_state.as_ref().filter(|_| event.change != Change::Discovered) {
        attributes.insert("previousState", value(&previous.value));
    }
    if event.metadata.drill {
        attributes.insert("drill", true.to_string());
    }
    attributes
}

/// A value as SNS takes it: as it is where that can be, for filters compare it letter by letter.
fn value(text: &str) -> String {
    let in_xml = |character: char| match character {
        '\t' | '\n' | '\r' => character,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ => character,
    };
    let value: String = bounded(text).chars().map(in_xml).collect();
    if value.is_empty() { "-".to_owned() } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_sns_takes_and_else_as_it_was() {
        for (text, expected) in [
            ("dxcon-1", "dxcon-1"),
            ("a\tb\nc\rd", "a\tb\nc\rd"),
            ("a\0b\u{1b}c\u{ffff}", "a\u{fffd}b\u{fffd}c\u{fffd}"),
            ("", "-"),
        ] {
            assert_eq!(value(text), expected, "{text:?}");
        }
    }
}
