//! A step of a fold in DynamoDB: the rows as they are written, the limits of a transaction, and what cancels one.

use aws_dx_monitor::{
    aws::DynamoLedger,
    domain::{FoldStep, Folding, IncidentWrite, SinkName, Span},
    ports::{History, Ledger, Progress},
};
use serde_json::{Value, json};

use super::{
    Store,
    faults::{canceled, conflict, none},
    rows::told,
    store::{NONE, first_progress, map, number, rig, string},
};
use crate::{
    ledger_contract::{
        Rig,
        incident_rig::{change, cursors_of, id, membership, new},
        rig::{EXPIRES_AT, SINKS, at, cursors},
    },
    support::proxy::call::Call,
};

/// The step that opens an incident with one document, of one member without a cursor of folding.
async fn opening(rig: &Rig<'_, DynamoLedger>) -> FoldStep {
    let row = rig.story("dxcon-1", &["down"]).await;
    FoldStep {
        members: vec![membership("dxcon-1", &row, Some(id(1)))],
        incidents: vec![new(1, rig.documents(1, 1..=1))],
        ..rig.step(0)
    }
}

fn incident_row(rig: &Rig<'_, DynamoLedger>, number: u128) -> String {
    format!("{} | incident/{}", rig.scope, id(number))
}

#[tokio::test]
async fn a_step_is_a_row_of_the_scope_rows_of_incidents_and_documents_in_history() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    let over = IncidentWrite { expires_at: Some(EXPIRES_AT), ..new(1, rig.documents(1, 1..=1)) };
    let step = FoldStep { incidents: vec![over], ..rig.step(0) };
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    insta::assert_snapshot!(told(&store.states().await).replace(&step.id().to_string(), "(the id of the step)"), @r#"
    123456789012/us-east-1 | fold
        item: {"S":"fold"}
        revision: {"N":"1"}
        scope: {"S":"123456789012/us-east-1"}
        step: {"S":"(the id of the step)"}
    123456789012/us-east-1 | incident/9a1f3c5e-0000-0000-0000-000000000001
        announced: {"M":{"eventbridge":{"N":"0"},"sns":{"N":"0"}}}
        expires_at: {"N":"1829877120"}
        incident: {"M":{"category":{"S":"outage"},"changed_at":{"S":"2026-11-22T03:13:00.123Z"},"circumstances":{"M":{"acknowledged":{"M":{"at":{"S":"1970-01-01T00:00:00.004Z"},"by":{"S":"anna"},"note":{"S":"on it"}}},"ended":{"M":{"announcedAt":{"S":"1970-01-01T00:00:00.000Z"},"by":{"S":"silence"},"from":{"S":"1970-01-01T00:00:00.001Z"},"id":{"S":"1"},"title":{"S":"work"},"until":{"S":"1970-01-01T00:00:00.002Z"}}},"evidence":{"L":[{"M":{"at":{"S":"1970-01-01T00:00:00.005Z"},"by":{"S":"anna"},"id":{"S":"event"},"summary":{"S":"DeleteVirtualInterface by anna"},"type":{"S":"api-call"}}}]},"people":{"M":{"impact":{"S":"reduced"},"root":{"M":{"id":{"S":"dxlag-1"},"kind":{"S":"lag"}}},"severity":{"S":"warning"}}},"silence":{"M":{"even_outage":{"BOOL":true},"planned":{"M":{"announcedAt":{"S":"1970-01-01T00:00:00.000Z"},"by":{"S":"silence"},"from":{"S":"1970-01-01T00:00:00.001Z"},"id":{"S":"1"},"title":{"S":"work"},"until":{"S":"1970-01-01T00:00:00.002Z"}}}}},"silence_over_at":{"S":"1970-01-01T00:00:00.003Z"},"unsteady_since":{"S":"1970-01-01T00:00:00.003Z"},"work":{"M":{"announcedAt":{"S":"1970-01-01T00:00:00.000Z"},"by":{"S":"aws-health"},"from":{"S":"1970-01-01T00:00:00.001Z"},"id":{"S":"1"},"title":{"S":"work"},"until":{"S":"1970-01-01T00:00:00.002Z"}}},"work_is_over":{"BOOL":true}}},"down_milliseconds":{"N":"0"},"down_since":{"S":"2026-11-22T03:13:00.123Z"},"flapping":{"M":{"at":{"S":"2026-11-22T03:13:00.123Z"},"penalty":{"N":"1000"}}},"grown_at":{"S":"2026-11-22T03:13:00.123Z"},"last_document_at":{"S":"2026-11-22T03:13:00.123Z"},"last_seen_at":{"S":"2026-11-22T03:12:00.123Z"},"opened_at":{"S":"2026-11-22T03:13:01.123Z"},"outages":{"N":"1"},"reminders":{"N":"0"},"root":{"M":{"id":{"S":"EqDC2-abc"},"kind":{"S":"device"}}},"since":{"S":"2026-11-22T03:13:00.123Z"},"status":{"S":"open"},"told":{"M":{"count":{"N":"1"},"impact":{"S":"unknown"},"people":{"BOOL":true},"root":{"M":{"id":{"S":"EqDC2-abc"},"kind":{"S":"device"}}},"severity":{"S":"critical"}}}}}
        item: {"S":"incident/9a1f3c5e-0000-0000-0000-000000000001"}
        scope: {"S":"123456789012/us-east-1"}
        sequence: {"N":"1"}
    "#);
    insta::assert_snapshot!(told(&store.history().await), @r#"
    123456789012/us-east-1/incident/9a1f3c5e-0000-0000-0000-000000000001 | 2026-11-22T03:13:00.123Z
        day: {"S":"2026-11-22#2"}
        event: {"M":{"action":{"S":"trigger"},"dedupKey":{"S":"9a1f3c5e-0000-0000-0000-000000000001"},"incident":{"M":{"account":{"S":"123456789012"},"affected":{"M":{"byKind":{"M":{}},"count":{"N":"1"},"items":{"L":[]},"more":{"N":"0"}}},"category":{"S":"outage"},"cause":{"S":"All connections of the device are down."},"downSeconds":{"N":"0"},"id":{"S":"9a1f3c5e-0000-0000-0000-000000000001"},"impact":{"M":{"destinations":{"L":[]},"level":{"S":"unknown"}}},"lastSeenAt":{"S":"2026-11-22T03:12:00.123Z"},"outages":{"N":"1"},"region":{"S":"us-east-1"},"root":{"M":{"id":{"S":"EqDC2-abc"},"kind":{"S":"device"},"location":{"S":"EqDC2"}}},"since":{"S":"2026-11-22T03:13:00.123Z"}}},"metadata":{"M":{"chat":{"BOOL":true},"id":{"S":"00000000-0000-0001-0000-000000000001"},"incidentId":{"S":"9a1f3c5e-0000-0000-0000-000000000001"},"people":{"BOOL":true},"recordedAt":{"S":"2026-11-22T03:13:00.123Z"},"sequence":{"N":"1"},"version":{"S":"1"}}},"reason":{"S":"opened"},"severity":{"S":"critical"},"status":{"S":"open"},"summary":{"S":"[critical] device EqDC2-abc down"}}}
        expires_at: {"N":"1829877120"}
        item: {"S":"123456789012/us-east-1/incident/9a1f3c5e-0000-0000-0000-000000000001"}
        occurred_at: {"S":"2026-11-22T03:13:00.123Z"}
        sequence: {"N":"1"}
    "#);
}

#[tokio::test]
async fn a_member_has_its_incident_and_a_cursor_beside_those_of_the_sinks() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.fold(&opening(&rig).await).await;
    let rows = store.states().await;
    let row = &rows[&format!("{} | connection/dxcon-1", rig.scope)];
    assert_eq!(row["group"], json!({"S": id(1)}));
    assert_eq!(row["announced"], json!({"M": {"eventbridge": {"N": "0"}, "incidents": {"N": "2"}, "sns": {"N": "0"}}}));
}

