//! A prefix: the addresses that begin with the same bits.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// No prefix is written longer than this: more is not looked at.
const LONGEST_TEXT: usize = 64;

/// The kind of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4: 32 bits.
    V4,
    /// IPv6: 128 bits.
    V6,
}

impl Family {
    /// How many bits an address has.
    pub fn bits(self) -> u8 {
        match self {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }

    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Family::V4 => "ipv4",
            Family::V6 => "ipv6",
        }
    }
}

/// The addresses that begin with the same bits, such as `10.0.0.0/16`.
//
// Ordered by their first address, and of one first address the shorter first: a prefix stands before all that it holds, and
// what it holds stands together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    family: Family,
    /// The bits of the first address, from the left; an IPv4 address has zeros behind its 32.
    first: u128,
    length: u8,
}

impl Prefix {
    /// The prefix of this length that an address is in; none where an address has fewer bits.
    pub fn of(address: IpAddr, length: u8) -> Option<Prefix> {
        let (family, bits) = match address {
            IpAddr::V4(address) => (Family::V4, u128::from(address.to_bits()) << 96),
            IpAddr::V6(address) => (Family::V6, address.to_bits()),
        };
        Prefix::from_bits(family, bits, length)
    }

    /// The prefix of this length that begins with these bits; none where an address has fewer.
    pub(super) fn from_bits(family: Family, bits: u128, length: u8) -> Option<Prefix> {
        (length <= family.bits()).then(|| Prefix { family, first: bits & mask(length), length })
    }

    /// The kind of its addresses.
    pub fn family(&self) -> Family {
        self.family
    }

    /// How many bits its addresses have in common.
    pub fn length(&self) -> u8 {
        self.length
    }

    /// The bits of its first address.
    pub(super) fn first(&self) -> u128 {
        self.first
    }

    /// The bits of its last address, with ones behind those of an IPv4 address.
    pub(super) fn last(&self) -> u128 {
        self.first | !mask(self.length)
    }

    /// Whether all addresses of another prefix are its own: those of itself are.
    pub fn holds(&self, other: &Prefix) -> bool {
        self.family == other.family && self.length <= other.length && other.first & mask(self.length) == self.first
    }

    /// The prefix of a lesser length that holds it.
    pub(super) fn shortened(&self, length: u8) -> Prefix {
        Prefix { first: self.first & mask(length), length, ..*self }
    }
}

/// Ones in this many places from the left.
fn mask(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

impl fmt::Display for Prefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match self.family {
            // The bits of an IPv4 address stand in front: nothing is lost.
            Family::V4 => IpAddr::V4(Ipv4Addr::from_bits((self.first >> 96) as u32)),
            Family::V6 => IpAddr::V6(Ipv6Addr::from_bits(self.first)),
        };
        formatter.pad(&format!("{address}/{}", self.length))
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A text that is no prefix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a prefix in CIDR notation, such as 10.0.0.0/16 or 2001:db8::/32")]
pub struct ParsePrefixError(String);

impl FromStr for Prefix {
    type Err = ParsePrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = || {
            let (address, length) = text.split_once('/').filter(|_| text.len() <= LONGEST_TEXT)?;
            // `u8` would read a sign too.
            let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
            Prefix::of(address.parse().ok()?, length.parse().ok().filter(|_| is_number)?)
        };
        parsed().ok_or_else(|| ParsePrefixError(text.chars().take(LONGEST_TEXT).collect()))
    }
}
