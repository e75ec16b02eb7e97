//! The schedule of the polls.

use std::time::Duration;

use tokio::time::Instant;

/// When the next poll is due. Polls that became due while the last one was running are skipped, and later ones keep
/// their times.
pub(super) fn next_poll(last_due: Instant, every: Duration, now: Instant) -> Instant {
    let passed = now.saturating_duration_since(last_due).as_millis() / every.as_millis().max(1);
    last_due + every.saturating_mul(u32::try_from(passed + 1).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_polls_are_skipped_and_later_ones_keep_their_times() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let every = Duration::from_secs(60);
        assert_eq!(next_poll(start, every, at(2)), at(60));
        assert_eq!(next_poll(start, every, at(59)), at(60));
        assert_eq!(next_poll(start, every, at(60)), at(120), "a poll that is due while one is running is skipped");
        assert_eq!(next_poll(at(60), every, at(205)), at(240));
    }
}
