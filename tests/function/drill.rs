//! The rehearsal: one marked transition and one marked incident on every sink, and no table touched.

use aws_dx_monitor::domain::SinkName;
use serde_json::json;

use super::rig::{Rig, SINKS, TIMEOUT, good_poll};

#[tokio::test]
async fn a_drill_reaches_every_sink_marked_and_touches_no_table() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;
    let rows = rig.rows().await.len();
    rig.forget_calls();

    let report = function.invoke(&json!({"drill": true}), TIMEOUT).await.unwrap();
    assert_eq!(report["accepted"], true);
    assert_eq!(report["sinks"], json!({"chat": "accepted", "eventbridge": "accepted", "sns": "accepted"}));
    let received = rig.received().await;
    received.assert_is_drill(report["id"].as_str().unwrap());
    assert!(received.people.iter().all(|message| message.body.contains("DRILL")));
    for elsewhere in [&rig.direct_connect, &rig.dynamodb, &rig.cloudwatch] {
        assert!(elsewhere.calls().is_empty());
    }
    assert_eq!(rig.rows().await.len(), rows);

    good_poll(&function).await;
    assert_eq!(rig.received().await.counts(), [0, 0, 0], "a drill leaves nothing behind");
}

#[tokio::test]
async fn a_drill_that_a_sink_refuses_fails_and_names_the_sink() {
    let rig = Rig::of_connections(0).await;
    let function = rig.watching_connections().start();
    for sink in SINKS {
        rig.refuse(
            sink,
            403,
            if sink == SinkName::EVENTBRIDGE { "AccessDeniedException" } else { "AuthorizationError" },
        );
        let error = function.invoke(&json!({"drill": true}), TIMEOUT).await.unwrap_err();
        assert_eq!(error.error_type, "DrillRefused", "{}", error.message);
        assert!(error.message.contains(&format!("; {sink}: cannot announce on ")), "{}", error.message);
        for other in SINKS.into_iter().filter(|other| *other != sink) {
            assert!(error.message.contains(&format!("; {other}: accepted")), "{}", error.message);
        }
        rig.recover();
    }
    let alone = ["DX_MONITOR_TOPIC_ARN", "DX_MONITOR_CHAT_TOPIC_ARN", "DX_MONITOR_EVENT_BUS"];
    let program = alone.into_iter().fold(rig.watching_connections(), |program, name| program.environment(name, ""));
    let error = program.start().invoke(&json!({"drill": true}), TIMEOUT).await.unwrap_err();
    assert!(error.message.contains("no sink is configured"), "{}", error.message);
}
