//! The event rules and filter policies for incidents: each selects the right ones of real documents on a bus and a
//! topic.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    announcement::{Announcement, Form, Message, drill_row, incident_row},
    domain::{Action, Category, HistoryRow, Impact, IncidentDocument, Reason},
};
use aws_sdk_sns::types::MessageAttributeValue;
use serde_json::Value;

use super::put_on_bus;
use crate::{
    documentation::{INCIDENTS, block},
    event_schema::events,
    incident_schema::documents,
    support::moto::Moto,
};

const REGION: &str = "us-east-1";

/// The rule or policy under a heading of the page.
#[track_caller]
fn shown(heading: &str) -> Value {
    serde_json::from_str(&block(INCIDENTS, heading, "json")).unwrap()
}

/// Documents of incidents, each with an id of its own; drills are among them.
pub fn sample() -> Vec<IncidentDocument> {
    let mut documents = documents();
    for (at, document) in documents.iter_mut().enumerate() {
        document.metadata.id = uuid::Uuid::from_u128(at as u128);
    }
    documents
}

/// The rows of the sample, and that of an event of a transition, which none of the rules is for.
fn rows() -> Vec<HistoryRow> {
    let incidents = sample().iter().map(|document| incident_row(document).unwrap()).collect::<Vec<_>>();
    let transition = events().into_iter().find(|event| !event.metadata.drill).unwrap();
    incidents.into_iter().chain([drill_row(&transition).unwrap()]).collect()
}

/// Which documents a rule with this pattern sends on, by their ids.
pub async fn delivered_by(name: &str, pattern: &Value) -> BTreeSet<String> {
    let moto = Moto::shared();
    let bus = moto.create_bus(REGION, name, Some(pattern)).await;
    let client = aws_sdk_eventbridge::Client::new(&moto.sdk_config(REGION));
    for row in rows() {
        put_on_bus(&client, &bus.name, &row).await;
    }
    let messages = moto.receive_all(REGION, &bus.queue).await;
    messages.iter().map(|message| message.json()["detail"]["metadata"]["id"].as_str().unwrap().to_owned()).collect()
}

/// Which documents a subscription with this filter policy receives, by their ids.
async fn received_by(name: &str, policy: &Value) -> BTreeSet<String> {
    let moto = Moto::shared();
    let topic = moto.create_topic(REGION, name, true, Some(policy)).await;
    let client = aws_sdk_sns::Client::new(&moto.sdk_config(REGION));
    for row in rows() {
        let message = Message::for_people(&Announcement { row: &row, form: Form::Full }).unwrap();
        let mut request = client.publish().topic_arn(&topic.arn).subject(message.subject).message(message.text);
        for (name, value) in message.attributes {
            let value = MessageAttributeValue::builder().data_type("String").string_value(value);
            request = request.message_attributes(name, value.build().unwrap());
        }
        request.send().await.unwrap();
    }
    let messages = moto.receive_all(REGION, &topic.queue).await;
    messages.iter().map(|message| message.attributes["id"].clone()).collect()
}

/// Asserts that exactly the documents that are meant were chosen, and that it is some and not all.
#[track_caller]
pub fn assert_chosen(chosen: &BTreeSet<String>, meant: impl Fn(&IncidentDocument) -> bool) {
    let meant: BTreeSet<String> =
        sample().iter().filter(|document| meant(document)).map(|document| document.metadata.id.to_string()).collect();
    assert!(!meant.is_empty() && meant.len() < sample().len());
    assert_eq!(*chosen, meant);
}

#[tokio::test]
async fn the_rule_for_every_page() {
    let chosen = delivered_by("rule-pages", &shown("Every page")).await;
    assert_chosen(&chosen, |document| document.action != Action::None && !document.metadata.drill);
}

#[tokio::test]
async fn the_rule_for_no_path_left() {
    let chosen = delivered_by("rule-no-path", &shown("No path left")).await;
    assert_chosen(&chosen, |document| {
        document.action == Action::Trigger
            && document.incident.category == Category::Outage
            && document.incident.impact.level >= Impact::Unknown
            && !document.metadata.drill
    });
}

#[tokio::test]
async fn the_rule_for_less_resilience() {
    let chosen = delivered_by("rule-less-resilient", &shown("Less resilient than before")).await;
    assert_chosen(&chosen, |document| document.incident.category == Category::Resilience && !document.metadata.drill);
}

#[tokio::test]
async fn the_filter_policy_for_pages() {
    let chosen = received_by("filter-wakes", &shown("What wakes somebody, and its end")).await;
    assert_chosen(&chosen, |document| {
        document.action != Action::None
            && document.reason != Reason::Reminded
            && document.incident.category == Category::Outage
            && !document.metadata.drill
    });
}

#[tokio::test]
async fn the_filter_policy_for_fewer_paths() {
    let chosen = received_by("filter-fewer-paths", &shown("Fewer paths than before, drills left out")).await;
    assert_chosen(&chosen, |document| document.incident.impact.level != Impact::None && !document.metadata.drill);
}

#[tokio::test]
async fn the_filter_policy_for_orders_and_removals() {
    let chosen = received_by("filter-orders", &shown("Orders and removals")).await;
    assert_chosen(&chosen, |document| {
        [Category::Provisioning, Category::Removal].contains(&document.incident.category)
    });
}

/// The subject and the body that the page shows are what is published of the document that it shows.
#[test]
fn the_sample_message_is_that_of_the_document_shown() {
    let document: IncidentDocument = serde_json::from_value(shown("The document")).unwrap();
    let row = incident_row(&document).unwrap();
    let message = Message::for_people(&Announcement { row: &row, form: Form::Full }).unwrap();
    let sample = format!("{}\n\n{}", message.subject, message.text.trim_end());
    assert_eq!(block(INCIDENTS, "Messages", "text"), sample);
}
