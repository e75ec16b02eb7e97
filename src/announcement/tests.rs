//! The messages for people, chats and programs, word for word.

use std::sync::Arc;

use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::json;

use super::*;
use crate::{
    domain::{Event, ItemDescription, ItemKey, Kind, Previous, Scope, State, Timestamp, Transition},
    letters::beside,
};

#[path = "../../tests/support/example.rs"]
mod example;
pub(super) mod properties;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A state of a virtual interface, or `absent`.
fn state(word: &str) -> State {
    if word == "absent" { State::absent() } else { State::of(Kind::VirtualInterface, Some(word)) }
}

/// The virtual interface of the documentation's example, on its way from `previous` to `word`.
pub(super) fn event(previous: Option<&str>, word: &str) -> Event {
    let scope = Scope::regional("123456789012", "us-east-1");
    let item = ItemDescription {
        name: Some("prod-private".to_owned()),
        arn: Some("arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-ffabc123".to_owned()),
        location: Some("EqDC2".to_owned()),
        connection_id: Some("dxcon-fg5678gh".to_owned()),
        ..ItemDescription::bare(&scope, &ItemKey::new(Kind::VirtualInterface, "dxvif-ffabc123"))
    };
    let incident = uuid::Uuid::from_u128(0x1234);
    example::event_of(item, previous.map(|word| (state(word), Some(incident))), state(word))
}

/// The outage of the documentation's example.
pub(super) fn outage() -> Event {
    event(Some("available"), "down")
}

/// The document of an event, as it is recorded.
pub(super) fn recorded(event: &Event) -> Value {
    serde_json::to_value(event).unwrap()
}

