//! The whole engine with the built function: a queue, and Lambda that takes orders from it, several at a time. Accounts that
//! refuse, that are large, that appear later; messages that come twice, workers that are killed, a queue that is down, a role
//! that is revoked and given back. Nothing is lost, and each transition is recorded once.
//!
//! `.ci/run` builds the function; a plain `cargo test` does not.

use std::time::{Duration, Instant};

use aws_dx_monitor::{
    domain::{Cadence, RosterRow, Scope},
    ports::Roster,
    simulator::{Fault, FaultKind, MemberAccount, RoleAnswer},
};
use aws_sdk_lambda::{
    primitives::Blob,
    types::{Environment, FunctionCode, FunctionResponseType, Runtime, ScalingConfig},
};
use serde_json::{Value, json};

use crate::{
    function::{
        hub::{MEMBER, hub, member},
        rig::{REGION, Rig},
    },
    support::{
        ministack::Ministack,
        proxy::{Proxy, call::Call},
        python::tool,
    },
};

const LARGE: &str = "222233334444";
const REFUSED: &str = "333344445555";
const LATER: &str = "444455556666";
/// A beat of 15 seconds, held back by up to as much, and a message that comes again.
const PATIENCE: Duration = Duration::from_secs(60);

/// A hub as it is deployed.
struct Engine {
    ministack: Ministack,
    queue: Proxy,
    queue_url: String,
    rig: Rig,
}

