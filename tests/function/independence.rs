//! Metrics do not wait for the record, nor the record for metrics: each goes on while the other's service is down.

use serde_json::json;

use super::rig::{Rig, bad_poll, connections, good_poll};
use crate::support::recorder::{Fault, Refusal};

#[tokio::test]
async fn metrics_are_published_while_dynamodb_is_down_or_hangs() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;
    rig.set_state("dxcon-1", "down");
    rig.recorder.clear();

    rig.dynamodb.on_call(|_| true).fail(500, "InternalServerError");
    let message = bad_poll(&function).await;
    assert!(message.contains("recall: 123456789012/us-east-1: "), "{message}");
    assert!(message.contains("InternalServerError: The test wants InternalServerError."), "{message}");
    rig.recover();

    let gate = rig.dynamodb.on_call(|_| true).hold();
    let message = bad_poll(&function).await;
    assert!(message.contains("recall: 123456789012/us-east-1: "), "{message}");
    assert!(!message.contains("record"), "what cannot be compared is not recorded: {message}");
    gate.open();
    rig.recover();

    let levels: Vec<f64> = rig.recorder.metric("ConnectionState").iter().map(|point| point.value).collect();
    assert_eq!(levels, [5.0, 5.0]);
    let succeeded: Vec<f64> = rig.recorder.metric("PollSucceeded").iter().map(|point| point.value).collect();
    assert_eq!(succeeded, [0.0, 0.0]);
    assert_eq!(rig.received().await.counts(), [0, 0, 0]);

    assert_eq!(good_poll(&function).await["transitions"], 1);
    assert_eq!(rig.received().await.counts(), [1, 1, 1]);
}

#[tokio::test]
async fn changes_are_announced_while_cloudwatch_is_down() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;
    rig.set_state("dxcon-1", "down");
    rig.recorder.fail_always(Fault::Refuse(Refusal::internal()));
    let message = bad_poll(&function).await;
    assert!(message.contains("metrics: cannot publish 1 data point in the CloudWatch namespace"), "{message}");
    assert!(message.contains("1 transitions, 0 pending"), "{message}");
    assert_eq!(rig.received().await.counts(), [1, 1, 1]);

    rig.recover();
    let report = good_poll(&function).await;
    assert_eq!((&report["transitions"], &report["metrics"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn a_request_that_cloudwatch_refuses_takes_no_other_with_it() {
    let rig = Rig::of(connections(1_001)).await;
    // A ledger that refuses everything: a thousand rows are not what this is about.
    rig.dynamodb.on_call(|_| true).fail(400, "AccessDeniedException");
    rig.recorder.fail(1, Fault::Refuse(Refusal::invalid_value("The test wants it.")));
    let message = bad_poll(&rig.watching_connections().start()).await;

    let requests = rig.recorder.requests();
    let of_items: Vec<_> = requests
        .iter()
        .filter(|request| request.data_points.iter().any(|point| point.metric == "ConnectionState"))
        .collect();
    let mut sizes: Vec<usize> = of_items.iter().map(|request| request.data_points.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1_000]);
    let refused = of_items.iter().find(|request| request.refusal.is_some()).unwrap().data_points.len();
    let accepted = rig.recorder.metric("ConnectionState").len();
    assert_eq!(accepted + refused, 1_001);
    assert!(message.starts_with(&format!("1001 items, {accepted} data points")), "{message}");
    assert!(message.contains(&format!("metrics: cannot publish {refused} data point")), "{message}");
    assert!(message.contains("InvalidParameterValue: The test wants it."), "{message}");
    assert!(message.contains("dynamodb:Query"), "what is missing is named: {message}");
}
