//! The map as one self-contained page: no script, and no request to anywhere. On a wide screen and on paper it begins with
//! the picture. Below is every item, once, in boxes that fit any width.

use std::fmt::Write;

use super::{
    MapItem,
    layout::Layout,
    marks::shape,
    picture::{Detail, Frame, Line, Picture, Title, What},
    plan::Pass,
    planned::{self, Badge},
    svg,
    tally::Tally,
    wording::{self, MOST_ID, MOST_NAME},
};
use crate::{
    domain::{Health, RootKind, Timestamp},
    escape,
    report::html::{COLOURS, POLICY, STYLE},
    words,
};

/// The style of the boxes and marks.
pub const OWN_STYLE: &str = include_str!("page.css");
/// The tallest picture that fits on a sheet of paper.
const TALLEST_IN_PRINT: u32 = 700;

/// Text from AWS, cut and escaped.
fn shown(text: &str, most: usize) -> String {
    escape::html(&escape::truncate(&escape::terminal(text), most))
}

/// The page, made at `now`.
pub fn page(picture: &Picture<'_>, now: Timestamp) -> String {
    let map = picture.map;
    let whole = Picture::of(map, Detail::Everything);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Direct Connect map</title>\n<style>\n{COLOURS}{STYLE}{}{OWN_STYLE}</style>\n</head>\n<body>\n",
        svg::STYLE
    );
    let _ = write!(
        page,
        "<header>\n<h1>Direct Connect map</h1>\n<p>{}</p>\n<p class=\"faint\">Made on {} by aws-dx-monitor {}.{}</p>\n</header>\n<main>\n",
        escape::html(&wording::summary(map)),
        words::instant(now),
        env!("CARGO_PKG_VERSION"),
        wording::left_out(map).map(|text| format!(" {}.", escape::html(&text))).unwrap_or_default(),
    );
    page += &incidents(picture);
    page += &planned(picture);
    page += &legend(picture);
    let fits = Layout::of(picture).height <= TALLEST_IN_PRINT;
    let _ = write!(
        page,
        "<section class=\"picture{}\" aria-labelledby=\"picture\">\n<h2 id=\"picture\">The picture</h2>\n{}\n</section>\n",
        if fits { "" } else { " tall" },
        svg::inline(picture)
    );
    page += &list(&whole, picture.is_folded());
    page += "</main>\n</body>\n</html>\n";
    page
}

fn incidents(picture: &Picture<'_>) -> String {
    let map = picture.map;
    let mut section = "<section aria-labelledby=\"incidents\">\n<h2 id=\"incidents\">Open incidents</h2>\n".to_owned();
    if map.estate.incidents.is_empty() {
        return section + "<p>None.</p>\n</section>\n";
    }
    section += "<ul class=\"incidents\">\n";
    for number in 0..map.estate.incidents.len() {
        let (health, text) = wording::incident(map, number, &shown);
        let _ = writeln!(section, "<li>{} {text}</li>", mark(health));
    }
    section + "</ul>\n</section>\n"
}

/// What is planned; nothing where nothing is.
fn planned(picture: &Picture<'_>) -> String {
    let lines = planned::lines(picture.map, &shown);
    if lines.is_empty() {
        return String::new();
    }
    let lines = lines.into_iter().map(|(badge, text)| format!("<li>{} {text}</li>\n", sign_of(&badge)));
    format!(
        "<section aria-labelledby=\"planned\">\n<h2 id=\"planned\">Planned</h2>\n<ul class=\"incidents\">\n{}</ul>\n</section>\n",
        lines.collect::<String>()
    )
}

fn sign_of(badge: &Badge) -> String {
    format!("<b class=\"plan{}\">{}</b>", badge.class, badge.text)
}

/// What the marks and the curves mean, with the items of each health.
fn legend(picture: &Picture<'_>) -> String {
    let mut legend = "<ul class=\"legend\" aria-label=\"Legend\">\n".to_owned();
    for health in Health::BY_URGENCY {
        let count = picture.map.estate.count(health);
        if count > 0 {
            let swatch = format!(
                "<svg class=\"map mark-only\" aria-hidden=\"true\" width=\"18\" height=\"18\">{}</svg>",
                shape(health, 9, 9)
            );
            let _ = writeln!(legend, "<li>{swatch}{health}: {count}</li>");
        }
    }
    let passes = [(Pass::Open, "open"), (Pass::Left, "left"), (Pass::Lost, "lost"), (Pass::Idle, "idle")];
    let mut seen: Vec<Pass> = Vec::new();
    for line in picture.places.iter().flat_map(|frame| &frame.sections).flat_map(|section| &section.lines) {
        seen.extend(line.leads.iter().map(|lead| lead.pass));
    }
    for (pass, class) in passes.into_iter().filter(|(pass, _)| seen.contains(pass)) {
        let (sign, word) = wording::pass(pass);
        let _ = writeln!(
            legend,
            "<li><svg class=\"map\" aria-hidden=\"true\" width=\"36\" height=\"18\"><path class=\"lead {class}\" \
             d=\"M2 9H34\"/></svg>{word} ({sign})</li>"
        );
    }
    let mut classes: Vec<&str> = picture.map.estate.planned.iter().map(planned::class).collect();
    classes.sort_unstable();
    classes.dedup();
    for class in classes {
        let meaning = if class == planned::LATER { "planned, to come" } else { "planned, has begun" };
        let _ = writeln!(legend, "<li><b class=\"plan{class}\" aria-hidden=\"true\">P</b>{meaning}</li>");
    }
    legend + "</ul>\n"
}

