//! `schemas/incident.schema.json`: generated from the types, never behind them, and true of every document there can be.
//!
//! `UPDATE_SCHEMAS=1 cargo test --test tests schema` writes it anew.

use std::{collections::BTreeSet, fs, path::PathBuf};

use aws_dx_monitor::{
    announcement::drill_incident,
    domain::{
        Category, Impact, IncidentDocument, IncidentStatus, Kind, LowerResilience, Reason, RecordedIncident, RootKind,
        Scope, Severity, Timestamp,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::event_schema::{assert_committed, assert_refused, generated};

fn schema_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas/incident.schema.json")
}

/// The committed schema.
pub fn committed() -> Value {
    serde_json::from_str(&fs::read_to_string(schema_path()).unwrap()).unwrap()
}

/// What accepts and refuses by the committed schema.
pub fn validator() -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(&committed()).unwrap()
}

/// A document of every reason, category, impact and kind of root, and those of a drill.
pub fn documents() -> Vec<IncidentDocument> {
    let now = Timestamp::from_milliseconds(1_795_317_120_123);
    let drill = drill_incident(&Scope::regional("123456789012", "us-east-1"), now, "operator");
    let mut whole = drill[0].clone();
    whole.metadata.drill = false;
    let some = || Some("some".to_owned());
    let incident = &mut whole.incident;
    let root = &mut incident.root;
    (root.arn, root.location, root.device) = (some(), some(), some());
    incident.affected.by_kind = Kind::ALL.into_iter().map(|kind| (kind, 1)).collect();
    incident.affected.items[0].arn = some();
    incident.impact.more = 1;
    (incident.resolved_at, incident.blind_since) = (Some(now), Some(now));
    (incident.duration_seconds, incident.merged_into) = (Some(60), Some(Uuid::nil()));
    let mut documents = Vec::from(drill);
    let kinds =
        Kind::ALL.into_iter().map(RootKind::Item).chain([RootKind::Device, RootKind::Location, RootKind::Public]);
    for (at, (reason, kind)) in Reason::ALL.iter().cycle().zip(kinds.cycle()).take(128).enumerate() {
        let mut document = whole.clone();
        document.reason = *reason;
        document.action = reason.action();
        document.status = IncidentStatus::ALL[at % IncidentStatus::ALL.len()];
        document.severity = [Severity::Info, Severity::Warning, Severity::Critical][at % 3];
        document.incident.category = Category::ALL[(at + at / Reason::ALL.len()) % Category::ALL.len()];
        document.incident.impact.level = Impact::ALL[at / 5 % Impact::ALL.len()];
        document.incident.root.kind = kind;
        document.incident.resilience = (document.incident.category == Category::Resilience).then(less_resilient);
        documents.push(document);
    }
    documents
}

/// A destination that has fallen, by a change of every kind.
fn less_resilient() -> LowerResilience {
    let words = ["deleted", "detached", "moved-gateway", "moved-connection", "moved-device", "moved-location"];
    let change = |word: &str| json!({"kind": "connection", "id": "dxcon-1", "name": "some", "change": word, "from": "some", "to": "some"});
    let mut changes: Vec<Value> = words.map(change).into();
    changes.push(json!({"kind": "virtual-interface", "id": "dxvif-1", "change": "sessions-deleted"}));
    let whole = json!({
        "kind": "direct-connect-gateway", "id": "8384da05", "addressFamily": "ipv4", "previousModel": "high",
        "model": "none", "intendedModel": "maximum", "paths": 1, "devices": 1, "locations": 1, "changes": changes,
        "moreChanges": 1,
    });
    serde_json::from_value(whole).unwrap()
}

#[test]
fn the_schema_is_that_of_the_types() {
    assert_committed(&schema_path(), &generated::<IncidentDocument>());
}

#[test]
fn what_must_be_there_is_required() {
    let schema = committed();
    let required = |pointer: &str| schema.pointer(pointer).unwrap().clone();
    assert_eq!(
        required("/required"),
        json!(["metadata", "reason", "status", "severity", "action", "dedupKey", "summary", "incident"])
    );
    assert_eq!(required("/$defs/IncidentRoot/required"), json!(["kind", "id"]));
    assert_eq!(required("/$defs/Affected/required"), json!(["count", "byKind", "items", "more"]));
    assert_eq!(required("/$defs/IncidentImpact/required"), json!(["level", "destinations"]));
}

