//! The tables of the page: the figures of the estate and its locations, and the outages with their evidence.
//!
//! On a narrow page the style sheet turns each row into a card. Some browsers then drop the tables' semantics, so the
//! roles are written out.

use super::parts::{anchor, name, time};
use crate::{
    domain::Timestamp,
    escape,
    report::{
        document::{Figures, Group, Outage, Report, ReportItem},
        phrases,
    },
};

/// The most outages that a page lists. A longer page is neither read nor sent.
const MOST_OUTAGES: usize = 1_000;

/// The whole estate, and each location.
pub(super) fn summary(report: &Report) -> String {
    if report.estate.connections == 0 {
        return String::new();
    }
    let estate = row("All connections", &report.estate);
    let locations = report.locations.iter().map(|group| {
        let code = escape::html(group.location.as_deref().unwrap_or_default());
        row(&format!("Location <bdi>{code}</bdi>"), group)
    });
    let rows: String = [estate].into_iter().chain(locations).collect();
    format!(
        "<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Connections together</h2>\n{}{rows}</tbody>\n</table>\n\
         </section>\n",
        head(
            "Time counts as up while at least one connection is up, and as down while none is.",
            &["", "Connections", "Availability", "Down", "Outages", "Excluded", "Coverage"]
        )
    )
}

fn row(title: &str, group: &Group) -> String {
    let figures: &Figures = &group.figures;
    let excluded = match figures.excluded_milliseconds {
        0 => "none".to_owned(),
        _ => phrases::excluded(figures),
    };
    format!(
        "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">{title}</th>{}{}{}{}{}{}</tr>\n",
        cell("Connections", &group.connections.to_string()),
        cell("Availability", &phrases::availability(figures)),
        cell("Down", &phrases::duration(figures.down_milliseconds)),
        cell("Outages", &phrases::outages(figures)),
        cell("Excluded", &excluded),
        cell("Coverage", &phrases::coverage(figures)),
    )
}

/// Every outage, by time.
pub(super) fn outages(report: &Report) -> String {
    let mut found: Vec<(usize, &ReportItem, &Outage)> = Vec::new();
    for (position, entry) in report.items.iter().enumerate() {
        found.extend(entry.outages.iter().map(|outage| (position, entry, outage)));
    }
    found.sort_by_key(|(_, _, outage)| std::cmp::Reverse(outage.counted_milliseconds));
    found.truncate(MOST_OUTAGES);
    found.sort_by_key(|(position, _, outage)| (outage.started_at, *position));
    let figures = report.items.iter().map(|entry| &entry.figures);
    let counted: u64 = figures.map(|figures| figures.outages + figures.outages_not_counted).sum();
    let mut section =
        "<section aria-labelledby=\"outages\">\n<h2 id=\"outages\">Outages, with evidence</h2>\n".to_owned();
    if found.is_empty() {
        section += "<p>No outage was seen.</p>\n</section>\n";
        return section;
    }
    if counted > found.len() as u64 {
        section += &format!(
            "<p class=\"notice\">{counted} outages were found; only the longest {} are listed here.</p>\n",
            found.len()
        );
    }
    section += &head(
        "In UTC. An outage began after the item was last seen up, and not after it was first seen down; it ended likewise. \
         Event ids are those of the recorded, announced and archived events.",
        &["Item", "Began", "Ended", "Counted"],
    );
    for (position, entry, outage) in found {
        section += &format!(
            "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><a href=\"#{}\">{}</a><br>{}</th>{}{}{}</tr>\n",
            anchor(position),
            entry.item.kind.label(),
            name(&entry.item),
            cell("Began", &began(outage)),
            cell("Ended", &ended(outage)),
            cell("Counted", &phrases::counted(outage)),
        );
    }
    section += "</tbody>\n</table>\n</section>\n";
    section
}

fn began(outage: &Outage) -> String {
    let before = if outage.begins_before { "<span class=\"faint\">before the window</span>" } else { "" };
    let state = outage.state.as_deref().filter(|state| *state != "down");
    let state = state.map(|state| format!("<span class=\"faint\">{}</span>", escape::html(state))).unwrap_or_default();
    let after = bound("last seen up", outage.started_after);
    format!("{}{before}{state}{after}{}", time(outage.started_at), event(outage.start_event_id))
}

fn ended(outage: &Outage) -> String {
    let after = bound("last seen down", outage.ended_after);
    match outage.ended_at {
        None => format!("goes on{after}"),
        Some(at) => {
            let beyond = if outage.goes_on { "<span class=\"faint\">after the window</span>" } else { "" };
            format!("{}{beyond}{after}{}", time(at), event(outage.end_event_id))
        }
    }
}

fn bound(what: &str, at: Option<Timestamp>) -> String {
    at.map(|at| format!("<span class=\"faint\">{what} {}</span>", time(at))).unwrap_or_default()
}

fn event(id: Option<uuid::Uuid>) -> String {
    id.map(|id| format!("<span class=\"id\">event {id}</span>")).unwrap_or_default()
}

fn head(caption: &str, columns: &[&str]) -> String {
    let mut head =
        format!("<table role=\"table\">\n<caption>{caption}</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
    for column in columns {
        head += &match *column {
            "" => "<td role=\"cell\"></td>".to_owned(),
            title => format!("<th role=\"columnheader\" scope=\"col\">{title}</th>"),
        };
    }
    head += "</tr></thead>\n<tbody role=\"rowgroup\">\n";
    head
}

/// A cell. Its content must be escaped already.
fn cell(label: &str, content: &str) -> String {
    format!("<td role=\"cell\" data-label=\"{label}\"><div>{content}</div></td>")
}
