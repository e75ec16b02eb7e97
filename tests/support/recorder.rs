//! A CloudWatch that records: it takes `PutMetricData` as the Rust SDK sends it, and fails on demand. It also answers what
//! is asked of the series that a test has put into it.
//!
//! The SDK speaks Smithy RPC v2 CBOR there, which no emulator serves. The recorder refuses what CloudWatch refuses, since
//! one bad datum loses a whole request, and a test that never saw that would prove nothing.

#[cfg(test)]
mod check;
mod measured;
mod put_metric_data;

pub use measured::MeasuredSeries;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use ciborium::Value;

use super::http::{Request, Response, Server, response};

const PATH: &str = "/service/GraniteServiceVersion20100801/operation/";

/// One data point, as CloudWatch would keep it.
#[derive(Clone, Debug, PartialEq)]
pub struct DataPoint {
    /// The namespace of the request it came in.
    pub namespace: String,
    /// The metric's name.
    pub metric: String,
    /// The dimensions, by name.
    pub dimensions: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
    /// The unit, if one was given.
    pub unit: Option<String>,
    /// The instant, if one was given.
    pub timestamp: Option<DateTime<Utc>>,
}

/// One request, accepted or not.
#[derive(Clone, Debug)]
pub struct PutMetricData {
    /// The `content-encoding`, if any: the SDK compresses bodies above 10 KB.
    pub encoding: Option<String>,
    /// How long the body was on the wire.
    pub bytes: usize,
    /// What the request held; empty when it could not be read.
    pub data_points: Vec<DataPoint>,
    /// Why it was refused, if it was.
    pub refusal: Option<Refusal>,
}

/// An error as CloudWatch answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The name of the exception's shape, for the body.
    pub exception: String,
    /// The error code of the older query protocol, by which the SDK distinguishes the exceptions.
    pub code: String,
    /// What is wrong.
    pub message: String,
}

impl Refusal {
    /// Any error.
    pub fn new(status: u16, exception: &str, code: &str, message: &str) -> Self {
        Self { status, exception: exception.into(), code: code.into(), message: message.into() }
    }

    /// A failure of the service itself, which a client retries.
    pub fn internal() -> Self {
        Self::new(500, "InternalServiceFault", "InternalServiceError", "The service has failed.")
    }

    /// Too many calls, which a client retries more slowly.
    pub fn throttling() -> Self {
        Self::new(400, "ThrottlingException", "Throttling", "Rate exceeded")
    }

    /// A parameter that CloudWatch does not take.
    pub fn invalid_value(message: &str) -> Self {
        Self::new(400, "InvalidParameterValueException", "InvalidParameterValue", message)
    }

    fn response(&self) -> Response {
        let body = Value::Map(vec![
            (Value::from("__type"), Value::from(format!("com.amazonaws.cloudwatch#{}", self.exception))),
            (Value::from("message"), Value::from(self.message.as_str())),
        ]);
        let mut answer = cbor(self.status, &body);
        let error = format!("{};{}", self.code, if self.status < 500 { "Sender" } else { "Receiver" });
        answer.headers_mut().insert("x-amzn-query-error", error.parse().expect("a code is a header's value"));
        answer
    }
}

/// What to do instead of accepting a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answer this error.
    Refuse(Refusal),
    /// Close the connection without an answer; nothing is recorded as accepted.
    HangUp,
    /// Accept, but only after this long.
    Delay(Duration),
}

#[derive(Default)]
struct State {
    requests: Vec<PutMetricData>,
    /// The fault, and how many more requests it hits, when that is limited.
    fault: Option<(Fault, Option<usize>)>,
    /// What there is to be asked for.
    measured: Vec<MeasuredSeries>,
}

impl State {
    fn next_fault(&mut self) -> Option<Fault> {
        let (fault, remaining) = self.fault.as_mut()?;
        let fault = fault.clone();
        match remaining {
            Some(0 | 1) => self.fault = None,
            Some(remaining) => *remaining -= 1,
            None => {}
        }
        Some(fault)
    }
}

/// The recorder; dropping it closes its port.
pub struct Recorder {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl Recorder {
    /// Starts a recorder on a free loopback port.
    pub fn start() -> Self {
        let state = Arc::<Mutex<State>>::default();
        let server = Server::start({
            let state = Arc::clone(&state);
            move |request| answer(Arc::clone(&state), request)
        });
        Self { server, state }
    }

