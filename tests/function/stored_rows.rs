//! Rows that other versions wrote, and rows that were pending for too long.

use std::{collections::HashMap, time::Duration};

use aws_dx_monitor::{
    domain::{Event, ItemDescription, ItemKey, Kind, Previous, SinkName, State, Timestamp, Transition},
    ports::{Clock, Ledger, Record, SystemClock},
};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use super::rig::{Rig, Row, SINKS, bad_poll, good_poll, scope};

fn row(attributes: impl IntoIterator<Item = (&'static str, AttributeValue)>) -> Row {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// As few attributes as a row may have.
fn bare_row(item: &str) -> Row {
    row([
        ("scope", text(scope())),
        ("item", text(item)),
        ("state", text("available")),
        ("since", text("2026-01-01T00:00:00.000Z")),
        ("sequence", number(7)),
        ("last_transition_at", text("2026-01-01T00:00:00.000Z")),
    ])
}

/// The row of an item whose transitions every sink has announced.
pub fn known_row(item: &str) -> Row {
    let mut row = bare_row(item);
    let cursors = SINKS.map(|sink| (sink.as_str().to_owned(), number(7)));
    row.insert("announced".to_owned(), AttributeValue::M(cursors.into()));
    row
}

#[tokio::test]
async fn a_row_of_an_older_version_is_carried_on() {
    let rig = Rig::of_connections(1).await;
    rig.put_rows(&rig.tables.states, [bare_row("connection/dxcon-1")]).await;
    let function = rig.start_watching_connections().await;
    rig.set_state("dxcon-1", "down");
    good_poll(&function).await;

    let history = rig.history("connection/dxcon-1").await;
    assert_eq!(history.iter().map(|row| row.sequence).collect::<Vec<_>>(), [8], "its count goes on");
    let previous = &history[0].event["previousState"];
    assert_eq!((&previous["value"], &previous["since"]), (&json!("available"), &json!("2026-01-01T00:00:00.000Z")));
    let id = super::rig::id(&history[0]);
    assert_eq!(rig.received().await.ids(), [vec![id.clone()], vec![id.clone()], vec![id]]);
    let row = rig.state_row("connection/dxcon-1").await;
    let cursors = SINKS.into_iter().chain([SinkName::INCIDENTS]);
    let cursors = cursors.map(|sink| (sink.as_str().to_owned(), number(8)));
    assert_eq!(row["announced"], AttributeValue::M(cursors.collect()), "it is folded, too");
}

#[tokio::test]
async fn what_a_newer_version_wrote_survives() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;
    let future = AttributeValue::M(HashMap::from([("mood".to_owned(), text("sunny"))]));

    let mut newer = rig.state_row("connection/dxcon-1").await;
    newer.insert("future".to_owned(), future.clone());
    let AttributeValue::M(announced) = newer.get_mut("announced").unwrap() else { panic!("a map") };
    announced.insert("pager".to_owned(), number(1));
    rig.put_rows(&rig.tables.states, [newer]).await;
    let mut poll = rig.state_row("poll").await;
    poll.insert("future".to_owned(), future.clone());
    poll.insert("last_complete_at/cross-connect".to_owned(), text("2027-01-01T00:00:00.000Z"));
    rig.put_rows(&rig.tables.states, [poll]).await;
    let mut unknown_kind = bare_row("cross-connect/x-1");
    unknown_kind.insert("state".to_owned(), number(1));
    rig.put_rows(&rig.tables.states, [unknown_kind.clone()]).await;

    // A change, and a sight that is not yet certain.
    for state in ["down", "unknown", "available"] {
        rig.set_state("dxcon-1", state);
        good_poll(&function).await;
    }
    assert_eq!(rig.received().await.counts(), [2, 2, 2]);
    let row = rig.state_row("connection/dxcon-1").await;
    assert_eq!(row["future"], future);
    assert_eq!(row["announced"].as_m().unwrap()["pager"], number(1));
    assert_eq!(row["sequence"], number(3));
    let poll = rig.state_row("poll").await;
    assert_eq!(poll["future"], future);
    assert_eq!(poll["last_complete_at/cross-connect"], text("2027-01-01T00:00:00.000Z"));
    assert_eq!(rig.state_row("cross-connect/x-1").await, unknown_kind);
}

/// Records what a connection went through: its words, each so many days ago.
async fn live_through(rig: &Rig, words: &[(&str, u64)]) {
    let (ledger, key, now) = (rig.ledger(), ItemKey::new(Kind::Connection, "dxcon-1"), SystemClock.now());
    let mut previous: Option<Previous> = None;
    for (sequence, (word, days)) in (1..).zip(words) {
        let since = Timestamp::from_milliseconds(now.milliseconds() - *days as i64 * 86_400_000);
        let state = State::of(Kind::Connection, Some(word));
        let item = ItemDescription::bare(&scope(), &key).into();
        let transition = Transition { item, sequence, previous, state, since, seen_at: since, never_up: false };
        let event = Event::of(&transition, since);
        let expires_at = now.plus(Duration::from_secs(86_400)).seconds();
        let record = Record { transition: &transition, event: &event, passed_by: &[], expires_at };
        if sequence == 1 {
            ledger.record_baseline(&scope(), &[record], &SINKS).await.unwrap();
        } else {
            ledger.record(record, &SINKS).await.unwrap();
        }
        previous = Some(Previous {
            state: transition.state.clone(),
            since,
            last_seen_at: since,
            last_transition_at: since,
            incident_id: transition.incident_after(),
            group: None,
            certain: false,
            confirmed: None,
        });
    }
}

#[tokio::test]
async fn rows_pending_for_more_than_seven_days_are_parked_and_the_others_are_announced() {
    let rig = Rig::of_connections(1).await;
    live_through(&rig, &[("available", 30), ("down", 20), ("available", 8), ("down", 6), ("available", 5)]).await;
    let function = rig.watching_connections().start();
    let report = good_poll(&function).await;
    assert_eq!((&report["parked"], &report["pending"]), (&json!(6), &json!(0)), "two on each of three sinks");
    assert_eq!(rig.recorder.metric("AnnouncementsParked")[0].value, 6.0);

    let history = rig.history("connection/dxcon-1").await;
    let parked: Vec<Vec<&str>> = history.iter().map(|row| row.parked.values().map(String::as_str).collect()).collect();
    let expired = vec!["expired"; 3];
    assert_eq!(parked, [vec![], expired.clone(), expired, vec![], vec![]]);
    let recent: Vec<String> = history[3..].iter().map(super::rig::id).collect();
    let [people, chat, events] = rig.received().await.ids();
    assert_eq!(events, recent);
    for mut told in [people, chat] {
        // The summary of the baseline has no id.
        told.retain(|id| !id.is_empty());
        assert_eq!(told, recent);
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named_and_the_metrics_go_on() {
    let rig = Rig::of_connections(1).await;
    let mut damaged = bare_row("connection/dxcon-1");
    damaged.insert("sequence".to_owned(), text("seven"));
    rig.put_rows(&rig.tables.states, [damaged]).await;
    let message = bad_poll(&rig.watching_connections().start()).await;
    assert!(message.contains("connection/dxcon-1") && message.contains("\"sequence\""), "{message}");
    assert_eq!(rig.recorder.metric("ConnectionState").len(), 1);
}
