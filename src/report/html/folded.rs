//! The items of a large report, folded: by location, and there by what runs over one cable. A browser opens what is asked for,
//! with no script.
//!
//! Not every timeline is drawn, since a page of many megabytes is neither opened nor sent: those with the most down time are.
//! Of the others stands a line with their figures. The document has all.

use std::collections::HashSet;

use super::{
    articles,
    parts::{anchor, figure},
};
use crate::{
    escape,
    report::{
        document::{Report, ReportItem},
        phrases,
        svg::Tick,
    },
    words,
};

/// The most items that a page shows unfolded.
const MOST_OPEN: usize = 500;
/// How many bytes the drawn timelines of a folded page may take together, and how many one takes at least and for each of
/// its stretches.
const MOST_DRAWN: usize = 800_000;
const DRAWING: usize = 1_200;
const STRETCH: usize = 220;
/// The most characters of a name or an id in a line.
const MOST_CHARACTERS: usize = 40;

/// Whether a report has so many items that its page folds them.
pub(super) fn is_large(report: &Report) -> bool {
    report.items.len() > MOST_OPEN
}

/// All items.
pub(super) fn items(report: &Report, ticks: &[Tick]) -> String {
    let drawn = drawn(report);
    let mut text = format!(
        "<p class=\"faint\">Locations and cables are folded: open one to see what runs over it. The {} with the most down time \
         are drawn; of the others stand the figures. <code>--output json</code> has all of them.</p>\n",
        words::counted(drawn.len() as u64, "item", "items")
    );
    let roots: Vec<usize> = (0..report.items.len()).filter(|at| report.items[*at].depth == 0).collect();
    let location = |root: &usize| report.items[*root].item.location.as_deref();
    for roots in roots.chunk_by(|one, other| location(one) == location(other)) {
        let Some(first) = roots.first() else { continue };
        let trees: Vec<Vec<usize>> = roots.iter().map(|root| tree(report, *root)).collect();
        let all: Vec<usize> = trees.iter().flatten().copied().collect();
        let code = location(first)
            .map_or("At no location".to_owned(), |code| format!("Location <bdi>{}</bdi>", escape::html(code)));
        text += &format!("<details>\n<summary><strong>{code}</strong> {}</summary>\n", counted(report, &all));
        text += &articles::location(report, ticks, location(first));
        text += &trees.iter().map(|tree| cable(report, ticks, tree, &drawn)).collect::<String>();
        text += "</details>\n";
    }
    text
}

/// An item, and all that follow it beneath it.
fn tree(report: &Report, root: usize) -> Vec<usize> {
    let beneath = (root + 1..report.items.len()).take_while(|at| report.items[*at].depth > 0);
    [root].into_iter().chain(beneath).collect()
}

/// What runs over one cable; an item that stands alone needs no fold.
fn cable(report: &Report, ticks: &[Tick], tree: &[usize], drawn: &HashSet<usize>) -> String {
    let items: String = tree.iter().map(|at| item(report, ticks, *at, drawn)).collect();
    match tree {
        [root, _, ..] => {
            let entry = &report.items[*root];
            format!(
                "<details class=\"cable\">\n<summary>{} {} {}</summary>\n{items}</details>\n",
                called(entry),
                figure(&entry.figures),
                counted(report, tree)
            )
        }
        _ => items,
    }
}

/// How many items there are, and how many of them had an outage.
fn counted(report: &Report, items: &[usize]) -> String {
    let affected = items.iter().filter(|at| report.items[**at].figures.outages > 0).count();
    let outages = if affected == 0 { String::new() } else { format!(", {affected} with an outage") };
    format!("<span class=\"faint\">{}{outages}</span>", words::counted(items.len() as u64, "item", "items"))
}

fn item(report: &Report, ticks: &[Tick], at: usize, drawn: &HashSet<usize>) -> String {
    let entry = &report.items[at];
    if drawn.contains(&at) {
        return articles::item(report, ticks, at, entry);
    }
    let figures = &entry.figures;
    let down = match figures.outages {
        0 => String::new(),
        outages => {
            let outages = words::counted(outages, "outage", "outages");
            format!(" <span class=\"faint\">down {}, {outages}</span>", phrases::down(figures))
        }
    };
    format!(
        "<p id=\"{}\" class=\"line in-{}\">{} {}{down}</p>\n",
        anchor(at),
        entry.depth.min(3),
        called(entry),
        figure(figures)
    )
}

/// The kind, the name and the id of an item, in a line.
fn called(entry: &ReportItem) -> String {
    let shown = |text: &str| escape::html(&words::elided(text.trim(), MOST_CHARACTERS, "…"));
    let name = entry.item.name.as_deref().map(|name| format!("<bdi>{}</bdi> ", shown(name))).unwrap_or_default();
    format!("{} {name}<code>{}</code>", entry.item.kind.label(), shown(&entry.item.id))
}

/// The items that are drawn: of those that did not stay as they were, those with the most down time.
fn drawn(report: &Report) -> HashSet<usize> {
    let mut changing: Vec<usize> = (0..report.items.len()).filter(|at| report.items[*at].timeline.len() > 1).collect();
    changing.sort_by_key(|at| std::cmp::Reverse(report.items[*at].figures.down_milliseconds));
    let mut left = MOST_DRAWN;
    let cost = |at: &usize| DRAWING + STRETCH * report.items[*at].timeline.len();
    changing.retain(|at| {
        let fits = cost(at) <= left;
        left -= if fits { cost(at) } else { 0 };
        fits
    });
    changing.into_iter().collect()
}
