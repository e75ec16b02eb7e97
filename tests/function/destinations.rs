//! One change, from the wire to each of its destinations: what arrives there, exactly.

use std::collections::BTreeMap;

use aws_dx_monitor::simulator::{Fault, FaultKind};
use serde_json::{Value, json};

use super::rig::{ACCOUNT, REGION, Rig, bad_poll, connection, good_poll};

#[tokio::test]
async fn one_change_reaches_every_destination_once_and_under_one_id() {
    let rig = Rig::of_connections(1).await;
    let function = rig.program().start();

    let report = good_poll(&function).await;
    assert_eq!(
        report,
        json!({"items": 1, "metrics": 1, "transitions": 0, "announced": {"chat": 0, "eventbridge": 0, "sns": 0},
            "pending": 0, "parked": 0, "gaps": [], "failures": []})
    );
    let first = rig.received().await;
    assert_eq!(first.counts(), [1, 1, 0], "quiet but for its summary");
    assert_eq!(first.people[0].attributes, [("change".to_owned(), "baseline".to_owned())].into());
    assert!(first.people[0].body.starts_with("Watching 1 item in 2 scopes: all of them are up"));

    rig.set_state("dxcon-1", "down");
    let report = good_poll(&function).await;
    assert_eq!(report["transitions"], 1);
    assert_eq!(report["announced"], json!({"chat": 1, "eventbridge": 2, "sns": 1}), "and the incident");

    let history = rig.history("connection/dxcon-1").await;
    assert_eq!(history.iter().map(|row| row.sequence).collect::<Vec<_>>(), [1, 2]);
    let recorded = &history[1].event;
    let id = recorded["metadata"]["id"].as_str().unwrap().to_owned();
    assert_eq!(recorded["metadata"]["incidentId"], Value::from(id.clone()));
    let outage = rig.received().await;
    assert_eq!(outage.ids(), [vec![id.clone()], vec![id.clone()], vec![id.clone()]]);
    assert_eq!(&outage.details()[0], recorded, "the document of the history row, unchanged");
    assert_eq!(outage.incident_reasons(), ["opened"]);
    let levels: Vec<f64> = rig.recorder.metric("ConnectionState").iter().map(|point| point.value).collect();
    assert_eq!(levels, [4.0, 5.0]);

    rig.set_state("dxcon-1", "available");
    good_poll(&function).await;
    let recovery = rig.received().await;
    assert_eq!(recovery.details()[0]["metadata"]["incidentId"], Value::from(id));
    assert_eq!(recovery.details()[0]["change"], "recovered");
    assert_eq!(recovery.incident_reasons(), ["resolved"]);

    good_poll(&function).await;
    assert_eq!(rig.received().await.counts(), [0, 0, 0], "nothing is told twice");
    assert_eq!(
        rig.recorder.metric("PollSucceeded").iter().map(|point| point.value).collect::<Vec<_>>(),
        [1.0, 1.0, 1.0, 1.0]
    );

    rig.set_state("dxcon-1", "deleting");
    good_poll(&function).await;
    let removed = rig.received().await;
    let metadata = &removed.details()[0]["metadata"];
    assert_eq!(metadata["incidentId"], metadata["id"], "whatever leaves up opens an incident of its own");
}

