//! Planned time for people: whose account is meant, what a matcher matches at present, and what is planned.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use uuid::Uuid;

use super::{IncidentSummary, Remembered};
use crate::{
    domain::{Kind, Matcher, Plans, Scope, StateRow, Timestamp, Window, WindowSource},
    ports::Windows,
};

/// Why it is not known which account is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The store has polls of no account.
    #[error("this store has no polls of any account yet: there is nothing to plan for")]
    None,
    /// The store has no polls of the account that was named.
    #[error("this store has no polls of account {named:?}: it has those of {}", listed(.known))]
    Unknown {
        /// The account that was named.
        named: String,
        /// The accounts that there are.
        known: BTreeSet<String>,
    },
    /// Several accounts could be meant.
    #[error("this store has polls of the accounts {}: say with --account which one is meant", listed(.0))]
    Several(BTreeSet<String>),
}

fn listed(accounts: &BTreeSet<String>) -> String {
    accounts.iter().cloned().collect::<Vec<_>>().join(", ")
}

/// The accounts that are polled; where none is polled any longer, those that were. A scope comes with the time since when
/// it is retired.
pub fn accounts<'a>(scopes: impl IntoIterator<Item = (&'a Scope, Option<Timestamp>)>) -> BTreeSet<String> {
    let (polled, retired): (Vec<_>, Vec<_>) = scopes.into_iter().partition(|(_, retired_at)| retired_at.is_none());
    let scopes = if polled.is_empty() { retired } else { polled };
    scopes.into_iter().map(|(scope, _)| scope.account().to_owned()).collect()
}

/// Those of the accounts `known` that are meant: the one that is `named`, or all.
///
/// # Errors
///
/// There is none, or not the one that is named.
pub fn named_accounts(known: BTreeSet<String>, named: Option<&str>) -> Result<BTreeSet<String>, AccountError> {
    match named {
        _ if known.is_empty() => Err(AccountError::None),
        Some(named) if !known.contains(named) => Err(AccountError::Unknown { named: named.to_owned(), known }),
        Some(named) => Ok(BTreeSet::from([named.to_owned()])),
        None => Ok(known),
    }
}

/// What a matcher matches at present in one account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matched {
    /// How many items it matches of each kind. What is retired, or has left for good, is not counted.
    pub items: BTreeMap<Kind, u64>,
    /// The open incidents that one of these items is in, the newest first.
    pub open_incidents: Vec<IncidentSummary>,
}

/// What `matcher` matches at present, by account; accounts in which it matches nothing are left out.
pub fn matched(remembered: &[Remembered], matcher: &Matcher) -> BTreeMap<String, Matched> {
    let mut accounts: BTreeMap<String, Matched> = BTreeMap::new();
    for scope in remembered {
        let recalled = &scope.recalled;
        let mut incidents: BTreeSet<Uuid> = BTreeSet::new();
        let rows = recalled.states.values().filter(|row| matcher.matches(&row.details));
        let is_there = |row: &&StateRow| row.expires_at.is_none() && scope.retired_at(row.details.kind).is_none();
        for row in rows.filter(is_there) {
            let matched = accounts.entry(recalled.scope.account().to_owned()).or_default();
            *matched.items.entry(row.details.kind).or_default() += 1;
            incidents.extend(recalled.open_incident(row));
        }
        let incidents = incidents.into_iter().filter_map(|id| Some((id, recalled.incidents.get(&id)?)));
        let summaries: Vec<_> = incidents.map(|(id, row)| IncidentSummary::of_row(recalled, id, row)).collect();
        if let Some(matched) = accounts.get_mut(recalled.scope.account()) {
            matched.open_incidents.extend(summaries);
        }
    }
    for matched in accounts.values_mut() {
        matched.open_incidents.sort_by(|a, b| (b.since, &a.id).cmp(&(a.since, &b.id)));
    }
    accounts
}

/// The account that is meant: the one that is named, the only one, or the only one in which something matches.
///
/// # Errors
///
/// It is not known which one.
pub fn the_account(
    known: BTreeSet<String>,
    named: Option<&str>,
    matched: &BTreeMap<String, Matched>,
) -> Result<String, AccountError> {
    let mut meant = named_accounts(known, named)?;
    if meant.len() > 1 && matched.len() == 1 {
        meant.retain(|account| matched.contains_key(account));
    }
    match meant.len() {
        1 => meant.pop_first().ok_or(AccountError::None),
        _ => Err(AccountError::Several(meant)),
    }
}

/// A window of an account, as programs read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedTime {
    /// The account.
    pub account: String,
    /// Its id.
    pub id: String,
    /// Where it comes from.
    pub source: WindowSource,
    /// Whether it has begun.
    pub active: bool,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends; not included.
    pub until: Timestamp,
    /// Which items it is about: all conditions that are given hold.
    #[serde(rename = "match")]
    pub matcher: Matcher,
    /// What it is, in the words of whoever planned it.
    pub title: String,
    /// Who planned it.
    pub by: String,
    /// Whether it covers even an outage that leaves a destination without a path.
    pub even_outage: bool,
}

impl PlannedTime {
    fn of(account: &str, window: Window, now: Timestamp) -> PlannedTime {
        let Window { id, source, matcher, from, until, title, by, even_outage, .. } = window;
        let (account, active) = (account.to_owned(), from <= now);
        PlannedTime { account, id, source, active, from, until, matcher, title, by, even_outage }
    }
}

/// What is planned in `accounts` and not over at `now`, by when it begins.
pub async fn planned(
    store: &(impl Windows + ?Sized),
    accounts: &BTreeSet<String>,
    now: Timestamp,
) -> anyhow::Result<Vec<PlannedTime>> {
    let mut planned = Vec::new();
    for account in accounts {
        let plans = Plans::of(&store.windows(account).await?);
        let lasting = plans.windows.into_iter().filter(|window| window.until > now && window.from < window.until);
        planned.extend(lasting.map(|window| PlannedTime::of(account, window, now)));
    }
    planned.sort_by(|a, b| (a.from, &a.account, &a.id).cmp(&(b.from, &b.account, &b.id)));
    Ok(planned)
}

#[cfg(test)]
mod tests;
