//! One cause, one message: what is announced to people who get incidents, over the real SDK and a real store.

use aws_dx_monitor::domain::{Kind, Notify, SinkName};
use insta::assert_snapshot;

use super::rig::{Answer, Rig, Step, Trouble, account};

/// A monitor of three connections with an interface and a session each, which announces incidents to people.
async fn watching() -> Rig {
    let mut rig = Rig::of(account::of_each(3));
    rig.choose(&[Kind::Connection, Kind::VirtualInterface, Kind::BgpPeer]);
    rig.settings.notify = Notify::Incidents;
    rig.with_baseline().await
}

#[tokio::test]
async fn an_outage_is_one_message_to_people_and_all_of_it_to_programs() {
    let rig = watching().await;
    rig.minute(1).cable(0, false);
    rig.poll_well().await;
    let [people, chat, programs] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE].map(|name| rig.sink(name));
    assert_eq!((people.told(), chat.told()), (String::new(), String::new()), "no message for each item");
    assert_eq!(programs.offers().len(), 3, "programs get every transition");
    let opened = people.incidents().remove(0);
    assert_snapshot!(format!("{}\n\n{}", opened.for_people.subject, opened.for_people.text), @"
    [critical] connection dxcon-0 (fibre dxcon-0) down: 2 with it, its destinations are not known

    Connection dxcon-0 (fibre dxcon-0) is down, and its destinations are not known.
    The connection is down; what runs over it went with it.
    Check the port and its light levels, then ask the provider about the cross connect or circuit.

    With it:
      1 virtual interface: dxvif-0 (interface 0)
      1 BGP peer: dxpeer-0 (interface 0)

    Since:        2026-11-22 03:01:00 UTC
    Happened:     after 2026-11-22 03:00:00 UTC, when it was last seen as before (known to within 1 minute)
    Severity:     critical (outage, opened)
    Impact:       unknown: no destination of it is known from here
    Item:         connection dxcon-0
    Region:       us-east-1
    Account:      123456789012
    Incident:     8db2d271-1ddd-563f-8882-8b280455deae
    Document:     ce17a389-a342-5a4e-86fb-b5addb833201 (document 1 of this incident)

    All of it:
      aws-dx-monitor incidents 8db2d271-1ddd-563f-8882-8b280455deae
    ");
    assert_eq!(programs.incidents().len(), 1);
    let notification: serde_json::Value = serde_json::from_str(&chat.incidents().remove(0).for_chat.text).unwrap();
    assert_eq!(notification["metadata"]["threadId"], opened.document["incident"]["id"], "a thread for each incident");
    assert_eq!(rig.minute(2).poll_well().await.pending, 0, "nothing is owed to anybody");
    rig.minute(3).cable(0, true);
    rig.poll_well().await;
    assert_snapshot!(people.incident_subjects(), @"[resolved] connection dxcon-0 (fibre dxcon-0) up again after 2 minutes");
    assert_eq!(people.told(), "");
}

#[tokio::test]
async fn an_event_names_the_incident_that_its_item_is_in() {
    let rig = watching().await;
    rig.minute(1).cable(0, false);
    rig.poll_well().await;
    let incident = rig.sns().incidents().remove(0).document["incident"]["id"].clone();
    let first = rig.last_event("connection/dxcon-0").await;
    assert_eq!(first.metadata.group_id, None, "it is not known yet");
    rig.minute(2).cable(0, true);
    rig.poll_well().await;
    let last = rig.last_event("bgp-peer/dxpeer-0").await;
    assert_eq!(serde_json::json!(last.metadata.group_id), incident);
}

#[tokio::test]
async fn what_the_baseline_finds_down_is_in_the_summary_and_its_recovery_is_a_message() {
    let mut rig = Rig::of(account::connections(3));
    rig.choose(&[Kind::Connection]);
    rig.settings.notify = Notify::Incidents;
    rig.turns("dxcon-1", "down");
    let rig = rig.with_baseline().await;
    rig.minute(1).poll_well().await;
    assert!(rig.sns().incidents().is_empty() && rig.sink(SinkName::EVENTBRIDGE).incidents().is_empty());
    rig.minute(2).turns("dxcon-1", "available").poll_well().await;
    assert_snapshot!(rig.sns().incident_subjects(), @"[resolved] connection dxcon-1 (fibre dxcon-1) up again after 2 minutes");
}

