//! What is tried again, how often, and how long it may take.
//!
//! The SDK retries throttling, timeouts, lost connections, server errors and transactions in progress. It does not know
//! that a transaction can be canceled for a reason that passes: [`PassingConflicts`] does.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Config,
    config::{
        Builder,
        retry::{ClassifyRetry, RetryAction, RetryConfig, RetryPartition, TokenBucket},
        timeout::TimeoutConfig,
    },
    operation::{put_item::PutItemError, transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
    types::CancellationReason,
};
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};

use crate::aws::http::CONNECT_TIMEOUT;

/// How long calls may take, and how often they are made. The defaults let a poll's recall, which has 5 seconds, say what
/// was wrong before its time is over.
#[derive(Clone, Debug)]
pub struct CallLimits {
    /// How often a call is made before it counts as failed.
    pub attempts: u32,
    /// The longest wait before the second attempt; it doubles from attempt to attempt, and each wait is a random part of
    /// it.
    pub initial_backoff: Duration,
    /// The longest wait between any two attempts.
    pub maximum_backoff: Duration,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// How long a call may take with all its attempts.
    pub operation_timeout: Duration,
}

impl Default for CallLimits {
    fn default() -> CallLimits {
        CallLimits {
            attempts: 6,
            initial_backoff: Duration::from_millis(50),
            maximum_backoff: Duration::from_secs(1),
            connect_timeout: CONNECT_TIMEOUT,
            attempt_timeout: Duration::from_secs(2),
            operation_timeout: Duration::from_millis(4_500),
        }
    }
}

impl CallLimits {
    /// `config` for DynamoDB, with these limits.
    pub(super) fn apply(&self, config: &SdkConfig) -> Config {
        let retries = RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.initial_backoff)
            .with_max_backoff(self.maximum_backoff);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.connect_timeout)
            .operation_attempt_timeout(self.attempt_timeout)
            .operation_timeout(self.operation_timeout)
            .build();
        // The SDK's default is one bucket of retries per service and region for the whole process, which comes back only
        // with later successes: a throttled mass outage would empty it, and for many polls after that every conflict
        // would be a failure. A service in trouble is spared by few calls in flight, each with few attempts.
        let partition = RetryPartition::custom("dynamodb-ledger").token_bucket(TokenBucket::unlimited()).build();
        Builder::from(config)
            .retry_config(retries)
            .timeout_config(timeouts)
            .retry_partition(partition)
            .retry_classifier(PassingConflicts)
            .build()
    }
}

/// Whether a transaction was canceled for a reason that passes.
pub(super) fn is_passing(reason: &CancellationReason) -> bool {
    matches!(
        reason.code(),
        Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded" | "RequestLimitExceeded")
    )
}

/// Says that conflicts between transactions, and throttled parts of one, are worth another attempt.
#[derive(Debug)]
struct PassingConflicts;

impl ClassifyRetry for PassingConflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(|answer| answer.err()?.as_operation_error());
        if error.is_some_and(is_passing_conflict) {
            RetryAction::throttling_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "DynamoDB transaction conflicts"
    }
}

/// The SDK has erased the error's type: each operation that can meet a conflict has one of its own.
fn is_passing_conflict(error: &Error) -> bool {
    match error.downcast_ref() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            canceled.cancellation_reasons().iter().any(is_passing)
        }
        _ => {
            matches!(error.downcast_ref(), Some(UpdateItemError::TransactionConflictException(_)))
                || matches!(error.downcast_ref(), Some(PutItemError::TransactionConflictException(_)))
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::error::{
        ConditionalCheckFailedException, TransactionCanceledException, TransactionConflictException,
    };
    use aws_smithy_runtime_api::client::{interceptors::context::Input, orchestrator::OrchestratorError};

    use super::*;

    fn is_tried_again(error: Error) -> bool {
        let mut context = InterceptorContext::new(Input::doesnt_matter());
        context.set_output_or_error(Err(OrchestratorError::operation(error)));
        PassingConflicts.classify_retry(&context).should_retry()
    }

    fn canceled(codes: &[&str]) -> Error {
        let reasons = codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
        let canceled = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
        Error::erase(TransactWriteItemsError::TransactionCanceledException(canceled))
    }

    #[test]
    fn a_transaction_is_tried_again_for_reasons_that_pass_and_for_no_other() {
        for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
            assert!(is_tried_again(canceled(&["None", code])), "{code}");
            assert!(is_tried_again(canceled(&["ConditionalCheckFailed", code])), "{code}");
        }
        for code in ["ConditionalCheckFailed", "ItemCollectionSizeLimitExceeded", "ValidationError"] {
            assert!(!is_tried_again(canceled(&["None", code])), "{code}");
        }
    }

    #[test]
    fn a_single_write_that_meets_a_transaction_is_tried_again() {
        let conflict = TransactionConflictException::builder().build();
        assert!(is_tried_again(Error::erase(UpdateItemError::TransactionConflictException(conflict.clone()))));
        assert!(is_tried_again(Error::erase(PutItemError::TransactionConflictException(conflict))));
        let refused = ConditionalCheckFailedException::builder().build();
        assert!(!is_tried_again(Error::erase(UpdateItemError::ConditionalCheckFailedException(refused))));
    }

    #[test]
    fn a_call_is_over_before_the_time_of_a_recall() {
        assert!(CallLimits::default().operation_timeout < Duration::from_secs(5));
    }
}
