//! Signed calls of services whose SDK is not linked: a service's client adds hundreds of kilobytes to the function, where one
//! or two operations are called.
//!
//! Signatures, connections, timeouts and retries are the SDK's own, by the parts that all its clients are made of. Only the
//! form of a request and of its answer is written here. A caller reads what it needs of a JSON answer, and nothing else.

use std::fmt;

use aws_config::{Region, SdkConfig};
use aws_runtime::{
    auth::{
        SigV4OperationSigningConfig, SigningOptions,
        sigv4::{SCHEME_ID, SigV4AuthScheme},
    },
    retries::classifiers::AwsErrorCodeClassifier,
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::{
        RetryPartition, TokenBucket,
        classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
    },
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::{
            AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
            static_resolver::StaticAuthSchemeOptionResolver,
        },
        identity::SharedIdentityResolver,
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
        runtime_components::RuntimeComponentsBuilder,
        runtime_plugin::StaticRuntimePlugin,
    },
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::Layer,
    error::metadata::{ErrorMetadata, ProvideErrorMetadata},
};
use aws_types::{SigningName, region::SigningRegion, service_config::ServiceConfigKey};
use serde::{Serialize, de::DeserializeOwned};

use super::{failure::CallFailure, limits::CallLimits};

/// The header with the code of an error, in protocols that do not have it in the body.
const ERROR_HEADER: &str = "x-amzn-errortype";

/// A service, and how it is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service<'a> {
    /// The SDK's id of it, by which configurations name endpoints: `Organizations`, `S3`.
    pub(super) id: &'static str,
    /// Its name in signatures: `organizations`, `s3`.
    pub(super) signing_name: &'static str,
    /// The region in signatures.
    pub(super) region: &'a str,
    /// Its URL, where the configuration names no other.
    pub(super) url: &'a str,
}

/// The version of the JSON protocol that a service speaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Json {
    /// Newer ones, such as SQS.
    V1_0,
    /// Older ones, such as Organizations.
    V1_1,
}

/// A request before it is signed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// `POST`, `PUT`.
    pub(super) method: &'static str,
    /// The path, from its slash, percent-encoded.
    pub(super) path: String,
    /// Headers, but for those of the signature.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(super) body: Vec<u8>,
}

/// A service that is called by signed requests.
#[derive(Clone, Debug)]
pub(super) struct Signed(Operation<Request, Vec<u8>, Refused>);

impl Signed {
    /// A client of this service, with the credentials and the connections of `config`.
    pub(super) fn new(config: &SdkConfig, service: Service<'_>, limits: &CallLimits) -> Signed {
        let operation = Operation::builder()
            .service_name(service.id)
            .operation_name("Signed")
            .http_client(config.http_client().unwrap_or_else(super::http_client))
            .endpoint_url(&endpoint_of(config, service.id).unwrap_or_else(|| service.url.to_owned()))
            .standard_retry(&limits.retry_config())
            .timeout_config(limits.timeout_config())
            .retry_classifier(AwsErrorCodeClassifier::<Refused>::new())
            .retry_classifier(TransientErrorClassifier::<Refused>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .with_connection_poisoning()
            .runtime_plugin(signature(config, &service))
            .serializer(|request: Request| request.unsigned())
            .deserializer(read);
        Signed(operation.build())
    }

    /// The body of the answer to a request.
    ///
    /// # Errors
    ///
    /// The service refused the request, or did not answer.
    pub(super) async fn send(&self, request: Request) -> Result<Vec<u8>, CallFailure> {
        // On the heap: the SDK's futures are large.
        Box::pin(self.0.invoke(request)).await.map_err(|error| CallFailure::of(&error))
    }

    /// The answer to an operation of a service that speaks JSON: `target` names both, and `input` is the operation's.
    ///
    /// # Errors
    ///
    /// As of [`Signed::send`], or the answer is not of this form.
    pub(super) async fn post<A: DeserializeOwned>(
        &self,
        (json, target): (Json, &str),
        input: &(impl Serialize + Sync),
    ) -> Result<A, CallFailure> {
        let body = serde_json::to_vec(input).map_err(|error| CallFailure::unanswered(&error.to_string()))?;
        let content_type = match json {
            Json::V1_0 => "application/x-amz-json-1.0",
            Json::V1_1 => "application/x-amz-json-1.1",
        };
        let headers = vec![("content-type", content_type.to_owned()), ("x-amz-target", target.to_owned())];
        let answer = self.send(Request { method: "POST", path: "/".to_owned(), headers, body }).await?;
        serde_json::from_slice(&answer)
            .map_err(|error| CallFailure::unanswered(&format!("the answer cannot be read: {error}")))
    }
}

/// The endpoint that the configuration names for a service, as for all clients of the SDK.
pub(super) fn endpoint_of(config: &SdkConfig, service: &'static str) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let named = key.build().ok().and_then(|key| config.service_config()?.load_config(key));
    named.or_else(|| config.endpoint_url().map(str::to_owned))
}

/// The parts that sign a request, and the retries without the SDK's shared budget, as for all clients.
fn signature(config: &SdkConfig, service: &Service<'_>) -> StaticRuntimePlugin {
    let mut settings = Layer::new("signature");
    let is_s3 = service.signing_name == "s3";
    let mut signing_options = SigningOptions::default();
    signing_options.double_uri_encode = !is_s3;
    signing_options.normalize_uri_path = !is_s3;
    signing_options.content_sha256_header = is_s3;
    settings.store_put(SigV4OperationSigningConfig {
        name: Some(SigningName::from_static(service.signing_name)),
        region: Some(SigningRegion::from(Region::new(service.region.to_owned()))),
        signing_options,
        ..SigV4OperationSigningConfig::default()
    });
    settings.store_put(AuthSchemeOptionResolverParams::new(()));
    settings.store_put(RetryPartition::custom(service.id).token_bucket(TokenBucket::unlimited()).build());
    let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
    let mut components = RuntimeComponentsBuilder::new("signature")
        .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
        .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(schemes)));
    if let Some(credentials) = config.credentials_provider() {
        components = components.with_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
    }
    if let Some(cache) = config.identity_cache() {
        components = components.with_identity_cache(Some(cache));
    }
    StaticRuntimePlugin::new().with_config(settings.freeze()).with_runtime_components(components)
}

