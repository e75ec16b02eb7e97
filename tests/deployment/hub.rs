//! What the stack has for other accounts and for beats of less than a minute: a queue, schedules, alarms, permissions. With its
//! own account alone, and a minute or more between two polls, it has none of them.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    config::Configuration,
    domain::{Accounts, Timestamp},
    function::Request,
    organisation::{RosterFigures, data_points},
};
use serde_json::{Value, json};

use super::{
    permissions::statements,
    stack::{Stack, as_text},
};
use crate::function::hub::NEEDED;

const OF_A_QUEUE: [&str; 5] = ["DispatchAlarm", "Orders", "OrdersMapping", "OrdersPolicy", "OrdersWaitingAlarm"];
const TWELVE: &str = "own,111111111111,222222222222,333333333333,444444444444,555555555555,666666666666,777777777777,\
                      888888888888,999999999999,121212121212,131313131313";

fn names(stack: &Stack) -> BTreeSet<String> {
    stack.resources().into_keys().collect()
}

/// What a stack has that one with the defaults has not.
fn added(parameters: &[(&str, &str)]) -> Vec<String> {
    names(&Stack::of(parameters)).difference(&names(&Stack::of(&[]))).cloned().collect()
}

fn hub() -> Stack {
    Stack::of(&[("Accounts", "organization"), ("PollRate", "rate(15 seconds)"), ("Workers", "20")])
}

fn configuration(stack: &Stack) -> Configuration {
    let function = stack.properties("Function");
    let variables = function["Environment"]["Variables"].as_object().unwrap().clone();
    let variable = |name: &str| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        name => variables.get(name).map(as_text),
    };
    Configuration::read(variable).unwrap()
}

#[test]
fn the_own_account_alone_has_nothing_of_a_hub() {
    for accounts in ["", "own"] {
        for rate in ["rate(1 minute)", "rate(5 minutes)"] {
            let stack = [("Accounts", accounts), ("PollRate", rate)];
            assert_eq!(added(&stack), Vec::<String>::new(), "{stack:?}");
            let stack = Stack::of(&stack);
            let (function, alone) = (stack.properties("Function"), configuration(&stack).hub);
            assert_eq!((alone.accounts, alone.queue_url, alone.beat.as_secs()), (Accounts::Own, None, 60));
            let variables = function["Environment"]["Variables"].as_object().unwrap();
            assert!(!variables.contains_key("DX_MONITOR_QUEUE_URL") && variables["DX_MONITOR_METRICS"] == "items");
            let actions = statements(&stack, "FunctionRole").into_iter().flat_map(|statement| statement.actions);
            assert_eq!(actions.filter(|action| action.starts_with("sqs:") || NEEDED.contains(&&**action)).count(), 0);
        }
    }
}

#[test]
fn whoever_needs_a_queue_has_one_and_silence_is_always_an_alarm() {
    for (accounts, rate, has_queue, polls_own) in [
        ("", "rate(15 seconds)", true, true),
        ("", "rate(30 seconds)", true, true),
        ("own,111122223333", "rate(1 minute)", false, true),
        ("111122223333,own", "rate(1 minute)", false, true),
        ("111122223333, own", "rate(15 seconds)", true, true),
        ("111122223333,222233334444", "rate(1 minute)", true, false),
        (TWELVE, "rate(1 minute)", true, true),
        ("organization", "rate(1 minute)", true, false),
        ("organization:ou-abcd-11111111,-999900001111", "rate(5 minutes)", true, false),
    ] {
        let stack = Stack::of(&[("Accounts", accounts), ("PollRate", rate)]);
        for name in OF_A_QUEUE {
            assert_eq!(stack.has(name), has_queue, "{accounts:?}, {rate}: {name}");
        }
        assert_eq!(stack.has("PollAlarm"), polls_own, "{accounts:?}, {rate}");
        assert!(stack.has("PollAlarm") || stack.has("DispatchAlarm"), "silence is an alarm");
        let read = configuration(&stack).hub;
        assert_eq!(read.queue_url.is_some(), has_queue, "{accounts:?}, {rate}");
        let others = read.accounts != Accounts::Own;
        assert_eq!((stack.has("SweepSchedule"), stack.has("AccountsLateAlarm")), (others, others && has_queue));
    }
    assert_eq!(added(&[("PollRate", "rate(30 seconds)")]), OF_A_QUEUE);
}

#[test]
fn a_beat_is_a_minutes_schedule_and_shorter_ones_are_the_queues() {
    for (rate, schedule, beat) in [
        ("rate(15 seconds)", "rate(1 minute)", 15),
        ("rate(30 seconds)", "rate(1 minute)", 30),
        ("rate(1 minute)", "rate(1 minute)", 60),
        ("rate(5 minutes)", "rate(5 minutes)", 60),
    ] {
        let stack = Stack::of(&[("PollRate", rate), ("Accounts", "organization")]);
        assert_eq!(stack.properties("Schedule")["ScheduleExpression"], schedule);
        assert_eq!(configuration(&stack).hub.beat.as_secs(), beat);
    }
    let sweep = hub().properties("SweepSchedule");
    assert_eq!(sweep["ScheduleExpression"], "rate(1 hour)");
    let input: Value = serde_json::from_str(sweep["Target"]["Input"].as_str().unwrap()).unwrap();
    assert_eq!(Request::of(&input).unwrap(), Request::Sweep(None));
}

