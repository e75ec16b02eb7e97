//! The planned time of the page: the windows that outages lie in, and whether they count.

use super::parts::{cell, head, time};
use crate::{
    escape,
    report::{
        document::Report,
        planned_phrases::{self, announced, planner, verdict},
        planned_window::PlannedWindow,
    },
    words,
};

/// The most windows that a page lists.
const MOST_WINDOWS: usize = 1_000;

/// What the report does with planned time, as a notice; nothing where it plays no part.
pub(super) fn notice(report: &Report) -> String {
    let treatment = planned_phrases::treatment(report, escape::html);
    treatment.map(|text| format!("<p class=\"notice\">{text}</p>\n")).unwrap_or_default()
}

/// The section; nothing where no outage lies in planned time.
pub(super) fn section(report: &Report) -> String {
    let windows = &report.planned.windows;
    if windows.is_empty() {
        return String::new();
    }
    let rows: String = windows.iter().take(MOST_WINDOWS).map(row).collect();
    let more = match windows.len().saturating_sub(MOST_WINDOWS) {
        0 => String::new(),
        more => format!("<p class=\"notice\">{more} more are not listed here.</p>\n"),
    };
    format!(
        "<section aria-labelledby=\"planned\">\n<h2 id=\"planned\">Planned time that outages lie in</h2>\n{}{rows}</tbody>\n\
         </table>\n{more}</section>\n",
        head("Times are in UTC.", &["Window", "From", "Until", "Announced", "Outages", "Counts as planned"])
    )
}

fn row(window: &PlannedWindow) -> String {
    let planned = &window.time;
    format!(
        "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">{} <code>{}</code><br><bdi>{}</bdi></th>{}{}{}{}{}</tr>\n",
        escape::html(planner(window)),
        escape::html(&planned.id),
        escape::html(&words::elided(planned.title.trim(), 160, "…")),
        cell("From", &time(planned.from)),
        cell("Until", &time(planned.until)),
        cell("Announced", &announced(window)),
        cell("Outages", &window.outages.to_string()),
        cell("Counts", verdict(window)),
    )
}
