//! Environment, tables, schedule, topics and names, as the parameters make them.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use aws_dx_monitor::{
    config::Configuration,
    domain::{Notify, RoutesMode},
    metrics::MetricsMode,
    resilience::Intents,
};
use serde_json::{Value, json};

use super::stack::{Stack, as_text, template};
use crate::documentation::Page;

fn environment(stack: &Stack) -> BTreeMap<String, String> {
    let function = stack.properties("Function");
    let variables = function["Environment"]["Variables"].as_object().unwrap();
    variables.iter().map(|(name, value)| (name.clone(), as_text(value))).collect()
}

/// What the function makes of the environment that Lambda gives it.
fn configuration(stack: &Stack) -> Configuration {
    let environment = environment(stack);
    Configuration::read(|name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_LAMBDA_FUNCTION_NAME" => Some("Function".to_owned()),
        name => environment.get(name).cloned(),
    })
    .unwrap()
}

#[test]
fn the_environment_is_that_of_the_contract() {
    insta::assert_snapshot!(environment(&Stack::of(&[])).keys().cloned().collect::<Vec<_>>().join("\n"), @"
    DX_MONITOR_ACCOUNTS
    DX_MONITOR_CHAT_TOPIC_ARN
    DX_MONITOR_CONFIRM_POLLS
    DX_MONITOR_EVENT_BUS
    DX_MONITOR_EVIDENCE
    DX_MONITOR_EXTERNAL_ID
    DX_MONITOR_HISTORY_DAYS
    DX_MONITOR_HISTORY_TABLE
    DX_MONITOR_INTENDED_RESILIENCE
    DX_MONITOR_KINDS
    DX_MONITOR_MEMBER_ROLE
    DX_MONITOR_METRICS
    DX_MONITOR_NAMESPACE
    DX_MONITOR_NOTIFY
    DX_MONITOR_REGIONS
    DX_MONITOR_REMIND_AFTER_SECONDS
    DX_MONITOR_ROUTES
    DX_MONITOR_ROUTES_EVERY
    DX_MONITOR_STATE_TABLE
    DX_MONITOR_TAGS
    DX_MONITOR_TOPIC_ARN
    DX_MONITOR_UNMONITORED_AFTER_SECONDS
    ");
}

#[test]
fn the_defaults_are_those_of_the_program() {
    let deployed = configuration(&Stack::of(&[]));
    let bare = Configuration::read(|name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_LAMBDA_FUNCTION_NAME" => Some("Function".to_owned()),
        "DX_MONITOR_STATE_TABLE" => Some("StateTable".to_owned()),
        "DX_MONITOR_HISTORY_TABLE" => Some("HistoryTable".to_owned()),
        "DX_MONITOR_TOPIC_ARN" => Some("arn:aws:sns:us-east-1:123456789012:Topic".to_owned()),
        "DX_MONITOR_EVENT_BUS" => Some("default".to_owned()),
        _ => None,
    });
    assert_eq!(deployed, bare.unwrap());
}

#[test]
fn every_parameter_reaches_the_function() {
    let stack = Stack::of(&[
        ("PollRate", "rate(5 minutes)"),
        ("Regions", "eu-west-1, us-east-1"),
        ("Accounts", "own, 111122223333"),
        ("MemberRole", "reader"),
        ("ExternalId", "customer-7"),
        ("Kinds", "connection,bgp-peer"),
        ("Tags", "env,Cost Centre"),
        ("Evidence", "metrics"),
        ("IntendedResilience", "high, public=none"),
        ("Routes", "prefixes"),
        ("RoutesEvery", "10"),
        ("Metrics", "both"),
        ("Namespace", "Network/DirectConnect"),
        ("ConfirmPolls", "5"),
        ("Notify", "both"),
        ("RemindAfterSeconds", "0"),
        ("HistoryDays", "30"),
        ("SlackWorkspaceId", "T0123456789"),
        ("SlackChannelId", "C0123456789"),
        ("EventBus", "create"),
        ("ExistingStateTable", "old-states"),
        ("ExistingHistoryTable", "old-history"),
    ]);
    let configuration = configuration(&stack);
    assert_eq!(configuration.regions, ["eu-west-1", "us-east-1"]);
    assert_eq!(configuration.hub.accounts.to_string(), "own,111122223333");
    assert_eq!(configuration.hub.member_role, "reader");
    assert_eq!(configuration.hub.external_id.as_deref(), Some("customer-7"));
    assert_eq!(configuration.kinds.len(), 2);
    assert_eq!(configuration.tags, ["env", "Cost Centre"]);
    assert!(configuration.asks_metrics);
    assert_eq!(configuration.intents, Intents::read(["high", "public=none"]).unwrap());
    assert_eq!((configuration.routes, configuration.routes_every), (RoutesMode::Prefixes, 10));
    assert_eq!((configuration.metrics, configuration.confirm_polls), (MetricsMode::Both, 5));
    assert_eq!((configuration.notify, configuration.remind_after.as_secs()), (Notify::Both, 0));
    assert_eq!(configuration.namespace, "Network/DirectConnect");
    assert_eq!(configuration.unmonitored_after.as_secs(), 1800);
    assert_eq!(configuration.keep_history.as_secs(), 30 * 86_400);
    assert_eq!(configuration.sinks.chat_topic_arn.as_deref(), Some("arn:aws:sns:us-east-1:123456789012:ChatTopic"));
    assert_eq!(configuration.sinks.event_bus.as_deref(), Some("watch-direct-connect"));
    assert_eq!((&*configuration.state_table, &*configuration.history_table), ("old-states", "old-history"));
    assert!(!stack.has("StateTable") && !stack.has("HistoryTable"), "existing tables are not made again");
    let without = Stack::of(&[("EventBus", "none"), ("ExistingHistoryTable", "old-history")]);
    assert_eq!(environment(&without)["DX_MONITOR_EVENT_BUS"], "");
    assert!(without.has("StateTable") && !without.has("HistoryTable") && !without.has("Bus"));
}

