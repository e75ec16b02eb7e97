//! The destinations of the page: whether each had a path, with its timeline and the times in which it had none.

use std::collections::HashSet;

use super::parts::{began, cell, ended, figure, head};
use crate::{
    calendar::Calendar,
    escape,
    report::{
        document::{Report, ReportDestination},
        phrases,
        svg::{self, Tick},
    },
    words,
};

/// The most times without a path that are listed of a destination, and of all destinations of a page together.
const MOST_OUTAGES: usize = 100;
const MOST_OUTAGES_TOGETHER: usize = 500;
/// The most destinations whose timelines are drawn: those that were without a path for the longest.
const MOST_DRAWN: usize = 100;
/// The most characters of a name or an id of another.
const MOST_CHARACTERS: usize = 40;

/// The section; nothing where no destination is known.
pub(super) fn section(report: &Report, calendar: Calendar) -> String {
    if report.destinations.is_empty() {
        return String::new();
    }
    let ticks = svg::ticks(&report.window, calendar);
    let mut places: Vec<usize> = (0..report.destinations.len()).collect();
    places.sort_by_key(|place| std::cmp::Reverse(report.destinations[*place].figures.down_milliseconds));
    let drawn: HashSet<usize> = places.into_iter().take(MOST_DRAWN).collect();
    let listed = (MOST_OUTAGES_TOGETHER / report.destinations.len()).clamp(1, MOST_OUTAGES);
    let each = report.destinations.iter().enumerate().map(|(place, destination)| {
        if drawn.contains(&place) { article(report, &ticks, destination, listed) } else { line(destination) }
    });
    let articles: String = each.collect();
    format!(
        "<section aria-labelledby=\"destinations\">\n<h2 id=\"destinations\">Had a path to</h2>\n\
         <p class=\"faint\">A path is a virtual interface that is up, is attached, runs over nothing that is known to be \
         down, and has a BGP session of the address family that is up. Whether routes were exchanged over it is not \
         known.</p>\n{articles}</section>\n"
    )
}

/// A destination that is not drawn.
fn line(destination: &ReportDestination) -> String {
    let shown = |text: &str| escape::html(&words::elided(text.trim(), MOST_CHARACTERS, "…"));
    let name = destination.name.as_deref().map(|name| format!("<bdi>{}</bdi> ", shown(name))).unwrap_or_default();
    format!(
        "<p class=\"line\">{} {name}<code>{}</code> {} {}</p>\n",
        phrases::destination_kind(destination.kind),
        shown(&destination.id),
        shown(&destination.address_family),
        figure(&destination.figures)
    )
}

fn article(report: &Report, ticks: &[Tick], destination: &ReportDestination, most_outages: usize) -> String {
    let figures = &destination.figures;
    let kind = phrases::destination_kind(destination.kind);
    let name = destination.name.as_deref().filter(|name| !name.trim().is_empty());
    let called = name.map(|name| format!("<bdi>{}</bdi> ", escape::html(name))).unwrap_or_default();
    let bad = if figures.down_milliseconds > 0 { " bad" } else { "" };
    let family = escape::html(&destination.address_family);
    let described = format!(
        "Timeline of {kind} {}, {}: availability {}",
        name.unwrap_or(&destination.id),
        destination.address_family,
        phrases::availability(figures)
    );
    format!(
        "<article>\n<header><h3><span class=\"kind\">{kind}</span> {called}<code>{}</code> {family} <span class=\"kind\">{}</span></h3>\
         <span class=\"figure{bad}\">{}</span></header>\n{}\n{}{}</article>\n",
        escape::html(&destination.id),
        words::counted(destination.paths, "virtual interface", "virtual interfaces"),
        phrases::availability(figures),
        svg::timeline(&report.window, ticks, true, &destination.timeline, &described),
        facts(destination),
        outages(destination, most_outages)
    )
}

fn facts(destination: &ReportDestination) -> String {
    let figures = &destination.figures;
    let mut facts = Vec::new();
    if figures.outages > 0 {
        let outages = words::counted(figures.outages, "outage", "outages");
        facts.push(format!("no path for {} in {outages}", phrases::down(figures)));
    }
    if figures.excluded_milliseconds > 0 {
        facts.push(format!("excluded: {}", phrases::excluded(figures)));
    }
    facts.extend(phrases::with_planned(figures).map(|figure| format!("{figure} with planned time counted as down")));
    if facts.is_empty() { String::new() } else { format!("<p class=\"facts\">{}</p>\n", facts.join(" · ")) }
}

fn outages(destination: &ReportDestination, most: usize) -> String {
    if destination.outages.is_empty() {
        return String::new();
    }
    let mut longest: Vec<_> = destination.outages.iter().collect();
    longest.sort_by_key(|outage| std::cmp::Reverse(outage.counted_milliseconds));
    let more = longest.len().saturating_sub(most);
    longest.truncate(most);
    longest.sort_by_key(|outage| outage.started_at);
    let mut table = head("When it had no path, in UTC", &["Began", "Ended", "Counted", "Incident"]);
    for outage in longest {
        table += &format!(
            "<tr role=\"row\">{}{}{}{}</tr>\n",
            cell("Began", &began(outage)),
            cell("Ended", &ended(outage)),
            cell("Counted", &phrases::counted(outage)),
            cell("Incident", &outage.group_id.map(|id| format!("<span class=\"id\">{id}</span>")).unwrap_or_default()),
        );
    }
    table += "</tbody>\n</table>\n";
    if more > 0 {
        table += &format!("<p class=\"notice\">Only the longest {most} are listed here; {more} are shorter.</p>\n");
    }
    table
}
