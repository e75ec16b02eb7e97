//! Which actions of IAM each method needs, on which table: what a policy of least privilege allows.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use aws_dx_monitor::{
    domain::{
        Acknowledgement, Amendment, Evidence, EvidenceType, FoldStep, ItemPath, Kind, ListedScope, Scope, Selection,
        SinkName, Span, Suspicion, Unmonitored,
    },
    ports::{EvidenceStore, History, Ledger, Record, Windows},
};
use serde_json::Value;

use super::{
    Store,
    store::{first_progress, rig},
};
use crate::{
    ledger_contract::{
        incident_rig::{change, id, membership, new},
        rig::{EXPIRES_AT, SINKS, at, event, suspect},
        windows::silence,
    },
    support::proxy::Proxy,
};

/// The actions since the last time, by table. A transaction is allowed as what it consists of.
fn actions(proxy: &Proxy, store: &Store) -> String {
    let mut actions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut add = |action: &str, request: &Value| {
        let table = if request["TableName"] == store.tables.states.as_str() { "states" } else { "history" };
        let index = request["IndexName"].as_str().map(|index| format!(" (index {index})"));
        actions.entry(table).or_default().insert(format!("{action}{}", index.unwrap_or_default()));
    };
    for call in proxy.calls() {
        let request = call.json();
        match request["TransactItems"].as_array() {
            Some(items) => {
                for (verb, item) in items.iter().flat_map(|item| item.as_object().unwrap()) {
                    add(&format!("{verb}Item"), item);
                }
            }
            None => add(&call.operation, &request),
        }
    }
    proxy.clear();
    let table = |(table, actions): (&str, BTreeSet<String>)| {
        format!("{table}: {}", actions.into_iter().collect::<Vec<_>>().join(", "))
    };
    actions.into_iter().map(table).collect::<Vec<_>>().join("; ")
}

/// The actions of each method that was called.
struct Noted<'a> {
    proxy: &'a Proxy,
    store: &'a Store,
    text: String,
}

impl Noted<'_> {
    /// Notes the actions since the last time as those of `method`.
    fn note(&mut self, method: &str) {
        self.text += &format!("{method} - {}\n", actions(self.proxy, self.store));
    }
}

#[tokio::test]
async fn each_write_needs_these() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let (scope, key) = (&rig.scope, rig.key("dxcon-1"));
    let mut noted = Noted { proxy: &proxy, store: &store, text: String::new() };

    let first = rig.first("dxcon-0", "available", at(0));
    let first_event = event(&first);
    let record = Record { transition: &first, event: &first_event, passed_by: &[], expires_at: EXPIRES_AT };
    ledger.record_baseline(scope, &[record], &SINKS).await.unwrap();
    noted.note("record_baseline");
    rig.record(&rig.first("dxcon-1", "available", at(0))).await;
    noted.note("record, of a new item");
    let row = rig.row("dxcon-1").await;
    noted.note("recall");
    rig.record(&rig.after("dxcon-1", &row, "down", at(60))).await;
    noted.note("record");
    let row = rig.row("dxcon-1").await;
    proxy.clear();
    let mut amendment = Amendment::of(&key, &row);
    amendment.suspect = Some(suspect(Suspicion::Absent, 1, 60));
    rig.amend(&amendment).await;
    noted.note("amend");
    rig.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    noted.note("acknowledge");
    let members = vec![membership("dxcon-1", &row, Some(id(1)))];
    let opening = FoldStep { members, incidents: vec![new(1, rig.documents(1, 1..=1))], ..rig.step(0) };
    rig.fold(&opening).await;
    noted.note("fold, with a new incident");
    rig.fold(&FoldStep { incidents: vec![change(1, 1, rig.documents(1, 2..=2))], ..rig.step(1) }).await;
    noted.note("fold, with an incident that is there");
    rig.park("dxcon-1", 0, SinkName::SNS, "expired").await.unwrap();
    noted.note("park");
    ledger.progress(scope, &first_progress()).await.unwrap();
    noted.note("progress");
    rig.announced(&[Kind::Lag], SinkName::SNS, true, 1).await;
    noted.note("baseline_announced");
    ledger.cover(&unmonitored(scope), EXPIRES_AT).await.unwrap();
    noted.note("cover");
    ledger.relist(&ListedScope { scope: scope.clone(), retired_at: Some(at(0)) }).await.unwrap();
    noted.note("relist");
    insta::assert_snapshot!(noted.text, @"
    record_baseline - history: PutItem; states: PutItem
    record, of a new item - history: PutItem; states: PutItem
    recall - states: Query
    record - history: PutItem; states: UpdateItem
    amend - states: UpdateItem
    acknowledge - states: UpdateItem
    fold, with a new incident - history: PutItem; states: PutItem, UpdateItem
    fold, with an incident that is there - history: PutItem; states: UpdateItem
    park - history: UpdateItem
    progress - states: PutItem, UpdateItem
    baseline_announced - states: UpdateItem
    cover - history: PutItem; states: UpdateItem
    relist - states: UpdateItem
    ");
}

