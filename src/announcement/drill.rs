//! The event of a drill: it shows whether alerts arrive, and it is marked so that nobody takes it for a real one.

use std::{collections::BTreeMap, sync::Arc};

use uuid::Uuid;

use crate::domain::{
    Event, EventMetadata, HistoryRow, ItemDescription, ItemKey, Kind, Previous, Scope, State, Timestamp, Transition,
};

/// The id of the connection in every drill. No real connection has it: AWS's ids are `dxcon-` and eight letters or
/// digits.
pub const DRILL_ITEM_ID: &str = "dxcon-drill000";

/// The namespace of drills' ids. Events have another, so no drill ever has a real event's id.
const DRILL_NAMESPACE: Uuid = Uuid::from_u128(0x8c5b_1f0e_64f2_5d5a_b1d7_0e9a_37c4_52f6);

/// The event of a drill by `by` (a user or a function) at `now`: a connection that does not exist goes from `available`
/// to `down`.
///
/// Its sequence is the time in milliseconds, so that a subscriber that orders by sequence takes each drill as newer
/// than the one before.
pub fn drill(scope: &Scope, now: Timestamp, by: &str) -> Event {
    let ago = |seconds: i64| Timestamp::from_milliseconds(now.milliseconds().saturating_sub(seconds * 1000));
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
            confirmed: None,
        }),
        state: State::of(Kind::Connection, Some("down")),
        since: now,
        seen_at: now,
        never_up: false,
    };
    let id = Uuid::new_v5(&DRILL_NAMESPACE, format!("{scope}\n{now}\n{by}").as_bytes());
    let event = Event::of(&transition, now);
    Event { metadata: EventMetadata { id, incident_id: Some(id), drill: true, ..event.metadata }, ..event }
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
        Form, Message,
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
}
