//! What a recorded document says of the facts that its incident is about.

use serde::Deserialize;
use serde_json::Value;

use super::{RecordedIncident, text};
use crate::domain::{incident::uncovered::UncoveredEnd, model::Model};

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

/// Prefixes that are accepted over fewer paths than they were, as a document names them.
#[derive(Clone, Copy, Debug)]
pub struct RecordedRoutes<'a>(&'a Value);

impl<'a> RecordedRoutes<'a> {
    /// The destination's name, or else its id.
    pub fn destination(self) -> &'a str {
        Some(text(&self.0["name"])).filter(|name| !name.trim().is_empty()).unwrap_or(text(&self.0["id"]))
    }

    /// Whether the destination is AWS's public network.
    pub fn is_public(self) -> bool {
        text(&self.0["kind"]) == "public"
    }

    /// How many prefixes these are.
    pub fn count(self) -> u64 {
        number(&self.0["count"])
    }

    /// How many of them are accepted over no path.
    pub fn without_path(self) -> u64 {
        number(&self.0["withoutPath"])
    }

    /// The prefixes that are named, each with the number of its paths.
    pub fn prefixes(self) -> impl Iterator<Item = (&'a str, u64)> {
        list(&self.0["prefixes"]).map(|named| (text(&named["prefix"]), number(&named["paths"])))
    }

    /// How many more there are.
    pub fn more(self) -> u64 {
        number(&self.0["more"])
    }

    /// The interfaces that have lost them: id, name, how many are lost, and how many are accepted.
    pub fn lost_by(self) -> impl Iterator<Item = (&'a str, &'a str, [u64; 2])> {
        list(&self.0["lostBy"])
            .map(|by| (text(&by["id"]), text(&by["name"]), [&by["lost"], &by["accepted"]].map(number)))
    }

    /// The interfaces over which some are still accepted.
    pub fn accepted_over(self) -> impl Iterator<Item = &'a str> {
        list(&self.0["acceptedOver"]).map(text)
    }

    /// How it ended; none while it lasts.
    pub fn ended(self) -> Option<UncoveredEnd> {
        UncoveredEnd::deserialize(&self.0["ended"]).ok()
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

impl<'a> RecordedIncident<'a> {
    /// The prefixes that are accepted over fewer paths than they were.
    pub fn routes(self) -> Option<RecordedRoutes<'a>> {
        let routes = &self.details()["routes"];
        routes.is_object().then_some(RecordedRoutes(routes))
    }
}
