//! Which failed calls are tried again.
//!
//! The SDK retries throttling, timeouts, lost connections and the statuses 500 to 504. Direct Connect sends its own
//! server error with status 400, which the SDK takes for a refusal; [`ServerExceptionClassifier`] corrects that.

use aws_sdk_directconnect::{
    config::retry::{ClassifyRetry, RetryAction},
    error::ProvideErrorMetadata,
    operation::{
        describe_connections::DescribeConnectionsError,
        describe_direct_connect_gateway_association_proposals::DescribeDirectConnectGatewayAssociationProposalsError,
        describe_direct_connect_gateway_associations::DescribeDirectConnectGatewayAssociationsError,
        describe_direct_connect_gateway_attachments::DescribeDirectConnectGatewayAttachmentsError,
        describe_direct_connect_gateways::DescribeDirectConnectGatewaysError,
        describe_hosted_connections::DescribeHostedConnectionsError,
        describe_interconnects::DescribeInterconnectsError, describe_lags::DescribeLagsError,
        describe_virtual_gateways::DescribeVirtualGatewaysError,
        describe_virtual_interfaces::DescribeVirtualInterfacesError, list_resiliency_groups::ListResiliencyGroupsError,
        list_virtual_interface_routes::ListVirtualInterfaceRoutesError,
    },
};
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};
use aws_smithy_types::retry::ErrorKind;

/// Classifies Direct Connect's own server error as worth another attempt, whatever its status.
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

/// The code of an operation's error. The SDK has erased its type, and each operation has its own, so all of them are
/// tried.
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
        code_of::<DescribeDirectConnectGatewayAssociationProposalsError>,
        code_of::<ListResiliencyGroupsError>,
        code_of::<ListVirtualInterfaceRoutesError>,
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
            DescribeDirectConnectGatewayAssociationProposalsError,
            ListResiliencyGroupsError,
            ListVirtualInterfaceRoutesError,
        );
    }
}
