//! Several accounts in one invocation, each with a role of its own: none hides another, and credentials stay where they are.

use std::time::{Duration, Instant};

use aws_dx_monitor::{
    domain::Scope,
    simulator::{Fault, FaultKind, MemberAccount, Role, RoleAnswer},
};
use serde_json::{Value, json};

use super::rig::{ACCOUNT, REGION, Rig, TIMEOUT, connection, connections, good_poll};
use crate::support::runtime_api::Program;

const MEMBER: &str = "111122223333";
const REFUSED: &str = "222233334444";

/// A hub with a member that has one connection, and another whose role answers so.
async fn hub(answers: RoleAnswer) -> Rig {
    let mut scenario = connections(2);
    let mut member = MemberAccount::default();
    member.role.external_id = Some("customer-7".to_owned());
    member.inventory.region_mut(REGION).connections.push(connection("dxcon-member", "available"));
    let other = MemberAccount { role: Role { answers, ..Role::default() }, ..MemberAccount::default() };
    scenario.accounts = [(MEMBER.to_owned(), member), (REFUSED.to_owned(), other)].into();
    Rig::of(scenario).await
}

fn program(rig: &Rig) -> Program {
    rig.watching_connections()
        .environment("AWS_ENDPOINT_URL_STS", rig.direct_connect.endpoint())
        .environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER},{REFUSED}"))
        .environment("DX_MONITOR_EXTERNAL_ID", "customer-7")
        .environment("DX_MONITOR_METRICS", "items")
}

fn edit(rig: &Rig, account: &str, edit: impl FnOnce(&mut MemberAccount)) {
    rig.simulator.edit(|scenario| edit(scenario.accounts.get_mut(account).unwrap())).unwrap();
}

fn items(report: &Value, account: &str) -> Value {
    report["accounts"][account]["items"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_beat_polls_them_all_and_a_refused_one_hides_no_other() {
    let rig = hub(RoleAnswer::AccessDenied).await;
    let function = program(&rig).start();
    let report = good_poll(&function).await;
    assert_eq!((items(&report, ACCOUNT), items(&report, MEMBER)), (json!(2), json!(1)), "{report}");
    let error = report["accounts"][REFUSED]["error"].as_str().unwrap();
    assert!(error.starts_with("the role arn:aws:iam::222233334444:role/aws-dx-monitor-member cannot be"), "{error}");
    assert!(error.contains("AccessDenied") && error.contains("`aws-dx-monitor member-role`"), "{error}");

    let scope = Scope::regional(MEMBER, REGION);
    let history = rig.history_in(&scope, "connection/dxcon-member").await;
    assert_eq!((history.len(), &history[0].event["item"]["account"]), (1, &json!(MEMBER)));
    let levels = rig.recorder.data_points();
    let of_member: Vec<_> = levels.iter().filter(|point| point.dimensions.contains_key("AccountId")).collect();
    assert_eq!(of_member.len(), 1);
    assert_eq!((&of_member[0].dimensions["AccountId"][..], of_member[0].value), (MEMBER, 4.0));
    let succeeded = levels.iter().filter(|point| point.metric == "PollSucceeded").map(|point| point.value);
    assert_eq!(succeeded.collect::<Vec<_>>(), [1.0], "the monitor itself is well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_assumed_once_and_its_credentials_are_logged_nowhere() {
    let rig = hub(RoleAnswer::Credentials).await;
    let function = program(&rig).environment("AWS_LAMBDA_LOG_LEVEL", "TRACE").start();
    for _ in 0..3 {
        good_poll(&function).await;
    }
    assert_eq!(rig.simulator.traffic().roles[MEMBER], 1);
    let logs = function.logs().join("\n");
    assert!(!logs.contains("simulated-secret") && !logs.contains("simulated-token"), "credentials in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_taken_away_and_given_back_is_assumed_anew() {
    let rig = hub(RoleAnswer::Credentials).await;
    let function = program(&rig).start();
    good_poll(&function).await;
    edit(&rig, MEMBER, |member| {
        member.role.answers = RoleAnswer::AccessDenied;
        member.faults.push(Fault { kind: Some(FaultKind::AccessDenied), ..Fault::default() });
    });
    let blind = good_poll(&function).await;
    assert!(!blind["accounts"][MEMBER]["gaps"].as_array().unwrap().is_empty(), "old credentials read nothing: {blind}");
    let refused = good_poll(&function).await;
    assert!(refused["accounts"][MEMBER]["error"].as_str().is_some(), "they are forgotten: {refused}");
    edit(&rig, MEMBER, |member| {
        member.role.answers = RoleAnswer::Credentials;
        member.faults.clear();
        member.inventory.region_mut(REGION).connections[0].connection_state = Some("down".to_owned());
    });
    let back = good_poll(&function).await;
    assert_eq!(back["accounts"][MEMBER]["transitions"], 1, "{back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_hangs_or_is_throttled_delays_no_other() {
    for answers in [RoleAnswer::Hangs, RoleAnswer::Throttling] {
        let rig = hub(answers).await;
        let function = program(&rig).start();
        let began = Instant::now();
        let report = good_poll(&function).await;
        assert_eq!(items(&report, MEMBER), 1);
        assert!(began.elapsed() < Duration::from_secs(20), "it is given up");
        assert!(report["accounts"][REFUSED]["error"].as_str().is_some(), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_external_id_is_a_refusal() {
    let rig = hub(RoleAnswer::Credentials).await;
    let function = program(&rig).environment("DX_MONITOR_EXTERNAL_ID", "another").start();
    let report = good_poll(&function).await;
    assert!(report["accounts"][MEMBER]["error"].as_str().unwrap().contains("the external id"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_for_an_account_is_carried_out_if_it_is_watched() {
    let rig = hub(RoleAnswer::Credentials).await;
    let function = program(&rig).start();
    let order = |account: &str| json!({"poll": {"account": account}});
    assert_eq!(function.invoke(&order(MEMBER), TIMEOUT).await.unwrap()["items"], 1);
    let error = function.invoke(&order("999900001111"), TIMEOUT).await.unwrap_err();
    assert_eq!(error.message, "the account 999900001111 is not among those that are watched");
    let records = json!([{"eventSource": "aws:sqs", "messageId": "m-1", "body": order("999900001111").to_string()}]);
    let answer = function.invoke(&json!({"Records": records}), TIMEOUT).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}), "it would not be watched the next time either");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_account_alone_asks_for_no_role() {
    let rig = hub(RoleAnswer::Credentials).await;
    let function = rig.watching_connections().start();
    let report = good_poll(&function).await;
    assert_eq!((report["items"].clone(), rig.simulator.traffic().roles.len()), (json!(2), 0), "{report}");
}
