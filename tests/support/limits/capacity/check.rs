//! The capacity by itself, and in front of the tests' DynamoDB, through the real SDK and the monitor's ledger.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    error::ProvideErrorMetadata,
    types::{AttributeValue, Put, TransactWriteItem},
};
use aws_smithy_types::retry::RetryConfig;
use futures::future::join_all;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::support::{
    dynamodb,
    http::{Response, response},
    proxy::call::Protocol,
    sdk,
};

fn call(operation: &str, request: &Value) -> Call {
    Call {
        service: "dynamodb".to_owned(),
        operation: operation.to_owned(),
        region: "us-east-1".to_owned(),
        protocol: Protocol::Json,
        body: Bytes::from(request.to_string()),
    }
}

fn state(scope: &str, item: &str, padding: usize) -> Value {
    json!({"TableName": "states", "Item": {"scope": {"S": scope}, "item": {"S": item}, "details": {"S": "x".repeat(padding)}}})
}

fn history(item: &str, at: &str, day: &str) -> Value {
    json!({"TableName": "history", "Item": {"item": {"S": item}, "occurred_at": {"S": at}, "day": {"S": day}}})
}

/// Partitions at one instant, all calls to which have an effect.
struct Still(Partitions, Instant);

impl Still {
    fn new() -> Self {
        Self(Partitions::new(Rates::default()), Instant::now())
    }

    /// Whether the call goes through, and what it is answered where it does not.
    fn send(&mut self, operation: &str, request: &Value) -> Result<(), Value> {
        self.answered(operation, request, &response(200, "{}"))
    }

    fn answered(&mut self, operation: &str, request: &Value, answer: &Response) -> Result<(), Value> {
        let call = call(operation, request);
        match self.0.admit(&call, self.1) {
            Some(refusal) => Err(serde_json::from_slice(refusal.body()).unwrap()),
            None => {
                self.0.settle(&call, answer);
                Ok(())
            }
        }
    }

    /// How many calls in a row go through.
    fn bears(&mut self, operation: &str, mut request: impl FnMut(usize) -> Value) -> usize {
        (0..10_000).take_while(|number| self.send(operation, &request(*number)).is_ok()).count()
    }
}

#[test]
fn a_key_takes_a_thousand_units_a_second_and_another_key_its_own() {
    let mut still = Still::new();
    assert_eq!(still.bears("PutItem", |number| state("a", &number.to_string(), 0)), 1_000);
    let refusal = still.send("PutItem", &state("a", "x", 0)).unwrap_err();
    assert_eq!(refusal["__type"], "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException");
    assert_eq!(refusal["ThrottlingReasons"][0]["reason"], "TableWriteKeyRangeThroughputExceeded");
    assert_eq!(still.bears("PutItem", |number| state("b", &number.to_string(), 2_000)), 500, "two units each");
    still.1 += Duration::from_millis(100);
    assert_eq!(still.bears("PutItem", |number| state("a", &number.to_string(), 0)), 100);
    assert_eq!(still.0.throttled(), 4);
    assert_eq!(still.0.written()["states"], 2_100.0);
}

#[test]
fn a_new_table_takes_four_thousand_for_all_keys() {
    let mut still = Still::new();
    assert_eq!(still.bears("PutItem", |number| state(&number.to_string(), "x", 0)), 4_000);
    let refusal = still.send("PutItem", &state("x", "x", 0)).unwrap_err();
    assert_eq!(refusal["ThrottlingReasons"][0]["reason"], "TableWriteAccountLimitExceeded");
}

#[test]
fn a_transaction_counts_twice_and_is_canceled_with_a_reason_for_each_part() {
    let both = |number: usize| {
        let (state, history) = (state("a", "x", 0), history(&number.to_string(), "2026", &format!("day {number}")));
        json!({"TransactItems": [{"Put": state}, {"Put": history}]})
    };
    let mut still = Still::new();
    assert_eq!(still.bears("TransactWriteItems", both), 500);
    let refusal = still.send("TransactWriteItems", &both(0)).unwrap_err();
    assert_eq!(refusal["__type"], "com.amazonaws.dynamodb.v20120810#TransactionCanceledException");
    let codes: Vec<_> =
        refusal["CancellationReasons"].as_array().unwrap().iter().map(|reason| &reason["Code"]).collect();
    assert_eq!(codes, ["ThrottlingError", "None"]);
    assert_eq!(still.0.written()["history"], 2.0 * 502.0, "the part that was not throttled is paid");
    assert_eq!(still.0.written()["history/by-day"], 500.0, "nothing comes to the index that was not written");
}

