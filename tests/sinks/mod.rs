//! The metric sink and the announcers, through the real SDK against stand-ins for the real services.

mod cloudwatch;
mod eventbridge;
mod eventbridge_refusals;
#[path = "../support/example.rs"]
mod example;
mod organization;
mod queue;
mod sns;
mod sns_refusals;

use std::sync::Arc;

use std::collections::BTreeMap;

use aws_dx_monitor::{
    announcement::BaselineSummary,
    domain::{Event, HistoryRow, ItemDescription, ItemKey, Kind, Previous, Scope, State, Timestamp, Transition},
    ports::{Announcement, Announcer, Form, Refusal},
};

use crate::support::moto::ACCOUNT;

const REGION: &str = "us-east-1";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn scope() -> Scope {
    Scope::regional(ACCOUNT, REGION)
}

/// The recorded way of a virtual interface from one state to another, or its first sight.
fn row(id: &str, previous: Option<&str>, word: &str) -> HistoryRow {
    let event = event(id, previous, word);
    HistoryRow {
        occurred_at: event.state.since,
        sequence: event.metadata.sequence,
        event: serde_json::to_value(&event).unwrap(),
        parked: BTreeMap::new(),
    }
}

fn event(id: &str, previous: Option<&str>, word: &str) -> Event {
    let state = |word| State::of(Kind::VirtualInterface, Some(word));
    let item = ItemDescription {
        name: Some("prod-private".to_owned()),
        arn: Some(format!("arn:aws:directconnect:us-east-1:{ACCOUNT}:dxvif/{id}")),
        ..ItemDescription::bare(&scope(), &ItemKey::new(Kind::VirtualInterface, id))
    };
    example::event_of(item, previous.map(|word| (state(word), None)), state(word))
}

fn outage(id: &str) -> HistoryRow {
    row(id, Some("available"), "down")
}

/// The summary for people of a baseline of two virtual interfaces, one of them down.
fn baseline() -> BaselineSummary {
    let down = ItemDescription::bare(&scope(), &ItemKey::new(Kind::VirtualInterface, "dxvif-ffabc123"));
    BaselineSummary {
        at: at("2026-11-22T03:12:00.123Z"),
        counts: [((scope(), Kind::VirtualInterface), 2)].into(),
        not_up: vec![(down.into(), State::of(Kind::VirtualInterface, Some("down")))],
    }
}

async fn announce_all(announcer: &dyn Announcer, rows: &[HistoryRow], form: Form) -> Vec<Result<(), Refusal>> {
    let batch: Vec<_> = rows.iter().map(|row| Announcement { row, form }).collect();
    announcer.announce(&batch).await
}

async fn announce(announcer: &dyn Announcer, row: &HistoryRow) -> Result<(), Refusal> {
    let mut results = announce_all(announcer, std::slice::from_ref(row), Form::Full).await;
    assert_eq!(results.len(), 1);
    results.remove(0)
}

/// A result in one line: its sort, and what an operator reads.
fn said(result: &Result<(), Refusal>) -> String {
    match result {
        Ok(()) => "accepted".to_owned(),
        Err(Refusal::Transient(error)) => format!("transient: {error:#}"),
        Err(Refusal::Event(error)) => format!("event: {error:#}"),
        Err(Refusal::Sink(error)) => format!("sink: {error:#}"),
    }
}
