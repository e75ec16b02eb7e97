//! An invocation that runs out of time answers before it is killed, and reports what is left.

use std::time::{Duration, Instant};

use aws_dx_monitor::domain::SinkName;
use serde_json::json;

use super::rig::{Rig, good_poll};

#[tokio::test]
async fn a_poll_that_runs_out_of_time_reports_what_is_left_and_the_next_one_does_it() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;
    rig.set_state("dxcon-1", "down");
    let gate = rig.sinks.on_call(rig.calls_to(SinkName::SNS)).hold();

    let timeout = Duration::from_millis(4_500);
    let began = Instant::now();
    let error = function.invoke(&json!({}), timeout).await.unwrap_err();
    assert!(began.elapsed() < timeout, "it was not killed");
    assert_eq!(error.error_type, "PollIncomplete", "{}", error.message);
    assert!(error.message.contains("deadline: the time of the invocation ran out"), "{}", error.message);
    assert!(error.message.contains("1 transitions, 1 pending"), "{}", error.message);
    assert_eq!(rig.recorder.metric("PollSucceeded").last().unwrap().value, 0.0, "its own metrics are out");
    gate.open();
    rig.recover();

    let ids = rig.ids("connection/dxcon-1").await;
    let received = rig.received().await;
    assert_eq!(received.ids_on(SinkName::CHAT), ids[1..], "a sink that hangs holds up no other");
    assert_eq!(received.ids_on(SinkName::EVENTBRIDGE), ids[1..]);
    let report = good_poll(&function).await;
    assert_eq!((&report["transitions"], &report["announced"]["sns"]), (&json!(0), &json!(1)));
    let told = rig.received().await.ids_on(SinkName::SNS);
    assert!(told.iter().all(|id| *id == ids[1]) && !told.is_empty(), "{told:?}");
}
