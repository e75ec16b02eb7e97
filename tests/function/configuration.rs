//! An operator's mistakes are reported at once, where they are read: in the answer to the invocation.

use serde_json::json;

use super::rig::{Rig, TIMEOUT, good_poll};

#[tokio::test]
async fn bad_configuration_is_one_error_that_names_every_mistake() {
    let rig = Rig::of_connections(1).await;
    let mistakes = [
        ("DX_MONITOR_STATE_TABLE", ""),
        ("DX_MONITOR_HISTORY_TABLE", " "),
        ("DX_MONITOR_TOPIC_ARN", "people"),
        ("DX_MONITOR_CHAT_TOPIC_ARN", "arn:aws:sqs:us-east-1:123456789012:chat"),
        ("DX_MONITOR_REGIONS", "Virginia"),
        ("DX_MONITOR_KINDS", "vif"),
        ("DX_MONITOR_METRICS", "all"),
        ("DX_MONITOR_CONFIRM_POLLS", "0"),
        ("DX_MONITOR_UNMONITORED_AFTER_SECONDS", "soon"),
        ("DX_MONITOR_HISTORY_DAYS", "-1"),
    ];
    let program = mistakes.into_iter().fold(rig.program(), |program, (name, value)| program.environment(name, value));
    let function = program.start();
    for payload in [json!({}), json!({"drill": true})] {
        let error = function.invoke(&payload, TIMEOUT).await.unwrap_err();
        assert_eq!(error.error_type, "Configuration");
        for (name, _) in mistakes {
            assert!(error.message.contains(name), "{name}: {}", error.message);
        }
    }
    assert!(rig.calls().is_empty(), "nothing is tried");
}

#[tokio::test]
async fn an_invocation_without_an_account_is_refused() {
    let rig = Rig::of_connections(1).await;
    let function = rig.watching_connections().arn("monitor").start();
    let error = function.invoke(&json!({}), TIMEOUT).await.unwrap_err();
    assert_eq!(error.error_type, "Invocation");
    assert!(error.message.contains("\"monitor\", which is not the ARN of a function"), "{}", error.message);
    assert!(rig.calls().is_empty(), "nothing is tried");
}

#[tokio::test]
async fn account_and_partition_come_from_the_functions_arn() {
    let rig = Rig::of_connections(1).await;
    let arn = "arn:aws-us-gov:lambda:us-east-1:210987654321:function:monitor:live";
    let function = rig.watching_connections().arn(arn).start();
    good_poll(&function).await;
    rig.set_state("dxcon-1", "down");
    good_poll(&function).await;
    let item = &rig.received().await.details()[0]["item"];
    assert_eq!(item["account"], "210987654321");
    assert!(item["arn"].as_str().unwrap().starts_with("arn:aws-us-gov:directconnect:"), "{item}");
}
