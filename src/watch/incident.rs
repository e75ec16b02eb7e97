//! A document of an incident as both fronts show it.

use std::cmp::Reverse;

use crate::{
    domain::{Health, RecordedIncident, Severity, Timestamp},
    escape, terminal,
};

/// A document of an incident. Texts are inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IncidentView {
    pub(super) id: String,
    pub(super) incident_id: String,
    sequence: u64,
    /// When the document was recorded.
    pub(super) at: Timestamp,
    /// When the incident began.
    pub(super) since: Timestamp,
    /// `unknown` where the incident is of a category that only a newer version knows.
    pub(super) health: Health,
    /// None where only a newer version knows the word.
    severity: Option<Severity>,
    pub(super) is_over: bool,
    /// The incident in one line, with its severity or its end in brackets before it.
    pub(super) headline: String,
    cause: String,
    region: String,
}

impl IncidentView {
    /// The document, unless it lacks what all of them have: an id, a time, and the line that says it all.
    pub(super) fn of(incident: RecordedIncident<'_>) -> Option<IncidentView> {
        let at = incident.recorded_at()?;
        let severities = [Severity::Info, Severity::Warning, Severity::Critical];
        Some(IncidentView {
            id: incident.id()?.to_owned(),
            incident_id: incident.incident_id()?.to_owned(),
            sequence: incident.sequence().unwrap_or_default(),
            at,
            since: incident.since().unwrap_or(at),
            health: incident.health(),
            severity: severities.into_iter().find(|severity| severity.as_str() == incident.severity_word()),
            is_over: incident.is_over(),
            headline: Some(escape::terminal(incident.summary())).filter(|headline| !headline.is_empty())?,
            cause: escape::terminal(incident.cause().trim()),
            region: escape::terminal(incident.region()),
        })
    }

    /// The document in one line, the headline in the colour of its health.
    pub(super) fn line(&self) -> String {
        let IncidentView { at, headline, cause, region, .. } = self;
        let (style, sign) = (terminal::of_health(self.health), terminal::sign(self.health));
        let place = if region.is_empty() { String::new() } else { format!(", in {region}") };
        let cause = if cause.is_empty() { String::new() } else { format!(". {cause}") };
        format!("{at} {style}{sign} {headline}{style:#}{place}{cause}")
    }

    /// Whether `other` is a later document of the same incident.
    pub(super) fn is_outdated_by(&self, other: &IncidentView) -> bool {
        self.incident_id == other.incident_id && self.sequence < other.sequence
    }

