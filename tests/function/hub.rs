//! A hub with a queue: beats order polls, messages carry them out, sweeps find accounts; killed, delivered twice and refused,
//! nothing is lost and everything is recorded once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use aws_dx_monitor::{
    domain::{Cadence, RosterRow, Scope},
    ports::{Clock, Roster, SystemClock},
    simulator::{Fault, FaultKind, MemberAccount, Organization, RoleAnswer, Scenario},
};
use serde_json::{Value, json};

use super::rig::{ACCOUNT, REGION, Rig, TIMEOUT, connection, connections, id};
use crate::support::{
    proxy::call::Call,
    runtime_api::{Function, FunctionError, Program},
};

/// Every action of IAM that a hub needs beside those of a function that watches its own account.
pub const NEEDED: [&str; 5] = [
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListChildren",
    "sqs:SendMessage",
    "sts:AssumeRole",
];

/// An account of the organisation.
pub const MEMBER: &str = "111122223333";
const OTHER: &str = "222233334444";
const PAST: &str = "2026-01-01T00:00:00.000Z";
const FUTURE: &str = "2126-01-01T00:00:00.000Z";

/// A hub whose own account has two connections, with these other accounts, in an organisation.
pub async fn hub<'a>(accounts: impl IntoIterator<Item = (&'a str, MemberAccount)>) -> (Rig, Program) {
    let accounts = accounts.into_iter().map(|(id, account)| (id.to_owned(), account)).collect();
    let organization = Some(Organization::default());
    let rig = Rig::of(Scenario { accounts, organization, ..connections(2) }).await;
    let queue = rig.moto.create_queue(REGION, &format!("{}-polls", rig.bus.name)).await;
    let program = rig
        .watching_connections()
        .environment("AWS_ENDPOINT_URL_STS", rig.direct_connect.endpoint())
        .environment("AWS_ENDPOINT_URL_ORGANIZATIONS", rig.direct_connect.endpoint())
        .environment("AWS_ENDPOINT_URL_SQS", rig.sinks.endpoint())
        .environment("DX_MONITOR_QUEUE_URL", queue.url);
    (rig, program)
}

/// An account with this many connections, `dxcon-m1` and on.
pub fn member(count: usize) -> MemberAccount {
    let mut account = MemberAccount::default();
    account.inventory.region_mut(REGION).connections =
        (1..=count).map(|number| connection(&format!("dxcon-m{number}"), "available")).collect();
    account
}

fn edit(rig: &Rig, account: &str, edit: impl FnOnce(&mut MemberAccount)) {
    rig.simulator.edit(|scenario| edit(scenario.accounts.get_mut(account).unwrap())).unwrap();
}

/// Changes the state of the member's first connection.
fn set_state(rig: &Rig, state: &str) {
    set_state_of(rig, 1, state);
}

fn set_state_of(rig: &Rig, number: usize, state: &str) {
    edit(rig, MEMBER, |member| {
        member.inventory.region_mut(REGION).connections[number - 1].connection_state = Some(state.to_owned());
    });
}

async fn invoke(function: &Function, payload: Value) -> Value {
    function.invoke(&payload, TIMEOUT).await.unwrap_or_else(|error| panic!("{}: {}", error.error_type, error.message))
}

/// What the beats so far have put into the queue, each with its group; times are left out.
fn orders(rig: &Rig) -> Vec<(String, Value)> {
    let calls = rig.sinks.calls().into_iter().filter(|call| call.is("sqs", "SendMessageBatch"));
    let entries = calls.flat_map(|call| call.json()["Entries"].as_array().unwrap().clone());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entries
        .map(|entry| {
            let body: Value = serde_json::from_str(&text(&entry["MessageBody"])).unwrap();
            (text(&entry["MessageGroupId"]), body)
        })
        .collect()
}

/// Hands a message to the function, as the event source mapping does.
pub async fn deliver(function: &Function, body: &Value) -> Result<Value, FunctionError> {
    let mut body = body.clone();
    if let Some(poll) = body.get_mut("poll") {
        (poll["notBefore"], poll["notAfter"]) = (json!(PAST), json!(FUTURE));
    }
    let record = json!({"eventSource": "aws:sqs", "messageId": "m-1", "body": body.to_string()});
    function.invoke(&json!({"Records": [record]}), TIMEOUT).await
}

/// The order to poll an account.
pub fn order(account: &str) -> Value {
    json!({"poll": {"account": account}})
}

async fn row(rig: &Rig, account: &str) -> RosterRow {
    rig.ledger().roster_row(account).await.unwrap().unwrap_or_else(|| panic!("{account} is not on the roster"))
}

/// The transitions of the member's first connection.
async fn ids(rig: &Rig) -> Vec<String> {
    ids_of(rig, 1).await
}

