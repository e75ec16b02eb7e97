//! Parts that several sections of the page share: names, anchors, times, the conditions of the legend.

use crate::{
    domain::{ItemDescription, Kind, Timestamp},
    escape,
    report::{
        condition::Condition,
        document::{Figures, Outage, Report, ReportItem},
        phrases,
    },
    words,
};

/// An item's name, if it has one, and its id. A BGP peer has its address family too, since the peers of an interface may
/// share a name.
pub(super) fn name(item: &ItemDescription) -> String {
    let family = item
        .address_family
        .as_deref()
        .filter(|_| item.kind == Kind::BgpPeer)
        .map(|family| format!("{} ", escape::html(family)));
    let id = format!("{}<code>{}</code>", family.unwrap_or_default(), escape::html(&item.id));
    match item.name.as_deref().filter(|name| !name.trim().is_empty()) {
        // Isolated, so that a right-to-left name does not change the direction of the text around it.
        Some(name) => format!("<bdi>{}</bdi> {id}", escape::html(name)),
        None => id,
    }
}

/// The id of an item's element on the page.
pub(super) fn anchor(position: usize) -> String {
    format!("item-{}", position + 1)
}

/// A time, to the second.
pub(super) fn time(at: Timestamp) -> String {
    format!("<time datetime=\"{at}\">{}</time>", words::time(at))
}

/// The conditions that occur in the report, in the order of the legend.
pub(super) fn conditions(report: &Report) -> Vec<Condition> {
    let timelines = || {
        let groups = report.locations.iter().chain([&report.estate]).map(|group| &group.timeline);
        let destinations = report.destinations.iter().map(|destination| &destination.timeline);
        groups.chain(destinations).chain(report.items.iter().map(|ReportItem { timeline, .. }| timeline))
    };
    let occurs =
        |condition: &Condition| timelines().any(|timeline| timeline.iter().any(|part| part.condition == *condition));
    Condition::ALL.into_iter().filter(occurs).collect()
}

/// The beginning of a table.
///
/// On a narrow page the style sheet turns each row into a card. Some browsers then drop the tables' semantics, so the roles
/// are written out.
pub(super) fn head(caption: &str, columns: &[&str]) -> String {
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
pub(super) fn cell(label: &str, content: &str) -> String {
    format!("<td role=\"cell\" data-label=\"{label}\"><div>{content}</div></td>")
}

/// When an outage began, with its bound and its evidence.
pub(super) fn began(outage: &Outage) -> String {
    let before = if outage.begins_before { "<span class=\"faint\">before the window</span>" } else { "" };
    let state = outage.state.as_deref().filter(|state| *state != "down");
    let state = state.map(|state| format!("<span class=\"faint\">{}</span>", escape::html(state))).unwrap_or_default();
    let after = bound("last seen up", outage.started_after);
    format!("{}{before}{state}{after}{}", time(outage.started_at), event(outage.start_event_id))
}

/// When an outage ended, likewise.
pub(super) fn ended(outage: &Outage) -> String {
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

/// A figure of availability, marked where there was down time.
pub(super) fn figure(figures: &Figures) -> String {
    let bad = if figures.down_milliseconds > 0 { " bad" } else { "" };
    format!("<span class=\"figure{bad}\">{}</span>", phrases::availability(figures))
}
