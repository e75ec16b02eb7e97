//! `schemas/event.schema.json`: generated from the types, never behind them, and true of every document there can be.
//!
//! `UPDATE_SCHEMAS=1 cargo test --test tests event_schema` writes it anew.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_dx_monitor::{
    announcement::drill,
    domain::{Event, ItemDescription, ItemKey, Kind, Previous, RecordedEvent, Scope, State, Timestamp, Transition},
};
use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::transform_subschemas};
use serde_json::{Value, json};

fn schema_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas/event.schema.json")
}

/// The schema of what is written of a type: a field that may be left out is left out, and never null.
pub fn generated<T: JsonSchema>() -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.root_schema_for::<T>();
    without_null(&mut schema);
    schema.to_value()
}

/// Compares the committed schema with the type's, or writes it anew where `UPDATE_SCHEMAS` is set.
#[track_caller]
pub fn assert_committed(path: &Path, generated: &Value) {
    let text = format!("{generated:#}\n");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(path, &text).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap();
    assert_eq!(committed, text, "the schema is behind the types: write it anew with UPDATE_SCHEMAS=1");
    jsonschema::meta::validate(generated).unwrap();
    assert_eq!(generated["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(!text.contains("\"null\""), "nothing is ever null");
    assert!(!text.contains("\"additionalProperties\": false"), "consumers ignore what they do not know");
}

/// Asserts that a document with this value in one place is refused.
#[track_caller]
pub fn assert_refused(validator: &jsonschema::Validator, mut document: Value, pointer: &str, value: Value) {
    *document.pointer_mut(pointer).unwrap() = value;
    assert!(!validator.is_valid(&document), "{pointer}");
}

/// Says of a schema that what may be left out is left out, and never null.
pub fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice != &json!({"type": "null"}));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            schema.ensure_object().extend(only);
        }
    }
    transform_subschemas(&mut without_null, schema);
}

/// The committed schema.
pub fn committed() -> Value {
    serde_json::from_str(&fs::read_to_string(schema_path()).unwrap()).unwrap()
}

/// What accepts and refuses by the committed schema.
pub fn validator() -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(&committed()).unwrap()
}

#[track_caller]
fn assert_valid(document: &Value) {
    let errors: Vec<String> = validator().iter_errors(document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

#[test]
fn the_schema_is_that_of_the_types() {
    assert_committed(&schema_path(), &generated::<Event>());
}

#[test]
fn what_must_be_there_is_required() {
    let schema = committed();
    let required = |pointer: &str| schema.pointer(pointer).unwrap().clone();
    assert_eq!(required("/required"), json!(["metadata", "item", "state", "change", "severity"]));
    assert_eq!(required("/$defs/EventMetadata/required"), json!(["version", "id", "sequence", "recordedAt"]));
    assert_eq!(required("/$defs/ItemDescription/required"), json!(["kind", "id", "account", "region"]));
    assert_eq!(
        required("/$defs/EventPreviousState/required"),
        json!(["value", "level", "health", "since", "lastSeenAt"])
    );
    assert_eq!(required("/$defs/EventState/required"), json!(["value", "level", "health", "since"]));
}

/// The document that the design shows, with its ids written out.
fn example() -> Value {
    json!({
        "metadata": {
            "version": "1", "id": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de", "sequence": 7,
            "incidentId": "9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de", "recordedAt": "2026-11-22T03:12:00.480Z"
        },
        "item": {
            "kind": "virtual-interface", "id": "dxvif-ffabc123", "name": "prod-private",
            "arn": "arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-ffabc123",
            "account": "123456789012", "region": "us-east-1", "location": "EqDC2", "connectionId": "dxcon-fg5678gh"
        },
        "previousState": {
            "value": "available", "level": 4, "health": "up",
            "since": "2026-11-01T08:00:00.000Z", "lastSeenAt": "2026-11-22T03:11:00.101Z"
        },
        "state": {"value": "down", "level": 5, "health": "down", "since": "2026-11-22T03:12:00.123Z"},
        "change": "degraded",
        "severity": "critical",
        "previousDurationSeconds": 1797120
    })
}

#[test]
fn the_documented_example_is_read_and_written_letter_by_letter() {
    assert_valid(&example());
    let event: Event = serde_json::from_value(example()).unwrap();
    assert_eq!(serde_json::to_value(&event).unwrap(), example());
}

#[test]
fn what_a_newer_version_adds_is_no_error() {
    let mut newer = example();
    newer["item"]["colour"] = "blue".into();
    newer["weather"] = json!({"wind": 7});
    assert_valid(&newer);
    assert!(serde_json::from_value::<Event>(newer).is_ok());
}

#[test]
fn a_broken_document_is_refused() {
    let validator = validator();
    let broken = |pointer: &str, value: Value| assert_refused(&validator, example(), pointer, value);
    broken("/change", "teleported".into());
    broken("/item/kind", "cable".into());
    broken("/item/name", Value::Null);
    broken("/metadata/sequence", 0.into());
    broken("/metadata/id", "7".into());
    broken("/state/since", "yesterday".into());
    for key in ["metadata", "item", "state", "change", "severity"] {
        let mut document = example();
        document.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&document), "{key}");
    }
}

