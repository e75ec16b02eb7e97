//! Removes the secrets from Direct Connect's answers before the SDK sees them.
//!
//! `DescribeVirtualInterfaces` answers with BGP passwords (`authKey`) and router configurations that hold them
//! (`customerRouterConfig`), in clear. The SDK keeps both in types that print them, and at the level TRACE it logs
//! whole answers. The monitor never needs them, so they are removed in the one place that all answers pass: between the
//! HTTP client and the SDK.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connector_metadata::ConnectorMetadata,
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag, retry::ErrorKind};
use http_body_util::BodyExt;
use serde_json::Value;

/// The members that are removed, wherever they stand.
const SECRETS: [&str; 2] = ["authKey", "customerRouterConfig"];

/// An HTTP client whose answers hold no secrets.
#[derive(Debug)]
pub(super) struct SecretFreeHttpClient {
    inner: SharedHttpClient,
}

impl SecretFreeHttpClient {
    pub(super) fn new(inner: SharedHttpClient) -> SecretFreeHttpClient {
        SecretFreeHttpClient { inner }
    }
}

impl HttpClient for SecretFreeHttpClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(SecretFreeConnector { inner: self.inner.http_connector(settings, components) })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct SecretFreeConnector {
    inner: SharedHttpConnector,
}

impl HttpConnector for SecretFreeConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move { without_secrets(answer.await?).await })
    }
}

async fn without_secrets(mut answer: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
    let body = body.collect().await.map_err(ConnectorError::io)?.to_bytes();
    let body = match strip(&body) {
        Some(stripped) => stripped,
        // An error that is not from Direct Connect itself, such as a proxy's page, holds no list and so no secret.
        None if !answer.status().is_success() => body.into(),
        // In a list that cannot be parsed, secrets cannot be found. The SDK would take an empty body for an empty list,
        // and print any other body in its error.
        None => return Err(ConnectorError::other(Box::new(NotJson), Some(ErrorKind::TransientError))),
    };
    answer.headers_mut().insert("content-length", body.len().to_string());
    *answer.body_mut() = SdkBody::from(body);
    Ok(answer)
}

/// `body` without its secrets; none when it is not a JSON object.
fn strip(body: &[u8]) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(body).ok()?;
    if !document.is_object() {
        return None;
    }
    remove_secrets(&mut document);
    serde_json::to_vec(&document).ok()
}

fn remove_secrets(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !SECRETS.contains(&name.as_str()));
            members.values_mut().for_each(remove_secrets);
        }
        Value::Array(values) => values.iter_mut().for_each(remove_secrets),
        _ => {}
    }
}

/// An answer with a success status that is not a JSON object. The error does not quote it: it may be half a list.
#[derive(Debug, thiserror::Error)]
#[error("the answer is not a JSON object")]
struct NotJson;

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))
    }

    #[test]
    fn secrets_are_removed_wherever_they_stand() {
        let body = r#"{"virtualInterfaces":[{"authKey":"canary","bgpPeers":[{"authKey":"canary","asn":65000}],
            "customerRouterConfig":"<canary/>","virtualInterfaceName":"authKey"}]}"#;
        let stripped = block_on(without_secrets(answer(200, body))).unwrap();
        let text = std::str::from_utf8(stripped.body().bytes().unwrap()).unwrap();
        assert_eq!(text, r#"{"virtualInterfaces":[{"bgpPeers":[{"asn":65000}],"virtualInterfaceName":"authKey"}]}"#);
        assert_eq!(stripped.headers().get("content-length"), Some(text.len().to_string().as_str()));
    }

    #[test]
    fn a_list_that_cannot_be_read_is_a_failure_that_quotes_nothing_of_it() {
        for body in ["", "[]", r#"{"virtualInterfaces":[{"authKey":"canary"#, "<html>canary</html>"] {
            let error = block_on(without_secrets(answer(200, body))).unwrap_err();
            assert_eq!(error.as_other(), Some(ErrorKind::TransientError), "{body:?}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn an_error_keeps_its_message() {
        for body in [r#"{"__type":"DirectConnectClientException"}"#, "<html>Bad Gateway</html>", ""] {
            let kept = block_on(without_secrets(answer(502, body))).unwrap();
            assert_eq!(kept.body().bytes(), Some(body.as_bytes()));
        }
    }
}
