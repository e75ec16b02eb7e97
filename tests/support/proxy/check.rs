//! The proxy, between the real SDKs and the emulators or the recorder.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::retry::RetryConfig;

use super::*;
use crate::support::recorder::Recorder;
use crate::support::sdk;
use crate::support::{dynamodb, moto::Moto};

fn once(endpoint: &str) -> SdkConfig {
    sdk::config(endpoint, "eu-west-1").into_builder().retry_config(RetryConfig::disabled()).build()
}

/// A queue stands for any effect: it is there, or it is not.
async fn queues(prefix: &str) -> usize {
    let client = aws_sdk_sqs::Client::new(&once(&Moto::shared().endpoint));
    client.list_queues().queue_name_prefix(prefix).send().await.unwrap().queue_urls().len()
}

#[tokio::test]
async fn every_call_is_known_by_service_operation_and_region() {
    let proxy = Proxy::start(&Moto::shared().endpoint);
    let config = once(&proxy.endpoint());
    aws_sdk_dynamodb::Client::new(&config).list_tables().limit(7).send().await.unwrap();
    aws_sdk_sns::Client::new(&config).list_topics().send().await.unwrap();
    aws_sdk_eventbridge::Client::new(&config).list_event_buses().send().await.unwrap();
    let calls = proxy.calls();
    let names: Vec<_> = calls.iter().map(Call::name).collect();
    assert_eq!(names, ["dynamodb:ListTables", "sns:ListTopics", "events:ListEventBuses"]);
    assert!(calls.iter().all(|call| call.region == "eu-west-1"));
    assert_eq!(calls[0].json()["Limit"], 7);
    assert_eq!(proxy.count("dynamodb", "ListTables"), 1);
}

#[tokio::test]
async fn a_failure_has_no_effect_and_speaks_the_protocol_of_the_call() {
    let recorder = Recorder::start();
    let proxy = Proxy::start(&recorder.endpoint());
    proxy.on_call(|_| true).fail(400, "Chosen");
    let config = once(&proxy.endpoint());
    let error = aws_sdk_dynamodb::Client::new(&config).list_tables().send().await.unwrap_err();
    assert_eq!((error.code(), error.message()), (Some("Chosen"), Some("The test wants Chosen.")));
    let error = aws_sdk_sns::Client::new(&config).list_topics().send().await.unwrap_err();
    assert_eq!((error.code(), error.message()), (Some("Chosen"), Some("The test wants Chosen.")));
    let put =
        || aws_sdk_cloudwatch::Client::new(&config).put_metric_data().namespace("n").set_metric_data(Some(vec![]));
    let error = put().send().await.unwrap_err();
    assert_eq!((error.code(), error.message()), (Some("Chosen"), Some("The test wants Chosen.")));
    assert!(recorder.requests().is_empty());
    proxy.recover();
    put().send().await.unwrap();
    assert_eq!(recorder.requests().len(), 1);
}

#[tokio::test]
async fn rules_skip_and_count() {
    let proxy = Proxy::start(&Moto::shared().endpoint);
    proxy.on("sns", "ListTopics").skip(1).times(1).fail(500, "InternalError");
    let client = aws_sdk_sns::Client::new(&once(&proxy.endpoint()));
    let mut fine = Vec::new();
    for _ in 0..4 {
        fine.push(client.list_topics().send().await.is_ok());
    }
    assert_eq!(fine, [true, false, true, true]);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_effect() {
    let proxy = Proxy::start(&Moto::shared().endpoint);
    proxy.on("sqs", "CreateQueue").lose_answer();
    let client = aws_sdk_sqs::Client::new(&once(&proxy.endpoint()));
    let error = client.create_queue().queue_name("lost-1").send().await.unwrap_err();
    assert!(matches!(error, aws_sdk_sqs::error::SdkError::DispatchFailure(_)), "{error:?}");
    assert_eq!(queues("lost-").await, 1);
}

#[tokio::test]
async fn a_held_call_waits_for_the_gate() {
    let proxy = Proxy::start(&Moto::shared().endpoint);
    let gate = proxy.on("sqs", "CreateQueue").hold();
    let client = aws_sdk_sqs::Client::new(&once(&proxy.endpoint()));
    let creation = tokio::spawn(client.create_queue().queue_name("held-1").send());
    gate.arrived(1).await;
    assert_eq!(queues("held-").await, 0);
    gate.open();
    creation.await.unwrap().unwrap();
    assert_eq!(queues("held-").await, 1);
}

#[tokio::test]
async fn callbacks_see_the_moment_they_are_meant_for() {
    let proxy = Proxy::start(&Moto::shared().endpoint);
    let seen = Arc::new(AtomicUsize::new(0));
    let note = |weight| {
        let seen = Arc::clone(&seen);
        move |_: &Call| {
            seen.fetch_add(weight, Ordering::SeqCst);
        }
    };
    proxy.on("sqs", "CreateQueue").times(1).instead(note(1));
    proxy.on("sqs", "CreateQueue").times(1).before(note(10));
    proxy.on("sqs", "CreateQueue").times(1).after(note(100));
    let client = aws_sdk_sqs::Client::new(&once(&proxy.endpoint()));
    let create = |name: &str| client.create_queue().queue_name(name).send();
    create("callback-1").await.unwrap_err();
    assert_eq!((queues("callback-").await, seen.load(Ordering::SeqCst)), (0, 1));
    create("callback-2").await.unwrap();
    create("callback-3").await.unwrap();
    assert_eq!((queues("callback-").await, seen.load(Ordering::SeqCst)), (2, 111));
}

#[tokio::test]
async fn an_answer_can_be_rewritten_or_late() {
    let tables = dynamodb::create_tables("eu-west-1", "rewritten").await;
    let proxy = Proxy::start(dynamodb::endpoint());
    proxy.on("dynamodb", "GetItem").times(1).rewrite(|_| response(200, r#"{"Item":{"state":{"S":"down"}}}"#));
    proxy.on("dynamodb", "GetItem").times(1).delay(Duration::from_millis(50));
    let client = aws_sdk_dynamodb::Client::new(&once(&proxy.endpoint()));
    let get = || {
        let key = |text: &str| AttributeValue::S(text.into());
        client.get_item().table_name(&tables.states).key("scope", key("s")).key("item", key("i")).send()
    };
    assert_eq!(get().await.unwrap().item.unwrap()["state"], AttributeValue::S("down".into()));
    let start = Instant::now();
    assert_eq!(get().await.unwrap().item, None);
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn what_has_begun_is_carried_through_when_the_client_is_gone() {
    let proxy = Proxy::start(&Moto::shared().endpoint);
    let gate = proxy.on("sqs", "CreateQueue").hold();
    let client = aws_sdk_sqs::Client::new(&once(&proxy.endpoint()));
    let creation = tokio::spawn(client.create_queue().queue_name("gone-1").send());
    gate.arrived(1).await;
    creation.abort();
    creation.await.unwrap_err();
    gate.open();
    let start = Instant::now();
    while queues("gone-").await == 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "the call was dropped with its client");
    }
}
