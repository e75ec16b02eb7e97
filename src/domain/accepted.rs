//! The prefixes that are accepted over virtual interfaces: what is read of them, and what is kept from poll to poll.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;
use crate::prefixes::{Prefix, PrefixSet};

/// More prefixes of a virtual interface and address family than this are not kept: then it is known how many there are, and
/// not which. AWS accepts 100 over a private or transit interface, and 1,000 over a public one.
pub const PREFIXES_KEPT: usize = 1_000;

/// The prefixes that are accepted over a virtual interface in one address family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accepted {
    /// These, and no others.
    Known(PrefixSet),
    /// More than are kept: so many.
    TooMany(u64),
}

impl Accepted {
    /// What is kept of these prefixes.
    pub fn of(prefixes: impl IntoIterator<Item = Prefix>) -> Accepted {
        let known: PrefixSet = prefixes.into_iter().collect();
        if known.len() > PREFIXES_KEPT { Accepted::TooMany(known.len() as u64) } else { Accepted::Known(known) }
    }

    /// The prefixes, as far as it is known which.
    pub fn known(&self) -> Option<&PrefixSet> {
        match self {
            Accepted::Known(known) => Some(known),
            Accepted::TooMany(_) => None,
        }
    }
}

/// What is kept of the prefixes of a virtual interface in one address family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPrefixes {
    /// What was accepted last, while anything was.
    pub accepted: Accepted,
    /// The beginning of the poll that read it first.
    pub at: Timestamp,
    /// What was accepted over another path to the same destination, too, is accepted over this one no more, and has not come
    /// to an end since.
    #[serde(default, skip_serializing_if = "PrefixSet::is_empty")]
    pub lost: PrefixSet,
    /// The beginning of the poll that found the first of what is lost, over this path or another of the same
    /// scope to the same destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_since: Option<Timestamp>,
    /// The beginning of the poll that found the last of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_at: Option<Timestamp>,
}

/// The row of the prefixes of one virtual interface. It is written when they change, on condition of the revision before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixRow {
    /// The virtual interface's id.
    pub interface: String,
    /// How often the row was written.
    pub revision: u64,
    /// What is kept, by address family.
    pub families: BTreeMap<String, KeptPrefixes>,
    /// When the row may be deleted, in seconds since 1970, once there is nothing to keep.
    pub expires_at: Option<i64>,
}

impl PrefixRow {
    /// The name of such a row within its scope begins with this. No kind has this slug.
    pub const NAME: &'static str = "prefixes/";

    /// The row of an interface that has none.
    pub fn unwritten(interface: impl Into<String>) -> PrefixRow {
        PrefixRow { interface: interface.into(), revision: 0, families: BTreeMap::new(), expires_at: None }
    }

    /// Its name within its scope.
    pub fn name(&self) -> String {
        format!("{}{}", PrefixRow::NAME, self.interface)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefixes(count: usize) -> impl Iterator<Item = Prefix> {
        (0..count).map(|number| format!("10.{}.{}.0/24", number / 256, number % 256).parse().unwrap())
    }

    #[test]
    fn so_many_are_kept_and_beyond_that_they_are_counted() {
        assert_eq!(Accepted::of(prefixes(PREFIXES_KEPT)).known().map(PrefixSet::len), Some(PREFIXES_KEPT));
        assert_eq!(Accepted::of(prefixes(PREFIXES_KEPT + 1)), Accepted::TooMany(1_001));
        let twice = prefixes(PREFIXES_KEPT).chain(prefixes(PREFIXES_KEPT));
        assert_eq!(Accepted::of(twice), Accepted::of(prefixes(PREFIXES_KEPT)), "each counts once");
    }

    #[test]
    fn what_is_kept_is_written_in_few_words() {
        let kept = KeptPrefixes {
            accepted: Accepted::of(["10.0.0.0/16".parse().unwrap(), "10.1.0.0/16".parse().unwrap()]),
            at: Timestamp::from_milliseconds(0),
            lost: PrefixSet::default(),
            lost_since: None,
            lost_at: None,
        };
        let text = serde_json::to_string(&kept).unwrap();
        insta::assert_snapshot!(text, @r#"{"accepted":{"known":"00100a008101"},"at":"1970-01-01T00:00:00.000Z"}"#);
        assert_eq!(serde_json::from_str::<KeptPrefixes>(&text).unwrap(), kept);
        assert_eq!(serde_json::to_string(&Accepted::TooMany(1_001)).unwrap(), r#"{"too-many":1001}"#);
    }
}
