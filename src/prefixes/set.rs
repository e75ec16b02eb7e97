//! A set of prefixes.

use super::{
    cover::{Cover, cover},
    prefix::Prefix,
};

/// A set of prefixes, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrefixSet(Vec<Prefix>);

impl PrefixSet {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The prefixes, by their first addresses, IPv4 before IPv6.
    pub fn iter(&self) -> impl Iterator<Item = &Prefix> {
        self.0.iter()
    }

    /// Whether a prefix is one of them.
    pub fn contains(&self, prefix: &Prefix) -> bool {
        self.0.binary_search(prefix).is_ok()
    }

    /// What becomes of the addresses of a prefix where these are announced.
    pub fn cover(&self, prefix: &Prefix) -> Cover {
        cover(&self.0, prefix)
    }

    /// Whether all addresses of a prefix are announced with these.
    pub fn covers(&self, prefix: &Prefix) -> bool {
        self.cover(prefix).is_whole()
    }
}

impl FromIterator<Prefix> for PrefixSet {
    fn from_iter<T: IntoIterator<Item = Prefix>>(prefixes: T) -> Self {
        let mut sorted: Vec<Prefix> = prefixes.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        PrefixSet(sorted)
    }
}
