//! Writes one incident from beginning to end.

use std::{io::Write, time::Duration};

use serde::Serialize;
use serde_json::Value;

use super::{
    incident_forms::{headline, health, shown},
    output::{self, Format},
};
use crate::{
    domain::{HistoryRow, IncidentRow, RecordedIncident, SinkName, State},
    escape,
    query::{IncidentStory, IncidentSummary},
    terminal,
    words::{self, incident},
};

const COLUMNS: [&str; 14] = [
    "occurred_at",
    "incident_id",
    "sequence",
    "reason",
    "status",
    "category",
    "severity",
    "impact",
    "members",
    "root_kind",
    "root_id",
    "people",
    "chat",
    "summary",
];
/// The widest sentence of a document.
const MAXIMUM_SENTENCE: usize = 400;

/// An incident and its documents, as programs read them.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    incident: &'a IncidentSummary,
    documents: Vec<&'a Value>,
}

/// Writes an incident from beginning to end.
pub fn write(out: &mut impl Write, story: &IncidentStory, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => {
            let documents = story.documents.iter().map(|row| &row.event).collect();
            output::write_json(out, &Whole { incident: &story.incident, documents })?;
        }
        Format::Csv => write_csv(out, story)?,
        Format::Table => {
            write_facts(out, &story.incident)?;
            if let Some(document) = &story.incident.document {
                let document = RecordedIncident::of(document);
                write_destinations(out, document)?;
                write_members(out, document)?;
            }
            write_documents(out, story)?;
        }
    }
    Ok(())
}

fn write_facts(out: &mut impl Write, incident: &IncidentSummary) -> anyhow::Result<()> {
    let style = terminal::of_health(health(incident));
    writeln!(out, "{style}{} {}{style:#}\n", terminal::sign(health(incident)), headline(incident))?;
    for (label, value) in facts(incident).into_iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{label:<14}{value}")?;
    }
    Ok(())
}

/// What is known of an incident, inert. What is not known is empty.
fn facts(incident: &IncidentSummary) -> Vec<(&'static str, String)> {
    let text = |text: &str| shown(text, MAXIMUM_SENTENCE);
    let seconds = |seconds: u64| words::duration(Duration::from_secs(seconds));
    let within = match (incident.since, incident.last_seen_at) {
        (Some(since), Some(seen)) => format!(", last seen as before {} earlier", words::duration(since.since(seen))),
        _ => String::new(),
    };
    let after = incident.duration_seconds.map(|lasted| format!(", after {}", seconds(lasted))).unwrap_or_default();
    let down = format!("{}, down for {} in all", incident.outages, seconds(incident.down_seconds));
    let document = incident.document.as_ref().map(RecordedIncident::of);
    let planned = document.and_then(|document| incident::planned(document, &shown));
    let acknowledged = document.and_then(|document| incident::acknowledged(document, &shown));
    let evidence = document.map(|document| incident::evidence(document, &shown)).unwrap_or_default();
    let mut facts = vec![
        ("Incident", escape::terminal(&incident.id)),
        ("Status", format!("{} ({}, {})", text(&incident.status), text(&incident.category), text(&incident.severity))),
        ("Cause", text(incident.cause.as_deref().unwrap_or_default())),
        ("Root", root(incident)),
        ("Region", format!("{} of account {}", text(&incident.region), text(&incident.account))),
        ("Since", incident.since.map(|at| format!("{at}{within}")).unwrap_or_default()),
        ("Ended", incident.resolved_at.map(|at| format!("{at}{after}")).unwrap_or_default()),
        ("Outages", if incident.outages > 0 { down } else { String::new() }),
        ("Not listed", incident.blind_since.map(|at| format!("since {at}")).unwrap_or_default()),
        ("Part of", incident.merged_into.as_deref().map(text).unwrap_or_default()),
        ("Impact", text(&incident.impact)),
    ];
    facts.extend(planned.into_iter().chain(acknowledged));
    facts.extend(evidence.into_iter().map(|piece| ("Evidence", piece)));
    facts
}

