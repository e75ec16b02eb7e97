//! The subject of an SNS message: what a phone shows before anybody unlocks it.
//!
//! SNS takes printable ASCII, fewer than 100 characters, beginning with a letter, digit or punctuation mark. Severity,
//! kind, id and states come first and always survive; the name gets what is left.

use crate::{
    domain::{Change, Event},
    escape,
};

/// The longest subject that SNS takes, in characters.
pub(super) const MAXIMUM_CHARACTERS: usize = 99;
/// The longest state word that is shown; AWS's own have at most 14 characters.
const MAXIMUM_WORD: usize = 16;
/// The shortest part of a name that is worth showing.
const MINIMUM_NAME: usize = 6;

/// The subject that announces `event`.
pub(super) fn of(event: &Event) -> String {
    let word = |value: &str| escape::ascii(value, MAXIMUM_WORD);
    let drill = if event.metadata.drill { "[drill] " } else { "" };
    let before_id = format!("{drill}[{}] {} ", event.severity, event.item.kind);
    let state = word(&event.state.value);
    let after_id = match &event.previous_state {
        Some(previous) if event.change != Change::Discovered => format!(" {} -> {state}", word(&previous.value)),
        _ => format!(" discovered: {state}"),
    };
    // At most 42 before it and 36 after it: the id has 21 or more.
    let id = elided(&event.item.id, MAXIMUM_CHARACTERS.saturating_sub(before_id.len() + after_id.len()));
    let mut subject = format!("{before_id}{id}{after_id}");
    let left = MAXIMUM_CHARACTERS.saturating_sub(subject.len() + " ()".len());
    let name = escape::ascii(event.item.name.as_deref().unwrap_or_default(), left);
    if !name.is_empty() && left >= MINIMUM_NAME {
        subject = format!("{subject} ({name})");
    }
    subject
}

/// An id in printable ASCII, in at most `maximum` characters: both ends of it, since ids differ at either.
fn elided(id: &str, maximum: usize) -> String {
    let whole = escape::ascii(id, usize::MAX);
    if whole.len() <= maximum {
        return whole;
    }
    let kept = maximum.saturating_sub("..".len());
    let head = kept.div_ceil(2);
    // All ASCII: every byte is a boundary.
    format!("{}..{}", whole[..head].trim_end(), whole[whole.len() - (kept - head)..].trim_start())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::announcement::tests::{event, outage};

    #[test]
    fn what_matters_survives_a_long_name() {
        assert_eq!(of(&outage()), "[critical] virtual-interface dxvif-ffabc123 available -> down (prod-private)");
        let mut long = outage();
        Arc::make_mut(&mut long.item).name =
            Some("the virtual interface of the department of endless names".to_owned());
        assert_eq!(
            of(&long),
            "[critical] virtual-interface dxvif-ffabc123 available -> down (the virtual interface of the dep...)"
        );
        assert_eq!(of(&long).len(), MAXIMUM_CHARACTERS);
        Arc::make_mut(&mut long.item).id = "0123456789abcdef0123456789abcdef0123:dxvif-ffabc123".to_owned();
        assert_eq!(
            of(&long),
            "[critical] virtual-interface 0123456789abcdef0123456789abcdef0123:dxvif-ffabc123 available -> down"
        );
        long.state.value = "disassociating".to_owned();
        assert_eq!(
            of(&long),
            "[critical] virtual-interface 0123456789abcdef0123..f0123:dxvif-ffabc123 available -> disassociating"
        );
        let mut nameless = outage();
        Arc::make_mut(&mut nameless.item).name = None;
        assert_eq!(of(&nameless), "[critical] virtual-interface dxvif-ffabc123 available -> down");
        assert_eq!(
            of(&event(None, "available")),
            "[info] virtual-interface dxvif-ffabc123 discovered: available (prod-private)"
        );
    }
}
