//! SNS and EventBridge that accept everything, and CloudWatch for the predecessor: boto3 speaks JSON to it, where the Rust
//! SDK speaks CBOR to the recorder.

use std::io::Read;

use serde_json::{Value, json};

use crate::support::http::{Request, Response, response};

/// SNS's answer to `Publish`.
pub fn sns(request: &Request) -> Response {
    let form = String::from_utf8_lossy(request.body());
    assert!(form.contains("Action=Publish&"), "the stand-in for SNS publishes only: {form}");
    let id = "00000000-0000-4000-8000-000000000000";
    let mut answer = response(
        200,
        format!(
            "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>{id}</MessageId>\
             </PublishResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></PublishResponse>"
        ),
    );
    answer.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("text/xml"));
    answer
}

/// EventBridge's answer to `PutEvents`: an id for each entry.
pub fn event_bridge(request: &Request) -> Response {
    let body: Value = serde_json::from_slice(request.body()).expect("a JSON body");
    let entries = body["Entries"].as_array().expect("entries");
    let ids: Vec<Value> = (0..entries.len()).map(|index| json!({"EventId": index.to_string()})).collect();
    json_answer(&json!({"FailedEntryCount": 0, "Entries": ids}))
}

/// CloudWatch's answer to `PutMetricData` in JSON.
pub fn cloud_watch_in_json(request: &Request) -> Response {
    let mut plain = Vec::new();
    if request.headers().contains_key("content-encoding") {
        let read = flate2::read::GzDecoder::new(&request.body()[..]).read_to_end(&mut plain);
        read.expect("a compressed body");
    } else {
        plain.extend_from_slice(request.body());
    }
    let body: Value = serde_json::from_slice(&plain).expect("a JSON body");
    assert!(body["MetricData"].as_array().is_some_and(|data| !data.is_empty()), "data: {body}");
    json_answer(&json!({}))
}

fn json_answer(body: &Value) -> Response {
    let mut answer = response(200, body.to_string());
    let content_type = hyper::header::HeaderValue::from_static("application/x-amz-json-1.1");
    answer.headers_mut().insert("content-type", content_type);
    answer
}
