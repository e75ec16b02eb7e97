//! Events of AWS Health and of CloudTrail as payloads: what they bring is kept, and what they concern is polled at once.

use std::time::Duration;

use aws_dx_monitor::{
    domain::{Evidence, Plans, Scope, Span, Timestamp, Turn},
    ports::{EvidenceStore, Turns, Windows},
    simulator::VirtualInterface,
};
use serde_json::{Value, json};

use super::rig::{ACCOUNT, REGION, Rig, TIMEOUT, connections, good_poll, scope};
use crate::{aws_events::sample, support::runtime_api::Function};

const INTERFACE: &str = "dxvif-ffabc123";

/// An interface that works, and a function that knows it and has nothing to announce.
async fn watching_an_interface() -> (Rig, Function) {
    let mut scenario = connections(1);
    scenario.inventory.region_mut(REGION).virtual_interfaces.push(VirtualInterface {
        virtual_interface_id: INTERFACE.to_owned(),
        virtual_interface_state: Some("available".to_owned()),
        connection_id: Some("dxcon-1".to_owned()),
        ..VirtualInterface::default()
    });
    let rig = Rig::of(scenario).await;
    let function = rig.program().start();
    good_poll(&function).await;
    rig.received().await;
    rig.forget_calls();
    (rig, function)
}

impl Rig {
    fn interface_is(&self, state: &str) {
        let edited = self.simulator.edit(|scenario| {
            let interfaces = &mut scenario.inventory.region_mut(REGION).virtual_interfaces;
            interfaces[0].virtual_interface_state = Some(state.to_owned());
        });
        edited.unwrap();
    }

    async fn evidence_of(&self, scope: &Scope) -> Vec<Evidence> {
        self.ledger().evidence(scope, Span::ALWAYS).await.unwrap()
    }

    fn polls(&self) -> usize {
        self.direct_connect.count("directconnect", "DescribeVirtualInterfaces")
    }

    /// A turn of another invocation that began, or is to begin, so long ago or from now.
    async fn other_invocation_has_turn(&self, at: Timestamp, has_begun: bool, scopes: &[Scope]) {
        let ledger = self.ledger();
        let revision = ledger.turn(ACCOUNT).await.unwrap().map_or(1, |turn| turn.revision + 1);
        let scopes = scopes.iter().cloned().collect();
        let (writer, lasted) = ("other".to_owned(), Duration::ZERO);
        let turn = Turn { at, has_begun, is_awaited: true, scopes, lasted, writer, revision };
        assert!(ledger.write_turn(ACCOUNT, &turn).await.unwrap());
    }
}

async fn hand(function: &Function, event: &Value) -> Value {
    let answer = function.invoke(event, TIMEOUT).await;
    answer.unwrap_or_else(|error| panic!("{}: {}", error.error_type, error.message))
}

fn now() -> Timestamp {
    chrono::Utc::now().into()
}

#[tokio::test]
async fn what_somebody_deletes_is_announced_at_once_and_who_did_it_is_kept() {
    let (rig, function) = watching_an_interface().await;
    rig.interface_is("deleting");
    let answer = hand(&function, &sample("calls/delete_virtual_interface")).await;
    assert_eq!((&answer["event"], &answer["poll"]["transitions"]), (&json!("polled"), &json!(1)), "{answer}");
    let received = rig.received().await;
    assert_eq!(received.events[0].json()["detail"]["change"], "removed");
    assert_eq!(rig.recorder.metric("PollSucceeded").len(), 1, "that of the regular poll");
    for scope in [scope(), Scope::global(ACCOUNT)] {
        let [evidence] = rig.evidence_of(&scope).await.try_into().unwrap();
        assert_eq!(evidence.summary, "DeleteVirtualInterface by jane@example.com (role NetworkAdmin)", "{scope}");
        assert_eq!(evidence.items, [INTERFACE.to_owned()].into());
    }
    function.log_containing("DeleteVirtualInterface by jane@example.com").await;
    let turn = rig.ledger().turn(ACCOUNT).await.unwrap().unwrap();
    assert!(turn.lasted > Duration::ZERO, "how long it took decides about the next: {turn:?}");
    assert_eq!(good_poll(&function).await["transitions"], 0);
}

