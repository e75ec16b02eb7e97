//! What an event of AWS brings: planned work or evidence, and the scopes that it concerns.
//!
//! The events come over EventBridge, in its envelope. Whatever is missing in them or is of another type than it should be
//! is a reason in words, never a panic.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use crate::domain::{Evidence, Scope, Timestamp, Window};

/// The longest part of a key that is kept as AWS wrote it, in bytes. Several parts make the sort key of a row, which takes
/// 1,024 bytes; AWS's own are far shorter.
const MAXIMUM_KEY_PART_BYTES: usize = 300;

/// What an event of AWS brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The account that it is about.
    pub account: String,
    /// The region that it is about. `global` for what is the same from every region.
    pub region: String,
    /// Whether it is about items of the global kinds, too.
    pub global: Global,
    /// What it brings.
    pub content: Content,
}

/// Whether a fact is about items of the global kinds, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Global {
    /// It is not.
    No,
    /// It is, where its region is watched: what AWS reports of a region may reach what leads there.
    WithRegion,
    /// It is, whatever its region: a gateway may be changed from everywhere.
    Always,
}

/// Planned work, or evidence of a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// One page of a notice about planned work.
    Work(Box<Window>),
    /// A call to Direct Connect, or what AWS reports.
    Evidence(Evidence),
}

/// Why an event brings nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFact {
    /// It is sound, and means nothing here.
    #[error("{0}")]
    Ignored(&'static str),
    /// It lacks what it must have. It will lack it again when it is repeated.
    #[error("{0}")]
    Malformed(&'static str),
}

impl Fact {
    /// Those of the scopes that are polled which it concerns.
    pub fn scopes_among(&self, polled: &[Scope]) -> BTreeSet<Scope> {
        let own = Scope::regional(self.account.clone(), self.region.clone());
        let is_global = match self.global {
            Global::No => false,
            Global::WithRegion => polled.contains(&own),
            Global::Always => true,
        };
        let global = is_global.then(|| Scope::global(self.account.clone()));
        [own].into_iter().chain(global).filter(|scope| polled.contains(scope)).collect()
    }
}

/// The text under `key`, if it is one that is not blank.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The details of an event.
pub(super) fn detail(event: &Value) -> Result<&Value, NoFact> {
    event.get("detail").filter(|detail| detail.is_object()).ok_or(NoFact::Malformed("it has no detail"))
}

/// When an event was put on the bus.
pub(super) fn event_time(event: &Value) -> Option<Timestamp> {
    text(event, "time")?.parse().ok()
}

/// `text` where it is short enough for a part of a key; else a name made of it, which is the same for the same text.
pub(super) fn key_part(text: &str) -> Cow<'_, str> {
    if text.len() <= MAXIMUM_KEY_PART_BYTES {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_part_of_a_key_becomes_a_short_one_of_its_own() {
        let long = |last: &str| "x".repeat(MAXIMUM_KEY_PART_BYTES) + last;
        assert_eq!(key_part("arn:aws:health:us-east-1::event/x"), "arn:aws:health:us-east-1::event/x");
        assert_eq!(key_part(&long("1")), key_part(&long("1")));
        assert_ne!(key_part(&long("1")), key_part(&long("2")));
        assert!(key_part(&long("1")).len() < 40);
    }
}
