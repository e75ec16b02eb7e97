//! Whose Direct Connect is watched: the monitor's own account, a list of accounts, or an organisation.

use std::{collections::BTreeSet, fmt};

use super::scope::is_account;

/// The accounts that are watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Accounts {
    /// The monitor's own account, and no other.
    #[default]
    Own,
    /// These accounts.
    Listed {
        /// Whether the monitor's own account is one of them.
        own: bool,
        /// The others, as they are listed, each once.
        ids: Vec<String>,
    },
    /// The active accounts of an organisation.
    Organization {
        /// The organisational units whose accounts are watched; none for all.
        units: Vec<String>,
        /// The accounts that are left out.
        left_out: BTreeSet<String>,
    },
}

/// Why a text names no accounts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseAccountsError {
    /// A part of a list.
    #[error("names {0:?}, which is not the id of an account (twelve digits), own or organization")]
    Account(String),
    /// A part of what is said of an organisation.
    #[error(
        "says {0:?} of the organization, which is neither a unit like ou-abcd-11111111 nor an account like -111122223333"
    )]
    Part(String),
    /// An organisation beside accounts.
    #[error("names the organization beside accounts: the organization has its accounts already")]
    Beside,
}

impl Accounts {
    /// The most accounts that one invocation polls side by side. More need a queue.
    pub const SIDE_BY_SIDE: usize = 10;

    /// The accounts that a text names: `own` and ids, separated by commas; or `organization`, with units and `-id`s behind a
    /// colon.
    ///
    /// # Errors
    ///
    /// It names something else.
    pub fn read(text: &str) -> Result<Accounts, ParseAccountsError> {
        const WHOLE: &str = "organization";
        let parts = |text: &str| -> Vec<String> {
            text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
        };
        if let Some(rest) = text.trim().strip_prefix(WHOLE) {
            return match rest.strip_prefix(':') {
                Some(of_it) => Accounts::of_organization(parts(of_it)),
                None if rest.is_empty() => Accounts::of_organization(Vec::new()),
                None => Err(ParseAccountsError::Beside),
            };
        }
        let (mut own, mut ids) = (false, Vec::new());
        for part in parts(text) {
            match part.as_str() {
                "own" => own = true,
                other if other.starts_with(WHOLE) => return Err(ParseAccountsError::Beside),
                other if !is_account(other) => return Err(ParseAccountsError::Account(part)),
                _ if ids.contains(&part) => {}
                _ => ids.push(part),
            }
        }
        Ok(if ids.is_empty() { Accounts::Own } else { Accounts::Listed { own, ids } })
    }

    fn of_organization(parts: Vec<String>) -> Result<Accounts, ParseAccountsError> {
        let (mut units, mut left_out) = (Vec::new(), BTreeSet::new());
        for part in parts {
            match part.strip_prefix('-') {
                Some(id) if is_account(id) => drop(left_out.insert(id.to_owned())),
                None if is_unit(&part) && !units.contains(&part) => units.push(part),
                None if is_unit(&part) => {}
                _ => return Err(ParseAccountsError::Part(part)),
            }
        }
        Ok(Accounts::Organization { units, left_out })
    }

    /// Whether an account is watched, where that is certain without a list of the organisation's accounts.
    pub fn may_watch(&self, account: &str, own: &str) -> bool {
        match self {
            Accounts::Own => account == own,
            Accounts::Listed { own: with_own, ids } => {
                ids.iter().any(|id| id == account) || (*with_own && account == own)
            }
            Accounts::Organization { left_out, .. } => !left_out.contains(account),
        }
    }

    /// The accounts that are watched, the monitor's own first, where they are known without a list of an organisation.
    pub fn known(&self, own: &str) -> Vec<String> {
        match self {
            Accounts::Own => vec![own.to_owned()],
            Accounts::Listed { own: with_own, ids } => {
                let own_one = with_own.then(|| own.to_owned());
                let others = ids.iter().filter(|id| !*with_own || *id != own).cloned();
                own_one.into_iter().chain(others).collect()
            }
            Accounts::Organization { .. } => Vec::new(),
        }
    }
}

