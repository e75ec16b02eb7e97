//! Which failed calls are tried again.
//!
//! The SDK retries throttling, timeouts, lost connections, server errors and transactions in progress. It does not know
//! that a transaction can be canceled for a reason that may pass; [`Retries`] does.

use std::sync::Arc;

use aws_sdk_dynamodb::{
    config::retry::{ClassifyRetry, RetryAction},
    error::ProvideErrorMetadata,
    operation::{put_item::PutItemError, transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
    types::CancellationReason,
};
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};

use super::lanes::Lanes;

/// Whether a transaction was canceled for a reason that may pass.
pub(super) fn is_passing(reason: &CancellationReason) -> bool {
    matches!(
        reason.code(),
        Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded" | "RequestLimitExceeded")
    )
}

/// Whether a transaction was canceled because a partition's throughput was exceeded.
fn is_throttled(reason: &CancellationReason) -> bool {
    is_passing(reason) && reason.code() != Some("TransactionConflict")
}

/// Whether a code is that of a call that was throttled as a whole.
pub(super) fn is_throttling(code: &str) -> bool {
    matches!(code, "ProvisionedThroughputExceededException" | "ThrottlingException" | "RequestLimitExceeded")
}

/// Whether a cancellation is one of a transaction that was throttled.
pub(super) fn was_throttled(reasons: &[CancellationReason]) -> bool {
    reasons.iter().any(is_throttled)
}

/// Classifies conflicts between transactions, and throttled parts of one, as worth another attempt; and reduces the
/// lanes when a write is throttled.
#[derive(Debug)]
pub(super) struct Retries {
    pub(super) lanes: Arc<Lanes>,
}

impl ClassifyRetry for Retries {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(|answer| answer.err()?.as_operation_error());
        if error.is_some_and(is_about_throttling) {
            self.lanes.throttled();
        }
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

/// Whether a write was throttled. The number of lanes depends on writes only; reads have a limit of their own.
fn is_about_throttling(error: &Error) -> bool {
    let code = match error.downcast_ref() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            return was_throttled(canceled.cancellation_reasons());
        }
        Some(transaction) => transaction.code(),
        None => None,
    };
    let update = || error.downcast_ref::<UpdateItemError>()?.code();
    let put = || error.downcast_ref::<PutItemError>()?.code();
    code.or_else(update).or_else(put).is_some_and(is_throttling)
}

/// The SDK has erased the error's type, and each operation that can meet a conflict has its own, so all of them are
/// tried.
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

    fn retries() -> Retries {
        Retries { lanes: Arc::default() }
    }

    fn is_tried_again(error: Error) -> bool {
        let mut context = InterceptorContext::new(Input::doesnt_matter());
        context.set_output_or_error(Err(OrchestratorError::operation(error)));
        retries().classify_retry(&context).should_retry()
    }

    fn canceled(codes: &[&str]) -> Error {
        let reasons = codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
        let canceled = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
        Error::erase(TransactWriteItemsError::TransactionCanceledException(canceled))
    }

    #[test]
    fn a_transaction_is_tried_again_only_for_reasons_that_may_pass() {
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
}
