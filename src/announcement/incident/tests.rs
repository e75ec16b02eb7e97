//! The messages of incidents, word for word: what an engineer reads at three in the morning.

use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Value, json};

use crate::{
    announcement::{Announcement, EventBridgeEntry, Form, Message, tests::letter},
    domain::{HistoryRow, Reason, RecordedDocument},
    letters::beside,
};

mod properties;
mod subjects;
mod texts;

/// The documentation's example: a connection takes 18 with it, and a gateway has no path left.
pub(super) fn opened() -> Value {
    let item = |kind: &str, id: &str, name: Option<&str>| {
        let mut item = json!({"kind": kind, "id": id, "state": "down", "since": "2026-11-22T03:12:00.123Z"});
        if let Some(name) = name {
            item["name"] = name.into();
        }
        item
    };
    let mut items = vec![item("connection", "dxcon-fg5678gh", Some("prod-eqdc2"))];
    items[0]["arn"] = "arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-fg5678gh".into();
    items.extend((1..=6).map(|number| item("virtual-interface", &format!("dxvif-{number}"), Some("prod"))));
    items[1]["arn"] = "arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-1".into();
    items.extend((1..=12).map(|number| item("bgp-peer", &format!("dxpeer-{number}"), None)));
    let gateway = |family: &str, before: u64, paths: u64| {
        json!({
            "kind": "direct-connect-gateway", "id": "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f", "name": "core-dxgw",
            "addressFamily": family, "pathsBefore": before, "paths": paths, "devices": paths.min(2),
            "locations": paths.min(1),
        })
    };
    json!({
        "metadata": {
            "version": "1", "id": "0b3f7f6e-8f0a-5d3c-9f3e-2f0e8d1c4b5a", "sequence": 1,
            "incidentId": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de", "recordedAt": "2026-11-22T03:12:00.620Z",
            "people": true, "chat": true,
        },
        "reason": "opened", "status": "open", "severity": "critical", "action": "trigger",
        "dedupKey": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de", "summary": "one line",
        "incident": {
            "id": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de", "category": "outage", "account": "123456789012",
            "region": "us-east-1", "since": "2026-11-22T03:12:00.123Z", "lastSeenAt": "2026-11-22T03:11:00.101Z",
            "root": {
                "kind": "connection", "id": "dxcon-fg5678gh", "name": "prod-eqdc2", "location": "EqDC2",
                "device": "EqDC2-abc", "state": "down",
                "arn": "arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-fg5678gh",
            },
            "cause": "The connection is down; what runs over it went with it.",
            "affected": {
                "count": 19, "byKind": {"connection": 1, "virtual-interface": 6, "bgp-peer": 12}, "items": items, "more": 0,
            },
            "impact": {"level": "outage", "destinations": [gateway("ipv4", 2, 0), gateway("ipv6", 2, 0)]},
            "outages": 1, "downSeconds": 0,
        },
    })
}

/// The example with another reason, an hour later.
fn later(reason: Reason) -> Value {
    let mut document = opened();
    document["reason"] = reason.as_str().into();
    document["action"] = reason.action().as_str().into();
    document["metadata"]["sequence"] = 4.into();
    document["metadata"]["recordedAt"] = "2026-11-22T04:12:00.620Z".into();
    document
}

/// The example once it is over, for this reason and after 27 minutes.
fn over(reason: Reason) -> Value {
    let mut document = later(reason);
    document["status"] = reason.as_str().into();
    document["severity"] = "info".into();
    let incident = &mut document["incident"];
    incident["resolvedAt"] = "2026-11-22T03:39:00.123Z".into();
    incident["durationSeconds"] = 1620.into();
    incident["downSeconds"] = 1620.into();
    incident["root"]["state"] = "available".into();
    incident["cause"] = "The connection is available.".into();
    incident["impact"]["level"] = "none".into();
    for destination in incident["impact"]["destinations"].as_array_mut().unwrap() {
        destination["paths"] = 2.into();
        destination["devices"] = 2.into();
        destination["locations"] = 1.into();
    }
    document
}

