//! Entries that EventBridge refuses with HTTP 200: tried again, announced in short, or parked, depending on the
//! refusal.

use aws_dx_monitor::domain::SinkName;
use serde_json::{Value, json};

use super::rig::{Rig, bad_poll, good_poll};
use crate::support::{
    http::{Response, response},
    proxy::call::Call,
};

/// What `PutEvents` answers: for each entry an error code, or none where it is accepted.
fn answer(codes: &[Option<&str>]) -> Response {
    let entry = |code: &Option<&str>| match code {
        Some(code) => json!({"ErrorCode": code, "ErrorMessage": "The test wants it."}),
        None => json!({"EventId": "17793124-05d4-b198-2fde-7ededc63b103"}),
    };
    let failed = codes.iter().filter(|code| code.is_some()).count();
    let entries: Vec<Value> = codes.iter().map(entry).collect();
    response(200, json!({"FailedEntryCount": failed, "Entries": entries}).to_string())
}

/// The documents that a call of `PutEvents` carries.
fn details(call: &Call) -> Vec<Value> {
    let entries = call.json()["Entries"].as_array().unwrap().clone();
    entries.iter().map(|entry| serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap()).collect()
}

/// Says which calls carry a transition of a connection.
pub fn carries(id: &str) -> impl Fn(&Call) -> bool + Send + use<> {
    let id = id.to_owned();
    move |call| call.is("events", "PutEvents") && details(call).iter().any(|detail| detail["item"]["id"] == id)
}

/// Refuses the transition of a connection with a code, and accepts whatever comes with it.
pub fn refusing(id: &str, code: impl Fn(&Call) -> &'static str + Send + Sync) -> impl Fn(&Call) -> Response {
    let id = id.to_owned();
    move |call| {
        let refused = |detail: &Value| (detail["item"]["id"] == id).then(|| code(call));
        answer(&details(call).iter().map(refused).collect::<Vec<_>>())
    }
}

#[tokio::test]
async fn an_entry_that_eventbridge_is_too_busy_for_is_offered_again_without_the_others() {
    let rig = Rig::of_connections(2).await;
    let function = rig.start_watching_connections().await;
    let code = |call: &Call| if details(call).len() > 1 { "ThrottlingException" } else { "InternalFailure" };
    rig.sinks.on_call(carries("dxcon-1")).answer_with(refusing("dxcon-1", code));
    for id in ["dxcon-1", "dxcon-2"] {
        rig.set_state(id, "down");
    }
    let message = bad_poll(&function).await;
    assert!(message.contains("1 pending") && message.contains("InternalFailure: The test wants it."), "{message}");

    let calls = rig.sinks.calls();
    let offers: Vec<usize> =
        calls.iter().filter(|call| carries("dxcon-1")(call)).map(|call| details(call).len()).collect();
    assert!(matches!(offers[..], [many, 1, 1] if many > 1), "three offers in one poll: {offers:?}");
    let refused = rig.ids("connection/dxcon-1").await.pop().unwrap();

    rig.received().await;
    rig.recover();
    assert_eq!(good_poll(&function).await["announced"]["eventbridge"], 1);
    assert_eq!(rig.received().await.ids(), [vec![], vec![], vec![refused]]);
}

#[tokio::test]
async fn an_event_that_is_refused_for_good_is_announced_in_short_or_parked_and_its_item_goes_on() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;

    rig.sinks.on_call(carries("dxcon-1")).times(1).answer_with(refusing("dxcon-1", |_| "MalformedDetail"));
    rig.set_state("dxcon-1", "down");
    let report = good_poll(&function).await;
    assert_eq!((&report["announced"]["eventbridge"], &report["parked"]), (&json!(1 + 1), &json!(0)));
    let received = rig.received().await;
    let recorded = rig.history("connection/dxcon-1").await.pop().unwrap();
    let told = &received.details()[0];
    assert_eq!(told["metadata"]["minimal"], true);
    assert_eq!(told["metadata"]["id"], recorded.event["metadata"]["id"]);
    assert_eq!((&told["state"], &told["change"]), (&recorded.event["state"], &recorded.event["change"]));
    assert_eq!(received.counts(), [1, 1, 1]);

    rig.sinks.on_call(carries("dxcon-1")).times(2).answer_with(refusing("dxcon-1", |_| "MalformedDetail"));
    rig.set_state("dxcon-1", "available");
    let report = good_poll(&function).await;
    assert_eq!((&report["announced"]["eventbridge"], &report["parked"]), (&json!(1), &json!(1)), "all but that");
    assert_eq!(report["pending"], 0);
    assert_eq!(rig.received().await.counts(), [1, 1, 0]);
    let parked = rig.history("connection/dxcon-1").await.pop().unwrap().parked;
    assert_eq!(parked.keys().collect::<Vec<_>>(), ["eventbridge"]);
    assert!(parked["eventbridge"].contains("MalformedDetail"), "{parked:?}");
    let metric = rig.recorder.metric("AnnouncementsParked");
    assert_eq!(metric.iter().map(|point| point.value).collect::<Vec<_>>(), [0.0, 0.0, 1.0]);
    let line = function.log_containing("an announcement is given up").await;
    assert!(line.contains("123456789012/us-east-1/connection/dxcon-1 #3"), "{line}");

    rig.set_state("dxcon-1", "down");
    good_poll(&function).await;
    let next = rig.received().await;
    assert_eq!(next.ids_on(SinkName::EVENTBRIDGE), rig.ids("connection/dxcon-1").await[3..], "the item goes on");
}