impl Engine {
    async fn start<'a>(accounts: impl IntoIterator<Item = (&'a str, MemberAccount)>) -> Engine {
        let (rig, program) = hub(accounts).await;
        let ministack = Ministack::start();
        let queue = Proxy::start(&ministack.endpoint);
        let sqs = aws_sdk_sqs::Client::new(&ministack.sdk_config());
        let attribute = |name: &str| aws_sdk_sqs::types::QueueAttributeName::from(name);
        let created = sqs
            .create_queue()
            .queue_name("orders")
            .attributes(attribute("MessageRetentionPeriod"), "120")
            .attributes(attribute("VisibilityTimeout"), "5");
        let queue_url = created.send().await.unwrap().queue_url.unwrap();
        let program = program
            .environment("AWS_ENDPOINT_URL_SQS", queue.endpoint())
            .environment("DX_MONITOR_QUEUE_URL", &queue_url)
            .environment("DX_MONITOR_ACCOUNTS", "organization")
            .environment("DX_MONITOR_BEAT_SECONDS", "15");
        let is_its_own = |name: &str| name.starts_with("DX_MONITOR_") || name.starts_with("AWS_ENDPOINT_URL_");
        let variables = program.variables().iter().filter(|(name, _)| is_its_own(name)).cloned();
        let lambda = aws_sdk_lambda::Client::new(&ministack.sdk_config());
        lambda
            .create_function()
            .function_name("monitor")
            .runtime(Runtime::from("provided.al2023"))
            .role("arn:aws:iam::123456789012:role/monitor")
            .handler("bootstrap")
            .timeout(50)
            .memory_size(256)
            .environment(Environment::builder().set_variables(Some(variables.collect())).build())
            .code(FunctionCode::builder().zip_file(Blob::new(packaged())).build())
            .send()
            .await
            .unwrap();
        lambda
            .create_event_source_mapping()
            .function_name("monitor")
            .event_source_arn("arn:aws:sqs:us-east-1:123456789012:orders")
            .batch_size(1)
            .scaling_config(ScalingConfig::builder().maximum_concurrency(4).build())
            .function_response_types(FunctionResponseType::ReportBatchItemFailures)
            .send()
            .await
            .unwrap();
        Engine { ministack, queue, queue_url, rig }
    }

    /// What an invocation answers, as the schedule makes it; none if it failed.
    async fn invoke(&self, payload: Value) -> Result<Value, String> {
        let lambda = aws_sdk_lambda::Client::new(&self.ministack.sdk_config());
        let invoked = lambda.invoke().function_name("monitor").payload(Blob::new(payload.to_string())).send().await;
        let answer = invoked.unwrap();
        let text = String::from_utf8(answer.payload.unwrap_or_default().into_inner()).unwrap();
        match answer.function_error {
            None => Ok(serde_json::from_str(&text).unwrap()),
            Some(_) => Err(text),
        }
    }

    /// Beats until `is_done`, which must be within some beats.
    async fn beat_until(&self, what: &str, is_done: impl AsyncFn() -> bool) {
        let began = Instant::now();
        let mut next = Instant::now();
        while !is_done().await {
            assert!(began.elapsed() < PATIENCE, "{what} has not happened");
            if Instant::now() >= next {
                // A beat that fails is followed by the next one.
                let _ = self.invoke(json!({})).await;
                next = Instant::now() + Duration::from_secs(15);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn transitions(&self, account: &str, number: usize) -> usize {
        let key = format!("connection/dxcon-m{number}");
        self.rig.history_in(&Scope::regional(account, REGION), &key).await.len()
    }

    async fn row(&self, account: &str) -> Option<RosterRow> {
        self.rig.ledger().roster_row(account).await.unwrap()
    }

    fn edit(&self, account: &str, edit: impl FnOnce(&mut MemberAccount)) {
        self.rig.simulator.edit(|scenario| edit(scenario.accounts.get_mut(account).unwrap())).unwrap();
    }

    /// Takes a connection down, and beats until that is recorded.
    async fn takes_down(&self, account: &str, number: usize) {
        self.edit(account, |member| {
            let connections = &mut member.inventory.region_mut(REGION).connections;
            connections[number - 1].connection_state = Some("down".to_owned());
        });
        let what = format!("the outage of {number} in {account}");
        self.beat_until(&what, async || self.transitions(account, number).await == 2).await;
    }
}

impl Engine {
    /// The workers die at the next transaction: before it is carried out, or after that.
    fn kills_the_workers(&self, is_after: bool) {
        let workers = self.ministack.functions();
        assert!(!workers.is_empty(), "there are workers to kill");
        let kill = move |_: &Call| {
            for id in &workers {
                let _ = std::process::Command::new("kill").args(["-9", &id.to_string()]).status();
            }
        };
        let rule = self.rig.dynamodb.on("dynamodb", "TransactWriteItems").times(1);
        if is_after { rule.after(kill) } else { rule.instead(kill) }
    }
}

/// The function, as Lambda takes it.
fn packaged() -> Vec<u8> {
    let built = std::env::var("BUILT_FUNCTION").expect("BUILT_FUNCTION is not set: `.ci/run` sets it");
    let folder = tempfile::tempdir().unwrap();
    let (bootstrap, zip) = (folder.path().join("bootstrap"), folder.path().join("function.zip"));
    std::fs::copy(built, &bootstrap).unwrap();
    let packed = std::process::Command::new(tool("python3"))
        .args(["-m", "zipfile", "-c"])
        .args([&zip, &bootstrap])
        .status()
        .unwrap();
    assert!(packed.success());
    std::fs::read(zip).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs what sam build makes: .ci/run gives it"]
async fn nothing_is_lost_between_the_schedule_and_the_history() {
    let mut refused = member(1);
    refused.role.answers = RoleAnswer::AccessDenied;
    let accounts = [(MEMBER, member(8)), (LARGE, member(300)), (REFUSED, refused), (LATER, MemberAccount::default())];
    let engine = Engine::start(accounts).await;

    let swept = engine.invoke(json!({"sweep": true})).await.unwrap();
    assert_eq!((&swept["probed"], &swept["refused"]), (&json!(5), &json!(1)), "{swept}");
    let is_there = async || engine.transitions(MEMBER, 1).await == 1 && engine.transitions(LARGE, 300).await == 1;
    engine.beat_until("the first poll of two accounts", is_there).await;
    assert_eq!(engine.row(LARGE).await.unwrap().items, 300);
    assert_eq!(engine.row(REFUSED).await.unwrap().cadence, Cadence::Refused);
    engine.takes_down(MEMBER, 1).await;

    // A message twice.
    let sqs = aws_sdk_sqs::Client::new(&engine.ministack.sdk_config());
    let message = json!({"poll": {"account": MEMBER}}).to_string();
    for _ in 0..2 {
        sqs.send_message().queue_url(&engine.queue_url).message_body(&message).send().await.unwrap();
    }
    engine.takes_down(MEMBER, 2).await;

    // The worker dies before it records what it saw, and after that.
    for (number, is_after) in [(3, false), (4, true)] {
        engine.kills_the_workers(is_after);
        engine.takes_down(MEMBER, number).await;
        engine.rig.dynamodb.recover();
    }

    // The queue is down for a beat.
    engine.queue.on("sqs", "SendMessageBatch").fail(503, "ServiceUnavailable");
    let error = engine.invoke(json!({})).await.unwrap_err();
    assert!(error.contains("a message cannot be sent to the queue"), "{error}");
    engine.queue.recover();
    engine.takes_down(MEMBER, 5).await;

    // A role is revoked, and given back.
    engine.edit(MEMBER, |member| {
        member.role.answers = RoleAnswer::AccessDenied;
        member.faults.push(Fault { kind: Some(FaultKind::AccessDenied), ..Fault::default() });
    });
    let is_refused = async || engine.row(MEMBER).await.is_some_and(|row| row.last_error.is_some());
    engine.beat_until("the refusal", is_refused).await;
    engine.takes_down(LARGE, 1).await;
    engine.edit(MEMBER, |member| {
        member.role.answers = RoleAnswer::Credentials;
        member.faults.clear();
    });
    engine.takes_down(MEMBER, 6).await;

    // An account that was empty gets a connection; the next sweep finds it.
    engine.edit(LATER, |account| account.inventory = member(1).inventory);
    let swept = engine.invoke(json!({"sweep": true})).await.unwrap();
    assert_eq!(swept["found"], json!([LATER]), "{swept}");
    engine.beat_until("the first poll of a new account", async || engine.transitions(LATER, 1).await == 1).await;

    for (account, number, expected) in (1..=6).map(|number| (MEMBER, number, 2)).chain([
        (MEMBER, 7, 1),
        (MEMBER, 8, 1),
        (LARGE, 1, 2),
        (LARGE, 2, 1),
        (LATER, 1, 1),
    ]) {
        assert_eq!(engine.transitions(account, number).await, expected, "{account}: {number}");
    }
    let announced = engine.rig.received().await.ids()[2].clone();
    for number in 1..=6 {
        let key = format!("connection/dxcon-m{number}");
        let history = engine.rig.history_in(&Scope::regional(MEMBER, REGION), &key).await;
        let id = history[1].event["metadata"]["id"].as_str().unwrap();
        assert!(announced.iter().any(|announced| announced == id), "{key} is announced");
    }
}
