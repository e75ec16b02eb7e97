//! The entry on the EventBridge bus: the recorded document, in an envelope that rules match on.

use std::borrow::Cow;

use super::Announcement;
use crate::domain::{
    INCIDENT_DETAIL_TYPE, NotAnEvent, RecordedDocument, STATE_CHANGE_DETAIL_TYPE, STATE_CHANGE_SOURCE, Timestamp,
};

/// An entry for EventBridge's `PutEvents`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBridgeEntry {
    /// Where the event comes from: this program.
    pub source: &'static str,
    /// What kind of event it is.
    pub detail_type: &'static str,
    /// The ARN of the item, or those of an incident's root and members, where AWS defines one.
    pub resources: Vec<String>,
    /// When the item was first seen in its new state; of an incident, when its document occurred.
    pub time: Timestamp,
    /// The document, as JSON.
    pub detail: String,
}

impl EventBridgeEntry {
    /// The entry that announces a recorded document. Its detail is the recorded document, unchanged even where a newer
    /// version of this program wrote it. Only the short form is built here.
    ///
    /// # Errors
    ///
    /// The recorded document is neither an event nor that of an incident.
    pub fn of(announcement: &Announcement<'_>) -> Result<EventBridgeEntry, NotAnEvent> {
        let document = announcement.document();
        let occurred_at = announcement.row.occurred_at;
        let (detail_type, resources, time) = match RecordedDocument::read(&document)? {
            RecordedDocument::Transition(event) => (
                STATE_CHANGE_DETAIL_TYPE,
                event.item().text("arn").map(Cow::into_owned).into_iter().collect(),
                event.state().since().unwrap_or(occurred_at),
            ),
            RecordedDocument::Incident(incident) => (INCIDENT_DETAIL_TYPE, incident.arns(), occurred_at),
        };
        let detail = document.to_string();
        Ok(EventBridgeEntry { source: STATE_CHANGE_SOURCE, detail_type, resources, time, detail })
    }

    /// The entry's size as EventBridge counts it: 14 bytes for the time, and the bytes of its texts. All entries of a
    /// request may have 256 KB together.
    pub fn size(&self) -> usize {
        14 + self.source.len()
            + self.detail_type.len()
            + self.detail.len()
            + self.resources.iter().map(String::len).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::announcement::{Form, drill_row, tests::outage};

    #[test]
    fn programs_get_the_recorded_document_unchanged() {
        let mut row = drill_row(&outage()).unwrap();
        row.event["item"]["colour"] = "from a newer version".into();
        let entry = EventBridgeEntry::of(&Announcement { row: &row, form: Form::Full }).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&entry.detail).unwrap(), row.event);
        assert_eq!(entry.resources, ["arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-ffabc123"]);
        assert_eq!((entry.source, entry.detail_type), ("awsx.directconnect", "Direct Connect State Change"));
        assert_eq!(entry.time, "2026-11-22T03:12:00.123Z".parse().unwrap());

        let short = EventBridgeEntry::of(&Announcement { row: &row, form: Form::Minimal }).unwrap();
        let detail: serde_json::Value = serde_json::from_str(&short.detail).unwrap();
        assert_eq!(detail["metadata"]["minimal"], true);
        assert_eq!(detail["metadata"]["id"], row.event["metadata"]["id"]);
        assert!(short.size() < entry.size() && detail["item"].get("name").is_none());
    }

    #[test]
    fn an_entrys_size_is_its_time_and_the_bytes_of_its_texts() {
        let entry = EventBridgeEntry {
            source: "12345",
            detail_type: "123",
            resources: vec!["1".to_owned(), "12".to_owned()],
            time: "2026-11-22T03:12:00.123Z".parse().unwrap(),
            detail: "äö".to_owned(),
        };
        assert_eq!(entry.size(), 14 + 5 + 3 + 1 + 2 + 4);
    }
}
