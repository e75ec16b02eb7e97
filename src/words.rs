//! Wording that all texts for people share: durations, counts, instants, and shortened ids. Pure.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::{
    domain::{Health, Timestamp},
    escape,
};

pub mod incident;

/// The units of a duration, largest first: seconds, letter, singular and plural of each.
const UNITS: [(u64, &str, &str, &str); 4] = [
    (86_400, "d", "day", "days"),
    (3_600, "h", "hour", "hours"),
    (60, "m", "minute", "minutes"),
    (1, "s", "second", "seconds"),
];

/// An address family, as people write it: `IPv4`. A word that is not known stays as it is.
pub fn address_family(word: &str) -> &str {
    match word {
        "ipv4" => "IPv4",
        "ipv6" => "IPv6",
        other => other,
    }
}

/// A duration in its two largest units, for tables: `20d 19h`.
pub fn duration(duration: Duration) -> String {
    let parts: Vec<String> = parts(duration, 2).map(|(count, (_, letter, ..))| format!("{count}{letter}")).collect();
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// A duration in its two largest units, for sentences: `20 days 19 hours`.
pub fn duration_in_words(duration: Duration) -> String {
    let parts: Vec<String> = parts(duration, 2).map(|(count, (_, _, one, many))| counted(count, one, many)).collect();
    if parts.is_empty() { "less than a second".to_owned() } else { parts.join(" ") }
}

/// A duration in all its units, for evidence: `1d 1h 1m 1s`. Less than a second is written to the millisecond.
pub fn exact_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if (1..1000).contains(&milliseconds) {
        return format!("0.{milliseconds:03}s");
    }
    let parts: Vec<String> =
        parts(duration, UNITS.len()).map(|(count, (_, letter, ..))| format!("{count}{letter}")).collect();
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// The count of each unit of a duration, in at most `most` units from the largest one that it has. Zero counts are left
/// out.
fn parts(
    duration: Duration,
    most: usize,
) -> impl Iterator<Item = (u64, (u64, &'static str, &'static str, &'static str))> {
    let mut left = duration.as_secs();
    let counts = UNITS.map(|unit| {
        let count = left / unit.0;
        left %= unit.0;
        (count, unit)
    });
    counts.into_iter().skip_while(|(count, _)| *count == 0).take(most).filter(|(count, _)| *count > 0)
}

/// A number with its noun: `1 item`, `2 items`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// An instant to the second, in UTC: `2026-11-22 03:12:00`.
pub fn time(at: Timestamp) -> String {
    format!("{} {}", at.day(), clock(at))
}

/// An instant to the second, with its zone: `2026-11-22 03:12:00 UTC`.
pub fn instant(at: Timestamp) -> String {
    format!("{} UTC", time(at))
}

/// An instant to the minute, with its zone: `2026-11-22 03:12 UTC`.
pub fn minute(at: Timestamp) -> String {
    format!("{} UTC", &time(at)[..16])
}

/// The time of the day of an instant, in UTC: `03:12:00`.
pub fn clock(at: Timestamp) -> String {
    // RFC 3339 with milliseconds: `2026-11-22T03:12:00.123Z`.
    at.to_string()[11..19].to_owned()
}

/// An id in at most `maximum` columns. A longer one has `mark` in its middle, since ids differ at either end.
pub fn elided(id: &str, maximum: usize, mark: &str) -> String {
    let kept = maximum.saturating_sub(mark.width());
    // Ids are ASCII. Any other text is cut at its end, where no character is split.
    if id.width() <= maximum || kept < 4 || !id.is_ascii() {
        return escape::truncate(id, maximum);
    }
    let head = kept.div_ceil(2);
    format!("{}{mark}{}", id[..head].trim_end(), id[id.len() - (kept - head)..].trim_start())
}

/// The first few of many names, for a message that cannot hold them all.
pub fn first_few(names: impl Iterator<Item = String>) -> String {
    const NAMED: usize = 5;
    names.take(NAMED).collect::<Vec<_>>().join(", ")
}

/// The sign of a health, which means the same as its colour wherever it is shown.
pub fn sign(health: Health) -> &'static str {
    match health {
        Health::Up => "+",
        Health::Down => "!",
        Health::Unknown => "?",
        Health::Testing => "~",
        Health::Pending => "…",
        Health::Removed => "-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_duration_has_its_two_largest_units() {
        let written = [0, 59, 60, 61, 3600, 3605, 3660, 86_399, 86_400, 86_459, 90_000, 31_536_000]
            .map(|seconds| duration(Duration::from_secs(seconds)));
        assert_eq!(
            written,
            ["0s", "59s", "1m", "1m 1s", "1h", "1h", "1h 1m", "23h 59m", "1d", "1d", "1d 1h", "365d"],
            "the third unit is noise"
        );
    }

    #[test]
    fn a_duration_in_words_has_its_two_largest_units() {
        let written =
            [0, 1, 61, 3_600, 86_459, 1_797_120].map(|seconds| duration_in_words(Duration::from_secs(seconds)));
        assert_eq!(
            written,
            ["less than a second", "1 second", "1 minute 1 second", "1 hour", "1 day", "20 days 19 hours"]
        );
    }

    #[test]
    fn an_exact_duration_leaves_out_only_what_is_zero() {
        let written = [0, 1, 999, 1000, 61_000, 720_000, 3_600_000, 90_061_999]
            .map(|milliseconds| exact_duration(Duration::from_millis(milliseconds)));
        assert_eq!(written, ["0s", "0.001s", "0.999s", "1s", "1m 1s", "12m", "1h", "1d 1h 1m 1s"]);
    }

    #[test]
    fn an_instant_is_written_to_the_second_in_utc() {
        let at = "2026-11-23T07:29:34.130+01:00".parse().unwrap();
        assert_eq!((time(at), clock(at)), ("2026-11-23 06:29:34".to_owned(), "06:29:34".to_owned()));
        assert_eq!(instant(at), "2026-11-23 06:29:34 UTC");
    }

    #[test]
    fn an_id_is_cut_in_its_middle() {
        let id = "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f";
        assert_eq!(elided(id, 15, "…"), "c4f1e2d…c3d4e5f");
        assert_eq!(elided(id, 15, ".."), "c4f1e2d..3d4e5f");
        assert_eq!(elided(id, 36, ".."), id);
        assert_eq!(elided(id, 4, "…"), "c4f…", "too short for two ends");
        assert_eq!(elided("東京東京東京", 5, "…"), "東京…");
    }
}
