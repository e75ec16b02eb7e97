//! Where transitions are announced: topics and a bus.

use super::reader::{ConfigurationError, Reader, variable};
use crate::domain::Arn;

/// Where transitions are announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sinks {
    /// `DX_MONITOR_TOPIC_ARN`: the SNS topic for people.
    pub topic_arn: Option<String>,
    /// `DX_MONITOR_CHAT_TOPIC_ARN`: the SNS topic for Amazon Q Developer.
    pub chat_topic_arn: Option<String>,
    /// `DX_MONITOR_EVENT_BUS`: name or ARN.
    pub event_bus: Option<String>,
}

impl Sinks {
    /// The sinks that the environment names.
    ///
    /// # Errors
    ///
    /// Every mistake, named.
    pub fn from_environment() -> Result<Sinks, ConfigurationError> {
        let mut reader = Reader::new(&variable);
        let sinks = Sinks::read(&mut reader);
        reader.finish(sinks)
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Sinks {
        Sinks {
            topic_arn: read_topic_arn(reader, "DX_MONITOR_TOPIC_ARN"),
            chat_topic_arn: read_topic_arn(reader, "DX_MONITOR_CHAT_TOPIC_ARN"),
            event_bus: reader.get("DX_MONITOR_EVENT_BUS"),
        }
    }

    /// These, and `others` where there is none.
    pub fn or(self, others: Sinks) -> Sinks {
        Sinks {
            topic_arn: self.topic_arn.or(others.topic_arn),
            chat_topic_arn: self.chat_topic_arn.or(others.chat_topic_arn),
            event_bus: self.event_bus.or(others.event_bus),
        }
    }
}

/// The ARN of a topic, if `text` is one.
///
/// # Errors
///
/// It is not; says what one looks like.
pub fn topic_arn(text: &str) -> Result<String, String> {
    let is_topic = |arn: Arn<'_>| arn.service == "sns" && arn.is_regional() && !arn.resource.contains(':');
    match Arn::parse(text) {
        Some(arn) if is_topic(arn) => Ok(text.to_owned()),
        _ => Err("not the ARN of an SNS topic like arn:aws:sns:us-east-1:123456789012:name".to_owned()),
    }
}

fn read_topic_arn(reader: &mut Reader<'_>, name: &str) -> Option<String> {
    let value = reader.get(name)?;
    if let Err(why) = topic_arn(&value) {
        reader.mistake(format!("{name} is {value:?}, which is {why}"));
    }
    Some(value)
}
