//! The commands that the pages and the stack's outputs give to people, as they stand there, run by the AWS CLI.

use serde_json::{Value, json};

use super::{shell, stack::Stack};
use crate::{
    documentation::{RULES, block},
    function::rig::{REGION, Rig},
    support::{lambda_api::LambdaApi, moto::Moto},
};

fn json_of(command: &str) -> Value {
    serde_json::from_str(&shell(command, &[])).unwrap()
}

#[test]
fn an_alarm_by_hand() {
    let topic = "arn:aws:sns:us-east-1:123456789012:noc";
    shell(&block("src/guide/alarms.md", "One by hand", "sh"), &[("ALARM_TOPIC_ARN", topic)]);
    let alarm = json_of("aws cloudwatch describe-alarms --alarm-names prod-primary-down")["MetricAlarms"][0].clone();
    assert_eq!((&alarm["Namespace"], &alarm["MetricName"]), (&json!("AWSx/DirectConnect"), &json!("ConnectionState")));
    assert_eq!((&alarm["Threshold"], &alarm["AlarmActions"]), (&json!(5.0), &json!([topic])));
}

#[tokio::test]
async fn a_subscription_with_a_filter_policy() {
    let topic = Moto::shared().create_topic(REGION, "commands-filter", true, None).await;
    let folder = tempfile::tempdir().unwrap();
    let policy = r#"{"severity": ["warning", "critical"]}"#;
    std::fs::write(folder.path().join("policy.json"), policy).unwrap();
    let command = format!("cd '{}'\n{}", folder.path().display(), block(RULES, "Filter policies", "sh"));
    shell(&command, &[("TOPIC_ARN", &topic.arn)]);
    let all = json_of(&format!("aws sns list-subscriptions-by-topic --topic-arn {}", topic.arn));
    let subscriptions = all["Subscriptions"].as_array().unwrap();
    let made = subscriptions.iter().find(|subscription| subscription["Protocol"] == "email").unwrap();
    let arn = made["SubscriptionArn"].as_str().unwrap();
    let attributes = json_of(&format!("aws sns get-subscription-attributes --subscription-arn {arn}"));
    let held: Value = serde_json::from_str(attributes["Attributes"]["FilterPolicy"].as_str().unwrap()).unwrap();
    assert_eq!(held, serde_json::from_str::<Value>(policy).unwrap());
}

#[tokio::test]
async fn a_rule_with_a_target() {
    let bus = Moto::shared().create_bus(REGION, "commands-rule", None).await;
    let folder = tempfile::tempdir().unwrap();
    let pattern = json!({"source": ["awsx.directconnect"], "detail": {"change": ["degraded"]}});
    std::fs::write(folder.path().join("outage.json"), pattern.to_string()).unwrap();
    let command = format!("cd '{}'\n{}", folder.path().display(), block(RULES, "Event rules", "sh"));
    let target = "arn:aws:lambda:us-east-1:123456789012:function:pager";
    shell(&command, &[("BUS", &bus.name), ("TARGET_ARN", target)]);
    let rule = json_of(&format!("aws events describe-rule --name dx-outage --event-bus-name {}", bus.name));
    assert_eq!(serde_json::from_str::<Value>(rule["EventPattern"].as_str().unwrap()).unwrap(), pattern);
    let targets = json_of(&format!("aws events list-targets-by-rule --rule dx-outage --event-bus-name {}", bus.name));
    assert_eq!(targets["Targets"][0]["Arn"], target);
}

#[tokio::test]
async fn the_tables_are_removed_only_by_hand() {
    shell(
        "for table in states history; do aws dynamodb create-table --table-name commands-$table \
         --billing-mode PAY_PER_REQUEST --attribute-definitions AttributeName=a,AttributeType=S \
         --key-schema AttributeName=a,KeyType=HASH --deletion-protection-enabled; done",
        &[],
    );
    let command = block("src/guide/upgrade.md", "Remove the tables too", "sh");
    shell(&command, &[("STATES", "commands-states"), ("HISTORY", "commands-history")]);
    let left = json_of("aws dynamodb list-tables");
    assert!(!left["TableNames"].to_string().contains("commands-"), "{left}");
}

/// `DrillCommand` and `SubscribeCommand`, with the names that AWS would have made up put in.
#[tokio::test]
async fn the_commands_of_the_outputs() {
    let outputs = Stack::of(&[]).outputs();
    let rig = Rig::of_connections(0).await;
    let lambda = LambdaApi::start(rig.watching_connections().start());
    let drill = outputs["DrillCommand"].replace("--function-name Function", "--function-name monitor");
    let said = shell(&drill, &[("AWS_ENDPOINT_URL_LAMBDA", &lambda.endpoint())]);
    assert!(said.contains(r#""accepted":true"#) && said.contains(r#""StatusCode": 200"#), "{said}");
    let received = rig.received().await;
    assert_eq!((received.counts(), received.incidents.len()), ([3, 3, 1], 2), "one transition, one incident");

    let subscribe = outputs["SubscribeCommand"].replace(&outputs["TopicArn"], &rig.people.arn);
    shell(&subscribe, &[]);
    let all = json_of(&format!("aws sns list-subscriptions-by-topic --topic-arn {}", rig.people.arn));
    assert!(all.to_string().contains("you@example.com"), "{all}");
}
