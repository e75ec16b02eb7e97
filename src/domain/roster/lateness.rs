//! Accounts that were reached once and are not any more: their items are unseen, and silence about them means nothing.

use std::time::Duration;

use super::{
    row::{Cadence, RosterRow},
    visit::BETWEEN_WRITES,
};
use crate::domain::timestamp::Timestamp;

/// How old the last visit of an account may be that is polled each beat. In quiet times its row is renewed every
/// [`BETWEEN_WRITES`].
const HOT_LATE_AFTER: Duration = Duration::from_secs(2 * BETWEEN_WRITES.as_secs());

/// How old the last visit of an account may be that each sweep probes: two hourly sweeps, and half an hour to run.
const COLD_LATE_AFTER: Duration = Duration::from_secs(2 * 3_600 + 1_800);

/// The lateness of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// Since when it is not reached: the refusal that was seen first, or the beginning of the last visit that reached it.
    pub since: Timestamp,
    /// Why.
    pub reason: LateReason,
}

/// Why an account is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateReason {
    /// Its role cannot be assumed.
    Refused,
    /// No visit has reached it for too long.
    Unreached,
}

impl RosterRow {
    /// Whether the account is late at `now`. One that was never reached, or that has left, is not.
    pub fn lateness(&self, now: Timestamp) -> Option<Late> {
        let last_ok_at = self.last_ok_at.filter(|_| self.is_enrolled() && self.is_listed())?;
        if self.cadence == Cadence::Refused {
            let since = self.refused_since.unwrap_or(last_ok_at);
            return Some(Late { since, reason: LateReason::Refused });
        }
        let allowed = if self.cadence == Cadence::Hot { HOT_LATE_AFTER } else { COLD_LATE_AFTER };
        (now.since(last_ok_at) > allowed).then_some(Late { since: last_ok_at, reason: LateReason::Unreached })
    }
}