impl Request {
    fn unsigned(self) -> Result<HttpRequest, BoxError> {
        let length = self.body.len().to_string();
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method(self.method)?;
        request.set_uri(self.path)?;
        let headers = request.headers_mut();
        headers.try_insert("content-length", length)?;
        headers.try_insert("user-agent", concat!("aws-dx-monitor/", env!("CARGO_PKG_VERSION")))?;
        for (name, value) in self.headers {
            headers.try_insert(name, value)?;
        }
        Ok(request)
    }
}

/// Without the body and the headers.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// What a service says when it refuses a request.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(ErrorMetadata);

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// The body of an answer, or what it refuses.
fn read(response: &HttpResponse) -> Result<Vec<u8>, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return Ok(body.to_vec());
    }
    let refusal = refusal(response.headers().get(ERROR_HEADER), body);
    Err(OrchestratorError::operation(Refused(refusal)))
}

/// The code and the message of an error: in JSON, or in XML as S3 says it.
fn refusal(header: Option<&str>, body: &[u8]) -> ErrorMetadata {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let xml = String::from_utf8_lossy(body);
    let of = |names: &[&str], element: &str| {
        let member = names.iter().find_map(|name| json.get(*name)?.as_str());
        member.or_else(|| xml.split_once(&format!("<{element}>"))?.1.split_once("</").map(|(text, _)| text))
    };
    let mut refusal = ErrorMetadata::builder();
    if let Some(code) = header.or_else(|| of(&["__type", "code", "Code"], "Code")).and_then(plain) {
        refusal = refusal.code(code);
    }
    if let Some(message) = of(&["message", "Message"], "Message") {
        refusal = refusal.message(message);
    }
    refusal.build()
}

/// A code without the namespace before it and the URL behind it: `com.amazonaws.x#AccessDeniedException:http://…`.
fn plain(code: &str) -> Option<&str> {
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().trim();
    (!code.is_empty()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(header: Option<&str>, body: &str) -> (Option<String>, Option<String>) {
        let refusal = refusal(header, body.as_bytes());
        (refusal.code().map(str::to_owned), refusal.message().map(str::to_owned))
    }

    fn both(code: &str, message: &str) -> (Option<String>, Option<String>) {
        (Some(code.to_owned()), Some(message.to_owned()))
    }

    #[test]
    fn an_error_is_read_in_each_of_its_forms() {
        let denied = both("AccessDeniedException", "No.");
        for body in [
            r#"{"__type": "AccessDeniedException", "Message": "No."}"#,
            r#"{"__type": "com.amazonaws.organizations.v20161128#AccessDeniedException", "message": "No."}"#,
            r#"{"code": "AccessDeniedException:http://internal.amazon.com/coral/", "message": "No."}"#,
        ] {
            assert_eq!(said(None, body), denied, "{body}");
        }
        assert_eq!(said(Some("AccessDeniedException:http://x/"), r#"{"message": "No."}"#), denied);
        let s3 = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>None.</Message></Error>";
        assert_eq!(said(None, s3), both("NoSuchBucket", "None."));
    }

    #[test]
    fn what_is_no_error_of_a_service_has_no_code() {
        for body in
            ["", "null", "[]", "<html>busy</html>", "<Code>", r#"{"__type": 1}"#, r##"{"__type": "#"}"##, "\u{0}"]
        {
            assert_eq!(said(None, body), (None, None), "{body}");
        }
    }

    #[test]
    fn a_request_shows_neither_headers_nor_body() {
        let headers = vec![("x-secret", "canary".to_owned())];
        let request = Request { method: "PUT", path: "/a".to_owned(), headers, body: b"canary".to_vec() };
        assert_eq!(format!("{request:?}"), "PUT /a");
        let unsigned = request.unsigned().unwrap();
        assert_eq!((unsigned.method(), unsigned.headers().get("content-length")), ("PUT", Some("6")));
    }
}
