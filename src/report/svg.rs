//! Timelines as inline SVG. Each condition has its own colour, pattern and height, so that the bars can be read on paper
//! and without colours too. Horizontal positions are per cents, so nothing is distorted at any width.

use std::fmt::Write;

use super::{
    condition::Condition,
    document::{ReportWindow, Stretch},
    phrases,
};
use crate::{
    calendar::Calendar,
    domain::{Span, Timestamp},
    escape, words,
};

/// A mark on the time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The instant.
    pub at: Timestamp,
    /// The label.
    pub label: String,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;
/// The most labels that fit on a narrow page.
const MOST_TICKS: i64 = 7;

/// The marks of a window: clock times in a short one, days or months in a long one.
pub fn ticks(window: &ReportWindow, calendar: Calendar) -> Vec<Tick> {
    let length = i64::try_from(window.milliseconds).unwrap_or(i64::MAX);
    let within_a_day = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map(|minutes| minutes * MINUTE);
    if let Some(step) = within_a_day.into_iter().find(|step| length / step < MOST_TICKS) {
        let first = calendar.start_of_day(window.from);
        let steps = (window.from.milliseconds() - first.milliseconds()).div_euclid(step);
        let places = (steps..).map(|number| Timestamp::from_milliseconds(first.milliseconds() + number * step));
        return marks(window, places, |at| calendar.local(at).format("%H:%M").to_string());
    }
    if let Some(days) = [1, 2, 7, 14].into_iter().find(|days| length / (days * DAY) < MOST_TICKS) {
        let places = (0..).map(|number: u64| calendar.start_of_day_after(window.from, number * days.unsigned_abs()));
        return marks(window, places, |at| calendar.local(at).format("%-d %b").to_string());
    }
    let months = u32::try_from(length / (30 * DAY * MOST_TICKS) + 1).unwrap_or(u32::MAX);
    let places = (0_u32..).map(|number| calendar.start_of_month_after(window.from, number.saturating_mul(months)));
    marks(window, places, |at| calendar.local(at).format("%b %Y").to_string())
}

fn marks(
    window: &ReportWindow,
    places: impl Iterator<Item = Timestamp>,
    label: impl Fn(Timestamp) -> String,
) -> Vec<Tick> {
    let within = places.skip_while(|at| *at < window.from).take_while(|at| *at < window.to);
    // A bound for any calendar.
    within.take(2 * MOST_TICKS as usize).map(|at| Tick { at, label: label(at) }).collect()
}

/// Draws a timeline. `description` is for screen readers. Beneath a labelled timeline, others of the same width need no
/// labels of their own.
pub fn timeline(
    window: &ReportWindow,
    ticks: &[Tick],
    is_labelled: bool,
    stretches: &[Stretch],
    description: &str,
) -> String {
    let mut svg = format!(
        "<svg class=\"timeline\" role=\"img\" aria-label=\"{}\" width=\"100%\" height=\"{}\">",
        escape::html(description),
        if is_labelled { 46 } else { 32 }
    );
    for tick in ticks {
        let x = position(window, tick.at);
        // Writing to a string cannot fail, here and below.
        let _ = write!(svg, "<line class=\"tick\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"32\"/>");
    }
    // Down is drawn last, on top of all else.
    let is_down = |stretch: &&Stretch| matches!(stretch.condition, Condition::Down | Condition::Planned);
    for stretch in stretches.iter().filter(|stretch| !is_down(stretch)).chain(stretches.iter().filter(is_down)) {
        let (top, height) = extent(stretch.condition);
        let left = position(window, stretch.from);
        let _ = write!(
            svg,
            "<rect class=\"{}\" x=\"{left}%\" y=\"{top}\" width=\"{:.4}%\" height=\"{height}\"><title>{}</title></rect>",
            stretch.condition,
            position(window, stretch.to) - left,
            escape::html(&tooltip(stretch))
        );
    }
    for tick in ticks.iter().filter(|_| is_labelled) {
        let x = position(window, tick.at);
        let anchor = match x {
            near if near < 4.0 => "start",
            near if near > 96.0 => "end",
            _ => "middle",
        };
        let label = escape::html(&tick.label);
        let _ = write!(svg, "<text x=\"{x}%\" y=\"44\" text-anchor=\"{anchor}\">{label}</text>");
    }
    svg += "</svg>";
    svg
}

/// A swatch for the legend.
pub fn swatch(condition: Condition) -> String {
    let (top, height) = extent(condition);
    format!(
        "<svg class=\"swatch\" aria-hidden=\"true\" width=\"28\" height=\"32\"><rect class=\"{condition}\" x=\"1\" \
         y=\"{top}\" width=\"26\" height=\"{height}\"/></svg>"
    )
}