#[tokio::test]
async fn where_another_invocation_is_about_to_poll_an_event_is_kept_and_polls_nothing() {
    let (rig, function) = watching_an_interface().await;
    let both = [scope(), Scope::global(ACCOUNT)];
    rig.other_invocation_has_turn(now().plus(Duration::from_secs(9)), false, &both).await;
    for number in 0..5 {
        let mut event = sample("calls/delete_virtual_interface");
        event["detail"]["eventID"] = json!(format!("event-{number}"));
        assert_eq!(hand(&function, &event).await, json!({"event": "kept", "poll": null}));
    }
    assert_eq!((rig.polls(), rig.evidence_of(&scope()).await.len()), (0, 5));
}

#[tokio::test]
async fn an_event_soon_after_a_poll_waits_for_the_next_turn() {
    let (rig, function) = watching_an_interface().await;
    let began = Timestamp::from_milliseconds(now().milliseconds() - 9_000);
    rig.other_invocation_has_turn(began, true, &[scope()]).await;
    let answer = hand(&function, &sample("calls/delete_virtual_interface")).await;
    assert_eq!((&answer["event"], rig.polls()), (&json!("polled"), 1), "{answer}");
    let turn = rig.ledger().turn(ACCOUNT).await.unwrap().unwrap();
    assert!(turn.has_begun && turn.at >= began.plus(Duration::from_secs(10)), "{turn:?}");
}

#[tokio::test]
async fn planned_work_is_a_window_however_often_its_notices_come() {
    let (rig, function) = watching_an_interface().await;
    for name in ["scheduled", "scheduled_from_backup_region", "page_1_of_2"] {
        rig.other_invocation_has_turn(now().plus(Duration::from_secs(9)), false, &[scope(), Scope::global(ACCOUNT)])
            .await;
        assert_eq!(hand(&function, &sample(&format!("health/{name}"))).await["event"], "kept");
    }
    let plans = Plans::of(&rig.ledger().windows(ACCOUNT).await.unwrap());
    assert_eq!(plans.windows.len(), 1);
    assert_eq!(hand(&function, &sample("health/cancelled")).await["event"], "kept");
    assert_eq!(Plans::of(&rig.ledger().windows(ACCOUNT).await.unwrap()).windows, []);
}

#[tokio::test]
async fn what_cannot_be_kept_fails_and_is_kept_when_lambda_repeats_it() {
    let (rig, function) = watching_an_interface().await;
    rig.dynamodb.on("dynamodb", "UpdateItem").fail(400, "AccessDeniedException");
    rig.dynamodb.on("dynamodb", "PutItem").fail(400, "AccessDeniedException");
    let event = sample("calls/delete_virtual_interface");
    let error = function.invoke(&event, TIMEOUT).await.unwrap_err();
    assert_eq!(error.error_type, "Event");
    assert!(error.message.contains("AccessDeniedException"), "{}", error.message);
    assert_eq!(rig.polls(), 0);
    rig.recover();
    assert_eq!(hand(&function, &event).await["event"], "polled");
    assert_eq!(rig.evidence_of(&scope()).await.len(), 1);
}

#[tokio::test]
async fn what_brings_nothing_is_no_failure_and_what_cannot_be_read_is_counted() {
    let (rig, function) = watching_an_interface().await;
    let ignored = hand(&function, &sample("calls/failed")).await;
    assert_eq!(ignored, json!({"event": "left-out", "reason": "it is a call that failed"}));
    assert_eq!(rig.recorder.metric("EventsUnreadable"), []);
    let mut broken = sample("health/scheduled");
    broken["detail"]["eventArn"] = Value::Null;
    assert_eq!(hand(&function, &broken).await, json!({"event": "left-out", "reason": "it has no ARN"}));
    assert_eq!(rig.recorder.metric("EventsUnreadable")[0].value.to_string(), "1");
    let line = function.log_containing("an event cannot be read").await;
    assert!(line.contains("ERROR") && line.contains("it has no ARN"), "{line}");
    let elsewhere = hand(&function, &sample("health/issue_public")).await;
    assert_eq!(elsewhere, json!({"event": "not-watched", "poll": null}));
    assert_eq!(rig.polls(), 0);
}