/// Every item. In a large estate the boxes are closed, except those with something to see.
fn list(picture: &Picture<'_>, is_large: bool) -> String {
    let mut list = "<section aria-labelledby=\"items\">\n<h2 id=\"items\">Item by item</h2>\n".to_owned();
    for (class, frames) in [("places", &picture.places), ("destinations", &picture.destinations)] {
        let _ = writeln!(list, "<div class=\"frames {class}\">");
        for frame in frames {
            add_frame(picture, frame, class == "places", is_large, &mut list);
        }
        list += "</div>\n";
    }
    if picture.map.estate.items.is_empty() {
        list += "<p>There is nothing in the store.</p>\n";
    }
    list + "</section>\n"
}

fn add_frame(picture: &Picture<'_>, frame: &Frame, is_place: bool, is_large: bool, list: &mut String) {
    let map = picture.map;
    let (what, name) = wording::title(picture, &frame.what, is_place, &shown);
    let letter = match &frame.what {
        Title::Destination(number) => format!("<b class=\"letter\">{}</b> ", wording::letter(*number)),
        _ => String::new(),
    };
    let roots = match &frame.what {
        Title::Location(Some(name)) => badges(&wording::root_of(map, RootKind::Location, name)),
        _ => String::new(),
    };
    let head = format!("<h3>{letter}<span class=\"kind\">{what}</span> <bdi>{name}</bdi>{roots}</h3>");
    if is_large {
        let tally = tally(picture, frame);
        let open = if tally.worst() == Health::Up && tally.incidents.is_empty() { "" } else { " open" };
        let health = tally.worst();
        let _ = writeln!(
            list,
            "<details class=\"box\"{open}><summary>{head}<p>{} {}</p></summary>",
            mark(health),
            escape::html(&tally.words())
        );
    } else {
        let _ = writeln!(list, "<article class=\"box\">{head}");
    }
    if let Title::Destination(number) = frame.what {
        for family in &map.destinations[number].families {
            let (health, text) = wording::family(family, &shown);
            let _ = writeln!(list, "<p class=\"family {health}\">{} {text}</p>", mark(health));
        }
    }
    for section in &frame.sections {
        if let Some(device) = &section.device {
            let roots = badges(&wording::root_of(map, RootKind::Device, device));
            let _ = writeln!(list, "<h4>device <bdi>{}</bdi>{roots}</h4>", shown(device, MOST_NAME));
        }
        *list += "<ul>\n";
        section.lines.iter().for_each(|line| add_line(picture, line, list));
        *list += "</ul>\n";
    }
    *list += if is_large { "</details>\n" } else { "</article>\n" };
}

/// All items of a box, counted.
fn tally(picture: &Picture<'_>, frame: &Frame) -> Tally {
    let mut tally = Tally::default();
    for line in frame.sections.iter().flat_map(|section| &section.lines) {
        if let What::Item(item, riders) = &line.what {
            riders.iter().chain([item]).for_each(|place| tally.add(&picture.map.estate.items, *place));
        }
    }
    tally
}

fn add_line(picture: &Picture<'_>, line: &Line, list: &mut String) {
    let map = picture.map;
    let What::Item(place, riders) = &line.what else { return };
    let item = &map.estate.items[*place];
    let _ = write!(list, "<li class=d{}>{} {}", line.depth.min(3), mark(wording::health(item)), kind(item));
    if let Some(name) = wording::name(item) {
        let _ = write!(list, " <bdi>{}</bdi>", shown(name, MOST_NAME));
    }
    let _ = write!(list, " <code>{}</code>", shown(&item.item.id, MOST_ID));
    let facts = wording::facts(item, &shown);
    if !facts.is_empty() {
        let _ = write!(list, " {}", facts.join(", "));
    }
    for lead in &line.leads {
        let (sign, word) = wording::pass(lead.pass);
        let to = match picture.destinations[lead.frame].what {
            Title::Destination(number) => wording::letter(number),
            _ => "…".to_owned(),
        };
        let _ = write!(list, " <span class=\"way\" title=\"{word}\">{sign} {to}</span>");
    }
    for badge in wording::incidents(map, &line.what) {
        let _ = write!(list, " <b class=\"incident\">{badge}</b>");
    }
    for badge in planned::badges(map, &line.what) {
        let _ = write!(list, " {}", sign_of(&badge));
    }
    for rider in riders.iter().map(|rider| &map.estate.items[*rider]) {
        let health = wording::health(rider);
        let word = if health == Health::Up { String::new() } else { format!(" {}", shown(rider.state.value(), 20)) };
        let what = wording::rider(rider, &shown);
        let _ =
            write!(list, " <span>{} {what} <code>{}</code>{word}</span>", mark(health), shown(&rider.item.id, MOST_ID));
    }
    *list += "</li>\n";
}

fn kind(item: &MapItem) -> String {
    wording::kind(item, &shown)
}

fn badges(numbers: &[usize]) -> String {
    numbers.iter().map(|number| format!(" <b class=\"incident\">#{number}*</b>")).collect()
}

/// The mark of a health: its sign on its colour.
pub fn mark(health: Health) -> String {
    format!("<b class=\"m {health}\">{}</b>", words::sign(health))
}
