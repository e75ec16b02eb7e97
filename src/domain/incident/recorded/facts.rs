//! What a recorded document says of the facts that its incident is about.

use serde_json::Value;

use super::{RecordedIncident, text};
use crate::domain::model::Model;

/// A destination that is less resilient than it was, as a document names it.
#[derive(Clone, Copy, Debug)]
pub struct RecordedResilience<'a>(&'a Value);

impl<'a> RecordedResilience<'a> {
    /// What its paths amounted to.
    pub fn previous_word(self) -> &'a str {
        text(&self.0["previousModel"])
    }

    /// What they amount to.
    pub fn word(self) -> &'a str {
        text(&self.0["model"])
    }

    /// Whether they amount to as much as before, as far as this version knows the words.
    pub fn is_as_before(self) -> bool {
        let read = |word: &str| word.parse::<Model>().ok();
        read(self.word()).zip(read(self.previous_word())).is_some_and(|(now, before)| now >= before)
    }

    /// `ipv4` or `ipv6`.
    pub fn address_family(self) -> &'a str {
        text(&self.0["addressFamily"])
    }
}

impl<'a> RecordedIncident<'a> {
    /// The destination that is less resilient than it was.
    pub fn resilience(self) -> Option<RecordedResilience<'a>> {
        let resilience = &self.details()["resilience"];
        resilience.is_object().then_some(RecordedResilience(resilience))
    }
}
