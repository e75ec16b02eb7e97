//! The body of `PutMetricData`: Smithy RPC v2 CBOR, perhaps gzip, read into data points as strictly as CloudWatch does.

use std::collections::BTreeMap;
use std::io::Read;

use chrono::DateTime;
use flate2::read::GzDecoder;
use hyper::body::Bytes;
use serde::Deserialize;

use super::{DataPoint, Refusal};

const MAXIMUM_DATA: usize = 1_000;
const MAXIMUM_BYTES: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Input {
    namespace: String,
    metric_data: Vec<Datum>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Datum {
    metric_name: String,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    value: f64,
    unit: Option<String>,
    timestamp: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Dimension {
    name: String,
    value: String,
}

/// Reads a body, and refuses what CloudWatch would refuse.
pub(super) fn data_points(encoding: Option<&str>, body: &Bytes) -> Result<Vec<DataPoint>, Refusal> {
    let unreadable = |reason: String| Refusal::new(400, "SerializationException", "SerializationException", &reason);
    let plain = match encoding {
        None => body.to_vec(),
        Some("gzip") => {
            let mut plain = Vec::new();
            GzDecoder::new(&body[..]).read_to_end(&mut plain).map_err(|error| unreadable(error.to_string()))?;
            plain
        }
        Some(other) => return Err(unreadable(format!("content-encoding {other}"))),
    };
    if plain.len() > MAXIMUM_BYTES {
        return Err(Refusal::new(413, "RequestEntityTooLarge", "RequestEntityTooLarge", "The request exceeds 1 MB."));
    }
    let input: Input = ciborium::from_reader(&plain[..]).map_err(|error| unreadable(error.to_string()))?;
    if input.metric_data.len() > MAXIMUM_DATA {
        return Err(Refusal::invalid_value("The collection MetricData must not have a size greater than 1000."));
    }
    if !is_text(&input.namespace, 255) || input.namespace.starts_with("AWS/") {
        return Err(Refusal::invalid_value("The value for parameter Namespace is invalid."));
    }
    let point = |datum| data_point(&input.namespace, datum);
    input
        .metric_data
        .into_iter()
        .enumerate()
        .map(|(index, datum)| {
            point(datum).map_err(|what| {
                Refusal::invalid_value(&format!("The parameter MetricData.member.{}.{what} is invalid.", index + 1))
            })
        })
        .collect()
}

/// The data point of a datum, or the name of the member that CloudWatch does not take.
fn data_point(namespace: &str, datum: Datum) -> Result<DataPoint, &'static str> {
    if !is_text(&datum.metric_name, 255) {
        return Err("MetricName");
    }
    if !datum.value.is_finite() {
        return Err("Value");
    }
    if datum.dimensions.len() > 30 {
        return Err("Dimensions");
    }
    let mut dimensions = BTreeMap::new();
    for Dimension { name, value } in datum.dimensions {
        if !is_text(&name, 255) || name.starts_with(':') {
            return Err("Dimensions.Name");
        }
        if !is_text(&value, 1024) || dimensions.insert(name, value).is_some() {
            return Err("Dimensions.Value");
        }
    }
    let timestamp = match datum.timestamp {
        None => None,
        // The wire has seconds with a fraction; whole milliseconds are what CloudWatch and the SDK mean.
        Some(seconds) => Some(DateTime::from_timestamp_millis((seconds * 1000.0).round() as i64).ok_or("Timestamp")?),
    };
    Ok(DataPoint {
        namespace: namespace.to_owned(),
        metric: datum.metric_name,
        dimensions,
        value: datum.value,
        unit: datum.unit,
        timestamp,
    })
}

/// Whether CloudWatch takes this for a name or a value: printable ASCII with something other than blanks in it.
fn is_text(text: &str, maximum: usize) -> bool {
    text.len() <= maximum && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.trim().is_empty()
}
