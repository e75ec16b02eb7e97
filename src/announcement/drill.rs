//! The documents of a drill, a transition and an incident: they show whether alerts arrive, and are marked so that nobody
//! takes them for real ones.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use uuid::Uuid;

use crate::domain::{
    Affected, AffectedItem, Category, Destination, DestinationKind, Event, EventMetadata, HistoryRow, Impact,
    IncidentDetails, IncidentDocument, IncidentImpact, IncidentMetadata, IncidentRoot, IncidentStatus, ItemDescription,
    ItemKey, Kind, Previous, Reason, RootKind, Scope, Severity, State, Timestamp, Transition,
};

/// The id of the connection in every drill. No real connection has it: AWS's ids are `dxcon-` and eight letters or
/// digits.
pub const DRILL_ITEM_ID: &str = "dxcon-drill000";

/// How long the incident of a drill lasts, in seconds.
const LASTED: i64 = 60;

/// The namespace of drills' ids. Events have another, so no drill ever has a real event's id.
const DRILL_NAMESPACE: Uuid = Uuid::from_u128(0x8c5b_1f0e_64f2_5d5a_b1d7_0e9a_37c4_52f6);

/// The transition of a drill by `by` (a user or a function) at `now`: a connection that does not exist goes from `available`
/// to `down`.
///
/// Its sequence is the time in milliseconds, so that a subscriber that orders by sequence takes each drill as newer
/// than the one before.
pub fn drill(scope: &Scope, now: Timestamp, by: &str) -> Event {
    let ago = |seconds| before(now, seconds);
    let transition = Transition {
        item: Arc::new(ItemDescription {
            name: Some(format!("drill by {by}")),
            ..ItemDescription::bare(scope, &ItemKey::new(Kind::Connection, DRILL_ITEM_ID))
        }),
        sequence: u64::try_from(now.milliseconds()).unwrap_or_default().max(2),
        previous: Some(Previous {
            state: State::of(Kind::Connection, Some("available")),
            since: ago(3_600),
            last_seen_at: ago(60),
            last_transition_at: ago(3_600),
            incident_id: None,
            group: None,
            certain: false,
            confirmed: None,
        }),
        state: State::of(Kind::Connection, Some("down")),
        since: now,
        seen_at: now,
        never_up: false,
    };
    let id = id(scope, now, by);
    let event = Event::of(&transition, now);
    let metadata = EventMetadata { id, incident_id: Some(id), group_id: Some(id), drill: true, ..event.metadata };
    Event { metadata, ..event }
}

fn before(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(now.milliseconds().saturating_sub(seconds * 1000))
}

/// The id of a drill: of its transition, and of its incident.
fn id(scope: &Scope, now: Timestamp, by: &str) -> Uuid {
    Uuid::new_v5(&DRILL_NAMESPACE, format!("{scope}\n{now}\n{by}").as_bytes())
}

/// The incident of a drill by `by` at `now`: opened, and resolved. Of the connection that does not exist, which takes the
/// only path of a gateway that does not exist either. Its id is that of the drill's transition.
pub fn drill_incident(scope: &Scope, now: Timestamp, by: &str) -> [IncidentDocument; 2] {
    let id = id(scope, now, by);
    let opened = IncidentDocument {
        metadata: IncidentMetadata {
            version: "1".to_owned(),
            id: Uuid::new_v5(&id, b"opened"),
            sequence: 1,
            incident_id: id,
            recorded_at: now,
            previous_at: None,
            people: true,
            chat: true,
            drill: true,
            minimal: false,
        },
        reason: Reason::Opened,
        status: IncidentStatus::Open,
        severity: Severity::Critical,
        action: Reason::Opened.action(),
        dedup_key: id,
        summary: format!("[drill] [critical] connection {DRILL_ITEM_ID} down: nothing has changed"),
        incident: details(id, scope, now, by),
    };
    let mut resolved = opened.clone();
    resolved.metadata.id = Uuid::new_v5(&id, b"resolved");
    resolved.metadata.sequence = 2;
    resolved.metadata.recorded_at = now.plus(Duration::from_millis(1));
    resolved.metadata.previous_at = Some(now);
    resolved.reason = Reason::Resolved;
    resolved.status = IncidentStatus::Resolved;
    resolved.severity = Severity::Info;
    resolved.action = Reason::Resolved.action();
    resolved.summary = format!("[drill] [resolved] connection {DRILL_ITEM_ID} up again: nothing has changed");
    let details = &mut resolved.incident;
    details.resolved_at = Some(now);
    details.duration_seconds = Some(LASTED as u64);
    details.down_seconds = LASTED as u64;
    details.root.state = Some("available".to_owned());
    details.impact.level = Impact::None;
    for destination in &mut details.impact.destinations {
        (destination.paths, destination.devices, destination.locations) = (destination.paths_before, 1, 1);
    }
    [opened, resolved]
}

