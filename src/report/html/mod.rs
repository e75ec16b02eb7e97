//! The report as one self-contained page that can be mailed and printed: no script, and no request to anywhere.
//!
//! Text from AWS is escaped where it is written. Should any slip through, the page's content security policy keeps it
//! from loading or running anything.

mod articles;
mod destinations;
mod folded;
mod method;
mod outages;
mod parts;
mod planned;
mod tables;
mod timelines;

use self::parts::time;
pub use self::timelines::legend;
use super::{document::Report, phrases, svg};
use crate::{calendar::Calendar, escape, words};

/// The colours of healths and conditions, in light and dark, for all pages and pictures.
pub const COLOURS: &str = include_str!("colours.css");
/// The style of a page.
pub const STYLE: &str = include_str!("style.css");
/// Keeps a page from loading or running anything.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The page. Days on its axes are those of `calendar`; times in its text are in UTC.
pub fn page(report: &Report, calendar: Calendar) -> String {
    let title = format!("Direct Connect availability, {}", span_of_days(report, calendar));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style>\n{COLOURS}{STYLE}</style>\n</head>\n<body>\n",
        escape::html(&title)
    );
    page += &svg::patterns();
    page += &header(report, calendar);
    page += "<main>\n";
    page += &tiles(report);
    page += &tables::summary(report);
    page += &destinations::section(report, calendar);
    page += &timelines::section(report, calendar);
    page += &outages::section(report, calendar);
    page += &planned::section(report);
    page += &method::section(report);
    page += "</main>\n</body>\n</html>\n";
    page
}

fn header(report: &Report, calendar: Calendar) -> String {
    let window = &report.window;
    let mut header = format!(
        "<header>\n<h1>Direct Connect availability</h1>\n<p>{}: from {} to {} UTC, {}.</p>\n",
        escape::html(&span_of_days(report, calendar)),
        time(window.from),
        time(window.to),
        phrases::duration(window.milliseconds),
    );
    header += &format!(
        "<p class=\"faint\">Made on {} UTC by aws-dx-monitor {}. All times are in UTC; days on the axes are those of {}.</p>\n",
        time(report.generated_at),
        env!("CARGO_PKG_VERSION"),
        escape::html(&window.timezone)
    );
    if let Some(asked_to) = window.asked_to {
        header += &format!(
            "<p class=\"notice\">The report ends now: its requested end, {} UTC, is in the future.</p>\n",
            time(asked_to)
        );
    }
    if !report.counted_as_down.is_empty() {
        let counted: Vec<&str> = report.counted_as_down.iter().map(|condition| condition.as_str()).collect();
        header += &format!("<p class=\"notice\">Counted as down, as requested: {}.</p>\n", counted.join(", "));
    }
    header += &planned::notice(report);
    header += "</header>\n";
    header
}

fn tiles(report: &Report) -> String {
    let estate = &report.estate;
    let outages: u64 = report.items.iter().map(|entry| entry.figures.outages).sum();
    let not_counted: u64 = report.items.iter().map(|entry| entry.figures.outages_not_counted).sum();
    let affected = report.items.iter().filter(|entry| entry.figures.outages > 0).count();
    let at_once = match (estate.connections, estate.figures.down_milliseconds) {
        (0, _) => "there are no connections".to_owned(),
        (_, 0) => "never all of them down at once".to_owned(),
        (_, down) => format!("none of them for {}", phrases::duration(down)),
    };
    let more = if not_counted > 0 { format!("; {not_counted} more not counted") } else { String::new() };
    let unmonitored = report.items.iter().map(|entry| entry.figures.excluded.unmonitored).max().unwrap_or(0);
    let mut tiles = "<dl class=\"tiles\">\n".to_owned();
    let mut tile = |label: &str, figure: &str, note: &str| {
        tiles += &format!(
            "<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>\n",
            escape::html(label),
            escape::html(figure),
            escape::html(note)
        );
    };
    tile("At least one connection up", &phrases::availability(&estate.figures), &at_once);
    tile(
        "Outages",
        &outages.to_string(),
        &format!("on {affected} of {}{more}", words::counted(report.items.len() as u64, "item", "items")),
    );
    tile("Unmonitored, at most", &phrases::duration(unmonitored), "of any item; never counted as up");
    let (interval, note) = match phrases::last_polls(report) {
        Some((interval, at)) => (
            format!("{interval} apart"),
            format!("at {} UTC; earlier intervals are not recorded, shorter outages may be missed", words::time(at)),
        ),
        None => (phrases::NO_DATA.to_owned(), "shorter outages may be missed".to_owned()),
    };
    tile("Last two polls", &interval, &note);
    tiles += "</dl>\n";
    tiles
}

/// The days that the window touches, in its own zone.
fn span_of_days(report: &Report, calendar: Calendar) -> String {
    let day = |at| calendar.local(at).format("%-d %B %Y").to_string();
    let last = crate::domain::Timestamp::from_milliseconds(report.window.to.milliseconds() - 1);
    let (first, last) = (day(report.window.from), day(last));
    if first == last { first } else { format!("{first} to {last}") }
}
