//! Outages by incident: what is named, what the documents list, what became part of what, and what is in none.

use aws_dx_monitor::{
    calendar::Calendar,
    domain::RecordedIncident,
    incident::incident_id,
    report::{Gathering, OutageList, Report, Unnamed, csv, html},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{DAY, Story, at, event_id, report, window};

const HOSTILE: &str = "</title><script>alert(1)</script>\u{202e}\u{1b}[31m,=1+1";

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0xabc_0000 + number)
}

/// A document of an incident, as the store has it.
fn document(
    incident: Uuid,
    minute: i64,
    status: &str,
    [severity, impact]: [&str; 2],
    members: &[(&str, i64)],
) -> Value {
    let items =
        members.iter().map(|(id, since)| json!({"kind": "connection", "id": id, "state": "down", "since": at(*since)}));
    json!({
        "metadata": {"incidentId": incident, "recordedAt": at(minute)}, "reason": "opened", "status": status,
        "severity": severity, "summary": format!("[{severity}] connection dxcon-1 {status}"),
        "incident": {
            "id": incident, "category": "outage", "account": "123456789012", "region": "us-east-1", "since": at(10),
            "lastSeenAt": at(9), "root": {"kind": "connection", "id": "dxcon-1", "name": "prod"}, "cause": format!("It is {status}."),
            "affected": {"count": members.len(), "items": items.collect::<Vec<_>>()}, "impact": {"level": impact},
        }
    })
}

fn resolved(incident: Uuid, minute: i64, members: &[(&str, i64)]) -> Value {
    let mut document = document(incident, minute, "resolved", ["info", "none"], members);
    document["incident"]["resolvedAt"] = json!(at(minute));
    document["incident"]["durationSeconds"] = json!((minute - 10) * 60);
    document
}

/// What a collector does, over documents that are at hand.
fn gathered(mut report: Report, documents: &[Value]) -> Report {
    let all = || documents.iter().map(RecordedIncident::of);
    let mut unnamed = Unnamed::of(&report);
    all().for_each(|document| unnamed.read(document));
    unnamed.name(&mut report);
    let mut gathering = Gathering::default();
    loop {
        let wanted = gathering.wanted(&report);
        if wanted.is_empty() {
            break;
        }
        for (scope, id) in wanted {
            assert_eq!(scope.to_string(), "123456789012/us-east-1");
            let named = id.to_string();
            let own: Vec<_> = all().filter(|document| document.incident_id() == Some(&*named)).collect();
            gathering.add(id, &own);
        }
    }
    gathering.finish(&mut report);
    report
}

/// Connections that are down from one minute to another, and the incident that the event of their end names.
fn stories(outages: &[(&str, i64, i64, Option<Uuid>)]) -> Report {
    let window = window(0, 100);
    let stories: Vec<Story> = outages
        .iter()
        .map(|(id, from, to, group)| {
            let mut story = Story::connection(&[(-DAY, "available"), (*from, "down"), (*to, "available")]);
            story.item.id = (*id).to_owned();
            story.groups.insert(2, *group);
            story
        })
        .collect();
    report(&window, &stories)
}

/// The list in words: each incident with the items of its outages, and those in none.
fn listed(report: &Report) -> String {
    let list = OutageList::of(report, 1_000);
    let items = |outages: &[aws_dx_monitor::report::ListedOutage<'_>]| {
        outages.iter().map(|listed| listed.entry.item.id.as_str()).collect::<Vec<_>>().join(" ")
    };
    let of_incidents =
        list.incidents.iter().map(|(incident, outages)| format!("{:x}: {}", incident.id.as_u128(), items(outages)));
    of_incidents.chain([format!("none: {}", items(&list.others))]).collect::<Vec<_>>().join("; ")
}

#[test]
fn an_outage_is_in_the_incident_that_its_end_names() {
    let report =
        stories(&[("dxcon-1", 10, 30, Some(id(1))), ("dxcon-2", 11, 29, Some(id(1))), ("dxcon-3", 50, 60, None)]);
    let report =
        gathered(report, &[document(id(1), 10, "open", ["critical", "outage"], &[]), resolved(id(1), 30, &[])]);
    assert_eq!(listed(&report), "abc0001: dxcon-1 dxcon-2; none: dxcon-3");
    let incident = &report.incidents[0];
    assert_eq!(
        (&*incident.status, &*incident.severity, &*incident.impact),
        ("resolved", "critical", "outage"),
        "as at worst"
    );
    assert_eq!((&*incident.cause, &*incident.summary), ("It is open.", "[critical] connection dxcon-1 open"));
    assert_eq!(
        (incident.since, incident.resolved_at, incident.duration_seconds),
        (Some(at(10)), Some(at(30)), Some(1_200))
    );
}

