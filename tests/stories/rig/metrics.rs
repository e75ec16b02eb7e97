//! A CloudWatch that remembers what it was given, or is out of order.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use anyhow::anyhow;
use aws_dx_monitor::{
    metrics::DataPoint,
    ports::{MetricSink, Publication},
};

use super::HandClock;

/// How the service is.
#[derive(Clone, Copy, Debug)]
pub enum Service {
    Works,
    Fails,
    /// Never answers, while this time passes.
    Hangs(Duration),
}

/// Everything that was published, and how publishing goes.
pub struct RecordedMetrics {
    points: RefCell<Vec<DataPoint>>,
    calls: Cell<usize>,
    service: Cell<Service>,
    clock: HandClock,
}

impl RecordedMetrics {
    pub fn new(clock: HandClock) -> RecordedMetrics {
        RecordedMetrics { points: RefCell::default(), calls: Cell::new(0), service: Cell::new(Service::Works), clock }
    }

    pub fn service(&self, service: Service) {
        self.service.set(service);
    }

    /// Forgets what was published so far.
    pub fn forget(&self) {
        self.points.borrow_mut().clear();
    }

    /// How often it was called since the last time that this was asked.
    pub fn calls(&self) -> usize {
        self.calls.take()
    }

    /// All data points of a metric, each with its dimensions' values.
    pub fn points(&self, metric: &str) -> Vec<(String, f64)> {
        let points = self.points.borrow();
        let values = |point: &DataPoint| {
            let values: Vec<&str> = point.dimensions.iter().map(|(_, value)| value.as_str()).collect();
            values.join(" ")
        };
        points.iter().filter(|point| point.metric == metric).map(|point| (values(point), point.value)).collect()
    }

    /// The last value of a metric whose dimensions have these values.
    pub fn last(&self, metric: &str, dimensions: &str) -> Option<f64> {
        self.points(metric).into_iter().rev().find(|(values, _)| values == dimensions).map(|(_, value)| value)
    }

    /// The last value of one of the monitor's own metrics.
    pub fn own(&self, metric: &str) -> Option<f64> {
        self.last(metric, super::MONITOR)
    }
}

impl MetricSink for RecordedMetrics {
    async fn publish(&self, data: &[DataPoint]) -> Publication {
        self.calls.set(self.calls.get() + 1);
        match self.service.get() {
            Service::Works => {
                self.points.borrow_mut().extend_from_slice(data);
                Publication { accepted: data.len(), ..Publication::default() }
            }
            Service::Fails => {
                Publication { errors: vec![anyhow!("CloudWatch is out of order")], ..Publication::default() }
            }
            Service::Hangs(time) => {
                self.clock.pass(time).await;
                std::future::pending().await
            }
        }
    }
}
