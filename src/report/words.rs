//! How figures and times are told to people.

use super::{condition::Condition, document::Figures};
use crate::domain::Timestamp;

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

/// Milliseconds as days, hours, minutes and seconds; what is less than a second as such.
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    if seconds == 0 && milliseconds > 0 {
        return format!("0.{milliseconds:03}s");
    }
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let told: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number}{unit}")).collect();
    if told.is_empty() { "0s".to_owned() } else { told.join(" ") }
}

/// A duration, or a dash for none.
pub fn optional_duration(milliseconds: Option<u64>) -> String {
    milliseconds.map_or_else(|| "–".to_owned(), duration)
}

/// An instant to the second, in UTC: `2026-11-23 07:29:34`.
pub fn time(instant: Timestamp) -> String {
    let text = instant.to_string();
    // RFC 3339 with milliseconds: `2026-11-23T07:29:34.130Z`.
    format!("{} {}", &text[..10], &text[11..19])
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

/// A number and its noun.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
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

    #[test]
    fn durations_leave_out_what_is_zero() {
        let told = [0, 1, 999, 1000, 61_000, 720_000, 3_600_000, 90_061_999].map(duration);
        assert_eq!(told, ["0s", "0.001s", "0.999s", "1s", "1m 1s", "12m", "1h", "1d 1h 1m 1s"]);
    }

    #[test]
    fn a_time_is_told_to_the_second_in_utc() {
        assert_eq!(time("2026-11-23T07:29:34.130+01:00".parse().unwrap()), "2026-11-23 06:29:34");
    }
}
