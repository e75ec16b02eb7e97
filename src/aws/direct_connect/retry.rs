//! What is tried again, how often, and how long it may take.
//!
//! The SDK retries throttling, timeouts, lost connections and the statuses 500 to 504. Direct Connect sends its own
//! server error with status 400, which the SDK takes for a refusal: [`ServerExceptionClassifier`] knows better.

use std::time::Duration;

use aws_sdk_directconnect::{
    config::{
        retry::{ClassifyRetry, RetryAction, RetryConfig, RetryPartition, TokenBucket},
        timeout::TimeoutConfig,
    },
    error::ProvideErrorMetadata,
    operation::{
        describe_connections::DescribeConnectionsError,
        describe_direct_connect_gateway_associations::DescribeDirectConnectGatewayAssociationsError,
        describe_direct_connect_gateway_attachments::DescribeDirectConnectGatewayAttachmentsError,
        describe_direct_connect_gateways::DescribeDirectConnectGatewaysError,
        describe_hosted_connections::DescribeHostedConnectionsError,
        describe_interconnects::DescribeInterconnectsError, describe_lags::DescribeLagsError,
        describe_virtual_gateways::DescribeVirtualGatewaysError,
        describe_virtual_interfaces::DescribeVirtualInterfacesError,
    },
};
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};
use aws_smithy_types::retry::ErrorKind;

use crate::aws::http::CONNECT_TIMEOUT;

/// How long calls may take, and how often they are made. The defaults suit a poll once a minute.
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
    /// How long one look at a scope may take in all. What is not read by then is a gap, what was read is used: a
    /// partner with hundreds of interconnects must not lose the whole poll because one operation hangs.
    pub observation_timeout: Duration,
}

impl Default for CallLimits {
    fn default() -> CallLimits {
        CallLimits {
            attempts: 4,
            initial_backoff: Duration::from_millis(500),
            maximum_backoff: Duration::from_secs(4),
            connect_timeout: CONNECT_TIMEOUT,
            attempt_timeout: Duration::from_secs(5),
            operation_timeout: Duration::from_secs(15),
            observation_timeout: Duration::from_secs(30),
        }
    }
}

impl CallLimits {
    pub(super) fn retry_config(&self) -> RetryConfig {
        RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.initial_backoff)
            .with_max_backoff(self.maximum_backoff)
    }

    pub(super) fn timeout_config(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect_timeout)
            .operation_attempt_timeout(self.attempt_timeout)
            .operation_timeout(self.operation_timeout)
            .build()
    }
}

/// A client's own, endless allowance of retries.
///
/// The SDK's default is one bucket per service and region for the whole process: 500 tokens, of which a retry takes 5
/// to 10, and which come back only with later successes. A long outage empties it, and for many polls after that a
/// single throttled call would be a gap. What the bucket is for, to spare a service in trouble, is done here by other
/// means: few calls in flight, which sit out their backoff in place, few attempts, and an end to every observation.
pub(super) fn retry_partition(region: &str) -> RetryPartition {
    RetryPartition::custom(format!("direct-connect-{region}")).token_bucket(TokenBucket::unlimited()).build()
}

/// Says that Direct Connect's own server error is worth another attempt, whatever its status.
#[derive(Debug)]
pub(super) struct ServerExceptionClassifier;

impl ClassifyRetry for ServerExceptionClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error =
            context.output_or_error().and_then(|answer| answer.err()).and_then(|error| error.as_operation_error());
        match error.and_then(code) {
            Some("DirectConnectServerException") => RetryAction::retryable_error(ErrorKind::ServerError),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Direct Connect server exception"
    }
}

/// The code of an operation's error. The SDK has erased its type: each operation that we call has one of its own.
fn code(error: &Error) -> Option<&str> {
    fn code_of<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static>(error: &Error) -> Option<&str> {
        error.downcast_ref::<E>().and_then(ProvideErrorMetadata::code)
    }
    [
        code_of::<DescribeConnectionsError>,
        code_of::<DescribeInterconnectsError>,
        code_of::<DescribeHostedConnectionsError>,
        code_of::<DescribeLagsError>,
        code_of::<DescribeVirtualInterfacesError>,
        code_of::<DescribeVirtualGatewaysError>,
        code_of::<DescribeDirectConnectGatewaysError>,
        code_of::<DescribeDirectConnectGatewayAttachmentsError>,
        code_of::<DescribeDirectConnectGatewayAssociationsError>,
    ]
    .into_iter()
    .find_map(|code_of| code_of(error))
}

#[cfg(test)]
mod tests {
    use aws_sdk_directconnect::error::ErrorMetadata;
    use aws_smithy_runtime_api::client::{interceptors::context::Input, orchestrator::OrchestratorError};

    use super::*;

    fn classify(error: Error) -> RetryAction {
        let mut context = InterceptorContext::new(Input::doesnt_matter());
        context.set_output_or_error(Err(OrchestratorError::operation(error)));
        ServerExceptionClassifier.classify_retry(&context)
    }

    #[test]
    fn every_operations_server_exception_is_tried_again_and_nothing_else() {
        let meta = |code: &str| ErrorMetadata::builder().code(code).build();
        macro_rules! check {
            ($($error:ident),* $(,)?) => {$(
                assert_eq!(
                    classify(Error::erase($error::generic(meta("DirectConnectServerException")))),
                    RetryAction::retryable_error(ErrorKind::ServerError),
                    stringify!($error)
                );
                assert_eq!(
                    classify(Error::erase($error::generic(meta("DirectConnectClientException")))),
                    RetryAction::NoActionIndicated,
                    stringify!($error)
                );
            )*};
        }
        check!(
            DescribeConnectionsError,
            DescribeInterconnectsError,
            DescribeHostedConnectionsError,
            DescribeLagsError,
            DescribeVirtualInterfacesError,
            DescribeVirtualGatewaysError,
            DescribeDirectConnectGatewaysError,
            DescribeDirectConnectGatewayAttachmentsError,
            DescribeDirectConnectGatewayAssociationsError,
        );
    }
}
