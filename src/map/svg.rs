//! The map as SVG: boxes with lines, and curves from the interfaces to the destinations. Each health has its colour, its
//! shape and its sign, and each sort of path its own stroke, so that the picture can be read without colours too.

use std::fmt::Write;

use super::{
    MapItem,
    layout::{HEAD, LEFT, LINE, Layout, Placed, RIGHT, WIDTH},
    marks::shape,
    picture::{Lead, Line, Picture, Title, What},
    plan::Pass,
    planned::{self, Badge, INCIDENT},
    wording::{self, MOST_NAME},
};
use crate::{
    domain::{Kind, RootKind},
    escape,
    report::html::COLOURS,
    words,
};

/// The style of the picture.
pub const STYLE: &str = include_str!("map.css");
/// The width of a column of text. The font is monospaced, so that texts can be cut to fit.
const COLUMN: f64 = 6.7;
/// The same in the head of a box.
const COLUMN_OF_HEAD: f64 = 8.0;

/// The picture as a document of its own.
pub fn document(picture: &Picture<'_>) -> String {
    let style = format!("<style>{COLOURS}{STYLE}svg.map {{ background: var(--paper); }}</style>");
    drawing(picture, " xmlns=\"http://www.w3.org/2000/svg\"", &style)
}

/// The picture within a page that has its style.
pub fn inline(picture: &Picture<'_>) -> String {
    drawing(picture, "", "")
}

/// Text cut to so many columns, and not yet escaped.
fn cut(text: &str, most: usize) -> String {
    escape::truncate(&escape::terminal(text), most)
}

fn drawing(picture: &Picture<'_>, attributes: &str, style: &str) -> String {
    let layout = Layout::of(picture);
    let planned = planned::lines(picture.map, &cut);
    let height = layout.height + LINE * u32::try_from(planned.len()).unwrap_or(0);
    let described = escape::html(&format!("Map of the estate: {}", wording::summary(picture.map)));
    let mut svg = format!(
        "<svg{attributes} class=\"map\" role=\"img\" aria-label=\"{described}\" viewBox=\"0 0 {WIDTH} {}\" width=\"{WIDTH}\">{style}",
        height
    );
    add_leads(&layout, &mut svg);
    for placed in &layout.places {
        add_frame(picture, placed, LEFT, &mut svg);
    }
    for placed in &layout.destinations {
        add_frame(picture, placed, RIGHT, &mut svg);
    }
    for ((badge, text), line) in planned.iter().zip(0..) {
        let y = layout.height + LINE * line + LINE / 2;
        let right = LEFT.0 + 36;
        add_badges(std::slice::from_ref(badge), right, y, &mut svg);
        let text = escape::html(text);
        let _ = write!(svg, "<text class=\"plan\" x=\"{}\" y=\"{}\">{text}</text>", right + 8, y + 4);
    }
    svg += "</svg>";
    svg
}

/// Draws the curves. Paths that are left come last, on top of all others.
fn add_leads(layout: &Layout<'_>, svg: &mut String) {
    let mut curves: Vec<(Pass, u32, Lead)> = Vec::new();
    for placed in &layout.places {
        for (section, at) in placed.frame.sections.iter().zip(&placed.sections) {
            for (line, y) in section.lines.iter().zip(&at.lines) {
                curves.extend(line.leads.iter().map(|lead| (lead.pass, *y, *lead)));
            }
        }
    }
    let rank = |pass: Pass| [Pass::Idle, Pass::Open, Pass::Lost, Pass::Left].iter().position(|other| *other == pass);
    curves.sort_by_key(|(pass, y, lead)| (rank(*pass), *y, lead.frame));
    let (from, to) = (LEFT.0 + LEFT.1, RIGHT.0);
    let middle = (from + to) / 2;
    for (pass, y, lead) in curves {
        let end = layout.destinations[lead.frame].top + HEAD / 2;
        let (class, what) = (class(pass), wording::pass(pass).1);
        // Writing to a string cannot fail, here and below.
        let _ = write!(
            svg,
            "<path class=\"lead {class}\" d=\"M{from} {y}C{middle} {y} {middle} {end} {to} {end}\"><title>{what}</title></path>"
        );
        if pass == Pass::Lost {
            let centre = (y + end) / 2;
            let _ = write!(svg, "<path class=\"cross\" d=\"M{} {}l10 10m0-10l-10 10\"/>", middle - 5, centre - 5);
        }
    }
}

