//! CloudWatch: publishes the data points of a poll in as few calls of `PutMetricData` as possible.
//!
//! CloudWatch refuses a whole call for one bad datum, so data points that it would not accept are left out. The SDK
//! compresses the calls. Needs `cloudwatch:PutMetricData`, which has no resources but can be limited to the namespace.

use anyhow::anyhow;
use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    config::Builder,
    primitives::DateTime,
    types::{Dimension, MetricDatum, StandardUnit},
};
use futures::{StreamExt, stream};

use super::{
    batches::batches,
    failure::CallFailure,
    limits::{CallLimits, Limited},
};
use crate::{
    domain::bounded,
    metrics::{DataPoint, Unit},
    ports::{MetricSink, Publication},
};

/// A namespace of CloudWatch that data points are published in.
#[derive(Clone, Debug)]
pub struct CloudWatchMetrics {
    client: Client,
    namespace: String,
}

impl CloudWatchMetrics {
    /// Metrics of `namespace`, in the configuration's region.
    pub fn new(config: &SdkConfig, namespace: impl Into<String>) -> CloudWatchMetrics {
        let builder = Builder::from(config).limited(&CallLimits::SINK);
        CloudWatchMetrics { client: Client::from_conf(builder.build()), namespace: namespace.into() }
    }

    /// Publishes the data points of one call. Returns their number.
    async fn put(&self, data: &[&DataPoint]) -> anyhow::Result<usize> {
        let request = self
            .client
            .put_metric_data()
            .namespace(&self.namespace)
            .set_metric_data(Some(data.iter().map(|point| datum(point)).collect()));
        // On the heap: the SDK's futures are large, and a poll joins many of them.
        Box::pin(request.send()).await.map_err(|error| {
            let points = data.len();
            anyhow!(CallFailure::of(&error)).context(format!(
                "cannot publish {points} data point{} in the CloudWatch namespace {}",
                if points == 1 { "" } else { "s" },
                self.namespace
            ))
        })?;
        Ok(data.len())
    }
}

/// The most data points in one call.
const MAXIMUM_DATA_POINTS: usize = 1_000;
/// The most bytes in one call, before compression. CloudWatch's limit is 1 MB.
const MAXIMUM_BYTES: usize = 800_000;
/// How many calls are in flight at a time.
const CALLS_IN_FLIGHT: usize = 4;

impl MetricSink for CloudWatchMetrics {
    async fn publish(&self, data: &[DataPoint]) -> Publication {
        let (sound, left_out): (Vec<&DataPoint>, Vec<&DataPoint>) =
            data.iter().partition(|point| point.dimensions.iter().all(|(_, value)| is_dimension_value(value)));
        if let Some(first) = left_out.first() {
            let dimensions: Vec<_> = first.dimensions.iter().map(|(name, value)| (name, bounded(value))).collect();
            tracing::warn!(
                left_out = left_out.len(),
                metric = first.metric,
                ?dimensions,
                "left out of the metrics: CloudWatch takes 1 to 1,024 printable ASCII characters (this is the first)"
            );
        }
        let calls = batches(&sound, MAXIMUM_DATA_POINTS, MAXIMUM_BYTES, |point| size(point));
        let outcomes: Vec<_> =
            stream::iter(calls.into_iter().map(|call| self.put(call))).buffered(CALLS_IN_FLIGHT).collect().await;
        let mut publication = Publication { left_out: left_out.len(), ..Publication::default() };
        for outcome in outcomes {
            match outcome {
                Ok(points) => publication.accepted += points,
                Err(error) => publication.errors.push(error),
            }
        }
        publication
    }
}

/// The longest value of a dimension.
const MAXIMUM_DIMENSION: usize = 1024;

/// Whether CloudWatch accepts `value` as the value of a dimension.
fn is_dimension_value(value: &str) -> bool {
    value.len() <= MAXIMUM_DIMENSION
        && value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && value.bytes().any(|byte| byte != b' ')
}

/// The bytes of a data point on the wire besides its texts: names of members, value, unit, time.
const DATA_POINT_BYTES: usize = 120;
/// The bytes of a dimension besides its texts.
const DIMENSION_BYTES: usize = 24;

/// An upper bound of a data point's bytes on the wire, uncompressed.
fn size(point: &DataPoint) -> usize {
    let dimensions = point.dimensions.iter().map(|(name, value)| DIMENSION_BYTES + name.len() + value.len());
    DATA_POINT_BYTES + point.metric.len() + dimensions.sum::<usize>()
}

fn datum(point: &DataPoint) -> MetricDatum {
    let dimensions = point.dimensions.iter().map(|(name, value)| Dimension::builder().name(*name).value(value).build());
    MetricDatum::builder()
        .metric_name(point.metric)
        .set_dimensions(Some(dimensions.collect()))
        .value(point.value)
        .unit(match point.unit {
            Unit::None => StandardUnit::None,
            Unit::Count => StandardUnit::Count,
            Unit::Milliseconds => StandardUnit::Milliseconds,
            Unit::Seconds => StandardUnit::Seconds,
        })
        .timestamp(DateTime::from_millis(point.at.milliseconds()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dimension_has_1_to_1024_printable_ascii_characters() {
        for value in ["a", "dxcon-fg5678gh", " a", "~", &"x".repeat(1024)] {
            assert!(is_dimension_value(value), "{value:?}");
        }
        for value in ["", " ", "   ", "é", "a\nb", "a\tb", "\u{7f}", "\u{202e}x", &"x".repeat(1025)] {
            assert!(!is_dimension_value(value), "{value:?}");
        }
    }
}
