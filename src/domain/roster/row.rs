//! The row of an account.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::domain::timestamp::Timestamp;

/// How often an account is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cadence {
    /// It has items, or had a change of late: each beat.
    Hot,
    /// It has nothing: a probe by each sweep.
    Cold,
    /// Its role cannot be assumed: tried by each sweep.
    Refused,
}

impl Cadence {
    /// The word in the store and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Cadence::Hot => "hot",
            Cadence::Cold => "cold",
            Cadence::Refused => "refused",
        }
    }
}

impl fmt::Display for Cadence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What is stored of an account. The names of its fields are those of the attributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRow {
    /// The account's id: the key of the row.
    #[serde(skip)]
    pub account: String,
    /// The name that the organisation gives it. Hostile until it is escaped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How often it is looked at.
    pub cadence: Cadence,
    /// How many items it has.
    pub items: u64,
    /// The regions in which it has any; `global` is one.
    #[serde(default)]
    pub regions: BTreeSet<String>,
    /// When the newest poll or probe began that is on the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_poll_at: Option<Timestamp>,
    /// When the newest one began that reached the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_ok_at: Option<Timestamp>,
    /// Why the newest one did not reach it, if it did not. Hostile until it is escaped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Since when its role cannot be assumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_since: Option<Timestamp>,
    /// When it was first reached; none if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled_at: Option<Timestamp>,
    /// Since when it is not on the list of accounts any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
    /// When a poll last saw a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// Since when it is late, while an incident says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_since: Option<Timestamp>,
    /// How often the row was written: the condition of the next write.
    #[serde(default)]
    pub revision: u64,
}

impl RosterRow {
    /// The row of an account of which nothing is known yet, before it is written.
    pub fn unknown(account: impl Into<String>) -> RosterRow {
        RosterRow {
            account: account.into(),
            name: None,
            cadence: Cadence::Cold,
            items: 0,
            regions: BTreeSet::new(),
            last_poll_at: None,
            last_ok_at: None,
            last_error: None,
            refused_since: None,
            enrolled_at: None,
            left_at: None,
            changed_at: None,
            late_since: None,
            revision: 0,
        }
    }

    /// Whether it was ever reached. One that was not has not been enrolled: no one counts on it.
    pub fn is_enrolled(&self) -> bool {
        self.enrolled_at.is_some()
    }

    /// Whether it is on the list of accounts.
    pub fn is_listed(&self) -> bool {
        self.left_at.is_none()
    }

    /// The account's name for people, else its id. Hostile until it is escaped.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.account)
    }

    /// This row as the next revision.
    pub(super) fn next(self) -> RosterRow {
        RosterRow { revision: self.revision + 1, ..self }
    }
}