#[tokio::test]
async fn a_step_of_a_hundred_rows_is_one_transaction_and_a_larger_one_is_an_error() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let mut step = FoldStep { incidents: (1..=49).map(|n| new(n, rig.documents(n, 1..=1))).collect(), ..rig.step(0) };
    step.incidents.push(new(50, Vec::new()));
    assert_eq!(step.rows(), 100);
    let mut too_many = step.clone();
    too_many.incidents.push(new(51, Vec::new()));
    let error = format!("{:#}", ledger.fold(&too_many, &SINKS).await.unwrap_err());
    assert_eq!(
        error,
        "a step of folding 123456789012/us-east-1 cannot be written: it writes 101 rows, and DynamoDB takes 100 in one \
         transaction"
    );
    assert_eq!(proxy.calls().len(), 0);
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    let actions = |call: &Call| call.json()["TransactItems"].as_array().unwrap().len();
    assert_eq!(proxy.calls().iter().map(actions).collect::<Vec<_>>(), [100]);
    assert_eq!(rig.recall().await.incidents.len(), 50);
}

#[tokio::test]
async fn rows_without_cursors_get_them_with_the_step() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.open(2, 1).await;
    let mut step = opening(&rig).await;
    step.revision = 1;
    step.incidents.push(change(2, 1, rig.documents(2, 2..=2)));
    store.tamper(&rig.scope, "connection/dxcon-1", &[("announced", NONE)]).await;
    store.tamper(&rig.scope, &format!("incident/{}", id(2)), &[("announced", NONE)]).await;
    assert_eq!(cursors_of(&rig.incident(2).await), []);
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("incidents", 2)]);
    assert_eq!(cursors_of(&rig.incident(2).await), [("eventbridge", 1), ("sns", 1)]);
}

