//! Figures as text, shared by all formats for people.

use std::time::Duration;

use super::{
    condition::Condition,
    document::{Figures, Outage, Report},
};
use crate::{domain::Timestamp, words};

/// The text for a figure without data.
pub const NO_DATA: &str = "no data";

/// `part` of `whole` in per cent, cut to three decimals and never rounded up to 100. `None` where `whole` is zero.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    let thousandths = (u128::from(part) * 100_000).checked_div(u128::from(whole))?;
    Some(format!("{}.{:03}%", thousandths / 1000, thousandths % 1000))
}

/// The availability of an item or a group.
pub fn availability(figures: &Figures) -> String {
    percent(figures.up_milliseconds, figures.up_milliseconds + figures.down_milliseconds)
        .unwrap_or_else(|| NO_DATA.to_owned())
}

/// The part of the window that was monitored after the first sight.
pub fn coverage(figures: &Figures) -> String {
    let whole = figures.up_milliseconds + figures.down_milliseconds + figures.excluded_milliseconds;
    let unseen = figures.excluded.unmonitored + figures.excluded.undiscovered + figures.excluded.retired;
    percent(whole.saturating_sub(unseen), whole).unwrap_or_else(|| NO_DATA.to_owned())
}

/// A duration in milliseconds, exactly.
pub fn duration(milliseconds: u64) -> String {
    words::exact_duration(Duration::from_millis(milliseconds))
}

/// A duration, or a dash for none.
pub fn optional_duration(milliseconds: Option<u64>) -> String {
    milliseconds.map_or_else(|| "–".to_owned(), duration)
}

/// How many outages there are, and how many more of which nothing counts.
pub fn outages(figures: &Figures) -> String {
    match figures.outages_not_counted {
        0 => figures.outages.to_string(),
        more => format!("{} (and {more} not counted)", figures.outages),
    }
}

/// The counted time of an outage, and how long it was unmonitored.
pub fn counted(outage: &Outage) -> String {
    let counted = duration(outage.counted_milliseconds);
    match (outage.counted_milliseconds, outage.unmonitored_milliseconds) {
        (_, 0) => counted,
        (0, unmonitored) => format!("not counted: unmonitored {}", duration(unmonitored)),
        (_, unmonitored) => format!("{counted}, unmonitored {}", duration(unmonitored)),
    }
}

/// How far apart the last two polls were, from the shortest to the longest of all scopes, and when the last of them was.
pub fn last_polls(report: &Report) -> Option<(String, Timestamp)> {
    let intervals = || report.items.iter().filter_map(|entry| entry.poll_interval_seconds);
    let seconds = |seconds: u64| duration(seconds.saturating_mul(1000));
    let (shortest, longest) = (intervals().min()?, intervals().max()?);
    let last = report.items.iter().filter_map(|entry| entry.poll_interval_at).max()?;
    let interval = match shortest == longest {
        true => seconds(longest),
        false => format!("{} to {}", seconds(shortest), seconds(longest)),
    };
    Some((interval, last))
}

/// Excluded time by reason, largest first; empty where there is none.
pub fn excluded(figures: &Figures) -> String {
    let mut reasons: Vec<(Condition, u64)> =
        figures.excluded.by_reason().into_iter().filter(|(_, milliseconds)| *milliseconds > 0).collect();
    reasons.sort_by_key(|(_, milliseconds)| std::cmp::Reverse(*milliseconds));
    let texts: Vec<String> = reasons
        .iter()
        .map(|(reason, milliseconds)| format!("{} {}", reason_name(*reason), duration(*milliseconds)))
        .collect();
    texts.join(", ")
}

/// The name of a condition for people.
pub fn reason_name(condition: Condition) -> &'static str {
    match condition {
        Condition::Undiscovered => "not yet seen",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_is_never_rounded_up() {
        assert_eq!(percent(999_999_999, 1_000_000_000).unwrap(), "99.999%");
        assert_eq!(percent(1, 1).unwrap(), "100.000%");
        assert_eq!(percent(0, 7).unwrap(), "0.000%");
        assert_eq!(percent(2, 3).unwrap(), "66.666%");
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(u64::MAX, u64::MAX).unwrap(), "100.000%");
    }
}
