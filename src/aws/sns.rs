//! The sinks on SNS topics: texts for people, custom notifications for Amazon Q Developer, one message per transition.
//!
//! Messages are plain strings without a `MessageStructure`, since only with these does SNS send the attributes that
//! subscriptions filter by. Needs `sns:Publish` on the topic, and `kms:GenerateDataKey` and `kms:Decrypt` on the key of an
//! encrypted one.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, anyhow};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sns::{Client, config::Builder, types::MessageAttributeValue};

use super::{
    failure::CallFailure,
    limits::{CallLimits, Limited, MESSAGE_SPACING},
    refusal::{self, Destination},
};
use crate::{
    announcement::{BaselineSummary, Message},
    domain::{NotAnEvent, SinkName},
    ports::{Announcement, Announcer, Refusal},
};

/// A topic that transitions are published on.
#[derive(Clone, Debug)]
pub struct SnsAnnouncer {
    client: Client,
    topic_arn: String,
    audience: Audience,
}

/// The readers of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// People, by e-mail or SMS.
    People,
    /// People in Slack or Teams, through Amazon Q Developer.
    Chat,
}

impl SnsAnnouncer {
    /// The topic for people: sink `sns`. The client's region is that of the topic.
    pub fn for_people(config: &SdkConfig, topic_arn: impl Into<String>) -> SnsAnnouncer {
        SnsAnnouncer::new(config, topic_arn.into(), Audience::People)
    }

    /// The topic for Amazon Q Developer: sink `chat`. The client's region is that of the topic.
    pub fn for_chat(config: &SdkConfig, topic_arn: impl Into<String>) -> SnsAnnouncer {
        SnsAnnouncer::new(config, topic_arn.into(), Audience::Chat)
    }

    fn new(config: &SdkConfig, topic_arn: String, audience: Audience) -> SnsAnnouncer {
        let config = Builder::from(&super::in_region_of(config, &topic_arn)).limited(&CallLimits::SINK);
        SnsAnnouncer { client: Client::from_conf(config.build()), topic_arn, audience }
    }

    fn message(&self, announcement: &Announcement<'_>) -> Result<Message, NotAnEvent> {
        match self.audience {
            Audience::People => Message::for_people(announcement),
            Audience::Chat => Message::for_chat(announcement),
        }
    }

    async fn publish(&self, message: Message) -> Result<(), Refusal> {
        // Only e-mail shows a subject; Amazon Q Developer ignores it.
        let subject = (self.audience == Audience::People).then_some(message.subject);
        let attributes = message
            .attributes
            .into_iter()
            .map(|(name, value)| {
                let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
                value.map(|value| (name.to_owned(), value))
            })
            .collect::<Result<HashMap<_, _>, _>>()
            .with_context(|| format!("cannot make a message for the topic {}", self.topic_arn))
            .map_err(Refusal::Transient)?;
        let request = self
            .client
            .publish()
            .topic_arn(&self.topic_arn)
            .set_subject(subject)
            .message(message.text)
            .set_message_attributes(Some(attributes));
        // On the heap: the SDK's futures are large, and a poll joins many of them.
        match Box::pin(request.send()).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let failure = CallFailure::of(&error);
                let kind = refusal::of_publish(&failure);
                let destination = Destination { noun: "topic", name: &self.topic_arn, permission: "sns:Publish" };
                Err(destination.refusal(failure, kind))
            }
        }
    }
}

#[async_trait(?Send)]
impl Announcer for SnsAnnouncer {
    fn sink(&self) -> SinkName {
        match self.audience {
            Audience::People => SinkName::SNS,
            Audience::Chat => SinkName::CHAT,
        }
    }

    fn is_for_people(&self) -> bool {
        true
    }

    fn spacing(&self) -> Duration {
        MESSAGE_SPACING
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let mut results = Vec::with_capacity(batch.len());
        for announcement in batch {
            results.push(match self.message(announcement) {
                Ok(message) => self.publish(message).await,
                Err(unreadable) => Err(Refusal::Event(anyhow!(unreadable))),
            });
        }
        results
    }

    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal> {
        self.publish(match self.audience {
            Audience::People => Message::baseline_for_people(summary),
            Audience::Chat => Message::baseline_for_chat(summary),
        })
        .await
    }
}

/// A message that is no announcement. There is no sink's cursor to come back to it: whoever sends it repeats it.
#[cfg(feature = "pages")]
#[async_trait(?Send)]
impl crate::pages::Mail for SnsAnnouncer {
    async fn send(&self, message: Message) -> anyhow::Result<()> {
        self.publish(message).await.map_err(|refusal| match refusal {
            Refusal::Transient(error) | Refusal::Event(error) | Refusal::Sink(error) => error,
        })
    }
}
