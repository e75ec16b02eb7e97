//! Counts the subscriptions to the topics. SNS switches an e-mail subscription off, without notice, when too many messages
//! reach it. The number of missing subscriptions is a metric with an alarm.

use std::{collections::BTreeMap, future::Future};

use futures::future::join_all;
use serde::{Deserialize, Serialize};

use crate::{
    domain::Timestamp,
    metrics,
    ports::{MetricSink, Publication},
};

/// How many confirmed subscriptions each topic should have at least, by its ARN.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Expected(BTreeMap<String, u64>);

/// The numbers of subscriptions that SNS gives for a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Subscriptions {
    /// Those that messages are delivered to.
    pub confirmed: u64,
    /// Those that are not confirmed: new ones, and those that SNS has switched off. SNS deletes them after 48 hours.
    pub pending: u64,
}

/// The port through which subscriptions are counted.
pub trait Topics {
    /// Counts the subscriptions to a topic.
    ///
    /// # Errors
    ///
    /// The topic does not exist or cannot be read.
    fn subscriptions(&self, topic_arn: &str) -> impl Future<Output = anyhow::Result<Subscriptions>>;
}

/// The result of a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubscriptionReport {
    /// How many subscriptions are missing over all topics.
    pub missing: u64,
    /// What each topic has, by its ARN.
    pub topics: BTreeMap<String, Subscriptions>,
}

/// Counts the subscriptions to every topic, logs a line for each topic that lacks some, and publishes how many are missing
/// in all.
///
/// # Errors
///
/// Names every topic that could not be read. Then nothing is published, since a part of the number could clear an alarm
/// that should stay.
pub async fn count(
    expected: &Expected,
    topics: &impl Topics,
    metrics: &impl MetricSink,
    (monitor, now): (&str, Timestamp),
) -> anyhow::Result<SubscriptionReport> {
    let counts = expected.0.keys().map(async |topic| (topic, topics.subscriptions(topic).await));
    let mut report = SubscriptionReport { missing: 0, topics: BTreeMap::new() };
    let mut errors = Vec::new();
    for (topic, counted) in join_all(counts).await {
        match counted {
            Ok(subscriptions) => drop(report.topics.insert(topic.clone(), subscriptions)),
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    anyhow::ensure!(errors.is_empty(), "{}", errors.join("; "));
    for (topic, subscriptions) in &report.topics {
        let missing = missing(*subscriptions, expected.0[topic]);
        if missing > 0 {
            let Subscriptions { confirmed, pending } = subscriptions;
            tracing::warn!(topic, missing, confirmed, pending, "a topic lacks subscriptions");
        }
        report.missing += missing;
    }
    let Publication { errors, .. } =
        metrics.publish(&[metrics::subscriptions_missing(report.missing, monitor, now)]).await;
    errors.into_iter().next().map_or(Ok(report), Err)
}

/// How many subscriptions to a topic are missing. One that SNS switched off is pending at first, and deleted after 48
/// hours. It counts once in either case.
fn missing(subscriptions: Subscriptions, expected: u64) -> u64 {
    subscriptions.pending.max(expected.saturating_sub(subscriptions.confirmed))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use anyhow::anyhow;
    use serde_json::json;

    use super::*;
    use crate::metrics::DataPoint;

    /// Topics by name, of which `broken` cannot be read.
    struct Counted(BTreeMap<&'static str, Subscriptions>);

    impl Topics for Counted {
        async fn subscriptions(&self, topic_arn: &str) -> anyhow::Result<Subscriptions> {
            self.0.get(topic_arn).copied().ok_or_else(|| anyhow!("{topic_arn} cannot be read"))
        }
    }

    #[derive(Default)]
    struct Published(RefCell<Vec<DataPoint>>);

    impl MetricSink for Published {
        async fn publish(&self, data: &[DataPoint]) -> Publication {
            self.0.borrow_mut().extend_from_slice(data);
            Publication { accepted: data.len(), ..Publication::default() }
        }
    }

    fn has(confirmed: u64, pending: u64) -> Subscriptions {
        Subscriptions { confirmed, pending }
    }

    #[test]
    fn a_subscription_that_was_switched_off_counts_once_before_and_after_its_deletion() {
        assert_eq!(missing(has(1, 0), 1), 0);
        assert_eq!(missing(has(0, 1), 1), 1, "pending");
        assert_eq!(missing(has(0, 0), 1), 1, "deleted");
        assert_eq!(missing(has(1, 1), 1), 1, "one subscribed by hand");
        assert_eq!(missing(has(5, 0), 1), 0, "more than expected are welcome");
        assert_eq!(missing(has(0, 0), 0), 0, "a topic that needs none");
    }

    #[tokio::test]
    async fn the_sum_over_all_topics_is_published_and_reported() {
        let expected = serde_json::from_value(json!({"changes": 1, "alarms": 1, "chat": 0})).unwrap();
        let topics = Counted([("changes", has(0, 1)), ("alarms", has(0, 0)), ("chat", has(0, 0))].into());
        let published = Published::default();
        let now = Timestamp::from_milliseconds(0);
        let report = count(&expected, &topics, &published, ("monitor", now)).await.unwrap();
        assert_eq!((report.missing, &report.topics["changes"]), (2, &has(0, 1)));
        assert_eq!(published.0.into_inner(), [metrics::subscriptions_missing(2, "monitor", now)]);
    }

    #[tokio::test]
    async fn an_incomplete_count_is_not_published() {
        let expected = serde_json::from_value(json!({"changes": 1, "broken": 1, "gone": 0})).unwrap();
        let topics = Counted([("changes", has(1, 0))].into());
        let published = Published::default();
        let error = count(&expected, &topics, &published, ("monitor", Timestamp::from_milliseconds(0))).await;
        assert_eq!(error.unwrap_err().to_string(), "broken cannot be read; gone cannot be read");
        assert_eq!(published.0.into_inner(), []);
    }
}
