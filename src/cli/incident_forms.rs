//! Writes a list of incidents as a table or as CSV, and the open ones above the items of `status`.

use std::io::Write;

use crate::{
    domain::{Health, RecordedIncident},
    escape,
    query::{IncidentSummary, Incidents},
    terminal,
    words::{self, incident},
};

const COLUMNS: [&str; 21] = [
    "id",
    "status",
    "open",
    "category",
    "severity",
    "impact",
    "account",
    "region",
    "root_kind",
    "root_id",
    "root_name",
    "members",
    "outages",
    "down_seconds",
    "since",
    "resolved_at",
    "duration_seconds",
    "merged_into",
    "sequence",
    "last_document_at",
    "summary",
];

/// Writes a list of incidents for people.
pub fn write_table(out: &mut impl Write, list: &Incidents) -> anyhow::Result<()> {
    if list.incidents.is_empty() {
        writeln!(out, "no incidents")?;
    } else {
        write_rows(out, &list.incidents)?;
        let open = list.incidents.iter().filter(|incident| incident.open).count();
        let count = words::counted(list.incidents.len() as u64, "incident", "incidents");
        writeln!(out, "\n{count}, {open} of them open")?;
    }
    if list.unreadable > 0 {
        let unreadable = words::counted(list.unreadable as u64, "incident", "incidents");
        writeln!(out, "not shown: {unreadable} that a newer version of the program keeps")?;
    }
    Ok(())
}

/// Writes the incidents that are open, and a blank line. Nothing where none is.
pub fn write_open(out: &mut impl Write, open: &[IncidentSummary]) -> anyhow::Result<()> {
    if !open.is_empty() {
        writeln!(out, "Open incidents: {}", open.len())?;
        write_rows(out, open)?;
        writeln!(out)?;
    }
    Ok(())
}

fn write_rows(out: &mut impl Write, incidents: &[IncidentSummary]) -> anyhow::Result<()> {
    let mut table = terminal::Table::new(["", "STATUS", "SEVERITY", "CATEGORY", "SINCE", "INCIDENT", "HEADLINE"]);
    for incident in incidents {
        let health = health(incident);
        table.add_row([
            terminal::cell(terminal::sign(health), health),
            terminal::cell(terminal::text(&incident.status), health),
            terminal::text(&incident.severity).into(),
            terminal::text(&incident.category).into(),
            incident.since.map(|at| at.to_string()).unwrap_or_default().into(),
            escape::terminal(&incident.id).into(),
            headline(incident).into(),
        ]);
    }
    Ok(table.write(out)?)
}

/// The health that an incident looks like.
pub fn health(incident: &IncidentSummary) -> Health {
    match (incident.open, incident.category.as_str(), incident.status.as_str()) {
        (true, "outage", _) => Health::Down,
        (true, "test", _) => Health::Testing,
        (true, "provisioning", _) => Health::Pending,
        (true, "removal", _) | (false, "removal", _) | (false, _, "withdrawn" | "merged") => Health::Removed,
        (true, ..) => Health::Unknown,
        (false, ..) => Health::Up,
    }
}

/// What the matter is, inert: `connection dxcon-fg5678gh (prod-eqdc2) down: 18 with it, core-dxgw has no path left`.
pub fn headline(incident: &IncidentSummary) -> String {
    let id = escape::terminal(&incident.root.id);
    let name = terminal::text(incident.root.name.as_deref().unwrap_or_default());
    let name = if name.is_empty() { name } else { format!(" ({name})") };
    let Some(document) = incident.document.as_ref().map(RecordedIncident::of) else {
        let kind = terminal::text(&incident.root.kind);
        let others = words::counted(incident.members, "member", "members");
        return format!("{kind} {id}{name}: {others}, impact {}", terminal::text(&incident.impact));
    };
    let kind = incident::root_kind(document, &shown);
    let others = Some(incident::others(document)).filter(|others| *others > 0 && incident.open);
    let others = others.map(|others| format!("{others} with it"));
    let rest: Vec<String> = others.into_iter().chain(incident::impact(document, &shown, " left")).collect();
    let rest = if rest.is_empty() { String::new() } else { format!(": {}", rest.join(", ")) };
    format!("{kind} {id}{name} {}{rest}", incident::condition(document, &shown))
}

/// Text from AWS in at most so many columns, inert on a terminal.
pub fn shown(text: &str, most: usize) -> String {
    escape::truncate(&escape::terminal(text), most)
}

/// Writes a line of CSV for each incident.
pub fn write_csv(out: &mut impl Write, incidents: &[IncidentSummary]) -> anyhow::Result<()> {
    write!(out, "{}", escape::csv_line(COLUMNS.map(str::to_owned)))?;
    for incident in incidents {
        write!(out, "{}", csv_line(incident.clone()))?;
    }
    Ok(())
}

fn csv_line(incident: IncidentSummary) -> String {
    escape::csv_line([
        incident.id,
        incident.status,
        incident.open.to_string(),
        incident.category,
        incident.severity,
        incident.impact,
        incident.account,
        incident.region,
        incident.root.kind,
        incident.root.id,
        incident.root.name.unwrap_or_default(),
        incident.members.to_string(),
        incident.outages.to_string(),
        incident.down_seconds.to_string(),
        incident.since.map(|at| at.to_string()).unwrap_or_default(),
        incident.resolved_at.map(|at| at.to_string()).unwrap_or_default(),
        incident.duration_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
        incident.merged_into.unwrap_or_default(),
        incident.sequence.to_string(),
        incident.last_document_at.to_string(),
        incident.summary.unwrap_or_default(),
    ])
}
