//! From recorded transitions to what people and programs receive: pure.
//!
//! Everything is made from the recorded document, one form a file: [`Message`] for the SNS topics (a `subject` and a
//! `letter` for people, a `chat` notification, the same `attributes`), [`EventBridgeEntry`] for programs, who get the
//! document unchanged. The summary of a baseline ([`BaselineSummary`]) and the rehearsal ([`drill`]) are made here too.
//!
//! Names, ids and state words are hostile until [`crate::escape`] made them inert, and of any length until they are cut:
//! no form exceeds what its service takes, whatever an item is called.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::{HistoryRow, NotAnEvent, RecordedEvent};

mod attributes;
mod baseline;
mod chat;
mod drill;
mod eventbridge;
mod letter;
mod phrases;
mod subject;
#[cfg(test)]
mod tests;

pub use attributes::Attributes;
pub use baseline::BaselineSummary;
pub use drill::{DRILL_ITEM_ID, drill, drill_row};
pub use eventbridge::EventBridgeEntry;
pub use letter::{Fact, Letter};

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

impl<'a> Announcement<'a> {
    /// What people are written, in its parts.
    ///
    /// # Errors
    ///
    /// What was recorded is no event.
    pub fn letter(&self) -> Result<Letter, NotAnEvent> {
        let document = self.document();
        Ok(Letter::of(RecordedEvent::read(&document)?))
    }

    /// The document in the form that is asked for: as it was recorded, or its short form.
    pub fn document(&self) -> Cow<'a, Value> {
        match self.form {
            Form::Full => Cow::Borrowed(&self.row.event),
            Form::Minimal => Cow::Owned(RecordedEvent::of(&self.row.event).minimal()),
        }
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
    ///
    /// # Errors
    ///
    /// What was recorded is no event: no retry makes it one.
    pub fn for_people(announcement: &Announcement<'_>) -> Result<Message, NotAnEvent> {
        Message::of(announcement, |event| Letter::of(event).to_string())
    }

    /// What the topic for Amazon Q Developer gets: a custom notification, which Slack and Teams show.
    ///
    /// # Errors
    ///
    /// As [`Message::for_people`].
    pub fn for_chat(announcement: &Announcement<'_>) -> Result<Message, NotAnEvent> {
        Message::of(announcement, |event| chat::of(event).to_string())
    }

    fn of(
        announcement: &Announcement<'_>,
        text: impl FnOnce(RecordedEvent<'_>) -> String,
    ) -> Result<Message, NotAnEvent> {
        let document = announcement.document();
        let event = RecordedEvent::read(&document)?;
        Ok(Message { subject: subject::of(event), text: text(event), attributes: attributes::of(event) })
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
