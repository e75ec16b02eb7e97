//! Nothing that stands anywhere in a document or a row comes through.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    fields::{fields, schemas},
    incident, item, redactor,
};
use crate::domain::{
    Acknowledgement, Health, HistoryRow, ItemPath, Kind, KindProgress, Matcher, Notice, NoticeChange, ParentGap,
    PollRow, Recalled, Scope, State, StateRow, Timestamp, Window, WindowRows, WindowSource,
};

/// What no output may have in it. Each stands alone, so that no one word is found in another.
fn canary(number: usize) -> String {
    format!("canary-{number} Canary{number}")
}

fn is_clean(text: &str) -> bool {
    !text.to_lowercase().contains("canary")
}

/// A document of which every text is a canary, whatever its schema says a text has to be.
fn full(schema: &Value) -> Value {
    let mut objects: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for (number, (parent, key, own)) in fields(schema).into_iter().enumerate() {
        let value = match own["type"].as_str().or(own["type"][0].as_str()) {
            Some("integer") => json!(7_770_000 + number),
            Some("boolean") => json!(true),
            Some("array") => json!([canary(number)]),
            Some("object") if own["properties"].is_object() => continue,
            Some("object") => json!({canary(number): 1, canary(number + 1000): canary(number)}),
            _ => json!(canary(number)),
        };
        objects.entry(parent).or_default().insert(key, value);
    }
    for (parent, key, _) in fields(schema).into_iter().rev() {
        if let Some(own) = objects.get(&key).cloned() {
            let value = if ["items", "destinations", "evidence"].contains(&&*key) { json!([own]) } else { own.into() };
            objects.entry(parent).or_default().insert(key, value);
        }
    }
    objects.remove("").unwrap().into()
}

#[test]
fn no_text_of_a_document_comes_through() {
    for schema in schemas() {
        let document = full(&schema);
        assert!(document.to_string().matches("canary").count() > 15, "{document}");
        let redacted = redactor().document(&document).to_string();
        assert!(is_clean(&redacted), "{redacted}");
    }
}

/// The places of all texts in a document.
fn texts(document: &Value, at: &str, found: &mut Vec<String>) {
    match document {
        Value::String(_) => found.push(at.to_owned()),
        Value::Object(fields) => fields.iter().for_each(|(key, own)| texts(own, &format!("{at}/{key}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at_in, own)| texts(own, &format!("{at}/{at_in}"), found))
        }
        _ => {}
    }
}

#[test]
fn no_text_comes_through_in_the_middle_of_a_real_document() {
    let document = incident();
    let mut places = Vec::new();
    texts(&document, "", &mut places);
    assert!(places.len() > 50);
    for place in places {
        for canary in
            ["canary", "The canary is down.", "canary@acme.example", "10.0.0.1 canary", "dxcon canary", "a,canary;b"]
        {
            let mut document = document.clone();
            *document.pointer_mut(&place).unwrap() = canary.into();
            let redacted = redactor().document(&document).to_string();
            assert!(is_clean(&redacted), "{place}: {redacted}");
        }
    }
}

proptest! {
    #[test]
    fn no_word_of_a_cause_comes_through(before in "[ -~]{0,20}", after in "[ -~]{0,20}", mark in "[ .,:;()/=@]") {
        let mut document = incident();
        document["incident"]["cause"] = format!("{before}{mark}canary{mark}{after}").into();
        let redacted = redactor().document(&document);
        prop_assert!(is_clean(&redacted.to_string()), "{}", redacted["incident"]["cause"]);
    }
}

fn at() -> Timestamp {
    "2026-11-22T03:12:00Z".parse().unwrap()
}

#[test]
fn no_text_of_a_row_comes_through() {
    let mut item = serde_json::to_value(item()).unwrap();
    let fields = item.as_object_mut().unwrap();
    for (number, (_, own)) in fields.iter_mut().enumerate().filter(|(_, (key, _))| *key != "kind") {
        if own.is_string() {
            *own = canary(number).into();
        }
    }
    fields.insert("tags".to_owned(), json!({"canary": "canary"}));
    fields.insert("stateChangeError".to_owned(), "a canary died".into());
    let details: crate::domain::ItemDescription = serde_json::from_value(item).unwrap();
    let (scope, key) = (details.scope(), details.key());
    let row = StateRow {
        state: State::recalled(Kind::BgpPeer, "canary", Some(99), Some(Health::Unknown)),
        since: at(),
        seen_at: None,
        missed_at: None,
        never_up: false,
        sequence: 3,
        last_transition_at: at(),
        announced: [("canary".to_owned(), 1), ("sns".to_owned(), 2)].into(),
        suspect: None,
        incident_id: Some(uuid::Uuid::from_u128(7)),
        group: Some(uuid::Uuid::from_u128(8)),
        details: details.into(),
        expires_at: None,
    };
    let progress = KindProgress {
        announced_on: ["canary".to_owned()].into(),
        gaps: [("dxvif-canary".to_owned(), ParentGap::default())].into(),
        ..KindProgress::default()
    };
    let poll = PollRow { kinds: [(Kind::BgpPeer, progress)].into(), ..PollRow::default() };
    let recalled =
        Recalled { states: [(key.clone(), row)].into(), poll: Some(poll), ..Recalled::nothing(scope.clone()) };
    let redactor = redactor();
    let redacted = redactor.recalled(recalled);
    assert!(is_clean(&format!("{redacted:?}")), "{redacted:?}");
    let (new_key, new_row) = redacted.states.iter().next().unwrap();
    assert_eq!((new_row.state.level(), new_row.announced.clone()), (99, [("sns".to_owned(), 2)].into()));
    assert_eq!(new_row.details.key(), *new_key, "the key and its row agree");
    let path = ItemPath::new(redacted.scope.clone(), new_key.clone());
    assert_eq!((redactor.original_scope(&path.scope), redactor.original(&path.key.id)), (scope, Some(key.id)));
}

#[test]
fn no_text_of_planned_time_or_history_comes_through() {
    let text = || "a canary's".to_owned();
    let notice =
        Notice { updated_at: at(), event: text(), communication: text(), page: 1, change: NoticeChange::Scheduled };
    let matcher = Matcher {
        ids: [text()].into(),
        kinds: [Kind::Lag].into(),
        location: Some(text()),
        device: Some(text()),
        gateway: Some(text()),
        region: Some(text()),
    };
    let window = Window {
        id: text(),
        source: WindowSource::Silence,
        matcher,
        from: at(),
        until: at(),
        title: text(),
        by: text(),
        even_outage: false,
        notice: Some(notice),
        announced_at: None,
    };
    let acknowledgement = Acknowledgement { by: text(), at: at(), note: Some(text()) };
    let rows =
        WindowRows { windows: vec![window], acknowledgements: [(uuid::Uuid::from_u128(9), acknowledgement)].into() };
    let redacted = redactor().window_rows(rows);
    assert!(is_clean(&format!("{redacted:?}")), "{redacted:?}");
    let parked = [("sns".to_owned(), text()), (text(), text())].into();
    let row = HistoryRow { occurred_at: at(), sequence: 1, event: json!({"note": text()}), parked };
    let redacted = redactor().history_row(row);
    assert!(is_clean(&format!("{redacted:?}")) && redacted.parked.contains_key("sns"), "{redacted:?}");
    assert!(is_clean(redactor().scope(&Scope::regional(text(), text())).to_string().as_str()));
}
