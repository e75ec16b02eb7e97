//! What EventBridge refuses while it answers HTTP 200: tried again, told in short, or parked, as the refusal says.

use aws_dx_monitor::domain::SinkName;
use serde_json::{Value, json};

use super::rig::{Rig, bad_poll, good_poll};
use crate::support::{
    http::{Response, response},
    proxy::call::Call,
};

/// What `PutEvents` answers: for each entry an error code, or none where it is accepted.
pub fn answer(codes: &[Option<&str>]) -> Response {
    let entry = |code: &Option<&str>| match code {
        Some(code) => json!({"ErrorCode": code, "ErrorMessage": "The test wants it."}),
        None => json!({"EventId": "17793124-05d4-b198-2fde-7ededc63b103"}),
    };
    let failed = codes.iter().filter(|code| code.is_some()).count();
    let entries: Vec<Value> = codes.iter().map(entry).collect();
    response(200, json!({"FailedEntryCount": failed, "Entries": entries}).to_string())
}

/// The ids of the events that a call of `PutEvents` carries.
fn ids(call: &Call) -> Vec<String> {
    let entries = call.json()["Entries"].as_array().unwrap().clone();
    let id = |entry: &Value| {
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        detail["metadata"]["id"].as_str().unwrap().to_owned()
    };
    entries.iter().map(id).collect()
}

fn carries(entries: usize) -> impl Fn(&Call) -> bool + Send {
    move |call| call.is("events", "PutEvents") && ids(call).len() == entries
}

#[tokio::test]
async fn an_entry_that_eventbridge_is_too_busy_for_is_offered_again_without_the_others() {
    let rig = Rig::of_connections(2).await;
    let function = rig.start_watching_connections().await;
    rig.sinks.on_call(carries(2)).answer(answer(&[Some("ThrottlingException"), None]));
    rig.sinks.on_call(carries(1)).answer(answer(&[Some("InternalFailure")]));
    for id in ["dxcon-1", "dxcon-2"] {
        rig.set_state(id, "down");
    }
    let message = bad_poll(&function).await;
    assert!(message.contains("1 pending") && message.contains("InternalFailure: The test wants it."), "{message}");

    let calls: Vec<Vec<String>> = rig.sinks.calls().iter().filter(|call| call.service == "events").map(ids).collect();
    let refused = calls[0][0].clone();
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1], "three offers in one poll");
    assert!(calls[1..].iter().all(|ids| ids[..] == [refused.clone()]));

    rig.received().await;
    rig.recover();
    assert_eq!(good_poll(&function).await["announced"]["eventbridge"], 1);
    assert_eq!(rig.received().await.ids(), [vec![], vec![], vec![refused]]);
}

#[tokio::test]
async fn an_event_that_is_refused_for_good_is_told_in_short_and_else_parked_and_its_item_goes_on() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;

    rig.sinks.on_call(carries(1)).times(1).answer(answer(&[Some("MalformedDetail")]));
    rig.set_state("dxcon-1", "down");
    let report = good_poll(&function).await;
    assert_eq!((&report["announced"]["eventbridge"], &report["parked"]), (&json!(1), &json!(0)));
    let received = rig.received().await;
    let recorded = rig.history("connection/dxcon-1").await.pop().unwrap();
    let told = &received.details()[0];
    assert_eq!(told["metadata"]["minimal"], true);
    assert_eq!(told["metadata"]["id"], recorded.event["metadata"]["id"]);
    assert_eq!((&told["state"], &told["change"]), (&recorded.event["state"], &recorded.event["change"]));
    assert_eq!(received.counts(), [1, 1, 1]);

    rig.sinks.on_call(carries(1)).times(2).answer(answer(&[Some("MalformedDetail")]));
    rig.set_state("dxcon-1", "available");
    let report = good_poll(&function).await;
    assert_eq!((&report["announced"]["eventbridge"], &report["parked"]), (&json!(0), &json!(1)));
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