pub(super) fn with<T>(event: &Event, form: Form, make: impl Fn(&Announcement<'_>) -> T) -> T {
    make(&Announcement { row: &drill_row(event).unwrap(), form })
}

pub(super) fn mail(event: &Event) -> String {
    letter(&with(event, Form::Full, Message::for_people).unwrap())
}

pub(super) fn letter(message: &Message) -> String {
    format!("{}\n\n{}", message.subject, message.text)
}

pub(super) fn notification(event: &Event) -> Value {
    notification_of(&with(event, Form::Full, Message::for_chat).unwrap())
}

fn notification_of(message: &Message) -> Value {
    serde_json::from_str(&message.text).unwrap()
}

#[test]
fn an_outage() {
    assert_snapshot!(mail(&outage()), @"
    [critical] virtual-interface dxvif-ffabc123 available -> down (prod-private)

    Virtual interface dxvif-ffabc123 (prod-private) is down; this was not planned.
    Check the connection that it runs over, then its BGP sessions.

    State:        available -> down (out of service)
    Since:        2026-11-22 03:12:00 UTC
    Happened:     after 2026-11-22 03:11:00 UTC, when it was last seen available (known to within 1 minute)
    Before:       available for 20 days 19 hours, since 2026-11-01 08:00:00 UTC
    Severity:     critical (degraded)
    Item:         virtual-interface dxvif-ffabc123
    Location:     EqDC2
    Connection:   dxcon-fg5678gh
    Region:       us-east-1
    Account:      123456789012
    Incident:     6b75e9f8-3ec9-5ed7-9582-c900af24a2a7
    Event:        6b75e9f8-3ec9-5ed7-9582-c900af24a2a7 (transition 7 of this item)

    Its history:
      aws-dx-monitor history virtual-interface/dxvif-ffabc123
    ");
    assert_json_snapshot!(notification(&outage()), @r#"
    {
      "content": {
        "description": "It is down; this was not planned.\n*Since:* 2026-11-22 03:12:00 UTC (known to within 1 minute; available for 20 days 19 hours before)\n*Location:* EqDC2\n*Connection:* dxcon-fg5678gh\n*Region:* us-east-1\n*Account:* 123456789012\n*History:* `aws-dx-monitor history virtual-interface/dxvif-ffabc123`",
        "keywords": [
          "virtual-interface",
          "degraded",
          "critical"
        ],
        "nextSteps": [
          "Check the connection that it runs over, then its BGP sessions."
        ],
        "textType": "client-markdown",
        "title": "[critical] virtual interface dxvif-ffabc123 (prod-private): available → down"
      },
      "metadata": {
        "additionalContext": {
          "account": "123456789012",
          "change": "degraded",
          "id": "6b75e9f8-3ec9-5ed7-9582-c900af24a2a7",
          "itemId": "dxvif-ffabc123",
          "kind": "virtual-interface",
          "previousState": "available",
          "region": "us-east-1",
          "severity": "critical",
          "state": "down"
        },
        "eventType": "Direct Connect State Change",
        "relatedResources": [
          "arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-ffabc123"
        ],
        "summary": "[critical] virtual interface dxvif-ffabc123 (prod-private): available → down",
        "threadId": "6b75e9f8-3ec9-5ed7-9582-c900af24a2a7"
      },
      "source": "custom",
      "version": "1.0"
    }
    "#);
    let attributes = with(&outage(), Form::Full, Message::for_chat).unwrap().attributes;
    assert_eq!(json!(attributes), notification(&outage())["metadata"]["additionalContext"]);
}

#[test]
fn a_recovery() {
    assert_snapshot!(beside(&mail(&event(Some("down"), "available")), &mail(&outage())), @"
    [info] virtual-interface dxvif-ffabc123 down -> available (prod-private)

    Virtual interface dxvif-ffabc123 (prod-private) is back in service.

    State:        down -> available (in service)
    (its line 7)
    Happened:     after 2026-11-22 03:11:00 UTC, when it was last seen down (known to within 1 minute)
    Before:       down for 20 days 19 hours, since 2026-11-01 08:00:00 UTC
    Severity:     info (recovered)
    (its lines 11 to 15)
    Incident:     00000000-0000-0000-0000-000000001234 (ended)
    (its lines 17 to 20)
    ");
    let (title, thread) = ("/content/title", "/metadata/threadId");
    let recovery = notification(&event(Some("down"), "available"));
    assert_eq!(
        recovery.pointer(title).unwrap(),
        "[info] virtual interface dxvif-ffabc123 (prod-private): down → available"
    );
    assert_eq!(recovery.pointer(thread).unwrap(), "00000000-0000-0000-0000-000000001234", "the outage's thread");
    let mut grouped = event(Some("down"), "available");
    grouped.metadata.group_id = Some(uuid::Uuid::from_u128(0x5678));
    let thread_of = |event: &Event| notification(event).pointer(thread).unwrap().clone();
    assert_eq!(thread_of(&grouped), "00000000-0000-0000-0000-000000001234", "the outage did not know its incident");
    grouped.metadata.incident_id = None;
    assert_eq!(thread_of(&grouped), "00000000-0000-0000-0000-000000005678", "the incident's thread");
}

#[test]
fn an_unrecognized_state_word() {
    assert_snapshot!(beside(&mail(&event(Some("available"), "quarantined\u{1b}[31m")), &mail(&outage())), @r"
    [warning] virtual-interface dxvif-ffabc123 available -> quarantined?[31m (prod-private)

    Virtual interface dxvif-ffabc123 (prod-private) is in a state that this version of the monitor does not know.
    Look the word up in the AWS Direct Connect API reference, and update the monitor.

    State:        available -> quarantined\u{1b}[31m (a state word that this version does not know)
    (its lines 7 to 9)
    Severity:     warning (unknown)
    (its lines 11 to 20)
    ");
}

#[test]
fn a_state_that_aws_does_not_report() {
    assert_snapshot!(beside(&mail(&event(Some("available"), "unknown")), &mail(&outage())), @"
    [warning] virtual-interface dxvif-ffabc123 available -> unknown (prod-private)

    Virtual interface dxvif-ffabc123 (prod-private) is in a state that AWS does not report.
    It may still work. Check its traffic, and the AWS Health Dashboard.

    State:        available -> unknown (AWS does not report the state)
    (its lines 7 to 9)
    Severity:     warning (unknown)
    (its lines 11 to 20)
    ");
}

#[test]
fn an_item_that_left_its_listing() {
    assert_snapshot!(beside(&mail(&event(Some("down"), "absent")), &mail(&event(Some("down"), "available"))), @"
    [warning] virtual-interface dxvif-ffabc123 down -> absent (prod-private)

    Virtual interface dxvif-ffabc123 (prod-private) is gone: AWS no longer lists it.
    If this was not intended, AWS CloudTrail has the call that removed it.

    State:        down -> absent (gone: AWS no longer lists it)
    (its lines 6 to 8)
    Severity:     warning (removed)
    (its lines 10 to 19)
    ");
}

#[test]
fn an_item_seen_for_the_first_time() {
    assert_snapshot!(beside(&mail(&event(None, "available")), &mail(&outage())), @"
    [info] virtual-interface dxvif-ffabc123 discovered: available (prod-private)

    Virtual interface dxvif-ffabc123 (prod-private) is new to the monitor: in service.

    State:        available (in service)
    First seen:   2026-11-22 03:12:00 UTC
    Severity:     info (discovered)
    (its lines 11 to 15)
    Event:        513e0f84-665c-5561-a0e4-cb84b28d754c (transition 1 of this item)

    (its lines 19 to 20)
    ");
    assert_snapshot!(notification(&event(None, "available")).pointer("/content/description").unwrap().as_str().unwrap(), @"
    It is new to the monitor: in service.
    *First seen:* 2026-11-22 03:12:00 UTC
    *Location:* EqDC2
    *Connection:* dxcon-fg5678gh
    *Region:* us-east-1
    *Account:* 123456789012
    *History:* `aws-dx-monitor history virtual-interface/dxvif-ffabc123`
    ");
    let attributes = with(&event(None, "available"), Form::Full, Message::for_people).unwrap().attributes;
    assert!(!attributes.contains_key("previousState"));
}

#[test]
fn an_event_of_a_newer_version_is_announced_in_its_own_words() {
    let mut row = drill_row(&outage()).unwrap();
    row.event["item"]["kind"] = "quantum-link".into();
    row.event["state"]["value"] = "entangled".into();
    row.event["state"]["level"] = 7.into();
    row.event["state"]["health"] = "dreaming".into();
    row.event["change"] = "teleported".into();
    row.event["severity"] = "<grave>".into();
    row.event["news"] = true.into();
    let announcement = Announcement { row: &row, form: Form::Full };
    let message = Message::for_people(&announcement).unwrap();
    assert_snapshot!(beside(&letter(&message), &mail(&outage())), @"
    [<grave>] quantum-link dxvif-ffabc123 available -> entangled (prod-private)

    Quantum-link dxvif-ffabc123 (prod-private) is in a state that this version of the monitor does not know.

    State:        available -> entangled (recorded by a newer version; this one does not know what it means)
    (its lines 7 to 9)
    Severity:     <grave> (teleported)
    Item:         quantum-link dxvif-ffabc123
    (its lines 12 to 19)
      aws-dx-monitor history quantum-link/dxvif-ffabc123
    ");
    assert_eq!(
        (message.attributes["change"].as_str(), message.attributes["kind"].as_str()),
        ("teleported", "quantum-link")
    );
    let chat = notification_of(&Message::for_chat(&announcement).unwrap());
    assert_snapshot!(chat.pointer("/content/title").unwrap().as_str().unwrap(), @"[&lt;grave&gt;] quantum-link dxvif-ffabc123 (prod-private): available → entangled");
    let entry = EventBridgeEntry::of(&announcement).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&entry.detail).unwrap(), row.event, "programs get all of it");
}

#[test]
fn a_document_that_is_not_an_event_is_refused() {
    let mut row = drill_row(&outage()).unwrap();
    row.event["item"] = "a note".into();
    for form in [Form::Full, Form::Minimal] {
        let announcement = Announcement { row: &row, form };
        assert!(Message::for_people(&announcement).is_err());
        assert!(Message::for_chat(&announcement).is_err());
        assert!(EventBridgeEntry::of(&announcement).is_err());
    }
}