    /// The endpoint URL for CloudWatch.
    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    /// Every request so far, accepted or not, in order of arrival.
    pub fn requests(&self) -> Vec<PutMetricData> {
        lock(&self.state).requests.clone()
    }

    /// The data points of all accepted requests, in order of arrival.
    pub fn data_points(&self) -> Vec<DataPoint> {
        let accepted = |request: &PutMetricData| request.refusal.is_none();
        self.requests().into_iter().filter(accepted).flat_map(|request| request.data_points).collect()
    }

    /// The accepted data points of one metric.
    pub fn metric(&self, name: &str) -> Vec<DataPoint> {
        self.data_points().into_iter().filter(|point| point.metric == name).collect()
    }

    /// Adds a series that can be asked for.
    pub fn measure(&self, series: MeasuredSeries) {
        lock(&self.state).measured.push(series);
    }

    /// Forgets the requests so far; a fault stays.
    pub fn clear(&self) {
        lock(&self.state).requests.clear();
    }

    /// Lets the fault hit the next `requests` requests.
    pub fn fail(&self, requests: usize, fault: Fault) {
        lock(&self.state).fault = (requests > 0).then_some((fault, Some(requests)));
    }

    /// Lets the fault hit every request until [`Recorder::recover`].
    pub fn fail_always(&self, fault: Fault) {
        lock(&self.state).fault = Some((fault, None));
    }

    /// Ends a fault.
    pub fn recover(&self) {
        lock(&self.state).fault = None;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(state: Arc<Mutex<State>>, request: Request) -> Option<Response> {
    let operation = request.uri().path().strip_prefix(PATH).filter(|_| request.method() == hyper::Method::POST);
    let Some(operation) = operation else {
        return Some(response(404, format!("The recorder serves POST {PATH} only.")));
    };
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header("smithy-protocol") != Some("rpc-v2-cbor") {
        return Some(response(400, "The recorder speaks rpc-v2-cbor only."));
    }
    let answered = |read: Result<Value, Refusal>| match read {
        Ok(answer) => cbor(200, &answer),
        Err(refusal) => refusal.response(),
    };
    match operation {
        "PutMetricData" => {}
        "ListMetrics" => return Some(answered(measured::list(&lock(&state).measured, request.body()))),
        "GetMetricData" => return Some(answered(measured::data(&lock(&state).measured, request.body()))),
        other => return Some(response(404, format!("The recorder does not know {other}."))),
    }
    let encoding = header("content-encoding").map(str::to_owned);
    let bytes = request.body().len();
    let read = put_metric_data::data_points(encoding.as_deref(), request.body());

    let fault = lock(&state).next_fault();
    if let Some(Fault::Delay(duration)) = fault {
        tokio::time::sleep(duration).await;
    }
    let (data_points, refusal) = match (read, &fault) {
        (Ok(data_points), Some(Fault::Refuse(refusal))) => (data_points, Some(refusal.clone())),
        (Ok(data_points), Some(Fault::HangUp)) => (data_points, Some(Refusal::internal())),
        (Ok(data_points), Some(Fault::Delay(_)) | None) => (data_points, None),
        (Err(refusal), _) => (Vec::new(), Some(refusal)),
    };
    let answer = match (&refusal, fault) {
        (_, Some(Fault::HangUp)) => None,
        (Some(refusal), _) => Some(refusal.response()),
        (None, _) => Some(cbor(200, &Value::Map(Vec::new()))),
    };
    lock(&state).requests.push(PutMetricData { encoding, bytes, data_points, refusal });
    answer
}

fn cbor(status: u16, body: &Value) -> Response {
    let mut bytes = Vec::new();
    ciborium::into_writer(body, &mut bytes).expect("a vector takes every byte");
    let mut answer = response(status, bytes);
    for (name, value) in [
        ("smithy-protocol", "rpc-v2-cbor"),
        ("content-type", "application/cbor"),
        ("x-amzn-requestid", "00000000-0000-4000-8000-000000000000"),
    ] {
        answer.headers_mut().insert(name, hyper::header::HeaderValue::from_static(value));
    }
    answer
}
