//! The deployment: what `template.yaml` makes of its parameters, held against the code, the contract and the pages.
//!
//! - [`stack`]: the template expanded from SAM, and resolved as CloudFormation does;
//! - [`permissions`]: every statement of every role, and what none of them may allow;
//! - [`regions`]: every region of every partition;
//! - [`settings`]: environment, tables, schedule, topics, names;
//! - [`events`]: which events of AWS reach the function, and what becomes of those that it could not take;
//! - [`alarms`]: thresholds, periods, queries, the dashboard;
//! - [`schema`]: the event's schema in the form that EventBridge's registry takes;
//! - [`subscriptions`]: the pages' event rules and filter policies, with real events;
//! - [`pages`]: the second function, and the bucket that it keeps pages in;
//! - [`pagers`]: what pagers and tickets are sent, played by [`transformer`];
//! - [`questions`]: the pages' queries to the history, asked by the AWS CLI;
//! - [`commands`]: the pages' other commands, and those of the outputs, run by the AWS CLI;
//! - [`hub`]: what is there for other accounts and for beats of less than a minute, and only then;
//! - [`member_role`]: the role of an account that another one watches;
//! - [`cost`]: the page of what it costs;
//! - [`emulator`]: the built artifact, run as AWS would;
//! - [`engine`]: the same with a queue between its invocations.

mod alarms;
mod commands;
mod cost;
mod emulator;
mod engine;
mod events;
mod hub;
mod incident_subscriptions;
mod member_role;
mod pagers;
mod pages;
mod permissions;
mod questions;
mod regions;
mod schema;
mod settings;
pub mod stack;
mod subscriptions;
mod transformer;

use std::process::Command;

use aws_dx_monitor::{
    announcement::{Announcement, EventBridgeEntry, Form},
    domain::HistoryRow,
};
use aws_sdk_eventbridge::{Client, types::PutEventsRequestEntry};

use crate::support::{moto::Moto, python::tool, sdk};

/// The path of the template.
pub const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/template.yaml");

/// The template's text.
fn template_text() -> String {
    std::fs::read_to_string(TEMPLATE).unwrap()
}

/// What a shell command writes, with the AWS CLI in front of moto; it must succeed.
#[track_caller]
pub fn shell(command: &str, variables: &[(&str, &str)]) -> String {
    let programs = tool("aws").parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", command])
        .env_clear()
        .envs(sdk::environment(&Moto::shared().endpoint, "us-east-1"))
        .env("PATH", format!("{programs}:{path}"))
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Puts a document on a bus, as the sink does.
async fn put_on_bus(client: &Client, bus: &str, row: &HistoryRow) {
    let entry = EventBridgeEntry::of(&Announcement { row, form: Form::Full }).unwrap();
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(bus)
        .source(entry.source)
        .detail_type(entry.detail_type)
        .detail(entry.detail)
        .build();
    assert_eq!(client.put_events().entries(entry).send().await.unwrap().failed_entry_count, 0);
}

#[test]
fn the_linter_accepts_the_template() {
    let output = Command::new(tool("cfn-lint")).arg(TEMPLATE).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// The template as plain CloudFormation.
fn expanded() -> serde_json::Value {
    let output = Command::new(tool("python3"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/deployment/expand.py"))
        .arg(TEMPLATE)
        .envs(sdk::environment("http://127.0.0.1:9", "us-east-1"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
