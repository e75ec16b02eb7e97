//! The root of an incident: what its members have in common, as rows and documents name it.

use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::{
    kind::{Kind, ParseKindError},
    scope::ItemKey,
};

/// What a root is: an item of a kind, or what several ports have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RootKind {
    /// An item.
    Item(Kind),
    /// A device of AWS's.
    Device,
    /// A Direct Connect location.
    Location,
    /// The public services of AWS, over the public virtual interfaces of an account.
    Public,
}

impl RootKind {
    /// The word in documents and attributes.
    pub fn as_str(self) -> &'static str {
        match self {
            RootKind::Item(kind) => kind.slug(),
            RootKind::Device => "device",
            RootKind::Location => "location",
            RootKind::Public => "public",
        }
    }

    /// The word in sentences.
    pub fn label(self) -> &'static str {
        match self {
            RootKind::Item(kind) => kind.label(),
            RootKind::Device => "device",
            RootKind::Location => "location",
            RootKind::Public => "public network of account",
        }
    }
}

impl fmt::Display for RootKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for RootKind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "device" => Ok(RootKind::Device),
            "location" => Ok(RootKind::Location),
            "public" => Ok(RootKind::Public),
            kind => Ok(RootKind::Item(kind.parse()?)),
        }
    }
}

impl Serialize for RootKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RootKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for RootKind {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RootKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let kinds =
            Kind::ALL.into_iter().map(RootKind::Item).chain([RootKind::Device, RootKind::Location, RootKind::Public]);
        let words: Vec<&str> = kinds.map(RootKind::as_str).collect();
        json_schema!({"type": "string", "enum": words})
    }
}

/// The root of an incident: what its members have in common and what explains them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Root {
    /// What it is.
    pub kind: RootKind,
    /// The item's id, the name of the device or the location, or the account's id.
    pub id: String,
}

impl Root {
    /// A root that is an item.
    pub fn item(key: &ItemKey) -> Root {
        Root { kind: RootKind::Item(key.kind), id: key.id.clone() }
    }

    /// The key of the item that it is, if it is one.
    pub fn key(&self) -> Option<ItemKey> {
        match self.kind {
            RootKind::Item(kind) => Some(ItemKey::new(kind, self.id.clone())),
            RootKind::Device | RootKind::Location | RootKind::Public => None,
        }
    }
}

impl fmt::Display for Root {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_read_back() {
        for kind in [RootKind::Item(Kind::BgpPeer), RootKind::Device, RootKind::Location, RootKind::Public] {
            assert_eq!(kind.as_str().parse::<RootKind>().unwrap(), kind);
            let root = Root { kind, id: "EqDC2/1".to_owned() };
            assert_eq!(serde_json::from_value::<Root>(serde_json::to_value(&root).unwrap()).unwrap(), root);
        }
        assert!("cable".parse::<RootKind>().is_err());
        assert_eq!(Root { kind: RootKind::Device, id: "d".to_owned() }.key(), None);
    }
}
