//! The partitions of the monitor's tables: what each call costs which of them, and who is throttled.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use serde_json::{Value, json};

use super::units::{self, Row};
use crate::support::http::{Response, response};
use crate::support::limits::bucket::Bucket;
use crate::support::proxy::call::Call;

const MODEL: &str = "com.amazonaws.dynamodb.v20120810";
const MESSAGE: &str = "The partition takes no more at the moment.";

/// The index of history, whose key is in its rows.
const INDEX: &str = "by-day";
const INDEX_KEY: &str = "day";

/// Units a second.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// What can be written to the rows of one partition key.
    pub key_writes: f64,
    /// What can be read of them.
    pub key_reads: f64,
    /// What can be written to a table, or an index, as a new one on demand begins.
    pub table_writes: f64,
    /// What can be read of it.
    pub table_reads: f64,
}

impl Default for Rates {
    fn default() -> Self {
        Self { key_writes: 1_000.0, key_reads: 3_000.0, table_writes: 4_000.0, table_reads: 12_000.0 }
    }
}

/// A table, or an index of one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Place {
    table: String,
    is_index: bool,
}

impl Place {
    fn name(&self) -> String {
        if self.is_index { format!("{}/{INDEX}", self.table) } else { self.table.clone() }
    }

    /// AWS's reason for throttling.
    fn reason(&self, reads: bool, limit: &str) -> Value {
        let kind = if self.is_index { "Index" } else { "Table" };
        let index = if self.is_index { format!("/index/{INDEX}") } else { String::new() };
        let operation = if reads { "Read" } else { "Write" };
        json!({
            "reason": format!("{kind}{operation}{limit}"),
            "resource": format!("arn:aws:dynamodb:us-east-1:123456789012:table/{}{index}", self.table),
        })
    }
}

/// The rows of one partition key.
type Partition = (Place, String);

/// Buckets of reads or of writes.
struct Buckets {
    reads: bool,
    per_key: f64,
    per_table: f64,
    keys: HashMap<Partition, Bucket>,
    tables: HashMap<Place, Bucket>,
}

impl Buckets {
    /// AWS's reason, where the partition or its table takes no more.
    fn refusal(&mut self, partition: &Partition, now: Instant) -> Option<Value> {
        let (place, _) = partition;
        let key = self.keys.entry(partition.clone()).or_insert_with(|| Bucket::full(self.per_key, now));
        let table = self.tables.entry(place.clone()).or_insert_with(|| Bucket::full(self.per_table, now));
        match (key.admits(now), table.admits(now)) {
            (true, true) => None,
            (false, _) => Some(place.reason(self.reads, "KeyRangeThroughputExceeded")),
            (true, false) => Some(place.reason(self.reads, "AccountLimitExceeded")),
        }
    }

    fn pay(&mut self, partition: &Partition, units: f64) {
        self.keys.get_mut(partition).into_iter().for_each(|bucket| bucket.pay(units));
        self.tables.get_mut(&partition.0).into_iter().for_each(|bucket| bucket.pay(units));
    }
}

/// What is known of a row that was written through here.
#[derive(Clone, Default)]
struct Known {
    bytes: usize,
    index_key: Option<String>,
}

/// One write of a call, alone or in a transaction.
struct Write {
    row: (String, String, String),
    becomes: Known,
    table: Partition,
    /// The index's partitions that it writes to: the row's old place and its new one, or the one that is both.
    index: Vec<Partition>,
    units: f64,
    index_units: f64,
}

/// All partitions.
pub struct Partitions {
    reads: Buckets,
    writes: Buckets,
    rows: HashMap<(String, String, String), Known>,
    throttled: usize,
    written: BTreeMap<String, f64>,
}