/// Every state that an item of `kind` can be in.
fn states(kind: Kind) -> Vec<State> {
    let words = kind.words().iter().map(|word| State::of(kind, Some(word.word)));
    words.chain([State::unknown(), State::absent(), State::of(kind, Some("never seen"))]).collect()
}

fn event(kind: Kind, previous: Option<State>, state: State) -> Event {
    let at = Timestamp::from_milliseconds(1_795_317_120_123);
    let some = || Some("some".to_owned());
    let transition = Transition {
        item: Arc::new(ItemDescription {
            name: some(),
            arn: some(),
            owner_account: some(),
            location: some(),
            device: some(),
            physical_device: some(),
            bandwidth: some(),
            minimum_links: Some(2),
            member_connections: Some(vec!["some".to_owned()]),
            encryption_mode: some(),
            state_change_error: some(),
            tags: Some([("some".to_owned(), "tag".to_owned())].into()),
            vlan: Some(101),
            partner_name: some(),
            lag_id: some(),
            connection_id: some(),
            interconnect_id: some(),
            virtual_interface_id: some(),
            virtual_interface_type: some(),
            direct_connect_gateway_id: some(),
            virtual_gateway_id: some(),
            associated_gateway_id: some(),
            address_family: some(),
            amazon_address: some(),
            customer_address: some(),
            asn: Some(4_294_967_295),
            amazon_side_asn: Some(64_512),
            ..ItemDescription::bare(&Scope::regional("123456789012", "us-east-1"), &ItemKey::new(kind, "some"))
        }),
        sequence: 1 + u64::from(previous.is_some()),
        previous: previous.map(|state| Previous {
            state,
            since: at,
            last_seen_at: at,
            last_transition_at: at,
            incident_id: None,
            group: None,
            certain: false,
            confirmed: None,
        }),
        state,
        since: at,
        seen_at: at,
        never_up: false,
    };
    Event::of(&transition, at)
}

/// An event of every kind from every state into every state, and a drill.
pub fn events() -> Vec<Event> {
    let mut events = Vec::new();
    for kind in Kind::ALL {
        for state in states(kind) {
            let previous = states(kind).into_iter().map(Some).chain([None]);
            events.extend(previous.map(|previous| event(kind, previous, state.clone())));
        }
    }
    events.push(drill(&Scope::regional("123456789012", "us-east-1"), Timestamp::from_milliseconds(0), "operator"));
    events
}

#[test]
fn every_document_that_is_written_is_valid() {
    let validator = validator();
    let mut changes = std::collections::BTreeSet::new();
    for event in events() {
        changes.insert(event.change);
        let whole = serde_json::to_value(&event).unwrap();
        let short = RecordedEvent::of(&whole).minimal();
        for document in [&short, &whole] {
            assert!(validator.is_valid(document), "{:?}\n{document:#}", validator.validate(document));
        }
        let short: Event = serde_json::from_value(short).unwrap();
        assert!(short.metadata.minimal && short.item.key() == event.item.key());
        let of = |event: &Event| (event.metadata.id, event.state.clone(), event.previous_state.clone(), event.change);
        assert_eq!(of(&short), of(&event));
        assert_eq!(serde_json::from_value::<Event>(whole).unwrap(), event);
    }
    assert_eq!(changes.len(), 8, "every change: {changes:?}");
}
