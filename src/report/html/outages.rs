//! The outages of the page with their evidence, each under the incident that it belongs to.

use super::{
    folded,
    parts::{anchor, began, cell, ended, head, name},
};
use crate::{
    calendar::Calendar,
    domain::Span,
    escape,
    report::{
        condition::Condition,
        document::{Report, Stretch},
        incident::ReportIncident,
        outage_list::{ListedOutage, OutageList},
        phrases,
        svg::{self, Tick},
    },
};

/// The most outages that a page lists. A longer page is neither read nor sent.
const MOST_OUTAGES: usize = 1_000;
/// The most that the page of a large report lists.
const MOST_OUTAGES_OF_MANY: usize = 300;
/// The most incidents that became part of another that are named with it.
const MOST_MERGED: usize = 20;

/// Every outage: first those of incidents, then those in no recorded one.
pub(super) fn section(report: &Report, calendar: Calendar) -> String {
    let list = OutageList::of(report, if folded::is_large(report) { MOST_OUTAGES_OF_MANY } else { MOST_OUTAGES });
    let mut section =
        "<section aria-labelledby=\"outages\">\n<h2 id=\"outages\">Outages, with evidence</h2>\n".to_owned();
    if list.listed == 0 {
        section += "<p>No outage was seen.</p>\n</section>\n";
        return section;
    }
    if list.found > list.listed {
        section += &format!(
            "<p class=\"notice\">{} outages were found; only the longest {} are listed here.</p>\n",
            list.found, list.listed
        );
    }
    section += "<p class=\"faint\">In UTC. An outage began after the item was last seen up, and not after it was first seen \
                down; it ended likewise. Event ids are those of the recorded, announced and archived events.</p>\n";
    let ticks = svg::ticks(&report.window, calendar);
    for (incident, outages) in &list.incidents {
        section += &of_incident(report, &ticks, incident, outages);
    }
    if !list.others.is_empty() {
        section += "<h3>In no recorded incident</h3>\n";
        section += &format!("<p class=\"faint\">{}</p>\n", escape::html(phrases::NO_INCIDENT));
        section += &table("Outages in no recorded incident", &list.others);
    }
    section += "</section>\n";
    section
}

fn of_incident(report: &Report, ticks: &[Tick], incident: &ReportIncident, outages: &[ListedOutage<'_>]) -> String {
    let drawn = stretches(report, outages);
    let described = format!("Timeline of incident {}: when one of its items was down", incident.id);
    let critical = if incident.severity == "critical" { " bad" } else { "" };
    let is_merged = |id: &uuid::Uuid| format!("<span class=\"id\">merged: incident {id}</span>");
    let merged: String = incident.merged.iter().take(MOST_MERGED).map(is_merged).collect();
    format!(
        "<article class=\"incident\">\n<header><h3><bdi>{}</bdi></h3><span class=\"figure{critical}\">{}</span></header>\n\
         <p class=\"facts\">{}<br>{}</p>\n<p>{}</p>\n<p><span class=\"id\">incident {}</span>{merged}</p>\n{}\n{}</article>\n",
        escape::html(&incident.summary),
        escape::html(&incident.severity),
        phrases::incident_kind(incident, escape::html),
        phrases::incident_course(incident, escape::html),
        escape::html(&incident.cause),
        incident.id,
        svg::timeline(&report.window, ticks, true, &drawn, &described),
        table(&format!("Outages of incident {}", incident.id), outages)
    )
}

/// When one of the items was down, within the window.
fn stretches(report: &Report, outages: &[ListedOutage<'_>]) -> Vec<Stretch> {
    let window = Span::new(report.window.from, report.window.to);
    let spans = outages.iter().filter_map(|ListedOutage { outage, .. }| {
        Span::new(outage.started_at, outage.ended_at.unwrap_or(window.until)).within(window)
    });
    let mut drawn: Vec<Stretch> = Vec::new();
    // They come by their beginnings.
    for Span { from, until } in spans {
        match drawn.last_mut() {
            Some(last) if from <= last.to => last.to = last.to.max(until),
            _ => drawn.push(Stretch { from, to: until, condition: Condition::Down, state: None, merged: None }),
        }
    }
    drawn
}

fn table(caption: &str, outages: &[ListedOutage<'_>]) -> String {
    let mut table = head(&escape::html(caption), &["Item", "Began", "Ended", "Counted"]);
    for ListedOutage { place, entry, outage } in outages {
        table += &format!(
            "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><a href=\"#{}\">{}</a><br>{}</th>{}{}{}</tr>\n",
            anchor(*place),
            entry.item.kind.label(),
            name(&entry.item),
            cell("Began", &began(outage)),
            cell("Ended", &ended(outage)),
            cell("Counted", &phrases::counted(outage)),
        );
    }
    table + "</tbody>\n</table>\n"
}
