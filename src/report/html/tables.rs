//! The tables of figures: of the estate and its locations.

use super::parts::{cell, head};
use crate::{
    escape,
    report::{
        document::{Figures, Group, Report},
        phrases,
    },
};

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
        cell("Down", &phrases::down(figures)),
        cell("Outages", &phrases::outages(figures)),
        cell("Excluded", &excluded),
        cell("Coverage", &phrases::coverage(figures)),
    )
}
