//! Changes of a state row without a transition: a suspect, an expiry, a new description.

use std::{fmt, sync::Arc};

use super::{
    description::ItemDescription,
    recalled::{StateRow, Suspect},
    scope::ItemKey,
    timestamp::Timestamp,
};

/// A change to a state row that is not a transition. It is conditional on the recalled sequence and suspect; if it is
/// refused, another poll has changed the row meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// Which row.
    pub key: ItemKey,
    /// The row as it was recalled.
    pub recalled_sequence: u64,
    /// The suspect as it was recalled.
    pub recalled_suspect: Option<Suspect>,
    /// The suspect to hold from now on.
    pub suspect: Option<Suspect>,
    /// The beginning of the observation that saw the item in the state of its row, if that is to be recorded: it clears
    /// a suspect.
    pub seen_at: Option<Timestamp>,
    /// Whether the outage in the row ends without a transition.
    pub ends_outage: bool,
    /// When the row may be deleted, in seconds since 1970; none keeps it.
    pub expires_at: Option<i64>,
    /// The new description of the item.
    pub details: Option<Arc<ItemDescription>>,
}

impl Amendment {
    /// An amendment of `row` that changes nothing yet.
    pub fn of(key: &ItemKey, row: &StateRow) -> Amendment {
        Amendment {
            key: key.clone(),
            recalled_sequence: row.sequence,
            recalled_suspect: row.suspect.clone(),
            suspect: row.suspect.clone(),
            seen_at: None,
            ends_outage: false,
            expires_at: row.expires_at,
            details: None,
        }
    }

    /// Whether it has a suspect that the row does not have yet, which counts an uncertain sight.
    pub fn holds_suspect(&self) -> bool {
        self.suspect.is_some() && self.suspect != self.recalled_suspect
    }

    /// Whether `row` already has its changes, from an earlier call whose answer was lost.
    pub fn is_made(&self, row: &StateRow) -> bool {
        row.sequence == self.recalled_sequence
            && row.suspect == self.suspect
            && row.expires_at == self.expires_at
            && self.seen_at.is_none_or(|seen_at| row.seen_at == Some(seen_at))
            && !(self.ends_outage && row.incident_id.is_some())
            && self.details.as_ref().is_none_or(|details| *details == row.details)
    }

    /// Whether it would change anything in `row`.
    pub fn changes(&self, row: &StateRow) -> bool {
        self.suspect != row.suspect || self.expires_at != row.expires_at || self.ends_outage || self.details.is_some()
    }
}

impl fmt::Display for Amendment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.key)?;
        match (&self.recalled_suspect, &self.suspect) {
            (before, after) if before == after => {}
            (_, Some(suspect)) => write!(formatter, " suspect {:?} x{}", suspect.state, suspect.polls)?,
            (_, None) => write!(formatter, " suspect cleared")?,
        }
        if let Some(expires_at) = self.expires_at {
            write!(formatter, " expires {expires_at}")?;
        }
        if self.ends_outage {
            write!(formatter, " outage over")?;
        }
        if self.details.is_some() {
            write!(formatter, " described anew")?;
        }
        Ok(())
    }
}
