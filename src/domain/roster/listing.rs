//! What the list of accounts makes of a row: accounts come, are renamed, leave and come back.

use super::row::RosterRow;
use crate::domain::{text::bounded, timestamp::Timestamp};

/// An account on the list: of the configuration, or of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedAccount {
    /// Its id.
    pub id: String,
    /// The name that the organisation gives it. Hostile until it is escaped.
    pub name: Option<String>,
}

impl ListedAccount {
    /// An account of which only the id is known.
    pub fn bare(id: impl Into<String>) -> ListedAccount {
        ListedAccount { id: id.into(), name: None }
    }
}

impl RosterRow {
    /// The row of an account that is on the list; `stored` is its row until now. None if the row says that already.
    pub fn listed(stored: Option<&RosterRow>, account: &ListedAccount) -> Option<RosterRow> {
        let before = stored.cloned().unwrap_or_else(|| RosterRow::unknown(&account.id));
        let mut row = RosterRow { left_at: None, ..before.clone() };
        if let Some(name) = &account.name {
            row.name = Some(bounded(name).into_owned());
        }
        (stored.is_none() || row != before).then(|| row.next())
    }

    /// The row of an account that is not on a complete list made at `at`. None if the row says already that it left.
    pub fn left(&self, at: Timestamp) -> Option<RosterRow> {
        self.is_listed().then(|| RosterRow { left_at: Some(at), ..self.clone() }.next())
    }
}