#[tokio::test]
async fn subscribers_filter_by_attributes_and_chats_thread_by_incident() {
    let rig = Rig::of_connections(1).await;
    let critical = rig.subscribe(&rig.people, "critical", &json!({"severity": ["critical"]})).await;
    let summaries = rig.subscribe(&rig.people, "summaries", &json!({"change": ["baseline"]})).await;
    let function = rig.start_watching_connections().await;

    rig.set_state("dxcon-1", "down");
    good_poll(&function).await;
    let outage = rig.received().await;
    let event = &outage.details()[0];
    let id = event["metadata"]["id"].as_str().unwrap();
    let attributes = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let expected = attributes(&[
        ("id", id),
        ("kind", "connection"),
        ("itemId", "dxcon-1"),
        ("region", REGION),
        ("account", ACCOUNT),
        ("previousState", "available"),
        ("state", "down"),
        ("change", "degraded"),
        ("severity", "critical"),
    ]);
    assert_eq!(outage.people[0].attributes, expected);
    assert_eq!(outage.chat[0].attributes, expected);

    rig.set_state("dxcon-1", "available");
    rig.simulator
        .edit(|scenario| {
            scenario.inventory.region_mut(REGION).connections.push(connection("dxcon-2", "ordering"));
        })
        .unwrap();
    good_poll(&function).await;
    let later = rig.received().await;
    let new = later.people.iter().find(|message| message.attributes["itemId"] == "dxcon-2").unwrap();
    let mut expected = attributes(&[
        ("kind", "connection"),
        ("itemId", "dxcon-2"),
        ("region", REGION),
        ("account", ACCOUNT),
        ("state", "ordering"),
        ("change", "discovered"),
        ("severity", "info"),
    ]);
    expected.insert("id".to_owned(), rig.ids("connection/dxcon-2").await[0].clone());
    assert_eq!(new.attributes, expected, "what is discovered was nothing before");

    let notifications: Vec<Value> = [&outage.chat[0], &later.chat[0], &later.chat[1]].map(|chat| chat.json()).into();
    for notification in &notifications {
        assert_eq!((&notification["version"], &notification["source"]), (&json!("1.0"), &json!("custom")));
        assert_eq!(notification["content"]["textType"], "client-markdown");
    }
    let recovery = notifications.iter().find(|chat| chat["metadata"]["additionalContext"]["change"] == "recovered");
    assert_eq!(notifications[0]["metadata"]["threadId"], id);
    assert_eq!(recovery.unwrap()["metadata"]["threadId"], id, "an outage and its recovery share a thread");

    let critical = rig.moto.receive_all(REGION, &critical).await;
    assert_eq!(critical.len(), 1, "only the outage passes the filter");
    let envelope = critical[0].json();
    assert_eq!(envelope["Subject"], "[critical] connection dxcon-1 available -> down (prod-primary)");
    assert_eq!(envelope["Message"], outage.people[0].body);
    let summaries = rig.moto.receive_all(REGION, &summaries).await;
    assert_eq!(summaries.len(), 1);
    assert_eq!(summaries[0].json()["Subject"], "[baseline] Watching 1 item in 1 scope: all of them are up");
}

#[tokio::test]
async fn eventbridge_gets_the_history_rows_document_in_its_own_envelope() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;
    rig.set_state("dxcon-1", "down");
    good_poll(&function).await;

    let recorded = rig.history("connection/dxcon-1").await.remove(1).event;
    let puts = rig.sinks.calls().into_iter().filter(|call| call.operation == "PutEvents");
    let entries: Vec<Value> = puts.flat_map(|put| put.json()["Entries"].as_array().unwrap().clone()).collect();
    let [entry, incident] = &entries[..] else { panic!("the transition, and its incident: {entries:?}") };
    assert_eq!(incident["DetailType"], "Direct Connect Incident");
    assert_eq!(entry["EventBusName"], rig.bus.name);
    assert_eq!(serde_json::from_str::<Value>(entry["Detail"].as_str().unwrap()).unwrap(), recorded);
    let since = chrono::DateTime::parse_from_rfc3339(recorded["state"]["since"].as_str().unwrap()).unwrap();
    let time = entry["Time"].as_f64().unwrap();
    assert_eq!((time * 1000.0).round() as i64, since.timestamp_millis(), "when it happened, not when it was told");

    let event = rig.received().await.events[0].json();
    assert_eq!(event["source"], "awsx.directconnect");
    assert_eq!(event["detail-type"], "Direct Connect State Change");
    assert_eq!(event["resources"], json!(["arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-1"]));
    assert_eq!(event["resources"][0], recorded["item"]["arn"]);
    assert_eq!(event["detail"], recorded);
}

#[tokio::test]
async fn a_gap_is_an_error_that_names_it_after_everything_else_was_done() {
    let rig = Rig::of_connections(1).await;
    let function = rig.program().start();
    good_poll(&function).await;
    rig.received().await;
    rig.set_state("dxcon-1", "down");
    rig.simulator
        .edit(|scenario| {
            scenario.faults.push(Fault {
                operation: Some("DescribeLags".to_owned()),
                kind: Some(FaultKind::AccessDenied),
                ..Fault::default()
            });
        })
        .unwrap();
    let message = bad_poll(&function).await;
    assert!(message.contains("could not list every LAG in 123456789012/us-east-1"), "{message}");
    assert!(message.contains("DescribeLags"), "{message}");
    assert_eq!(rig.received().await.counts(), [1, 1, 1]);
    // The encryption of LAGs is listed with them.
    assert_eq!(rig.recorder.metric("Gaps").last().unwrap().value, 2.0);
}
