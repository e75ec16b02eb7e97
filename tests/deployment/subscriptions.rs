//! The event rules and filter policies of the pages: each selects the right ones of real events on a bus and a topic.

use std::sync::Arc;

use aws_dx_monitor::{
    announcement::{Announcement, Form, Message, drill, drill_row},
    domain::{Change, Event, Kind, Scope, Severity, Timestamp},
};
use serde_json::Value;

use super::put_on_bus;
use crate::{
    documentation::{CONTRACT, RULES, block},
    event_schema::events,
    support::moto::Moto,
};

const REGION: &str = "us-east-1";

/// The changes that end an outage, or begin the removal that ends it.
const ENDS: [Change; 3] = [Change::Recovered, Change::Activated, Change::Removed];

/// The rule or policy under a heading of the page.
#[track_caller]
fn shown(heading: &str) -> Value {
    let block = block(RULES, heading, "json");
    serde_json::from_str(&block).unwrap_or_else(|error| panic!("{error} in\n{block}"))
}

/// Real events, few and all different, and a drill.
fn sample() -> Vec<Event> {
    let mut seen = std::collections::BTreeSet::new();
    let mut sample: Vec<Event> = events()
        .into_iter()
        .filter(|event| !event.metadata.drill && seen.insert((event.item.kind, event.change)))
        .filter(|event| matches!(event.item.kind, Kind::Connection | Kind::HostedConnection | Kind::BgpPeer))
        .collect();
    let outage = sample.iter().find(|event| event.change == Change::Degraded).unwrap().clone();
    for location in ["EqDC2", "EqDC20"] {
        let mut elsewhere = outage.clone();
        Arc::make_mut(&mut elsewhere.item).location = Some(location.to_owned());
        sample.push(elsewhere);
    }
    for end in ENDS {
        let mut closing = sample.iter().find(|event| event.change == end).unwrap().clone();
        closing.metadata.incident_id = Some(outage.metadata.id);
        sample.push(closing);
    }
    let scope = Scope::regional("123456789012", REGION);
    let mut rehearsal = drill(&scope, Timestamp::from_milliseconds(0), "operator");
    Arc::make_mut(&mut rehearsal.item).location = Some("EqDC2".to_owned());
    sample.push(rehearsal);
    sample
}

/// Which events of the sample a rule with this pattern sends on.
async fn delivered_by(name: &str, pattern: &Value) -> Vec<Event> {
    let moto = Moto::shared();
    let bus = moto.create_bus(REGION, name, Some(pattern)).await;
    let client = aws_sdk_eventbridge::Client::new(&moto.sdk_config(REGION));
    for event in sample() {
        put_on_bus(&client, &bus.name, &drill_row(&event).unwrap()).await;
    }
    let messages = moto.receive_all(REGION, &bus.queue).await;
    messages.iter().map(|message| serde_json::from_value(message.json()["detail"].clone()).unwrap()).collect()
}

/// Which events of the sample a subscription with this filter policy receives.
async fn received_by(name: &str, policy: &Value) -> Vec<Event> {
    let moto = Moto::shared();
    let topic = moto.create_topic(REGION, name, true, Some(policy)).await;
    let client = aws_sdk_sns::Client::new(&moto.sdk_config(REGION));
    let mut received = Vec::new();
    for event in sample() {
        let row = drill_row(&event).unwrap();
        let message = Message::for_people(&Announcement { row: &row, form: Form::Full }).unwrap();
        let mut request = client.publish().topic_arn(&topic.arn).subject(message.subject).message(message.text);
        for (name, value) in message.attributes {
            let value = aws_sdk_sns::types::MessageAttributeValue::builder().data_type("String").string_value(value);
            request = request.message_attributes(name, value.build().unwrap());
        }
        request.send().await.unwrap();
        if !moto.receive_all(REGION, &topic.queue).await.is_empty() {
            received.push(event);
        }
    }
    received
}

/// Asserts that exactly the events that are meant were chosen, and that it is some and not all.
#[track_caller]
fn assert_chosen(chosen: &[Event], meant: impl Fn(&Event) -> bool) {
    let meant: Vec<Event> = sample().into_iter().filter(|event| meant(event)).collect();
    assert!(!meant.is_empty() && meant.len() < sample().len());
    let told = |events: &[Event]| {
        let lines = events.iter().map(|event| {
            let location = event.item.location.as_deref().unwrap_or_default();
            format!("{} {} {location} {}", event.item.kind, event.change, event.metadata.drill)
        });
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        lines
    };
    assert_eq!(told(chosen), told(&meant));
}

