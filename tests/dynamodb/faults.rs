//! Errors of DynamoDB: conflicts and throttling are tried again, all others are reported as they are.

use std::time::{Duration, Instant};

use aws_dx_monitor::{
    aws::{CallLimits, DynamoLedger},
    domain::{GapProgress, Kind, ParentGap, SinkName, Unmonitored},
    ports::{Covering, Ledger, Progress, Recording, Throttled},
};
use serde_json::{Value, json};

use super::{
    Store,
    store::{patient, rig},
};
use crate::{
    ledger_contract::{
        Rig,
        rig::{EXPIRES_AT, at},
    },
    support::{
        http::{Response, response},
        proxy::Proxy,
    },
};

/// The answer to a transaction that was canceled for these reasons, as AWS words it.
pub fn canceled(reasons: &[Value]) -> Response {
    let codes: Vec<&str> = reasons.iter().map(|reason| reason["Code"].as_str().unwrap()).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "CancellationReasons": reasons,
        "Message": format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]", codes.join(", ")
        ),
    });
    let mut answer = response(400, body.to_string());
    answer.headers_mut().insert("content-type", "application/x-amz-json-1.0".parse().unwrap());
    answer
}

pub fn none() -> Value {
    json!({"Code": "None"})
}

pub fn conflict() -> Value {
    json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"})
}

async fn outage(rig: &Rig<'_, DynamoLedger>) -> aws_dx_monitor::domain::Transition {
    let row = rig.story("dxcon-1", &[]).await;
    rig.after("dxcon-1", &row, "down", at(60))
}

/// What comes of recording an outage when the next transactions are answered so.
async fn record_against(reasons: &[Value], times: usize) -> (anyhow::Result<Recording>, usize) {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let outage = outage(&rig).await;
    proxy.clear();
    proxy.on("dynamodb", "TransactWriteItems").times(times).answer(canceled(reasons));
    let event = crate::ledger_contract::rig::event(&outage);
    let record =
        aws_dx_monitor::ports::Record { transition: &outage, event: &event, passed_by: &[], expires_at: EXPIRES_AT };
    let recorded = ledger.record(record, &[]).await;
    (recorded, proxy.count("dynamodb", "TransactWriteItems"))
}

#[tokio::test]
async fn conflicts_of_transactions_pass() {
    for reasons in [
        [none(), conflict()],
        [conflict(), none()],
        [none(), json!({"Code": "ThrottlingError", "Message": "Throughput exceeds the current capacity"})],
        [json!({"Code": "ProvisionedThroughputExceeded", "Message": "Rate exceeded"}), none()],
        // The row's own earlier write may be the one that is under way: not lost yet.
        [conflict(), json!({"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"})],
    ] {
        let (recorded, calls) = record_against(&reasons, 2).await;
        assert_eq!((recorded.unwrap(), calls), (Recording::Recorded, 3), "{reasons:?}");
    }
}

#[tokio::test]
async fn a_conflict_that_does_not_pass_is_an_error_after_six_attempts() {
    let (recorded, calls) = record_against(&[none(), conflict()], usize::MAX).await;
    let error = format!("{:#}", recorded.unwrap_err());
    assert_eq!(calls, 6);
    assert!(error.contains("connection/dxcon-1"), "{error}");
    let reason = "state row: TransactionConflict: Transaction is ongoing for the item, also when tried again";
    assert!(error.ends_with(reason), "{error}");
}

#[tokio::test]
async fn a_reason_that_stays_is_an_error_at_once() {
    for code in ["ItemCollectionSizeLimitExceeded", "ValidationError"] {
        let (recorded, calls) = record_against(&[json!({"Code": code, "Message": "Told."}), none()], 1).await;
        let error = format!("{:#}", recorded.unwrap_err());
        assert_eq!(calls, 1);
        assert!(error.ends_with(&format!("history row: {code}: Told.")), "{error}");
    }
}

#[tokio::test]
async fn a_row_without_cursors_gets_them_also_where_the_refusal_names_the_action() {
    let message = "The document path provided in the update expression is invalid for update";
    let (recorded, calls) = record_against(&[none(), json!({"Code": "ValidationError", "Message": message})], 1).await;
    assert_eq!((recorded.unwrap(), calls), (Recording::Recorded, 2));
    let (recorded, calls) =
        record_against(&[none(), json!({"Code": "ValidationError", "Message": message})], usize::MAX).await;
    assert!(format!("{:#}", recorded.unwrap_err()).ends_with(message));
    assert_eq!(calls, 2);
}

