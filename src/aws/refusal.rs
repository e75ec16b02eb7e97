//! Classifies why a sink refused an announcement: it may pass, an operator must fix something, or nothing helps.
//!
//! The class decides what happens to the event. With `Transient` and `Sink` the next poll tries again; only `Event` lets
//! the pipeline go past it. So a refusal is `Event` only if AWS clearly says that this one event is wrong, and an unknown
//! one is `Transient`: no event is skipped because of a guess.

use anyhow::anyhow;

use super::{failure::CallFailure, obstacle::Obstacle};
use crate::ports::Refusal;

/// The class of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefusalKind {
    /// It may pass by itself.
    Transient,
    /// This event will never be accepted as it is.
    Event,
    /// No event is accepted until an operator fixes this.
    Sink(Obstacle),
}

/// The destination of events, for the texts of refusals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Destination<'a> {
    /// What it is: `topic`, `event bus`.
    pub(super) noun: &'static str,
    /// Its name or ARN.
    pub(super) name: &'a str,
    /// The permission that announcing there needs.
    pub(super) permission: &'static str,
}

impl Destination<'_> {
    /// The refusal for a failure, with a text for an operator.
    pub(super) fn refusal(self, failure: CallFailure, kind: RefusalKind) -> Refusal {
        let Destination { noun, name, permission } = self;
        let what = format!("cannot announce on the {noun} {name}");
        let error = anyhow!(failure);
        match kind {
            RefusalKind::Transient => Refusal::Transient(error.context(what)),
            RefusalKind::Event => Refusal::Event(error.context(what)),
            RefusalKind::Sink(obstacle) => {
                let why = match obstacle {
                    Obstacle::Permission => format!("it needs the permission {permission} on {name}"),
                    Obstacle::KeyPermission => {
                        format!("it needs the permissions kms:GenerateDataKey and kms:Decrypt on the {noun}'s key")
                    }
                    Obstacle::Key => format!("the {noun}'s KMS key cannot be used"),
                    Obstacle::Missing => format!("there is no such {noun}"),
                    Obstacle::Address => format!("this {noun} cannot be announced on"),
                    Obstacle::Credentials => "the credentials are not accepted".to_owned(),
                };
                Refusal::Sink(error.context(format!("{what}: {why}")))
            }
        }
    }
}

/// The class of a refusal by SNS's `Publish`.
pub(super) fn of_publish(failure: &CallFailure) -> RefusalKind {
    let message = failure.message().to_ascii_lowercase();
    match failure.plain_code() {
        "InvalidParameter" | "InvalidParameterValue" | "ParameterValueInvalid" | "Validation" | "ValidationError" => {
            if mentions(&message, &["topicarn", "topic arn", "topic name", "targetarn", "messagegroupid", "fifo"]) {
                RefusalKind::Sink(Obstacle::Address)
            } else if mentions(&message, &["message", "subject", "attribute"]) {
                RefusalKind::Event
            } else {
                RefusalKind::Transient
            }
        }
        "NotFound" => RefusalKind::Sink(Obstacle::Missing),
        _ => of_any_service(failure),
    }
}

/// The class of a refusal by EventBridge's `PutEvents`, of a whole call or of one entry.
pub(super) fn of_put_events(failure: &CallFailure) -> RefusalKind {
    let message = failure.message().to_ascii_lowercase();
    let names_the_bus = mentions(&message, &["eventbusname", "event bus", "endpointid"]);
    match failure.plain_code() {
        "InvalidArgument" | "Validation" | "ValidationError" if names_the_bus => RefusalKind::Sink(Obstacle::Address),
        "InvalidArgument" | "MalformedDetail" | "RedactionFailure" => RefusalKind::Event,
        "Validation" | "ValidationError"
            if mentions(&message, &["size", "member.detail", "member.resources", "member.source", "member.time"]) =>
        {
            RefusalKind::Event
        }
        "InvalidAccountId" => RefusalKind::Sink(Obstacle::Address),
        // All events have the same source and detail type, so the bus's policy refuses them all.
        "NotAuthorizedForSource" | "NotAuthorizedForDetailType" => RefusalKind::Sink(Obstacle::Permission),
        _ => of_any_service(failure),
    }
}

/// The class of a failure by the codes that all services share.
fn of_any_service(failure: &CallFailure) -> RefusalKind {
    match Obstacle::of(failure) {
        Some(obstacle) => RefusalKind::Sink(obstacle),
        None if failure.plain_code() == "RequestEntityTooLarge" => RefusalKind::Event,
        None => RefusalKind::Transient,
    }
}

fn mentions(message: &str, words: &[&str]) -> bool {
    words.iter().any(|word| message.contains(word))
}

#[cfg(test)]
mod tests;
