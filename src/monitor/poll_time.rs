//! The time that a poll has.

use std::time::Duration;

use crate::domain::Timestamp;

/// The time of an invocation that a poll leaves unused: enough to report what is left undone.
const RESERVE: Duration = Duration::from_secs(2);

/// How long recalling a scope may take if little time is left, or if the poll has no deadline.
const RECALL_AT_LEAST: Duration = Duration::from_secs(5);

/// When a poll began, and when it must stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct PollTime {
    pub(super) began: Timestamp,
    /// None without a deadline.
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

    /// How long recalling a scope may take, retries included; a poll that cannot recall still publishes its metrics. A
    /// store that does not answer fails earlier, by its own limits. One whose pages keep coming may use the time that
    /// the invocation can spare.
    pub(super) fn for_recall(&self) -> Duration {
        self.whole().map_or(RECALL_AT_LEAST, |whole| (whole / 3).max(RECALL_AT_LEAST))
    }

    /// Whether, at an instant, at least this much time is left.
    pub(super) fn leaves(&self, needed: Duration, at: Timestamp) -> bool {
        self.end.is_none_or(|end| end.since(at) >= needed)
    }
}
