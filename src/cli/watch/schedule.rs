//! The rhythm of the polls: what `--every` means, and when the next one is due.

use std::{ops::RangeInclusive, time::Duration};

use tokio::time::Instant;

use crate::words;

/// Reads a time like `30s` or `5m` that lies in `range`.
pub(super) fn duration_within(text: &str, range: RangeInclusive<Duration>) -> Result<Duration, String> {
    let seconds = [("s", 1), ("m", 60), ("h", 3600)].into_iter().find_map(|(unit, seconds)| {
        let number = text.strip_suffix(unit)?;
        // A sign is no part of a number of seconds.
        let number: u64 = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())??;
        number.checked_mul(seconds)
    });
    let (shortest, longest) = (words::duration(*range.start()), words::duration(*range.end()));
    match seconds.map(Duration::from_secs) {
        Some(duration) if range.contains(&duration) => Ok(duration),
        Some(_) => Err(format!("it must be from {shortest} to {longest}")),
        None => Err(format!("that is not a time like 30s or 5m, from {shortest} to {longest}")),
    }
}

/// When the next poll is due that was not missed meanwhile: a poll that took longer than the interval is not made up
/// for, and the rhythm stays.
pub(super) fn next_poll(last_due: Instant, every: Duration, now: Instant) -> Instant {
    let passed = now.saturating_duration_since(last_due).as_millis() / every.as_millis().max(1);
    last_due + every.saturating_mul(u32::try_from(passed + 1).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_minutes_and_hours() {
        let range = Duration::from_secs(5)..=Duration::from_secs(900);
        let read = |text| duration_within(text, range.clone());
        assert_eq!(read("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(read("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(read("4s"), Err("it must be from 5s to 15m".to_owned()));
        assert_eq!(read("1h"), Err("it must be from 5s to 15m".to_owned()));
        for text in ["", "60", "s", "+60s", "-5s", "1.5m", "1 m", "99999999999999999999s", "6148914691236517205h"] {
            assert_eq!(read(text), Err("that is not a time like 30s or 5m, from 5s to 15m".to_owned()), "{text}");
        }
    }

    #[test]
    fn missed_polls_are_skipped_and_the_rhythm_stays() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let every = Duration::from_secs(60);
        assert_eq!(next_poll(start, every, at(2)), at(60));
        assert_eq!(next_poll(start, every, at(59)), at(60));
        assert_eq!(next_poll(start, every, at(60)), at(120), "a poll that is due while one goes on is missed");
        assert_eq!(next_poll(at(60), every, at(205)), at(240));
    }
}
