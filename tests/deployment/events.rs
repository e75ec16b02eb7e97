//! Events of AWS Health and of CloudTrail: which of them reach the function, who may hand them on, and how often Lambda
//! repeats one that could not be kept.

use std::collections::BTreeSet;

use aws_dx_monitor::function;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde_json::{Value, json};

use super::stack::Stack;
use crate::{
    aws_events,
    documentation::block,
    support::{moto::Moto, python::tool},
};

const REGION: &str = "us-east-1";
const PAGE: &str = "src/guide/context.md";

/// The names of the samples that a rule with this pattern sends on.
async fn chosen_by(name: &str, pattern: &Value) -> BTreeSet<String> {
    let moto = Moto::shared();
    let bus = moto.create_bus(REGION, name, Some(pattern)).await;
    let client = aws_sdk_eventbridge::Client::new(&moto.sdk_config(REGION));
    let mut chosen = BTreeSet::new();
    for (sample, event) in aws_events::all() {
        let text = |key: &str| event[key].as_str().unwrap().to_owned();
        let entry = PutEventsRequestEntry::builder().event_bus_name(&bus.name).source(text("source"));
        let entry = entry.detail_type(text("detail-type")).detail(event["detail"].to_string()).build();
        assert_eq!(client.put_events().entries(entry).send().await.unwrap().failed_entry_count, 0);
        if !moto.receive_all(REGION, &bus.queue).await.is_empty() {
            chosen.insert(sample);
        }
    }
    chosen
}

fn pattern(rule: &str) -> Value {
    Stack::of(&[]).properties(rule)["EventPattern"].clone()
}

/// The samples of a folder that this holds for.
fn samples(folder: &str, wanted: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let of_folder = aws_events::all().into_iter().filter(|(name, event)| name.starts_with(folder) && wanted(event));
    of_folder.map(|(name, _)| name).collect()
}

#[tokio::test]
async fn the_rules_choose_what_the_function_takes_in() {
    let health = samples("health/", |event| event["detail"]["service"] == "DIRECTCONNECT");
    let calls = samples("calls/", |event| function::fact(event).unwrap().is_ok());
    assert!(health.len() > 15 && calls.len() > 5);
    assert_eq!(chosen_by("events-health", &pattern("HealthRule")).await, health);
    assert_eq!(chosen_by("events-calls", &pattern("ApiCallRule")).await, calls);
}

#[test]
fn each_rule_may_invoke_the_function_by_the_name_for_events_and_nobody_else_may() {
    let stack = Stack::of(&[]);
    let alias = "arn:aws:lambda:us-east-1:123456789012:function:Function:watch-events";
    for (rule, permission) in [("HealthRule", "HealthPermission"), ("ApiCallRule", "ApiCallPermission")] {
        assert_eq!(stack.properties(rule)["Targets"], json!([{"Id": "monitor", "Arn": alias}]));
        assert_eq!(stack.properties(rule).get("EventBusName"), None, "AWS's own events are on the default bus");
        assert_eq!(
            stack.properties(permission),
            json!({
                "FunctionName": alias,
                "Action": "lambda:InvokeFunction",
                "Principal": "events.amazonaws.com",
                "SourceArn": format!("arn:aws:events:us-east-1:123456789012:rule/{rule}"),
            })
        );
    }
    assert_eq!(stack.resources_of("AWS::Lambda::Permission").len(), 2);
}

#[test]
fn an_event_that_could_not_be_kept_is_repeated_and_a_poll_is_not() {
    let stack = Stack::of(&[]);
    let of_events = stack.properties("EventsInvokeConfig");
    assert_eq!((&of_events["FunctionName"], &of_events["Qualifier"]), (&json!("Function"), &json!("watch-events")));
    assert_eq!(
        (&of_events["MaximumRetryAttempts"], &of_events["MaximumEventAgeInSeconds"]),
        (&json!(2), &json!(21_600))
    );
    let of_polls = stack.properties("FunctionEventInvokeConfig");
    assert_eq!((&of_polls["Qualifier"], &of_polls["MaximumRetryAttempts"]), (&json!("$LATEST"), &json!(0)));
    assert_eq!(stack.properties("EventsAlias")["FunctionVersion"], "$LATEST", "it is the same code");
}

#[test]
fn each_kind_of_event_can_be_left_out() {
    let of = |health, calls| Stack::of(&[("WatchHealth", health), ("WatchApiCalls", calls)]);
    let there = |stack: &Stack| {
        ["HealthRule", "HealthPermission", "ApiCallRule", "ApiCallPermission", "EventsAlias"]
            .map(|name| stack.has(name))
    };
    assert_eq!(there(&of("true", "false")), [true, true, false, false, true]);
    assert_eq!(there(&of("false", "true")), [false, false, true, true, true]);
    assert_eq!(there(&of("false", "false")), [false; 5]);
    assert!(!of("false", "false").has("EventsInvokeConfig"));
}

#[tokio::test]
async fn what_the_page_forwards_from_another_region_is_what_the_rules_choose() {
    let template = block(PAGE, "What it needs", "yaml");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("forward.yaml");
    std::fs::write(&path, &template).unwrap();
    let output = std::process::Command::new(tool("cfn-lint")).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
    let script = "
import json, sys
from cfnlint.decode import decode
template, _ = decode(sys.argv[1])
print(json.dumps(template['Resources']['Forward']['Properties']['EventPattern']['$or']))
";
    let output = std::process::Command::new(tool("python3")).args(["-c", script]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let forwarded: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(forwarded, json!([pattern("HealthRule"), pattern("ApiCallRule")]));
}
