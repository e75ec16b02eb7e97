//! The time that a poll has.

use std::time::Duration;

use crate::domain::Timestamp;

/// What must be left of the time of an invocation for a poll to go on: enough to say what is left undone.
const RESERVE: Duration = Duration::from_secs(2);

/// How long recalling a scope may take where little time is left or nothing stops the poll.
const RECALL_AT_LEAST: Duration = Duration::from_secs(5);

/// When a poll began, and when it stops, wherever it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct PollTime {
    pub(super) began: Timestamp,
    /// None where nothing stops it.
    pub(super) end: Option<Timestamp>,
}

impl PollTime {
    /// The time of a poll that begins now, in an invocation that ends at `deadline`.
    pub(super) fn until(deadline: Option<Timestamp>, now: Timestamp) -> PollTime {
        let end = deadline.map(|deadline| now.plus(deadline.since(now).saturating_sub(RESERVE)));
        PollTime { began: now, end }
    }

    /// How long the poll may take in all.
    pub(super) fn whole(&self) -> Option<Duration> {
        self.end.map(|end| end.since(self.began))
    }

    /// How long recalling a scope may take, retries included; a poll without memory still publishes its metrics. A store
    /// that does not answer has failed before that by its own limits; one whose pages keep coming has the time that the
    /// invocation can spare.
    pub(super) fn for_recall(&self) -> Duration {
        self.whole().map_or(RECALL_AT_LEAST, |whole| (whole / 3).max(RECALL_AT_LEAST))
    }

    /// Whether, at an instant, at least this much is left.
    pub(super) fn leaves(&self, needed: Duration, at: Timestamp) -> bool {
        self.end.is_none_or(|end| end.since(at) >= needed)
    }
}