/// Unmonitored time of the LAGs of `scope`.
fn unmonitored(scope: &Scope) -> Unmonitored {
    Unmonitored { scope: scope.clone(), kind: Kind::Lag, parent: None, from: at(0), to: at(1_000) }
}

#[tokio::test]
async fn each_read_needs_these() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let (scope, key) = (&rig.scope, rig.key("dxcon-1"));
    rig.story("dxcon-1", &["available"]).await;
    ledger.progress(scope, &first_progress()).await.unwrap();
    proxy.clear();
    let mut noted = Noted { proxy: &proxy, store: &store, text: String::new() };

    rig.pending("dxcon-1", 0).await;
    noted.note("pending");
    ledger.revision(scope).await.unwrap();
    noted.note("revision");
    ledger.scopes().await.unwrap();
    noted.note("scopes");
    ledger.listed().await.unwrap();
    noted.note("listed");
    ledger.states(scope).await.unwrap();
    noted.note("states");
    ledger.state(&ItemPath::new(scope.clone(), key.clone())).await.unwrap();
    noted.note("state");
    let moment = Span::new(at(0), at(1));
    ledger.transitions(&Selection::of(ItemPath::new(scope.clone(), key), moment)).await.unwrap();
    noted.note("transitions");
    ledger.transitions(&Selection::of_all(moment)).await.unwrap();
    noted.note("transitions of all");
    ledger.transitions(&Selection::of_all(Span::ALWAYS)).await.unwrap();
    noted.note("transitions of all, without bounds");
    ledger.unmonitored(&unmonitored(scope).path(), moment).await.unwrap();
    noted.note("unmonitored");
    ledger.documents(scope, id(1)).await.unwrap();
    noted.note("documents");
    ledger.each_document(moment, &mut |_| ControlFlow::Continue(())).await.unwrap();
    noted.note("documents of all");
    insta::assert_snapshot!(noted.text, @"
    pending - history: Query
    revision - states: Query
    scopes - states: Query
    listed - states: Query
    states - states: Query
    state - states: Query
    transitions - history: Query
    transitions of all - history: Query (index by-day)
    transitions of all, without bounds - history: Query (index by-day); states: Query
    unmonitored - history: Query
    documents - history: Query
    documents of all - history: Query (index by-day)
    ");
}

#[tokio::test]
async fn planned_time_and_evidence_need_these() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let (scope, account) = (&rig.scope, rig.scope.account());
    let mut noted = Noted { proxy: &proxy, store: &store, text: String::new() };

    ledger.write_window(account, &silence("s-1")).await.unwrap();
    noted.note("write_window");
    let taken_on = Acknowledgement { by: String::new(), at: at(0), note: None };
    ledger.write_acknowledgement(account, id(1), &taken_on).await.unwrap();
    noted.note("write_acknowledgement");
    ledger.windows(account).await.unwrap();
    noted.note("windows");
    let (id, kind, items) = ("e-1".to_owned(), EvidenceType::ApiCall, BTreeSet::new());
    let evidence = Evidence { id, kind, at: at(0), summary: String::new(), by: None, items };
    ledger.keep(scope, &evidence).await.unwrap();
    noted.note("keep");
    ledger.evidence(scope, Span::new(at(0), at(1))).await.unwrap();
    noted.note("evidence");
    insta::assert_snapshot!(noted.text, @"
    write_window - states: UpdateItem
    write_acknowledgement - states: PutItem
    windows - states: Query
    keep - history: PutItem
    evidence - history: Query
    ");
}
