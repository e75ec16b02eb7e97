//! The map as a graph for Graphviz and what reads its language: a cluster for each location and device.

use std::fmt::Write;

use super::{
    picture::{Frame, Line, Picture, Section, Title, What},
    plan::Pass,
    planned,
    wording::{self, MOST_ID, MOST_NAME},
};
use crate::{domain::Health, escape, words};

/// Text from AWS, inert in a quoted string: no escape of Graphviz's own (`\N`, `\G`) and no entity is left in it.
fn shown(text: &str, most: usize) -> String {
    let cut = escape::truncate(&escape::terminal(text), most);
    cut.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}

/// The graph.
pub fn graph(picture: &Picture<'_>) -> String {
    let mut dot = "digraph \"Direct Connect\" {\n  rankdir=LR; compound=true;\n  \
                   node [shape=box style=filled fontname=\"monospace\" fontsize=10];\n  edge [fontname=\"monospace\" fontsize=10];\n"
        .to_owned();
    let planned = planned::lines(picture.map, &shown).into_iter();
    let planned: Vec<String> = planned.map(|(badge, text)| format!("{} {text}\\l", badge.text)).collect();
    if !planned.is_empty() {
        let _ = writeln!(dot, "  label=\"{}\"; labelloc=b; labeljust=l;", planned.concat());
    }
    let frames = picture.places.iter().map(|frame| (frame, true));
    let frames = frames.chain(picture.destinations.iter().map(|frame| (frame, false)));
    let mut edges = String::new();
    for (number, (frame, is_place)) in frames.enumerate() {
        add_frame(picture, frame, is_place, number, (&mut dot, &mut edges));
    }
    dot += &edges;
    dot += "}\n";
    dot
}

/// The text being written: the nodes, and the edges that follow them.
type Graph<'a> = (&'a mut String, &'a mut String);

fn add_frame(picture: &Picture<'_>, frame: &Frame, is_place: bool, number: usize, graph: Graph<'_>) {
    let (dot, edges) = graph;
    let (what, name) = wording::title(picture, &frame.what, is_place, &shown);
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(dot, "  subgraph cluster_{number} {{\n    label=\"{what} {name}\";");
    if let Title::Destination(place) = frame.what {
        let families = picture.map.destinations[place].families.iter();
        let lines: Vec<String> = families.map(|family| wording::family(family, &shown).1).collect();
        let _ = writeln!(dot, "    f{number} [label=\"{}\" shape=note];", [vec![name], lines].concat().join("\\n"));
    } else if !is_place {
        let _ = writeln!(dot, "    f{number} [label=\"{what}\" shape=note];");
    }
    for (part, section) in frame.sections.iter().enumerate() {
        if let Some(device) = &section.device {
            let label = shown(device, MOST_NAME);
            let _ = writeln!(dot, "    subgraph cluster_{number}_{part} {{\n    label=\"device {label}\";");
        }
        add_section(picture, section, &format!("n{number}_{part}"), (dot, edges));
        if section.device.is_some() {
            *dot += "    }\n";
        }
    }
    *dot += "  }\n";
}

fn add_section(picture: &Picture<'_>, section: &Section, prefix: &str, graph: Graph<'_>) {
    let (dot, edges) = graph;
    let mut above: Vec<usize> = Vec::new();
    for (number, line) in section.lines.iter().enumerate() {
        let (health, label) = label(picture, line);
        let _ = writeln!(
            dot,
            "    {prefix}_{number} [label=\"{label}\" fillcolor=\"{}\"{}];",
            fill(health),
            weight(health)
        );
        above.truncate(line.depth);
        if let Some(parent) = above.last() {
            let _ = writeln!(edges, "  {prefix}_{parent} -> {prefix}_{number} [arrowhead=none];");
        }
        above.push(number);
        for lead in &line.leads {
            let frame = picture.places.len() + lead.frame;
            let style = match lead.pass {
                Pass::Open => "color=\"#1a7f5a\"",
                Pass::Left => "color=\"#1a7f5a\" penwidth=4 label=\"left\"",
                Pass::Lost => "color=\"#b3261e\" style=dashed label=\"no path\"",
                Pass::Idle => "color=\"#8c959f\" style=dotted label=\"not in service\"",
            };
            let _ = writeln!(edges, "  {prefix}_{number} -> f{frame} [{style}];");
        }
    }
}

/// A line's health, and its text.
fn label(picture: &Picture<'_>, line: &Line) -> (Health, String) {
    let map = picture.map;
    let planned = planned::badges(map, &line.what).into_iter().map(|badge| badge.text);
    let badges: Vec<String> = wording::incidents(map, &line.what).into_iter().chain(planned).collect();
    let badges = badges.join(" ");
    match &line.what {
        What::Item(place, riders) => {
            let item = &map.estate.items[*place];
            let health = wording::health(item);
            let mut lines = vec![format!("{} {}", words::sign(health), wording::kind(item, &shown))];
            lines.extend(wording::name(item).map(|name| shown(name, MOST_NAME)));
            lines.push(shown(&item.item.id, MOST_ID));
            lines.push(wording::facts(item, &shown).join(", "));
            let riders = riders.iter().map(|rider| &map.estate.items[*rider]);
            lines.extend(
                riders
                    .map(|rider| format!("{} {}", words::sign(wording::health(rider)), wording::rider(rider, &shown))),
            );
            lines.push(badges);
            lines.retain(|line| !line.is_empty());
            (health, lines.join("\\n"))
        }
        What::Folded(tally) => {
            let health = tally.worst();
            (health, format!("{} {} {badges}", words::sign(health), tally.words()).trim_end().to_owned())
        }
    }
}

fn fill(health: Health) -> &'static str {
    match health {
        Health::Up => "#d6f0e4",
        Health::Down => "#ffd9d6",
        Health::Testing => "#d8e7ff",
        Health::Unknown => "#ffecc7",
        Health::Pending => "#e6e0f7",
        Health::Removed => "#e3e6e9",
    }
}

fn weight(health: Health) -> &'static str {
    match health {
        Health::Up => "",
        Health::Down => " penwidth=3",
        _ => " style=\"filled,dashed\"",
    }
}