    /// What orders the open ones: the worst first, of equal ones the oldest.
    pub(super) fn urgency(&self) -> (Reverse<Option<Severity>>, Timestamp, &str) {
        (Reverse(self.severity), self.since, &self.incident_id)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The first document of an outage of a connection.
    pub(in crate::watch) fn opened() -> Value {
        json!({
            "metadata": {
                "version": "1", "id": "d-1", "sequence": 1, "incidentId": "i-1", "people": true, "chat": true,
                "recordedAt": "2026-11-22T03:12:00.620Z",
            },
            "reason": "opened", "status": "open", "severity": "critical", "action": "trigger", "dedupKey": "i-1",
            "summary": "[critical] connection dxcon-ffx3v7tc (csva1-xc-7741) down: 1 virtual interface, 2 BGP peers with it; core-dxgw has no path left",
            "incident": {
                "id": "i-1", "category": "outage", "account": "123456789012", "region": "us-east-1",
                "since": "2026-11-22T03:12:00.123Z",
                "root": {"kind": "connection", "id": "dxcon-ffx3v7tc", "name": "csva1-xc-7741", "state": "down"},
                "cause": "The connection is down; what runs over it went with it.",
                "affected": {
                    "count": 4, "byKind": {"connection": 1, "virtual-interface": 1, "bgp-peer": 2}, "more": 3,
                    "items": [{"kind": "connection", "id": "dxcon-ffx3v7tc", "state": "down"}],
                },
                "impact": {"level": "outage", "destinations": []},
            },
        })
    }

    /// The last document of that outage.
    pub(in crate::watch) fn resolved() -> Value {
        let mut document = opened();
        let metadata = &mut document["metadata"];
        (metadata["id"], metadata["sequence"]) = ("d-2".into(), 2.into());
        metadata["recordedAt"] = "2026-11-22T03:24:00.620Z".into();
        (document["reason"], document["status"]) = ("resolved".into(), "resolved".into());
        (document["severity"], document["action"]) = ("info".into(), "resolve".into());
        document["summary"] = "[resolved] connection dxcon-ffx3v7tc (csva1-xc-7741) up again after 12 minutes".into();
        document["incident"]["cause"] = "The connection is available.".into();
        document["incident"]["resolvedAt"] = "2026-11-22T03:24:00.123Z".into();
        document
    }

    pub(in crate::watch) fn shown(document: &Value) -> IncidentView {
        IncidentView::of(RecordedIncident::read(document).unwrap()).unwrap()
    }

    fn plain(document: &Value) -> String {
        anstream::adapter::strip_str(&shown(document).line()).to_string()
    }

    #[test]
    fn a_document_is_one_line() {
        let mut hostile = opened();
        hostile["summary"] = "[critical] connection a\u{1b}[2J\n\u{202e} down".into();
        (hostile["incident"]["cause"], hostile["incident"]["region"]) = ("b\nc".into(), "d\u{7}".into());
        insta::assert_snapshot!([opened(), resolved(), hostile].map(|document| plain(&document)).join("\n"), @r"
        2026-11-22T03:12:00.620Z ! [critical] connection dxcon-ffx3v7tc (csva1-xc-7741) down: 1 virtual interface, 2 BGP peers with it; core-dxgw has no path left, in us-east-1. The connection is down; what runs over it went with it.
        2026-11-22T03:24:00.620Z + [resolved] connection dxcon-ffx3v7tc (csva1-xc-7741) up again after 12 minutes, in us-east-1. The connection is available.
        2026-11-22T03:12:00.620Z ! [critical] connection a\u{1b}[2J\u{a}\u{202e} down, in d\u{7}. b\u{a}c
        ");
    }

    #[test]
    fn a_document_of_a_newer_version_is_shown_in_its_own_words() {
        let mut document = opened();
        (document["severity"], document["reason"]) = ("grave".into(), "rerouted".into());
        document["incident"]["category"] = "eclipse".into();
        document["summary"] = "[grave] rerouted: quantum link dxql-1 dreaming".into();
        insta::assert_snapshot!(plain(&document), @"2026-11-22T03:12:00.620Z ? [grave] rerouted: quantum link dxql-1 dreaming, in us-east-1. The connection is down; what runs over it went with it.");
        for needed in ["/metadata/id", "/metadata/incidentId", "/metadata/recordedAt", "/summary"] {
            let mut without = opened();
            *without.pointer_mut(needed).unwrap() = Value::Null;
            assert_eq!(IncidentView::of(RecordedIncident::of(&without)), None, "{needed}");
        }
    }

    #[test]
    fn the_worst_is_first_and_of_equal_ones_the_oldest() {
        let of = |id: &str, severity: &str, since: &str| {
            let mut document = opened();
            document["metadata"]["incidentId"] = id.into();
            (document["severity"], document["incident"]["since"]) = (severity.into(), since.into());
            shown(&document)
        };
        let mut all = [
            of("newer", "grave", "2026-11-22T03:01:00Z"),
            of("info", "info", "2026-11-22T03:02:00Z"),
            of("second", "critical", "2026-11-22T03:04:00Z"),
            of("first", "critical", "2026-11-22T03:03:00Z"),
            of("warning", "warning", "2026-11-22T03:00:00Z"),
        ];
        all.sort_by(|one, other| one.urgency().cmp(&other.urgency()));
        assert_eq!(all.map(|incident| incident.incident_id), ["first", "second", "warning", "info", "newer"]);
    }
}