#[tokio::test]
async fn a_refusal_without_reasons_is_reported() {
    let (recorded, _) = record_against(&[none(), none()], 1).await;
    let error = format!("{:#}", recorded.unwrap_err());
    assert!(error.ends_with(r#"the transaction was canceled, with the reasons ["None", "None"]"#), "{error}");
}

#[tokio::test]
async fn throttling_and_conflicts_pass_for_every_write() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let fail = |proxy: &Proxy, operation: &str, status, code: &str| {
        proxy.clear();
        proxy.on("dynamodb", operation).times(2).fail(status, code);
    };
    let row = rig.story("dxcon-1", &["down", "available"]).await;
    for (sequence, status, code) in [
        (1, 400, "TransactionConflictException"),
        (2, 400, "ThrottlingException"),
        (3, 400, "ProvisionedThroughputExceededException"),
        (3, 500, "InternalServerError"),
    ] {
        fail(&proxy, "UpdateItem", status, code);
        rig.acknowledge("dxcon-1", SinkName::SNS, sequence).await;
        assert_eq!(proxy.count("dynamodb", "UpdateItem"), 3, "{code}");
        assert_eq!(rig.row("dxcon-1").await.cursor("sns"), sequence);
    }
    for (minute, code) in
        (3..).zip(["TransactionInProgressException", "ThrottlingException", "ProvisionedThroughputExceededException"])
    {
        let row = rig.row("dxcon-1").await;
        fail(&proxy, "TransactWriteItems", 400, code);
        let next = rig.after("dxcon-1", &row, &format!("word-{minute}"), at(60 * minute));
        assert_eq!(rig.record(&next).await, Recording::Recorded);
        assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 3, "{code}");
    }
    fail(&proxy, "Query", 400, "ThrottlingException");
    assert_eq!(rig.row("dxcon-1").await.sequence, row.sequence + 3);
    assert_eq!(proxy.count("dynamodb", "Query"), 3);
}

#[tokio::test]
async fn coverage_survives_a_conflict_and_reports_other_failures() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let unmonitored =
        Unmonitored { scope: rig.scope.clone(), kind: Kind::Lag, parent: None, from: at(0), to: at(1_000) };
    proxy.on("dynamodb", "TransactWriteItems").times(2).answer(canceled(&[none(), conflict()]));
    assert_eq!(ledger.cover(&unmonitored, EXPIRES_AT).await.unwrap(), Covering::Refused(None));
    assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 3);
    proxy.on("dynamodb", "TransactWriteItems").answer(canceled(&[none(), conflict()]));
    let error = format!("{:#}", ledger.cover(&unmonitored, EXPIRES_AT).await.unwrap_err());
    assert!(error.contains("poll row: TransactionConflict"), "{error}");
}

/// What a poll at `second` makes of the gaps under sixty parents: more than one update holds.
fn sixty_gaps(second: i64, gap: GapProgress) -> Progress {
    let parents = (0..60).map(|number| (format!("dxcon-{number}"), gap)).collect();
    let kind = Kind::HostedConnection;
    Progress { gaps: [(kind, parents)].into(), ..Progress::listed(at(second), [kind]) }
}

