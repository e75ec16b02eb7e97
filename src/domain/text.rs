//! The limit on free text, which keeps rows and events within the limits of the services that carry them, whatever AWS
//! sends.

use std::borrow::Cow;

/// The longest free text from AWS that is kept, in characters. AWS's own limits are far lower.
pub const MAXIMUM_TEXT_CHARACTERS: usize = 1024;

/// `text`, cut to [`MAXIMUM_TEXT_CHARACTERS`] with a `…` at the end where it is longer.
pub fn bounded(text: &str) -> Cow<'_, str> {
    // A text has at most as many characters as bytes, so in the usual case no counting is needed.
    if text.len() <= MAXIMUM_TEXT_CHARACTERS || text.chars().nth(MAXIMUM_TEXT_CHARACTERS).is_none() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().take(MAXIMUM_TEXT_CHARACTERS - 1).chain(['…']).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let exact = "é".repeat(MAXIMUM_TEXT_CHARACTERS);
        assert_eq!(bounded(&exact), exact);
        let cut = bounded(&format!("{exact}é")).into_owned();
        assert_eq!(cut.chars().count(), MAXIMUM_TEXT_CHARACTERS);
        assert!(cut.ends_with("é…"));
    }
}
