//! Turns recorded transitions and documents of incidents into what people and programs receive: pure.
//!
//! Everything is made from the recorded document, one format a file: [`Message`] for the SNS topics (a `subject` and a
//! `letter` for people, a `chat` notification, the same `attributes`), [`EventBridgeEntry`] for programs, which get the
//! document unchanged. The same of an incident is in the folder `incident`. The summary of a baseline
//! ([`BaselineSummary`]) and the documents of a [`drill`] are made here too.
//!
//! Names, ids and state words are hostile until [`crate::escape`] makes them inert, and they may have any length. Each
//! is cut so that no message exceeds the limits of its service.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::{HistoryRow, NotAnEvent, RecordedDocument, RecordedEvent};

mod attributes;
mod baseline;
mod chat;
mod drill;
mod eventbridge;
mod incident;
mod letter;
mod phrases;
mod subject;
#[cfg(test)]
mod tests;

pub use attributes::Attributes;
pub use baseline::BaselineSummary;
pub use drill::{DRILL_ITEM_ID, drill, drill_incident, drill_row, incident_row};
pub use eventbridge::EventBridgeEntry;
pub use letter::{Fact, Letter};

/// Whether a sink gets the full event or its short form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The recorded document, unchanged.
    Full,
    /// The short form, after the sink has refused the full one.
    Minimal,
}

/// A recorded transition, or a document of an incident, on its way to a sink.
#[derive(Clone, Copy, Debug)]
pub struct Announcement<'a> {
    /// The history row.
    pub row: &'a HistoryRow,
    /// The form in which it is announced.
    pub form: Form,
}

impl<'a> Announcement<'a> {
    /// The text for people, in its parts.
    ///
    /// # Errors
    ///
    /// The recorded document is neither an event nor that of an incident.
    pub fn letter(&self) -> Result<Letter, NotAnEvent> {
        Ok(letter(RecordedDocument::read(&self.document())?))
    }

    /// The recorded document, or its short form.
    pub fn document(&self) -> Cow<'a, Value> {
        match self.form {
            Form::Full => Cow::Borrowed(&self.row.event),
            Form::Minimal => {
                let event = &self.row.event;
                let document = RecordedDocument::read(event);
                Cow::Owned(document.unwrap_or(RecordedDocument::Transition(RecordedEvent::of(event))).minimal())
            }
        }
    }
}

/// The letter of a document.
fn letter(document: RecordedDocument<'_>) -> Letter {
    match document {
        RecordedDocument::Transition(event) => Letter::of(event),
        RecordedDocument::Incident(incident) => incident::letter::of(incident),
    }
}

/// A message for an SNS topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The subject: 1 to 99 characters of printable ASCII. Only e-mail shows it.
    pub subject: String,
    /// The body: a text for people, or the JSON of a custom notification for chats.
    pub text: String,
    /// The attributes that subscriptions filter by.
    pub attributes: Attributes,
}

impl Message {
    /// The message for the topic for people: a short text that an engineer woken by it can act on.
    ///
    /// # Errors
    ///
    /// The recorded document is neither an event nor that of an incident. A retry does not help.
    pub fn for_people(announcement: &Announcement<'_>) -> Result<Message, NotAnEvent> {
        Message::of(announcement, |document| letter(document).to_string())
    }

    /// The message for the topic for Amazon Q Developer: a custom notification, which Slack and Teams show.
    ///
    /// # Errors
    ///
    /// As [`Message::for_people`].
    pub fn for_chat(announcement: &Announcement<'_>) -> Result<Message, NotAnEvent> {
        Message::of(announcement, |document| match document {
            RecordedDocument::Transition(event) => chat::of(event).to_string(),
            RecordedDocument::Incident(incident) => incident::chat::of(incident).to_string(),
        })
    }

    fn of(
        announcement: &Announcement<'_>,
        text: impl FnOnce(RecordedDocument<'_>) -> String,
    ) -> Result<Message, NotAnEvent> {
        let document = announcement.document();
        let document = RecordedDocument::read(&document)?;
        let (subject, attributes) = match document {
            RecordedDocument::Transition(event) => (subject::of(event), attributes::of(event)),
            RecordedDocument::Incident(incident) => {
                (incident::subject::of(incident), incident::attributes::of(incident))
            }
        };
        Ok(Message { subject, text: text(document), attributes })
    }

    /// The message for the topic for people when a baseline is complete.
    pub fn baseline_for_people(summary: &BaselineSummary) -> Message {
        Message {
            subject: baseline::subject(summary),
            text: baseline::text(summary),
            attributes: baseline::attributes(),
        }
    }

    /// The message for the topic for Amazon Q Developer when a baseline is complete.
    pub fn baseline_for_chat(summary: &BaselineSummary) -> Message {
        Message {
            subject: baseline::subject(summary),
            text: baseline::chat(summary).to_string(),
            attributes: baseline::attributes(),
        }
    }
}