/// What comes of a step when the next transactions are answered so: its row of the scope, its member, its incident and
/// its document.
async fn fold_against(reasons: &[Value; 4], times: usize) -> (anyhow::Result<Folding>, usize) {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let step = opening(&rig).await;
    proxy.clear();
    proxy.on("dynamodb", "TransactWriteItems").times(times).answer(canceled(reasons));
    let folding = ledger.fold(&step, &SINKS).await;
    (folding, proxy.count("dynamodb", "TransactWriteItems"))
}

fn refused() -> Value {
    json!({"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"})
}

#[tokio::test]
async fn a_conflict_is_no_refusal() {
    let throttled = json!({"Code": "ThrottlingError", "Message": "Throughput exceeds the current capacity"});
    for reasons in [
        [conflict(), none(), none(), none()],
        [none(), none(), none(), throttled],
        [none(), refused(), conflict(), none()],
    ] {
        let (folding, calls) = fold_against(&reasons, 2).await;
        assert_eq!((folding.unwrap(), calls), (Folding::Folded, 3), "{reasons:?}");
    }
}

#[tokio::test]
async fn a_condition_refuses_at_once_whichever_it_is() {
    for place in 0..4 {
        let mut reasons = [none(), none(), none(), none()];
        reasons[place] = refused();
        let (folding, calls) = fold_against(&reasons, usize::MAX).await;
        assert_eq!((folding.unwrap(), calls), (Folding::Refused, 1), "{reasons:?}");
    }
}

#[tokio::test]
async fn a_step_with_the_id_of_another_is_not_ours() {
    let mut reason = refused();
    reason["Item"] = json!({"revision": {"N": "1"}, "step": {"S": id(7)}});
    let (folding, _) = fold_against(&[reason, none(), none(), none()], 1).await;
    assert_eq!(folding.unwrap(), Folding::Refused);
}

#[tokio::test]
async fn what_else_is_wrong_is_an_error_that_names_the_row() {
    let wrong = || json!({"Code": "ItemCollectionSizeLimitExceeded", "Message": "Told."});
    for (place, row) in [
        (0, "the row \"fold\"".to_owned()),
        (1, "connection/dxcon-1".to_owned()),
        (2, format!("incident/{}", id(1))),
        (3, "a document".to_owned()),
    ] {
        let mut reasons = [none(), none(), none(), none()];
        reasons[place] = wrong();
        let error = format!("{:#}", fold_against(&reasons, 1).await.0.unwrap_err());
        assert!(error.starts_with("a step of folding 123456789012/us-east-1 cannot be written: "), "{error}");
        assert!(error.ends_with(&format!("{row}: ItemCollectionSizeLimitExceeded: Told.")), "{error}");
    }
    let error = format!("{:#}", fold_against(&[none(), none(), none(), none()], 1).await.0.unwrap_err());
    assert!(error.ends_with("was canceled, with the reasons [\"None\", \"None\", \"None\", \"None\"]"), "{error}");
}

