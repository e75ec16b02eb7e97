//! Tests of reading documents of incidents that other versions recorded.

use super::*;

fn newer() -> Value {
    json!({
        "metadata": {"version": "7", "id": "d1", "sequence": 3, "incidentId": "i1", "people": true, "colour": "blue"},
        "reason": "rerouted", "status": "orbiting", "severity": "grave", "action": "sing", "dedupKey": "i1",
        "summary": "one line",
        "incident": {
            "id": "i1", "category": "eclipse", "account": "1", "region": "mars-1", "since": "2026-11-22T03:12:00.123Z",
            "root": {"kind": "quantum-link", "id": "dxql-1", "arn": "arn:1"},
            "affected": {
                "count": 4, "byKind": {"quantum-link": 1, "bgp-peer": 2, "connection": 1, "lag": 0, "x": "y"},
                "items": [{"kind": "quantum-link", "id": "dxql-1", "arn": "arn:1"}, {"kind": "connection", "id": "c", "arn": "arn:2"}],
                "more": 2
            },
            "impact": {"level": "dire", "destinations": [{"kind": "wormhole", "id": "w", "paths": 1}], "more": 2},
        },
    })
}

#[test]
fn a_document_of_another_version_is_read_in_its_own_words() {
    let document = newer();
    let incident = RecordedIncident::read(&document).unwrap();
    assert_eq!(
        (incident.reason(), incident.status(), incident.category(), incident.impact()),
        (None, None, None, None)
    );
    assert_eq!(
        (incident.reason_word(), incident.category_word(), incident.impact_word()),
        ("rerouted", "eclipse", "dire")
    );
    assert_eq!((incident.root().kind_word(), incident.root_kind()), ("quantum-link", None));
    assert!(incident.root_is_member() && !incident.is_over() && incident.is_for_people() && !incident.is_for_chat());
    assert_eq!(incident.members_by_kind(), [("connection", 1), ("bgp-peer", 2), ("quantum-link", 1)], "cables first");
    assert_eq!(incident.arns(), ["arn:1", "arn:2"], "each once");
    let destination = incident.destinations().next().unwrap();
    assert_eq!((destination.kind(), destination.kind_word(), destination.paths()), (None, "wormhole", 1));
    assert!(incident.lasted().is_none(), "its end is not in the document");
    for nonsense in [json!({}), json!("x"), json!([1]), Value::Null] {
        assert!(RecordedIncident::read(&nonsense).is_none());
        assert_eq!(RecordedIncident::of(&nonsense).members().count(), 0);
    }
}

#[test]
fn its_health_is_that_of_its_category_and_then_how_it_ended() {
    let health = |status: &str, category: &str, severity: &str| {
        let mut document = newer();
        (document["status"], document["severity"]) = (status.into(), severity.into());
        document["incident"]["category"] = category.into();
        RecordedIncident::of(&document).health()
    };
    for category in Category::ALL {
        assert_eq!(health("open", category.as_str(), "warning"), category.health());
        assert_eq!(health("flapping", category.as_str(), "critical"), Health::Down);
        let ended = if *category == Category::Removal { Health::Removed } else { Health::Up };
        assert_eq!(health("resolved", category.as_str(), "critical"), ended);
        assert_eq!(health("withdrawn", category.as_str(), "critical"), Health::Removed);
    }
    assert_eq!(health("orbiting", "eclipse", "grave"), Health::Unknown);
}

#[test]
fn how_long_it_lasted_is_known_from_its_end_or_from_the_document() {
    let mut document = newer();
    let lasted = |document: &Value| RecordedIncident::of(document).lasted().map(|lasted| lasted.as_secs());
    document["metadata"]["recordedAt"] = "2026-11-22T03:12:10.123Z".into();
    assert_eq!(lasted(&document), Some(10));
    document["incident"]["resolvedAt"] = "2026-11-22T03:12:07.123Z".into();
    assert_eq!(lasted(&document), Some(7));
    document["incident"]["durationSeconds"] = 5.into();
    assert_eq!(lasted(&document), Some(5));
}

#[test]
fn the_short_form_counts_and_lists_nothing() {
    assert_eq!(
        RecordedIncident::of(&newer()).minimal(),
        json!({
            "metadata": {
                "version": "7", "id": "d1", "sequence": 3, "incidentId": "i1", "people": true, "minimal": true,
            },
            "reason": "rerouted", "status": "orbiting", "severity": "grave", "action": "sing", "dedupKey": "i1",
            "summary": "one line",
            "incident": {
                "id": "i1", "category": "eclipse", "account": "1", "region": "mars-1",
                "since": "2026-11-22T03:12:00.123Z",
                "root": {"kind": "quantum-link", "id": "dxql-1"},
                "affected": {
                    "count": 4, "byKind": {"quantum-link": 1, "bgp-peer": 2, "connection": 1, "lag": 0, "x": "y"},
                    "items": [], "more": 4,
                },
                "impact": {"level": "dire", "destinations": [], "more": 3},
            },
        })
    );
}

#[test]
fn a_root_that_is_well_is_no_member() {
    let mut document = newer();
    document["incident"]["root"]["id"] = "dxql-2".into();
    assert!(!RecordedIncident::of(&document).root_is_member());
    document["incident"]["affected"]["items"] = json!([]);
    assert!(RecordedIncident::of(&document).root_is_member(), "of the short form only the kinds are known");
    document["incident"]["root"]["kind"] = "location".into();
    assert!(!RecordedIncident::of(&document).root_is_member());
}
