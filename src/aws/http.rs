//! The one HTTP client of the process.
//!
//! The SDK's own client creates a connector for each new service client, only to validate it, and one for each set of
//! timeouts. Each connector parses the machine's root certificates again, some 150 of them. Here they are parsed once: the
//! connector is created at the first call, and there is only one, since all services that the function calls have the same
//! connect timeout (`limits`).

use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    runtime_components::RuntimeComponents,
};

/// The HTTP client for the configuration of all service clients.
pub fn http_client() -> SharedHttpClient {
    let inner = aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring));
    SharedHttpClient::new(OnDemand { inner: inner.build_https() })
}

/// A client that skips validation, so that the inner one creates no connector before the first call.
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