impl Partitions {
    /// Partitions that nothing was written to.
    pub fn new(rates: Rates) -> Self {
        let buckets = |reads, per_key, per_table| Buckets {
            reads,
            per_key,
            per_table,
            keys: HashMap::new(),
            tables: HashMap::new(),
        };
        Self {
            reads: buckets(true, rates.key_reads, rates.table_reads),
            writes: buckets(false, rates.key_writes, rates.table_writes),
            rows: HashMap::new(),
            throttled: 0,
            written: BTreeMap::new(),
        }
    }

    /// How many attempts were throttled so far.
    pub fn throttled(&self) -> usize {
        self.throttled
    }

    /// The write units that were paid so far, by table and index.
    pub fn written(&self) -> &BTreeMap<String, f64> {
        &self.written
    }

    /// Lets a call arrive: the answer that throttles it, or none where it may go on. What it writes to tables is paid by
    /// trying, whatever becomes of it; what it reads, and what it writes to the index, when it is settled.
    pub fn admit(&mut self, call: &Call, now: Instant) -> Option<Response> {
        let refusal = match call.operation.as_str() {
            "TransactWriteItems" => self.admit_transaction(call, now),
            "PutItem" | "UpdateItem" => self.admit_write(call, now),
            "Query" | "GetItem" => self.reads.refusal(&partition_of_read(&call.json()), now).map(refused),
            "CreateTable" | "DescribeTable" | "ListTables" => None,
            other => panic!("the capacity of {other} is not known"),
        };
        self.throttled += usize::from(refusal.is_some());
        refusal
    }

    /// Lets a call that was admitted be answered.
    pub fn settle(&mut self, call: &Call, answer: &Response) {
        if !answer.status().is_success() {
            return;
        }
        match call.operation.as_str() {
            "TransactWriteItems" | "PutItem" | "UpdateItem" => {
                for write in self.writes_of(call) {
                    for partition in &write.index {
                        self.pay_write(partition, write.index_units);
                    }
                    self.rows.insert(write.row, write.becomes);
                }
            }
            "Query" | "GetItem" => {
                let request = call.json();
                let units = units::to_read(bytes_read(answer), request["ConsistentRead"] == true);
                self.reads.pay(&partition_of_read(&request), units);
            }
            _ => {}
        }
    }

    fn admit_write(&mut self, call: &Call, now: Instant) -> Option<Response> {
        let writes = self.writes_of(call);
        let refusal = writes.iter().find_map(|write| self.refusal_of(write, now));
        if refusal.is_none() {
            writes.iter().for_each(|write| self.pay_write(&write.table, write.units));
        }
        refusal.map(refused)
    }

    /// A transaction is canceled as a whole; the parts that were not throttled were tried, and are paid.
    fn admit_transaction(&mut self, call: &Call, now: Instant) -> Option<Response> {
        let writes = self.writes_of(call);
        let refusals: Vec<_> = writes.iter().map(|write| self.refusal_of(write, now)).collect();
        for (write, _) in writes.iter().zip(&refusals).filter(|(_, refusal)| refusal.is_none()) {
            self.pay_write(&write.table, write.units);
        }
        let reasons: Vec<Value> = refusals
            .iter()
            .map(|refusal| match refusal {
                None => json!({"Code": "None"}),
                Some(_) => json!({"Code": "ThrottlingError", "Message": MESSAGE}),
            })
            .collect();
        refusals.iter().any(Option::is_some).then(|| {
            error(json!({
                "__type": format!("{MODEL}#TransactionCanceledException"),
                "Message": "The transaction was canceled; its cancellation reasons say why.",
                "CancellationReasons": reasons,
            }))
        })
    }

    fn refusal_of(&mut self, write: &Write, now: Instant) -> Option<Value> {
        [&write.table].into_iter().chain(&write.index).find_map(|partition| self.writes.refusal(partition, now))
    }

    fn pay_write(&mut self, partition: &Partition, units: f64) {
        self.writes.pay(partition, units);
        *self.written.entry(partition.0.name()).or_default() += units;
    }

