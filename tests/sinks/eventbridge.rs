//! What rules on the bus match and targets receive.

use aws_dx_monitor::{
    aws::EventBridgeAnnouncer,
    domain::{HistoryRow, SinkName},
    ports::{Announcer, Form},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{REGION, announce, announce_all, baseline, outage, said};
use crate::support::{http::response, moto::Moto, proxy::Proxy, sdk};

#[tokio::test]
async fn the_bus_gets_the_recorded_document_unchanged() {
    let moto = Moto::shared();
    let proxy = Proxy::start(&moto.endpoint);
    let bus = moto.create_bus(REGION, "sinks-bus", None).await;
    let announcer = EventBridgeAnnouncer::new(&sdk::config(&proxy.endpoint(), REGION), &bus.name);
    let mut row = outage("dxvif-ffabc123");
    row.event["metadata"]["ofANewerVersion"] = json!({"kept": [1, 2.5, null]});
    announce(&announcer, &row).await.unwrap();
    let received = moto.receive_all(REGION, &bus.queue).await.remove(0).json();
    assert_eq!(received["detail"], row.event);
    assert_eq!(received["source"], "awsx.directconnect");
    assert_eq!(received["detail-type"], "Direct Connect State Change");
    assert_eq!(received["resources"], json!(["arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-ffabc123"]));
    assert_eq!(proxy.calls()[0].json()["Entries"][0]["Time"], json!(1_795_317_120.123));
}

#[tokio::test]
async fn the_short_form_is_marked() {
    let moto = Moto::shared();
    let bus = moto.create_bus(REGION, "sinks-minimal", None).await;
    let announcer = EventBridgeAnnouncer::new(&moto.sdk_config(REGION), &bus.name);
    let row = outage("dxvif-ffabc123");
    assert_eq!(said(&announce_all(&announcer, std::slice::from_ref(&row), Form::Minimal).await[0]), "accepted");
    let detail = moto.receive_all(REGION, &bus.queue).await.remove(0).json()["detail"].clone();
    assert_eq!((&detail["metadata"]["minimal"], &detail["item"]["name"]), (&json!(true), &Value::Null));
    assert_eq!(detail["metadata"]["id"], row.event["metadata"]["id"]);
}

#[tokio::test]
async fn ten_events_take_one_call_and_keep_their_order() {
    let moto = Moto::shared();
    let proxy = Proxy::start(&moto.endpoint);
    let bus = moto.create_bus("eu-central-1", "sinks-ten", None).await;
    let announcer = EventBridgeAnnouncer::new(&sdk::config(&proxy.endpoint(), REGION), &bus.arn);
    let rows: Vec<_> = (0..10).map(|number| outage(&format!("dxvif-{number}"))).collect();
    let results = announce_all(&announcer, &rows, Form::Full).await;
    assert_eq!(results.iter().map(said).collect::<Vec<_>>(), vec!["accepted"; 10]);
    assert_eq!((proxy.calls().len(), proxy.calls()[0].region.as_str()), (1, "eu-central-1"), "the bus's own region");
    let received = moto.receive_all("eu-central-1", &bus.queue).await;
    let ids: Vec<_> = received.iter().map(|message| message.json()["detail"]["item"]["id"].clone()).collect();
    assert_eq!(ids, rows.iter().map(|row| row.event["item"]["id"].clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn programs_get_no_baselines() {
    let announcer = EventBridgeAnnouncer::new(&sdk::config("http://127.0.0.1:9", REGION), "default");
    announcer.announce_baseline(&baseline()).await.unwrap();
    let told = (announcer.sink(), announcer.is_for_people(), announcer.batch_size());
    assert_eq!(told, (SinkName::EVENTBRIDGE, false, 10));
}

/// An event whose document has about this many bytes.
fn large(number: usize, bytes: usize) -> HistoryRow {
    let mut row = outage(&format!("dxvif-{number}"));
    row.event["padding"] = json!("x".repeat(bytes));
    row
}

/// A bus that accepts all.
fn generous_bus() -> Proxy {
    let proxy = Proxy::start("http://127.0.0.1:9");
    let accepted = vec![json!({"EventId": "11710aed-b79e-4468-a20b-bb3c0c3b4860"}); 10];
    proxy
        .on("events", "PutEvents")
        .answer(response(200, json!({"FailedEntryCount": 0, "Entries": accepted}).to_string()));
    proxy
}

/// The entries' sizes, call by call, as EventBridge counts them.
fn sizes(proxy: &Proxy) -> Vec<Vec<usize>> {
    let length = |value: &Value| value.as_str().unwrap().len();
    let size = |entry: &Value| {
        let resources = entry["Resources"].as_array().unwrap().iter().map(length).sum::<usize>();
        14 + length(&entry["Source"]) + length(&entry["DetailType"]) + length(&entry["Detail"]) + resources
    };
    let entries = |call: serde_json::Value| call["Entries"].as_array().unwrap().iter().map(size).collect();
    proxy.calls().iter().map(|call| entries(call.json())).collect()
}

#[tokio::test]
async fn an_event_that_no_call_can_carry_is_refused_without_one() {
    let proxy = generous_bus();
    let announcer = EventBridgeAnnouncer::new(&sdk::config(&proxy.endpoint(), REGION), "network");
    let rows = [large(0, 10), large(1, 1024 * 1024), large(2, 300_000), large(3, 10)];
    let results: Vec<_> = announce_all(&announcer, &rows, Form::Full).await.iter().map(said).collect();
    assert!(results[1].starts_with("event: the event has 1049"), "{}", results[1]);
    assert!(results[1].ends_with("the event bus network takes less than 1 MB"), "{}", results[1]);
    assert_eq!([&results[0], &results[2], &results[3]], ["accepted"; 3]);
    assert_eq!(
        sizes(&proxy).iter().map(Vec::len).collect::<Vec<_>>(),
        [1, 1, 1],
        "what is between the limits goes alone"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_call_exceeds_the_limits(padding in prop::collection::vec(0_usize..200_000, 1..15)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let proxy = generous_bus();
        let announcer = EventBridgeAnnouncer::new(&sdk::config(&proxy.endpoint(), REGION), "network");
        let rows: Vec<_> = padding.iter().enumerate().map(|(number, bytes)| large(number, *bytes)).collect();
        let results = runtime.block_on(announce_all(&announcer, &rows, Form::Full));
        prop_assert!(results.len() == rows.len() && results.iter().all(Result::is_ok));
        let sizes = sizes(&proxy);
        prop_assert_eq!(sizes.iter().map(Vec::len).sum::<usize>(), rows.len());
        for call in sizes {
            prop_assert!(call.len() <= 10 && call.iter().sum::<usize>() < 256 * 1024, "{:?}", call);
        }
    }
}
