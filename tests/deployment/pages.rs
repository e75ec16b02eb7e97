//! The second function and its bucket: off unless asked for, private, and with no more permissions than it uses.

use std::collections::BTreeMap;

use aws_dx_monitor::{config::PagesConfiguration, pages::Request};
use serde_json::{Value, json};

use super::{
    permissions::{statements, told},
    stack::{EVERYTHING, Stack, as_text},
};

const STATUS: (&str, &str) = ("StatusPage", "true");
const REPORT: (&str, &str) = ("MonthlyReport", "true");

fn configuration(stack: &Stack) -> PagesConfiguration {
    let function = stack.properties("PagesFunction");
    let variables = function["Environment"]["Variables"].as_object().unwrap();
    let variables: BTreeMap<&str, String> =
        variables.iter().map(|(name, value)| (name.as_str(), as_text(value))).collect();
    PagesConfiguration::read(|name| variables.get(name).cloned()).unwrap()
}

/// The logical names of what only pages need.
fn parts(stack: &Stack) -> Vec<String> {
    let is_one = |name: &String| name.starts_with("Pages") && !name.starts_with("PagesUndelivered");
    let names = stack.resources().into_keys();
    names.filter(|name| is_one(name) || name == "StatusPageSchedule" || name == "ReportSchedule").collect()
}

#[test]
fn nothing_of_it_is_there_unless_asked_for() {
    assert_eq!(parts(&Stack::of(&[("PagesUrl", "https://dx.example.com")])), Vec::<String>::new());
    let common = [
        "PagesBucket",
        "PagesBucketAlarm",
        "PagesBucketPolicy",
        "PagesFunction",
        "PagesFunctionEventInvokeConfig",
        "PagesLog",
        "PagesRole",
    ];
    assert_eq!(parts(&Stack::of(&[STATUS])), [&common[..], &["StatusPageSchedule"]].concat());
    assert_eq!(parts(&Stack::of(&[REPORT])), [&common[..], &["ReportSchedule"]].concat());
}

#[test]
fn the_parameters_reach_the_function() {
    let stack = Stack::of(&[STATUS, ("PollRate", "rate(5 minutes)"), ("ExistingHistoryTable", "old-history")]);
    let read = configuration(&stack);
    assert_eq!((read.state_table.as_str(), read.history_table.as_str()), ("StateTable", "old-history"));
    assert_eq!((read.bucket.as_str(), read.calendar.zone()), ("PagesBucket", "UTC"));
    assert_eq!(read.unmonitored_after.as_secs(), 1800);
    assert!(read.topic_arn.ends_with(":Topic"));
    let console = "https://us-east-1.console.aws.amazon.com/s3/object/PagesBucket?region=us-east-1&prefix=";
    assert_eq!(read.link, console);
    let own = [REPORT, ("PagesUrl", "https://dx.example.com/pages"), ("ReportTimezone", "Europe/Berlin")];
    let read = configuration(&Stack::of(&own));
    assert_eq!((read.link.as_str(), read.calendar.zone()), ("https://dx.example.com/pages/", "Europe/Berlin"));
}

#[test]
fn the_schedules_ask_for_what_the_function_knows() {
    let stack = Stack::of(&[STATUS, REPORT, ("ReportTimezone", "Europe/Berlin"), ("PollRate", "rate(5 minutes)")]);
    for (name, request, expression) in [
        ("StatusPageSchedule", Request::Status, "rate(5 minutes)"),
        ("ReportSchedule", Request::Report, "cron(0 6 1-3 * ? *)"),
    ] {
        let schedule = stack.properties(name);
        let input: Value = serde_json::from_str(schedule["Target"]["Input"].as_str().unwrap()).unwrap();
        assert_eq!(Request::of(&input).unwrap(), request);
        assert_eq!(schedule["ScheduleExpression"], expression);
        assert_eq!(schedule["Target"]["Arn"], "arn:aws:lambda:us-east-1:123456789012:function:PagesFunction");
    }
    assert_eq!(stack.properties("ReportSchedule")["ScheduleExpressionTimezone"], "Europe/Berlin");
    let schedules = statements(&stack, "ScheduleRole");
    assert_eq!(
        schedules[0].resources,
        ["Function", "PagesFunction"].map(|name| format!("arn:aws:lambda:us-east-1:123456789012:function:{name}"))
    );
    // What is repeated is repeated under its id, by which a report is announced once; and what is given up is noticed.
    let repeats = stack.properties("PagesFunctionEventInvokeConfig");
    assert_eq!((&repeats["MaximumRetryAttempts"], &repeats["MaximumEventAgeInSeconds"]), (&json!(2), &json!(3600)));
    let alarm = stack.properties("PagesBucketAlarm");
    assert_eq!((&alarm["MetricName"], &alarm["Statistic"]), (&json!("AsyncEventsDropped"), &json!("Sum")));
    assert_eq!(alarm["Dimensions"], json!([{"Name": "FunctionName", "Value": "PagesFunction"}]));
    assert_eq!(alarm["AlarmActions"], json!(["arn:aws:sns:us-east-1:123456789012:MonitorTopic"]));
}

