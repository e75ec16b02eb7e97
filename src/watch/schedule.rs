//! The rhythm of the polls: when the next one is due.

use std::time::Duration;

use tokio::time::Instant;

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