async fn ids_of(rig: &Rig, number: usize) -> Vec<String> {
    let key = format!("connection/dxcon-m{number}");
    rig.history_in(&Scope::regional(MEMBER, REGION), &key).await.iter().map(id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beat_orders_polls_and_a_message_that_comes_twice_records_everything_once() {
    let mut refused = member(1);
    refused.role.answers = RoleAnswer::AccessDenied;
    let (rig, program) = hub([(MEMBER, member(1)), (OTHER, refused)]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER},{OTHER}")).start();
    let beat = invoke(&function, json!({})).await;
    assert_eq!(beat, json!({"accounts": 0, "sent": 3, "late": [], "failures": []}));
    let ordered = orders(&rig);
    let groups: BTreeSet<&str> = ordered.iter().map(|(group, _)| group.as_str()).collect();
    assert_eq!(groups, BTreeSet::from([ACCOUNT, MEMBER, OTHER]));
    for state in ["available", "down"] {
        set_state(&rig, state);
        for (_, body) in ordered.iter().chain(&ordered) {
            assert_eq!(deliver(&function, body).await.unwrap(), json!({"batchItemFailures": []}));
        }
        if state == "available" {
            // The summaries of what was there already.
            rig.received().await;
        }
    }
    let transitions = ids(&rig).await;
    assert_eq!(transitions.len(), 2, "the first sight and the change");
    let received = rig.received().await;
    assert_eq!(received.ids(), [&transitions[1..], &transitions[1..], &transitions[1..]]);

    let member = row(&rig, MEMBER).await;
    assert_eq!((member.cadence, member.items, member.is_enrolled()), (Cadence::Hot, 1, true));
    let refused = row(&rig, OTHER).await;
    assert_eq!((refused.cadence, refused.is_enrolled()), (Cadence::Refused, false));
    assert!(refused.last_error.unwrap().contains("`aws-dx-monitor member-role`"));

    rig.forget_calls();
    rig.recorder.clear();
    let beat = invoke(&function, json!({"dispatch": true})).await;
    assert_eq!(beat, json!({"accounts": 1, "sent": 2, "late": [], "failures": []}), "the refused one is the sweep's");
    let own: Vec<String> = rig.recorder.data_points().iter().map(|point| point.metric.clone()).collect();
    assert_eq!(
        own.join(" "),
        "AccountsWatched AccountsLate AccountsRefused OldestAccountSeconds Items Dispatched",
        "nothing by account"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_finds_what_appears_and_notices_who_leaves() {
    let mut refused = member(2);
    refused.role.answers = RoleAnswer::AccessDenied;
    let (rig, program) = hub([(MEMBER, MemberAccount::default()), (OTHER, refused)]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", "organization").start();
    let sweep = invoke(&function, json!({"sweep": true})).await;
    assert_eq!((&sweep["probed"], &sweep["refused"], &sweep["found"]), (&json!(3), &json!(1), &json!([ACCOUNT])));
    assert_eq!((row(&rig, MEMBER).await.cadence, row(&rig, OTHER).await.cadence), (Cadence::Cold, Cadence::Refused));
    assert_eq!(row(&rig, MEMBER).await.name.as_deref(), Some("account 111122223333"));
    invoke(&function, json!({})).await;
    assert_eq!(orders(&rig).iter().map(|(group, _)| group.as_str()).collect::<Vec<_>>(), [ACCOUNT]);

    // A connection appears, and the other account lets itself be read.
    edit(&rig, MEMBER, |account| account.inventory = member(1).inventory);
    edit(&rig, OTHER, |account| account.role.answers = RoleAnswer::Credentials);
    let sweep = invoke(&function, json!({"sweep": true})).await;
    assert_eq!(sweep["found"], json!([MEMBER, OTHER]));
    rig.forget_calls();
    assert_eq!(invoke(&function, json!({})).await["sent"], 3);
    for (_, body) in orders(&rig) {
        deliver(&function, &body).await.unwrap();
    }
    assert_eq!(
        (row(&rig, MEMBER).await.items, row(&rig, OTHER).await.items, row(&rig, ACCOUNT).await.items),
        (1, 2, 2)
    );

    rig.simulator.edit(|scenario| drop(scenario.accounts.remove(OTHER))).unwrap();
    let sweep = invoke(&function, json!({"sweep": true})).await;
    assert_eq!(sweep["left"], json!([OTHER]));
    assert_eq!(invoke(&function, json!({})).await["sent"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_accounts_that_cannot_be_read_changes_nothing() {
    let (rig, program) = hub([(MEMBER, member(1))]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", "organization").start();
    invoke(&function, json!({"sweep": true})).await;
    rig.direct_connect.on("organizations", "ListAccounts").fail(400, "AccessDeniedException");
    let error = function.invoke(&json!({"sweep": true}), TIMEOUT).await.unwrap_err();
    assert_eq!(error.error_type, "Accounts");
    assert!(error.message.contains("run the monitor in the management account"), "{}", error.message);
    assert!(row(&rig, MEMBER).await.is_listed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_is_down_is_an_error_and_the_next_beat_is_the_retry() {
    let (rig, program) = hub([(MEMBER, member(1))]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER}")).start();
    rig.sinks.on("sqs", "SendMessageBatch").fail(503, "ServiceUnavailable");
    let error = function.invoke(&json!({}), TIMEOUT).await.unwrap_err();
    assert_eq!(error.error_type, "DispatchIncomplete");
    assert!(error.message.starts_with("a message cannot be sent to the queue http"), "{}", error.message);
    rig.recover();
    rig.forget_calls();
    assert_eq!(invoke(&function, json!({})).await["sent"], 2);
    assert_eq!(orders(&rig).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_at_any_call_loses_nothing() {
    let (rig, program) = hub([(MEMBER, member(30))]).await;
    let mut function = program.environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER}")).start();
    deliver(&function, &order(MEMBER)).await.unwrap();
    // Each connection goes down once: one that flaps would be counted rather than announced.
    set_state_of(&rig, 1, "down");
    rig.forget_calls();
    deliver(&function, &order(MEMBER)).await.unwrap();
    let operations: BTreeSet<String> = rig.calls().into_iter().map(|call| call.operation).collect();
    assert!(operations.contains("TransactWriteItems") && operations.contains("PutEvents"), "{operations:?}");
    let mut changed = vec![1];
    for operation in operations.iter().map(String::as_str).chain(["AssumeRole"]) {
        for after in [false, true] {
            let number = changed.len() + 1;
            changed.push(number);
            set_state_of(&rig, number, "down");
            if operation == "AssumeRole" {
                // A process that has no credentials yet.
                function.restart();
            }
            let killer = Arc::new(Mutex::new(Some(function.killer())));
            for proxy in rig.proxies() {
                let (killer, operation) = (Arc::clone(&killer), operation.to_owned());
                let rule = proxy.on_call(move |call| call.operation == operation).times(1);
                let kill = move |_: &Call| {
                    if let Some(killer) = killer.lock().unwrap().take() {
                        killer.kill();
                    }
                };
                if after { rule.after(kill) } else { rule.instead(kill) }
            }
            let died = deliver(&function, &order(MEMBER)).await;
            assert_eq!(died.unwrap_err().error_type, "Runtime.ExitError", "{operation}, after: {after}");
            rig.recover();
            function.restart();
            deliver(&function, &order(MEMBER)).await.unwrap();
        }
    }
    let announced: BTreeSet<String> = rig.received().await.ids()[2].iter().cloned().collect();
    for number in changed {
        let ids = ids_of(&rig, number).await;
        assert_eq!(ids.len(), 2, "dxcon-m{number}: the first sight and the change, each once");
        assert!(announced.contains(&ids[1]), "dxcon-m{number} is announced");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_revoked_for_a_while_costs_no_transition() {
    let (rig, program) = hub([(MEMBER, member(1))]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER}")).start();
    deliver(&function, &order(MEMBER)).await.unwrap();
    edit(&rig, MEMBER, |member| {
        member.role.answers = RoleAnswer::AccessDenied;
        member.faults.push(Fault { kind: Some(FaultKind::AccessDenied), ..Fault::default() });
    });
    for _ in 0..2 {
        assert_eq!(deliver(&function, &order(MEMBER)).await.unwrap(), json!({"batchItemFailures": []}));
    }
    let refused = row(&rig, MEMBER).await;
    assert_eq!(refused.cadence, Cadence::Hot, "it may be a role that is just being replaced");
    assert!(refused.last_error.is_some() && refused.refused_since.is_some());
    assert_eq!(ids(&rig).await.len(), 1, "what is not seen is not gone");
    set_state(&rig, "down");
    edit(&rig, MEMBER, |member| {
        member.role.answers = RoleAnswer::Credentials;
        member.faults.clear();
    });
    deliver(&function, &order(MEMBER)).await.unwrap();
    assert_eq!((ids(&rig).await.len(), row(&rig, MEMBER).await.refused_since), (2, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_300_items_is_counted_on_the_roster() {
    let (rig, program) = hub([(MEMBER, member(300))]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER}")).start();
    deliver(&function, &order(MEMBER)).await.unwrap();
    let row = row(&rig, MEMBER).await;
    assert_eq!((row.items, row.regions), (300, [REGION.to_owned()].into()));
    let log = function.log_containing("\"message\":\"poll\"").await;
    assert!(log.contains("\"items\":300"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_account_alone_may_have_beats_shorter_than_a_minute() {
    let (rig, program) = hub([]).await;
    let function = program.environment("DX_MONITOR_BEAT_SECONDS", "15").start();
    assert_eq!(invoke(&function, json!({})).await["sent"], 4);
    let orders = orders(&rig);
    assert!(orders.iter().all(|(group, body)| group == "own" && body["poll"].get("account").is_none()), "{orders:?}");
    deliver(&function, &orders[0].1).await.unwrap();
    assert_eq!(rig.ids("connection/dxcon-1").await.len(), 1);
    assert!(rig.ledger().roster().await.unwrap().is_empty());
    assert_eq!(rig.recorder.metric("PollSucceeded").len(), 1);
    let error = function.invoke(&json!({"sweep": true}), TIMEOUT).await.unwrap_err();
    assert_eq!(error.message, "this function watches no account but its own: there is none to list");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_queue_nothing_is_dispatched_and_accounts_are_enrolled_all_the_same() {
    let (rig, program) = hub([(MEMBER, member(1))]).await;
    let function = program
        .environment("DX_MONITOR_QUEUE_URL", "")
        .environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER}"))
        .start();
    let error = function.invoke(&json!({"dispatch": true}), TIMEOUT).await.unwrap_err();
    assert_eq!(error.message, "there is no queue to send orders to: set DX_MONITOR_QUEUE_URL");
    invoke(&function, json!({})).await;
    assert_eq!(row(&rig, MEMBER).await.items, 1);
    assert_eq!(rig.ledger().roster_row(ACCOUNT).await.unwrap(), None, "the own account has no row");
    assert!(orders(&rig).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_that_cannot_be_written_fails_the_invocation_and_hides_no_poll() {
    let (rig, program) = hub([(MEMBER, member(1))]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER}")).start();
    rig.dynamodb
        .on_call(|call| call.is("dynamodb", "UpdateItem") && call.json()["Key"]["scope"]["S"] == "accounts")
        .fail(400, "AccessDeniedException");
    let error = deliver(&function, &order(MEMBER)).await.unwrap_err();
    assert!(error.message.starts_with("roster: "), "{}", error.message);
    assert_eq!(ids(&rig).await.len(), 1, "the poll is recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_needs_these_permissions_beside_the_functions_and_no_others() {
    let (rig, program) = hub([(MEMBER, member(1))]).await;
    let unit = ("ou-abcd-11111111".to_owned(), "r-abcd".to_owned());
    rig.simulator.edit(|scenario| scenario.organization.as_mut().unwrap().units.extend([unit])).unwrap();
    for accounts in ["organization", "organization:ou-abcd-11111111"] {
        let function = program.clone().environment("DX_MONITOR_ACCOUNTS", accounts).start();
        invoke(&function, json!({"sweep": true})).await;
        invoke(&function, json!({})).await;
        deliver(&function, &order(MEMBER)).await.unwrap();
    }
    let of_function: BTreeSet<&str> =
        super::calls::NEEDED.iter().filter_map(|needed| needed.split(' ').next()).collect();
    let needed: BTreeSet<String> = rig
        .permissions()
        .into_iter()
        .map(|(action, _)| action.replace("SendMessageBatch", "SendMessage"))
        .filter(|action| !of_function.contains(action.as_str()))
        .collect();
    assert_eq!(needed.into_iter().collect::<Vec<_>>(), NEEDED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_of_a_thousand_accounts_is_seven_calls() {
    let (rig, program) = hub([]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", "organization").start();
    let seen = Some(SystemClock.now());
    let rows = (0..1_000_u64).map(|number| RosterRow {
        cadence: if number % 20 == 0 { Cadence::Hot } else { Cadence::Cold },
        items: if number % 20 == 0 { 40 } else { 0 },
        name: Some(format!("a team with a rather long name {number}")),
        regions: [REGION.to_owned(), "eu-central-1".to_owned(), "global".to_owned()].into(),
        last_poll_at: seen,
        last_ok_at: seen,
        enrolled_at: seen,
        revision: 1,
        ..RosterRow::unknown(format!("{:012}", 111_122_223_333 + number))
    });
    let ledger = rig.ledger();
    for row in rows {
        assert!(ledger.write_roster_row(&row).await.unwrap());
    }
    rig.forget_calls();
    let beat = invoke(&function, json!({})).await;
    assert_eq!((&beat["accounts"], &beat["sent"]), (&json!(1_000), &json!(50)));
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    rig.calls().into_iter().for_each(|call| *calls.entry(call.name()).or_default() += 1);
    let calls: Vec<(&str, usize)> = calls.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(calls, [("dynamodb:Query", 1), ("monitoring:PutMetricData", 1), ("sqs:SendMessageBatch", 5)]);
}