#[tokio::test]
async fn a_backlog_of_transitions_is_announced_to_its_end_and_a_change_of_the_setting_brings_no_flood() {
    let mut rig = watching().await;
    rig.settings.notify = Notify::Items;
    rig.sns().answers(Answer::Transient);
    rig.minute(1).turns("dxcon-0", "down").poll().await;
    rig.settings.notify = Notify::Incidents;
    rig.sns().answers(Answer::Accepts);
    rig.minute(2).turns("dxcon-0", "available").turns("dxcon-1", "down").poll_well().await;
    assert_snapshot!(rig.sns().told(), @"
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    ");
    rig.sns().incidents();
    rig.minute(3).turns("dxcon-1", "available").poll_well().await;
    rig.settings.notify = Notify::Items;
    rig.minute(4).poll_well().await;
    assert_eq!(rig.sns().told(), "", "what incidents have told is not told again");
    rig.minute(5).turns("dxcon-2", "down").poll_well().await;
    assert_snapshot!(rig.sns().told(), @"[critical] connection dxcon-2 available -> down (fibre dxcon-2)");
}

#[tokio::test]
async fn with_both_people_get_items_and_incidents() {
    let mut rig = watching().await;
    rig.settings.notify = Notify::Both;
    rig.minute(1).cable(0, false);
    rig.poll_well().await;
    assert_eq!((rig.sns().offers().len(), rig.sns().incidents().len()), (3, 1));
}

#[tokio::test]
async fn a_quiet_poll_asks_for_nothing_more_and_a_fold_is_one_write() {
    let rig = watching().await;
    let calls = |rig: &Rig| [Step::Revision, Step::Fold, Step::Pending].map(|step| rig.ledger.calls(step));
    rig.minute(1).poll_well().await;
    calls(&rig);
    rig.minute(2).poll_well().await;
    assert_eq!(calls(&rig), [0, 0, 0]);
    rig.minute(3).turns("dxcon-0", "down").poll_well().await;
    let [revision, fold, _] = calls(&rig);
    assert_eq!((revision, fold), (0, 1), "the revision is remembered");
    rig.minute(4).poll_well().await;
    assert_eq!(calls(&rig), [0, 0, 0], "an open incident costs a quiet poll nothing");
}

#[tokio::test]
async fn a_fold_that_fails_is_a_failure_and_the_next_poll_folds() {
    let rig = watching().await;
    rig.ledger.trouble(Step::Fold, Trouble::Refuses);
    rig.minute(1).cable(0, false);
    let report = rig.poll().await;
    assert!(!report.is_success() && report.to_string().contains("fold"), "{report}");
    assert!(rig.sns().incidents().is_empty());
    rig.ledger.mend();
    rig.minute(2).poll_well().await;
    assert_snapshot!(rig.sns().incident_subjects(), @"[critical] connection dxcon-0 (fibre dxcon-0) down: 2 with it, its destinations are not known");
    rig.ledger.trouble(Step::Fold, Trouble::LosesTheAnswer);
    rig.minute(3).cable(0, true);
    rig.poll().await;
    rig.ledger.mend();
    rig.minute(4).poll_well().await;
    rig.minute(5).poll_well().await;
    assert_snapshot!(rig.sns().incident_subjects(), @"[resolved] connection dxcon-0 (fibre dxcon-0) up again after 2 minutes");
}

#[tokio::test]
async fn a_sink_that_was_down_gets_what_was_opened_and_then_what_was_resolved() {
    let rig = watching().await;
    rig.sns().answers(Answer::Transient);
    rig.minute(1).cable(0, false);
    rig.poll().await;
    rig.minute(2).cable(0, true);
    rig.poll().await;
    rig.sns().answers(Answer::Accepts);
    rig.minute(3).poll_well().await;
    assert_snapshot!(rig.sns().incident_subjects(), @"
    [critical] connection dxcon-0 (fibre dxcon-0) down: 2 with it, its destinations are not known
    [resolved] connection dxcon-0 (fibre dxcon-0) up again after 1 minute
    ");
    assert_eq!(rig.chat().incidents().len(), 2);
}
