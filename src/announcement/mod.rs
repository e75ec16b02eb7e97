//! From recorded transitions to what people and programs receive: pure.
//!
//! Everything is made from the recorded document, one form a file: [`Message`] for the SNS topics (a `subject` and a
//! `text` for people, a `chat` notification, the same `attributes`), [`EventBridgeEntry`] for programs, who get the
//! document unchanged. The summary of a baseline ([`BaselineSummary`]) and the rehearsal ([`drill`]) are made here too.
//!
//! Names, ids and state words are hostile until [`crate::escape`] made them inert, and of any length until they are cut:
//! no form exceeds what its service takes, whatever an item is called.

use std::collections::BTreeMap;

use crate::domain::{Event, HistoryRow};

mod attributes;
mod baseline;
mod chat;
mod drill;
mod eventbridge;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use baseline::BaselineSummary;
pub use drill::{DRILL_ITEM_ID, drill, drill_row};
pub use eventbridge::EventBridgeEntry;

/// The message attributes that subscribers filter by; all of them are of the type `String`.
pub type Attributes = BTreeMap<&'static str, String>;

/// Which form of an event a sink is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The recorded document, unchanged.
    Full,
    /// The short form, after the sink would not take the whole.
    Minimal,
}

/// A recorded transition on its way to a sink.
#[derive(Clone, Copy, Debug)]
pub struct Announcement<'a> {
    /// The recorded row.
    pub row: &'a HistoryRow,
    /// Which form of it.
    pub form: Form,
}

/// A recorded document that is not an event as this version knows it: no retry makes it one.
#[derive(Debug, thiserror::Error)]
#[error("the recorded document is not an event that this version can read")]
pub struct UnreadableEvent(#[from] serde_json::Error);

impl Announcement<'_> {
    /// The event to tell of, in the form that is asked for.
    pub fn event(&self) -> Result<Event, UnreadableEvent> {
        let event: Event = serde::Deserialize::deserialize(&self.row.event)?;
        Ok(match self.form {
            Form::Full => event,
            Form::Minimal => event.minimal(),
        })
    }
}

/// What is published on an SNS topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The subject: 1 to 99 characters of printable ASCII. Only e-mail shows it.
    pub subject: String,
    /// The body: a text for people, or the JSON of a custom notification for chats.
    pub text: String,
    /// What subscribers filter by.
    pub attributes: Attributes,
}

impl Message {
    /// What the topic for people gets: a short text that somebody woken by it can act on.
    pub fn for_people(announcement: &Announcement<'_>) -> Result<Message, UnreadableEvent> {
        let event = announcement.event()?;
        Ok(Message { subject: subject::of(&event), text: text::of(&event), attributes: attributes::of(&event) })
    }

    /// What the topic for Amazon Q Developer gets: a custom notification, which Slack and Teams show.
    pub fn for_chat(announcement: &Announcement<'_>) -> Result<Message, UnreadableEvent> {
        let event = announcement.event()?;
        Ok(Message {
            subject: subject::of(&event),
            text: chat::of(&event).to_string(),
            attributes: attributes::of(&event),
        })
    }

    /// What the topic for people gets once, when a baseline is complete.
    pub fn baseline_for_people(summary: &BaselineSummary) -> Message {
        Message {
            subject: baseline::subject(summary),
            text: baseline::text(summary),
            attributes: baseline::attributes(),
        }
    }

    /// What the topic for Amazon Q Developer gets once, when a baseline is complete.
    pub fn baseline_for_chat(summary: &BaselineSummary) -> Message {
        Message {
            subject: baseline::subject(summary),
            text: baseline::chat(summary).to_string(),
            attributes: baseline::attributes(),
        }
    }
}
