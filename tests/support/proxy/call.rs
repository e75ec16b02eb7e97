//! Which AWS call a request is, and how its protocol says that it failed.

use ciborium::Value;
use hyper::body::Bytes;
use serde_json::json;

use crate::support::http::{Request, Response, response};

/// One AWS call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The service by its signing name: `dynamodb`, `sns`, `events`, `monitoring`, `directconnect`, `sqs`, `s3`.
    pub service: String,
    /// The operation: `PutItem`.
    pub operation: String,
    /// The region it was signed for.
    pub region: String,
    /// How it was said.
    pub protocol: Protocol,
    /// The body as it was on the wire.
    pub body: Bytes,
}

/// The protocols of AWS that the monitor's services speak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Protocol {
    /// `X-Amz-Target` and a JSON body: DynamoDB, EventBridge, SQS, Direct Connect.
    Json,
    /// Answered in XML: SNS, with a form that has an `Action`; S3, with a method and a path.
    Query,
    /// Smithy RPC v2 CBOR: CloudWatch.
    Cbor,
}

impl Call {
    /// Reads the call off a request.
    pub fn read(request: &Request) -> Self {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Credential=<key>/<date>/<region>/<service>/aws4_request, SignedHeaders=…
        let credential = header("authorization").split_once("Credential=").map_or("", |(_, after)| after);
        let mut scope = credential.split([',', ' ']).next().unwrap_or_default().split('/').skip(2);
        let region = scope.next().unwrap_or_default().to_owned();
        let service = scope.next().unwrap_or_default().to_owned();

        let path = request.uri().path();
        let (protocol, operation) = if service == "s3" {
            (Protocol::Query, if request.method() == "GET" { "GetObject" } else { "PutObject" }.to_owned())
        } else if let Some((_, operation)) = header("x-amz-target").rsplit_once('.') {
            (Protocol::Json, operation.to_owned())
        } else if let Some((_, operation)) = path.split_once("/operation/").filter(|_| path.starts_with("/service/")) {
            (Protocol::Cbor, operation.to_owned())
        } else {
            let form = String::from_utf8_lossy(request.body());
            let action = form.split('&').find_map(|field| field.strip_prefix("Action="));
            (Protocol::Query, action.unwrap_or_default().to_owned())
        };
        Self { service, operation, region, protocol, body: request.body().clone() }
    }

    /// Whether this is a call of that operation.
    pub fn is(&self, service: &str, operation: &str) -> bool {
        self.service == service && self.operation == operation
    }

    /// The action an IAM policy would have to allow: `dynamodb:PutItem`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// The body of a JSON call.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in the body of {}", self.name()))
    }
}

impl Protocol {
    /// An error answer.
    pub fn error(self, status: u16, code: &str, message: &str) -> Response {
        let fault = if status < 500 { "Sender" } else { "Receiver" };
        let (content_type, body) = match self {
            Self::Json => {
                ("application/x-amz-json-1.0", json!({"__type": code, "message": message}).to_string().into())
            }
            Self::Query => (
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                     <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
                )
                .into_bytes(),
            ),
            Self::Cbor => {
                let map = [("__type", code), ("message", message)].map(|(name, value)| (name.into(), value.into()));
                let mut bytes = Vec::new();
                ciborium::into_writer(&Value::Map(map.into()), &mut bytes).expect("a vector takes every byte");
                ("application/cbor", bytes)
            }
        };
        let mut answer = response(status, body);
        let headers = answer.headers_mut();
        headers.insert("content-type", content_type.parse().expect("a content type is a header's value"));
        if self == Self::Cbor {
            headers.insert("smithy-protocol", "rpc-v2-cbor".parse().expect("a protocol is a header's value"));
        }
        answer
    }
}