#[test]
fn the_queue_forgets_what_is_too_late_and_hands_on_one_order_at_a_time() {
    let queue = hub().properties("Orders");
    assert_eq!((&queue["MessageRetentionPeriod"], &queue["VisibilityTimeout"]), (&json!(120), &json!(60)));
    assert_eq!((queue.get("RedrivePolicy"), queue.get("FifoQueue")), (None, None), "the next beat is the retry");
    assert_eq!(queue["SqsManagedSseEnabled"], true);
    let timeout = hub().properties("Function")["Timeout"].as_u64().unwrap();
    assert!(queue["VisibilityTimeout"].as_u64().unwrap() > timeout, "not handed on twice while it is carried out");
    let mapping = hub().properties("OrdersMapping");
    assert_eq!((&mapping["BatchSize"], &mapping["ScalingConfig"]["MaximumConcurrency"]), (&json!(1), &json!("20")));
    assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    let policy = &hub().properties("OrdersPolicy")["PolicyDocument"]["Statement"];
    assert_eq!((policy.as_array().unwrap().len(), &policy[0]["Effect"]), (1, &json!("Deny")));
    assert_eq!(policy[0]["Condition"], json!({"Bool": {"aws:SecureTransport": "false"}}));
}

#[test]
fn a_hub_may_do_what_it_does_and_nothing_more() {
    let actions = |stack: &Stack| -> BTreeSet<String> {
        statements(stack, "FunctionRole").into_iter().flat_map(|statement| statement.actions).collect()
    };
    let mut more: Vec<String> = actions(&hub()).difference(&actions(&Stack::of(&[]))).cloned().collect();
    // Lambda takes the messages with the function's role: the function calls none of these.
    more.retain(|action| !["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"].contains(&&**action));
    assert_eq!(more, NEEDED);
    let of = |sid: &str| statements(&hub(), "FunctionRole").into_iter().find(|statement| statement.sid == sid).unwrap();
    assert_eq!(of("OrderPolls").resources, ["arn:aws:sqs:us-east-1:123456789012:Orders"]);
    assert_eq!(of("ReadInOtherAccounts").resources, ["arn:aws:iam::*:role/aws-dx-monitor-member"]);
    let listed = Stack::of(&[("Accounts", TWELVE)]);
    assert!(
        actions(&listed).iter().all(|action| !action.starts_with("organizations:")),
        "a list needs no organisation"
    );
}

#[test]
fn metrics_of_several_accounts_are_summed_up_unless_asked_otherwise() {
    let metrics = |accounts: &str, metrics: &str| {
        let stack = Stack::of(&[("Accounts", accounts), ("Metrics", metrics)]);
        let alarms = ["ConnectionAlarm", "ItemsDownAlarm", "AccountsDownAlarm"].map(|name| stack.has(name));
        (stack.properties("Function")["Environment"]["Variables"]["DX_MONITOR_METRICS"].clone(), alarms)
    };
    assert_eq!(metrics("", "default"), (json!("items"), [true, false, false]));
    assert_eq!(metrics("own,111122223333", "default"), (json!("summary"), [false, true, true]));
    assert_eq!(metrics("own,111122223333", "items"), (json!("items"), [true, false, false]));
    assert_eq!(metrics("", "summary"), (json!("summary"), [false, true, false]));
}

#[test]
fn the_alarms_of_a_hub_stand_on_metrics_that_are_published() {
    let figures = RosterFigures { late: vec!["111122223333".to_owned()], ..RosterFigures::default() };
    let published = data_points(&figures, "Function", Timestamp::from_milliseconds(0));
    let late = published.iter().find(|point| point.metric == "AccountLate").unwrap();
    assert_eq!(late.dimensions.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["AccountId"]);
    let query = hub().properties("AccountsLateAlarm")["Metrics"][0]["Expression"].clone();
    let expected =
        "SELECT MAX(AccountLate) FROM SCHEMA(\"AWSx/DirectConnect\", AccountId) GROUP BY AccountId ORDER BY MAX() DESC";
    assert_eq!(query, expected);
    let silent = hub().properties("DispatchAlarm");
    assert_eq!((&silent["MetricName"], &silent["TreatMissingData"]), (&json!("Dispatched"), &json!("breaching")));
    assert_eq!(silent["Dimensions"], json!([{"Name": "Monitor", "Value": "Function"}]));
    let waiting = hub().properties("OrdersWaitingAlarm");
    assert_eq!(waiting["Dimensions"], json!([{"Name": "QueueName", "Value": "Orders"}]));
    assert!(waiting["Threshold"].as_u64().unwrap() < 120, "before the queue forgets them");
}
