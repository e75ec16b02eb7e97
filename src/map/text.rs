//! The map as text: an indented list, in the order of the picture.

use super::{
    picture::{Frame, Line, Picture, Title, What},
    plan::Pass,
    planned,
    wording::{self, MOST_ID, MOST_NAME},
};
use crate::{
    domain::{Health, RootKind},
    escape, words,
};

/// A piece of a line, and the health whose colour it has. It is inert on a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// The health.
    pub health: Option<Health>,
}

fn plain(text: impl Into<String>) -> Piece {
    Piece { text: text.into(), health: None }
}

fn coloured(text: impl Into<String>, health: Health) -> Piece {
    Piece { text: text.into(), health: Some(health) }
}

fn shown(text: &str, most: usize) -> String {
    escape::truncate(&escape::terminal(text), most)
}

/// The lines.
pub fn lines(picture: &Picture<'_>) -> Vec<Vec<Piece>> {
    let map = picture.map;
    let mut lines = Vec::new();
    for number in 0..map.estate.incidents.len() {
        let (health, text) = wording::incident(map, number, &shown);
        lines.push(vec![coloured(format!("{} {text}", words::sign(health)), health)]);
    }
    for (badge, text) in planned::lines(map, &shown) {
        lines.push(vec![coloured(badge.text, Health::Testing), plain(format!(" {text}"))]);
    }
    if !lines.is_empty() {
        lines.push(vec![]);
    }
    for frame in &picture.places {
        add_frame(picture, frame, true, &mut lines);
    }
    for frame in &picture.destinations {
        add_frame(picture, frame, false, &mut lines);
    }
    lines.push(vec![plain(wording::summary(map))]);
    lines.extend(wording::left_out(map).map(|text| vec![plain(text)]));
    lines
}

fn add_frame(picture: &Picture<'_>, frame: &Frame, is_place: bool, lines: &mut Vec<Vec<Piece>>) {
    let map = picture.map;
    let (what, name) = wording::title(picture, &frame.what, is_place, &shown);
    let head = if name.is_empty() { what } else { format!("{what} {name}") };
    let mut head = vec![plain(match &frame.what {
        Title::Destination(number) => format!("{}  {head}", wording::letter(*number)),
        _ => head,
    })];
    if let Title::Location(Some(name)) = &frame.what {
        head.extend(roots(wording::root_of(map, RootKind::Location, name)));
    }
    lines.push(head);
    if let Title::Destination(number) = &frame.what {
        for family in &map.destinations[*number].families {
            let (health, text) = wording::family(family, &shown);
            lines.push(vec![plain("   "), coloured(format!("{} {text}", words::sign(health)), health)]);
        }
    }
    for section in &frame.sections {
        if let Some(device) = &section.device {
            let mut line = vec![plain(format!("  device {}", shown(device, MOST_NAME)))];
            line.extend(roots(wording::root_of(map, RootKind::Device, device)));
            lines.push(line);
        }
        lines.extend(section.lines.iter().map(|line| pieces(picture, line)));
    }
    lines.push(vec![]);
}

fn roots(numbers: Vec<usize>) -> Option<Piece> {
    let badges: Vec<String> = numbers.iter().map(|number| format!("#{number}*")).collect();
    (!badges.is_empty()).then(|| coloured(format!("  {}", badges.join(" ")), Health::Down))
}

fn pieces(picture: &Picture<'_>, line: &Line) -> Vec<Piece> {
    let map = picture.map;
    let mut pieces = vec![plain("  ".repeat(line.depth + 2))];
    match &line.what {
        What::Item(place, riders) => {
            let item = &map.estate.items[*place];
            let health = wording::health(item);
            pieces.push(coloured(words::sign(health), health));
            let name = wording::name(item).map(|name| format!(" {}", shown(name, MOST_NAME))).unwrap_or_default();
            pieces.push(plain(format!(" {}{name} {}", wording::kind(item, &shown), shown(&item.item.id, MOST_ID))));
            let facts = wording::facts(item, &shown);
            if !facts.is_empty() {
                pieces.push(coloured(format!("  {}", facts.join(", ")), health));
            }
            for rider in riders.iter().map(|rider| &map.estate.items[*rider]) {
                let health = wording::health(rider);
                let state =
                    if health == Health::Up { String::new() } else { format!(" {}", shown(rider.state.value(), 20)) };
                pieces.push(plain("  "));
                pieces
                    .push(coloured(format!("{}{}{state}", words::sign(health), wording::rider(rider, &shown)), health));
            }
        }
        What::Folded(tally) => {
            let health = tally.worst();
            pieces.push(coloured(format!("{} {}", words::sign(health), tally.words()), health));
        }
    }
    for lead in &line.leads {
        let (arrow, _) = wording::pass(lead.pass);
        let to = match picture.destinations[lead.frame].what {
            Title::Destination(number) => wording::letter(number),
            _ => "…".to_owned(),
        };
        let count = if lead.count > 1 { format!("{}× ", lead.count) } else { String::new() };
        pieces.push(plain("  "));
        pieces.push(coloured(format!("{count}{arrow} {to}"), look(lead.pass)));
    }
    let incidents = wording::incidents(map, &line.what);
    if !incidents.is_empty() {
        pieces.push(coloured(format!("  {}", incidents.join(" ")), Health::Down));
    }
    let planned = planned::badges(map, &line.what).into_iter();
    pieces.extend(planned.map(|badge| coloured(format!("  {}", badge.text), Health::Testing)));
    pieces
}

/// The health that a lead looks like.
fn look(pass: Pass) -> Health {
    match pass {
        Pass::Open | Pass::Left => Health::Up,
        Pass::Lost => Health::Down,
        Pass::Idle => Health::Removed,
    }
}
