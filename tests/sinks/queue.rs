//! The queue of orders: signed calls over the wire, against moto and with answers that refuse.

use std::time::Duration;

use aws_dx_monitor::{
    aws::SqsQueue,
    domain::{Order, PollOrder},
    ports::{Queue, Queued},
};
use aws_sdk_sqs::types::MessageSystemAttributeName;
use serde_json::{Value, json};

use super::REGION;
use crate::support::{http::response, moto::Moto, proxy::Proxy, sdk};

fn order(number: u64) -> Queued {
    let account = format!("{number:012}");
    let order = PollOrder { account: Some(account.clone()), regions: Vec::new(), not_before: None, not_after: None };
    Queued { order: Order::Poll(order), group: account, delay: Duration::ZERO }
}

fn orders(count: u64) -> Vec<Queued> {
    (0..count).map(order).collect()
}

fn said(results: Vec<anyhow::Result<()>>) -> Vec<String> {
    results.into_iter().map(|result| result.map_or_else(|error| format!("{error:#}"), |()| "sent".to_owned())).collect()
}

#[tokio::test]
async fn every_order_reaches_the_queue_with_its_group_and_its_delay() {
    let moto = Moto::shared();
    let proxy = Proxy::start(&moto.endpoint);
    let created = moto.create_queue(REGION, "orders").await;
    let queue = SqsQueue::new(&sdk::config(&proxy.endpoint(), REGION), &created.url);
    let mut sent = orders(25);
    sent[3].delay = Duration::from_secs(17);
    assert_eq!(said(queue.send(&sent).await), vec!["sent"; 25]);
    let calls = proxy.calls();
    assert!(calls.iter().all(|call| call.is("sqs", "SendMessageBatch") && call.region == REGION), "{calls:?}");
    let mut sizes: Vec<usize> = calls.iter().map(|call| call.json()["Entries"].as_array().unwrap().len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 10, 10]);

    let received = moto.receive_all(REGION, &created).await;
    assert_eq!(received.len(), 24, "one is held back");
    let mut accounts: Vec<String> =
        received.iter().map(|message| message.json()["poll"]["account"].as_str().unwrap().to_owned()).collect();
    accounts.sort();
    let expected: Vec<String> = (0..25).filter(|number| *number != 3).map(|number| format!("{number:012}")).collect();
    assert_eq!(accounts, expected);
    let delayed = &calls[0].json()["Entries"][3];
    assert_eq!((&delayed["DelaySeconds"], &delayed["MessageGroupId"]), (&json!(17), &json!("000000000003")));
}

#[tokio::test]
async fn a_standard_queue_takes_groups() {
    let moto = Moto::shared();
    let created = moto.create_queue(REGION, "groups").await;
    let queue = SqsQueue::new(&moto.sdk_config(REGION), &created.url);
    assert_eq!(said(queue.send(&orders(1)).await), ["sent"]);
    let client = aws_sdk_sqs::Client::new(&moto.sdk_config(REGION));
    let received = client.receive_message().queue_url(&created.url);
    let received = received.message_system_attribute_names(MessageSystemAttributeName::All).send().await.unwrap();
    let attributes = received.messages.unwrap().remove(0).attributes.unwrap();
    assert_eq!(attributes[&MessageSystemAttributeName::MessageGroupId], "000000000000");
}

/// A queue that takes all but what `failed` says, by call and message.
fn answering(failed: impl Fn(usize, &str) -> Option<Value> + Send + Sync + 'static) -> Proxy {
    let proxy = Proxy::start("http://127.0.0.1:9");
    let calls = std::sync::atomic::AtomicUsize::new(0);
    proxy.on("sqs", "SendMessageBatch").answer_with(move |call| {
        let number = calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let ids: Vec<String> = call.json()["Entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["Id"].as_str().unwrap().to_owned())
            .collect();
        let (refused, taken): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| failed(number, id).is_some());
        let refused: Vec<Value> = refused
            .into_iter()
            .map(|id| {
                let mut entry = failed(number, &id).unwrap();
                entry["Id"] = json!(id);
                entry
            })
            .collect();
        let taken: Vec<Value> =
            taken.into_iter().map(|id| json!({"Id": id, "MessageId": "m", "MD5OfMessageBody": "x"})).collect();
        response(200, json!({"Successful": taken, "Failed": refused}).to_string())
    });
    proxy
}

