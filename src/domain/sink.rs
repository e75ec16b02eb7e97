//! The names of sinks. Each sink has its own cursor on every item.

use std::fmt;

use serde::{Serialize, Serializer};

/// The name of a sink, as cursors and reports write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SinkName(&'static str);

impl SinkName {
    /// The SNS topic for people: email, SMS.
    pub const SNS: SinkName = SinkName("sns");
    /// The SNS topic for Amazon Q Developer: Slack, Teams.
    pub const CHAT: SinkName = SinkName("chat");
    /// The EventBridge bus.
    pub const EVENTBRIDGE: SinkName = SinkName("eventbridge");
    /// The terminal, on a laptop.
    pub const TERMINAL: SinkName = SinkName("terminal");

    /// The command of `watch --exec`, on a laptop.
    pub const EXEC: SinkName = SinkName("exec");

    /// Not a sink, but a cursor beside those of the sinks: up to which transition an item is folded into incidents.
    pub const INCIDENTS: SinkName = SinkName("incidents");

    /// The name as it is written.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for SinkName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.0)
    }
}

impl Serialize for SinkName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

/// Where transitions are announced in AWS, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sinks {
    /// The SNS topic for people.
    pub topic_arn: Option<String>,
    /// The SNS topic for Amazon Q Developer.
    pub chat_topic_arn: Option<String>,
    /// The EventBridge bus: name or ARN.
    pub event_bus: Option<String>,
}

impl Sinks {
    /// These sinks, with those of `others` where there is none.
    pub fn or(self, others: Sinks) -> Sinks {
        Sinks {
            topic_arn: self.topic_arn.or(others.topic_arn),
            chat_topic_arn: self.chat_topic_arn.or(others.chat_topic_arn),
            event_bus: self.event_bus.or(others.event_bus),
        }
    }
}