#[tokio::test]
async fn a_map_that_stays_missing_is_an_error_and_not_tried_for_ever() {
    let message = "The document path provided in the update expression is invalid for update";
    let missing = json!({"Code": "ValidationError", "Message": message});
    let reasons = [none(), missing, none(), none()];
    let (folding, calls) = fold_against(&reasons, 1).await;
    assert_eq!((folding.unwrap(), calls), (Folding::Folded, 2));
    let (folding, calls) = fold_against(&reasons, usize::MAX).await;
    assert!(format!("{:#}", folding.unwrap_err()).ends_with(message));
    assert_eq!(calls, 2);
}

#[tokio::test]
async fn a_row_of_an_incident_that_cannot_be_read_is_counted_and_kept() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    rig.open(1, 1).await;
    let newer = map([("category", string("weather"))]);
    let rows = [("incident", newer), ("sequence", number(1)), ("announced", map([("sns", number(1))]))];
    store.tamper(&rig.scope, &format!("incident/{}", id(2)), &rows).await;
    store.tamper(&rig.scope, "incident/2026-7", &rows[1..]).await;
    store.tamper(&rig.scope, &format!("incident/{}", id(3)), &rows[1..]).await;
    let before = store.states().await;
    let recalled = rig.recall().await;
    assert_eq!((recalled.states.len(), recalled.incidents.len(), recalled.unreadable_incidents), (1, 1, 3));
    rig.fold(&FoldStep { incidents: vec![change(1, 1, Vec::new())], ..rig.step(1) }).await;
    let after = store.states().await;
    for row in [&incident_row(&rig, 2), &incident_row(&rig, 3), &format!("{} | incident/2026-7", rig.scope)] {
        assert_eq!(before[row], after[row]);
    }
}

#[tokio::test]
async fn unknown_attributes_survive_a_step() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.fold(&opening(&rig).await).await;
    let mood = [("mood", string("sunny"))];
    let names = ["fold".to_owned(), "connection/dxcon-1".to_owned(), format!("incident/{}", id(1))];
    for name in &names {
        store.tamper(&rig.scope, name, &mood).await;
    }
    let step = FoldStep {
        members: vec![membership("dxcon-1", &rig.row("dxcon-1").await, None)],
        incidents: vec![change(1, 1, rig.documents(1, 2..=2))],
        ..rig.step(1)
    };
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    let rows = store.states().await;
    for name in &names {
        assert_eq!(rows[&format!("{} | {name}", rig.scope)]["mood"], json!({"S": "sunny"}), "{name}");
    }
    assert_eq!(rows[&format!("{} | connection/dxcon-1", rig.scope)].get("group"), None);
}

#[tokio::test]
async fn an_incident_of_an_item_that_cannot_be_read_refuses_and_stays() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.goes_down("dxcon-1").await;
    store.tamper(&rig.scope, "connection/dxcon-1", &[("group", string("the blue ones"))]).await;
    let row = rig.row("dxcon-1").await;
    assert_eq!(row.group, None);
    let members = vec![membership("dxcon-1", &row, Some(id(1)))];
    rig.assert_refused(&FoldStep { members, ..rig.step(0) }).await;
}

#[tokio::test]
async fn documents_without_bounds_reach_beyond_the_last_listing() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    ledger.progress(&rig.scope, &Progress { first_poll: true, ..first_progress() }).await.unwrap();
    let day = 86_400;
    let mut withdrawn = new(1, vec![rig.document(1, 1, 60), rig.document(1, 2, 3 * day)]);
    withdrawn.state.last_document_at = at(3 * day);
    rig.fold(&FoldStep { incidents: vec![withdrawn], ..rig.step(0) }).await;
    let mut sequences = Vec::new();
    let mut keep = |row: aws_dx_monitor::domain::HistoryRow| {
        sequences.push(row.sequence);
        std::ops::ControlFlow::Continue(())
    };
    ledger.each_document(Span::ALWAYS, &mut keep).await.unwrap();
    assert_eq!(sequences, [1, 2]);
}

#[tokio::test]
async fn a_cursor_of_an_incident_is_moved_where_its_map_lacks_others() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.open(1, 2).await;
    store.tamper(&rig.scope, &format!("incident/{}", id(1)), &[("announced", map([("sns", number(0))]))]).await;
    let cursors = [(SinkName::SNS, 2), (SinkName::EVENTBRIDGE, 2)].into();
    ledger.acknowledge(&rig.incident_path(1), &cursors).await.unwrap();
    assert_eq!(cursors_of(&rig.incident(1).await), [("sns", 2)]);
}
