//! The articles of the timelines: of an item, of a location, of several connections together.

use super::parts::{anchor, figure, name};
use crate::{
    escape,
    report::{
        document::{Figures, Group, Report, ReportItem},
        phrases,
        svg::{self, Tick},
    },
    words,
};

/// The head of a location, and its connections together, where there are several.
pub(super) fn location(report: &Report, ticks: &[Tick], code: Option<&str>) -> String {
    let Some(code) = code else { return "<h3>At no location</h3>\n".to_owned() };
    let mut text = format!("<h3>Location <bdi>{}</bdi></h3>\n", escape::html(code));
    if let Some(found) = report.locations.iter().find(|group| group.location.as_deref() == Some(code))
        && found.connections > 1
    {
        text += &group(report, ticks, found, "At least one of its connections up");
    }
    text
}

/// Several connections together.
pub(super) fn group(report: &Report, ticks: &[Tick], group: &Group, title: &str) -> String {
    format!(
        "<article>\n<header><h4>{} <span class=\"kind\">{}</span></h4>{}</header>\n{}\n{}</article>\n",
        escape::html(title),
        words::counted(group.connections, "connection", "connections"),
        figure(&group.figures),
        svg::timeline(&report.window, ticks, true, &group.timeline, &described(title, &group.figures)),
        facts(&group.figures),
    )
}

/// An item.
pub(super) fn item(report: &Report, ticks: &[Tick], position: usize, entry: &ReportItem) -> String {
    let item = &entry.item;
    let called = format!("{} {}", item.kind.label(), item.name.as_deref().unwrap_or(&item.id));
    format!(
        "<article id=\"{}\" class=\"depth-{}\">\n<header><h4><span class=\"kind\">{}</span> {}</h4>{}</header>\n{}\n{}</article>\n",
        anchor(position),
        entry.depth.min(3),
        item.kind.label(),
        name(item),
        figure(&entry.figures),
        svg::timeline(&report.window, ticks, entry.depth == 0, &entry.timeline, &described(&called, &entry.figures)),
        facts(&entry.figures),
    )
}

/// The description of a drawing for screen readers.
fn described(title: &str, figures: &Figures) -> String {
    let outages = match figures.outages {
        0 => "no outage".to_owned(),
        number => format!(
            "{}, down {}",
            words::counted(number, "outage", "outages"),
            phrases::duration(figures.down_milliseconds)
        ),
    };
    format!("Timeline of {title}: availability {}, {outages}", phrases::availability(figures))
}

fn facts(figures: &Figures) -> String {
    let mut facts = Vec::new();
    if figures.outages > 0 {
        facts.push(format!(
            "down {} in {}",
            phrases::down(figures),
            words::counted(figures.outages, "outage", "outages")
        ));
        if figures.outages > 1 {
            facts.push(format!("the longest {}", phrases::optional_duration(figures.longest_outage_milliseconds)));
        }
        facts.push(format!("MTTR {}", phrases::optional_duration(figures.mean_time_to_recover_milliseconds)));
        facts.push(format!("MTBF {}", phrases::optional_duration(figures.mean_time_between_failures_milliseconds)));
    }
    if figures.excluded_milliseconds > 0 {
        facts.push(format!("excluded: {}", phrases::excluded(figures)));
        facts.push(format!("coverage {}", phrases::coverage(figures)));
    }
    facts.extend(phrases::with_planned(figures).map(|figure| format!("{figure} with planned time counted as down")));
    if facts.is_empty() { String::new() } else { format!("<p class=\"facts\">{}</p>\n", facts.join(" · ")) }
}
