//! `{"Records": [{"eventSource": "aws:sqs", …}]}`: the messages of a queue, as Lambda's event source mapping hands them on,
//! and the answer that it takes.
//!
//! Only a message whose time has not come is answered as failed, so that the queue hands it on once more. One that cannot be
//! read would not be readable the next time either: it is logged and left out. The next beat is the retry of everything
//! else.

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::order;
use crate::domain::{Order, SweepOrder};

/// A message of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The id of the message, by which it is answered.
    pub id: String,
    /// The order in it, or why it cannot be read.
    pub order: Result<Order, String>,
}

/// Reads the value of `Records`.
///
/// # Errors
///
/// It is no list of messages of SQS.
pub(super) fn read(records: &Value) -> anyhow::Result<Vec<Record>> {
    const FORM: &str = "\"Records\" must be a list of messages of SQS, each with \"eventSource\": \"aws:sqs\", \
                        \"messageId\" and \"body\"";
    let records = records.as_array().context(FORM)?;
    let read = records.iter().map(|record| {
        let text = |key: &str| record.get(key).and_then(Value::as_str);
        ensure!(text("eventSource") == Some("aws:sqs"), FORM);
        let id = text("messageId").filter(|id| !id.is_empty()).context(FORM)?.to_owned();
        let order = body(text("body").unwrap_or_default()).map_err(|error| format!("{error:#}"));
        Ok(Record { id, order })
    });
    read.collect()
}

/// The order in the body of a message: `{"poll": {…}}`, or `{}` for the function's own account; or `{"sweep": {…}}`.
fn body(text: &str) -> anyhow::Result<Order> {
    let body: Value = serde_json::from_str(text).context("the body is not JSON")?;
    let members = body.as_object().context("the body is not an object")?;
    match (members.get("poll"), members.get("sweep"), members.len()) {
        (None, None, 0) => order::read(&json!({})).map(Order::Poll),
        (Some(poll), None, 1) => order::read(poll).map(Order::Poll),
        (None, Some(sweep), 1) => self::sweep(sweep).map(Order::Sweep),
        _ => anyhow::bail!("the body is none of {{\"poll\": {{…}}}}, {{\"sweep\": {{…}}}} and {{}}"),
    }
}

/// Reads the order to go on with a sweep.
pub(super) fn sweep(order: &Value) -> anyhow::Result<SweepOrder> {
    SweepOrder::deserialize(order).context("\"sweep\" must be true, or an object like {\"listedAt\": \"…\"}")
}

/// The answer to a batch of messages. Lambda takes those that are named from the queue once more, and removes all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchReport {
    batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

impl BatchReport {
    /// Has the queue hand a message on once more.
    pub fn again(&mut self, id: &str) {
        self.batch_item_failures.push(BatchItemFailure { item_identifier: id.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(body: &str) -> Value {
        json!({"eventSource": "aws:sqs", "messageId": "m-1", "body": body, "receiptHandle": "x", "attributes": {}})
    }

    #[test]
    fn each_message_is_an_order_or_the_reason_why_it_is_none() {
        let bodies = [
            r#"{"poll": {"account": "111122223333"}}"#,
            "{}",
            "poll",
            r#"{"drill": true}"#,
            "[]",
            "",
            r#"{"sweep": {"listedAt": "2026-11-22T03:00:00.000Z"}}"#,
        ];
        let records = read(&Value::from(bodies.map(record).to_vec())).unwrap();
        let orders: Vec<Result<Option<&str>, &str>> = records
            .iter()
            .map(|record| match &record.order {
                Ok(Order::Poll(order)) => Ok(order.account.as_deref()),
                Ok(Order::Sweep(_)) => Ok(Some("sweep")),
                Err(reason) => Err(reason.as_str()),
            })
            .collect();
        assert_eq!(orders[..2], [Ok(Some("111122223333")), Ok(None)]);
        assert!(orders[2].unwrap_err().starts_with("the body is not JSON: "), "{orders:?}");
        assert_eq!(orders[3], Err("the body is none of {\"poll\": {…}}, {\"sweep\": {…}} and {}"));
        assert_eq!(orders[4], Err("the body is not an object"));
        assert_eq!(orders[6], Ok(Some("sweep")));
        assert!(orders[5].is_err() && records.iter().all(|record| record.id == "m-1"));
    }

    #[test]
    fn records_of_other_services_are_refused() {
        for other in [
            json!({}),
            json!([{}]),
            json!([{"eventSource": "aws:s3"}]),
            json!([{"eventSource": "aws:sqs", "messageId": "", "body": "{}"}]),
        ] {
            let error = read(&other).unwrap_err().to_string();
            assert!(error.starts_with("\"Records\" must be a list of messages of SQS"), "{error}");
        }
    }

    #[test]
    fn the_answer_is_what_lambda_takes() {
        let mut report = BatchReport::default();
        assert_eq!(serde_json::to_value(&report).unwrap(), json!({"batchItemFailures": []}));
        report.again("m-1");
        assert_eq!(serde_json::to_value(&report).unwrap(), json!({"batchItemFailures": [{"itemIdentifier": "m-1"}]}));
    }
}
