//! moto as the tests start it, through the real SDKs.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sns::types::MessageAttributeValue;
use serde_json::json;

use super::*;

const REGION: &str = "us-east-1";

#[tokio::test]
async fn a_topic_fills_its_queue_raw_or_in_an_envelope() {
    let moto = Moto::shared();
    let policy = json!({"severity": ["critical"]});
    let raw = moto.create_topic(REGION, "check-raw", true, Some(&policy)).await;
    let enveloped = moto.create_topic(REGION, "check-enveloped", false, None).await;
    let client = aws_sdk_sns::Client::new(&moto.sdk_config(REGION));
    for topic in [&raw, &enveloped] {
        for (severity, text) in [("info", "hum"), ("critical", "bang")] {
            let value = MessageAttributeValue::builder().data_type("String").string_value(severity).build().unwrap();
            let message = client.publish().topic_arn(&topic.arn).subject("s").message(text);
            message.message_attributes("severity", value).send().await.unwrap();
        }
    }
    let received = moto.receive_all(REGION, &raw.queue).await;
    assert_eq!(received.len(), 1, "the policy lets one through");
    assert_eq!((received[0].body.as_str(), received[0].attributes["severity"].as_str()), ("bang", "critical"));
    let received = moto.receive_all(REGION, &enveloped.queue).await;
    let messages: Vec<_> = received.iter().map(|message| message.json()["Message"].clone()).collect();
    assert_eq!(messages, ["hum", "bang"]);
    assert!(moto.receive_all(REGION, &enveloped.queue).await.is_empty(), "a message is received once");
}

#[tokio::test]
async fn a_bus_fills_its_queue_with_the_events_that_match() {
    let moto = Moto::shared();
    let bus = moto.create_bus(REGION, "check", None).await;
    let client = aws_sdk_eventbridge::Client::new(&moto.sdk_config(REGION));
    let entry = |source: &str| {
        let entry = PutEventsRequestEntry::builder().event_bus_name(&bus.name).source(source);
        entry.detail_type("Direct Connect State Change").detail(r#"{"n":1}"#).build()
    };
    let put = client.put_events().entries(entry("awsx.directconnect")).entries(entry("other")).send().await.unwrap();
    assert_eq!(put.failed_entry_count, 0);
    let received = moto.receive_all(REGION, &bus.queue).await;
    assert_eq!(received.iter().map(|message| message.json()["detail"].clone()).collect::<Vec<_>>(), [json!({"n": 1})]);
}
