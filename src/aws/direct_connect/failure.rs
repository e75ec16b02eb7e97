//! What AWS said when a call failed, in words for an operator.
//!
//! Built from codes, messages and the chain of causes, never from the SDK's debug output, which holds whole answers.

use std::{error::Error, fmt};

use aws_sdk_directconnect::{
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::domain::bounded;

use super::paging::{Cause, ListingFailure};

/// Why a call failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CallFailure {
    not_a_partner: bool,
    text: String,
}

impl CallFailure {
    /// A failure on our side of the wire.
    pub(super) fn new(text: impl Into<String>) -> CallFailure {
        CallFailure { not_a_partner: false, text: text.into() }
    }

    /// What the SDK's error says.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> CallFailure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Some(service) = error.as_service_error() else {
            // The SDK's sentences repeat their causes here and there.
            let mut causes: Vec<String> = Vec::new();
            for cause in anyhow::Chain::new(error) {
                let cause = cause.to_string();
                if causes.last().is_none_or(|last| !last.contains(&cause)) {
                    causes.push(cause);
                }
            }
            return CallFailure::new(bounded(&causes.join(": ")));
        };
        let status = error.raw_response().map(|response| response.status().as_u16());
        let message = service.message().filter(|message| !message.is_empty());
        let mut text = match (service.code(), status) {
            (Some(code), _) => code.to_owned(),
            (None, Some(status)) => format!("status {status}"),
            (None, None) => "an error without a code".to_owned(),
        };
        if let Some(message) = message {
            text = format!("{text}: {}", bounded(message));
        }
        if let Some(id) = error.request_id() {
            text = format!("{text} (request {})", bounded(id));
        }
        CallFailure { not_a_partner: is_not_a_partner(service.code(), message), text }
    }

    /// Whether AWS refuses to list interconnects because the account is no Direct Connect partner.
    pub(super) fn says_not_a_partner(&self) -> bool {
        self.not_a_partner
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// AWS has no code of its own for this, only a sentence: `Account … is not an authorized Direct Connect partner in …`.
fn is_not_a_partner(code: Option<&str>, message: Option<&str>) -> bool {
    code == Some("DirectConnectClientException")
        && message.is_some_and(|message| {
            let message = message.to_ascii_lowercase();
            message.contains("not an authorized") && message.contains("partner")
        })
}

impl fmt::Display for ListingFailure<CallFailure> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "page {}: ", self.page)?;
        match &self.cause {
            Cause::Call(failure) => failure.fmt(formatter),
            Cause::RepeatedToken => formatter.write_str("its token for the next page came before: the list never ends"),
            Cause::Endless => formatter.write_str("the list still goes on: given up"),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_directconnect::{
        error::ErrorMetadata,
        operation::describe_interconnects::DescribeInterconnectsError,
        types::error::{DirectConnectClientException, DirectConnectServerException},
    };
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn client_exception(message: &str) -> CallFailure {
        let meta = ErrorMetadata::builder().code("DirectConnectClientException").message(message).build();
        let exception = DirectConnectClientException::builder().message(message).meta(meta).build();
        let mut response = HttpResponse::new(400.try_into().unwrap(), SdkBody::from("canary"));
        response.headers_mut().insert("x-amzn-requestid", "1b2c-3d4e");
        CallFailure::of(&SdkError::service_error(
            DescribeInterconnectsError::DirectConnectClientException(exception),
            response,
        ))
    }

    #[test]
    fn a_refusal_is_told_with_code_message_and_request() {
        assert_eq!(
            client_exception("dxcon-1 doesn't exist.").to_string(),
            "DirectConnectClientException: dxcon-1 doesn't exist. (request 1b2c-3d4e)"
        );
        let unhandled = DescribeInterconnectsError::generic(ErrorMetadata::builder().build());
        let response = HttpResponse::new(503.try_into().unwrap(), SdkBody::from("canary"));
        assert_eq!(CallFailure::of(&SdkError::service_error(unhandled, response)).to_string(), "status 503");
    }

    #[test]
    fn a_call_that_reached_nobody_is_told_with_its_causes() {
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        let error: SdkError<DescribeInterconnectsError, HttpResponse> =
            SdkError::dispatch_failure(ConnectorError::io(refused.into()));
        assert_eq!(CallFailure::of(&error).to_string(), "dispatch failure: io error: connection refused");
    }

    #[test]
    fn only_the_sentence_about_partners_says_not_a_partner() {
        let sentence = "Account 123456789012 is not an authorized Direct Connect partner in us-east-1.";
        assert!(client_exception(sentence).says_not_a_partner());
        assert!(!client_exception("Account 123456789012 has no partner interconnect.").says_not_a_partner());
        let server = DirectConnectServerException::builder()
            .message(sentence)
            .meta(ErrorMetadata::builder().code("DirectConnectServerException").message(sentence).build())
            .build();
        let response = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        let error = DescribeInterconnectsError::DirectConnectServerException(server);
        assert!(!CallFailure::of(&SdkError::service_error(error, response)).says_not_a_partner());
    }

    #[test]
    fn an_endless_message_is_cut() {
        assert!(client_exception(&"x".repeat(100_000)).to_string().len() < 2_000);
    }
}