#[test]
fn the_function_reads_the_tables_writes_pages_and_may_do_nothing_else() {
    insta::assert_snapshot!(told(&statements(&Stack::of(&EVERYTHING), "PagesRole")), @r#"
    ReadStatesAndHistory: dynamodb:Query on arn:aws:dynamodb:us-east-1:123456789012:table/StateTable, arn:aws:dynamodb:us-east-1:123456789012:table/HistoryTable, arn:aws:dynamodb:us-east-1:123456789012:table/HistoryTable/index/by-day
    WritePages: s3:PutObject on arn:aws:s3:::PagesBucket/*
    SeeWhoHasAnnouncedAReport: s3:GetObject on arn:aws:s3:::PagesBucket/reports/*.announced
    TellPeopleOfAReport: sns:Publish on arn:aws:sns:us-east-1:123456789012:Topic
    EncryptWhatTheTopicCarries: kms:Decrypt, kms:GenerateDataKey on arn:aws:kms:us-east-1:123456789012:key/Key if {"StringEquals":{"kms:ViaService":"sns.us-east-1.amazonaws.com"}}
    WriteItsOwnLog: logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:PagesLog:*
    "#);
    insta::assert_snapshot!(told(&statements(&Stack::of(&[STATUS, ("ExistingHistoryTable", "old")]), "PagesRole")), @r#"
    ReadStatesAndHistory: dynamodb:Query on arn:aws:dynamodb:us-east-1:123456789012:table/StateTable, arn:aws:dynamodb:us-east-1:123456789012:table/old, arn:aws:dynamodb:us-east-1:123456789012:table/old/index/by-day
    WritePages: s3:PutObject on arn:aws:s3:::PagesBucket/*
    WriteItsOwnLog: logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:PagesLog:*
    "#);
}

#[test]
fn the_bucket_is_private_encrypted_kept_and_read_by_one_distribution_at_most() {
    let stack = Stack::of(&EVERYTHING);
    let bucket = stack.resources()["PagesBucket"].clone();
    assert_eq!((&bucket["DeletionPolicy"], &bucket["UpdateReplacePolicy"]), (&json!("Retain"), &json!("Retain")));
    let properties = &bucket["Properties"];
    let blocked = properties["PublicAccessBlockConfiguration"].as_object().unwrap();
    assert!(blocked.len() == 4 && blocked.values().all(|blocked| *blocked == true), "{blocked:?}");
    assert_eq!(properties["OwnershipControls"], json!({"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}));
    let encryption = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0];
    assert_eq!(encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256");
    let rules = properties["LifecycleConfiguration"]["Rules"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["NoncurrentVersionExpiration"], json!({"NoncurrentDays": 7}));
    assert_eq!(rules[0].get("ExpirationInDays"), None, "reports do not expire");

    let policy = |stack: &Stack| stack.properties("PagesBucketPolicy")["PolicyDocument"]["Statement"].clone();
    let tls = json!({
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::PagesBucket", "arn:aws:s3:::PagesBucket/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    });
    assert_eq!(policy(&Stack::of(&[STATUS])), json!([tls]));
    assert_eq!(
        policy(&stack)[1],
        json!({
            "Sid": "TheDistributionReadsPages", "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::PagesBucket/*",
            "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE"}},
        })
    );
}