#[test]
fn the_next_poll_is_the_retry() {
    for rate in ["rate(1 minute)", "rate(5 minutes)"] {
        let stack = Stack::of(&[("PollRate", rate)]);
        let schedule = stack.properties("Schedule");
        assert_eq!(schedule["ScheduleExpression"], rate);
        let once = json!({"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60});
        assert_eq!(schedule["Target"]["RetryPolicy"], once);
        let invocation = stack.properties("FunctionEventInvokeConfig");
        for (name, value) in once.as_object().unwrap() {
            assert_eq!(&invocation[name], value, "{name}");
        }
    }
}

#[test]
fn the_function_is_as_the_contract_has_it() {
    let function = Stack::of(&[("MemorySize", "512"), ("LogRetentionDays", "30")]).properties("Function");
    assert_eq!((&function["Runtime"], &function["Handler"]), (&json!("provided.al2023"), &json!("bootstrap")));
    // What a parameter decided, `sam build` would not know: it builds for its default, whatever is given at deployment.
    assert_eq!(template()["Resources"]["Function"]["Properties"]["Architectures"], json!(["x86_64"]));
    assert_eq!(function["MemorySize"], "512");
    assert_eq!(function["Timeout"], 50);
    assert_eq!(
        function["LoggingConfig"],
        json!({"LogGroup": "FunctionLog", "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"})
    );
    assert_eq!(function.get("ReservedConcurrentExecutions"), None, "off unless asked for");
    assert_eq!(Stack::of(&[("ReservedConcurrency", "2")]).properties("Function")["ReservedConcurrentExecutions"], "2");
    assert_eq!(Stack::of(&[("LogRetentionDays", "30")]).properties("FunctionLog")["RetentionInDays"], "30");
}

#[test]
fn the_functions_are_built_without_the_tool() {
    // What cargo-lambda reads, which SAM hands no flags.
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == env!("CARGO_PKG_NAME")).unwrap();
    for (function, build) in [
        ("Function", json!({"no_default_features": true, "disable_optimizations": true})),
        ("PagesFunction", json!({"no_default_features": true, "disable_optimizations": true, "features": ["pages"]})),
    ] {
        let metadata = &template()["Resources"][function]["Metadata"];
        assert_eq!(metadata["BuildMethod"], "rust-cargolambda");
        let binary = metadata["BuildProperties"]["Binary"].as_str().unwrap();
        assert_eq!(package["metadata"]["lambda"]["bin"][binary]["build"], build, "{function}");
    }
}

#[test]
fn the_tables_are_kept_and_those_of_the_contract() {
    let stack = Stack::of(&[("TableDeletionProtection", "false")]);
    let tables = stack.resources_of("AWS::DynamoDB::Table");
    assert_eq!(tables.keys().collect::<Vec<_>>(), ["HistoryTable", "StateTable"]);
    for (name, table) in &tables {
        assert_eq!(
            (&table["DeletionPolicy"], &table["UpdateReplacePolicy"]),
            (&json!("Retain"), &json!("Retain")),
            "{name}"
        );
        let properties = &table["Properties"];
        assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST");
        assert_eq!(properties["TimeToLiveSpecification"], json!({"AttributeName": "expires_at", "Enabled": true}));
        assert_eq!(properties["SSESpecification"], json!({"SSEEnabled": true}));
        assert_eq!(properties["PointInTimeRecoverySpecification"], json!({"PointInTimeRecoveryEnabled": true}));
        assert_eq!(properties["DeletionProtectionEnabled"], "false");
    }
    let attributes = |name: &str| {
        let definitions = tables[name]["Properties"]["AttributeDefinitions"].as_array().unwrap();
        definitions.iter().map(|definition| as_text(&definition["AttributeName"])).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        (attributes("StateTable").as_str(), attributes("HistoryTable").as_str()),
        ("scope item", "item occurred_at day")
    );
    let key = |elements: &Value| {
        let names = elements.as_array().unwrap().iter();
        names
            .map(|element| format!("{} {}", as_text(&element["AttributeName"]), as_text(&element["KeyType"])))
            .collect::<Vec<_>>()
    };
    let properties = |name: &str| &tables[name]["Properties"];
    assert_eq!(key(&properties("StateTable")["KeySchema"]), ["scope HASH", "item RANGE"]);
    assert_eq!(key(&properties("HistoryTable")["KeySchema"]), ["item HASH", "occurred_at RANGE"]);
    // CloudFormation replaces a table when one of these changes, or an attribute or key above: the page on upgrades says so.
    for replacing in ["TableName", "LocalSecondaryIndexes", "ImportSourceSpecification"] {
        assert!(
            ["StateTable", "HistoryTable"].iter().all(|name| properties(name).get(replacing).is_none()),
            "{replacing}"
        );
    }
    assert_eq!(properties("StateTable").get("GlobalSecondaryIndexes"), None);
    assert_eq!(properties("HistoryTable")["GlobalSecondaryIndexes"].as_array().map(Vec::len), Some(1));
    let index = &properties("HistoryTable")["GlobalSecondaryIndexes"][0];
    assert_eq!((&index["IndexName"], &index["Projection"]), (&json!("by-day"), &json!({"ProjectionType": "ALL"})));
    assert_eq!(key(&index["KeySchema"]), ["day HASH", "occurred_at RANGE"]);
}

#[test]
fn two_stacks_live_in_one_account() {
    /// Names that are distinguished by their parent: a policy by its role, a schema by its registry, an index by its
    /// table.
    const INNER: [&str; 7] =
        ["ApiKeyName", "PolicyName", "SchemaName", "IndexName", "AttributeName", "MetricName", "DisplayName"];
    fn names(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| names(item, found)),
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field {
                        // What an alarm looks at, not what anything is called.
                        _ if name == "Dimensions" => {}
                        Value::String(text) if name.ends_with("Name") && !INNER.contains(&name.as_str()) => {
                            found.insert(format!("{name} {text}"));
                        }
                        field => names(field, found),
                    }
                }
            }
            _ => {}
        }
    }
    let fixed = |stack: &str| {
        let mut found = BTreeSet::new();
        let stack = Stack::of(&[
            ("AWS::StackName", stack),
            ("EventBus", "create"),
            ("SlackWorkspaceId", "T0123456789"),
            ("SlackChannelId", "C0123456789"),
            ("PagerDutyRoutingKey", "0123456789abcdef0123456789abcdef"),
        ]);
        for resource in stack.resources().values() {
            let properties = &resource["Properties"];
            let mut own = BTreeSet::new();
            names(properties, &mut own);
            // A reference to another resource of the stack is no name that was chosen.
            own.retain(|name| !stack.has(name.split(' ').nth(1).unwrap_or_default()));
            found.extend(own);
        }
        found
    };
    let (one, other) = (fixed("one"), fixed("other"));
    assert!(one.len() > 10, "{one:?}");
    assert_eq!(one.intersection(&other).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn who_gets_which_e_mail_is_a_parameter() {
    let stack = |severity| Stack::of(&[("EmailAddress", "noc@example.com"), ("EmailSeverity", severity)]);
    assert!(!Stack::of(&[]).has("EmailSubscription"));
    for severity in ["info", "warning", "critical"] {
        assert_eq!(stack(severity).properties("EmailSubscription")["FilterPolicyScope"], "MessageAttributes");
    }
    // None of the alarms' subscriptions has a policy, ever: it could be neither added nor taken away.
    let alarms = Stack::of(&[("AlarmEmailAddress", "noc@example.com")]);
    for subscription in alarms.resources_of("AWS::SNS::Subscription").values() {
        assert_eq!(subscription["Properties"].get("FilterPolicy"), None);
    }
    assert_eq!(stack("info").properties("EmailSubscription")["FilterPolicy"], json!({"change": [{"exists": true}]}));
    assert_eq!(
        stack("warning").properties("EmailSubscription")["FilterPolicy"],
        json!({"$or": [{"severity": ["warning", "critical"]}, {"change": ["baseline", "report"]}]})
    );
    assert_eq!(
        stack("critical").properties("EmailSubscription")["FilterPolicy"],
        json!({"$or": [{"severity": ["critical"]}, {"change": ["baseline", "report"]}]})
    );
}

#[test]
fn chat_is_there_only_with_a_channel() {
    let slack = Stack::of(&[("SlackWorkspaceId", "T0123456789"), ("SlackChannelId", "C0123456789")]);
    for name in ["ChatTopic", "ChatTopicPolicy", "SlackChannel", "SlackRole"] {
        assert!(slack.has(name) && !Stack::of(&[]).has(name), "{name}");
    }
    assert_eq!(
        slack.properties("SlackChannel")["SnsTopicArns"],
        json!(["arn:aws:sns:us-east-1:123456789012:ChatTopic"])
    );
}

#[test]
fn every_parameter_is_explained_grouped_and_labelled() {
    let interface = &template()["Metadata"]["AWS::CloudFormation::Interface"];
    let groups = interface["ParameterGroups"].as_array().unwrap();
    let mut grouped: Vec<&str> = groups
        .iter()
        .flat_map(|group| group["Parameters"].as_array().unwrap())
        .map(|name| name.as_str().unwrap())
        .collect();
    grouped.sort_unstable();
    let mut labelled: Vec<&str> =
        interface["ParameterLabels"].as_object().unwrap().keys().map(String::as_str).collect();
    labelled.sort_unstable();
    let mut parameters: Vec<&str> = template()["Parameters"].as_object().unwrap().keys().map(String::as_str).collect();
    parameters.sort_unstable();
    assert_eq!((&grouped, &labelled), (&parameters, &parameters));
    for (name, parameter) in template()["Parameters"].as_object().unwrap() {
        assert!(parameter["Description"].is_string() && !parameter["Default"].is_null(), "{name}");
    }
}

#[test]
fn the_outputs_can_be_pasted() {
    insta::assert_snapshot!(
        Stack::of(&[]).outputs().iter().map(|(name, value)| format!("{name}: {value}\n")).collect::<String>(),
        @r#"
        AlarmTopicArn: arn:aws:sns:us-east-1:123456789012:AlarmTopic
        DashboardUrl: https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/watch-us-east-1
        DrillCommand: echo '{"drill": true}' | aws lambda invoke --region us-east-1 --function-name Function --payload fileb:///dev/stdin /dev/stdout
        EventBusName: default
        FunctionName: Function
        HistoryTableName: HistoryTable
        LogCommand: aws logs tail --region us-east-1 FunctionLog --follow
        MonitorTopicArn: arn:aws:sns:us-east-1:123456789012:MonitorTopic
        StateTableName: StateTable
        SubscribeCommand: aws sns subscribe --region us-east-1 --topic-arn arn:aws:sns:us-east-1:123456789012:Topic --protocol email --notification-endpoint you@example.com
        SubscribeToAlarmsCommand: aws sns subscribe --region us-east-1 --topic-arn arn:aws:sns:us-east-1:123456789012:AlarmTopic --protocol email --notification-endpoint you@example.com
        SubscribeToMonitorCommand: aws sns subscribe --region us-east-1 --topic-arn arn:aws:sns:us-east-1:123456789012:MonitorTopic --protocol email --notification-endpoint you@example.com
        ToolEnvironment: AWS_REGION=us-east-1 DX_MONITOR_STATE_TABLE=StateTable DX_MONITOR_HISTORY_TABLE=HistoryTable
        TopicArn: arn:aws:sns:us-east-1:123456789012:Topic
        "#
    );
    for (partition, console) in [("aws-cn", "console.amazonaws.cn"), ("aws-us-gov", "console.amazonaws-us-gov.com")] {
        let url = Stack::of(&[("AWS::Partition", partition)]).outputs()["DashboardUrl"].clone();
        assert!(url.starts_with(&format!("https://us-east-1.{console}/cloudwatch/")), "{url}");
    }
}

#[test]
fn the_pages_name_every_parameter_and_none_that_is_not_there() {
    let known: BTreeSet<String> = template()["Parameters"].as_object().unwrap().keys().cloned().collect();
    let named: BTreeSet<String> = Page::read("src/guide/deploy.md").first_column("Parameters").into_iter().collect();
    assert_eq!(named, known);
    let changed = Page::read("src/guide/upgrade.md").first_column("Changes that do more than they seem");
    assert!(!changed.is_empty() && changed.iter().all(|name| known.contains(name)), "{changed:?}");
}