#[test]
fn where_no_event_names_one_the_documents_that_list_it_do() {
    let report = stories(&[("dxcon-1", 10, 30, None), ("dxcon-2", 11, 29, None), ("dxcon-3", 50, 60, None)]);
    let elsewhere = {
        let mut document = document(id(9), 50, "open", ["critical", "none"], &[("dxcon-3", 50)]);
        document["incident"]["region"] = "eu-west-1".into();
        document
    };
    let documents = [
        document(id(1), 10, "open", ["critical", "outage"], &[("dxcon-1", 10), ("dxcon-3", 51)]),
        resolved(id(1), 30, &[("dxcon-2", 29)]),
        elsewhere,
    ];
    // An item that is listed with another instant, or in another region, is not the one that was down.
    assert_eq!(listed(&gathered(report, &documents)), "abc0001: dxcon-1 dxcon-2; none: dxcon-3");
}

#[test]
fn the_first_member_of_an_incident_is_known_by_its_id_alone() {
    let mut report = stories(&[("dxcon-1", 10, 30, None)]);
    let first = report.items[0].outages[0].start_event_id.unwrap();
    assert_eq!(first, event_id(1));
    report = gathered(report, &[document(incident_id(first), 10, "open", ["critical", "outage"], &[])]);
    assert_eq!(report.items[0].outages[0].group_id, Some(incident_id(first)));
    assert_eq!(report.incidents.len(), 1);
}

#[test]
fn what_became_part_of_another_incident_is_under_that_one() {
    let report = stories(&[("dxcon-1", 10, 30, Some(id(1))), ("dxcon-2", 11, 29, Some(id(2)))]);
    let mut merged = document(id(2), 12, "merged", ["critical", "none"], &[]);
    merged["incident"]["mergedInto"] = json!(id(1));
    let report = gathered(report, &[document(id(1), 10, "open", ["critical", "none"], &[]), merged.clone()]);
    assert_eq!(listed(&report), "abc0001: dxcon-1 dxcon-2; none: ");
    assert_eq!(report.incidents[0].merged, [id(2)]);
    // Of the one that lives on nothing is left: it is named all the same.
    let report = gathered(stories(&[("dxcon-2", 11, 29, Some(id(2)))]), &[merged.clone()]);
    assert_eq!((report.incidents[0].id, report.incidents[0].merged_into), (id(2), Some(id(1))));
    // Damaged documents lead round in a circle.
    let mut back = merged.clone();
    back["metadata"]["incidentId"] = json!(id(1));
    back["incident"]["mergedInto"] = json!(id(2));
    let report = gathered(stories(&[("dxcon-2", 11, 29, Some(id(2)))]), &[merged, back]);
    assert_eq!(report.incidents.len(), 1);
}

#[test]
fn an_incident_without_documents_is_no_recorded_one() {
    let report = gathered(stories(&[("dxcon-1", 10, 30, Some(id(1)))]), &[]);
    assert_eq!(listed(&report), "none: dxcon-1");
    assert_eq!(report.items[0].outages[0].group_id, Some(id(1)), "but its event names it");
}

#[test]
fn an_outage_that_lasts_is_in_the_incident_of_its_row_once_that_is_gathered() {
    let down = |group, gathered: u64| {
        let mut story = Story::connection(&[(-DAY, "available"), (10, "down")]);
        story.row_group = group;
        story.gathered = Some(gathered);
        report(&window(0, 100), &[story]).items[0].outages[0].group_id
    };
    assert_eq!(down(Some(id(1)), 2), Some(id(1)));
    assert_eq!(down(Some(id(1)), 1), None, "the row names the one before");
    let mut later = Story::connection(&[(-DAY, "available"), (10, "down"), (200, "available"), (300, "down")]);
    later.row_group = Some(id(7));
    later.groups.insert(2, Some(id(1)));
    assert_eq!(
        report(&window(0, 100), &[later]).items[0].outages[0].group_id,
        Some(id(1)),
        "the row is of a later one"
    );
}

#[test]
fn texts_of_incidents_are_inert_and_a_long_list_is_cut() {
    let mut hostile = document(id(1), 10, HOSTILE, [HOSTILE, HOSTILE], &[]);
    hostile["summary"] = HOSTILE.into();
    for key in ["category", "cause"] {
        hostile["incident"][key] = HOSTILE.into();
    }
    hostile["incident"]["root"] = json!({"kind": HOSTILE, "id": HOSTILE, "name": HOSTILE});
    let report = gathered(stories(&[("dxcon-1", 10, 30, Some(id(1)))]), &[hostile]);
    let page = html::page(&report, Calendar::UTC);
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
    assert!(page.contains("incident 00000000-0000-0000-0000-00000abc0001"));
    let csv = csv::outages(&report);
    assert!(!csv.contains('\u{202e}') && !csv.contains('\u{1b}'), "{csv}");
    let list = OutageList::of(&report, 0);
    assert_eq!((list.incidents.len(), list.found, list.listed), (0, 1, 0));
}

#[test]
fn the_unnamed_span_reaches_from_the_first_beginning_to_the_last_end() {
    let report = stories(&[("dxcon-1", 10, 30, None), ("dxcon-2", 5, 8, Some(id(1))), ("dxcon-3", 50, 60, None)]);
    let span = Unnamed::of(&report).span().unwrap();
    assert_eq!((span.from, span.until), (at(10), at(60)));
    assert_eq!(Unnamed::of(&stories(&[("dxcon-2", 5, 8, Some(id(1)))])).span(), None, "nothing is to be read");
}
