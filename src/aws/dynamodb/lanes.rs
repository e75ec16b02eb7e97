//! Limits the calls that are in flight at the same time, over all scopes, and lowers the limit of writes while DynamoDB
//! throttles them.
//!
//! Every call in flight holds a connection, and a function has 1,024 file descriptors for all its services. All rows of
//! a scope are in one partition, which accepts a thousand write units a second; writes beyond that are refused and
//! billed all the same. So each refusal removes a part of the lanes, and successful writes bring them back one by one,
//! in the manner of TCP's congestion control.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// The most calls in flight.
const CALLS: usize = 64;
/// The lower limit of writes in flight: with these, a scope is written about as fast as a partition accepts it.
const WRITES_AT_LEAST: usize = 2;

/// The lanes of a ledger.
#[derive(Debug)]
pub(super) struct Lanes {
    calls: Semaphore,
    writes: Semaphore,
    width: Mutex<Width>,
}

/// How many writes may be in flight.
#[derive(Clone, Copy, Debug)]
struct Width {
    lanes: usize,
    /// How many lanes are to be removed as soon as the writes in them have ended.
    closing: usize,
    /// How many writes must end before lanes may be removed again: those that were in flight at the last removal.
    until_less: usize,
    /// How many writes must end before a lane is brought back: as many as there are lanes.
    until_more: usize,
}

/// A write in flight.
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
    /// Waits until a call may begin. The call ends when the returned permit is dropped.
    pub(super) async fn call(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.calls.acquire().await.ok()
    }

    /// Waits until a write may begin.
    pub(super) async fn write(&self) -> Lane<'_> {
        let permit = self.writes.acquire().await.ok();
        Lane { lanes: self, permit, _call: self.call().await }
    }

    /// Notes that an attempt was throttled: removes three in ten of the lanes. Writes that were in flight together are
    /// throttled together, and count once.
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

    /// Begins this many writes at the same time.
    async fn writes(lanes: &Lanes, count: usize) -> Vec<Lane<'_>> {
        futures::future::join_all((0..count).map(|_| lanes.write())).await
    }

    /// How many writes could begin now.
    fn free(lanes: &Lanes) -> usize {
        lanes.writes.available_permits()
    }

    #[tokio::test]
    async fn no_more_calls_are_in_flight_than_there_are_lanes() {
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
    async fn successful_writes_bring_the_lanes_back_one_by_one() {
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
