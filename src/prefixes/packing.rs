//! A set of prefixes in few characters, for a store: each prefix is written as what it has not in common with the one before
//! it, and all bytes in hexadecimal digits.
//!
//! A prefix begins with a byte: its lower bits say how many leading bytes are those of the prefix before, and its highest bit
//! whether the length is that of the one before, too, and left out. The rest of the bytes that the length calls for follow.
//! IPv4 comes first, then a byte that no prefix begins with, then IPv6.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    prefix::{Family, Prefix},
    set::PrefixSet,
};

const SAME_LENGTH: u8 = 0x80;
const IPV6_FOLLOWS: u8 = 0x7f;

/// A text that is not what a set of prefixes is written as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a set of prefixes is damaged: {0}")]
pub struct NotASet(&'static str);

impl PrefixSet {
    /// The set in few characters.
    pub fn pack(&self) -> String {
        let mut bytes = Vec::new();
        for family in [Family::V4, Family::V6] {
            let mut before: Option<Prefix> = None;
            for prefix in self.iter().filter(|prefix| prefix.family() == family) {
                if family == Family::V6 && before.is_none() {
                    bytes.push(IPV6_FOLLOWS);
                }
                put(&mut bytes, before, prefix);
                before = Some(*prefix);
            }
        }
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The set that was packed so.
    pub fn unpack(text: &str) -> Result<PrefixSet, NotASet> {
        let bytes = bytes(text)?;
        let (mut bytes, mut family) = (&bytes[..], Family::V4);
        let mut prefixes: Vec<Prefix> = Vec::new();
        let mut before = None;
        while let [head, rest @ ..] = bytes {
            bytes = rest;
            if *head == IPV6_FOLLOWS {
                if family == Family::V6 {
                    return Err(NotASet("IPv6 follows twice"));
                }
                (family, before) = (Family::V6, None);
                continue;
            }
            let prefix = take(*head, &mut bytes, (family, before))?;
            if prefixes.last().is_some_and(|last| *last >= prefix) {
                return Err(NotASet("it is not sorted"));
            }
            prefixes.push(prefix);
            before = Some(prefix);
        }
        Ok(prefixes.into_iter().collect())
    }
}

/// The bytes that hexadecimal digits stand for.
fn bytes(text: &str) -> Result<Vec<u8>, NotASet> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Option<Vec<u8>> = text.as_bytes().iter().map(digit).collect();
    let digits = digits.ok_or(NotASet("it has other characters than hexadecimal digits"))?;
    let (pairs, odd) = digits.as_chunks::<2>();
    if odd.is_empty() {
        Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
    } else {
        Err(NotASet("it ends within a byte"))
    }
}

/// How many leading bytes of an address a prefix of this length needs.
fn needed(length: u8) -> usize {
    usize::from(length.div_ceil(8))
}

fn put(bytes: &mut Vec<u8>, before: Option<Prefix>, prefix: &Prefix) {
    let address = prefix.first().to_be_bytes();
    let own = &address[..needed(prefix.length())];
    let known = before.map(|before| before.first().to_be_bytes()).unwrap_or_default();
    let common = match before {
        Some(_) => own.iter().zip(known).take_while(|(one, other)| *one == other).count(),
        None => 0,
    };
    let is_as_long = before.is_some_and(|before| before.length() == prefix.length());
    // At most 16.
    bytes.push(common as u8 | if is_as_long { SAME_LENGTH } else { 0 });
    bytes.extend((!is_as_long).then_some(prefix.length()));
    bytes.extend(&own[common..]);
}

fn take(head: u8, bytes: &mut &[u8], (family, before): (Family, Option<Prefix>)) -> Result<Prefix, NotASet> {
    let mut next = || -> Result<u8, NotASet> {
        let (first, rest) = bytes.split_first().ok_or(NotASet("it ends within a prefix"))?;
        *bytes = rest;
        Ok(*first)
    };
    let length = match before {
        Some(before) if head & SAME_LENGTH != 0 => before.length(),
        None if head & SAME_LENGTH != 0 => return Err(NotASet("the first prefix has no length")),
        _ => next()?,
    };
    let (common, needed) = (usize::from(head & !SAME_LENGTH), needed(length));
    if length > family.bits() || common > needed || (before.is_none() && common > 0) {
        return Err(NotASet("a prefix is longer than an address"));
    }
    let mut address = [0; 16];
    let known = before.map(|before| before.first().to_be_bytes()).unwrap_or_default();
    address[..common].copy_from_slice(&known[..common]);
    for byte in &mut address[common..needed] {
        *byte = next()?;
    }
    Prefix::from_bits(family, u128::from_be_bytes(address), length)
        .filter(|prefix| prefix.first() == u128::from_be_bytes(address))
        .ok_or(NotASet("a prefix has bits beyond its length"))
}

impl Serialize for PrefixSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.pack())
    }
}

impl<'de> Deserialize<'de> for PrefixSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PrefixSet::unpack(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
