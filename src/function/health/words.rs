//! The words of an event of AWS Health: one line of what it describes, and its code as words.

use std::net::IpAddr;

use serde_json::Value;

use crate::{domain::bounded, function::fact::text};

/// The longest sentence that is kept, in characters.
const MAXIMUM_SENTENCE: usize = 240;

/// The first sentence of an event's description, in English where there is one, on one line and without addresses.
pub(super) fn first_sentence(descriptions: Option<&Value>) -> Option<String> {
    let descriptions = descriptions.and_then(Value::as_array)?;
    let is_english = |description: &&Value| text(description, "language").is_some_and(|code| code.starts_with("en"));
    let description = descriptions.iter().find(is_english).or_else(|| descriptions.first())?;
    let paragraph = text(description, "latestDescription")?.lines().next()?;
    let sentence = match paragraph.split_once(". ") {
        Some((sentence, _)) => sentence,
        None => paragraph.strip_suffix('.').unwrap_or(paragraph),
    };
    let words: Vec<&str> = sentence.split_whitespace().map(|word| if has_address(word) { "…" } else { word }).collect();
    let line = words.join(" ");
    let is_long = line.chars().nth(MAXIMUM_SENTENCE).is_some();
    let line = if is_long { line.chars().take(MAXIMUM_SENTENCE - 1).chain(['…']).collect() } else { line };
    (!line.is_empty()).then_some(line)
}

/// Whether an IP address is in a word, whatever stands around it: brackets, a port, a network's size, another address.
fn has_address(word: &str) -> bool {
    let is_address = |text: &str| text.parse::<IpAddr>().is_ok();
    let pieces = word.split(|character: char| !(character.is_ascii_hexdigit() || ".:".contains(character)));
    pieces.filter(|piece| !piece.is_empty()).any(|piece| {
        let without_port = piece.rsplit_once(':').map_or(piece, |(address, _)| address);
        [piece, without_port].into_iter().any(|text| is_address(text) || is_address(text.trim_matches(['.', ':'])))
    })
}

/// A code in words: `AWS_DIRECTCONNECT_MAINTENANCE_SCHEDULED` is `maintenance scheduled`.
pub(super) fn code_in_words(code: &str) -> String {
    let code = bounded(code);
    let own = code.strip_prefix("AWS_").unwrap_or(&code);
    own.strip_prefix("DIRECTCONNECT_").unwrap_or(own).replace('_', " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sentence(text: &str) -> Option<String> {
        first_sentence(Some(
            &json!([{"language": "de_DE", "latestDescription": "Anderes."}, {"language": "en_US", "latestDescription": text}]),
        ))
    }

    #[test]
    fn the_first_sentence_in_english_is_taken() {
        let text = "Maintenance has been scheduled in  Equinix SV1,\tSan Jose. It takes four hours.\nDo nothing.";
        assert_eq!(sentence(text).unwrap(), "Maintenance has been scheduled in Equinix SV1, San Jose");
        assert_eq!(sentence("Increased packet loss.").unwrap(), "Increased packet loss");
        assert_eq!(sentence(" \n "), None);
        assert_eq!(first_sentence(Some(&json!([{"latestDescription": "One"}]))).unwrap(), "One");
        for none in [json!(null), json!([]), json!([1]), json!("text"), json!([{"language": "en"}])] {
            assert_eq!(first_sentence(Some(&none)), None, "{none}");
        }
    }

    #[test]
    fn addresses_are_left_out() {
        let text = "Peers 169.254.96.1, (2001:db8::2/125), [10.0.0.0/8] and 192.0.2.7: lost at 10:15 on dxcon-1";
        assert_eq!(sentence(text).unwrap(), "Peers … … … and … lost at 10:15 on dxcon-1");
        for glued in [
            "10.0.0.1,10.0.0.2",
            "169.254.96.1:179",
            "peer=169.254.96.1",
            "169.254.96.1-169.254.96.2",
            "[2001:db8::1]:179",
            "fe80::1%eth0",
        ] {
            assert_eq!(sentence(&format!("of {glued} in EqDC2")).unwrap(), "of … in EqDC2");
        }
        assert_eq!(
            sentence("at 10:15:30 dxcon-ffabc123 and EqDC2-abc").unwrap(),
            "at 10:15:30 dxcon-ffabc123 and EqDC2-abc"
        );
    }

    #[test]
    fn a_long_sentence_is_cut() {
        let cut = sentence(&"é".repeat(5_000)).unwrap();
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (MAXIMUM_SENTENCE, true));
    }

    #[test]
    fn codes_become_words() {
        assert_eq!(code_in_words("AWS_DIRECTCONNECT_OPERATIONAL_ISSUE"), "operational issue");
        assert_eq!(code_in_words("AWS_SOMETHING_NEW"), "something new");
        assert_eq!(code_in_words(""), "");
    }
}
