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
use serde::{Deserialize, Serialize};

use super::{
    failure::CallFailure,
    limits::CallLimits,
    obstacle::Obstacle,
    signed::{Json, Service, Signed},
};
use crate::{domain::ListedAccount, ports::Organization};

/// The most pages of one list: a list that does not end is not complete.
const MAXIMUM_PAGES: usize = 1_000;
/// The most organisational units that are looked into.
const MAXIMUM_UNITS: usize = 5_000;

/// An organisation, as the caller's credentials see it.
#[derive(Clone, Debug)]
pub struct AwsOrganization(Signed);

/// What a list is asked for.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    child_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A page of a list. A page without the list itself is no page: an account that is not listed counts as gone.
#[derive(Debug, Deserialize)]
struct Page<T> {
    #[serde(alias = "Accounts", alias = "Children")]
    items: Vec<T>,
    #[serde(rename = "NextToken")]
    next_token: Option<String>,
}

/// An account on a page. Answers of before September 2026 have a `Status` instead of a `State`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Account {
    id: String,
    name: Option<String>,
    state: Option<String>,
    status: Option<String>,
}

/// A unit in another.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Child {
    id: String,
}

impl Account {
    fn is_active(&self) -> bool {
        self.state.as_deref().or(self.status.as_deref()) == Some("ACTIVE")
    }
}

impl AwsOrganization {
    /// The organisation of the caller's account.
    pub fn new(config: &SdkConfig) -> AwsOrganization {
        let home = Home::of(config.region().map_or("", AsRef::as_ref), config.use_fips() == Some(true));
        let service = Service {
            id: "Organizations",
            signing_name: "organizations",
            region: home.region,
            url: &format!("https://{}.{}.{}", home.host, home.region, home.domain),
        };
        AwsOrganization(Signed::new(config, service, &CallLimits::ORGANIZATION))
    }

    /// All items of a list, over all its pages.
    async fn all<T: serde::de::DeserializeOwned>(&self, operation: &str, asked: Asked<'_>) -> anyhow::Result<Vec<T>> {
        let target = format!("AWSOrganizationsV20161128.{operation}");
        let mut token = Token::default();
        let mut found = Vec::new();
        while token.has_more()? {
            let asked = Asked { next_token: token.take(), ..asked };
            let page: Page<T> =
                self.0.post((Json::V1_1, &target), &asked).await.map_err(|error| failure(operation, error))?;
            found.extend(page.items);
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
            let of_unit = Asked { parent_id: Some(&unit), ..Asked::default() };
            found.extend(self.all("ListAccountsForParent", of_unit.clone()).await?);
            let below = Asked { child_type: Some("ORGANIZATIONAL_UNIT"), ..of_unit };
            let children: Vec<Child> = self.all("ListChildren", below).await?;
            open.extend(children.into_iter().map(|child| child.id));
        }
        Ok(found)
    }
}

/// Where the service is: it has one region in each partition of AWS.
struct Home {
    host: &'static str,
    region: &'static str,
    domain: &'static str,
}

impl Home {
    fn of(region: &str, is_fips: bool) -> Home {
        let at = |region, domain| Home { host: "organizations", region, domain };
        match region.split('-').next().unwrap_or_default() {
            "cn" => at("cn-northwest-1", "amazonaws.com.cn"),
            "eusc" => at("eusc-de-east-1", "amazonaws.eu"),
            "us" if region.starts_with("us-gov-") => at("us-gov-west-1", "amazonaws.com"),
            _ if is_fips => Home { host: "organizations-fips", ..at("us-east-1", "amazonaws.com") },
            _ => at("us-east-1", "amazonaws.com"),
        }
    }
}

#[async_trait(?Send)]
impl Organization for AwsOrganization {
    async fn accounts(&self, units: &[String], left_out: &BTreeSet<String>) -> anyhow::Result<Vec<ListedAccount>> {
        let found: Vec<Account> = if units.is_empty() {
            self.all("ListAccounts", Asked::default()).await?
        } else {
            self.below(units).await?
        };
        let accounts: BTreeMap<String, Option<String>> = found
            .into_iter()
            .filter(|account| account.is_active() && !left_out.contains(&account.id))
            .map(|account| (account.id, account.name.filter(|name| !name.is_empty())))
            .collect();
        Ok(accounts.into_iter().map(|(id, name)| ListedAccount { id, name }).collect())
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

fn failure(operation: &str, failure: CallFailure) -> anyhow::Error {
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
        let is_active = |rest: &str| {
            let account = format!(r#"{{"Id": "111122223333"{rest}}}"#);
            serde_json::from_str::<Account>(&account).unwrap().is_active()
        };
        assert!(is_active(r#", "State": "ACTIVE""#));
        assert!(is_active(r#", "Status": "ACTIVE""#));
        assert!(!is_active(r#", "State": "SUSPENDED", "Status": "ACTIVE""#));
        assert!(!is_active(r#", "State": "PENDING_ACTIVATION""#));
        assert!(!is_active(r#", "Status": "PENDING_CLOSURE""#));
        assert!(!is_active(""));
    }

    #[test]
    fn a_page_without_its_list_is_no_page() {
        let read = |text: &str| serde_json::from_str::<Page<Child>>(text).map(|page| page.items.len());
        assert_eq!(read(r#"{"Children": [{"Id": "ou-a", "Type": "ORGANIZATIONAL_UNIT"}]}"#).unwrap(), 1);
        assert_eq!(read(r#"{"Children": [], "NextToken": "1", "More": {}}"#).unwrap(), 0);
        for other in ["{}", "[]", "null", r#"{"Children": null}"#, r#"{"Children": [{}]}"#, r#"{"NextToken": "1"}"#] {
            assert!(read(other).is_err(), "{other}");
        }
    }

    #[test]
    fn the_service_has_one_region_in_each_partition() {
        let of = |region: &str, is_fips| {
            let home = Home::of(region, is_fips);
            format!("{}.{}.{}", home.host, home.region, home.domain)
        };
        assert_eq!(of("eu-central-1", false), "organizations.us-east-1.amazonaws.com");
        assert_eq!(of("us-east-2", true), "organizations-fips.us-east-1.amazonaws.com");
        assert_eq!(of("us-gov-east-1", true), "organizations.us-gov-west-1.amazonaws.com");
        assert_eq!(of("cn-north-1", false), "organizations.cn-northwest-1.amazonaws.com.cn");
        assert_eq!(of("eusc-de-east-1", false), "organizations.eusc-de-east-1.amazonaws.eu");
    }
}
