//! How many calls are under way at the same time, over all scopes: a bound, and fewer writes while DynamoDB throttles them.
//!
//! Every call that is under way holds a connection, and a function has 1,024 file descriptors for all its services. And all
//! rows of a scope are one partition, which takes a thousand write units a second: what is more is refused, and paid all
//! the same. So each refusal takes a part of the lanes away, and what is written brings them back one by one, as senders on
//! a network share a line.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// Calls under way at most.
const CALLS: usize = 64;
/// Writes under way at least: with these, a scope is written about as fast as a partition takes it.
const WRITES_AT_LEAST: usize = 2;

/// The lanes of a ledger.
#[derive(Debug)]
pub(super) struct Lanes {
    calls: Semaphore,
    writes: Semaphore,
    width: Mutex<Width>,
}

/// How many writes may be under way.
#[derive(Clone, Copy, Debug)]
struct Width {
    lanes: usize,
    /// How many lanes are gone as soon as the writes in them have ended.
    closing: usize,
    /// How many writes must end before lanes are taken away again: those that were under way.
    until_less: usize,
    /// How many writes must end before a lane is brought back: a round.
    until_more: usize,
}

/// A write under way.
pub(super) struct Lane<'a> {
    lanes: &'a Lanes,
    permit: Option<SemaphorePermit<'a>>,
    _call: Option<SemaphorePermit<'a>>,
}

impl Default for Lanes {
    fn default() -> Lanes {
        let width = Width { lanes: CALLS, closing: 0, until_less: 0, until_more: 0 };
        Lanes { calls: Semaphore::new(CALLS), writes: Semaphore::new(CALLS), width: Mutex::new(width) }
    }
}

impl Lanes {
    /// Waits until a call may begin; it is over when what this gives back is dropped.
    pub(super) async fn call(&self) -> Option<SemaphorePermit<'_>> {
        // Never closed.
        self.calls.acquire().await.ok()
    }

    /// Waits until a write may begin.
    pub(super) async fn write(&self) -> Lane<'_> {
        let permit = self.writes.acquire().await.ok();
        Lane { lanes: self, permit, _call: self.call().await }
    }

    /// An attempt was throttled: of the writes that are under way, three in ten are too many. Those that were sent together
    /// are throttled together, and count once.
    pub(super) fn throttled(&self) {
        let mut width = self.width();
        if width.until_less > 0 {
            return;
        }
        let under_way = (width.lanes + width.closing).saturating_sub(self.writes.available_permits());
        let lanes = (under_way.min(width.lanes) * 7 / 10).max(WRITES_AT_LEAST).min(width.lanes);
        let closed = self.writes.forget_permits(width.lanes - lanes);
        let closing = width.closing + width.lanes - lanes - closed;
        *width = Width { lanes, closing, until_less: under_way, until_more: under_way + lanes };
    }

    fn width(&self) -> MutexGuard<'_, Width> {
        self.width.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        let mut width = self.lanes.width();
        width.until_less = width.until_less.saturating_sub(1);
        width.until_more = width.until_more.saturating_sub(1);
        if width.closing > 0 {
            width.closing -= 1;
            self.permit.take().into_iter().for_each(SemaphorePermit::forget);
        } else if width.lanes < CALLS && width.until_more == 0 {
            width.lanes += 1;
            width.until_more = width.lanes;
            self.lanes.writes.add_permits(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This many writes at the same time.
    async fn writes(lanes: &Lanes, count: usize) -> Vec<Lane<'_>> {
        futures::future::join_all((0..count).map(|_| lanes.write())).await
    }

    /// How many writes could begin now.
    fn free(lanes: &Lanes) -> usize {
        lanes.writes.available_permits()
    }

    #[tokio::test]
    async fn no_more_calls_are_under_way_than_there_are_lanes() {
        let lanes = Lanes::default();
        let reads = futures::future::join_all((0..40).map(|_| lanes.call())).await;
        let writes = writes(&lanes, 24).await;
        assert_eq!((lanes.calls.available_permits(), free(&lanes)), (0, 40));
        drop((reads, writes));
        assert_eq!((lanes.calls.available_permits(), free(&lanes)), (64, 64));
    }

    #[tokio::test]
    async fn writes_that_are_throttled_together_count_once_and_leave_some_lanes() {
        let lanes = Lanes::default();
        let mut width = 20;
        for expected in [14, 9, 6, 4, 2, 2] {
            let sent = writes(&lanes, width).await;
            sent.iter().for_each(|_| lanes.throttled());
            assert_eq!(lanes.width().lanes, expected);
            drop(sent);
            assert_eq!(free(&lanes), expected);
            width = expected;
        }
    }

    #[tokio::test]
    async fn what_is_written_brings_the_lanes_back_one_by_one() {
        let lanes = Lanes::default();
        drop({
            let sent = writes(&lanes, 4).await;
            lanes.throttled();
            sent
        });
        assert_eq!(free(&lanes), 2);
        let mut rounds = 0;
        while free(&lanes) < CALLS {
            let before = free(&lanes);
            drop(writes(&lanes, before).await);
            assert!(free(&lanes) <= before + 1);
            rounds += 1;
        }
        assert!(rounds >= 62, "{rounds}");
        drop(writes(&lanes, CALLS).await);
        assert_eq!(free(&lanes), CALLS, "and no more than there were");
    }
}