/// The patterns that the style sheet fills the bars with. A page needs them once.
pub fn patterns() -> String {
    let hatched = [
        (Condition::Down, 6, 45, "M0 0V6", 2),
        (Condition::Planned, 6, -45, "M0 0V6", 2),
        (Condition::Testing, 8, 0, "M0 4H8", 3),
        (Condition::Unknown, 7, 0, "M0 0V7", 3),
        (Condition::Pending, 6, -45, "M0 0V6", 3),
        (Condition::Unmonitored, 9, 45, "M0 0V9", 14),
    ];
    let mut svg = "<svg aria-hidden=\"true\" class=\"patterns\" width=\"0\" height=\"0\"><defs>".to_owned();
    for (condition, size, turn, line, width) in hatched {
        let _ = write!(
            svg,
            "<pattern id=\"{condition}\" width=\"{size}\" height=\"{size}\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate({turn})\"><rect class=\"ink-{condition}\" width=\"{size}\" height=\"{size}\"/>\
             <path class=\"cut\" d=\"{line}\" stroke-width=\"{width}\"/></pattern>"
        );
    }
    svg += "</defs></svg>";
    svg
}

/// The top and the height of a condition's bar. Down is the tallest, and next comes planned; removed, retired and undiscovered are the lowest.
fn extent(condition: Condition) -> (u8, u8) {
    match condition {
        Condition::Down => (1, 30),
        Condition::Planned => (3, 26),
        Condition::Unknown | Condition::Testing => (5, 22),
        Condition::Up | Condition::Pending => (9, 14),
        Condition::Unmonitored => (11, 10),
        Condition::Removed | Condition::Retired | Condition::Undiscovered => (14, 4),
    }
}

fn tooltip(stretch: &Stretch) -> String {
    let lasted = phrases::duration(Span::new(stretch.from, stretch.to).milliseconds());
    let what = match (&stretch.state, stretch.merged) {
        (_, Some(merged)) => format!("{merged} changes, the worst {}", phrases::reason_name(stretch.condition)),
        (Some(state), None) if state != stretch.condition.as_str() => format!("{} ({state})", stretch.condition),
        _ => phrases::reason_name(stretch.condition).to_owned(),
    };
    format!("{what}: {} – {} UTC, {lasted}", words::time(stretch.from), words::time(stretch.to))
}

/// The horizontal position of an instant, in per cent of the width.
fn position(window: &ReportWindow, at: Timestamp) -> f64 {
    let part = (at.milliseconds() - window.from.milliseconds()) as f64 / window.milliseconds.max(1) as f64;
    (part * 1_000_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(zone: &str, from: &str, to: &str) -> String {
        let (from, to): (Timestamp, Timestamp) = (from.parse().unwrap(), to.parse().unwrap());
        let milliseconds = Span::new(from, to).milliseconds();
        let window = ReportWindow { from, to, asked_to: None, timezone: zone.to_owned(), milliseconds };
        let ticks = ticks(&window, Calendar::of_zone(zone).unwrap());
        ticks
            .iter()
            .map(|tick| format!("{} {}", tick.label, &tick.at.to_string()[5..16]))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn the_marks_of_an_axis_are_few_and_at_round_local_times() {
        assert_eq!(
            labels("UTC", "2026-11-23T07:19:34Z", "2026-11-23T08:04:00Z"),
            "07:20 11-23T07:20; 07:30 11-23T07:30; 07:40 11-23T07:40; 07:50 11-23T07:50; 08:00 11-23T08:00"
        );
        assert_eq!(
            labels("Europe/Berlin", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
            "1 Oct 09-30T22:00; 8 Oct 10-07T22:00; 15 Oct 10-14T22:00; 22 Oct 10-21T22:00; 29 Oct 10-28T23:00"
        );
        assert_eq!(
            labels("UTC", "2026-01-15T00:00:00Z", "2026-05-01T00:00:00Z"),
            "Feb 2026 02-01T00:00; Mar 2026 03-01T00:00; Apr 2026 04-01T00:00"
        );
        assert_eq!(labels("UTC", "2016-01-01T00:00:00Z", "2026-01-01T00:00:00Z").split("; ").count(), 7);
    }

    #[test]
    fn hostile_state_words_are_inert() {
        let at: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let window = ReportWindow { from: at, to: at, asked_to: None, timezone: "UTC".to_owned(), milliseconds: 0 };
        let state = Some("</title><script>alert(1)</script>".to_owned());
        let stretch = Stretch { from: at, to: at, condition: Condition::Unknown, state, merged: None };
        let svg = timeline(&window, &[], true, &[stretch], "\"><script>");
        assert!(!svg.contains("<script>"), "{svg}");
        assert!(svg.contains("aria-label=\"&quot;&gt;&lt;script&gt;\""), "{svg}");
    }
}