const URL: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/polls";

async fn send(proxy: &Proxy, count: u64) -> Vec<String> {
    said(SqsQueue::new(&sdk::config(&proxy.endpoint(), REGION), URL).send(&orders(count)).await)
}

#[tokio::test]
async fn a_message_that_could_not_be_taken_at_present_is_sent_again_and_only_it() {
    let busy = json!({"Code": "InternalError", "Message": "busy", "SenderFault": false});
    let proxy = answering(move |call, id| (call == 0 && (id == "1" || id == "4")).then(|| busy.clone()));
    assert_eq!(send(&proxy, 5).await, vec!["sent"; 5]);
    let entries: Vec<usize> =
        proxy.calls().iter().map(|call| call.json()["Entries"].as_array().unwrap().len()).collect();
    assert_eq!(entries, [5, 2]);
}

#[tokio::test]
async fn a_message_that_is_refused_for_good_holds_up_no_other() {
    let refused = json!({"Code": "InvalidMessageContents", "Message": "no", "SenderFault": true});
    let proxy = answering(move |_, id| (id == "1").then(|| refused.clone()));
    let results = send(&proxy, 3).await;
    assert_eq!((results[0].as_str(), results[2].as_str()), ("sent", "sent"));
    assert_eq!(results[1], format!("a message cannot be sent to the queue {URL}: InvalidMessageContents: no"));
    assert_eq!(proxy.calls().len(), 1);
}

#[tokio::test]
async fn what_an_answer_does_not_name_was_not_sent() {
    let proxy = Proxy::start("http://127.0.0.1:9");
    proxy.on("sqs", "SendMessageBatch").answer(response(200, "{}"));
    let results = send(&proxy, 1).await;
    assert!(results[0].ends_with("the answer does not name it"), "{results:?}");
    proxy.recover();
    proxy.on("sqs", "SendMessageBatch").answer(response(200, "<html>"));
    let results = send(&proxy, 1).await;
    assert!(results[0].contains("the answer cannot be read"), "{results:?}");
}

#[tokio::test]
async fn a_queue_that_cannot_be_used_is_named_with_what_to_do() {
    let proxy = Proxy::start("http://127.0.0.1:9");
    for (code, advice) in [
        ("com.amazonaws.sqs#QueueDoesNotExist", "there is no such queue: deploy it, or correct DX_MONITOR_QUEUE_URL"),
        ("AWS.SimpleQueueService.NonExistentQueue", "there is no such queue"),
        ("AccessDeniedException", "it needs the permission sqs:SendMessage on the queue"),
        ("KmsDisabled", "KmsDisabled"),
    ] {
        proxy.recover();
        proxy.clear();
        proxy.on("sqs", "SendMessageBatch").fail(400, code);
        let results = send(&proxy, 2).await;
        assert!(results.iter().all(|result| result.contains(advice)), "{code}: {results:?}");
        assert_eq!(proxy.calls().len(), 1, "{code}");
    }
    proxy.recover();
    proxy.clear();
    proxy.on("sqs", "SendMessageBatch").fail(503, "ServiceUnavailable");
    assert!(send(&proxy, 1).await[0].contains("ServiceUnavailable"));
    assert_eq!(proxy.calls().len(), 3);
}

#[tokio::test]
async fn a_queue_that_is_down_is_an_error_for_each_message() {
    let results = said(SqsQueue::new(&sdk::config("http://127.0.0.1:9", REGION), URL).send(&orders(12)).await);
    assert_eq!(results.len(), 12);
    assert!(results.iter().all(|result| result.starts_with("a message cannot be sent to the queue")), "{results:?}");
}
