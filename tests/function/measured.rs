//! AWS's own metrics as evidence: asked for after a poll that has opened an incident, where that is wished; and whatever
//! becomes of it, the poll and its messages are as they would be without it.

use std::time::Duration;

use aws_dx_monitor::{
    domain::{EvidenceType, Span},
    ports::EvidenceStore,
};
use serde_json::json;

use super::rig::{Rig, good_poll, scope};
use crate::support::{recorder::MeasuredSeries, runtime_api::Function};

/// The calls that read metrics.
const READS: [&str; 2] = ["ListMetrics", "GetMetricData"];

/// A series of a connection, a sample every five minutes until now.
fn series(metric: &str, lane: Option<&str>, values: &[f64]) -> MeasuredSeries {
    let now = chrono::Utc::now().timestamp_millis();
    let ago = (0..values.len() as i64).rev().map(|steps| now - 60_000 - steps * 300_000);
    let dimensions = [("ConnectionId", Some("dxcon-1")), ("OpticalLaneNumber", lane)];
    let dimensions = dimensions.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    MeasuredSeries {
        namespace: "AWS/DX".to_owned(),
        metric: metric.to_owned(),
        dimensions: dimensions.collect(),
        samples: ago.zip(values.iter().copied()).collect(),
    }
}

/// The light that a connection receives, a sample every five minutes until now.
pub fn light(values: &[f64]) -> MeasuredSeries {
    series("ConnectionLightLevelRx", Some("0"), values)
}

/// A connection whose light goes out, and a function that announces incidents.
async fn watching(evidence: &str) -> (Rig, Function) {
    let rig = Rig::of_connections(2).await;
    rig.recorder.measure(light(&[-3.2, -3.1, -3.2, -3.2, -3.3, -3.2, -40.0]));
    rig.recorder.measure(series("ConnectionErrorCount", None, &[0.0; 7]));
    rig.recorder.measure(series("ConnectionBpsIngress", None, &[1e9; 7]));
    let program = rig.watching_connections().environment("DX_MONITOR_NOTIFY", "incidents");
    let function = program.environment("DX_MONITOR_EVIDENCE", evidence).start();
    good_poll(&function).await;
    rig.received().await;
    rig.forget_calls();
    (rig, function)
}

fn reads(rig: &Rig) -> [usize; 2] {
    READS.map(|operation| rig.cloudwatch.count("monitoring", operation))
}

/// How many messages people have got since this was last asked.
async fn messages(rig: &Rig) -> usize {
    rig.received().await.people.len()
}

#[tokio::test]
async fn light_that_fell_is_an_answer_to_the_message_about_the_outage() {
    let (rig, function) = watching("metrics").await;
    good_poll(&function).await;
    assert_eq!(reads(&rig), [0, 0], "a quiet poll asks nothing");
    rig.set_state("dxcon-1", "down");
    good_poll(&function).await;
    function.log_containing("metrics were asked for as evidence").await;
    assert_eq!(reads(&rig), [1, 1]);
    let opened = rig.received().await.incidents.remove(0).json();
    assert_eq!(opened["detail"]["incident"].get("evidence"), None, "it does not wait: {opened}");
    let [kept] = rig.ledger().evidence(&scope(), Span::ALWAYS).await.unwrap().try_into().unwrap();
    assert_eq!((kept.kind, kept.items), (EvidenceType::Metrics, ["dxcon-1".to_owned()].into()));
    good_poll(&function).await;
    let received = rig.received().await;
    let explained = received.incidents[0].json();
    let evidence = &explained["detail"]["incident"]["evidence"][0];
    assert_eq!((&explained["detail"]["reason"], &evidence["type"]), (&json!("explained"), &json!("metrics")));
    let summary = evidence["summary"].as_str().unwrap();
    assert!(summary.starts_with("Light received on dxcon-1 fell from -3.2 dBm at "), "{summary}");
    assert!(summary.ends_with(" to -40.0 dBm"), "{summary}");
    let letter = &received.people[0].body;
    assert!(letter.contains(&format!("Evidence:\n  {summary} at 20")), "{letter}");
    assert_eq!(reads(&rig), [1, 1], "it is not asked again at once");
}

#[tokio::test]
async fn without_the_setting_no_metric_is_read() {
    let (rig, function) = watching("").await;
    rig.set_state("dxcon-1", "down");
    good_poll(&function).await;
    good_poll(&function).await;
    assert_eq!(reads(&rig), [0, 0]);
}

#[tokio::test]
async fn metrics_that_cannot_be_read_cost_evidence_and_nothing_else() {
    let (rig, mut function) = watching("metrics").await;
    let mut state = ["down", "available"].into_iter().cycle();
    for (operation, status, code) in [
        ("ListMetrics", 403, "AccessDenied"),
        ("GetMetricData", 403, "AccessDenied"),
        ("GetMetricData", 400, "Throttling"),
        ("GetMetricData", 500, "InternalServiceError"),
    ] {
        // A new process has asked nothing yet.
        function.restart();
        rig.forget_calls();
        rig.cloudwatch.on("monitoring", operation).fail(status, code);
        rig.set_state("dxcon-1", state.next().unwrap());
        let report = good_poll(&function).await;
        assert_eq!((&report["transitions"], &report["failures"]), (&json!(1), &json!([])), "{report}");
        assert_eq!(messages(&rig).await, 1, "{operation} {code}");
        assert!(rig.cloudwatch.count("monitoring", operation) >= 1, "{operation} {code}");
        let what = if operation == "ListMetrics" { "the metrics of dxcon-1" } else { "cannot read metrics" };
        let line = function.log_containing(&format!("{what}: {code}")).await;
        assert!(line.contains("WARN"), "{line}");
        rig.recover();
    }
}

#[tokio::test]
async fn metrics_that_take_too_long_hold_up_no_message_and_not_the_next_poll() {
    let (rig, function) = watching("metrics").await;
    let gate = rig.cloudwatch.on("monitoring", "GetMetricData").hold();
    rig.set_state("dxcon-1", "down");
    let poll = good_poll(&function);
    let message = async {
        loop {
            let messages = messages(&rig).await;
            if messages > 0 {
                return messages;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let (report, messages) = tokio::join!(poll, message);
    assert_eq!((&report["failures"], messages), (&json!([]), 1));
    function.log_containing("metrics could not be had as evidence").await;
    assert_eq!(rig.recorder.metric("PollSucceeded").len(), 2, "it was published before");
    gate.open();
    good_poll(&function).await;
}
