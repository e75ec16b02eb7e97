//! The small stores beside the ledger: planned time, turns, and the roster of accounts.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::domain::{Acknowledgement, RosterRow, Turn, Window, WindowRows};

/// The store of planned time: silences, AWS's planned work, and who has taken which incident on. Every write may be
/// repeated: a row has one key, and is written whole. Writers are chosen at run time.
#[async_trait(?Send)]
pub trait Windows {
    /// All rows of an account that may still matter, in one strongly consistent read. A row that cannot be read, such as
    /// one of a newer version, is left out.
    async fn windows(&self, account: &str) -> anyhow::Result<WindowRows>;

    /// Writes a silence, or a page of a notice. One that is there already is replaced.
    async fn write_window(&self, account: &str, window: &Window) -> anyhow::Result<()>;

    /// Remembers who has taken an incident on. Whoever was first stays.
    async fn write_acknowledgement(&self, account: &str, incident: Uuid, by: &Acknowledgement) -> anyhow::Result<()>;
}

/// The row by which the polls that events ask for take turns.
#[async_trait(?Send)]
pub trait Turns {
    /// The last turn of an account, strongly consistent. A row that cannot be read is replaced by one whose turn is over.
    async fn turn(&self, account: &str) -> anyhow::Result<Option<Turn>>;

    /// Writes a turn, unless another was written since the revision before its own. Returns whether it is written, by this
    /// call or by an earlier one whose answer was lost.
    async fn write_turn(&self, account: &str, turn: &Turn) -> anyhow::Result<bool>;

    /// Remembers how long a poll took that an event has asked for; [`Turns::write_turn`] leaves that as it is.
    async fn poll_lasted(&self, account: &str, lasted: Duration) -> anyhow::Result<()>;
}

/// The roster of accounts that are watched from here, a row for each.
#[async_trait(?Send)]
pub trait Roster {
    /// All rows, by account, strongly consistent. A row that cannot be read, such as one of a newer version, is left out.
    async fn roster(&self) -> anyhow::Result<Vec<RosterRow>>;

    /// The row of one account, strongly consistent.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    async fn roster_row(&self, account: &str) -> anyhow::Result<Option<RosterRow>>;

    /// Writes a row, unless another was written since the revision before its own. Returns whether it is written, by this
    /// call or by an earlier one whose answer was lost.
    async fn write_roster_row(&self, row: &RosterRow) -> anyhow::Result<bool>;
}
