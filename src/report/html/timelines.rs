//! The timelines of the page: one for each item, beneath the connection and location that it depends on.

use super::parts::{anchor, conditions, name};
use crate::{
    calendar::Calendar,
    escape,
    report::{
        condition::Condition,
        document::{Figures, Group, Report, ReportItem},
        phrases,
        svg::{self, Tick},
    },
    words,
};

/// The section.
pub(super) fn section(report: &Report, calendar: Calendar) -> String {
    let ticks = svg::ticks(&report.window, calendar);
    let mut section =
        "<section aria-labelledby=\"timelines\">\n<h2 id=\"timelines\">What was up, and when</h2>\n".to_owned();
    section += &legend(report);
    if report.estate.connections > 1 {
        section += "<h3>The whole estate</h3>\n";
        section += &group(report, &ticks, &report.estate, "At least one connection up");
    }
    let mut heading = None;
    for (position, entry) in report.items.iter().enumerate() {
        if entry.depth == 0 && heading != Some(entry.item.location.as_deref()) {
            heading = Some(entry.item.location.as_deref());
            section += &location(report, &ticks, entry.item.location.as_deref());
        }
        section += &item(report, &ticks, position, entry);
    }
    if report.items.is_empty() {
        section += "<p>There is no data: no item was seen in this window.</p>\n";
    }
    if report.items_left_out > 0 {
        section += &format!(
            "<p class=\"faint\">Left out: {} removed or retired before the window or first seen after it.</p>\n",
            words::counted(report.items_left_out, "item", "items")
        );
    }
    section += "</section>\n";
    section
}

fn legend(report: &Report) -> String {
    let mut legend = "<ul class=\"legend\" aria-label=\"Legend\">\n".to_owned();
    for condition in conditions(report) {
        let meaning = match condition {
            Condition::Up => "up",
            Condition::Down => "down",
            Condition::Planned => "down within planned time",
            Condition::Testing => "testing (a failover test)",
            Condition::Unknown => "unknown (AWS did not report the state)",
            Condition::Pending => "pending (not yet in service)",
            Condition::Removed => "removed",
            Condition::Retired => "retired (polled no longer)",
            Condition::Unmonitored => "unmonitored (no complete listing)",
            Condition::Undiscovered => "not yet seen",
        };
        legend += &format!("<li>{}{meaning}</li>\n", svg::swatch(condition));
    }
    legend += "</ul>\n";
    legend
}

fn location(report: &Report, ticks: &[Tick], code: Option<&str>) -> String {
    let Some(code) = code else { return "<h3>At no location</h3>\n".to_owned() };
    let mut text = format!("<h3>Location <bdi>{}</bdi></h3>\n", escape::html(code));
    if let Some(found) = report.locations.iter().find(|group| group.location.as_deref() == Some(code))
        && found.connections > 1
    {
        text += &group(report, ticks, found, "At least one of its connections up");
    }
    text
}

fn group(report: &Report, ticks: &[Tick], group: &Group, title: &str) -> String {
    format!(
        "<article>\n<header><h4>{} <span class=\"kind\">{}</span></h4>{}</header>\n{}\n{}</article>\n",
        escape::html(title),
        words::counted(group.connections, "connection", "connections"),
        figure(&group.figures),
        svg::timeline(&report.window, ticks, true, &group.timeline, &described(title, &group.figures)),
        facts(&group.figures),
    )
}

fn item(report: &Report, ticks: &[Tick], position: usize, entry: &ReportItem) -> String {
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

fn figure(figures: &Figures) -> String {
    let bad = if figures.down_milliseconds > 0 { " bad" } else { "" };
    format!("<span class=\"figure{bad}\">{}</span>", phrases::availability(figures))
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
