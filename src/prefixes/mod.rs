//! Prefixes of addresses, in IPv4 and IPv6: what is read of them, which holds which, and how a set of them is written down
//! in few bytes. Pure, and it knows nothing of Direct Connect.
//!
//! [`Prefix`] is one, [`PrefixSet`] is what a router announces, and [`Cover`] is what becomes of the addresses of one prefix
//! where only the prefixes of a set are announced.

mod cover;
mod packing;
mod prefix;
mod set;

pub use cover::Cover;
pub use packing::NotASet;
pub use prefix::{Family, ParsePrefixError, Prefix};
pub use set::PrefixSet;

#[cfg(test)]
mod tests;
