//! What a state row must say besides its state: suspicions, expiry, a new description.

use std::{fmt, sync::Arc};

use super::{
    description::ItemDescription,
    recalled::{StateRow, Suspect},
    scope::ItemKey,
};

/// A change to a state row that is not a transition. Everything in it is conditional on the recalled sequence and
/// suspect; a refusal means that another poll knows better.
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
    /// When the row may be dropped, in seconds since 1970; none keeps it.
    pub expires_at: Option<i64>,
    /// What is known of the item now.
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
            expires_at: row.expires_at,
            details: None,
        }
    }

    /// Whether it would change anything of `row`.
    pub fn changes(&self, row: &StateRow) -> bool {
        self.suspect != row.suspect || self.expires_at != row.expires_at || self.details.is_some()
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
        if self.details.is_some() {
            write!(formatter, " described anew")?;
        }
        Ok(())
    }
}