#[tokio::test]
async fn the_rule_for_any_outage() {
    let chosen = delivered_by("rule-outage", &shown("Any outage")).await;
    assert_chosen(&chosen, |event| event.change == Change::Degraded && !event.metadata.drill);
}

#[tokio::test]
async fn the_rule_for_one_location() {
    let chosen = delivered_by("rule-location", &shown("One location")).await;
    assert_chosen(&chosen, |event| event.item.location.as_deref() == Some("EqDC2") && !event.metadata.drill);
}

#[tokio::test]
async fn the_rule_for_the_end_of_an_outage() {
    let chosen = delivered_by("rule-ends", &shown("The end of an outage")).await;
    assert_chosen(&chosen, |event| ENDS.contains(&event.change) && event.metadata.incident_id.is_some());
}

#[tokio::test]
async fn the_rule_for_hosted_connections() {
    let chosen = delivered_by("rule-hosted", &shown("A partner's hosted connections")).await;
    let meant = [Change::Degraded, Change::Recovered, Change::Removed];
    assert_chosen(&chosen, |event| event.item.kind == Kind::HostedConnection && meant.contains(&event.change));
}

#[tokio::test]
async fn the_filter_policy_for_warnings_and_outages() {
    let chosen = received_by("filter-severity", &shown("Warnings and outages, drills too")).await;
    assert_chosen(&chosen, |event| event.severity >= Severity::Warning);
}

#[tokio::test]
async fn the_filter_policy_for_outages_and_their_ends() {
    let chosen = received_by("filter-pager", &shown("Outages and their ends for a pager, no drills")).await;
    let meant = |event: &Event| event.change == Change::Degraded || ENDS.contains(&event.change);
    assert_chosen(&chosen, |event| meant(event) && !event.metadata.drill);
}

#[tokio::test]
async fn the_filter_policy_for_two_kinds() {
    let chosen = received_by("filter-kinds", &shown("Two kinds in one region")).await;
    assert_chosen(&chosen, |event| {
        [Kind::Connection, Kind::BgpPeer].contains(&event.item.kind)
            && event.item.region == REGION
            && !event.metadata.drill
    });
}

/// The policy that the template gives to the e-mail subscription, with what is published.
#[tokio::test]
async fn the_e_mail_of_warnings_gets_drills_and_summaries() {
    let stack = super::stack::Stack::of(&[("EmailAddress", "noc@example.com"), ("EmailSeverity", "warning")]);
    let policy = stack.properties("EmailSubscription")["FilterPolicy"].clone();
    assert_chosen(&received_by("filter-email", &policy).await, |event| event.severity >= Severity::Warning);
    let moto = Moto::shared();
    let topic = moto.create_topic(REGION, "filter-email-summary", true, Some(&policy)).await;
    let change = aws_sdk_sns::types::MessageAttributeValue::builder().data_type("String").string_value("baseline");
    let client = aws_sdk_sns::Client::new(&moto.sdk_config(REGION));
    let request = client.publish().topic_arn(&topic.arn).message("summary");
    request.message_attributes("change", change.build().unwrap()).send().await.unwrap();
    assert_eq!(moto.receive_all(REGION, &topic.queue).await.len(), 1);
}

/// The policy that is no filter: it is there because a subscription's policy can be neither added nor taken away.
#[tokio::test]
async fn the_e_mail_of_everything_gets_everything() {
    let stack = super::stack::Stack::of(&[("EmailAddress", "noc@example.com")]);
    let policy = stack.properties("EmailSubscription")["FilterPolicy"].clone();
    assert_eq!(received_by("filter-everything", &policy).await, sample());
}

/// The event that the contract shows.
fn event_shown() -> Event {
    serde_json::from_str(&block(CONTRACT, "The event", "json")).unwrap()
}

/// The notification that the contract shows is what is published on the chat topic of that event.
#[test]
fn the_sample_notification_is_that_of_the_event_shown() {
    let row = drill_row(&event_shown()).unwrap();
    let message = Message::for_chat(&Announcement { row: &row, form: Form::Full }).unwrap();
    let notification: Value = serde_json::from_str(&message.text).unwrap();
    assert_eq!(block(CONTRACT, "For chat", "json"), format!("{notification:#}"));
}

/// The subject and the body that the contract shows are what is published of that event.
#[test]
fn the_sample_body_is_that_of_the_event_shown() {
    let row = drill_row(&event_shown()).unwrap();
    let message = Message::for_people(&Announcement { row: &row, form: Form::Full }).unwrap();
    let sample = format!("{}\n\n{}", message.subject, message.text.trim_end());
    assert_eq!(block(CONTRACT, "For people", "text"), sample);
}
