//! The Runtime API itself: the HTTP interface by which a function takes an invocation and gives its outcome.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::channel::oneshot;
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::FunctionError;
use crate::support::http::{Request, Response, Server, response};

type Outcome = Result<Value, FunctionError>;

/// The invocations of one process.
pub(super) struct Invocations {
    arn: String,
    state: Mutex<State>,
    arrived: Notify,
}

#[derive(Default)]
struct State {
    count: usize,
    waiting: VecDeque<Invocation>,
    unanswered: HashMap<String, oneshot::Sender<Outcome>>,
    /// Why there will be no more answers: the process has ended, or could not start.
    ended: Option<FunctionError>,
}

struct Invocation {
    id: String,
    payload: Bytes,
    deadline: Duration,
}

impl Invocations {
    pub(super) fn new(arn: String) -> Self {
        Self { arn, state: Mutex::default(), arrived: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an invocation; the outcome comes through what is returned.
    pub(super) fn add(&self, payload: &Value, timeout: Duration) -> oneshot::Receiver<Outcome> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        if let Some(error) = &state.ended {
            // The receiver is still here.
            let _ = sender.send(Err(error.clone()));
            return receiver;
        }
        state.count += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", state.count);
        state.unanswered.insert(id.clone(), sender);
        state.waiting.push_back(Invocation { id, payload: payload.to_string().into(), deadline: now + timeout });
        self.arrived.notify_one();
        receiver
    }

    /// Fails every invocation, now and later; the first reason stays.
    pub(super) fn end(&self, reason: FunctionError) {
        let mut state = self.state();
        let reason = state.ended.get_or_insert(reason).clone();
        for (_, sender) in state.unanswered.drain() {
            // Whoever waited may have given up.
            let _ = sender.send(Err(reason.clone()));
        }
    }

    /// The next invocation, as soon as there is one.
    async fn next(&self) -> Response {
        let invocation = loop {
            let next = self.state().waiting.pop_front();
            match next {
                Some(invocation) => break invocation,
                None => self.arrived.notified().await,
            }
        };
        let mut answer = response(200, invocation.payload);
        for (name, value) in [
            ("content-type", "application/json"),
            ("lambda-runtime-aws-request-id", invocation.id.as_str()),
            ("lambda-runtime-deadline-ms", &invocation.deadline.as_millis().to_string()),
            ("lambda-runtime-invoked-function-arn", &self.arn),
            ("lambda-runtime-trace-id", "Root=1-6920f000-000000000000000000000001;Parent=0000000000000001;Sampled=0"),
        ] {
            answer.headers_mut().insert(name, value.parse().expect("an id, a number or an ARN is a header's value"));
        }
        answer
    }

    fn answer(&self, id: &str, outcome: Outcome) -> Response {
        match self.state().unanswered.remove(id) {
            Some(sender) => {
                // Whoever waited may have given up.
                let _ = sender.send(outcome);
                accepted()
            }
            None => response(400, json!({"errorType": "InvalidRequestID", "errorMessage": id}).to_string()),
        }
    }
}

/// Serves the Runtime API for these invocations.
pub(super) fn start(invocations: &Arc<Invocations>) -> Server {
    let invocations = Arc::clone(invocations);
    Server::start(move |request| {
        let invocations = Arc::clone(&invocations);
        async move { Some(serve(&invocations, &request).await) }
    })
}

async fn serve(invocations: &Invocations, request: &Request) -> Response {
    let Some(path) = request.uri().path().strip_prefix("/2018-06-01/runtime/") else {
        return response(404, "There is the Runtime API of 2018-06-01 and nothing else.");
    };
    let parts: Vec<_> = path.split('/').collect();
    match (request.method().as_str(), &parts[..]) {
        ("GET", ["invocation", "next"]) => invocations.next().await,
        ("POST", ["invocation", id, "response"]) => {
            let outcome = serde_json::from_slice(request.body()).map_err(|error| FunctionError {
                error_type: "Runtime.InvalidResponse".into(),
                message: error.to_string(),
            });
            invocations.answer(id, outcome)
        }
        ("POST", ["invocation", id, "error"]) => invocations.answer(id, Err(error(request))),
        ("POST", ["init", "error"]) => {
            invocations.end(error(request));
            accepted()
        }
        _ => response(404, "The Runtime API has no such path."),
    }
}

fn accepted() -> Response {
    response(202, r#"{"status":"OK"}"#)
}

/// The error that a function reports: a JSON body, or at least a header.
fn error(request: &Request) -> FunctionError {
    let header = request.headers().get("lambda-runtime-function-error-type").and_then(|value| value.to_str().ok());
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    FunctionError {
        error_type: text("errorType").or_else(|| header.map(str::to_owned)).unwrap_or_default(),
        message: text("errorMessage").unwrap_or_else(|| String::from_utf8_lossy(request.body()).into_owned()),
    }
}
