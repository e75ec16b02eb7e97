//! Sinks that are down, that come and that go: each announces everything, in order, and none waits for another.

use aws_dx_monitor::domain::SinkName;
use serde_json::json;

use super::rig::{Rig, SINKS, bad_poll, good_poll};

#[tokio::test]
async fn a_sink_that_was_down_gets_everything_in_order_after_a_restart_while_the_others_go_on() {
    let rig = Rig::of_connections(1).await;
    let mut function = rig.start_watching_connections().await;
    let mut states = ["down", "available"].into_iter().cycle();
    let mut told = 1;
    for (sink, status, code, polls) in [
        (SinkName::SNS, 500, "InternalError", 10_u32),
        (SinkName::CHAT, 400, "KMSDisabledException", 3),
        (SinkName::EVENTBRIDGE, 503, "ServiceUnavailable", 3),
    ] {
        rig.refuse(sink, status, code);
        for pending in 1..=polls {
            rig.set_state("dxcon-1", states.next().unwrap());
            let message = bad_poll(&function).await;
            assert!(message.contains(&format!("{pending} pending")), "{message}");
            assert!(message.contains(&format!("announce: {sink} connection/dxcon-1: ")), "{message}");
            assert!(message.contains(code), "{message}");
            let id = rig.ids("connection/dxcon-1").await.pop().unwrap();
            let received = rig.received().await;
            for other in SINKS {
                let expected = if other == sink { vec![] } else { vec![id.clone()] };
                assert_eq!(received.ids_on(other), expected, "{other} while {sink} is down");
            }
        }
        let metric = rig.recorder.metric("AnnouncementsPending");
        let owed = |name: Option<&str>| {
            let of = metric.iter().rfind(|point| point.dimensions.get("Sink").map(String::as_str) == name);
            of.unwrap().value
        };
        assert_eq!(owed(None), f64::from(polls));
        for other in SINKS {
            assert_eq!(owed(Some(other.as_str())), if other == sink { f64::from(polls) } else { 0.0 });
        }

        rig.recover();
        function.restart();
        let report = good_poll(&function).await;
        assert_eq!((&report["transitions"], &report["pending"]), (&json!(0), &json!(0)));
        let received = rig.received().await;
        let missed = rig.ids("connection/dxcon-1").await.split_off(told);
        told += missed.len();
        assert_eq!(missed.len(), polls as usize);
        for other in SINKS {
            assert_eq!(received.ids_on(other), if other == sink { missed.clone() } else { vec![] });
        }
    }
}

#[tokio::test]
async fn a_missing_permission_is_named_and_nothing_is_skipped() {
    let rig = Rig::of_connections(2).await;
    let function = rig.start_watching_connections().await;
    rig.refuse(SinkName::SNS, 403, "AuthorizationError");
    for state in ["down", "available", "down"] {
        for id in ["dxcon-1", "dxcon-2"] {
            rig.set_state(id, state);
        }
        let message = bad_poll(&function).await;
        let needed = format!("it needs the permission sns:Publish on {}", rig.people.arn);
        assert!(message.contains(&needed), "{message}");
    }
    let meanwhile = rig.received().await;
    assert_eq!(meanwhile.counts(), [0, 6, 6]);

    rig.recover();
    good_poll(&function).await;
    let received = rig.received().await;
    assert_eq!(received.counts(), [6, 0, 0]);
    for id in ["dxcon-1", "dxcon-2"] {
        let history = rig.history(&format!("connection/{id}")).await;
        assert!(history.iter().all(|row| row.parked.is_empty()));
        let expected: Vec<String> = history.iter().skip(1).map(super::rig::id).collect();
        let of_item = received.people.iter().filter(|message| message.attributes["itemId"] == id);
        assert_eq!(of_item.map(|message| message.attributes["id"].clone()).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_sink_joins_where_an_item_is_and_comes_back_where_it_left() {
    let rig = Rig::of_connections(1).await;
    let people_only = || {
        let program = rig.watching_connections();
        program.environment("DX_MONITOR_CHAT_TOPIC_ARN", "").environment("DX_MONITOR_EVENT_BUS", "")
    };
    let function = people_only().start();
    good_poll(&function).await;
    assert_eq!(rig.received().await.counts(), [1, 0, 0]);
    rig.set_state("dxcon-1", "down");
    let report = good_poll(&function).await;
    assert_eq!(report["announced"], json!({"sns": 1}));
    assert_eq!(rig.received().await.counts(), [1, 0, 0]);
    drop(function);

    let function = rig.watching_connections().start();
    good_poll(&function).await;
    assert_eq!(rig.received().await.counts(), [0, 0, 0], "nobody is told what was before");
    rig.set_state("dxcon-1", "available");
    good_poll(&function).await;
    let ids = rig.ids("connection/dxcon-1").await;
    assert_eq!(rig.received().await.ids(), [&ids[2..], &ids[2..], &ids[2..]]);
    drop(function);

    let function = rig.watching_connections().environment("DX_MONITOR_TOPIC_ARN", "").start();
    for state in ["down", "available"] {
        rig.set_state("dxcon-1", state);
        let report = good_poll(&function).await;
        assert_eq!((&report["announced"], &report["pending"]), (&json!({"chat": 1, "eventbridge": 2}), &json!(0)));
    }
    assert_eq!(rig.received().await.counts(), [0, 2, 2]);
    drop(function);

    good_poll(&rig.watching_connections().start()).await;
    let ids = rig.ids("connection/dxcon-1").await;
    let received = rig.received().await;
    assert_eq!(received.ids_on(SinkName::SNS), ids[3..], "what a sink missed is owed to it");
    assert_eq!(received.counts(), [2, 0, 0]);
}
