//! AWS's own metrics of Direct Connect, as evidence: `ListMetrics` finds out which series there are, `GetMetricData` reads
//! them. Both are in the region of what they are about, and are paid for by the series.
//!
//! Needs `cloudwatch:ListMetrics` and `cloudwatch:GetMetricData`, which have no resources. A failure costs evidence, and
//! nothing else: there are few attempts, and none waits for long.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use anyhow::anyhow;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    config::Builder,
    primitives::DateTime,
    types::{Dimension, DimensionFilter, Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy},
};

use super::{
    failure::CallFailure,
    in_region,
    limits::{CallLimits, Limited},
};
use crate::{
    domain::{CONNECTION_ID, MEASURED_NAMESPACE, Measured, Sample, Series, Span, Timestamp},
    ports::Measurements,
};

/// The period of a data point: the shortest that AWS keeps for more than hours. Where AWS publishes fewer, there are fewer.
const PERIOD_SECONDS: i32 = 60;
/// The most pages that are read of one answer. A page of series has 500, and one of data points 100,800.
const MAXIMUM_PAGES: usize = 3;

/// AWS's own metrics of Direct Connect.
#[derive(Debug)]
pub struct CloudWatchMeasurements {
    config: SdkConfig,
    /// The client of each region, made when it is first needed.
    clients: RefCell<BTreeMap<String, Rc<Client>>>,
}

impl CloudWatchMeasurements {
    /// The metrics that these credentials can read.
    pub fn new(config: &SdkConfig) -> CloudWatchMeasurements {
        CloudWatchMeasurements { config: config.clone(), clients: RefCell::default() }
    }

    fn client(&self, region: &str) -> Rc<Client> {
        let mut clients = self.clients.borrow_mut();
        let client = clients.entry(region.to_owned()).or_insert_with(|| {
            let config = Builder::from(&in_region(&self.config, region)).limited(&CallLimits::EVIDENCE);
            Rc::new(Client::from_conf(config.build()))
        });
        Rc::clone(client)
    }
}

#[async_trait(?Send)]
impl Measurements for CloudWatchMeasurements {
    async fn series(&self, region: &str, connection: &str) -> anyhow::Result<Vec<Series>> {
        let client = self.client(region);
        let (mut found, mut token) = (Vec::new(), None);
        for _ in 0..MAXIMUM_PAGES {
            let of_connection = DimensionFilter::builder().name(CONNECTION_ID).value(connection).build();
            let request = client.list_metrics().namespace(MEASURED_NAMESPACE).dimensions(of_connection);
            let answer = Box::pin(request.set_next_token(token).send()).await.map_err(|error| {
                anyhow!(CallFailure::of(&error)).context(format!("cannot list the metrics of {connection}"))
            })?;
            found.extend(answer.metrics.unwrap_or_default().into_iter().filter_map(series));
            token = answer.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(found)
    }

    async fn samples(&self, region: &str, series: &[Series], span: Span) -> anyhow::Result<Vec<Vec<Sample>>> {
        let client = self.client(region);
        let (mut samples, mut token) = (vec![Vec::new(); series.len()], None);
        for _ in 0..MAXIMUM_PAGES {
            let request = client
                .get_metric_data()
                .set_metric_data_queries(Some(series.iter().enumerate().map(query).collect()))
                .start_time(DateTime::from_millis(span.from.milliseconds()))
                .end_time(DateTime::from_millis(span.until.milliseconds()))
                .scan_by(ScanBy::TimestampAscending);
            let answer = Box::pin(request.set_next_token(token).send())
                .await
                .map_err(|error| anyhow!(CallFailure::of(&error)).context("cannot read metrics"))?;
            for result in answer.metric_data_results.unwrap_or_default() {
                let place = result.id().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                if let Some(samples) = place.and_then(|place| samples.get_mut(place)) {
                    samples.extend(data_points(&result));
                }
            }
            token = answer.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(samples)
    }
}

/// A series that can be evidence.
fn series(metric: Metric) -> Option<Series> {
    let measured = Measured::named(metric.metric_name()?)?;
    let dimensions = metric.dimensions.unwrap_or_default().into_iter();
    let dimensions = dimensions.map(|dimension| dimension.name.zip(dimension.value)).collect::<Option<_>>()?;
    Some(Series { measured, dimensions })
}

/// The question for a series. Its id is the place of the series.
fn query((place, series): (usize, &Series)) -> MetricDataQuery {
    let dimensions = series.dimensions.iter();
    let dimensions = dimensions.map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let metric = Metric::builder()
        .namespace(MEASURED_NAMESPACE)
        .metric_name(series.measured.name())
        .set_dimensions(Some(dimensions.collect()))
        .build();
    let stat = MetricStat::builder().metric(metric).period(PERIOD_SECONDS).stat(series.measured.statistic()).build();
    MetricDataQuery::builder().id(format!("m{place}")).metric_stat(stat).return_data(true).build()
}

/// The data points of an answer. There are as many values as instants.
fn data_points(result: &MetricDataResult) -> impl Iterator<Item = Sample> {
    let points = result.timestamps().iter().zip(result.values());
    points.filter_map(|(at, value)| {
        let at = Timestamp::from_milliseconds(at.to_millis().ok()?);
        Some(Sample { at, value: *value })
    })
}
