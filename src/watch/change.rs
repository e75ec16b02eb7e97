//! What both fronts show of a recorded document: a transition of an item, or what there is to say of an incident.

use serde_json::Value;

use super::{incident::IncidentView, transition::TransitionView};
use crate::{domain::RecordedDocument, escape};

/// A change. Texts are inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChangeView {
    Transition(TransitionView),
    Incident(IncidentView),
}

impl ChangeView {
    /// The change that a document records. `None` where this version cannot read it.
    pub(super) fn of_document(document: &Value) -> Option<ChangeView> {
        match RecordedDocument::read(document).ok()? {
            RecordedDocument::Transition(event) => TransitionView::of(event).map(ChangeView::Transition),
            RecordedDocument::Incident(incident) => IncidentView::of(incident).map(ChangeView::Incident),
        }
    }

    /// The id of the document.
    pub(super) fn id(&self) -> &str {
        match self {
            ChangeView::Transition(transition) => &transition.id,
            ChangeView::Incident(incident) => &incident.id,
        }
    }

    /// The change in one line.
    pub(super) fn line(&self) -> String {
        match self {
            ChangeView::Transition(transition) => transition.line(),
            ChangeView::Incident(incident) => incident.line(),
        }
    }
}

/// The line of a document that this version cannot read.
pub(super) fn unreadable_line(document: &Value) -> String {
    let id = document.pointer("/metadata/id").and_then(Value::as_str).unwrap_or("without an id");
    format!("? a change that this version cannot read: document {}", escape::terminal(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Kind,
        watch::{incident::tests::opened, transition::tests::event},
    };

    #[test]
    fn each_document_is_shown_as_what_it_is() {
        let transition = serde_json::to_value(event(Kind::Lag, "dxlag-1", None, Some("available"), "down")).unwrap();
        assert!(matches!(ChangeView::of_document(&transition), Some(ChangeView::Transition(_))));
        assert!(matches!(ChangeView::of_document(&opened()), Some(ChangeView::Incident(_))));
    }

    #[test]
    fn an_unreadable_document_is_named_by_its_id() {
        for (document, shown) in [
            (serde_json::json!({"metadata": {"version": "7", "id": "e1\u{7}"}}), "e1\\u{7}"),
            (serde_json::json!({"reason": "opened", "incident": {}}), "without an id"),
            (Value::Null, "without an id"),
        ] {
            assert_eq!(ChangeView::of_document(&document), None);
            assert_eq!(
                unreadable_line(&document),
                format!("? a change that this version cannot read: document {shown}")
            );
        }
    }
}
