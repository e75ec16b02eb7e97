//! The scope in which an item is polled (account and region), and the item's key within it.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use super::kind::{Kind, ParseKindError};

/// An account and a region whose items are read together: one partition of the store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    account: String,
    region: String,
}

impl Scope {
    /// The region of the global kinds, which are the same from every region.
    pub const GLOBAL: &'static str = "global";

    /// The scope of a region of `account`.
    pub fn regional(account: impl Into<String>, region: impl Into<String>) -> Scope {
        Scope { account: account.into(), region: region.into() }
    }

    /// The scope of the global kinds of `account`.
    pub fn global(account: impl Into<String>) -> Scope {
        Scope::regional(account, Scope::GLOBAL)
    }

    /// The account that is polled.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The region that is polled, or `global`.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether this is the scope of the global kinds.
    pub fn is_global(&self) -> bool {
        self.region == Scope::GLOBAL
    }

    /// Whether items of `kind` are read in this scope.
    pub fn holds(&self, kind: Kind) -> bool {
        self.is_global() == kind.is_global()
    }
}

/// Whether `text` has the form of a region's name. There is no list of regions, since AWS adds new ones.
pub fn is_region(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Whether `text` is the id of an account: twelve digits.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.account, self.region)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is not `<account>/<region>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a scope like 123456789012/us-east-1")]
pub struct ParseScopeError(pub String);

impl FromStr for Scope {
    type Err = ParseScopeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((account, region)) if !account.is_empty() && !region.is_empty() && !region.contains('/') => {
                Ok(Scope::regional(account, region))
            }
            _ => Err(ParseScopeError(text.to_owned())),
        }
    }
}

/// The longest id of an item, in bytes. With scope and kind it fits the 1,024 bytes of a DynamoDB sort key.
pub const MAXIMUM_ID_BYTES: usize = 512;

/// The key of an item within a scope: its kind and its id. Written `connection/dxcon-fg5678gh`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// The item's kind.
    pub kind: Kind,
    /// AWS's id, or an id made by this program where AWS gives none.
    pub id: String,
}

impl ItemKey {
    /// The key of the item of `kind` with AWS's `id`.
    pub fn new(kind: Kind, id: impl Into<String>) -> ItemKey {
        ItemKey { kind, id: id.into() }
    }

    /// Whether `id` can name an item: it is not blank, and short enough for a key. Prefixes are not checked, since AWS adds
    /// new ones.
    pub fn is_usable(id: &str) -> bool {
        !id.trim().is_empty() && id.len() <= MAXIMUM_ID_BYTES
    }
}

impl Serialize for ItemKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind, self.id)
    }
}

/// A text that is not `<kind>/<id>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseItemKeyError {
    /// The part before the slash is not a kind.
    #[error(transparent)]
    Kind(#[from] ParseKindError),
    /// There is no slash, or nothing after it.
    #[error("{0:?} is not an item like connection/dxcon-fg5678gh")]
    Form(String),
}

impl FromStr for ItemKey {
    type Err = ParseItemKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((kind, id)) if !id.is_empty() => Ok(ItemKey::new(kind.parse()?, id)),
            _ => Err(ParseItemKeyError::Form(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_and_keys_are_read_back() {
        let scope = Scope::regional("123456789012", "us-east-1");
        assert_eq!(scope.to_string().parse(), Ok(scope.clone()));
        assert!(scope.holds(Kind::Lag) && !scope.holds(Kind::GatewayAttachment));
        assert!(Scope::global("1").holds(Kind::GatewayAttachment));
        for text in ["123456789012", "/us-east-1", "123456789012/", "/", "123456789012/us-east-1/lag"] {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
        let key = ItemKey::new(Kind::BgpPeer, "dxvif-1:ipv6:2001:db8::2/125");
        assert_eq!(key.to_string().parse(), Ok(key), "an id may hold slashes of its own");
        assert!("connection/".parse::<ItemKey>().is_err());
        assert!("cable/1".parse::<ItemKey>().unwrap_err().to_string().contains("is not a kind"));
    }

    #[test]
    fn blank_and_overlong_ids_name_no_item() {
        assert!(ItemKey::is_usable("mcc-a1b2c3d4"));
        assert!(!ItemKey::is_usable(""));
        assert!(!ItemKey::is_usable(" \n"));
        assert!(!ItemKey::is_usable(&"x".repeat(MAXIMUM_ID_BYTES + 1)));
    }
}
