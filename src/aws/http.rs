//! The one HTTP client of the process.
//!
//! The SDK's own makes a connector for each service client that is made, only to see that it can, and one for each set of
//! timeouts; and each connector parses the machine's root certificates anew, some 150 of them. Here they are parsed once:
//! no connector is made before the first call, and no second one, since all services that the function calls have the
//! same time to connect (`limits`).

use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    runtime_components::RuntimeComponents,
};

/// The HTTP client that all of AWS's clients share: hand it to the configuration that they are made from.
pub fn http_client() -> SharedHttpClient {
    let inner = aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring));
    SharedHttpClient::new(OnDemand { inner: inner.build_https() })
}

/// A client that is not tried out: nothing is asked of the inner one before there is a call.
#[derive(Debug)]
struct OnDemand {
    inner: SharedHttpClient,
}

impl HttpClient for OnDemand {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.inner.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}
