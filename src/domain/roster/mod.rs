//! The roster: what the hub of many accounts knows of each of them, and what a poll, a sweep or a refusal makes of it.
//!
//! Start with [`RosterRow`]. A [`Visit`] is what one poll of an account, or one probe, came to: [`RosterRow::visited`]. The
//! list of accounts adds and retires rows: [`RosterRow::listed`], [`RosterRow::left`]. [`RosterRow::lateness`] finds accounts
//! that were reached once and are not any more. An [`Order`] is what the queue
//! carries: to poll an account, or to go on with a sweep.
//!
//! Every row is written on condition of the revision that it was made from. A writer that loses reads again and decides
//! anew, so that an older poll never overwrites a newer one.

mod lateness;
mod listing;
mod order;
mod row;
mod visit;

pub use lateness::{Late, LateReason};
pub use listing::ListedAccount;
pub use order::{Order, PollOrder, SweepOrder};
pub use row::{Cadence, RosterRow};
pub use visit::{BETWEEN_WRITES, Outcome, Visit};

#[cfg(test)]
mod tests;
