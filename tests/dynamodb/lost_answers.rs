//! Every write whose answer is lost is made again, and finds its own effect.

use aws_dx_monitor::{
    aws::DynamoLedger,
    domain::{
        Amendment, Confirmation, Event, FoldStep, Folding, Kind, SinkName, Span, StateRow, Suspicion, Transition,
        Unmonitored,
    },
    ports::{Covering, History, Ledger, Record, Recording},
};

use super::{
    Store,
    store::{first_progress, rig},
};
use crate::{
    ledger_contract::{
        Rig,
        incident_rig::{change, id, membership, new},
        rig::{EXPIRES_AT, SINKS, at, event, suspect},
    },
    support::proxy::Proxy,
};

/// Loses the answer to the next call of `operation`.
fn lose(proxy: &Proxy, operation: &str) {
    proxy.clear();
    proxy.on("dynamodb", operation).times(1).lose_answer();
}

#[tokio::test]
async fn a_first_sight_and_a_transition_are_recorded() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    lose(&proxy, "TransactWriteItems");
    assert_eq!(rig.record(&rig.first("dxcon-1", "available", at(0))).await, Recording::Recorded);
    assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 2);
    let row = rig.row("dxcon-1").await;
    lose(&proxy, "TransactWriteItems");
    assert_eq!(rig.record(&rig.after("dxcon-1", &row, "down", at(60))).await, Recording::Recorded);
    assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 2);
    assert_eq!(rig.sequences("dxcon-1").await, [1, 2]);
}

#[tokio::test]
async fn a_confirmed_suspect_is_recorded() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    rig.suspect("dxcon-1", suspect(Suspicion::Unknown, 2, 60)).await;
    let row = rig.row("dxcon-1").await;
    let mut confirmation = rig.after("dxcon-1", &row, "unknown", at(60));
    confirmation.previous.as_mut().unwrap().confirmed =
        row.suspect.map(|suspect| Confirmation { suspect, missed_at: None });
    lose(&proxy, "TransactWriteItems");
    assert_eq!(rig.record(&confirmation).await, Recording::Recorded);
    assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 2);
}

#[tokio::test]
async fn a_race_is_lost_all_the_same_to_another_writer() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let (mine, theirs_ledger) = (rig(&ledger), store.ledger());
    let theirs = rig(&theirs_ledger);
    let row = mine.story("dxcon-1", &[]).await;
    // Same item, same sequence, same instant, and yet not the same.
    let gate = proxy.on("dynamodb", "TransactWriteItems").times(1).hold();
    let (one, other) = (mine.after("dxcon-1", &row, "down", at(60)), mine.after("dxcon-1", &row, "deleting", at(61)));
    let racing = async {
        gate.arrived(1).await;
        assert_eq!(theirs.record(&other).await, Recording::Recorded);
        gate.open();
    };
    let (lost, ()) = futures::join!(mine.record(&one), racing);
    assert_eq!(lost, Recording::Lost);
    assert_eq!(mine.sequences("dxcon-1").await, [1, 2]);
    assert_eq!(mine.row("dxcon-1").await.state.value(), "deleting");
}

#[tokio::test]
async fn a_transition_is_recorded_although_another_poll_went_on_before_the_repeat() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let (mine, theirs_ledger) = (rig(&ledger), store.ledger());
    let theirs = rig(&theirs_ledger);
    let row = mine.story("dxcon-1", &[]).await;
    let outage = mine.after("dxcon-1", &row, "down", at(60));
    proxy.on("dynamodb", "TransactWriteItems").times(1).lose_answer();
    let gate = proxy.on("dynamodb", "TransactWriteItems").times(1).hold();
    let meanwhile = async {
        gate.arrived(1).await;
        theirs.go_on("dxcon-1", &["available"]).await;
        gate.open();
    };
    let (recorded, ()) = futures::join!(mine.record(&outage), meanwhile);
    assert_eq!(recorded, Recording::Recorded);
    assert_eq!(mine.sequences("dxcon-1").await, [1, 2, 3]);
}

#[tokio::test]
async fn a_baseline_is_written_once() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let firsts: Vec<Transition> = (0..3).map(|n| rig.first(&format!("dxcon-{n}"), "available", at(0))).collect();
    let events: Vec<Event> = firsts.iter().map(event).collect();
    let records: Vec<Record<'_>> = (firsts.iter().zip(&events))
        .map(|(transition, event)| Record { transition, event, passed_by: &[], expires_at: EXPIRES_AT })
        .collect();
    lose(&proxy, "TransactWriteItems");
    ledger.record_baseline(&rig.scope, &records, &SINKS).await.unwrap();
    assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 2);
    assert_eq!(rig.recall().await.states.len(), 3);
    assert_eq!(rig.sequences("dxcon-2").await, [1]);
}

/// The step that opens an incident with one document and one member.
fn opening(rig: &Rig<'_, DynamoLedger>, row: &StateRow) -> FoldStep {
    FoldStep {
        members: vec![membership("dxcon-1", row, Some(id(1)))],
        incidents: vec![new(1, rig.documents(1, 1..=1))],
        ..rig.step(0)
    }
}

