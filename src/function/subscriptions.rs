//! The count of the topics' subscriptions: SNS switches an e-mail subscription off when too many messages reach it, and
//! says so to nobody. One number says how many are missing, and an alarm stands on it.

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

/// What SNS counts for a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Subscriptions {
    /// Those that messages are delivered to.
    pub confirmed: u64,
    /// Those that wait for their confirmation: new ones, and those that SNS has switched off. They are deleted after 48
    /// hours.
    pub pending: u64,
}

/// Where the subscriptions of a topic are counted.
pub trait Topics {
    /// Counts them.
    ///
    /// # Errors
    ///
    /// The topic cannot be read, or is not there.
    fn subscriptions(&self, topic_arn: &str) -> impl Future<Output = anyhow::Result<Subscriptions>>;
}

/// What came of a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubscriptionReport {
    /// How many subscriptions are missing over all topics.
    pub missing: u64,
    /// What each topic has, by its ARN.
    pub topics: BTreeMap<String, Subscriptions>,
}

/// Counts the subscriptions of every topic, logs a line for each topic that lacks some, and publishes the number as the
/// monitor's.
///
/// # Errors
///
/// Names every topic that could not be read. Nothing is published then: a part of the number would clear an alarm that
/// should stand.
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

/// How many subscriptions of a topic are missing. One that was switched off waits for its confirmation, and is gone after
/// 48 hours: it is counted once, as what waits or as what should be there.
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
    fn one_that_was_switched_off_is_missing_once_before_and_after_it_is_deleted() {
        assert_eq!(missing(has(1, 0), 1), 0);
        assert_eq!(missing(has(0, 1), 1), 1, "it waits for its confirmation");
        assert_eq!(missing(has(0, 0), 1), 1, "it is deleted");
        assert_eq!(missing(has(1, 1), 1), 1, "another's, subscribed by hand");
        assert_eq!(missing(has(5, 0), 1), 0, "more than expected are welcome");
        assert_eq!(missing(has(0, 0), 0), 0, "a topic that nobody needs");
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
    async fn nothing_is_published_of_a_count_that_is_not_whole() {
        let expected = serde_json::from_value(json!({"changes": 1, "broken": 1, "gone": 0})).unwrap();
        let topics = Counted([("changes", has(1, 0))].into());
        let published = Published::default();
        let error = count(&expected, &topics, &published, ("monitor", Timestamp::from_milliseconds(0))).await;
        assert_eq!(error.unwrap_err().to_string(), "broken cannot be read; gone cannot be read");
        assert_eq!(published.0.into_inner(), []);
    }
}
