//! A DynamoDB in memory, over the real wire, as fast as can be: moto takes longer for a transaction than the delay that is
//! measured against. It does what the function asks of it, pages of a megabyte included, and refuses loudly what it does
//! not know.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::expression::{Placeholders, Row};
use crate::support::http::{Request, Response, response};

/// DynamoDB's page: a megabyte of names and values.
const PAGE_BYTES: usize = 1024 * 1024;

type Key = (String, String);

/// The tables, by name.
#[derive(Default)]
pub struct Tables(Mutex<BTreeMap<String, BTreeMap<Key, Row>>>);

impl Tables {
    pub fn new() -> Arc<Tables> {
        Arc::default()
    }

    /// Answers one call.
    pub fn answer(&self, request: &Request) -> Response {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let body: Value = serde_json::from_slice(request.body()).expect("a JSON body");
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match target.rsplit('.').next() {
            Some("Query") => Ok(query(&tables, &body)),
            Some("UpdateItem") => write(&mut tables, &[Write::of("Update", &body)]).map_err(|mut refusals| {
                let refusal = refusals.swap_remove(0);
                json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{}Exception", refusal["Code"].as_str().unwrap_or_default()), "message": "The conditional request failed", "Item": refusal["Item"]})
            }),
            Some("PutItem") => write(&mut tables, &[Write::of("Put", &body)]).map_err(|mut refusals| {
                let refusal = refusals.swap_remove(0);
                json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{}Exception", refusal["Code"].as_str().unwrap_or_default()), "message": "The conditional request failed"})
            }),
            Some("TransactWriteItems") => {
                let actions = body["TransactItems"].as_array().expect("actions");
                let writes: Vec<Write<'_>> = actions
                    .iter()
                    .map(|action| {
                        let (kind, write) = action.as_object().and_then(|action| action.iter().next()).expect("an action");
                        Write::of(kind, write)
                    })
                    .collect();
                write(&mut tables, &writes).map_err(|refusals| {
                    json!({
                        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
                        "CancellationReasons": refusals,
                    })
                })
            }
            _ => panic!("the stand-in for DynamoDB knows no {target:?}"),
        };
        let (status, body) = match answer {
            Ok(body) => (200, body),
            Err(error) => (400, error),
        };
        let mut answer = response(status, body.to_string());
        let content_type = hyper::header::HeaderValue::from_static("application/x-amz-json-1.0");
        answer.headers_mut().insert("content-type", content_type);
        answer
    }
}

/// One write, alone or in a transaction.
struct Write<'a> {
    request: &'a Value,
    is_put: bool,
}

impl<'a> Write<'a> {
    fn of(kind: &str, request: &'a Value) -> Write<'a> {
        assert!(matches!(kind, "Put" | "Update"), "the stand-in for DynamoDB knows no {kind}");
        Write { request, is_put: kind == "Put" }
    }

    fn key(&self) -> Key {
        let attributes = if self.is_put { &self.request["Item"] } else { &self.request["Key"] };
        key(attributes.as_object().expect("attributes"))
    }
}

/// Writes all or nothing. The error has a reason for each.
fn write(tables: &mut BTreeMap<String, BTreeMap<Key, Row>>, writes: &[Write<'_>]) -> Result<Value, Vec<Value>> {
    let nothing = Row::new();
    let reasons: Vec<Value> = writes
        .iter()
        .map(|write| {
            let stored = tables.get(table(write.request)).and_then(|rows| rows.get(&write.key()));
            let condition = write.request["ConditionExpression"].as_str().unwrap_or_default();
            let holds =
                condition.is_empty() || Placeholders::of(write.request).holds(condition, stored.unwrap_or(&nothing));
            match (holds, stored) {
                (true, _) => json!({"Code": "None"}),
                (false, Some(row)) => {
                    json!({"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": row})
                }
                (false, None) => json!({"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}),
            }
        })
        .collect();
    if reasons.iter().any(|reason| reason["Code"] != "None") {
        return Err(reasons);
    }
    for write in writes {
        let rows = tables.entry(table(write.request).to_owned()).or_default();
        if write.is_put {
            rows.insert(write.key(), write.request["Item"].as_object().expect("a row").clone());
        } else {
            let row =
                rows.entry(write.key()).or_insert_with(|| write.request["Key"].as_object().expect("a key").clone());
            let update = write.request["UpdateExpression"].as_str().unwrap_or_default();
            Placeholders::of(write.request).update(update, row);
        }
    }
    Ok(json!({}))
}

/// A page of one partition.
fn query(tables: &BTreeMap<String, BTreeMap<Key, Row>>, request: &Value) -> Value {
    assert!(request["IndexName"].is_null() && request["FilterExpression"].is_null(), "a query of the function's");
    let condition = request["KeyConditionExpression"].as_str().expect("a key condition");
    let placeholders = Placeholders::of(request);
    // The partition's key comes first in every condition.
    let partition = request["ExpressionAttributeValues"][":v0"]["S"].as_str().expect("a partition").to_owned();
    let start = request["ExclusiveStartKey"].as_object().map(key);
    let limit = request["Limit"].as_u64().map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let nothing = BTreeMap::new();
    let rows = tables.get(table(request)).unwrap_or(&nothing);
    let (mut items, mut bytes, mut last) = (Vec::new(), 0, None);
    let mut take = |(key, row): (&Key, &Row)| {
        if key.0 != partition || last.is_some() {
            return false;
        }
        if placeholders.holds(condition, row) {
            bytes += size(row);
            items.push(Value::Object(row.clone()));
        }
        if bytes >= PAGE_BYTES || items.len() >= limit {
            last = Some(key_attributes(row));
        }
        true
    };
    if request["ScanIndexForward"] == false {
        let end = start.map_or(Bound::Included((partition.clone(), "\u{10ffff}".to_owned())), Bound::Excluded);
        let mut rows = rows.range((Bound::Unbounded, end)).rev();
        while rows.next().is_some_and(&mut take) {}
    } else {
        let start = start.map_or(Bound::Included((partition.clone(), String::new())), Bound::Excluded);
        let mut rows = rows.range((start, Bound::Unbounded));
        while rows.next().is_some_and(&mut take) {}
    }
    let mut answer = json!({"Count": items.len(), "ScannedCount": items.len(), "Items": items});
    if let Some(last) = last {
        answer["LastEvaluatedKey"] = last;
    }
    answer
}

fn table(request: &Value) -> &str {
    request["TableName"].as_str().expect("a table's name")
}

/// States are keyed by scope and item, history by item and time.
fn key_names(row: &Row) -> [&'static str; 2] {
    if row.contains_key("scope") { ["scope", "item"] } else { ["item", "occurred_at"] }
}

fn key(row: &Row) -> Key {
    let [hash, range] = key_names(row).map(|name| row[name]["S"].as_str().expect("a key of text").to_owned());
    (hash, range)
}

fn key_attributes(row: &Row) -> Value {
    key_names(row).into_iter().map(|name| (name.to_owned(), row[name].clone())).collect::<Row>().into()
}

/// The size of a row as DynamoDB counts it, near enough.
fn size(row: &Row) -> usize {
    row.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else { return 1 };
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => text.len(),
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        ("M", Value::Object(map)) => 3 + size(map) + map.len(),
        ("L", Value::Array(list)) => 3 + list.iter().map(|value| value_size(value) + 1).sum::<usize>(),
        _ => 1,
    }
}
