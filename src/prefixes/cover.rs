//! What becomes of a prefix where only others are announced.

use super::prefix::Prefix;

/// What becomes of the addresses of a prefix where the prefixes of a set are announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// The prefix itself is announced.
    Exact,
    /// A shorter one that holds it is: this is the longest of them.
    Shorter(Prefix),
    /// Longer ones are, which have all of its addresses together.
    Longer,
    /// Longer ones are, which have some of its addresses.
    Partly,
    /// None of its addresses is announced.
    Absent,
}

impl Cover {
    /// Whether all of its addresses are announced.
    pub fn is_whole(self) -> bool {
        matches!(self, Cover::Exact | Cover::Shorter(_) | Cover::Longer)
    }
}

/// What becomes of a prefix where these are announced, which are sorted.
pub(super) fn cover(sorted: &[Prefix], prefix: &Prefix) -> Cover {
    let place = match sorted.binary_search(prefix) {
        Ok(_) => return Cover::Exact,
        Err(place) => place,
    };
    let is_announced = |shorter: &Prefix| sorted.binary_search(shorter).is_ok();
    let mut shorter = (0..prefix.length()).rev().map(|length| prefix.shortened(length));
    if let Some(shorter) = shorter.find(is_announced) {
        return Cover::Shorter(shorter);
    }
    // What it holds stands right behind it.
    let mut held = sorted[place..].iter().take_while(|longer| prefix.holds(longer)).peekable();
    if held.peek().is_none() {
        return Cover::Absent;
    }
    // The first of its addresses that none of those so far has; none once all are had.
    let mut missing = Some(prefix.first());
    for longer in held {
        match missing {
            None => break,
            Some(address) if longer.first() > address => return Cover::Partly,
            Some(address) if longer.last() < address => {}
            Some(_) => missing = longer.last().checked_add(1),
        }
    }
    if missing.is_none_or(|address| address > prefix.last()) { Cover::Longer } else { Cover::Partly }
}
