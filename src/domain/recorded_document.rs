//! The two sorts of document in history: the events of transitions, and the documents of incidents.

use serde_json::Value;

use super::{
    incident::RecordedIncident,
    recorded::{NotAnEvent, RecordedEvent},
};

/// A recorded document, of any version of the program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RecordedDocument<'a> {
    /// The event of a transition.
    Transition(RecordedEvent<'a>),
    /// A document of an incident.
    Incident(RecordedIncident<'a>),
}

impl<'a> RecordedDocument<'a> {
    /// Reads `document`.
    ///
    /// # Errors
    ///
    /// It is neither an event nor a document of an incident.
    pub fn read(document: &'a Value) -> Result<RecordedDocument<'a>, NotAnEvent> {
        match RecordedIncident::read(document) {
            Some(incident) => Ok(RecordedDocument::Incident(incident)),
            None => RecordedEvent::read(document).map(RecordedDocument::Transition),
        }
    }

    /// The short form, for a sink that has refused the full document.
    pub fn minimal(self) -> Value {
        match self {
            RecordedDocument::Transition(event) => event.minimal(),
            RecordedDocument::Incident(incident) => incident.minimal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_document_is_read_as_what_it_is() {
        let event = json!({"item": {"kind": "lag", "id": "l"}, "state": {"value": "down"}, "reason": "none"});
        assert!(matches!(RecordedDocument::read(&event), Ok(RecordedDocument::Transition(_))));
        let incident = json!({"reason": "opened", "incident": {}});
        assert!(matches!(RecordedDocument::read(&incident), Ok(RecordedDocument::Incident(_))));
        assert!(RecordedDocument::read(&incident).unwrap().minimal()["metadata"]["minimal"] == true);
        for neither in [json!({"incident": {}}), json!({"reason": "opened"}), Value::Null] {
            assert!(RecordedDocument::read(&neither).is_err(), "{neither}");
        }
    }
}
