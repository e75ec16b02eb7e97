//! One type for all of AWS's sinks, so that one pipeline can have any number of them.

use aws_config::SdkConfig;

use super::{EventBridgeAnnouncer, SnsAnnouncer};
use crate::{
    announcement::BaselineSummary,
    domain::SinkName,
    ports::{Announcement, Announcer, Refusal},
};

/// A sink in AWS.
#[derive(Clone, Debug)]
pub enum AwsAnnouncer {
    /// A topic, for people or for chats.
    Sns(SnsAnnouncer),
    /// A bus, for programs.
    EventBridge(EventBridgeAnnouncer),
}

impl AwsAnnouncer {
    /// The sinks that are configured: the topic for people, the topic for chats, the bus.
    pub fn configured(
        config: &SdkConfig,
        topic_arn: Option<&str>,
        chat_topic_arn: Option<&str>,
        event_bus: Option<&str>,
    ) -> Vec<AwsAnnouncer> {
        let people = topic_arn.map(|arn| AwsAnnouncer::Sns(SnsAnnouncer::for_people(config, arn)));
        let chat = chat_topic_arn.map(|arn| AwsAnnouncer::Sns(SnsAnnouncer::for_chat(config, arn)));
        let programs = event_bus.map(|bus| AwsAnnouncer::EventBridge(EventBridgeAnnouncer::new(config, bus)));
        people.into_iter().chain(chat).chain(programs).collect()
    }
}

impl Announcer for AwsAnnouncer {
    fn sink(&self) -> SinkName {
        match self {
            AwsAnnouncer::Sns(announcer) => announcer.sink(),
            AwsAnnouncer::EventBridge(announcer) => announcer.sink(),
        }
    }

    fn is_for_people(&self) -> bool {
        match self {
            AwsAnnouncer::Sns(announcer) => announcer.is_for_people(),
            AwsAnnouncer::EventBridge(announcer) => announcer.is_for_people(),
        }
    }

    fn batch_size(&self) -> usize {
        match self {
            AwsAnnouncer::Sns(announcer) => announcer.batch_size(),
            AwsAnnouncer::EventBridge(announcer) => announcer.batch_size(),
        }
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        match self {
            AwsAnnouncer::Sns(announcer) => announcer.announce(batch).await,
            AwsAnnouncer::EventBridge(announcer) => announcer.announce(batch).await,
        }
    }

    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal> {
        match self {
            AwsAnnouncer::Sns(announcer) => announcer.announce_baseline(summary).await,
            AwsAnnouncer::EventBridge(announcer) => announcer.announce_baseline(summary).await,
        }
    }
}
