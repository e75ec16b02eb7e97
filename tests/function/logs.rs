//! The log: JSON, one line per transition, one per poll, and no failure twice.

use aws_dx_monitor::domain::SinkName;
use serde_json::{Value, json};

use super::rig::{Rig, TIMEOUT, bad_poll, good_poll};
use crate::support::runtime_api::Function;

/// The lines with this message, once the log of the last poll is there.
async fn lines(function: &Function, polls: usize, message: &str) -> Vec<Value> {
    let with = |message: &str| -> Vec<Value> {
        function.json_logs().into_iter().filter(|line| line["message"] == message).collect()
    };
    for _ in 0..1_000 {
        if with("poll").len() >= polls {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    with(message)
}

#[tokio::test]
async fn every_transition_and_every_poll_is_one_line_of_json() {
    let rig = Rig::of_connections(3).await;
    let function = rig.start_watching_connections().await;
    for id in ["dxcon-1", "dxcon-2"] {
        rig.set_state(id, "down");
    }
    good_poll(&function).await;
    rig.set_state("dxcon-1", "quarantined");
    good_poll(&function).await;

    let polls = lines(&function, 3, "poll").await;
    assert_eq!(polls.len(), 3);
    assert_eq!(polls.iter().map(|line| line["transitions"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 2, 1]);
    assert!(polls.iter().all(|line| line["level"] == "INFO" && line["succeeded"] == true && line["items"] == 3));
    let transitions = lines(&function, 3, "transition").await;
    let mut told: Vec<&str> = transitions.iter().map(|line| line["id"].as_str().unwrap()).collect();
    let mut recorded = rig.ids("connection/dxcon-1").await.split_off(1);
    recorded.extend(rig.ids("connection/dxcon-2").await.split_off(1));
    told.sort_unstable();
    recorded.sort_unstable();
    assert_eq!(told, recorded);
    let last = transitions.last().unwrap();
    for (name, value) in [
        ("kind", "connection"),
        ("item_id", "dxcon-1"),
        ("region", "us-east-1"),
        ("previous_state", "down"),
        ("state", "quarantined"),
        ("change", "unknown"),
        ("severity", "warning"),
    ] {
        assert_eq!(last[name], value, "{last}");
    }
    let incidents = lines(&function, 3, "incident").await;
    let opened: Vec<&str> = incidents
        .iter()
        .filter(|line| line["reason"] == "opened" && line["level"] == "INFO")
        .map(|line| line["root"].as_str().unwrap())
        .collect();
    assert_eq!(opened, ["connection/dxcon-1", "connection/dxcon-2"], "{incidents:?}");
    assert_eq!(lines(&function, 3, "a state word that this version does not know").await.len(), 1);
    assert_eq!(function.json_logs().len(), function.logs().len());
}

#[tokio::test]
async fn a_failure_of_many_items_is_reported_once_with_a_count_and_all_its_causes() {
    let rig = Rig::of_connections(6).await;
    let quiet = rig.watching_connections().environment("AWS_LAMBDA_LOG_LEVEL", "WARN").start();
    good_poll(&quiet).await;
    rig.set_state("dxcon-1", "down");
    good_poll(&quiet).await;
    assert_eq!(quiet.logs(), Vec::<String>::new(), "nothing to warn of");

    rig.refuse(SinkName::SNS, 500, "InternalFailure");
    for number in 1..=6 {
        rig.set_state(&format!("dxcon-{number}"), "pending");
    }
    let message = bad_poll(&quiet).await;
    quiet.log_containing("\"failure\"").await;
    let failures = quiet.json_logs();
    assert_eq!(failures.len(), 1, "{failures:#?}");
    assert_eq!((&failures[0]["level"], &failures[0]["step"]), (&Value::from("ERROR"), &Value::from("announce")));
    let error = failures[0]["error"].as_str().unwrap();
    let causes = format!(
        "cannot announce on the topic {}: InternalFailure: The test wants InternalFailure. (and 5 more alike)",
        rig.people.arn
    );
    assert!(error.starts_with("sns connection/dxcon-") && error.ends_with(&causes), "{error}");
    assert!(message.contains(error), "the invocation says what the log says: {message}");
}

#[tokio::test]
async fn an_invocation_that_comes_to_nothing_is_one_line_of_json() {
    let rig = Rig::of_connections(0).await;
    let unusable = rig.program().environment("DX_MONITOR_STATE_TABLE", "").start();
    let nameless = rig.watching_connections().arn("monitor").start();
    rig.refuse(SinkName::SNS, 403, "AuthorizationError");
    let refused = rig.watching_connections().environment("AWS_LAMBDA_LOG_LEVEL", "ERROR").start();
    for (function, error_type) in [(unusable, "Configuration"), (nameless, "Invocation"), (refused, "DrillRefused")] {
        let error = function.invoke(&json!({"drill": true}), TIMEOUT).await.unwrap_err();
        function.log_containing("the invocation has failed").await;
        let lines = function.json_logs();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        assert_eq!(lines[0]["level"], "ERROR");
        assert_eq!(
            (lines[0]["error_type"].as_str(), lines[0]["error"].as_str()),
            (Some(error_type), Some(&*error.message))
        );
    }
}
