//! Who must act before a refused announcement can be accepted: time, somebody, or nobody.
//!
//! The sorting decides what becomes of an event. `Transient` and `Sink` both keep it for the next poll; only `Event`
//! lets the pipeline go past it. So only what AWS plainly says about this one event is `Event`, and whatever is not
//! known is `Transient`: an event is never skipped because of a guess.

use anyhow::anyhow;

use super::failure::CallFailure;
use crate::ports::Refusal;

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may pass by itself.
    Transient,
    /// This event will never be accepted as it is.
    Event,
    /// Nothing is accepted until somebody mends it.
    Sink(Obstacle),
}

/// What somebody has to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// A permission is missing, here or in the policy over there.
    Permission,
    /// A permission on the key that encrypts it over there is missing.
    KeyPermission,
    /// The key cannot be used: disabled, deleted, gone.
    Key,
    /// The place is not there.
    Missing,
    /// The place's name cannot be one, or it is a place of another kind.
    Address,
    /// The credentials are wrong or have expired.
    Credentials,
}

/// A place where events are announced, for the texts of refusals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// What it is: `topic`, `event bus`.
    pub(super) noun: &'static str,
    /// Its name or ARN.
    pub(super) name: &'a str,
    /// The permission that announcing there takes.
    pub(super) permission: &'static str,
}

impl Place<'_> {
    /// The refusal that a failure amounts to, in words for an operator.
    pub(super) fn refusal(self, failure: CallFailure, verdict: Verdict) -> Refusal {
        let Place { noun, name, permission } = self;
        let what = format!("cannot announce on the {noun} {name}");
        let error = anyhow!(failure);
        match verdict {
            Verdict::Transient => Refusal::Transient(error.context(what)),
            Verdict::Event => Refusal::Event(error.context(what)),
            Verdict::Sink(obstacle) => {
                let why = match obstacle {
                    Obstacle::Permission => format!("it takes the permission {permission} on {name}"),
                    Obstacle::KeyPermission => {
                        format!("it takes the permissions kms:GenerateDataKey and kms:Decrypt on the {noun}'s key")
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

/// What a refusal of SNS's `Publish` means.
pub(super) fn of_publish(failure: &CallFailure) -> Verdict {
    let message = failure.message().to_ascii_lowercase();
    match plain(failure.code()) {
        "InvalidParameter" | "InvalidParameterValue" | "ParameterValueInvalid" | "Validation" | "ValidationError" => {
            if mentions(&message, &["topicarn", "topic arn", "topic name", "targetarn", "messagegroupid", "fifo"]) {
                Verdict::Sink(Obstacle::Address)
            } else if mentions(&message, &["message", "subject", "attribute"]) {
                Verdict::Event
            } else {
                Verdict::Transient
            }
        }
        "NotFound" => Verdict::Sink(Obstacle::Missing),
        code => of_any_service(code, &message),
    }
}

/// What a refusal of EventBridge's `PutEvents` means: of the call, or of an entry in an answer that is no error.
pub(super) fn of_put_events(failure: &CallFailure) -> Verdict {
    let message = failure.message().to_ascii_lowercase();
    let names_the_bus = mentions(&message, &["eventbusname", "event bus", "endpointid"]);
    match plain(failure.code()) {
        "InvalidArgument" | "Validation" | "ValidationError" if names_the_bus => Verdict::Sink(Obstacle::Address),
        "InvalidArgument" | "MalformedDetail" | "RedactionFailure" => Verdict::Event,
        "Validation" | "ValidationError"
            if mentions(&message, &["size", "member.detail", "member.resources", "member.source", "member.time"]) =>
        {
            Verdict::Event
        }
        "ResourceNotFound" => Verdict::Sink(Obstacle::Missing),
        "InvalidAccountId" => Verdict::Sink(Obstacle::Address),
        // The source and the detail type are the same for all events: it is the bus's policy that does not take them.
        "NotAuthorizedForSource" | "NotAuthorizedForDetailType" => Verdict::Sink(Obstacle::Permission),
        code => of_any_service(code, &message),
    }
}

/// What the codes mean that are the same everywhere.
fn of_any_service(code: &str, message: &str) -> Verdict {
    match code {
        "AccessDenied" | "AuthorizationError" | "NotAuthorized" | "UnauthorizedOperation" => {
            let about_the_key = message.contains("kms:");
            Verdict::Sink(if about_the_key { Obstacle::KeyPermission } else { Obstacle::Permission })
        }
        "KMSAccessDenied" => Verdict::Sink(Obstacle::KeyPermission),
        "KMSDisabled" | "KMSInvalidState" | "KMSNotFound" | "KMSOptInRequired" => Verdict::Sink(Obstacle::Key),
        "ExpiredToken"
        | "IncompleteSignature"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSecurity"
        | "InvalidSignature"
        | "MissingAuthenticationToken"
        | "OptInRequired"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClient" => Verdict::Sink(Obstacle::Credentials),
        "RequestEntityTooLarge" => Verdict::Event,
        _ => Verdict::Transient,
    }
}

/// A code without the ending that some of AWS's protocols give it.
fn plain(code: &str) -> &str {
    code.strip_suffix("Exception").unwrap_or(code)
}

fn mentions(message: &str, words: &[&str]) -> bool {
    words.iter().any(|word| message.contains(word))
}

#[cfg(test)]
mod tests;