fn class(pass: Pass) -> &'static str {
    match pass {
        Pass::Open => "open",
        Pass::Left => "left",
        Pass::Lost => "lost",
        Pass::Idle => "idle",
    }
}

fn add_frame(picture: &Picture<'_>, placed: &Placed<'_>, (x, width): (u32, u32), svg: &mut String) {
    let map = picture.map;
    let is_place = x == LEFT.0;
    let columns = |width: u32, column: f64| (f64::from(width) / column) as usize;
    let _ = write!(
        svg,
        "<g><rect class=\"frame\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{}\" rx=\"8\"/>",
        placed.top, placed.height
    );
    let (what, name) = wording::title(picture, &placed.frame.what, is_place, &cut);
    let mut badges = Vec::new();
    let mut letter = String::new();
    match &placed.frame.what {
        Title::Location(Some(name)) => badges = wording::root_of(map, RootKind::Location, name),
        Title::Destination(number) => letter = format!("{}  ", wording::letter(*number)),
        _ => {}
    }
    let name = cut(&name, columns(width - 20, COLUMN_OF_HEAD).saturating_sub(what.len() + letter.len() + 5));
    let _ = write!(
        svg,
        "<text class=\"head\" x=\"{}\" y=\"{}\">{letter}<tspan class=\"kind\">{what}</tspan> {}</text>",
        x + 10,
        placed.top + 19,
        escape::html(&name)
    );
    add_badges(&roots(&badges), x + width - 10, placed.top + 14, svg);
    if let Title::Destination(number) = placed.frame.what {
        for (line, family) in map.destinations[number].families.iter().enumerate() {
            let (health, text) = wording::family(family, &cut);
            let y = placed.top + HEAD + LINE * u32::try_from(line).unwrap_or(0) + LINE / 2;
            *svg += &shape(health, x + 18, y);
            let text = escape::html(&cut(&text, columns(width - 40, COLUMN)));
            let _ = write!(svg, "<text class=\"family {health}\" x=\"{}\" y=\"{}\">{text}</text>", x + 30, y + 4);
        }
    }
    for (section, at) in placed.frame.sections.iter().zip(&placed.sections) {
        if let (Some(device), Some(y)) = (&section.device, at.title) {
            let text = escape::html(&cut(device, MOST_NAME));
            let _ = write!(svg, "<text class=\"faint\" x=\"{}\" y=\"{}\">device {text}</text>", x + 10, y + 4);
            let roots = wording::root_of(map, RootKind::Device, device);
            add_badges(&self::roots(&roots), x + width - 10, y, svg);
        }
        for (line, y) in section.lines.iter().zip(&at.lines) {
            add_line(picture, line, (x, width), *y, svg);
        }
    }
    *svg += "</g>";
}

