//! Counts the subscriptions to SNS topics. Needs `sns:GetTopicAttributes`.

use anyhow::{Context, anyhow};
use aws_config::SdkConfig;
use aws_sdk_sns::{Client, config::Builder};

use super::{
    failure::CallFailure,
    limits::{CallLimits, Limited},
};
use crate::function::{Subscriptions, Topics};

/// Topics of the configuration's region.
#[derive(Clone, Debug)]
pub struct SnsTopics(Client);

impl SnsTopics {
    /// Topics that are read with this configuration.
    pub fn new(config: &SdkConfig) -> SnsTopics {
        SnsTopics(Client::from_conf(Builder::from(config).limited(&CallLimits::SINK).build()))
    }
}

impl Topics for SnsTopics {
    async fn subscriptions(&self, topic_arn: &str) -> anyhow::Result<Subscriptions> {
        let subject = || format!("cannot count the subscriptions of the topic {topic_arn}");
        let answer = self.0.get_topic_attributes().topic_arn(topic_arn).send().await;
        let answer = answer.map_err(|error| anyhow!(CallFailure::of(&error))).with_context(subject)?;
        let count = |name: &str| {
            let value = answer.attributes().and_then(|attributes| attributes.get(name));
            value.and_then(|value| value.parse().ok()).with_context(|| format!("SNS does not give {name}"))
        };
        Ok(Subscriptions {
            confirmed: count("SubscriptionsConfirmed").with_context(subject)?,
            pending: count("SubscriptionsPending").with_context(subject)?,
        })
    }
}
