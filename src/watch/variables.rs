//! The environment of a command of `--exec`: what its document is about, for commands that parse no JSON.

use crate::{
    announcement::{Announcement, Form, Message},
    domain::{HistoryRow, RecordedIncident},
    escape,
};

/// The variables of a document: the attributes of its message, as `DX_ITEM_ID` for `itemId`, and `DX_SUMMARY`, which says
/// it in one line. None of a document that this version cannot read.
pub(super) fn of(row: &HistoryRow) -> Vec<(String, String)> {
    let Ok(message) = Message::for_people(&Announcement { row, form: Form::Full }) else { return Vec::new() };
    let summary = match RecordedIncident::read(&row.event) {
        Some(incident) => escape::terminal(incident.summary()),
        None => message.subject,
    };
    let attributes = message.attributes.into_iter().map(|(attribute, value)| (name(attribute), value));
    attributes.chain([("DX_SUMMARY".to_owned(), summary)]).collect()
}

/// `DX_ITEM_ID` of `itemId`.
fn name(attribute: &str) -> String {
    let mut name = "DX_".to_owned();
    for letter in attribute.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        domain::Kind,
        watch::{incident::tests::opened, transition::tests::event},
    };

    fn listed(document: Value) -> String {
        let row = HistoryRow {
            occurred_at: "2026-11-22T03:12:00.123Z".parse().unwrap(),
            sequence: 1,
            event: document,
            parked: BTreeMap::new(),
        };
        of(&row).into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_incident_and_a_transition_have_the_same_names() {
        insta::assert_snapshot!(listed(opened()), @"
        DX_ACCOUNT=123456789012
        DX_CATEGORY=outage
        DX_CHANGE=opened
        DX_ID=d-1
        DX_IMPACT=outage
        DX_INCIDENT_ID=i-1
        DX_ITEM_ID=dxcon-ffx3v7tc
        DX_KIND=connection
        DX_REGION=us-east-1
        DX_SEVERITY=critical
        DX_SUMMARY=[critical] connection dxcon-ffx3v7tc (csva1-xc-7741) down: 1 virtual interface, 2 BGP peers with it; core-dxgw has no path left
        ");
        let mut transition =
            serde_json::to_value(event(Kind::Lag, "dxlag-1", Some("core"), Some("available"), "down")).unwrap();
        transition["metadata"]["id"] = "e-1".into();
        insta::assert_snapshot!(listed(transition), @"
        DX_ACCOUNT=123456789012
        DX_CHANGE=degraded
        DX_ID=e-1
        DX_ITEM_ID=dxlag-1
        DX_KIND=lag
        DX_PREVIOUS_STATE=available
        DX_REGION=us-east-1
        DX_SEVERITY=critical
        DX_STATE=down
        DX_SUMMARY=[critical] lag dxlag-1 available -> down (core)
        ");
    }

    #[test]
    fn no_value_holds_what_no_variable_can() {
        let mut hostile = opened();
        hostile["summary"] = "a\0b\n$(reboot)".into();
        hostile["incident"]["root"]["id"] = "c\0d".into();
        let listed = listed(hostile);
        assert!(!listed.contains('\0') && listed.contains("DX_SUMMARY=a\\u{0}b\\u{a}$(reboot)"), "{listed}");
        assert_eq!(super::tests::listed(json!({"news": true})), "");
    }
}