/// An incident of another category, of one virtual interface in this state.
fn of_one(category: &str, severity: &str, state: &str) -> Value {
    let mut document = opened();
    document["severity"] = severity.into();
    let incident = &mut document["incident"];
    incident["category"] = category.into();
    incident["cause"] = "".into();
    incident["root"] =
        json!({"kind": "virtual-interface", "id": "dxvif-ffabc123", "name": "prod-private", "state": state});
    incident["affected"] = json!({
        "count": 1, "byKind": {"virtual-interface": 1}, "more": 0,
        "items": [{"kind": "virtual-interface", "id": "dxvif-ffabc123", "state": state, "since": "2026-11-22T03:12:00.123Z"}],
    });
    incident["impact"] = json!({"level": "none", "destinations": []});
    document
}

pub(super) fn row(document: &Value) -> HistoryRow {
    HistoryRow {
        occurred_at: "2026-11-22T03:12:00.700Z".parse().unwrap(),
        sequence: document["metadata"]["sequence"].as_u64().unwrap_or(1),
        event: document.clone(),
        parked: Default::default(),
    }
}

fn message(document: &Value, form: Form) -> Message {
    Message::for_people(&Announcement { row: &row(document), form }).unwrap()
}

fn mail(document: &Value) -> String {
    letter(&message(document, Form::Full))
}

fn subject(document: &Value) -> String {
    message(document, Form::Full).subject
}

fn notification(document: &Value) -> Value {
    let message = Message::for_chat(&Announcement { row: &row(document), form: Form::Full }).unwrap();
    serde_json::from_str(&message.text).unwrap()
}

