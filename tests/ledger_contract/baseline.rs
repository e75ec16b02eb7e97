//! The baseline: first sights written in bulk, marked as announced, and safe to resume.

use std::sync::Arc;

use aws_dx_monitor::{
    domain::{Event, Selection, SinkName, Span, Transition},
    ports::{History, Ledger, Record},
};

use super::rig::{EXPIRES_AT, Rig, SINKS, at, cursors, event};

async fn record_baseline(rig: &Rig<'_, impl Ledger + History>, firsts: &[Transition], sinks: &[SinkName]) {
    let events: Vec<Event> = firsts.iter().map(event).collect();
    let records: Vec<Record<'_>> = firsts
        .iter()
        .zip(&events)
        .map(|(transition, event)| Record { transition, event, passed_by: &[], expires_at: EXPIRES_AT })
        .collect();
    rig.ledger.record_baseline(&rig.scope, &records, sinks).await.unwrap();
}

fn firsts(rig: &Rig<'_, impl Ledger + History>, count: usize) -> Vec<Transition> {
    (0..count).map(|number| rig.first(&format!("dxcon-{number:03}"), "available", at(0))).collect()
}

async fn baseline_of(rig: &Rig<'_, impl Ledger + History>, count: usize) {
    let firsts = firsts(rig, count);
    record_baseline(rig, &firsts, &SINKS).await;
    let recalled = rig.recall().await;
    assert_eq!(recalled.states.len(), count);
    for first in &firsts {
        let row = &recalled.states[&first.key()];
        assert_eq!((&row.state, row.sequence, row.since, row.last_transition_at), (&first.state, 1, at(0), at(0)));
        assert_eq!(cursors(row), [("eventbridge", 1), ("sns", 1)]);
        assert_eq!(row.details, first.item);
    }
    if let Some(last) = firsts.last() {
        let history = rig.history(&last.item.id).await;
        assert_eq!(history.len(), 1);
        assert_eq!(history[0].event, serde_json::to_value(event(last)).unwrap());
        assert_eq!((history[0].occurred_at, history[0].sequence), (at(0), 1));
    }
    let written = rig.ledger.transitions(&Selection::of_all(Span::new(at(0), at(1)))).await.unwrap();
    let own = written.iter().filter(|row| row.event["item"]["account"] == rig.scope.account()).count();
    assert_eq!(own, count, "every item has its history row");
}

pub async fn of_no_items(rig: Rig<'_, impl Ledger + History>) {
    baseline_of(&rig, 0).await;
}

pub async fn of_one_item(rig: Rig<'_, impl Ledger + History>) {
    baseline_of(&rig, 1).await;
}

pub async fn of_fifty_items(rig: Rig<'_, impl Ledger + History>) {
    baseline_of(&rig, 50).await;
}

pub async fn of_fifty_one_items(rig: Rig<'_, impl Ledger + History>) {
    baseline_of(&rig, 51).await;
}

pub async fn of_a_hundred_and_twenty_items(rig: Rig<'_, impl Ledger + History>) {
    baseline_of(&rig, 120).await;
}

pub async fn a_baseline_writes_what_a_record_would(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    let (here, there) = (rig.first("dxcon-1", "down", at(0)), elsewhere.first("dxcon-1", "down", at(0)));
    record_baseline(&rig, std::slice::from_ref(&here), &SINKS).await;
    elsewhere.record(&there).await;
    let (mut one, mut other) = (rig.row("dxcon-1").await, elsewhere.row("dxcon-1").await);
    assert_eq!(cursors(&one), [("eventbridge", 1), ("sns", 1)]);
    assert_eq!((one.incident_id, other.incident_id), (Some(here.id()), Some(there.id())), "what is found down");
    // All but the region, what is named after it, and the cursors is the same.
    one.announced.clear();
    other.announced.clear();
    other.incident_id = one.incident_id;
    Arc::make_mut(&mut other.details).region = one.details.region.clone();
    assert_eq!(one, other);
}

pub async fn an_interrupted_baseline_is_resumed(rig: Rig<'_, impl Ledger + History>) {
    let firsts = firsts(&rig, 70);
    record_baseline(&rig, &firsts[..50], &SINKS).await;
    // The poll that resumes sees the items at another time, and one of them in another state.
    let mut later = firsts.clone();
    for first in &mut later {
        first.since = at(60);
    }
    record_baseline(&rig, &later, &SINKS).await;
    let recalled = rig.recall().await;
    assert_eq!(recalled.states.len(), 70);
    assert_eq!(recalled.states[&firsts[49].key()].since, at(0));
    assert_eq!(recalled.states[&firsts[50].key()].since, at(60));
    assert_eq!(rig.sequences("dxcon-049").await, [1]);
    assert_eq!(rig.sequences("dxcon-050").await, [1]);
}

pub async fn a_repeated_baseline_changes_nothing(rig: Rig<'_, impl Ledger + History>) {
    let firsts = firsts(&rig, 51);
    record_baseline(&rig, &firsts, &SINKS).await;
    let written = rig.recall().await;
    record_baseline(&rig, &firsts, &SINKS).await;
    record_baseline(&rig, &firsts, &[SinkName::CHAT]).await;
    assert_eq!(rig.recall().await, written);
    assert_eq!(rig.sequences("dxcon-050").await, [1]);
}

pub async fn a_baseline_leaves_rows_that_have_moved_on(rig: Rig<'_, impl Ledger + History>) {
    let moved = rig.story("dxcon-001", &["down"]).await;
    record_baseline(&rig, &firsts(&rig, 3), &SINKS).await;
    assert_eq!(rig.row("dxcon-001").await, moved);
    assert_eq!(rig.sequences("dxcon-001").await, [1, 2]);
    assert_eq!(cursors(&rig.row("dxcon-002").await), [("eventbridge", 1), ("sns", 1)]);
}

pub async fn a_baseline_writes_no_history_for_a_row_that_is_there(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    record_baseline(&rig, &[rig.first("dxcon-1", "available", at(30))], &SINKS).await;
    assert_eq!(rig.sequences("dxcon-1").await, [1]);
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 0), ("sns", 0)], "it will still be announced");
}
