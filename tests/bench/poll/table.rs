//! Tables in Markdown.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::front::Timed;

pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(head: &[&str]) -> Table {
        Table { head: head.iter().map(|cell| (*cell).to_owned()).collect(), rows: Vec::new() }
    }

    pub fn row<const CELLS: usize>(&mut self, cells: [String; CELLS]) {
        assert_eq!(CELLS, self.head.len(), "a cell for each head");
        // At once for whoever waits.
        eprintln!("{}", cells.join(" | "));
        self.rows.push(cells.into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| {} |", self.head.join(" | "))?;
        writeln!(formatter, "|{}", " --- |".repeat(self.head.len()))?;
        self.rows.iter().try_for_each(|row| writeln!(formatter, "| {} |", row.join(" | ")))
    }
}

pub fn milliseconds(duration: Duration) -> String {
    format!("{:.0}", duration.as_secs_f64() * 1e3)
}

/// Kilobytes, in MiB.
pub fn kilobytes(kilobytes: u64) -> String {
    format!("{:.1}", kilobytes as f64 / 1024.0)
}

/// `directconnect 10, dynamodb 4`: calls by service, and of DynamoDB by operation, since they cost differently.
pub fn calls_by_service(calls: &[Timed]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for call in calls {
        let (service, operation) = call.name.split_once(':').unwrap_or((&call.name, ""));
        let name = match service {
            "dynamodb" => operation,
            "monitoring" => "PutMetricData",
            "events" => "PutEvents",
            "sns" => "Publish",
            _ => "Describe…",
        };
        *counts.entry(name).or_default() += 1;
    }
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}
