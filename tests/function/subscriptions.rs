//! The hourly count of subscriptions: what it reads, what it publishes, and how it fails.

use serde_json::json;

use super::rig::{Rig, TIMEOUT};
use crate::support::limits::mail::{Bearable, Mail};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:people";

#[tokio::test]
async fn an_e_mail_subscription_that_was_switched_off_is_missing_until_it_is_confirmed_again() {
    let rig = Rig::of_connections(0).await;
    let mail = Mail::bearing(Bearable { messages: 0, ..Bearable::default() });
    let function = rig
        .program()
        .environment("DX_MONITOR_TOPIC_ARN", TOPIC)
        .environment("AWS_ENDPOINT_URL_SNS", mail.endpoint())
        .start();
    let count = async || {
        rig.recorder.clear();
        let report = function.invoke(&json!({"subscriptions": {TOPIC: 1}}), TIMEOUT).await.unwrap();
        let published = rig.recorder.metric("SubscriptionsMissing");
        assert_eq!(published.len(), 1);
        assert_eq!(published[0].dimensions, [("Monitor".to_owned(), "monitor".to_owned())].into());
        assert_eq!(report["missing"].as_f64(), Some(published[0].value));
        report
    };
    assert_eq!(count().await, json!({"missing": 0, "topics": {TOPIC: {"confirmed": 1, "pending": 0}}}));
    // The first message is one too many, and it reaches no one.
    function.invoke(&json!({"drill": true}), TIMEOUT).await.unwrap();
    assert_eq!(count().await, json!({"missing": 1, "topics": {TOPIC: {"confirmed": 0, "pending": 1}}}));
    let line = function.log_containing("a topic lacks subscriptions").await;
    assert!(line.contains(TOPIC) && line.contains("WARN"), "{line}");
    mail.confirm(TOPIC);
    assert_eq!(count().await["missing"], 0);
    assert!(rig.dynamodb.calls().is_empty() && rig.direct_connect.calls().is_empty());
}

#[tokio::test]
async fn a_count_that_is_refused_fails_names_the_topic_and_publishes_nothing() {
    let rig = Rig::of_connections(0).await;
    let function = rig.program().start();
    let topics = json!({"subscriptions": {&rig.people.arn: 1, &rig.chat.arn: 0}});
    // moto counts no subscription of a queue.
    let report = function.invoke(&topics, TIMEOUT).await.unwrap();
    assert_eq!((&report["missing"], report["topics"].as_object().map(serde_json::Map::len)), (&json!(1), Some(2)));
    rig.recorder.clear();
    rig.sinks.on("sns", "GetTopicAttributes").times(1).fail(403, "AuthorizationError");
    let error = function.invoke(&topics, TIMEOUT).await.unwrap_err();
    assert_eq!(error.error_type, "Subscriptions");
    let [people, chat] = [&rig.people.arn, &rig.chat.arn].map(|arn| error.message.contains(arn));
    assert!(people != chat && error.message.contains("AuthorizationError"), "{}", error.message);
    assert!(rig.recorder.requests().is_empty());
    let error = function.invoke(&json!({"subscriptions": true}), TIMEOUT).await.unwrap_err();
    assert_eq!(error.error_type, "Payload");
    assert!(
        error.message.contains("must map the ARN of each topic to the number of its subscriptions"),
        "{}",
        error.message
    );
}
