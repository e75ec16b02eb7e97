//! The variables of the sinks: two topics and a bus.

use super::reader::{ConfigurationError, Reader, variable};
use crate::domain::{Arn, Sinks};

/// The sinks that the environment of this process names.
///
/// # Errors
///
/// Every mistake, named.
pub fn sinks_from_environment() -> Result<Sinks, ConfigurationError> {
    let mut reader = Reader::new(&variable);
    let sinks = sinks(&mut reader);
    reader.finish(sinks)
}

pub(super) fn sinks(reader: &mut Reader<'_>) -> Sinks {
    Sinks {
        topic_arn: read_topic_arn(reader, "DX_MONITOR_TOPIC_ARN"),
        chat_topic_arn: read_topic_arn(reader, "DX_MONITOR_CHAT_TOPIC_ARN"),
        event_bus: reader.get("DX_MONITOR_EVENT_BUS"),
    }
}

/// Checks that `text` is the ARN of a topic.
///
/// # Errors
///
/// It is not. The error has an example.
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