#[tokio::test]
async fn unread_children_never_count_as_read_however_many_parents_there_are() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let hosted = async || {
        let poll = rig.recall().await.poll.unwrap_or_default();
        let hosted = poll.kinds.get(&Kind::HostedConnection).cloned().unwrap_or_default();
        (hosted.gaps.len(), hosted.last_complete_at)
    };
    let fail_after = |calls| {
        proxy.recover();
        proxy.on("dynamodb", "UpdateItem").skip(calls).fail(400, "AccessDeniedException");
    };
    let begins = GapProgress::Begins(ParentGap { since: Some(at(0)), settled_at: None });
    for (calls, gaps) in [(0, 0), (1, 25), (2, 50), (3, 60)] {
        fail_after(calls);
        ledger.progress(&rig.scope, &sixty_gaps(60, begins)).await.unwrap_err();
        assert_eq!(hosted().await, (gaps, None), "after {calls} calls: the listing does not count yet");
    }
    proxy.recover();
    ledger.progress(&rig.scope, &sixty_gaps(60, begins)).await.unwrap();
    assert_eq!(hosted().await, (60, Some(at(60))));

    fail_after(2);
    ledger.progress(&rig.scope, &sixty_gaps(120, GapProgress::Ends)).await.unwrap_err();
    assert_eq!(hosted().await, (35, Some(at(120))), "a gap that is too long does no harm");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let store = Store::new().await;
    let ledger = store.ledger_of("no-such-states", "no-such-history");
    let rig = rig(&ledger);
    let error = format!("{:#}", ledger.recall(&rig.scope).await.unwrap_err());
    assert!(error.contains(r#"Query on table "no-such-states": ResourceNotFoundException"#), "{error}");
    assert!(error.ends_with("deploy it, or correct DX_MONITOR_STATE_TABLE)"), "{error}");
    let error = format!("{:#}", ledger.pending(&rig.path("dxcon-1").into(), 0).await.unwrap_err());
    assert!(error.contains(r#""no-such-history""#) && error.contains("DX_MONITOR_HISTORY_TABLE"), "{error}");
}

#[tokio::test]
async fn a_missing_permission_is_named_and_not_tried_again() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let outage = outage(&rig).await;
    proxy.clear();
    proxy.on("dynamodb", "TransactWriteItems").fail(400, "AccessDeniedException");
    let event = crate::ledger_contract::rig::event(&outage);
    let record =
        aws_dx_monitor::ports::Record { transition: &outage, event: &event, passed_by: &[], expires_at: EXPIRES_AT };
    let error = format!("{:#}", ledger.record(record, &[]).await.unwrap_err());
    let error = error.replace(&store.tables.states, "STATES").replace(&store.tables.history, "HISTORY");
    insta::assert_snapshot!(error, @r#"a transition of 123456789012/us-east-1 cannot be recorded: connection/dxcon-1 "available" -> "down" degraded #2 since 2026-11-22T03:13:00.123Z: DynamoDB TransactWriteItems on table "HISTORY" and table "STATES": AccessDeniedException: The test wants AccessDeniedException. (allow dynamodb:PutItem and dynamodb:UpdateItem on table "HISTORY" and table "STATES")"#);
    assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 1);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_reported_before_the_time_of_a_recall_is_over() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied_within(&CallLimits::LEDGER);
    let rig = rig(&ledger);
    let gate = proxy.on("dynamodb", "Query").hold();
    let start = Instant::now();
    let error = format!("{:#}", ledger.recall(&rig.scope).await.unwrap_err());
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(error.contains("Query on table") && error.contains("4.5s"), "{error}");
    assert!(proxy.count("dynamodb", "Query") > 1, "an attempt that hangs is given up before the call is");
    gate.open();
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_reported() {
    let store = Store::new().await;
    let limits = CallLimits { attempts: 2, ..patient() };
    let ledger = {
        let (_proxy, ledger) = store.proxied_within(&limits);
        ledger
    };
    let error = format!("{:#}", ledger.recall(&rig(&ledger).scope).await.unwrap_err());
    assert!(error.to_lowercase().contains("connection refused"), "{error}");
}

#[tokio::test]
async fn first_sights_that_a_partition_takes_no_more_of_may_be_offered_again() {
    let first_sight = |reasons: Vec<Value>| async move {
        let store = Store::new().await;
        let (proxy, ledger) = store.proxied();
        let rig = rig(&ledger);
        let transition = rig.first("dxcon-1", "available", at(0));
        let event = crate::ledger_contract::rig::event(&transition);
        let record = aws_dx_monitor::ports::Record {
            transition: &transition,
            event: &event,
            passed_by: &[],
            expires_at: EXPIRES_AT,
        };
        proxy.on("dynamodb", "TransactWriteItems").answer(canceled(&reasons));
        ledger.record_baseline(&rig.scope, &[record], &[]).await.unwrap_err()
    };
    for code in ["ThrottlingError", "ProvisionedThroughputExceeded"] {
        let error = first_sight(vec![json!({"Code": code, "Message": "Too much."}), none()]).await;
        assert!(error.is::<Throttled>(), "{error:#}");
        assert!(format!("{error:#}").contains(&format!("{code}: Too much.")), "{error:#}");
    }
    let error = first_sight(vec![conflict(), none()]).await;
    assert!(!error.is::<Throttled>(), "{error:#}");
}
