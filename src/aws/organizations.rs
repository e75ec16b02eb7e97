//! The accounts of an organisation. Needs `organizations:ListAccounts`; for single organisational units
//! `organizations:ListAccountsForParent` and `organizations:ListChildren`. Only the management account, or a delegated
//! administrator, may list them.
//!
//! AWS may answer an empty page with a token: a list ends where there is no token. These calls are throttled at a few a
//! second, so that one call is made after the other.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{anyhow, bail};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_organizations::{
    Client,
    config::Builder,
    error::{ProvideErrorMetadata, SdkError},
    types::{Account, ChildType},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{
    failure::CallFailure,
    limits::{CallLimits, Limited},
    obstacle::Obstacle,
};
use crate::{domain::ListedAccount, ports::Organization};

/// The most pages of one list: a list that does not end is not complete.
const MAXIMUM_PAGES: usize = 1_000;
/// The most organisational units that are looked into.
const MAXIMUM_UNITS: usize = 5_000;

/// An organisation, as the caller's credentials see it.
#[derive(Clone, Debug)]
pub struct AwsOrganization(Client);

impl AwsOrganization {
    /// The organisation of the caller's account.
    pub fn new(config: &SdkConfig) -> AwsOrganization {
        AwsOrganization(Client::from_conf(Builder::from(config).limited(&CallLimits::ORGANIZATION).build()))
    }

    async fn everyone(&self) -> anyhow::Result<Vec<Account>> {
        let mut token = Token::default();
        let mut found = Vec::new();
        while token.has_more()? {
            let page = self.0.list_accounts().set_next_token(token.take()).send().await;
            let page = page.map_err(|error| failure("ListAccounts", &error))?;
            found.extend(page.accounts.unwrap_or_default());
            token.next(page.next_token);
        }
        Ok(found)
    }

    async fn of_unit(&self, unit: &str) -> anyhow::Result<Vec<Account>> {
        let mut token = Token::default();
        let mut found = Vec::new();
        while token.has_more()? {
            let page = self.0.list_accounts_for_parent().parent_id(unit).set_next_token(token.take()).send().await;
            let page = page.map_err(|error| failure("ListAccountsForParent", &error))?;
            found.extend(page.accounts.unwrap_or_default());
            token.next(page.next_token);
        }
        Ok(found)
    }

    async fn units_below(&self, unit: &str) -> anyhow::Result<Vec<String>> {
        let mut token = Token::default();
        let mut found = Vec::new();
        while token.has_more()? {
            let page = self.0.list_children().parent_id(unit).child_type(ChildType::OrganizationalUnit);
            let page = page.set_next_token(token.take()).send().await;
            let page = page.map_err(|error| failure("ListChildren", &error))?;
            found.extend(page.children.unwrap_or_default().into_iter().filter_map(|child| child.id));
            token.next(page.next_token);
        }
        Ok(found)
    }

    /// The accounts of these units and of all that lie below them.
    async fn below(&self, units: &[String]) -> anyhow::Result<Vec<Account>> {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut open: Vec<String> = units.to_vec();
        let mut found = Vec::new();
        while let Some(unit) = open.pop() {
            if !seen.insert(unit.clone()) {
                continue;
            }
            if seen.len() > MAXIMUM_UNITS {
                bail!("there are more than {MAXIMUM_UNITS} organisational units");
            }
            found.extend(self.of_unit(&unit).await?);
            open.extend(self.units_below(&unit).await?);
        }
        Ok(found)
    }
}

#[async_trait(?Send)]
impl Organization for AwsOrganization {
    async fn accounts(&self, units: &[String], left_out: &BTreeSet<String>) -> anyhow::Result<Vec<ListedAccount>> {
        let found = if units.is_empty() { self.everyone().await? } else { self.below(units).await? };
        let mut accounts = BTreeMap::new();
        for account in found.into_iter().filter(is_active) {
            let Some(id) = account.id.filter(|id| !left_out.contains(id)) else { continue };
            accounts.insert(id, account.name.filter(|name| !name.is_empty()));
        }
        Ok(accounts.into_iter().map(|(id, name)| ListedAccount { id, name }).collect())
    }
}

/// Whether an account is active. Answers of before September 2026 have a `Status` instead of a `State`.
#[allow(deprecated, reason = "older answers, and those of emulators, have nothing else")]
fn is_active(account: &Account) -> bool {
    match (&account.state, &account.status) {
        (Some(state), _) => state.as_str() == "ACTIVE",
        (None, Some(status)) => status.as_str() == "ACTIVE",
        (None, None) => false,
    }
}

/// Where a list is to be read on.
#[derive(Debug, Default)]
struct Token {
    next: Option<String>,
    pages: usize,
    last: Option<String>,
}

impl Token {
    /// Whether there is another page.
    fn has_more(&self) -> anyhow::Result<bool> {
        if self.pages > 0 && self.next.is_none() {
            return Ok(false);
        }
        if self.pages >= MAXIMUM_PAGES || (self.next.is_some() && self.next == self.last) {
            bail!("the list of accounts does not end");
        }
        Ok(true)
    }

    fn take(&mut self) -> Option<String> {
        self.last.clone_from(&self.next);
        self.next.take()
    }

    fn next(&mut self, token: Option<String>) {
        self.pages += 1;
        self.next = token.filter(|token| !token.is_empty());
    }
}

fn failure<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> anyhow::Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let failure = CallFailure::of(error);
    let subject = format!("the accounts of the organisation cannot be listed: organizations:{operation}");
    let advice = match (Obstacle::of(&failure), failure.plain_code()) {
        (Some(Obstacle::Permission), _) => {
            ": allow it, and run the monitor in the management account or in a delegated administrator's"
        }
        (_, "AWSOrganizationsNotInUse") => ": this account is in no organisation; list the accounts instead",
        (_, "ParentNotFound") => ": there is no such organisational unit; correct DX_MONITOR_ACCOUNTS",
        _ => "",
    };
    anyhow!(failure).context(format!("{subject}{advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_without_a_token_and_goes_on_over_empty_pages() {
        let mut token = Token::default();
        for answer in [Some("1"), Some("2"), Some(""), None] {
            assert!(token.has_more().unwrap());
            token.take();
            token.next(answer.map(str::to_owned));
            if answer.is_none_or(str::is_empty) {
                assert!(!token.has_more().unwrap());
                break;
            }
        }
    }

    #[test]
    fn a_token_that_comes_again_is_no_end() {
        let mut token = Token::default();
        for _ in 0..2 {
            assert!(token.has_more().unwrap());
            token.take();
            token.next(Some("1".to_owned()));
        }
        assert!(token.has_more().is_err());
    }

    #[test]
    fn the_state_counts_and_else_the_status() {
        let account = |json: &[(&str, &str)]| {
            let of = |name| json.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
            #[allow(deprecated, reason = "as above")]
            Account::builder().set_state(of("State").map(Into::into)).set_status(of("Status").map(Into::into)).build()
        };
        assert!(is_active(&account(&[("State", "ACTIVE")])));
        assert!(is_active(&account(&[("Status", "ACTIVE")])));
        assert!(!is_active(&account(&[("State", "SUSPENDED"), ("Status", "ACTIVE")])));
        assert!(!is_active(&account(&[("State", "PENDING_ACTIVATION")])));
        assert!(!is_active(&account(&[("Status", "PENDING_CLOSURE")])));
        assert!(!is_active(&account(&[])));
    }
}