    fn writes_of(&self, call: &Call) -> Vec<Write> {
        let request = call.json();
        let Some(actions) = request["TransactItems"].as_array() else {
            return vec![self.write_of(&request, 1.0)];
        };
        let writes = actions.iter().map(|action| {
            let (kind, write) = action.as_object().and_then(|action| action.iter().next()).expect("an action");
            assert!(matches!(kind.as_str(), "Put" | "Update"), "the cost of a {kind} is not known");
            // A transaction prepares, and then commits.
            self.write_of(write, 2.0)
        });
        writes.collect()
    }

    fn write_of(&self, write: &Value, times: f64) -> Write {
        let table = write["TableName"].as_str().expect("a table's name").to_owned();
        let put = write["Item"].as_object();
        let key = put.or(write["Key"].as_object()).expect("an item or a key");
        let (hash, range) = key_of(key);
        let row = (table.clone(), hash.clone(), range);
        let was = self.rows.get(&row).cloned().unwrap_or_default();
        let becomes = match put {
            Some(item) => Known { bytes: units::size(item), index_key: text(item, INDEX_KEY) },
            // What an update replaces is not known: a row is taken to be as large as it ever was.
            None => {
                let values = write["ExpressionAttributeValues"].as_object().into_iter().flatten();
                let set: usize = values.map(|(name, value)| name.len() + units::size_of_value(value)).sum();
                Known { bytes: was.bytes.max(units::size(key) + set), index_key: was.index_key.clone() }
            }
        };
        let place = |is_index| Place { table: table.clone(), is_index };
        let mut index: Vec<Partition> =
            [was.index_key, becomes.index_key.clone()].into_iter().flatten().map(|key| (place(true), key)).collect();
        index.dedup();
        let units = units::to_write(was.bytes.max(becomes.bytes));
        Write { row, becomes, table: (place(false), hash), index, units: units * times, index_units: units }
    }
}

/// The key of a row of one of the monitor's tables: states are `scope` and `item`, history is `item` and `occurred_at`.
fn key_of(row: &Row) -> (String, String) {
    let names = if row.contains_key("scope") { ["scope", "item"] } else { ["item", "occurred_at"] };
    let [hash, range] = names.map(|name| text(row, name).unwrap_or_else(|| panic!("a row without {name}")));
    (hash, range)
}

/// The partition that a query or a read of one row asks for. A query's key comes first in its condition, as in `#k = :v`.
fn partition_of_read(request: &Value) -> Partition {
    let place = Place {
        table: request["TableName"].as_str().expect("a table's name").to_owned(),
        is_index: request["IndexName"].is_string(),
    };
    let key = match request["Key"].as_object() {
        Some(key) => key_of(key).0,
        None => {
            let condition = request["KeyConditionExpression"].as_str().expect("a key condition");
            let placeholder = condition.split(" AND ").next().and_then(|first| first.split(" = ").nth(1));
            let value = &request["ExpressionAttributeValues"][placeholder.expect("a key that equals").trim()];
            value["S"].as_str().expect("a key that is a string").to_owned()
        }
    };
    (place, key)
}

fn text(row: &Row, name: &str) -> Option<String> {
    Some(row.get(name)?["S"].as_str()?.to_owned())
}

fn bytes_read(answer: &Response) -> usize {
    let answer: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let rows = answer["Items"].as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter().chain([&answer["Item"]]).filter_map(Value::as_object).map(units::size).sum()
}

fn refused(reason: Value) -> Response {
    error(json!({
        "__type": format!("{MODEL}#ProvisionedThroughputExceededException"),
        "message": MESSAGE,
        "ThrottlingReasons": [reason],
    }))
}

fn error(body: Value) -> Response {
    let mut answer = response(400, body.to_string());
    let content_type = hyper::header::HeaderValue::from_static("application/x-amz-json-1.0");
    answer.headers_mut().insert("content-type", content_type);
    answer
}
