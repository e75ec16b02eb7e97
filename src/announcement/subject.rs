//! The subject of an SNS message, which a phone shows on its lock screen.
//!
//! SNS requires printable ASCII, fewer than 100 characters, beginning with a letter, digit or punctuation mark.
//! Severity, kind, id and states come first and always fit; the name gets what is left.

use super::phrases;
use crate::{domain::RecordedEvent, escape, words};

/// The longest subject that SNS accepts, in characters.
pub(super) const MAXIMUM_CHARACTERS: usize = 99;
/// The longest state word that is shown; AWS's own have at most 14 characters.
const MAXIMUM_WORD: usize = 16;
/// The longest words for a severity and a kind. Those of this version have at most 8 and 22 characters.
const MAXIMUM_SEVERITY: usize = 8;
const MAXIMUM_KIND: usize = 28;
/// The shortest part of a name that is worth showing.
pub(super) const MINIMUM_NAME: usize = 6;

/// The subject that announces `event`.
pub(super) fn of(event: RecordedEvent<'_>) -> String {
    let word = |value: &str| escape::ascii(value, MAXIMUM_WORD);
    let drill = if event.is_drill() { "[drill] " } else { "" };
    let severity = escape::ascii(event.severity_word(), MAXIMUM_SEVERITY);
    let kind = escape::ascii(event.item().kind_word(), MAXIMUM_KIND);
    let before_id = format!("{drill}[{severity}] {kind} ");
    let after_id = match phrases::step(event) {
        (Some(was), is) => format!(" {} -> {}", word(was), word(is)),
        (None, is) => format!(" discovered: {}", word(is)),
    };
    // At most 48 characters come before the id and 36 after it. So it has at least 15, and 21 for a kind of this version.
    let room = MAXIMUM_CHARACTERS.saturating_sub(before_id.len() + after_id.len());
    let id = words::elided(&escape::ascii(event.item().id(), usize::MAX), room, "..");
    let mut subject = format!("{before_id}{id}{after_id}");
    let left = MAXIMUM_CHARACTERS.saturating_sub(subject.len() + " ()".len());
    let name = escape::ascii(event.item().name().unwrap_or_default(), left);
    if !name.is_empty() && left >= MINIMUM_NAME {
        subject = format!("{subject} ({name})");
    }
    subject
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        announcement::tests::{event, outage, recorded},
        domain::Event,
    };

    fn subject(event: &Event) -> String {
        of(RecordedEvent::of(&recorded(event)))
    }

    #[test]
    fn a_long_name_is_cut_and_all_else_stays_whole() {
        assert_eq!(subject(&outage()), "[critical] virtual-interface dxvif-ffabc123 available -> down (prod-private)");
        let mut long = outage();
        Arc::make_mut(&mut long.item).name =
            Some("the virtual interface of the department of endless names".to_owned());
        assert_eq!(
            subject(&long),
            "[critical] virtual-interface dxvif-ffabc123 available -> down (the virtual interface of the dep...)"
        );
        assert_eq!(subject(&long).len(), MAXIMUM_CHARACTERS);
        Arc::make_mut(&mut long.item).id = "0123456789abcdef0123456789abcdef0123:dxvif-ffabc123".to_owned();
        assert_eq!(
            subject(&long),
            "[critical] virtual-interface 0123456789abcdef0123456789abcdef0123:dxvif-ffabc123 available -> down"
        );
        long.state.value = "disassociating".to_owned();
        assert_eq!(
            subject(&long),
            "[critical] virtual-interface 0123456789abcdef0123..f0123:dxvif-ffabc123 available -> disassociating"
        );
        let mut nameless = outage();
        Arc::make_mut(&mut nameless.item).name = None;
        assert_eq!(subject(&nameless), "[critical] virtual-interface dxvif-ffabc123 available -> down");
        assert_eq!(
            subject(&event(None, "available")),
            "[info] virtual-interface dxvif-ffabc123 discovered: available (prod-private)"
        );
    }
}
