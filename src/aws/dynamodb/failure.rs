//! Why a call failed, in words for an operator: the table, the operation, DynamoDB's error, and what to do.

use std::error::Error;

use anyhow::anyhow;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::tables::Table;
use crate::aws::{failure::CallFailure, obstacle::Obstacle};

/// An operation that was tried, its tables, and the IAM actions that it needs.
#[derive(Clone, Debug)]
pub(super) struct Attempt<'a> {
    pub(super) operation: &'static str,
    pub(super) tables: Vec<&'a Table>,
    pub(super) actions: &'static [&'static str],
    /// The index, if one was queried.
    pub(super) index: Option<&'a str>,
}

impl Attempt<'_> {
    /// The failure of this attempt.
    pub(super) fn failure<E>(&self, error: &SdkError<E, HttpResponse>) -> anyhow::Error
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let failure = CallFailure::of(error);
        match Obstacle::of(&failure).and_then(|obstacle| self.advice(obstacle)) {
            Some(advice) => self.because(&format!("{failure} ({advice})")),
            None => self.because(&failure.to_string()),
        }
    }

    /// A failure of this attempt whose cause is known already.
    pub(super) fn because(&self, cause: &str) -> anyhow::Error {
        anyhow!("DynamoDB {} on {}: {cause}", self.operation, self.place())
    }

    fn place(&self) -> String {
        let tables =
            self.tables.iter().map(|table| format!("table {:?}", table.name)).collect::<Vec<_>>().join(" and ");
        match self.index {
            Some(index) => format!("index {index:?} of {tables}"),
            None => tables,
        }
    }

    fn advice(&self, obstacle: Obstacle) -> Option<String> {
        match obstacle {
            Obstacle::Missing => {
                let variables: Vec<&str> = self.tables.iter().map(|table| table.variable).collect();
                Some(format!(
                    "there is no such table in this account and region: deploy it, or correct {}",
                    variables.join(" and ")
                ))
            }
            Obstacle::Permission => {
                let actions: Vec<String> = self.actions.iter().map(|action| format!("dynamodb:{action}")).collect();
                Some(format!("allow {} on {}", actions.join(" and "), self.place()))
            }
            Obstacle::KeyPermission => Some(format!("allow the use of the key that encrypts {}", self.place())),
            Obstacle::Key => Some(format!("the key that encrypts {} cannot be used", self.place())),
            Obstacle::Credentials => {
                Some("these credentials are not accepted here, or no longer: sign in again, or use others".to_owned())
            }
            Obstacle::Address => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{error::ErrorMetadata, operation::query::QueryError};
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn text(error: &SdkError<QueryError, HttpResponse>) -> String {
        let states = Table { name: "dx-states".into(), variable: "DX_MONITOR_STATE_TABLE" };
        let attempt = Attempt { operation: "Query", tables: vec![&states], actions: &["Query"], index: None };
        attempt.failure(error).to_string()
    }

    fn answer(status: u16, code: Option<&str>, message: &str) -> String {
        let mut meta = ErrorMetadata::builder().message(message);
        if let Some(code) = code {
            meta = meta.code(code);
        }
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from("canary"));
        text(&SdkError::service_error(QueryError::generic(meta.build()), response))
    }

    #[test]
    fn a_missing_table_and_a_missing_permission_come_with_what_to_do() {
        insta::assert_snapshot!(answer(400, Some("ResourceNotFoundException"), "Requested resource not found"), @r#"DynamoDB Query on table "dx-states": ResourceNotFoundException: Requested resource not found (there is no such table in this account and region: deploy it, or correct DX_MONITOR_STATE_TABLE)"#);
        insta::assert_snapshot!(answer(400, Some("AccessDeniedException"), "User: x is not authorized"), @r#"DynamoDB Query on table "dx-states": AccessDeniedException: User: x is not authorized (allow dynamodb:Query on table "dx-states")"#);
    }

    #[test]
    fn a_refused_index_is_named_with_its_table() {
        let history = Table { name: "dx-history".into(), variable: "DX_MONITOR_HISTORY_TABLE" };
        let attempt =
            Attempt { operation: "Query", tables: vec![&history], actions: &["Query"], index: Some("by-day") };
        let response = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        let denied = QueryError::generic(ErrorMetadata::builder().code("AccessDeniedException").build());
        let text = attempt.failure(&SdkError::service_error(denied, response)).to_string();
        insta::assert_snapshot!(text, @r#"DynamoDB Query on index "by-day" of table "dx-history": AccessDeniedException (allow dynamodb:Query on index "by-day" of table "dx-history")"#);
    }

    #[test]
    fn an_unusable_key_is_distinguished_from_a_missing_permission_on_the_table() {
        insta::assert_snapshot!(answer(400, Some("AccessDeniedException"), "User: x is not authorized to perform: kms:Decrypt"), @r#"DynamoDB Query on table "dx-states": AccessDeniedException: User: x is not authorized to perform: kms:Decrypt (allow the use of the key that encrypts table "dx-states")"#);
    }

    #[test]
    fn refused_credentials_are_distinguished_from_missing_permissions() {
        insta::assert_snapshot!(answer(400, Some("UnrecognizedClientException"), "The security token is invalid."), @r#"DynamoDB Query on table "dx-states": UnrecognizedClientException: The security token is invalid. (these credentials are not accepted here, or no longer: sign in again, or use others)"#);
    }

    #[test]
    fn any_other_failure_has_the_status_and_the_causes() {
        insta::assert_snapshot!(answer(503, None, ""), @r#"DynamoDB Query on table "dx-states": status 503"#);
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        insta::assert_snapshot!(text(&SdkError::dispatch_failure(ConnectorError::io(refused.into()))), @r#"DynamoDB Query on table "dx-states": dispatch failure: io error: connection refused"#);
        assert!(answer(400, Some("ValidationException"), &"x".repeat(100_000)).len() < 2_000);
    }
}
