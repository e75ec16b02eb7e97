//! Every message of an incident is inert and within its service's limits, whatever a document holds, also one of a newer
//! version.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{opened, row};
use crate::{
    announcement::{
        Announcement, EventBridgeEntry, Form, Message,
        tests::properties::{check, check_notification},
    },
    domain::{Category, Impact, IncidentStatus, Kind, Reason, bounded},
    escape::tests::{hostile_text, is_visible},
};

/// A value as a newer version might write it, or a very strange one.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        hostile_text().prop_map(|text| Value::from(bounded(&text).into_owned())),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Null),
        Just(Value::Bool(true)),
        Just(Value::Array(Vec::new())),
        Just(Value::Object(Map::new())),
        prop::sample::select(words()).prop_map(Value::from),
    ]
}

/// All words of this version, so that they meet in every way.
fn words() -> Vec<&'static str> {
    let reasons = Reason::ALL.iter().map(|word| word.as_str());
    let categories = Category::ALL.iter().map(|word| word.as_str());
    let statuses = IncidentStatus::ALL.iter().map(|word| word.as_str());
    let impacts = Impact::ALL.iter().map(|word| word.as_str());
    let kinds = Kind::ALL.into_iter().map(Kind::slug).chain(["device", "location"]);
    reasons.chain(categories).chain(statuses).chain(impacts).chain(kinds).collect()
}

/// The places of all values in the example.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| places(member, &format!("{path}/{name}"), found));
        }
        Value::Array(members) => {
            members.iter().enumerate().for_each(|(at, member)| places(member, &format!("{path}/{at}"), found));
        }
        _ => found.push(path.to_owned()),
    }
}

prop_compose! {
    fn document()(
        reason in prop::sample::select(Reason::ALL),
        status in prop::sample::select(IncidentStatus::ALL),
        category in prop::sample::select(Category::ALL),
        kind in prop::sample::select(words()),
        drill in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), anything()), 0..12),
        kinds in prop::collection::btree_map(hostile_text(), any::<u64>(), 0..20),
        texts in prop::collection::vec(hostile_text(), 8),
    ) -> Value {
        let mut document = opened();
        document["reason"] = reason.as_str().into();
        document["status"] = status.as_str().into();
        document["metadata"]["drill"] = drill.into();
        let incident = &mut document["incident"];
        incident["category"] = category.as_str().into();
        incident["root"]["kind"] = kind.into();
        let texts = texts.iter().map(|text| Value::from(bounded(text).into_owned())).collect::<Vec<_>>();
        for (key, text) in ["id", "name", "location", "device", "state", "arn"].into_iter().zip(&texts) {
            incident["root"][key] = text.clone();
        }
        incident["cause"] = texts[6].clone();
        incident["impact"]["destinations"][0]["name"] = texts[7].clone();
        let by_kind = incident["affected"]["byKind"].as_object_mut().unwrap();
        by_kind.extend(kinds.into_iter().map(|(kind, count)| (kind, count.into())));
        let mut found = Vec::new();
        places(&document, "", &mut found);
        for (place, value) in changes {
            if let Some(old) = document.pointer_mut(&found[place.index(found.len())]) {
                *old = value;
            }
        }
        // By these it is known for what it is.
        if !document["reason"].is_string() {
            document["reason"] = "opened".into();
        }
        document
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_form_is_inert_and_fits(document in document(), minimal in any::<bool>()) {
        let form = if minimal { Form::Minimal } else { Form::Full };
        let row = row(&document);
        let announcement = Announcement { row: &row, form };

        let people = Message::for_people(&announcement).unwrap();
        check(&people)?;
        prop_assert!(is_visible(&people.text.replace('\n', "")), "{:?}", people.text);
        prop_assert!(people.text.lines().count() < 60, "no text adds a line: {}", people.text);
        prop_assert!(!people.text.contains("://"));
        prop_assert_eq!(people.attributes.len(), 10);
        prop_assert_eq!(people.subject.starts_with("[drill] "), document["metadata"]["drill"] == true);

        let chat = Message::for_chat(&announcement).unwrap();
        check(&chat)?;
        prop_assert_eq!(&chat.attributes, &people.attributes);
        check_notification(&chat.text)?;

        let entry = EventBridgeEntry::of(&announcement).unwrap();
        prop_assert!(entry.size() < 256 * 1024);
        if form == Form::Full {
            prop_assert_eq!(serde_json::from_str::<Value>(&entry.detail).unwrap(), row.event);
        }
    }
}
