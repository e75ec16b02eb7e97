//! The rig of the function's tests: the built binary under a Lambda Runtime API, Direct Connect from the simulator, an
//! emulated DynamoDB, SNS and EventBridge from moto, CloudWatch from a recorder, each behind a proxy that can break it.
//! Everything goes over the real protocols.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_dx_monitor::{
    aws::{CallLimits, DynamoLedger},
    domain::{HistoryRow, ItemKey, ItemPath, Scope, Selection, SinkName, Span},
    ports::History,
    simulator::{Connection, Scenario, Simulator},
};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::received::Received;
use crate::support::{
    dynamodb::{self, Tables},
    moto::{
        Moto,
        resources::{Bus, Queue, Topic},
    },
    proxy::{Proxy, call::Call},
    recorder::Recorder,
    runtime_api::{Function, FunctionError, Program},
};

pub const REGION: &str = "us-east-1";
pub const ACCOUNT: &str = "123456789012";
pub const SINKS: [SinkName; 3] = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];
/// How long an invocation may take: as in AWS.
pub const TIMEOUT: Duration = Duration::from_secs(50);

/// A row of a table.
pub type Row = HashMap<String, AttributeValue>;

/// A function's world. Each service has a proxy in front of it.
pub struct Rig {
    pub simulator: Simulator,
    pub recorder: Recorder,
    pub direct_connect: Proxy,
    pub dynamodb: Proxy,
    pub cloudwatch: Proxy,
    /// SNS and EventBridge.
    pub sinks: Proxy,
    pub tables: Tables,
    pub people: Topic,
    pub chat: Topic,
    pub bus: Bus,
    pub moto: &'static Moto,
}