#[test]
fn an_outage_begins() {
    assert_snapshot!(mail(&opened()), @"
    [critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path

    Connection dxcon-fg5678gh (prod-eqdc2) is down, and core-dxgw has no path left.
    The connection is down; what runs over it went with it.
    Check the port and its light levels, then ask the provider about the cross connect or circuit.

    With it:
      6 virtual interfaces: dxvif-1 (prod), dxvif-2 (prod), dxvif-3 (prod) and 3 more
      12 BGP peers: dxpeer-1, dxpeer-2, dxpeer-3 and 9 more

    Paths:
      core-dxgw (Direct Connect gateway), IPv4: no path left (2 before)
      core-dxgw (Direct Connect gateway), IPv6: no path left (2 before)

    Since:        2026-11-22 03:12:00 UTC
    Happened:     after 2026-11-22 03:11:00 UTC, when it was last seen as before (known to within 1 minute)
    Severity:     critical (outage, opened)
    Impact:       outage: a destination has no path left
    Item:         connection dxcon-fg5678gh
    Location:     EqDC2
    Device:       EqDC2-abc
    Region:       us-east-1
    Account:      123456789012
    Incident:     9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de
    Document:     0b3f7f6e-8f0a-5d3c-9f3e-2f0e8d1c4b5a (document 1 of this incident)

    All of it:
      aws-dx-monitor incidents 9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de
    ");
}

#[test]
fn an_outage_begins_in_a_chat_and_in_attributes() {
    assert_json_snapshot!(notification(&opened()), @r#"
    {
      "content": {
        "description": "The connection is down; what runs over it went with it.\n*With it:*\n• 6 virtual interfaces: dxvif-1 (prod), dxvif-2 (prod), dxvif-3 (prod) and 3 more\n• 12 BGP peers: dxpeer-1, dxpeer-2, dxpeer-3 and 9 more\n*Paths:*\n• core-dxgw (Direct Connect gateway), IPv4: no path left (2 before)\n• core-dxgw (Direct Connect gateway), IPv6: no path left (2 before)\n*Since:* 2026-11-22 03:12:00 UTC (known to within 1 minute)\n*Location:* EqDC2\n*Device:* EqDC2-abc\n*Region:* us-east-1\n*Account:* 123456789012\n*All of it:* `aws-dx-monitor incidents 9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de`",
        "keywords": [
          "connection",
          "outage",
          "opened",
          "critical"
        ],
        "nextSteps": [
          "Check the port and its light levels, then ask the provider about the cross connect or circuit."
        ],
        "textType": "client-markdown",
        "title": "[critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path left"
      },
      "metadata": {
        "additionalContext": {
          "account": "123456789012",
          "category": "outage",
          "change": "opened",
          "id": "0b3f7f6e-8f0a-5d3c-9f3e-2f0e8d1c4b5a",
          "impact": "outage",
          "incidentId": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de",
          "itemId": "dxcon-fg5678gh",
          "kind": "connection",
          "region": "us-east-1",
          "severity": "critical"
        },
        "eventType": "Direct Connect Incident",
        "relatedResources": [
          "arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-fg5678gh"
        ],
        "summary": "[critical] connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path left",
        "threadId": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de"
      },
      "source": "custom",
      "version": "1.0"
    }
    "#);
    let attributes = message(&opened(), Form::Full).attributes;
    assert_eq!(json!(attributes), notification(&opened())["metadata"]["additionalContext"]);
}

#[test]
fn an_outage_ends() {
    assert_snapshot!(beside(&mail(&over(Reason::Resolved)), &mail(&opened())), @"
    [resolved] connection dxcon-fg5678gh (prod-eqdc2) up again after 27 minutes

    Connection dxcon-fg5678gh (prod-eqdc2) is up again after 27 minutes.
    The connection is available.

    It took with it:
    (its lines 8 to 10)
    Paths now:
      core-dxgw (Direct Connect gateway), IPv4: 2 paths, on 2 devices in 1 location
      core-dxgw (Direct Connect gateway), IPv6: 2 paths, on 2 devices in 1 location

    (its lines 15 to 16)
    Ended:        2026-11-22 03:39:00 UTC
    Lasted:       27 minutes
    Severity:     info (outage, resolved)
    Impact:       none: no destination has fewer paths
    (its lines 19 to 24)
    Document:     0b3f7f6e-8f0a-5d3c-9f3e-2f0e8d1c4b5a (document 4 of this incident)

    (its lines 27 to 28)
    ");
    assert_snapshot!(notification(&over(Reason::Resolved))["content"]["title"].as_str().unwrap(), @"[resolved] connection dxcon-fg5678gh (prod-eqdc2) up again after 27 minutes");
    assert_snapshot!(notification(&over(Reason::Resolved))["content"]["description"].as_str().unwrap(), @"
    The connection is available.
    *It took with it:*
    • 6 virtual interfaces: dxvif-1 (prod), dxvif-2 (prod), dxvif-3 (prod) and 3 more
    • 12 BGP peers: dxpeer-1, dxpeer-2, dxpeer-3 and 9 more
    *Paths now:*
    • core-dxgw (Direct Connect gateway), IPv4: 2 paths, on 2 devices in 1 location
    • core-dxgw (Direct Connect gateway), IPv6: 2 paths, on 2 devices in 1 location
    *Since:* 2026-11-22 03:12:00 UTC (known to within 1 minute; 27 minutes in all)
    *Location:* EqDC2
    *Device:* EqDC2-abc
    *Region:* us-east-1
    *Account:* 123456789012
    *All of it:* `aws-dx-monitor incidents 9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de`
    ");
}

#[test]
fn a_link_that_is_up_is_not_said_to_be_down() {
    let mut document = opened();
    document["incident"]["root"]["state"] = "available".into();
    document["incident"]["cause"] = "The link is up, no BGP session over it is.".into();
    document["incident"]["affected"]["count"] = 18.into();
    document["incident"]["affected"]["byKind"].as_object_mut().unwrap().remove("connection");
    document["incident"]["affected"]["items"].as_array_mut().unwrap().remove(0);
    let mail = mail(&document);
    assert_snapshot!(mail.lines().take(6).collect::<Vec<_>>().join("\n"), @"
    [critical] connection dxcon-fg5678gh up, but what it carries is down: core-dxgw has no path

    Connection dxcon-fg5678gh (prod-eqdc2) is up, but what it carries is down, and core-dxgw has no path left.
    The link is up, no BGP session over it is.
    The link is up: check the BGP sessions on your router, then ask the provider about the path.
    ");
    document["reason"] = "reminded".into();
    document["metadata"]["recordedAt"] = "2026-11-22T04:12:00.620Z".into();
    assert_snapshot!(subject(&document), @"[critical] connection dxcon-fg5678gh up, but what it carries is still down after 1 hour: 18 with it");
}

#[test]
fn a_location_is_down() {
    let mut document = opened();
    document["incident"]["root"] = json!({"kind": "location", "id": "EqDC2", "location": "EqDC2"});
    document["incident"]["cause"] = "All ports in the location are down.".into();
    let mail = mail(&document);
    assert_snapshot!(mail.lines().take(12).collect::<Vec<_>>().join("\n"), @"
    [critical] location EqDC2 down: 19 with it, core-dxgw has no path

    Location EqDC2 is down, and core-dxgw has no path left.
    All ports in the location are down.
    Check the AWS Health Dashboard, then power and cross connects on site: ports that share it are all down.

    With it:
      1 connection: dxcon-fg5678gh (prod-eqdc2)
      6 virtual interfaces: dxvif-1 (prod), dxvif-2 (prod), dxvif-3 (prod) and 3 more
      12 BGP peers: dxpeer-1, dxpeer-2, dxpeer-3 and 9 more

    Paths:
    ");
}

#[test]
fn it_flaps_it_is_out_of_sight_it_is_part_of_another() {
    let mut flapping = later(Reason::Flapping);
    (flapping["incident"]["outages"], flapping["incident"]["downSeconds"]) = (3.into(), 360.into());
    let mut blind = later(Reason::Blind);
    blind["incident"]["blindSince"] = "2026-11-22T03:50:00.000Z".into();
    let mut merged = over(Reason::Merged);
    merged["incident"]["mergedInto"] = "1c2d3e4f-5b0c-5f5e-8a43-0c8ad1c2a6de".into();
    let beginnings = [flapping, blind, merged].map(|document| {
        let mail = mail(&document);
        mail.lines().skip(2).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    });
    assert_snapshot!(beginnings.join("\n\n"), @"
    Connection dxcon-fg5678gh (prod-eqdc2) is flapping, 3 outages within 1 hour, and core-dxgw has no path left.
    The connection is down; what runs over it went with it.
    From now on its outages are counted and not announced one by one, until it is calm.
    Check the port and its light levels, then ask the provider about the cross connect or circuit.

    Connection dxcon-fg5678gh (prod-eqdc2) is not listed since 03:50:00 UTC, last seen down, and core-dxgw has no path left.
    The connection is down; what runs over it went with it.
    How it is now is not known until AWS lists it again. The monitor's log says why it does not.
    Check the port and its light levels, then ask the provider about the cross connect or circuit.

    Connection dxcon-fg5678gh (prod-eqdc2) is part of another incident.
    The connection is available.
    It goes on as incident 1c2d3e4f-5b0c-5f5e-8a43-0c8ad1c2a6de.
    ");
}

#[test]
fn programs_get_the_recorded_document_unchanged() {
    let mut row = row(&opened());
    row.event["incident"]["colour"] = "from a newer version".into();
    let entry = EventBridgeEntry::of(&Announcement { row: &row, form: Form::Full }).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&entry.detail).unwrap(), row.event);
    assert_eq!((entry.source, entry.detail_type), ("awsx.directconnect", "Direct Connect Incident"));
    assert_eq!(entry.time, row.occurred_at);
    assert_eq!(
        entry.resources,
        ["dxcon/dxcon-fg5678gh", "dxvif/dxvif-1"]
            .map(|id| format!("arn:aws:directconnect:us-east-1:123456789012:{id}"))
    );
    let short = EventBridgeEntry::of(&Announcement { row: &row, form: Form::Minimal }).unwrap();
    let detail: Value = serde_json::from_str(&short.detail).unwrap();
    assert_eq!(
        (&detail["metadata"]["minimal"], &detail["metadata"]["id"]),
        (&json!(true), &row.event["metadata"]["id"])
    );
    assert!(short.size() < entry.size() && detail["incident"].get("colour").is_none());
    assert!(matches!(RecordedDocument::read(&detail), Ok(RecordedDocument::Incident(_))));
}
