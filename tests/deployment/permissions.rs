//! Permissions: every statement of every role of a stack, and what none of them may allow.

use serde_json::{Value, json};

use super::{
    stack::{EVERYTHING, Stack},
    template_text,
};
use crate::function::calls::NEEDED;

/// One statement of a policy of a role.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it is for, in one word.
    pub sid: String,
    /// The IAM actions, such as `sns:Publish`.
    pub actions: Vec<String>,
    /// The ARNs, or `*`.
    pub resources: Vec<String>,
    /// The conditions, or null.
    pub condition: Value,
}

/// What the role of this logical name may do in the stack.
pub fn statements(stack: &Stack, role: &str) -> Vec<Statement> {
    let properties = stack.properties(role);
    assert_eq!(
        properties.get("ManagedPolicyArns"),
        None,
        "what a managed policy allows does not stand in the template"
    );
    let policies = properties["Policies"].as_array().cloned().unwrap_or_default();
    let statements = policies.iter().flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
    statements
        .map(|statement| {
            assert_eq!(statement["Effect"], "Allow");
            Statement {
                sid: statement["Sid"].as_str().unwrap().to_owned(),
                actions: one_or_many(&statement["Action"]),
                resources: one_or_many(&statement["Resource"]),
                condition: statement.get("Condition").cloned().unwrap_or_default(),
            }
        })
        .collect()
}

fn one_or_many(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
        one => vec![one.as_str().unwrap().to_owned()],
    }
}

/// The statements as text, a line each.
pub fn told(statements: &[Statement]) -> String {
    let lines = statements.iter().map(|statement| {
        let condition =
            if statement.condition.is_null() { String::new() } else { format!(" if {}", statement.condition) };
        format!(
            "{}: {} on {}{condition}\n",
            statement.sid,
            statement.actions.join(", "),
            statement.resources.join(", ")
        )
    });
    lines.collect()
}

/// The stack with everything that can be switched on.
fn whole() -> Stack {
    Stack::of(&EVERYTHING)
}

