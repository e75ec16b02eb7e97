//! What the sinks received, as subscribers see it.

use aws_dx_monitor::domain::SinkName;
use serde_json::Value;

use crate::support::moto::resources::Message;

/// What the sinks received.
pub struct Received {
    pub people: Vec<Message>,
    pub chat: Vec<Message>,
    pub events: Vec<Message>,
}

impl Received {
    /// How many messages each sink received.
    pub fn counts(&self) -> [usize; 3] {
        [self.people.len(), self.chat.len(), self.events.len()]
    }

    /// The ids of the events that each sink received, in order of arrival.
    pub fn ids(&self) -> [Vec<String>; 3] {
        let attribute = |message: &Message| message.attributes.get("id").cloned().unwrap_or_default();
        [
            self.people.iter().map(attribute).collect(),
            self.chat.iter().map(attribute).collect(),
            self.details().iter().map(|detail| detail["metadata"]["id"].as_str().unwrap().to_owned()).collect(),
        ]
    }

    /// The ids of the events that one sink received.
    pub fn ids_on(&self, sink: SinkName) -> Vec<String> {
        let [people, chat, events] = self.ids();
        match sink {
            SinkName::SNS => people,
            SinkName::CHAT => chat,
            _ => events,
        }
    }

    /// The event documents that EventBridge delivered.
    pub fn details(&self) -> Vec<Value> {
        self.events.iter().map(|message| message.json()["detail"].clone()).collect()
    }

    /// Every text that anybody received.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.people, &self.chat, &self.events].into_iter().flatten().map(|message| message.body.as_str())
    }
}