/// Whether `text` is the id of an organisational unit: `ou-abcd-11111111`.
fn is_unit(text: &str) -> bool {
    let is_part = |part: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let parts = text.strip_prefix("ou-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(root, unit)| is_part(root, 4..=32) && is_part(unit, 8..=32))
}

/// Why the role of an account gave no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// There is no such role, or it does not trust the monitor: an operator must do something about it.
    Refused,
    /// AWS accepts no more calls at present.
    Throttled,
    /// The monitor's own credentials have expired: that concerns every account.
    Expired,
    /// There was no answer, or another one.
    Failed,
}

/// An account whose role gave no credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NoAccess {
    /// The account.
    pub account: String,
    /// What kind of reason it is.
    pub denial: Denial,
    /// The reason, with what to do.
    pub reason: String,
}

impl fmt::Display for Accounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Accounts::Own => formatter.write_str("own"),
            Accounts::Listed { own, ids } => {
                let own = own.then_some("own");
                let parts: Vec<&str> = own.into_iter().chain(ids.iter().map(String::as_str)).collect();
                formatter.write_str(&parts.join(","))
            }
            Accounts::Organization { units, left_out } => {
                let parts: Vec<String> =
                    units.iter().cloned().chain(left_out.iter().map(|id| format!("-{id}"))).collect();
                let colon = if parts.is_empty() { "" } else { ":" };
                write!(formatter, "organization{colon}{}", parts.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_and_written() {
        for (text, written) in [
            ("", "own"),
            (" own ", "own"),
            ("own, 111122223333,222233334444,111122223333", "own,111122223333,222233334444"),
            ("111122223333", "111122223333"),
            ("organization", "organization"),
            ("organization:ou-abcd-11111111, ou-abcd-22222222", "organization:ou-abcd-11111111,ou-abcd-22222222"),
            ("organization:-999900001111", "organization:-999900001111"),
            ("organization:ou-abcd-11111111,-999900001111", "organization:ou-abcd-11111111,-999900001111"),
        ] {
            let accounts = Accounts::read(text).unwrap();
            assert_eq!(accounts.to_string(), written, "{text}");
            assert_eq!(Accounts::read(written), Ok(accounts), "{written}");
        }
    }

    #[test]
    fn anything_else_is_named() {
        use ParseAccountsError::{Account, Beside, Part};
        for (text, error) in [
            ("11112222333", Account("11112222333".to_owned())),
            ("own,all", Account("all".to_owned())),
            ("organization,111122223333", Beside),
            ("111122223333,organization", Beside),
            ("organisation", Account("organisation".to_owned())),
            ("organization:r-abcd", Part("r-abcd".to_owned())),
            ("organization:ou-ab-11111111", Part("ou-ab-11111111".to_owned())),
            ("organization:111122223333", Part("111122223333".to_owned())),
            ("organization:-1", Part("-1".to_owned())),
        ] {
            assert_eq!(Accounts::read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn the_own_account_comes_first_and_once() {
        let known = |text: &str| Accounts::read(text).unwrap().known("123456789012");
        assert_eq!(known(""), ["123456789012"]);
        assert_eq!(known("111122223333,own,123456789012"), ["123456789012", "111122223333"]);
        assert_eq!(known("111122223333,123456789012"), ["111122223333", "123456789012"], "listed by its id");
        assert!(known("organization").is_empty());
    }

    #[test]
    fn what_is_not_watched_is_known() {
        let may = |text: &str, account| Accounts::read(text).unwrap().may_watch(account, "123456789012");
        assert!(may("", "123456789012") && !may("", "111122223333"));
        assert!(may("own,111122223333", "123456789012") && may("111122223333", "111122223333"));
        assert!(!may("111122223333", "123456789012"));
        assert!(
            may("organization:-999900001111", "111122223333") && !may("organization:-999900001111", "999900001111")
        );
    }
}