#[test]
fn the_function_may_do_this_and_nothing_else() {
    insta::assert_snapshot!(told(&statements(&whole(), "FunctionRole")), @r#"
    ReadDirectConnect: directconnect:DescribeConnections, directconnect:DescribeDirectConnectGatewayAssociationProposals, directconnect:DescribeDirectConnectGatewayAssociations, directconnect:DescribeDirectConnectGatewayAttachments, directconnect:DescribeDirectConnectGateways, directconnect:DescribeHostedConnections, directconnect:DescribeInterconnects, directconnect:DescribeLags, directconnect:DescribeVirtualGateways, directconnect:DescribeVirtualInterfaces, directconnect:ListResiliencyGroups, directconnect:ListVirtualInterfaceRoutes on *
    PublishMetricsInOneNamespace: cloudwatch:PutMetricData on * if {"StringEquals":{"cloudwatch:namespace":"AWSx/DirectConnect"}}
    ReadMetricsAsEvidence: cloudwatch:GetMetricData, cloudwatch:ListMetrics on *
    RememberStates: dynamodb:PutItem, dynamodb:Query, dynamodb:UpdateItem on arn:aws:dynamodb:us-east-1:123456789012:table/StateTable
    RecordHistory: dynamodb:PutItem, dynamodb:Query, dynamodb:UpdateItem on arn:aws:dynamodb:us-east-1:123456789012:table/HistoryTable
    TellPeople: sns:Publish on arn:aws:sns:us-east-1:123456789012:Topic
    TellChat: sns:Publish on arn:aws:sns:us-east-1:123456789012:ChatTopic
    TellPrograms: events:PutEvents on arn:aws:events:us-east-1:123456789012:event-bus/watch-direct-connect
    SeeWhoIsSubscribed: sns:GetTopicAttributes on arn:aws:sns:us-east-1:123456789012:Topic, arn:aws:sns:us-east-1:123456789012:ChatTopic, arn:aws:sns:us-east-1:123456789012:AlarmTopic, arn:aws:sns:us-east-1:123456789012:MonitorTopic
    EncryptWhatTheTopicsCarry: kms:Decrypt, kms:GenerateDataKey on arn:aws:kms:us-east-1:123456789012:key/Key if {"StringEquals":{"kms:ViaService":"sns.us-east-1.amazonaws.com"}}
    WriteItsOwnLog: logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:FunctionLog:*
    "#);
}

/// What the function may do is what it was seen to do, action by action on the very resource.
#[test]
fn the_function_may_do_what_it_does_and_nothing_more() {
    let allowed = statements(&whole(), "FunctionRole").into_iter().flat_map(|statement| {
        let of_each = move |action: String| {
            let resources = statement.resources.clone();
            resources.into_iter().map(move |resource| (action.clone(), resource))
        };
        statement.actions.into_iter().flat_map(of_each)
    });
    let is_for_alarms = |topic: &str| topic.ends_with(":AlarmTopic") || topic.ends_with(":MonitorTopic");
    let short = |resource: &str| match resource.rsplit([':', '/']).next().unwrap() {
        "StateTable" => "states",
        "HistoryTable" => "history",
        "Topic" => "people",
        "ChatTopic" => "chat",
        "watch-direct-connect" => "bus",
        "*" => "*",
        other => panic!("what is {other}?"),
    };
    let mut allowed: Vec<String> = allowed
        // Lambda writes the log with the function's role, and SNS uses the key with it: the function calls neither.
        .filter(|(action, _)| !action.starts_with("logs:") && !action.starts_with("kms:"))
        // Counted as the other topics are; it publishes on neither.
        .filter(|(action, resource)| action != "sns:GetTopicAttributes" || !is_for_alarms(resource))
        .map(|(action, resource)| format!("{action} {}", short(&resource)))
        .collect();
    allowed.sort();
    assert_eq!(allowed, NEEDED);
}

#[test]
fn a_bus_that_is_named_by_its_arn_is_allowed_as_it_is() {
    let elsewhere = "arn:aws:events:eu-west-1:210987654321:event-bus/central";
    for (bus, arn) in [
        ("network", "arn:aws:events:us-east-1:123456789012:event-bus/network"),
        ("arn", "arn:aws:events:us-east-1:123456789012:event-bus/arn"),
        (elsewhere, elsewhere),
    ] {
        let stack = Stack::of(&[("EventBus", bus)]);
        let statements = statements(&stack, "FunctionRole");
        let programs = statements.iter().find(|statement| statement.sid == "TellPrograms").unwrap();
        assert_eq!(programs.resources, [arn]);
        assert_eq!(stack.outputs()["EventBusName"], bus);
    }
}

#[test]
fn what_is_switched_off_is_not_allowed() {
    let stack = Stack::of(&[
        ("EventBus", "none"),
        ("Namespace", "Network"),
        ("ExistingStateTable", "old-states"),
        ("ExistingHistoryTable", "old-history"),
    ]);
    insta::assert_snapshot!(told(&statements(&stack, "FunctionRole")), @r#"
    ReadDirectConnect: directconnect:DescribeConnections, directconnect:DescribeDirectConnectGatewayAssociationProposals, directconnect:DescribeDirectConnectGatewayAssociations, directconnect:DescribeDirectConnectGatewayAttachments, directconnect:DescribeDirectConnectGateways, directconnect:DescribeHostedConnections, directconnect:DescribeInterconnects, directconnect:DescribeLags, directconnect:DescribeVirtualGateways, directconnect:DescribeVirtualInterfaces, directconnect:ListResiliencyGroups on *
    PublishMetricsInOneNamespace: cloudwatch:PutMetricData on * if {"StringEquals":{"cloudwatch:namespace":"Network"}}
    RememberStates: dynamodb:PutItem, dynamodb:Query, dynamodb:UpdateItem on arn:aws:dynamodb:us-east-1:123456789012:table/old-states
    RecordHistory: dynamodb:PutItem, dynamodb:Query, dynamodb:UpdateItem on arn:aws:dynamodb:us-east-1:123456789012:table/old-history
    TellPeople: sns:Publish on arn:aws:sns:us-east-1:123456789012:Topic
    SeeWhoIsSubscribed: sns:GetTopicAttributes on arn:aws:sns:us-east-1:123456789012:Topic, arn:aws:sns:us-east-1:123456789012:AlarmTopic, arn:aws:sns:us-east-1:123456789012:MonitorTopic
    WriteItsOwnLog: logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:FunctionLog:*
    "#);
    let own_key = "arn:aws:kms:us-east-1:123456789012:key/own";
    let keyed = statements(&Stack::of(&[("TopicKey", own_key)]), "FunctionRole");
    let key = keyed.iter().find(|statement| statement.sid == "EncryptWhatTheTopicsCarry").unwrap();
    assert_eq!(key.resources, [own_key]);
}

#[test]
fn the_schedule_may_invoke_the_function_the_pager_may_page_and_chat_may_nothing() {
    insta::assert_snapshot!(told(&statements(&whole(), "ScheduleRole")), @r#"
    InvokeTheFunction: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:Function, arn:aws:lambda:us-east-1:123456789012:function:PagesFunction
    "#);
    insta::assert_snapshot!(told(&statements(&whole(), "PagerRole")), @"CallThePager: events:InvokeApiDestination on arn:aws:events:us-east-1:123456789012:api-destination/PagerDutyDestination");
    assert_eq!(statements(&whole(), "SlackRole"), []);
    assert_eq!(whole().properties("SlackChannel")["GuardrailPolicies"], json!(["arn:aws:iam::aws:policy/AWSDenyAll"]));
    let roles = whole().resources_of("AWS::IAM::Role");
    assert_eq!(
        roles.keys().collect::<Vec<_>>(),
        ["FunctionRole", "PagerRole", "PagesRole", "ScheduleRole", "SlackRole"],
        "no role beside these"
    );
    for role in ["PagerRole", "ScheduleRole", "SlackRole"] {
        let trust = &roles[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
        assert_eq!(trust["Condition"]["StringEquals"]["aws:SourceAccount"], "123456789012", "{role}");
    }
}

#[test]
fn every_permission_is_limited_and_has_its_purpose() {
    let text = template_text();
    let sids: Vec<&str> =
        text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("Sid: ")).collect();
    assert!(sids.len() >= 15, "{sids:?}");
    for statement in statements(&whole(), "FunctionRole") {
        assert!(statement.actions.iter().all(|action| !action.contains('*')), "{statement:?}");
        let bound = statement.resources.iter().all(|resource| resource != "*");
        let unbindable = ["ReadDirectConnect", "PublishMetricsInOneNamespace", "ReadMetricsAsEvidence"];
        let unbindable = unbindable.contains(&statement.sid.as_str());
        assert!(bound || unbindable, "{statement:?}");
    }
}

#[test]
fn nothing_is_of_one_partition() {
    assert!(!template_text().contains("arn:aws"), "arn:${{AWS::Partition}} instead");
    let elsewhere = Stack::of(&[
        ("AWS::Partition", "aws-cn"),
        ("AWS::URLSuffix", "amazonaws.com.cn"),
        ("SlackWorkspaceId", "T0123456789"),
        ("SlackChannelId", "C0123456789"),
        ("TopicKey", "create"),
    ]);
    let text = json!(elsewhere.resources()).to_string();
    assert!(text.contains("arn:aws-cn:") && !text.contains("arn:aws:"));
}

#[test]
fn topics_refuse_what_comes_without_tls_and_take_alarms_of_this_account_only() {
    let policies = whole().resources_of("AWS::SNS::TopicPolicy");
    let topics: Vec<&Value> =
        policies.values().flat_map(|policy| policy["Properties"]["Topics"].as_array().unwrap()).collect();
    let arn = |name: &str| json!(format!("arn:aws:sns:us-east-1:123456789012:{name}"));
    let all = ["AlarmTopic", "ChatTopic", "MonitorTopic", "Topic"].map(arn);
    assert_eq!(topics, all.iter().collect::<Vec<_>>(), "every topic has its policy");
    for policy in policies.values() {
        let statements = policy["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap();
        let tls = statements.iter().find(|statement| statement["Sid"] == "TlsOnly").unwrap();
        assert_eq!((&tls["Effect"], &tls["Principal"]), (&json!("Deny"), &json!("*")));
        assert_eq!(tls["Condition"], json!({"Bool": {"aws:SecureTransport": "false"}}));
        for allowed in statements.iter().filter(|statement| statement["Effect"] == "Allow") {
            assert_eq!(allowed["Principal"], json!({"Service": "cloudwatch.amazonaws.com"}));
            assert_eq!(allowed["Condition"]["StringEquals"]["aws:SourceAccount"], "123456789012");
        }
    }
}

#[test]
fn the_key_serves_the_account_and_its_alarms() {
    let policy = whole().properties("Key")["KeyPolicy"]["Statement"].clone();
    let principals: Vec<&Value> = policy.as_array().unwrap().iter().map(|statement| &statement["Principal"]).collect();
    assert_eq!(
        principals,
        [&json!({"AWS": "arn:aws:iam::123456789012:root"}), &json!({"Service": "cloudwatch.amazonaws.com"})]
    );
    assert_eq!(policy[1]["Action"], json!(["kms:Decrypt", "kms:GenerateDataKey"]));
    assert_eq!(policy[1]["Condition"], json!({"StringEquals": {"aws:SourceAccount": "123456789012"}}));
    for topic in ["Topic", "ChatTopic", "AlarmTopic", "MonitorTopic"] {
        assert_eq!(whole().properties(topic)["KmsMasterKeyId"], "arn:aws:kms:us-east-1:123456789012:key/Key");
    }
}