/// What explains the incident, and where that is.
fn root(incident: &IncidentSummary) -> String {
    let mut parts = vec![format!("{} {}", terminal::text(&incident.root.kind), escape::terminal(&incident.root.id))];
    parts.extend(incident.root.name.as_deref().map(terminal::text));
    if let Some(document) = &incident.document {
        let root = RecordedIncident::of(document).root();
        parts.extend(["location", "device"].iter().filter_map(|key| root.text(key)).map(|text| terminal::text(&text)));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

fn write_destinations(out: &mut impl Write, incident: RecordedIncident<'_>) -> anyhow::Result<()> {
    let mut table = terminal::Table::new(["DESTINATION", "KIND", "FAMILY", "PATHS"]);
    let mut any = false;
    for destination in incident.destinations() {
        any = true;
        table.add_row([
            incident::destination(destination, &shown).into(),
            incident::destination_kind(destination, &shown).into(),
            incident::family(destination, &shown).into(),
            incident::what_is_left(destination).into(),
        ]);
    }
    if any {
        writeln!(out)?;
        table.write(out)?;
        write_more(out, incident.more_destinations())?;
    }
    Ok(())
}

fn write_members(out: &mut impl Write, incident: RecordedIncident<'_>) -> anyhow::Result<()> {
    let mut table = terminal::Table::new(["MEMBER", "ID", "NAME", "STATE", "SINCE"]);
    let mut listed = 0;
    for member in incident.members() {
        listed += 1;
        let word = member.text("state").unwrap_or_default();
        let state = terminal::text(&word);
        table.add_row([
            terminal::text(member.kind_word()).into(),
            escape::terminal(member.id()).into(),
            terminal::text(member.name().unwrap_or_default()).into(),
            match member.kind() {
                Some(kind) => terminal::cell(state, State::of(kind, Some(&word)).health()),
                None => state.into(),
            },
            terminal::text(&member.text("since").unwrap_or_default()).into(),
        ]);
    }
    if listed > 0 {
        writeln!(out)?;
        table.write(out)?;
        write_more(out, incident.member_count().saturating_sub(listed))?;
    }
    Ok(())
}

fn write_more(out: &mut impl Write, more: u64) -> anyhow::Result<()> {
    if more > 0 {
        writeln!(out, "and {more} more")?;
    }
    Ok(())
}

fn write_documents(out: &mut impl Write, story: &IncidentStory) -> anyhow::Result<()> {
    if story.documents.is_empty() {
        return Ok(writeln!(out, "\nhistory has no documents of it any more")?);
    }
    let mut table = terminal::Table::new(["TIME (UTC)", "REASON", "PEOPLE", "CHAT", "HEADLINE"]);
    for row in &story.documents {
        let document = RecordedIncident::of(&row.event);
        let announced = |sinks: &[SinkName], is_decided| announced(row, story.row.as_ref(), sinks, is_decided);
        table.add_row([
            row.occurred_at.to_string().into(),
            terminal::text(document.reason_word()).into(),
            announced(&[SinkName::SNS, SinkName::TERMINAL], document.is_for_people()).into(),
            announced(&[SinkName::CHAT], document.is_for_chat()).into(),
            shown(document.summary(), MAXIMUM_SENTENCE).into(),
        ]);
    }
    writeln!(out)?;
    Ok(table.write(out)?)
}

/// Whether a document that was to be announced is, by the first of `sinks` that there is. Once the incident's row is gone,
/// all of them are, but for what was given up.
fn announced(row: &HistoryRow, incident: Option<&IncidentRow>, sinks: &[SinkName], is_decided: bool) -> &'static str {
    if !is_decided {
        return "no";
    }
    if sinks.iter().any(|sink| row.parked.contains_key(sink.as_str())) {
        return "given up";
    }
    let cursor = |incident: &IncidentRow| sinks.iter().find_map(|sink| incident.announced.get(sink.as_str()).copied());
    match incident.map(cursor) {
        Some(None) => "no",
        Some(Some(cursor)) if cursor < row.sequence => "not yet",
        _ => "yes",
    }
}

fn write_csv(out: &mut impl Write, story: &IncidentStory) -> anyhow::Result<()> {
    write!(out, "{}", escape::csv_line(COLUMNS.map(str::to_owned)))?;
    for row in &story.documents {
        let document = RecordedIncident::of(&row.event);
        let line = escape::csv_line([
            row.occurred_at.to_string(),
            story.incident.id.clone(),
            row.sequence.to_string(),
            document.reason_word().to_owned(),
            row.event["status"].as_str().unwrap_or_default().to_owned(),
            document.category_word().to_owned(),
            document.severity_word().to_owned(),
            document.impact_word().to_owned(),
            document.member_count().to_string(),
            document.root().kind_word().to_owned(),
            document.root().id().to_owned(),
            document.is_for_people().to_string(),
            document.is_for_chat().to_string(),
            document.summary().to_owned(),
        ]);
        write!(out, "{line}")?;
    }
    Ok(())
}
