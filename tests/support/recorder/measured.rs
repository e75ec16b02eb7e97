//! AWS's own metrics, as `ListMetrics` and `GetMetricData` answer them: only to exactly the dimensions that a series has, a
//! value for each period that has samples, and nothing that a caller did not ask for.

use std::collections::BTreeMap;

use ciborium::Value;
use hyper::body::Bytes;
use serde::{Deserialize, de::DeserializeOwned};

use super::Refusal;

const MAXIMUM_QUERIES: usize = 500;

/// A series of a metric, with its samples.
#[derive(Clone, Debug)]
pub struct MeasuredSeries {
    /// The namespace.
    pub namespace: String,
    /// The metric.
    pub metric: String,
    /// All of its dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// The samples: milliseconds since 1970, and the value.
    pub samples: Vec<(i64, f64)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListMetrics {
    namespace: String,
    #[serde(default)]
    dimensions: Vec<Dimension>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetMetricData {
    metric_data_queries: Vec<Query>,
    start_time: f64,
    end_time: f64,
    scan_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Query {
    id: String,
    metric_stat: MetricStat,
    return_data: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct MetricStat {
    metric: Metric,
    period: i64,
    stat: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Metric {
    namespace: String,
    metric_name: String,
    #[serde(default)]
    dimensions: Vec<Dimension>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Dimension {
    name: String,
    value: String,
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    let unreadable = |error: ciborium::de::Error<_>| {
        Refusal::new(400, "SerializationException", "SerializationException", &error.to_string())
    };
    ciborium::from_reader(&body[..]).map_err(unreadable)
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(name, value)| (Value::from(name), value)).collect())
}

/// The series that have all of these dimensions, and perhaps more.
pub(super) fn list(all: &[MeasuredSeries], body: &Bytes) -> Result<Value, Refusal> {
    let input: ListMetrics = read(body)?;
    let has = |series: &&MeasuredSeries| {
        let has = |wanted: &Dimension| series.dimensions.get(&wanted.name) == Some(&wanted.value);
        series.namespace == input.namespace && input.dimensions.iter().all(has)
    };
    let metrics = all.iter().filter(has).map(|series| {
        let dimensions = series.dimensions.iter();
        let dimensions =
            dimensions.map(|(name, value)| map([("Name", name.as_str().into()), ("Value", value.as_str().into())]));
        map([
            ("Namespace", series.namespace.as_str().into()),
            ("MetricName", series.metric.as_str().into()),
            ("Dimensions", Value::Array(dimensions.collect())),
        ])
    });
    Ok(map([("Metrics", Value::Array(metrics.collect()))]))
}

/// The values of each query, newest first unless the caller wants them ascending.
pub(super) fn data(all: &[MeasuredSeries], body: &Bytes) -> Result<Value, Refusal> {
    let input: GetMetricData = read(body)?;
    if input.metric_data_queries.len() > MAXIMUM_QUERIES || input.start_time >= input.end_time {
        return Err(Refusal::new(400, "ValidationError", "ValidationError", "The request is invalid."));
    }
    let mut results = Vec::new();
    for query in input.metric_data_queries {
        let begins_well = query.id.starts_with(|first: char| first.is_ascii_lowercase());
        if !begins_well || query.metric_stat.period % 60 != 0 || query.metric_stat.period <= 0 || !query.return_data {
            return Err(Refusal::new(400, "ValidationError", "ValidationError", &query.id));
        }
        let mut values = values(all, &query.metric_stat, (input.start_time, input.end_time))?;
        if input.scan_by.as_deref() != Some("TimestampAscending") {
            values.reverse();
        }
        let (at, values): (Vec<Value>, Vec<Value>) =
            values.into_iter().map(|(at, value)| (Value::Tag(1, Box::new(at.into())), Value::Float(value))).unzip();
        results.push(map([
            ("Id", query.id.into()),
            ("Timestamps", Value::Array(at)),
            ("Values", Value::Array(values)),
            ("StatusCode", "Complete".into()),
        ]));
    }
    Ok(map([("MetricDataResults", Value::Array(results))]))
}

/// The value of each period that has samples, by its beginning in seconds.
fn values(all: &[MeasuredSeries], asked: &MetricStat, (from, until): (f64, f64)) -> Result<Vec<(i64, f64)>, Refusal> {
    let dimensions = asked.metric.dimensions.iter();
    let dimensions: BTreeMap<String, String> =
        dimensions.map(|dimension| (dimension.name.clone(), dimension.value.clone())).collect();
    let same = |series: &&MeasuredSeries| {
        (&series.namespace, &series.metric, &series.dimensions)
            == (&asked.metric.namespace, &asked.metric.metric_name, &dimensions)
    };
    let mut periods: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (milliseconds, value) in all.iter().filter(same).flat_map(|series| &series.samples) {
        let seconds = milliseconds / 1_000;
        if from <= seconds as f64 && (seconds as f64) < until {
            periods.entry(seconds - seconds % asked.period).or_default().push(*value);
        }
    }
    let statistic: fn(&[f64]) -> f64 = match asked.stat.as_str() {
        "Minimum" => |values| values.iter().copied().fold(f64::INFINITY, f64::min),
        "Sum" => |values| values.iter().sum(),
        other => return Err(Refusal::invalid_value(other)),
    };
    Ok(periods.into_iter().map(|(at, values)| (at, statistic(&values))).collect())
}
