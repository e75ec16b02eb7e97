//! Other accounts behind the same endpoint, each with a role that the caller may assume, or may not; and their organisation.
//!
//! The access key of an assumed role holds the account. So one endpoint plays many accounts: whose items a call lists is in
//! its signature.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::inventory::Inventory;
use super::timeline::TimelineEntry;

/// Another account than the caller's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberAccount {
    /// Its name in the organisation; default: `account` and its id.
    pub name: Option<String>,
    /// Its state in the organisation; default `ACTIVE`.
    pub state: Option<String>,
    /// The organisational unit that it is in; default: the root.
    pub unit: Option<String>,
    /// What becomes of a call to assume a role in it.
    #[serde(default)]
    pub role: Role,
    /// Whether the account is a Direct Connect partner.
    #[serde(default)]
    pub partner: bool,
    /// What there is at the start.
    #[serde(default)]
    pub inventory: Inventory,
    /// What happens to it.
    #[serde(default)]
    pub timeline: Vec<TimelineEntry>,
    /// What goes wrong with calls about this account.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

/// The role in an account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Its name; left out, it has any name that is asked for.
    pub name: Option<String>,
    /// The external id that its trust policy asks for.
    pub external_id: Option<String>,
    /// How a call to assume it ends.
    #[serde(default)]
    pub answers: RoleAnswer,
    /// Milliseconds to wait before answering.
    #[serde(default)]
    pub delay_milliseconds: u64,
}

/// How a call to assume a role ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RoleAnswer {
    /// With credentials, if name and external id are those of the role.
    #[default]
    Credentials,
    /// Status 403, `AccessDenied`: there is no such role, or it does not trust the caller.
    AccessDenied,
    /// Status 400, `Throttling`.
    Throttling,
    /// Status 403, `ExpiredToken`: the caller's own credentials are too old.
    ExpiredToken,
    /// Not at all: the connection stays open without an answer.
    Hangs,
}

/// The other accounts, by their ids.
pub type MemberAccounts = BTreeMap<String, MemberAccount>;

/// How an organisation answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// The organisational units by their ids, each with the unit or root above it; `r-abcd` is the root.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
    /// The largest page: 1 to 20, default 20.
    #[schemars(range(min = 1, max = 20))]
    pub page_size: Option<u32>,
    /// Whether every page of a list follows an empty page with a token.
    #[serde(default)]
    pub empty_pages: bool,
    /// Whether accounts have a `Status` in place of a `State`, as until 2026.
    #[serde(default)]
    pub has_status: bool,
    /// Whether the caller may not list anything.
    #[serde(default)]
    pub denied: bool,
}

/// What an access key of an assumed role begins and ends with. Keys have twenty characters.
const KEY: (&str, &str) = ("ASIA", "SIMU");

/// The access key id of a role in `account`.
pub(super) fn access_key(account: &str) -> String {
    format!("{}{account}{}", KEY.0, KEY.1)
}

/// The account of a role whose access key id this is.
pub(super) fn account_of(access_key: &str) -> Option<&str> {
    let account = access_key.strip_prefix(KEY.0)?.strip_suffix(KEY.1)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_holds_the_account() {
        let key = access_key("111122223333");
        assert_eq!((key.len(), account_of(&key)), (20, Some("111122223333")));
        for other in ["AKIAIOSFODNN7EXAMPLE", "ASIASIMU", "ASIA1111222233334SIMU", ""] {
            assert_eq!(account_of(other), None, "{other}");
        }
    }
}
