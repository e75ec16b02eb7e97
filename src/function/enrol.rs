//! Puts the outcome of a visit on the roster.

use anyhow::bail;

use crate::{
    domain::{RosterRow, Visit},
    ports::Roster,
};

/// How often a row is read and decided on that others write at the same time.
const ATTEMPTS: usize = 5;

/// Puts a visit on the account's row, unless the row knows a newer one or nothing is to be written. Returns the row as it is
/// then; none where there is none.
///
/// # Errors
///
/// The row cannot be read or written, or others write it all the time.
pub async fn enrol(roster: &(impl Roster + ?Sized), visit: &Visit) -> anyhow::Result<Option<RosterRow>> {
    for _ in 0..ATTEMPTS {
        let stored = roster.roster_row(&visit.account).await?;
        let Some(row) = RosterRow::visited(stored.as_ref(), visit) else { return Ok(stored) };
        if roster.write_roster_row(&row).await? {
            return Ok(Some(row));
        }
    }
    bail!("the row of the account {} is written by others all the time", visit.account)
}
