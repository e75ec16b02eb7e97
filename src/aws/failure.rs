//! The failure of a call to AWS: its code and message, or why there was no answer.
//!
//! It is built from codes, messages and the chain of causes, never from the SDK's debug output, which holds whole answers.
//! It holds no request ids, so that repeats of the same failure have the same text and can be counted. These ids go to the
//! debug log.

use std::fmt;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::domain::bounded;

/// The header of an answer with the request id, which AWS Support asks for.
const REQUEST_ID_HEADER: &str = "x-amzn-requestid";

/// Why a call, or an entry of one, failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) struct CallFailure {
    /// AWS's code, if AWS answered.
    code: Option<String>,
    message: String,
}

impl CallFailure {
    /// The failure with AWS's code and message.
    pub(super) fn answered(code: Option<&str>, message: &str) -> CallFailure {
        let code = code.map(|code| bounded(code).into_owned());
        CallFailure { code, message: bounded(&without_request_ids(message)).into_owned() }
    }

    /// The failure of a call that got no answer.
    pub(super) fn unanswered(message: &str) -> CallFailure {
        CallFailure { code: None, message: bounded(message).into_owned() }
    }

    /// The failure in an SDK's error.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> CallFailure
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let response = error.raw_response();
        let status = response.map(|response| response.status().as_u16());
        let request_id = response.and_then(|response| response.headers().get(REQUEST_ID_HEADER));
        let Some(service) = error.as_service_error() else {
            tracing::debug!(status, request_id, "a call without a usable answer");
            return CallFailure::unanswered(&causes(error));
        };
        tracing::debug!(status, request_id, code = service.code(), "a call refused");
        let message = service.message().unwrap_or_default();
        match (service.code(), status) {
            (None, Some(status)) => CallFailure::answered(None, format!("status {status} {message}").trim_end()),
            (code, _) => CallFailure::answered(code, message),
        }
    }

    /// AWS's code; empty if there was no answer.
    pub(super) fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }

    /// AWS's code without the suffix `Exception`, which only some of its protocols have.
    pub(super) fn plain_code(&self) -> &str {
        self.code().strip_suffix("Exception").unwrap_or(self.code())
    }

    /// AWS's message, or why there was no answer.
    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) if self.message.is_empty() => formatter.write_str(code),
            Some(code) => write!(formatter, "{code}: {}", self.message),
            None => formatter.write_str(&self.message),
        }
    }
}

/// The chain of causes as one sentence. Some of the SDK's messages repeat their causes; repeats are left out.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut causes: Vec<String> = Vec::new();
    for cause in anyhow::Chain::new(error) {
        let cause = cause.to_string();
        if causes.last().is_none_or(|last| !last.contains(&cause)) {
            causes.push(cause);
        }
    }
    causes.join(": ")
}

/// `message` with `…` for request ids. A service may quote another's error in full, as SNS does:
/// `(Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: 318a7abf-…; Proxy: null)`.
fn without_request_ids(message: &str) -> String {
    const LABELS: [&str; 2] = ["request id:", "requestid:"];
    // Changing ASCII case keeps byte positions.
    let lower = message.to_ascii_lowercase();
    let mut kept = String::new();
    let mut from = 0;
    while let Some(end) =
        LABELS.iter().filter_map(|label| lower[from..].find(label).map(|at| from + at + label.len())).min()
    {
        kept.push_str(&message[from..end]);
        let rest = message[end..].trim_start();
        let id = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        kept.push_str(" …");
        from = message.len() - rest.len() + id;
    }
    kept.push_str(&message[from..]);
    kept
}

#[cfg(test)]
mod tests {
    use aws_sdk_sns::{error::ErrorMetadata, operation::publish::PublishError};
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn refused(code: Option<&str>, message: &str) -> CallFailure {
        let mut meta = ErrorMetadata::builder().message(message);
        if let Some(code) = code {
            meta = meta.code(code);
        }
        let mut response = HttpResponse::new(403.try_into().unwrap(), SdkBody::from("canary"));
        response.headers_mut().insert(REQUEST_ID_HEADER, "1b2c-3d4e");
        CallFailure::of(&SdkError::service_error(PublishError::generic(meta.build()), response))
    }

    #[test]
    fn a_refusal_has_code_and_message_and_no_request_id() {
        assert_eq!(refused(Some("AuthorizationError"), "No.").to_string(), "AuthorizationError: No.");
        assert_eq!(refused(Some("AuthorizationError"), "").to_string(), "AuthorizationError");
        assert_eq!(refused(None, "").to_string(), "status 403");
        assert_eq!(refused(None, "Forbidden").to_string(), "status 403 Forbidden");
        assert!(refused(Some("Long"), &"x".repeat(100_000)).to_string().len() < 2_000);
    }

    #[test]
    fn request_ids_are_left_out_of_quoted_errors() {
        for (message, expected) in [
            (
                "null (Service: AWSKMS; Status Code: 400; Request ID: 318a7abf-00c8-4b1d; Proxy: null)",
                "null (Service: AWSKMS; Status Code: 400; Request ID: …; Proxy: null)",
            ),
            ("é RequestId:abc", "é RequestId: …"),
            ("request id: a1, Request ID: b2.", "request id: …, Request ID: …."),
            ("Request ID:", "Request ID: …"),
            ("nothing of the kind", "nothing of the kind"),
        ] {
            assert_eq!(without_request_ids(message), expected);
        }
    }

    #[test]
    fn a_call_without_an_answer_has_its_causes() {
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        let error: SdkError<PublishError, HttpResponse> =
            SdkError::dispatch_failure(ConnectorError::io(refused.into()));
        let failure = CallFailure::of(&error);
        assert_eq!(failure.to_string(), "dispatch failure: io error: connection refused");
        assert_eq!(failure.code(), "");
    }
}