#[tokio::test]
async fn a_step_of_a_fold_is_written() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let step = opening(&rig, &rig.goes_down("dxcon-1").await);
    lose(&proxy, "TransactWriteItems");
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 2);
    assert_eq!((rig.revision().await, rig.told(1).await.len()), (1, 1));
    lose(&proxy, "TransactWriteItems");
    let incidents = vec![change(1, 1, rig.documents(1, 2..=2))];
    assert_eq!(rig.fold(&FoldStep { incidents, ..rig.step(1) }).await, Folding::Folded);
    assert_eq!((rig.revision().await, rig.told(1).await.len()), (2, 2));
}

#[tokio::test]
async fn a_step_is_written_once_although_another_poll_folded_on_before_the_repeat() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let (mine, theirs_ledger) = (rig(&ledger), store.ledger());
    let theirs = rig(&theirs_ledger);
    let step = opening(&mine, &mine.goes_down("dxcon-1").await);
    proxy.on("dynamodb", "TransactWriteItems").times(1).lose_answer();
    let gate = proxy.on("dynamodb", "TransactWriteItems").times(1).hold();
    let meanwhile = async {
        gate.arrived(1).await;
        let incidents = vec![change(1, 1, theirs.documents(1, 2..=2))];
        assert_eq!(theirs.fold(&FoldStep { incidents, ..theirs.step(1) }).await, Folding::Folded);
        gate.open();
    };
    // Whether it is said to be refused is a matter of whether DynamoDB still remembers the call. A refused poll recalls what
    // it has written itself.
    let (_, ()) = futures::join!(mine.fold(&step), meanwhile);
    assert_eq!((mine.revision().await, mine.told(1).await.len()), (2, 2));
}

#[tokio::test]
async fn a_step_is_refused_where_another_poll_folded_first() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let (mine, theirs_ledger) = (rig(&ledger), store.ledger());
    let theirs = rig(&theirs_ledger);
    let step = opening(&mine, &mine.goes_down("dxcon-1").await);
    let gate = proxy.on("dynamodb", "TransactWriteItems").times(1).hold();
    let racing = async {
        gate.arrived(1).await;
        theirs.open(2, 1).await;
        gate.open();
    };
    let (folding, ()) = futures::join!(mine.fold(&step), racing);
    assert_eq!(folding, Folding::Refused);
    assert_eq!((mine.told(1).await.len(), mine.row("dxcon-1").await.group), (0, None));
}

#[tokio::test]
async fn amendments_cursors_and_marks_are_written() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let row = rig.story("dxcon-1", &["deleted"]).await;
    let amendment = Amendment {
        suspect: Some(suspect(Suspicion::Absent, 1, 90)),
        expires_at: Some(EXPIRES_AT),
        details: Some(rig.item("dxcon-1").into()),
        ..Amendment::of(&rig.key("dxcon-1"), &row)
    };
    lose(&proxy, "UpdateItem");
    assert_eq!(rig.amend(&amendment).await, Recording::Recorded);
    assert_eq!(proxy.count("dynamodb", "UpdateItem"), 2);

    lose(&proxy, "UpdateItem");
    rig.acknowledge("dxcon-1", SinkName::SNS, 2).await;
    assert_eq!(proxy.count("dynamodb", "UpdateItem"), 2);
    assert_eq!(rig.row("dxcon-1").await.cursor("sns"), 2);

    for (sink, calls) in [(SinkName::SNS, 3), (SinkName::EVENTBRIDGE, 3)] {
        lose(&proxy, "UpdateItem");
        rig.park("dxcon-1", 60, sink, "expired").await.unwrap();
        assert_eq!(proxy.count("dynamodb", "UpdateItem"), calls, "{sink}");
    }
    let parked = &rig.history("dxcon-1").await[1].parked;
    assert_eq!(parked.keys().collect::<Vec<_>>(), ["eventbridge", "sns"]);
}

#[tokio::test]
async fn progress_and_coverage_are_written() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let progress = first_progress();
    lose(&proxy, "PutItem");
    proxy.on("dynamodb", "UpdateItem").times(1).lose_answer();
    ledger.progress(&rig.scope, &progress).await.unwrap();
    assert_eq!(proxy.count("dynamodb", "PutItem"), 2);
    // The repeat finds its own effect, and writes the same once more.
    assert_eq!(proxy.count("dynamodb", "UpdateItem"), 2);

    lose(&proxy, "UpdateItem");
    rig.announced(&[Kind::Lag], SinkName::SNS, true, 1).await;
    assert_eq!(proxy.count("dynamodb", "UpdateItem"), 2);

    lose(&proxy, "TransactWriteItems");
    let unmonitored =
        Unmonitored { scope: rig.scope.clone(), kind: Kind::Lag, parent: None, from: at(0), to: at(1_000) };
    assert_eq!(ledger.cover(&unmonitored, EXPIRES_AT).await.unwrap(), Covering::Written);
    assert_eq!(proxy.count("dynamodb", "TransactWriteItems"), 2);

    let poll = rig.poll().await;
    assert_eq!(poll.last_complete_at(Kind::Lag), Some(at(1_000)));
    let lag = &poll.kinds[&Kind::Lag];
    assert_eq!((lag.baseline_at, lag.baseline_announced), (Some(at(0)), Some(at(1))));
    assert_eq!(ledger.unmonitored(&unmonitored.path(), Span::new(at(0), at(2_000))).await.unwrap(), [unmonitored]);
}