fn details(id: Uuid, scope: &Scope, now: Timestamp, by: &str) -> IncidentDetails {
    let name = Some(format!("drill by {by}"));
    let since = before(now, LASTED);
    let connection = AffectedItem {
        kind: Kind::Connection,
        id: DRILL_ITEM_ID.to_owned(),
        name: name.clone(),
        arn: None,
        state: "down".to_owned(),
        since,
    };
    IncidentDetails {
        id,
        category: Category::Outage,
        account: scope.account().to_owned(),
        region: scope.region().to_owned(),
        since,
        last_seen_at: Some(before(since, LASTED)),
        root: IncidentRoot {
            kind: RootKind::Item(Kind::Connection),
            id: DRILL_ITEM_ID.to_owned(),
            name,
            arn: None,
            location: None,
            device: None,
            state: Some("down".to_owned()),
        },
        cause: "Somebody has asked for a drill.".to_owned(),
        affected: Affected {
            count: 1,
            by_kind: BTreeMap::from([(Kind::Connection, 1)]),
            items: vec![connection],
            more: 0,
        },
        impact: IncidentImpact {
            level: Impact::Outage,
            destinations: vec![Destination {
                kind: DestinationKind::DirectConnectGateway,
                id: Uuid::nil().to_string(),
                name: Some("drill-gateway".to_owned()),
                address_family: "ipv4".to_owned(),
                paths_before: 1,
                paths: 0,
                devices: 0,
                locations: 0,
            }],
            more: 0,
        },
        outages: 1,
        down_seconds: 0,
        resolved_at: None,
        duration_seconds: None,
        merged_into: None,
        blind_since: None,
        planned: None,
        acknowledged: None,
        evidence: Vec::new(),
        resilience: None,
        routes: None,
    }
}

/// The history row of a document of an incident, for sinks: they announce rows. That of a drill is never stored.
pub fn incident_row(document: &IncidentDocument) -> serde_json::Result<HistoryRow> {
    Ok(HistoryRow {
        occurred_at: document.metadata.recorded_at,
        sequence: document.metadata.sequence,
        event: serde_json::to_value(document)?,
        parked: BTreeMap::new(),
    })
}

/// The history row of a drill, for sinks: they announce rows. It is never stored.
pub fn drill_row(drill: &Event) -> serde_json::Result<HistoryRow> {
    Ok(HistoryRow {
        occurred_at: drill.state.since,
        sequence: drill.metadata.sequence,
        event: serde_json::to_value(drill)?,
        parked: BTreeMap::new(),
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::announcement::{
        Announcement, Form, Message,
        tests::{at, mail, notification, with},
    };

    #[test]
    fn a_drill() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let drill = drill(&scope, at("2026-11-22T03:12:00.123Z"), "operator");
        assert_snapshot!(mail(&drill), @"
        [drill] [critical] connection dxcon-drill000 available -> down (drill by operator)

        *** DRILL *** This is a rehearsal: nothing has changed, and there is nothing to do.

        Connection dxcon-drill000 (drill by operator) is down; this was not planned.

        State:        available -> down (out of service)
        Since:        2026-11-22 03:12:00 UTC
        Happened:     after 2026-11-22 03:11:00 UTC, when it was last seen available (known to within 1 minute)
        Before:       available for 1 hour, since 2026-11-22 02:12:00 UTC
        Severity:     critical (degraded)
        Item:         connection dxcon-drill000
        Region:       us-east-1
        Account:      123456789012
        Incident:     fb1bf0f3-c32a-5e4b-a6df-fe406e5c713b
        Event:        fb1bf0f3-c32a-5e4b-a6df-fe406e5c713b
        ");
        assert_snapshot!(notification(&drill).pointer("/content/description").unwrap().as_str().unwrap(), @"
        *This is a drill: nothing has changed, and there is nothing to do.*
        It is down; this was not planned.
        *Since:* 2026-11-22 03:12:00 UTC (known to within 1 minute; available for 1 hour before)
        *Region:* us-east-1
        *Account:* 123456789012
        ");
        let attributes = with(&drill, Form::Full, Message::for_people).unwrap().attributes;
        assert_eq!((attributes.len(), attributes["drill"].as_str()), (10, "true"));
        let next = super::drill(&scope, at("2026-11-22T03:12:00.124Z"), "operator");
        assert_ne!(next.metadata.id, drill.metadata.id);
        assert!(next.metadata.sequence > drill.metadata.sequence);
    }
    #[test]
    fn the_incident_of_a_drill() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let now = at("2026-11-22T03:12:00.123Z");
        let documents = drill_incident(&scope, now, "operator");
        let messages = documents.clone().map(|document| {
            let row = incident_row(&document).unwrap();
            Message::for_people(&Announcement { row: &row, form: Form::Full }).unwrap()
        });
        assert_snapshot!(messages.each_ref().map(|message| message.subject.as_str()).join("\n"), @"
        [drill] [critical] connection dxcon-drill000 (drill by operator) down: drill-gateway has no path
        [drill] [resolved] connection dxcon-drill000 (drill by operator) up again after 1 minute
        ");
        assert_snapshot!(messages[0].text, @"
        *** DRILL *** This is a rehearsal: nothing has changed, and there is nothing to do.

        Connection dxcon-drill000 (drill by operator) is down, and drill-gateway has no path left.
        Somebody has asked for a drill.

        Paths:
          drill-gateway (Direct Connect gateway), IPv4: no path left (1 before)

        Since:        2026-11-22 03:11:00 UTC
        Happened:     after 2026-11-22 03:10:00 UTC, when it was last seen as before (known to within 1 minute)
        Severity:     critical (outage, opened)
        Impact:       outage: a destination has no path left
        Item:         connection dxcon-drill000
        Region:       us-east-1
        Account:      123456789012
        Incident:     fb1bf0f3-c32a-5e4b-a6df-fe406e5c713b
        Document:     0f989c5d-76a1-54a2-9783-2e5a2fd196d2 (document 1 of this incident)
        ");
        for (message, document) in messages.iter().zip(&documents) {
            assert_eq!((message.attributes.len(), message.attributes["drill"].as_str()), (10, "true"));
            assert_eq!(document.metadata.incident_id, drill(&scope, now, "operator").metadata.id, "one thread");
            assert!(message.text.starts_with(crate::announcement::letter::DRILL), "{}", message.text);
        }
        assert_eq!(documents.each_ref().map(|document| document.metadata.sequence), [1, 2]);
        assert_ne!(documents[0].metadata.id, documents[1].metadata.id);
    }
}
