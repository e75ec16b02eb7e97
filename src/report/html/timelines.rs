//! The timelines of the page: one for each item, beneath the connection and location that it depends on.

use super::{articles, folded, parts::conditions};
use crate::{
    calendar::Calendar,
    report::{
        condition::Condition,
        document::Report,
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
        section += &articles::group(report, &ticks, &report.estate, "At least one connection up");
    }
    section += &if folded::is_large(report) { folded::items(report, &ticks) } else { items(report, &ticks) };
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

/// All items, each with its timeline.
fn items(report: &Report, ticks: &[Tick]) -> String {
    let mut items = String::new();
    let mut heading = None;
    for (position, entry) in report.items.iter().enumerate() {
        if entry.depth == 0 && heading != Some(entry.item.location.as_deref()) {
            heading = Some(entry.item.location.as_deref());
            items += &articles::location(report, ticks, entry.item.location.as_deref());
        }
        items += &articles::item(report, ticks, position, entry);
    }
    items
}

/// What the colours and patterns of the timelines mean.
pub fn legend(report: &Report) -> String {
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
