//! Two tables of one test's own, seen through the ledger and raw.

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use aws_config::SdkConfig;
use aws_dx_monitor::{
    aws::{CallLimits, DynamoLedger},
    domain::{Kind, Scope, Timestamp},
    ports::Progress,
};
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use serde_json::{Value, json};

use crate::{
    ledger_contract::{Rig, rig::at},
    support::{
        dynamodb::{self, Tables},
        proxy::Proxy,
    },
};

pub const REGION: &str = "us-east-1";

/// A row as it is on the wire.
pub type Row = HashMap<String, AttributeValue>;

/// The tables of one test.
pub struct Store {
    pub tables: Tables,
    pub client: Client,
}

impl Store {
    pub async fn new() -> Store {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let tables = dynamodb::create_tables(REGION, &format!("ledger-{count}")).await;
        Store { tables, client: dynamodb::client(REGION) }
    }

    pub fn config(&self) -> SdkConfig {
        dynamodb::sdk_config(REGION)
    }

    pub fn ledger(&self) -> DynamoLedger {
        self.ledger_with(&self.config(), &patient())
    }

    /// A ledger on tables of other names.
    pub fn ledger_of(&self, states: &str, history: &str) -> DynamoLedger {
        DynamoLedger::new(&self.config(), states, history, &patient())
    }

    /// A ledger on the same tables whose calls go through a proxy.
    pub fn proxied(&self) -> (Proxy, DynamoLedger) {
        self.proxied_within(&patient())
    }

    /// The same with other limits.
    pub fn proxied_within(&self, limits: &CallLimits) -> (Proxy, DynamoLedger) {
        let config = self.config();
        let proxy = Proxy::start(config.endpoint_url().expect("the tests' configuration names an endpoint"));
        let config = config.into_builder().endpoint_url(proxy.endpoint()).build();
        let ledger = self.ledger_with(&config, limits);
        (proxy, ledger)
    }

    fn ledger_with(&self, config: &SdkConfig, limits: &CallLimits) -> DynamoLedger {
        DynamoLedger::new(config, &self.tables.states, &self.tables.history, limits)
    }
}

/// Limits for an engine that serves one request at a time, and many tests.
pub fn patient() -> CallLimits {
    CallLimits {
        initial_backoff: Duration::from_millis(1),
        maximum_backoff: Duration::from_millis(10),
        connect_timeout: Duration::from_secs(60),
        attempt_timeout: Duration::from_secs(120),
        operation_timeout: Duration::from_secs(240),
        ..CallLimits::LEDGER
    }
}

impl Store {
    /// Asserts that a row's first and second revision are written although the answer to each is lost.
    pub async fn loses_answers(&self, write: impl AsyncFn(&DynamoLedger, u64) -> bool) {
        let (proxy, ledger) = self.proxied();
        for revision in [1, 2] {
            proxy.clear();
            proxy.on("dynamodb", "UpdateItem").times(1).lose_answer();
            assert!(write(&ledger, revision).await);
            assert_eq!(proxy.count("dynamodb", "UpdateItem"), 2);
        }
    }

    /// All rows of the states table, by their keys.
    pub async fn states(&self) -> BTreeMap<String, Value> {
        self.rows(&self.tables.states, "scope", "item").await
    }

    /// All rows of the history table, by their keys.
    pub async fn history(&self) -> BTreeMap<String, Value> {
        self.rows(&self.tables.history, "item", "occurred_at").await
    }

    async fn rows(&self, table: &str, hash: &str, range: &str) -> BTreeMap<String, Value> {
        let scan = self.client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
        let rows: Vec<Row> = scan.collect::<Result<_, _>>().await.unwrap();
        let text = |row: &Row, name| row[name].as_s().unwrap().clone();
        let key = |row: &Row| format!("{} | {}", text(row, hash), text(row, range));
        rows.iter().map(|row| (key(row), wire(&AttributeValue::M(row.clone()))["M"].clone())).collect()
    }

    /// Sets attributes of a state row, as another version of the program would.
    pub async fn tamper(&self, scope: &Scope, item: &str, attributes: &[(&str, AttributeValue)]) {
        let key = [("scope", string(scope)), ("item", string(item))];
        self.tamper_with(&self.tables.states, key, attributes).await;
    }

    /// Sets attributes of a history row.
    pub async fn tamper_history(&self, item: &str, occurred_at: Timestamp, attributes: &[(&str, AttributeValue)]) {
        let key = [("item", string(item)), ("occurred_at", string(occurred_at))];
        self.tamper_with(&self.tables.history, key, attributes).await;
    }

    /// Sets attributes of the row of this key.
    pub async fn tamper_with(
        &self,
        table: &str,
        key: [(&str, AttributeValue); 2],
        attributes: &[(&str, AttributeValue)],
    ) {
        let key: Row = key.map(|(name, value)| (name.to_owned(), value)).into();
        let row = self.client.get_item().table_name(table).set_key(Some(key.clone())).send().await.unwrap();
        let mut row = row.item.unwrap_or(key);
        for (name, value) in attributes {
            match value {
                AttributeValue::Null(_) => drop(row.remove(*name)),
                value => drop(row.insert((*name).to_owned(), value.clone())),
            }
        }
        self.client.put_item().table_name(table).set_item(Some(row)).send().await.unwrap();
    }

    /// Writes many rows at once, as no test has time to with transactions.
    pub async fn fill(&self, table: &str, rows: impl IntoIterator<Item = Row>) {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let requests = rows.by_ref().take(25).map(|row| {
                let put = PutRequest::builder().set_item(Some(row)).build().unwrap();
                WriteRequest::builder().put_request(put).build()
            });
            self.client.batch_write_item().request_items(table, requests.collect()).send().await.unwrap();
        }
    }
}

/// The rig of a scope whose account is the same in every run.
pub fn rig(ledger: &DynamoLedger) -> Rig<'_, DynamoLedger> {
    Rig { ledger, scope: Scope::regional("123456789012", "us-east-1") }
}

/// What the first poll of a scope writes when it has listed all LAGs.
pub fn first_progress() -> Progress {
    Progress { baseline: [Kind::Lag].into(), first_poll: true, ..Progress::listed(at(0), [Kind::Lag]) }
}

pub fn string(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

pub fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub fn map<const N: usize>(entries: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(entries.map(|(name, value)| (name.to_owned(), value)).into())
}

/// What takes an attribute off in [`Store::tamper`].
pub const NONE: AttributeValue = AttributeValue::Null(true);

/// A value as DynamoDB writes it.
pub fn wire(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(digits) => json!({"N": digits}),
        AttributeValue::Bool(truth) => json!({"BOOL": truth}),
        AttributeValue::M(map) => {
            let map: BTreeMap<_, _> = map.iter().map(|(name, value)| (name, wire(value))).collect();
            json!({"M": map})
        }
        AttributeValue::L(list) => json!({"L": list.iter().map(wire).collect::<Vec<_>>()}),
        other => panic!("the ledger writes no {other:?}"),
    }
}
