//! What is announced to people: incidents, transitions, or both. What is not for them is never pending.

use aws_dx_monitor::{
    domain::{Kind, Notify, SinkName},
    ports::History,
};

use super::rig::{Rig, Step, account};

/// A connection with an interface and a session over it, announced to people in this way.
async fn cable(notify: Notify) -> Rig {
    let mut rig = Rig::of(account::of_each(1));
    rig.choose(&[Kind::Connection, Kind::VirtualInterface, Kind::BgpPeer]);
    rig.settings.notify = notify;
    let rig = rig.with_baseline().await;
    rig.ledger.calls(Step::Acknowledge);
    rig
}

fn turn(rig: &Rig, state: &str, session: &str) {
    rig.turns("dxcon-0", state).turns("dxvif-0", state).turns("dxpeer-0", session);
}

#[tokio::test]
async fn with_incidents_people_get_one_message_and_programs_everything() {
    let rig = cable(Notify::Incidents).await;
    turn(rig.minute(1), "down", "down");
    let report = rig.poll_well().await;
    assert_eq!((report.transitions, report.pending), (3, 0), "{report}");
    for sink in [rig.sns(), rig.chat()] {
        assert_eq!(sink.told(), "");
    }
    let [message] = &rig.sns().incidents()[..] else { panic!("one cause, one message") };
    insta::assert_snapshot!(message.for_people.subject, @"[critical] connection dxcon-0 (fibre dxcon-0) down: 2 with it, its destinations are not known");
    let [answer] = &rig.chat().incidents()[..] else { panic!("one cause, one message") };
    assert_eq!(answer.document, message.document);
    assert!(answer.for_chat.text.contains("dxcon-0"), "{}", answer.for_chat.text);
    assert_eq!((rig.bus().told().lines().count(), rig.bus().incidents().len()), (3, 1));

    turn(rig.minute(4), "available", "up");
    assert_eq!(rig.poll_well().await.pending, 0);
    insta::assert_snapshot!(rig.sns().incident_subjects(), @"[resolved] connection dxcon-0 (fibre dxcon-0) up again after 3 minutes");
    assert_eq!(rig.sns().told(), "");
}

#[tokio::test]
async fn with_items_an_incident_is_nothing_that_people_are_behind_with() {
    let rig = cable(Notify::Items).await;
    turn(rig.minute(1), "down", "down");
    let report = rig.poll_well().await;
    assert_eq!(report.pending, 0);
    assert_eq!(
        rig.ledger.calls(Step::Acknowledge),
        3 + 1,
        "each item's for all sinks, and EventBridge's of the incident"
    );
    assert_eq!((rig.sns().told().lines().count(), rig.sns().incidents().len()), (3, 0));
    let incidents = rig.ledger.inner.states(&rig.scope(Kind::Connection)).await.unwrap().incidents;
    for row in incidents.values() {
        for sink in [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE] {
            assert_eq!(row.announced[sink.as_str()], row.sequence, "{sink}");
        }
    }
    assert_eq!(incidents.len(), 1);
}

#[tokio::test]
async fn another_setting_brings_no_flood() {
    for (before, after) in [(Notify::Items, Notify::Incidents), (Notify::Incidents, Notify::Both)] {
        let mut rig = cable(before).await;
        turn(rig.minute(1), "down", "down");
        rig.poll_well().await;
        rig.sns().offers();
        rig.sns().incidents();
        rig.settings.notify = after;
        assert_eq!(rig.minute(2).poll_well().await.announced[&SinkName::SNS], 0, "{before:?} to {after:?}");
        turn(rig.minute(3), "available", "up");
        rig.poll_well().await;
        let transitions = if after.items() { 3 } else { 0 };
        assert_eq!(
            (rig.sns().offers().len(), rig.sns().incidents().len()),
            (transitions, 1),
            "{before:?} to {after:?}"
        );
    }
}

#[tokio::test]
async fn with_both_people_get_both() {
    let rig = cable(Notify::Both).await;
    turn(rig.minute(1), "down", "down");
    assert_eq!(rig.poll_well().await.announced[&SinkName::SNS], 3 + 1);
    assert_eq!((rig.sns().told().lines().count(), rig.sns().incidents().len()), (3, 1));
}
