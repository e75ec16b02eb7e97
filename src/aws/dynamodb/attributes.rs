//! Converts between DynamoDB's values and ours. Errors name the attribute.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, anyhow, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::domain::Timestamp;

/// A row, or a part of one.
pub(super) type Attributes = HashMap<String, AttributeValue>;

pub(super) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// DynamoDB keeps 38 digits, enough for every integer of ours.
pub(super) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// A document as DynamoDB's maps, so that it can be read and queried there.
pub(super) fn document(value: &impl Serialize) -> anyhow::Result<AttributeValue> {
    serde_dynamo::to_attribute_value(value).context("a document has a form that DynamoDB does not know")
}

/// A value whose fields are attributes of a row.
pub(super) fn row(value: &impl Serialize) -> anyhow::Result<Attributes> {
    serde_dynamo::to_item(value).context("a row has a form that DynamoDB does not know")
}

/// The attribute, which must be there.
pub(super) fn required<T>(
    row: &Attributes,
    name: &str,
    read: impl FnOnce(&AttributeValue) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    optional(row, name, read)?.ok_or_else(|| anyhow!("the attribute {name:?} is missing"))
}

/// The attribute, if it is there.
pub(super) fn optional<T>(
    row: &Attributes,
    name: &str,
    read: impl FnOnce(&AttributeValue) -> anyhow::Result<T>,
) -> anyhow::Result<Option<T>> {
    row.get(name).map(read).transpose().with_context(|| unreadable(name))
}

fn unreadable(name: &str) -> String {
    format!("the attribute {name:?} cannot be read")
}

pub(super) fn as_text(value: &AttributeValue) -> anyhow::Result<String> {
    value.as_s().cloned().map_err(|_| anyhow!("it is not a string"))
}

pub(super) fn as_bool(value: &AttributeValue) -> anyhow::Result<bool> {
    value.as_bool().copied().map_err(|_| anyhow!("it is neither true nor false"))
}

pub(super) fn as_timestamp(value: &AttributeValue) -> anyhow::Result<Timestamp> {
    Ok(as_text(value)?.parse()?)
}

pub(super) fn as_natural(value: &AttributeValue) -> anyhow::Result<u64> {
    let digits = value.as_n().map_err(|_| anyhow!("it is not a number"))?;
    digits.parse().with_context(|| format!("{digits:?} is not a whole number from 0 to 2^64 - 1"))
}

pub(super) fn as_integer(value: &AttributeValue) -> anyhow::Result<i64> {
    let digits = value.as_n().map_err(|_| anyhow!("it is not a number"))?;
    digits.parse().with_context(|| format!("{digits:?} is not a whole number of 64 bits"))
}

/// A map whose values are all of one kind.
pub(super) fn as_map<T>(
    value: &AttributeValue,
    read: impl Fn(&AttributeValue) -> anyhow::Result<T>,
) -> anyhow::Result<BTreeMap<String, T>> {
    let map = value.as_m().map_err(|_| anyhow!("it is not a map"))?;
    let entry =
        |(name, value): (&String, _)| anyhow::Ok((name.clone(), read(value).with_context(|| format!("{name:?}"))?));
    map.iter().map(entry).collect()
}

/// A document that [`document`] wrote, in this version or another.
pub(super) fn as_document<T: DeserializeOwned>(value: &AttributeValue) -> anyhow::Result<T> {
    into_document(value.clone())
}

/// The same as [`as_document`], for a value that is not needed any more: that saves a copy of each of thousands of
/// rows.
pub(super) fn into_document<T: DeserializeOwned>(value: AttributeValue) -> anyhow::Result<T> {
    // The conversion panics on an unknown type. The SDK offers no way to make one in a unit test; the fuzzing of
    // answers does it on the wire.
    ensure!(is_of_a_known_type(&value), "it holds a value of a type that is not known here");
    Ok(serde_dynamo::from_attribute_value(value)?)
}

/// Whether the value, and everything in it, is of one of DynamoDB's types.
fn is_of_a_known_type(value: &AttributeValue) -> bool {
    use AttributeValue::{B, Bool, Bs, L, M, N, Ns, Null, S, Ss};
    match value {
        M(map) => map.values().all(is_of_a_known_type),
        L(list) => list.iter().all(is_of_a_known_type),
        B(_) | Bool(_) | Bs(_) | N(_) | Ns(_) | Null(_) | S(_) | Ss(_) => true,
        _ => false,
    }
}

/// The attribute, if it is there, taken out of the row.
pub(super) fn taken<T>(
    row: &mut Attributes,
    name: &str,
    read: impl FnOnce(AttributeValue) -> anyhow::Result<T>,
) -> anyhow::Result<Option<T>> {
    row.remove(name).map(read).transpose().with_context(|| unreadable(name))
}

/// Roughly the bytes of a row that count towards the limits of items and transactions: names and texts.
pub(super) fn size(row: &Attributes) -> usize {
    row.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> usize {
    /// DynamoDB's own surcharge on each map, list and entry, rounded up.
    const OVERHEAD: usize = 4;
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::M(map) => OVERHEAD + size(map) + map.len() * OVERHEAD,
        AttributeValue::L(list) => OVERHEAD + list.iter().map(|value| value_size(value) + OVERHEAD).sum::<usize>(),
        _ => OVERHEAD,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn documents() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(3, 32, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_document_comes_back_as_it_was(value in documents()) {
            let back: Value = as_document(&document(&value).unwrap()).unwrap();
            prop_assert_eq!(back, value);
        }
    }

    #[test]
    fn integers_stay_integers() {
        let value = document(&json!({"sequence": 7, "level": u64::MAX, "vlan": -1})).unwrap();
        assert_eq!(value.as_m().unwrap()["sequence"], AttributeValue::N("7".into()));
        let back: Value = as_document(&value).unwrap();
        assert!(back["sequence"].is_u64() && back["level"].is_u64() && back["vlan"].is_i64());
    }

    #[test]
    fn an_unreadable_attribute_is_named() {
        let row = Attributes::from([("sequence".into(), number(-1)), ("since".into(), text("yesterday"))]);
        let error = format!("{:#}", required(&row, "sequence", as_natural).unwrap_err());
        assert_eq!(
            error,
            "the attribute \"sequence\" cannot be read: \"-1\" is not a whole number from 0 to 2^64 - 1: invalid digit \
             found in string"
        );
        let error = format!("{:#}", optional(&row, "since", as_timestamp).unwrap_err());
        assert!(error.contains("\"since\"") && error.contains("yesterday"), "{error}");
        assert_eq!(required(&row, "level", as_natural).unwrap_err().to_string(), "the attribute \"level\" is missing");
        assert_eq!(optional(&row, "level", as_natural).unwrap(), None);
    }
}
