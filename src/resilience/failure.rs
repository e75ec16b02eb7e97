//! What may fail: an item, a device, or a location; as it is written on a command line, and found in an estate.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::Serialize;

use super::wiring::Wiring;
use crate::{domain::ItemPath, incident::Place};

/// What kind of thing fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// A location, with all devices there.
    Location,
    /// A device, with all that ends on it.
    Device,
    /// An item, with all that runs over it.
    Item,
}

/// Something that fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Failure {
    /// What it is.
    pub kind: FailureKind,
    /// The name of the device or location; the id, the key or the path of the item.
    pub id: String,
}

/// A text that names nothing that may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseFailureError;

impl fmt::Display for ParseFailureError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .write_str("name an item by its id, a device as in device:EqDC2-abc, or a location as in location:EqDC2")
    }
}

impl std::error::Error for ParseFailureError {}

/// Something that is not in the estate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFailure(pub Failure);

impl Failure {
    /// A device.
    pub fn device(name: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Device, id: name.into() }
    }

    /// A location.
    pub fn location(name: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Location, id: name.into() }
    }

    /// What fails by itself: the items that it names.
    pub fn strikes(&self, wiring: &Wiring) -> BTreeSet<Place> {
        match self.kind {
            FailureKind::Device => wiring.on_device(&self.id).iter().copied().collect(),
            FailureKind::Location => wiring.at_location(&self.id).iter().copied().collect(),
            FailureKind::Item => self.items(wiring),
        }
    }

    fn items(&self, wiring: &Wiring) -> BTreeSet<Place> {
        let by_id = wiring.with_id(&self.id);
        if !by_id.is_empty() {
            return by_id.iter().copied().collect();
        }
        let path = self.id.parse::<ItemPath>().ok();
        let key = path.as_ref().map(|path| path.key.clone()).or_else(|| self.id.parse().ok());
        let Some(key) = key else { return BTreeSet::new() };
        let is_it = |place: &Place| {
            let entry = &wiring.estate.entries[*place];
            entry.key == key && path.as_ref().is_none_or(|path| path.scope == entry.item.scope())
        };
        wiring.with_id(&key.id).iter().copied().filter(is_it).collect()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FailureKind::Device => write!(formatter, "device:{}", self.id),
            FailureKind::Location => write!(formatter, "location:{}", self.id),
            FailureKind::Item => formatter.write_str(&self.id),
        }
    }
}

impl FromStr for Failure {
    type Err = ParseFailureError;

    fn from_str(text: &str) -> Result<Failure, ParseFailureError> {
        let (kind, id) = match text.split_once(':') {
            Some(("device", name)) => (FailureKind::Device, name),
            Some(("location", name)) => (FailureKind::Location, name),
            _ => (FailureKind::Item, text),
        };
        let id = id.trim();
        if id.is_empty() { Err(ParseFailureError) } else { Ok(Failure { kind, id: id.to_owned() }) }
    }
}
