//! Creates the announcers of the configured sinks in AWS.

use aws_config::SdkConfig;

use super::{EventBridgeAnnouncer, SnsAnnouncer};
use crate::{domain::Sinks, ports::Announcer};

/// The announcers of the sinks that are configured: the topic for people, the topic for chats, the bus.
pub fn announcers(config: &SdkConfig, sinks: &Sinks) -> Vec<Box<dyn Announcer>> {
    let Sinks { topic_arn, chat_topic_arn, event_bus } = sinks;
    let people = topic_arn.as_ref().map(|arn| Box::new(SnsAnnouncer::for_people(config, arn)) as Box<dyn Announcer>);
    let chat = chat_topic_arn.as_ref().map(|arn| Box::new(SnsAnnouncer::for_chat(config, arn)) as Box<dyn Announcer>);
    let programs = event_bus.as_ref().map(|bus| Box::new(EventBridgeAnnouncer::new(config, bus)) as Box<dyn Announcer>);
    people.into_iter().chain(chat).chain(programs).collect()
}
