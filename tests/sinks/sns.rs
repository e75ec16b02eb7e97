//! What subscribers of the topics receive.

use aws_dx_monitor::{
    announcement::{drill, drill_row},
    aws::SnsAnnouncer,
    domain::SinkName,
    ports::Announcer,
};
use serde_json::{Value, json};

use super::{REGION, announce, at, baseline, event, outage, row, scope};
use crate::support::{
    moto::{ACCOUNT, Moto},
    proxy::Proxy,
    sdk,
};

/// The attributes that the outage of `id` has on both topics.
fn outage_attributes(id: &str) -> Value {
    json!({
        "account": ACCOUNT,
        "change": "degraded",
        "id": event(id, Some("available"), "down").metadata.id,
        "itemId": id,
        "kind": "virtual-interface",
        "previousState": "available",
        "region": REGION,
        "severity": "critical",
        "state": "down",
    })
}

#[tokio::test]
async fn people_get_a_subject_a_text_and_attributes() {
    let moto = Moto::shared();
    let enveloped = moto.create_topic(REGION, "sinks-people", false, None).await;
    let announcer = SnsAnnouncer::for_people(&moto.sdk_config(REGION), &enveloped.arn);
    announce(&announcer, &outage("dxvif-ffabc123")).await.unwrap();
    let received = moto.receive_all(REGION, &enveloped.queue).await.remove(0).json();
    assert_eq!(received["Subject"], "[critical] virtual-interface dxvif-ffabc123 available -> down (prod-private)");
    let text = received["Message"].as_str().unwrap();
    assert!(text.starts_with("Virtual interface dxvif-ffabc123 (prod-private)"), "{text}");
    assert!(text.contains("aws-dx-monitor history"), "{text}");

    let raw = moto.create_topic(REGION, "sinks-people-raw", true, None).await;
    let announcer = SnsAnnouncer::for_people(&moto.sdk_config(REGION), &raw.arn);
    announce(&announcer, &outage("dxvif-ffabc123")).await.unwrap();
    announce(&announcer, &row("dxvif-ffabc123", None, "available")).await.unwrap();
    let received = moto.receive_all(REGION, &raw.queue).await;
    assert_eq!(received[0].body, text);
    assert_eq!(json!(received[0].attributes), outage_attributes("dxvif-ffabc123"));
    assert_eq!(received[1].attributes["change"], "discovered");
    assert!(!received[1].attributes.contains_key("previousState"));
}

#[tokio::test]
async fn a_subscription_chooses_by_severity() {
    let moto = Moto::shared();
    let policy = json!({"severity": ["critical", "warning"]});
    let topic = moto.create_topic(REGION, "sinks-policy", true, Some(&policy)).await;
    let announcer = SnsAnnouncer::for_people(&moto.sdk_config(REGION), &topic.arn);
    announce(&announcer, &row("dxvif-1", Some("down"), "available")).await.unwrap();
    announce(&announcer, &outage("dxvif-2")).await.unwrap();
    announcer.announce_baseline(&baseline()).await.unwrap();
    let received = moto.receive_all(REGION, &topic.queue).await;
    let items: Vec<_> = received.iter().map(|message| message.attributes["itemId"].as_str()).collect();
    assert_eq!(items, ["dxvif-2"]);
}

#[tokio::test]
async fn chats_get_a_custom_notification_with_the_same_attributes_and_no_subject() {
    let moto = Moto::shared();
    let proxy = Proxy::start(&moto.endpoint);
    let topic = moto.create_topic(REGION, "sinks-chat", true, None).await;
    let announcer = SnsAnnouncer::for_chat(&sdk::config(&proxy.endpoint(), REGION), &topic.arn);
    announce(&announcer, &outage("dxvif-ffabc123")).await.unwrap();
    let received = moto.receive_all(REGION, &topic.queue).await.remove(0);
    let notification = received.json();
    assert_eq!((&notification["version"], &notification["source"]), (&json!("1.0"), &json!("custom")));
    let incident = event("dxvif-ffabc123", Some("available"), "down").metadata.incident_id;
    assert_eq!(notification["metadata"]["threadId"], json!(incident.unwrap()));
    assert_eq!(json!(received.attributes), outage_attributes("dxvif-ffabc123"));
    let form = String::from_utf8(proxy.calls().remove(0).body.to_vec()).unwrap();
    assert!(!form.contains("&Subject=") && !form.contains("MessageStructure"), "{form}");
}

#[tokio::test]
async fn a_drill_is_marked() {
    let moto = Moto::shared();
    let topic = moto.create_topic(REGION, "sinks-drill", true, None).await;
    let row = drill_row(&drill(&scope(), at("2026-11-22T03:12:00.123Z"), "somebody")).unwrap();
    let config = moto.sdk_config(REGION);
    announce(&SnsAnnouncer::for_people(&config, &topic.arn), &row).await.unwrap();
    announce(&SnsAnnouncer::for_chat(&config, &topic.arn), &row).await.unwrap();
    let received = moto.receive_all(REGION, &topic.queue).await;
    assert_eq!(received.len(), 2);
    for message in received {
        assert_eq!(message.attributes["drill"], "true");
        assert!(message.attributes.len() <= 10, "raw delivery to SQS allows no more");
    }
}

#[tokio::test]
async fn a_baseline_has_one_attribute() {
    let moto = Moto::shared();
    let topic = moto.create_topic(REGION, "sinks-baseline", true, None).await;
    let config = moto.sdk_config(REGION);
    SnsAnnouncer::for_people(&config, &topic.arn).announce_baseline(&baseline()).await.unwrap();
    SnsAnnouncer::for_chat(&config, &topic.arn).announce_baseline(&baseline()).await.unwrap();
    let received = moto.receive_all(REGION, &topic.queue).await;
    assert!(received[0].body.contains("dxvif-ffabc123"), "{}", received[0].body);
    assert_eq!(received[1].json()["source"], "custom");
    for message in received {
        assert_eq!(json!(message.attributes), json!({"change": "baseline"}));
    }
}

#[tokio::test]
async fn a_topic_of_another_region_is_called_there() {
    let moto = Moto::shared();
    let proxy = Proxy::start(&moto.endpoint);
    let topic = moto.create_topic("eu-central-1", "sinks-elsewhere", true, None).await;
    let announcer = SnsAnnouncer::for_people(&sdk::config(&proxy.endpoint(), REGION), &topic.arn);
    announce(&announcer, &outage("dxvif-ffabc123")).await.unwrap();
    assert_eq!(proxy.calls()[0].region, "eu-central-1");
    assert_eq!(moto.receive_all("eu-central-1", &topic.queue).await.len(), 1);
}

#[test]
fn each_topic_has_its_cursor_and_takes_one_message_a_call() {
    let config = sdk::config("http://127.0.0.1:9", REGION);
    let arn = "arn:aws:sns:us-east-1:123456789012:t";
    for (announcer, sink) in [
        (SnsAnnouncer::for_people(&config, arn), SinkName::SNS),
        (SnsAnnouncer::for_chat(&config, arn), SinkName::CHAT),
    ] {
        assert_eq!((announcer.sink(), announcer.is_for_people(), announcer.batch_size()), (sink, true, 1));
    }
}