/// The document that the design shows, with its ids written out and its list of members cut to one.
fn example() -> Value {
    json!({
        "metadata": {
            "version": "1", "id": "0b3f7f6e-8f0a-5d3c-9f3e-2f0e8d1c4b5a", "sequence": 1,
            "incidentId": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de", "recordedAt": "2026-11-22T03:12:00.620Z",
            "people": true, "chat": true
        },
        "reason": "opened",
        "status": "open",
        "severity": "critical",
        "action": "trigger",
        "dedupKey": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de",
        "summary": "[critical] connection dxcon-fg5678gh (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left",
        "incident": {
            "id": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de", "category": "outage", "account": "123456789012", "region": "us-east-1",
            "since": "2026-11-22T03:12:00.123Z", "lastSeenAt": "2026-11-22T03:11:00.101Z",
            "root": {"kind": "connection", "id": "dxcon-fg5678gh", "name": "prod-eqdc2", "location": "EqDC2", "device": "EqDC2-abc", "state": "down"},
            "cause": "The connection is down; what runs over it went with it.",
            "affected": {"count": 19, "byKind": {"connection": 1, "virtual-interface": 6, "bgp-peer": 12},
                         "items": [{"kind": "connection", "id": "dxcon-fg5678gh", "name": "prod-eqdc2", "state": "down", "since": "2026-11-22T03:12:00.123Z"}], "more": 18},
            "impact": {"level": "outage",
                       "destinations": [{"kind": "direct-connect-gateway", "id": "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f", "name": "core-dxgw", "addressFamily": "ipv4", "pathsBefore": 2, "paths": 0, "devices": 0, "locations": 0}]},
            "outages": 1, "downSeconds": 0
        }
    })
}

#[test]
fn the_documented_example_is_read_and_written_letter_by_letter() {
    assert!(validator().is_valid(&example()), "{:?}", validator().validate(&example()));
    let document: IncidentDocument = serde_json::from_value(example()).unwrap();
    assert_eq!(serde_json::to_value(&document).unwrap(), example());
}

#[test]
fn a_broken_document_is_refused_and_what_a_newer_version_adds_is_not() {
    let validator = validator();
    let broken = |pointer: &str, value: Value| assert_refused(&validator, example(), pointer, value);
    broken("/reason", "teleported".into());
    broken("/incident/root/kind", "cable".into());
    broken("/incident/root/name", Value::Null);
    broken("/incident/impact/level", "dire".into());
    broken("/metadata/sequence", 0.into());
    broken("/incident/since", "yesterday".into());
    broken("/incident/affected/byKind/bgp-peer", "many".into());
    let mut newer = example();
    newer["incident"]["forecast"] = json!([{"type": "rain"}]);
    newer["weather"] = json!({"wind": 7});
    assert!(validator.is_valid(&newer) && serde_json::from_value::<IncidentDocument>(newer).is_ok());
}

#[test]
fn every_document_that_is_written_is_valid() {
    let validator = validator();
    let mut reasons = BTreeSet::new();
    for document in documents() {
        reasons.insert(document.reason);
        let whole = serde_json::to_value(&document).unwrap();
        let short = RecordedIncident::of(&whole).minimal();
        for document in [&short, &whole] {
            assert!(validator.is_valid(document), "{:?}\n{document:#}", validator.validate(document));
        }
        let short: IncidentDocument = serde_json::from_value(short).unwrap();
        assert!(short.metadata.minimal && short.incident.affected.items.is_empty());
        let of =
            |document: &IncidentDocument| (document.metadata.id, document.reason, document.incident.affected.count);
        assert_eq!(of(&short), of(&document));
        assert_eq!(serde_json::from_value::<IncidentDocument>(whole).unwrap(), document);
    }
    assert_eq!(reasons.len(), Reason::ALL.len());
}
