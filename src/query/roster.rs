//! The roster for people: every account, worst first.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    domain::{Cadence, RosterRow, Timestamp},
    ports::Roster,
};

/// How an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountCondition {
    /// It was reached once, and is not any more.
    Late,
    /// Its role cannot be assumed, and never could be.
    Refused,
    /// It was never reached yet.
    NotEnrolled,
    /// It is polled each beat.
    Hot,
    /// It has nothing, and is probed by each sweep.
    Cold,
    /// It is not on the list of accounts any more.
    Left,
}

impl AccountCondition {
    /// The word in tables and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            AccountCondition::Late => "late",
            AccountCondition::Refused => "refused",
            AccountCondition::NotEnrolled => "not-enrolled",
            AccountCondition::Hot => "hot",
            AccountCondition::Cold => "cold",
            AccountCondition::Left => "left",
        }
    }

    fn of(row: &RosterRow, now: Timestamp) -> AccountCondition {
        match row.cadence {
            _ if !row.is_listed() => AccountCondition::Left,
            _ if row.lateness(now).is_some() => AccountCondition::Late,
            Cadence::Refused => AccountCondition::Refused,
            _ if !row.is_enrolled() => AccountCondition::NotEnrolled,
            Cadence::Hot => AccountCondition::Hot,
            Cadence::Cold => AccountCondition::Cold,
        }
    }
}

/// One account, as programs read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountStatus {
    /// How it is.
    pub condition: AccountCondition,
    /// Its id.
    pub account: String,
    /// Its name, or null: the key is always there.
    pub name: Option<String>,
    /// How many items it has.
    pub items: u64,
    /// The regions in which it has any.
    pub regions: BTreeSet<String>,
    /// When the last visit began that reached it, as far as it is written: within a quarter of an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_ok_at: Option<Timestamp>,
    /// Since when it is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_since: Option<Timestamp>,
    /// Why the last visit did not reach it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it was first reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrolled_at: Option<Timestamp>,
    /// Since when it is not on the list any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
}

/// Every account of the roster at `now`, worst first; with those that have left only if `left`.
///
/// # Errors
///
/// The roster cannot be read.
pub async fn account_list(
    store: &(impl Roster + ?Sized),
    left: bool,
    now: Timestamp,
) -> anyhow::Result<Vec<AccountStatus>> {
    let status = |row: RosterRow| AccountStatus {
        condition: AccountCondition::of(&row, now),
        late_since: row.lateness(now).map(|late| late.since),
        account: row.account,
        name: row.name,
        items: row.items,
        regions: row.regions,
        last_ok_at: row.last_ok_at,
        last_error: row.last_error,
        enrolled_at: row.enrolled_at,
        left_at: row.left_at,
    };
    let mut accounts: Vec<AccountStatus> = store.roster().await?.into_iter().map(status).collect();
    accounts.retain(|account| left || account.condition != AccountCondition::Left);
    accounts.sort_by(|a, b| (a.condition, &a.account).cmp(&(b.condition, &b.account)));
    Ok(accounts)
}