#[test]
fn an_attempt_that_fails_is_paid_and_writes_nothing_to_the_index() {
    let mut still = Still::new();
    let refused = response(400, r#"{"__type":"ConditionalCheckFailedException"}"#);
    still.answered("PutItem", &history("a", "2026", "day"), &refused).unwrap();
    assert_eq!(still.0.written().clone(), [("history".to_owned(), 1.0)].into());
}

#[test]
fn a_full_key_of_the_index_holds_up_the_table() {
    let mut still = Still::new();
    assert_eq!(still.bears("PutItem", |number| history(&number.to_string(), "2026", "2026-11-22")), 1_000);
    let refusal = still.send("PutItem", &history("x", "2026", "2026-11-22")).unwrap_err();
    assert_eq!(refusal["ThrottlingReasons"][0]["reason"], "IndexWriteKeyRangeThroughputExceeded");
    still.send("PutItem", &history("x", "2026", "2026-11-22#1")).unwrap();
    // An update of a row writes to its place in the index too.
    let update = json!({"TableName": "history", "Key": {"item": {"S": "1"}, "occurred_at": {"S": "2026"}}});
    still.send("UpdateItem", &update).unwrap_err();
}

#[test]
fn reads_are_paid_by_what_they_answer() {
    let query = |index: &str| {
        json!({
            "TableName": "history", "IndexName": index, "KeyConditionExpression": "#0 = :0 AND #1 > :1",
            "ExpressionAttributeValues": {":0": {"S": "key"}, ":1": {"S": "2026"}}, "ConsistentRead": index.is_empty(),
        })
    };
    let megabyte = response(200, json!({"Items": [{"x": {"S": "x".repeat(1_024 * 1_024 - 1)}}]}).to_string());
    for (index, pages) in [("by-day", 24), ("", 12)] {
        let mut still = Still::new();
        let mut query = query(index);
        if index.is_empty() {
            query.as_object_mut().unwrap().remove("IndexName");
        }
        let read = (0..100).take_while(|_| still.answered("Query", &query, &megabyte).is_ok()).count();
        assert_eq!(read, pages, "256 units, or half of that where it may be out of date");
        let refusal = still.send("Query", &query).unwrap_err();
        let kind = if index.is_empty() { "Table" } else { "Index" };
        assert_eq!(refusal["ThrottlingReasons"][0]["reason"], format!("{kind}ReadKeyRangeThroughputExceeded"));
    }
}

#[test]
#[should_panic(expected = "the capacity of BatchWriteItem is not known")]
fn what_is_not_known_is_refused_loudly() {
    let _ = Still::new().send("BatchWriteItem", &json!({}));
}

/// A put of a state row that an engine behind the capacity takes.
fn put(tables: &dynamodb::Tables, item: usize) -> Put {
    let put = Put::builder().table_name(&tables.states).item("scope", AttributeValue::S("scope".to_owned()));
    put.item("item", AttributeValue::S(item.to_string())).build().unwrap()
}

#[tokio::test]
async fn the_sdk_repeats_a_throttled_write_but_not_a_throttled_transaction() {
    let tables = dynamodb::create_tables("us-east-1", "capacity").await;
    let slow = Rates { key_writes: 2.0, ..Rates::default() };
    let config = |capacity: &Capacity, attempts| {
        let retries = RetryConfig::standard().with_max_attempts(attempts);
        sdk::config(&capacity.endpoint(), "us-east-1").into_builder().retry_config(retries).build()
    };

    let capacity = Capacity::at(dynamodb::endpoint(), slow);
    let client = Client::new(&config(&capacity, 1));
    let write = |client: &Client, item| {
        client.put_item().table_name(&tables.states).set_item(put(&tables, item).item().clone().into()).send()
    };
    let refused: Vec<_> =
        join_all((0..20).map(|item| write(&client, item))).await.into_iter().filter_map(Result::err).collect();
    assert!(!refused.is_empty() && refused.len() == capacity.throttled(), "{} refused", refused.len());
    for error in refused {
        let error = error.into_service_error();
        assert!(error.is_provisioned_throughput_exceeded_exception(), "{error}");
    }
    let client = Client::new(&config(&capacity, 20));
    write(&client, 20).await.unwrap();

    let capacity = Capacity::at(dynamodb::endpoint(), slow);
    let client = Client::new(&config(&capacity, 20));
    let transact = |item| {
        let action = TransactWriteItem::builder().put(put(&tables, item)).build();
        client.transact_write_items().transact_items(action).send()
    };
    let refused: Vec<_> = join_all((0..20).map(transact)).await.into_iter().filter_map(Result::err).collect();
    assert!(!refused.is_empty() && refused.len() == capacity.throttled(), "each was tried once");
    for error in refused {
        assert_eq!(error.code(), Some("TransactionCanceledException"));
    }
}
