//! Lambda's `Invoke`, in front of a function that runs as a process: what the operator's tool calls.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    http::{Request, Response, Server, response},
    runtime_api::Function,
};

/// How long an invocation may take: as in AWS.
const TIMEOUT: Duration = Duration::from_secs(50);

/// A Lambda service with one function, `monitor`; dropping it ends both.
pub struct LambdaApi {
    server: Server,
}

impl LambdaApi {
    /// Starts the service in front of this function.
    pub fn start(function: Function) -> Self {
        let function = Arc::new(function);
        let server = Server::start(move |request| {
            let function = Arc::clone(&function);
            async move { Some(serve(&function, &request).await) }
        });
        Self { server }
    }

    /// The endpoint URL to give to clients.
    pub fn endpoint(&self) -> String {
        self.server.url()
    }
}

async fn serve(function: &Function, request: &Request) -> Response {
    let path = request.uri().path();
    let named = path.strip_prefix("/2015-03-31/functions/").and_then(|rest| rest.strip_suffix("/invocations"));
    match (request.method().as_str(), named) {
        // The colons of an ARN are escaped in a path.
        ("POST", Some(name)) if name == "monitor" || name.ends_with("function%3Amonitor") => {
            let payload: Value = serde_json::from_slice(request.body()).expect("a payload is JSON");
            match function.invoke(&payload, TIMEOUT).await {
                Ok(answer) => response(200, answer.to_string()),
                Err(error) => {
                    let body = json!({"errorType": error.error_type, "errorMessage": error.message});
                    let mut answer = response(200, body.to_string());
                    answer.headers_mut().insert("x-amz-function-error", "Unhandled".parse().expect("a word"));
                    answer
                }
            }
        }
        ("POST", Some(name)) => refusal(404, "ResourceNotFoundException", &format!("Function not found: {name}")),
        _ => refusal(404, "UnknownOperationException", "There is Invoke and nothing else."),
    }
}

/// An error as Lambda says it.
pub fn refusal(status: u16, code: &str, message: &str) -> Response {
    let mut answer = response(status, json!({"Type": "User", "Message": message}).to_string());
    answer.headers_mut().insert("x-amzn-errortype", code.parse().expect("a code is a header's value"));
    answer
}
