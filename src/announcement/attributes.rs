//! The message attributes of an event, for the filter policies of subscriptions.
//!
//! No more than these: raw delivery to SQS allows ten. SNS refuses empty values and characters that XML does not allow.

use std::collections::BTreeMap;

use super::phrases;
use crate::domain::{RecordedEvent, bounded};

/// The message attributes that subscribers filter by; all of them are of the type `String`.
pub type Attributes = BTreeMap<&'static str, String>;

/// The attributes of `event`.
pub(super) fn of(event: RecordedEvent<'_>) -> Attributes {
    let (item, state) = (event.item(), event.state());
    let mut attributes = Attributes::from([
        ("id", value(event.id().unwrap_or_default())),
        ("kind", value(item.kind_word())),
        ("itemId", value(item.id())),
        ("region", value(item.region())),
        ("account", value(item.account())),
        ("state", value(state.value())),
        ("change", value(event.change_word())),
        ("severity", value(event.severity_word())),
    ]);
    if let Some(previous) = phrases::left_state(event) {
        attributes.insert("previousState", value(previous.value()));
    }
    if event.is_drill() {
        attributes.insert("drill", true.to_string());
    }
    attributes
}

/// `text` as an attribute's value. Filters compare values exactly, so only what SNS refuses is changed.
pub(super) fn value(text: &str) -> String {
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
    fn a_value_changes_only_where_sns_would_refuse_it() {
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