/// Draws a line from both ends: its text from the left, what stands on it from the right.
fn add_line(picture: &Picture<'_>, line: &Line, (x, width): (u32, u32), y: u32, svg: &mut String) {
    let map = picture.map;
    let left = x + 18 + 16 * u32::try_from(line.depth.min(6)).unwrap_or(0);
    let mut right = x + width - 8;
    let letters: Vec<String> = line
        .leads
        .iter()
        .filter(|_| line.leads.len() <= 3)
        .filter_map(|lead| match picture.destinations[lead.frame].what {
            Title::Destination(number) if lead.count > 1 => Some(format!("{}×{}", lead.count, wording::letter(number))),
            Title::Destination(number) => Some(wording::letter(number)),
            _ => None,
        })
        .collect();
    if !letters.is_empty() {
        let text = letters.join(" ");
        let _ = write!(svg, "<text class=\"letter\" text-anchor=\"end\" x=\"{right}\" y=\"{}\">{text}</text>", y + 4);
        right = right.saturating_sub((text.chars().count() as f64 * COLUMN) as u32 + 10);
    }
    let (health, text) = match &line.what {
        What::Item(place, riders) => {
            for rider in riders.iter().rev().map(|rider| &map.estate.items[*rider]) {
                right = add_rider(rider, right, y, svg);
            }
            let item = &map.estate.items[*place];
            (wording::health(item), item_text(item))
        }
        What::Folded(tally) => (tally.worst(), tally.words()),
    };
    let incidents = wording::incidents(map, &line.what).into_iter();
    let incidents: Vec<Badge> = incidents.map(|text| Badge { text, class: INCIDENT }).collect();
    right = add_badges(&incidents, right, y, svg);
    right = add_badges(&planned::badges(map, &line.what), right, y, svg);
    let columns = (f64::from(right.saturating_sub(left + 16)) / COLUMN) as usize;
    *svg += &shape(health, left, y);
    let class = if matches!(line.what, What::Folded(_)) { "folded" } else { "item" };
    let _ = write!(
        svg,
        "<g><title>{}</title><text class=\"{class} {health}\" x=\"{}\" y=\"{}\">{}</text></g>",
        escape::html(&cut(&text, 160)),
        left + 13,
        y + 4,
        escape::html(&escape::truncate(&escape::terminal(&text), columns))
    );
}

/// Everything about an item in a line, not yet escaped.
fn item_text(item: &MapItem) -> String {
    let raw = |text: &str, most: usize| escape::truncate(&escape::terminal(text), most);
    let mut parts = vec![wording::kind(item, &raw)];
    parts.extend(wording::name(item).map(|name| raw(name, MOST_NAME)));
    parts.push(words::elided(&escape::terminal(&item.item.id), 36, "…"));
    parts.extend(wording::facts(item, &raw));
    parts.join(" ")
}

/// Draws a mark with its letters, ending at `right`. Returns where the next one ends.
fn add_rider(rider: &MapItem, right: u32, y: u32, svg: &mut String) -> u32 {
    let health = wording::health(rider);
    let short = match (rider.item.kind, rider.item.address_family.as_deref()) {
        (Kind::BgpPeer, Some("ipv4")) => "v4",
        (Kind::BgpPeer, Some("ipv6")) => "v6",
        (Kind::BgpPeer, _) => "bgp",
        (Kind::BgpRoutes, Some("ipv4")) => "r4",
        (Kind::BgpRoutes, Some("ipv6")) => "r6",
        (Kind::BgpRoutes, _) => "rt",
        (Kind::PortEncryption, _) => "sec",
        _ => "att",
    };
    let width = (short.len() as f64 * COLUMN) as u32;
    // A line may have more marks than it has room for.
    let Some(left) = right.checked_sub(width + 22).filter(|left| *left > LEFT.0 + 250) else { return right };
    let id = escape::html(&cut(&rider.item.id, 80));
    let _ = write!(
        svg,
        "<g><title>{} {id}: {}</title>{}<text class=\"item {health}\" x=\"{}\" y=\"{}\">{short}</text></g>",
        escape::html(&wording::rider(rider, &cut)),
        escape::html(&cut(rider.state.value(), 20)),
        shape(health, left + 8, y),
        left + 18,
        y + 4
    );
    left.saturating_sub(4)
}

/// The signs of roots.
fn roots(numbers: &[usize]) -> Vec<Badge> {
    numbers.iter().map(|number| Badge { text: format!("#{number}*"), class: INCIDENT }).collect()
}

/// Draws the numbers of incidents or of planned time, ending at `right`. Returns where the next one ends.
fn add_badges(badges: &[Badge], right: u32, y: u32, svg: &mut String) -> u32 {
    let mut right = right;
    for Badge { text, class } in badges.iter().take(3).rev() {
        let width = (text.chars().count() as f64 * COLUMN) as u32 + 8;
        right = right.saturating_sub(width);
        let _ = write!(
            svg,
            "<rect class=\"badge{class}\" x=\"{right}\" y=\"{}\" width=\"{width}\" height=\"16\" rx=\"4\"/><text \
             class=\"badge-text{class}\" x=\"{}\" y=\"{}\">{text}</text>",
            y.saturating_sub(8),
            right + 4,
            y + 4
        );
        right = right.saturating_sub(4);
    }
    right
}
