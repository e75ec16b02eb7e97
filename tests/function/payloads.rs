//! What the function does stands in the payload of its invocation, and anything else is one clear error.

use serde_json::{Value, json};

use super::rig::{ACCOUNT, REGION, Rig, TIMEOUT};

const PAST: &str = "2026-01-01T00:00:00.000Z";
const FUTURE: &str = "2126-01-01T00:00:00.000Z";

fn message(id: &str, body: &Value) -> Value {
    let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
    json!({"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:polls", "messageId": id,
        "receiptHandle": "x", "body": body, "attributes": {}, "messageAttributes": {}, "awsRegion": REGION})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_carried_out_while_it_is_its_time() {
    let rig = Rig::of_connections(2).await;
    let function = rig.watching_connections().start();
    let order = json!({"poll": {"account": ACCOUNT, "regions": [REGION], "notBefore": PAST, "notAfter": FUTURE}});
    assert_eq!(function.invoke(&order, TIMEOUT).await.unwrap()["items"], 2);
    rig.forget_calls();
    let late = function.invoke(&json!({"poll": {"notAfter": PAST}}), TIMEOUT).await.unwrap();
    let early = function.invoke(&json!({"poll": {"notBefore": FUTURE}}), TIMEOUT).await.unwrap();
    assert_eq!((&late["reason"], &early["reason"]), (&json!("too-late"), &json!("too-early")));
    assert!(rig.calls().is_empty(), "it answers at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_batch_only_what_is_too_early_comes_again() {
    let rig = Rig::of_connections(2).await;
    let function = rig.watching_connections().start();
    let records = [
        message("due", &json!({"poll": {"account": ACCOUNT}})),
        message("unreadable", &json!("poll")),
        message("drill", &json!({"drill": true})),
        message("late", &json!({"poll": {"notAfter": PAST}})),
        message("early", &json!({"poll": {"notBefore": FUTURE}})),
    ];
    let answer = function.invoke(&json!({"Records": records}), TIMEOUT).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "early"}]}));
    let recalls = rig.dynamodb.calls().iter().filter(|call| call.is("dynamodb", "Query")).count();
    assert!(recalls > 0, "the one that was due is carried out");
    let log = function.logs().join("\n");
    assert_eq!(log.matches("a message cannot be read, and is left out").count(), 2, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_is_not_known_is_an_error_that_names_what_is() {
    let rig = Rig::of_connections(1).await;
    let function = rig.watching_connections().start();
    for (payload, said) in [
        (json!({"key1": "value1"}), "it has \"key1\", and may be {}, {\"poll\": {…}}"),
        (json!({"drill": "true"}), "\"drill\" must be true"),
        (json!({"poll": {"account": "1"}}), "\"1\", which is not twelve digits"),
        (json!({"Records": [{"eventSource": "aws:s3"}]}), "\"Records\" must be a list of messages of SQS"),
    ] {
        let error = function.invoke(&payload, TIMEOUT).await.unwrap_err();
        assert_eq!(error.error_type, "Payload", "{}", error.message);
        assert!(error.message.contains(said), "{}", error.message);
    }
    assert!(rig.calls().is_empty());
}
