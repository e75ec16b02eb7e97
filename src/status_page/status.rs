//! The status page: what is open, what has a path, and the last days as strips.

use std::fmt::Write;

use super::{END, Renewal, beginning, cards, shown};
use crate::{
    calendar::Calendar,
    domain::{Health, Timestamp},
    escape,
    map::{Destination, Map, MapItem, destination_name, destination_paths, facts, html::mark, item_kind, summary},
    query::IncidentSummary,
    report::{Figures, Report, Stretch, html, phrases, svg},
    words,
};

/// The most items that are listed one by one.
const MOST_ITEMS: usize = 200;

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The estate as it is.
    pub map: &'a Map<'a>,
    /// The last days of it.
    pub report: &'a Report,
    /// The incidents that are open.
    pub open: &'a [IncidentSummary],
    /// When the page is replaced, where it is kept.
    pub renewal: Option<Renewal>,
}

/// The page, made at `now`.
pub fn page(standing: &Standing<'_>, now: Timestamp) -> String {
    let estate = standing.map.estate;
    let worst = Health::BY_URGENCY.into_iter().find(|health| estate.count(*health) > 0);
    let banner = format!(
        "<p class=\"banner\">{} {}</p>{}",
        mark(worst.unwrap_or(Health::Unknown)),
        escape::html(&summary(standing.map)),
        stale(standing.map)
    );
    let mut page = beginning("Direct Connect status", &banner, standing.renewal, now);
    page += &svg::patterns();
    page += &open(standing, now);
    page += &destinations(standing);
    page += &unwell(standing.map);
    page += &strips(standing.report);
    page + END
}

/// How many items have had no complete listing for too long.
fn stale(map: &Map<'_>) -> String {
    match map.estate.items.iter().filter(|item| item.is_stale).count() {
        0 => String::new(),
        count => {
            let items = words::counted(count as u64, "item has", "items have");
            format!(
                "\n<p class=\"notice\">{items} had no complete listing for too long: the state may be another one by now.</p>"
            )
        }
    }
}

fn open(standing: &Standing<'_>, now: Timestamp) -> String {
    let mut section = "<section aria-labelledby=\"incidents\">\n<h2 id=\"incidents\">Open incidents</h2>\n".to_owned();
    if standing.open.is_empty() {
        return section + "<p>None.</p>\n</section>\n";
    }
    section += "<div class=\"frames\">\n";
    section.extend(standing.open.iter().map(|incident| cards::card(incident, now)));
    section + "</div>\n</section>\n"
}

fn destinations(standing: &Standing<'_>) -> String {
    let map = standing.map;
    if map.destinations.is_empty() {
        return String::new();
    }
    let mut section =
        "<section aria-labelledby=\"destinations\">\n<h2 id=\"destinations\">Destinations</h2>\n<div class=\"frames\">\n"
            .to_owned();
    for destination in &map.destinations {
        let _ = writeln!(
            section,
            "<article class=\"box destination\"><h3><span class=\"kind\">{}</span> <bdi>{}</bdi></h3>",
            phrases::destination_kind(destination.kind),
            destination_name(map, destination, &shown)
        );
        for family in &destination.families {
            let (health, text) = destination_paths(family, &shown);
            let _ = writeln!(section, "<p class=\"family {health}\">{} {text}</p>", mark(health));
            section += &history(standing.report, destination, &family.name);
        }
        section += "</article>\n";
    }
    section + "</div>\n</section>\n"
}

/// When a destination had a path.
fn history(report: &Report, destination: &Destination, family: &str) -> String {
    let of_it = |found: &&crate::report::ReportDestination| {
        found.kind == destination.kind && found.id == destination.id && found.address_family == family
    };
    let found = report.destinations.iter().find(of_it);
    found.map(|found| strip(report, &found.figures, &found.timeline, "Had a path")).unwrap_or_default()
}

/// What is not well, the worst first.
fn unwell(map: &Map<'_>) -> String {
    let is_unwell = |item: &&MapItem| !item.is_retired && (item.health() != Health::Up || item.is_stale);
    let mut items: Vec<&MapItem> = map.estate.items.iter().filter(is_unwell).collect();
    if items.is_empty() {
        return String::new();
    }
    items.sort_by_key(|item| (item.health().urgency(), item.item.kind, &item.item.id));
    let mut section =
        "<section aria-labelledby=\"items\">\n<h2 id=\"items\">Not up</h2>\n<ul class=\"items\">\n".to_owned();
    for item in items.iter().take(MOST_ITEMS) {
        let name = item.item.name.as_deref().filter(|name| !name.trim().is_empty());
        let name = name.map(|name| format!(" <bdi>{}</bdi>", shown(name, 40))).unwrap_or_default();
        let _ = writeln!(
            section,
            "<li>{} {}{name} <code>{}</code> {}</li>",
            mark(item.health()),
            item_kind(item, &shown),
            shown(&item.item.id, 72),
            facts(item, &shown).join(", ")
        );
    }
    section += "</ul>\n";
    if items.len() > MOST_ITEMS {
        let _ = writeln!(section, "<p class=\"notice\">{} more are left out.</p>", items.len() - MOST_ITEMS);
    }
    section + "</section>\n"
}

/// The whole estate and each location over the window.
fn strips(report: &Report) -> String {
    let days = report.window.milliseconds.div_ceil(86_400_000);
    let mut section = format!(
        "<section aria-labelledby=\"days\">\n<h2 id=\"days\">The last {}</h2>\n{}",
        if days < 2 { "day".to_owned() } else { format!("{days} days") },
        html::legend(report)
    );
    let locations = report.locations.iter().map(|group| (group.location.as_deref(), group));
    let estate = (report.estate.connections > 0).then_some((None, &report.estate));
    for (location, group) in estate.into_iter().chain(locations) {
        let name = match location {
            Some(location) => format!("<span class=\"kind\">location</span> <bdi>{}</bdi>", shown(location, 40)),
            None => "All connections".to_owned(),
        };
        let _ = writeln!(section, "<article><header><h3>{name}</h3></header>");
        section += &strip(report, &group.figures, &group.timeline, "At least one connection up");
        section += "</article>\n";
    }
    section + "</section>\n"
}

/// A strip with its availability.
fn strip(report: &Report, figures: &Figures, timeline: &[Stretch], what: &str) -> String {
    let ticks = svg::ticks(&report.window, Calendar::UTC);
    let availability = phrases::availability(figures);
    let bad = if figures.down_milliseconds > 0 { " bad" } else { "" };
    let description = format!("{what}: availability {availability}");
    format!(
        "<p class=\"facts\">{what} <span class=\"figure{bad}\">{availability}</span></p>\n{}\n",
        svg::timeline(&report.window, &ticks, true, timeline, &description)
    )
}
