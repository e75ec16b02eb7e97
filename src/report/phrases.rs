//! Figures, as every form of the report writes them for people.

use std::time::Duration;

use super::{condition::Condition, document::Figures};
use crate::words;

/// What is told where there is nothing to tell.
pub const NO_DATA: &str = "no data";

/// An availability in per cent, cut to three decimals: never rounded up to 100.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    let thousandths = (u128::from(part) * 100_000).checked_div(u128::from(whole))?;
    Some(format!("{}.{:03}%", thousandths / 1000, thousandths % 1000))
}

/// The availability of an item or a group.
pub fn availability(figures: &Figures) -> String {
    percent(figures.up_milliseconds, figures.up_milliseconds + figures.down_milliseconds)
        .unwrap_or_else(|| NO_DATA.to_owned())
}

/// The part of the window in which somebody looked.
pub fn coverage(figures: &Figures) -> String {
    let whole = figures.up_milliseconds + figures.down_milliseconds + figures.excluded_milliseconds;
    let unseen = figures.excluded.unmonitored + figures.excluded.undiscovered;
    percent(whole.saturating_sub(unseen), whole).unwrap_or_else(|| NO_DATA.to_owned())
}

/// A time in milliseconds, exactly.
pub fn duration(milliseconds: u64) -> String {
    words::exact_duration(Duration::from_millis(milliseconds))
}

/// A duration, or a dash for none.
pub fn optional_duration(milliseconds: Option<u64>) -> String {
    milliseconds.map_or_else(|| "–".to_owned(), duration)
}

/// Excluded time by reason, largest first; empty where there is none.
pub fn excluded(figures: &Figures) -> String {
    let mut reasons: Vec<(Condition, u64)> =
        figures.excluded.by_reason().into_iter().filter(|(_, milliseconds)| *milliseconds > 0).collect();
    reasons.sort_by_key(|(_, milliseconds)| std::cmp::Reverse(*milliseconds));
    let told: Vec<String> = reasons
        .iter()
        .map(|(reason, milliseconds)| format!("{} {}", reason_name(*reason), duration(*milliseconds)))
        .collect();
    told.join(", ")
}

/// A condition as a reader knows it.
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
