//! Documents that are read whole: each is read, or is an error in words.

use std::collections::BTreeMap;

use aws_dx_monitor::{
    config::Configuration,
    domain::Caller,
    function::{self, Content, Request},
    simulator::{Scenario, world_at},
};
use serde_json::{Value, json};

use super::{
    mutation::{mutate, written},
    play,
};
use crate::aws_events;

#[test]
fn payloads() {
    let topic = "arn:aws:sns:us-east-1:123456789012:people";
    let real = [
        json!({}),
        json!({"drill": true}),
        json!({"subscriptions": {topic: 1}}),
        json!({"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"}),
        json!({"dispatch": true}),
        json!({"poll": {"account": "111122223333", "regions": ["us-east-1"], "notBefore": "2026-11-22T03:12:00.123Z",
            "notAfter": "2026-11-22T03:13:00.123Z"}}),
        json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m-1", "body": "{\"poll\": {\"regions\": []}}"}]}),
    ];
    play(2_000, |random| {
        let mut payload = real[usize::try_from(random.within(0, 7)).unwrap()].clone();
        mutate(&mut payload, random);
        if let Err(error) = Request::of(&payload) {
            assert!(!format!("{error:#}").is_empty());
        }
    });
}

/// What EventBridge hands on is read or refused with a reason, and what is kept of it fits in the key of a row.
#[test]
fn events_of_aws() {
    let real: Vec<Value> = aws_events::all().into_iter().map(|(_, event)| event).collect();
    let mut facts = 0;
    play(4_000, |random| {
        let mut event = real[usize::try_from(random.within(0, i64::try_from(real.len()).unwrap())).unwrap()].clone();
        mutate(&mut event, random);
        match function::fact(&event) {
            Some(Ok(fact)) => {
                facts += 1;
                let key = match &fact.content {
                    Content::Work(window) => window.key(),
                    Content::Evidence(evidence) => evidence.key(),
                };
                assert!(key.len() <= 1024, "{key}");
            }
            Some(Err(reason)) => assert!(!reason.to_string().is_empty()),
            None => {}
        }
    });
    assert!(facts > 1_000, "{facts} are still read");
}

#[test]
fn arns_of_functions() {
    play(2_000, |random| {
        let mut arn = json!("arn:aws:lambda:us-east-1:123456789012:function:monitor");
        mutate(&mut arn, random);
        if let Some(arn) = arn.as_str() {
            let _ = Caller::of_function(arn);
            let _ = Caller::of_identity(arn, "123456789012", "us-east-1");
        }
    });
}

#[test]
fn environments() {
    let real = json!({
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "monitor",
        "DX_MONITOR_STATE_TABLE": "states",
        "DX_MONITOR_HISTORY_TABLE": "history",
        "DX_MONITOR_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:people",
        "DX_MONITOR_EVENT_BUS": "default",
        "DX_MONITOR_REGIONS": "us-east-1, eu-west-1",
        "DX_MONITOR_KINDS": "connection,bgp-peer",
        "DX_MONITOR_METRICS": "both",
        "DX_MONITOR_NAMESPACE": "AWSx/DirectConnect",
        "DX_MONITOR_CONFIRM_POLLS": "3",
        "DX_MONITOR_UNMONITORED_AFTER_SECONDS": "900",
        "DX_MONITOR_HISTORY_DAYS": "400",
    });
    let caller = Caller::of_function("arn:aws:lambda:us-east-1:123456789012:function:monitor").unwrap();
    play(2_000, |random| {
        let mut environment = real.clone();
        mutate(&mut environment, random);
        // Variables are texts; what is none, a value of JSON can still be written as.
        let members = environment.as_object().cloned().unwrap_or_default();
        let texts: BTreeMap<String, String> = members
            .into_iter()
            .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect();
        match Configuration::read(|name| texts.get(name).cloned()) {
            Ok(configuration) => drop(configuration.settings("123456789012", &caller)),
            Err(mistakes) => assert!(!mistakes.to_string().is_empty()),
        }
    });
}

#[test]
fn scenario_files() {
    let real: [Value; 2] = [Scenario::builtin_json(), include_str!("../simulator/partner.json")]
        .map(|text| serde_json::from_str(text).expect("a scenario"));
    play(500, |random| {
        let mut scenario = real[usize::try_from(random.within(0, 2)).unwrap()].clone();
        mutate(&mut scenario, random);
        match Scenario::from_json(&written(&scenario, random)) {
            Ok(scenario) => {
                for seconds in [0, 1, 3_600, u64::MAX] {
                    world_at(&scenario, std::time::Duration::from_secs(seconds));
                }
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    });
}
