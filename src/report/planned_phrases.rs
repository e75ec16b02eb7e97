//! Planned time in sentences, which the table and the page share. The other party must be able to check what was left out.

use super::{
    document::Report,
    planned_time::Verdict,
    planned_window::{PlannedWindow, ReportPlanned},
};
use crate::{domain::PlannedBy, words};

/// The most windows that a sentence names. All of them are listed with the outages.
const MOST_NAMED: usize = 50;

/// What the report does with planned time, in a sentence or two; none where no outage is within any, and nothing is left
/// out. The ids of windows are made inert by `shown`.
pub fn treatment(report: &Report, shown: impl Fn(&str) -> String) -> Option<String> {
    let ReportPlanned { excluded, windows, .. } = &report.planned;
    let ids = ids(windows, shown);
    match (*excluded, ids.is_empty()) {
        (true, true) => Some(format!("{} No outage lies in such a window, so nothing is left out.", by_choice(report))),
        (true, false) => Some(format!(
            "{} Left out are the windows {}. Time outside them, such as an overrun, counts as down.",
            by_choice(report),
            ids
        )),
        (false, true) => None,
        (false, false) => Some(format!(
            "Planned down time counts as down, and is kept apart from the rest: {} (windows {ids}). An SLA view without it is made \
             by choice (--exclude-planned).",
            kinds(&report.planned.counted)
        )),
    }
}

fn by_choice(report: &Report) -> String {
    format!(
        "By choice of whoever made this report (--exclude-planned), down time within planned time is left out of availability \
         and counts neither as up nor as down: {}.",
        kinds(&report.planned.counted)
    )
}

/// What counts as planned.
pub fn kinds(counted: &[PlannedBy]) -> String {
    let kinds = counted.iter().map(|by| match by {
        PlannedBy::AwsHealth => "work of AWS that was announced before it began",
        PlannedBy::Silence => "silences of the operator that were made before they began",
        PlannedBy::FailoverTest => "failover tests",
    });
    let kinds: Vec<&str> = kinds.collect();
    match &kinds[..] {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn ids(windows: &[PlannedWindow], shown: impl Fn(&str) -> String) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for window in windows.iter().filter(|window| window.verdict == Verdict::Counts) {
        if !ids.contains(&&*window.time.id) {
            ids.push(&window.time.id);
        }
    }
    let more = ids.len().saturating_sub(MOST_NAMED);
    let named: Vec<String> = ids.into_iter().take(MOST_NAMED).map(shown).collect();
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

/// Who planned a window, in words; the word itself where a newer version recorded it.
pub fn planner(window: &PlannedWindow) -> &str {
    match &*window.time.by {
        "aws-health" => "AWS",
        "failover-test" => "failover test",
        other => other,
    }
}

/// Whether a window counts, and why not.
pub fn verdict(window: &PlannedWindow) -> &'static str {
    match window.verdict {
        Verdict::Counts => "yes",
        Verdict::NotChosen => "no: not chosen",
        Verdict::AnnouncedLate => "no: announced after it began",
        Verdict::AnnouncementUnknown => "no: it is not recorded when it was announced",
    }
}

/// When a window was announced, or that this is not known.
pub fn announced(window: &PlannedWindow) -> String {
    match window.time.announced_at {
        Some(at) => words::time(at),
        None if window.time.by == PlannedBy::FailoverTest.as_str() => "–".to_owned(),
        None => "not recorded".to_owned(),
    }
}
