//! What the sinks received, as subscribers see it.

use aws_dx_monitor::domain::SinkName;
use serde_json::Value;

use crate::support::moto::resources::Message;

/// What the sinks received.
pub struct Received {
    pub people: Vec<Message>,
    pub chat: Vec<Message>,
    /// The transitions on the bus.
    pub events: Vec<Message>,
    /// The documents of incidents on the bus.
    pub incidents: Vec<Message>,
}

impl Received {
    /// How many messages each sink received of transitions.
    pub fn counts(&self) -> [usize; 3] {
        [self.people.len(), self.chat.len(), self.events.len()]
    }

    /// The ids of the transitions' events that each sink received, in order of arrival.
    pub fn ids(&self) -> [Vec<String>; 3] {
        let attribute = |message: &Message| message.attributes.get("id").cloned().unwrap_or_default();
        [
            self.people.iter().map(attribute).collect(),
            self.chat.iter().map(attribute).collect(),
            self.details().iter().map(|detail| detail["metadata"]["id"].as_str().unwrap().to_owned()).collect(),
        ]
    }

    /// Asserts that every sink received one drill: its transition, and its incident, opened and resolved.
    #[track_caller]
    pub fn assert_is_drill(&self, id: &str) {
        let [people, chat, events] = self.ids();
        for ids in [people, chat] {
            assert_eq!((ids.len(), ids[0].as_str()), (3, id), "the transition comes first");
        }
        assert_eq!((events, self.incidents.len()), (vec![id.to_owned()], 2));
        for topic in [&self.people, &self.chat] {
            let all = topic.iter().map(|message| &message.attributes);
            assert!(all.clone().all(|all| all["drill"] == "true" && all.len() == 10), "raw delivery allows no more");
            let changes: Vec<&str> = all.map(|all| all["change"].as_str()).collect();
            assert_eq!(changes, ["degraded", "opened", "resolved"]);
        }
        let (details, incidents) = (self.details(), self.incident_details());
        let mut all = details.iter().chain(&incidents);
        assert!(all.all(|detail| detail["metadata"]["drill"] == true && detail["metadata"]["incidentId"] == id));
        assert_eq!(
            (&details[0]["metadata"]["groupId"], &incidents[0]["dedupKey"]),
            (&Value::from(id), &Value::from(id))
        );
    }

    /// The ids of the transitions' events that one sink received.
    pub fn ids_on(&self, sink: SinkName) -> Vec<String> {
        let [people, chat, events] = self.ids();
        match sink {
            SinkName::SNS => people,
            SinkName::CHAT => chat,
            _ => events,
        }
    }

    /// The transitions' documents that EventBridge delivered.
    pub fn details(&self) -> Vec<Value> {
        self.events.iter().map(|message| message.json()["detail"].clone()).collect()
    }

    /// The documents of incidents that EventBridge delivered.
    pub fn incident_details(&self) -> Vec<Value> {
        self.incidents.iter().map(|message| message.json()["detail"].clone()).collect()
    }

    /// Why each of them was written, in the order of arrival.
    pub fn incident_reasons(&self) -> Vec<String> {
        self.incident_details().iter().map(|detail| detail["reason"].as_str().unwrap().to_owned()).collect()
    }

    /// Every text that anybody received.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.people, &self.chat, &self.events, &self.incidents]
            .into_iter()
            .flatten()
            .map(|message| message.body.as_str())
    }
}
