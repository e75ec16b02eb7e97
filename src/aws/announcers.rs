//! The sinks in AWS that a configuration names.

use aws_config::SdkConfig;

use super::{EventBridgeAnnouncer, SnsAnnouncer};
use crate::ports::Announcer;

/// The announcers of the sinks that are configured: the topic for people, the topic for chats, the bus.
pub fn announcers(
    config: &SdkConfig,
    topic_arn: Option<&str>,
    chat_topic_arn: Option<&str>,
    event_bus: Option<&str>,
) -> Vec<Box<dyn Announcer>> {
    let people = topic_arn.map(|arn| Box::new(SnsAnnouncer::for_people(config, arn)) as Box<dyn Announcer>);
    let chat = chat_topic_arn.map(|arn| Box::new(SnsAnnouncer::for_chat(config, arn)) as Box<dyn Announcer>);
    let programs = event_bus.map(|bus| Box::new(EventBridgeAnnouncer::new(config, bus)) as Box<dyn Announcer>);
    people.into_iter().chain(chat).chain(programs).collect()
}