impl Rig {
    /// A world that was never polled.
    pub async fn of(scenario: Scenario) -> Rig {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("function-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let moto = Moto::shared();
        let simulator = Simulator::start(scenario, 0).unwrap();
        simulator.set_elapsed(Duration::ZERO);
        let recorder = Recorder::start();
        Rig {
            direct_connect: Proxy::start(&simulator.endpoint_url()),
            dynamodb: Proxy::start(dynamodb::endpoint()),
            cloudwatch: Proxy::start(&recorder.endpoint()),
            sinks: Proxy::start(&moto.endpoint),
            simulator,
            recorder,
            tables: dynamodb::create_tables(REGION, &name).await,
            people: moto.create_topic(REGION, &format!("{name}-people"), true, None).await,
            chat: moto.create_topic(REGION, &format!("{name}-chat"), true, None).await,
            bus: moto.create_bus(REGION, &name, None).await,
            moto,
        }
    }

    /// A world with this many connections, `dxcon-1` and on, all `available`.
    pub async fn of_connections(count: usize) -> Rig {
        Rig::of(connections(count)).await
    }

    /// The function with all three sinks, ready to be given other variables.
    pub fn program(&self) -> Program {
        Program::new(env!("CARGO_BIN_EXE_lambda"))
            .environment("AWS_ENDPOINT_URL_DIRECT_CONNECT", self.direct_connect.endpoint())
            .environment("AWS_ENDPOINT_URL_CLOUDWATCH", self.cloudwatch.endpoint())
            .environment("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.endpoint())
            .environment("AWS_ENDPOINT_URL_SNS", self.sinks.endpoint())
            .environment("AWS_ENDPOINT_URL_EVENTBRIDGE", self.sinks.endpoint())
            .environment("DX_MONITOR_STATE_TABLE", &self.tables.states)
            .environment("DX_MONITOR_HISTORY_TABLE", &self.tables.history)
            .environment("DX_MONITOR_TOPIC_ARN", &self.people.arn)
            .environment("DX_MONITOR_CHAT_TOPIC_ARN", &self.chat.arn)
            .environment("DX_MONITOR_EVENT_BUS", &self.bus.name)
            .environment("DX_MONITOR_NOTIFY", "items")
    }

    /// The function with all three sinks, watching connections only: one scope, one list.
    pub fn watching_connections(&self) -> Program {
        self.program().environment("DX_MONITOR_KINDS", "connection")
    }

    /// A function that watches connections, and has announced its baseline.
    pub async fn start_watching_connections(&self) -> Function {
        let function = self.watching_connections().start();
        good_poll(&function).await;
        self.received().await;
        function
    }

    /// Changes the state of a connection.
    pub fn set_state(&self, id: &str, state: &str) {
        let found = self.simulator.edit(|scenario| {
            let connections = &mut scenario.inventory.region_mut(REGION).connections;
            let found = connections.iter_mut().find(|connection| connection.connection_id == id);
            found.map(|connection| connection.connection_state = Some(state.to_owned())).is_some()
        });
        assert!(found.unwrap(), "there is a connection {id}");
    }

    /// Every call goes through one of these.
    pub fn proxies(&self) -> [&Proxy; 4] {
        [&self.direct_connect, &self.dynamodb, &self.cloudwatch, &self.sinks]
    }

    /// Every call so far, service by service.
    pub fn calls(&self) -> Vec<Call> {
        self.proxies().into_iter().flat_map(Proxy::calls).collect()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.proxies().into_iter().for_each(Proxy::clear);
    }

    /// Ends everything that tests have broken.
    pub fn recover(&self) {
        self.proxies().into_iter().for_each(Proxy::recover);
        self.recorder.recover();
    }

    /// Says which calls announce on a sink.
    pub fn calls_to(&self, sink: SinkName) -> impl Fn(&Call) -> bool + Send + 'static {
        let topic = match sink {
            SinkName::SNS => Some(self.people.arn.clone()),
            SinkName::CHAT => Some(self.chat.arn.clone()),
            _ => None,
        };
        move |call| match &topic {
            Some(arn) => call.is("sns", "Publish") && form_field(call, "TopicArn").as_ref() == Some(arn),
            None => call.is("events", "PutEvents"),
        }
    }

    /// Lets a sink refuse everything.
    pub fn refuse(&self, sink: SinkName, status: u16, code: &str) {
        self.sinks.on_call(self.calls_to(sink)).fail(status, code);
    }

    /// The ledger as a reader sees it, past the proxy.
    pub fn ledger(&self) -> DynamoLedger {
        let config = dynamodb::sdk_config(REGION);
        DynamoLedger::new(&config, &self.tables.states, &self.tables.history, &CallLimits::LEDGER)
    }

    /// An item's history.
    pub async fn history(&self, key: &str) -> Vec<HistoryRow> {
        self.history_in(&scope(), key).await
    }

    /// An item's history in another scope.
    pub async fn history_in(&self, scope: &Scope, key: &str) -> Vec<HistoryRow> {
        let key: ItemKey = key.parse().unwrap();
        self.ledger().transitions(&Selection::of(ItemPath::new(scope.clone(), key), Span::ALWAYS)).await.unwrap()
    }

    /// The ids of an item's transitions, oldest first.
    pub async fn ids(&self, key: &str) -> Vec<String> {
        self.history(key).await.iter().map(id).collect()
    }

    /// A row of the states table as it is stored.
    pub async fn state_row(&self, item: &str) -> Row {
        let request = dynamodb::client(REGION).get_item().table_name(&self.tables.states).consistent_read(true);
        let key = [("scope", scope().to_string()), ("item", item.to_owned())];
        let request =
            key.into_iter().fold(request, |request, (name, value)| request.key(name, AttributeValue::S(value)));
        request.send().await.unwrap().item.unwrap_or_else(|| panic!("there is no row {item}"))
    }

    /// Writes rows of a table as they are.
    pub async fn put_rows(&self, table: &str, rows: impl IntoIterator<Item = Row>) {
        let client = dynamodb::client(REGION);
        for row in rows {
            client.put_item().table_name(table).set_item(Some(row)).send().await.unwrap();
        }
    }

    /// Every row of both tables as it is stored.
    pub async fn rows(&self) -> Vec<Row> {
        let client = dynamodb::client(REGION);
        let mut rows = Vec::new();
        for table in [&self.tables.states, &self.tables.history] {
            let pages = client.scan().table_name(table).into_paginator().items().send();
            rows.extend(pages.collect::<Result<Vec<_>, _>>().await.unwrap());
        }
        rows
    }

    /// Subscribes another queue to a topic, with SNS's envelope and a filter on message attributes.
    pub async fn subscribe(&self, topic: &Topic, name: &str, filter_policy: &Value) -> Queue {
        let queue = self.moto.create_queue(REGION, &format!("{}-{name}", self.bus.name)).await;
        let client = aws_sdk_sns::Client::new(&self.moto.sdk_config(REGION));
        let subscription = client.subscribe().topic_arn(&topic.arn).protocol("sqs").endpoint(&queue.arn);
        subscription.attributes("FilterPolicy", filter_policy.to_string()).send().await.unwrap();
        queue
    }

    /// What each sink received since it was last asked.
    pub async fn received(&self) -> Received {
        let on_bus = self.moto.receive_all(REGION, &self.bus.queue).await;
        let (incidents, events) =
            on_bus.into_iter().partition(|message| message.json()["detail-type"] == "Direct Connect Incident");
        Received {
            people: self.moto.receive_all(REGION, &self.people.queue).await,
            chat: self.moto.receive_all(REGION, &self.chat.queue).await,
            events,
            incidents,
        }
    }
}

/// The scope of the regional items.
pub fn scope() -> Scope {
    Scope::regional(ACCOUNT, REGION)
}

pub fn connection(id: &str, state: &str) -> Connection {
    Connection {
        connection_id: id.to_owned(),
        connection_name: Some("prod-primary".to_owned()),
        connection_state: Some(state.to_owned()),
        location: Some("EqDC2".to_owned()),
        ..Connection::default()
    }
}

/// This many connections, `dxcon-1` and on, all `available`.
pub fn connections(count: usize) -> Scenario {
    let mut scenario = Scenario::default();
    scenario.inventory.region_mut(REGION).connections =
        (1..=count).map(|number| connection(&format!("dxcon-{number}"), "available")).collect();
    scenario
}

/// The id of a recorded transition.
pub fn id(row: &HistoryRow) -> String {
    row.event["metadata"]["id"].as_str().unwrap().to_owned()
}

/// A field of a call that is a form.
pub fn form_field(call: &Call, name: &str) -> Option<String> {
    let form = String::from_utf8_lossy(&call.body).replace("%3A", ":");
    form.split('&').find_map(|field| Some(field.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
}

/// Says which calls are made for the first time, repeats of the same request left out.
pub fn made_for_the_first_time() -> impl Fn(&Call) -> bool + Send + 'static {
    let seen = Mutex::new(HashSet::new());
    move |call| seen.lock().unwrap().insert((call.operation.clone(), call.region.clone(), call.body.clone()))
}

/// A poll.
pub async fn poll(function: &Function) -> Result<Value, FunctionError> {
    function.invoke(&json!({}), TIMEOUT).await
}

/// A poll in which everything was done that should be.
pub async fn good_poll(function: &Function) -> Value {
    poll(function).await.unwrap_or_else(|error| panic!("{}: {}", error.error_type, error.message))
}

/// A poll in which something could not be done: its report.
pub async fn bad_poll(function: &Function) -> String {
    let error = poll(function).await.expect_err("a poll that fails");
    assert_eq!(error.error_type, "PollIncomplete", "{}", error.message);
    error.message
}
