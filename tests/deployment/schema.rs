//! The schemas of event and incident in the template: in JSON Schema draft 4, which EventBridge's registry takes, they say
//! what `schemas/event.schema.json` and `schemas/incident.schema.json` say in draft 2020-12.
//!
//! `UPDATE_SCHEMAS=1 cargo test --test tests deployment::schema` writes them into the template anew.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{TEMPLATE, stack::Stack, template_text};
use crate::{event_schema, incident_schema};

/// The same schema in draft 4.
fn draft_4(schema: &Value) -> Value {
    let Value::Object(fields) = schema else { return schema.clone() };
    let mut converted = Map::new();
    for (name, field) in fields {
        match (name.as_str(), field) {
            ("$schema", _) => {
                drop(converted.insert("$schema".into(), "http://json-schema.org/draft-04/schema#".into()))
            }
            ("$defs", Value::Object(definitions)) => drop(converted.insert("definitions".into(), each(definitions))),
            ("properties", Value::Object(properties)) => drop(converted.insert("properties".into(), each(properties))),
            ("oneOf", Value::Array(choices)) => {
                drop(converted.insert("oneOf".into(), choices.iter().map(draft_4).collect()))
            }
            ("items" | "additionalProperties", inner) => drop(converted.insert(name.clone(), draft_4(inner))),
            // Draft 4 reads nothing beside a reference.
            ("$ref", Value::String(target)) => {
                let target = target.replace("#/$defs/", "#/definitions/");
                converted.insert("allOf".into(), json!([{"$ref": target}]));
            }
            ("const", constant) => drop(converted.insert("enum".into(), json!([constant]))),
            // Draft 4 knows no such format.
            ("format", Value::String(format)) if format == "uuid" => {
                let digits = |count: u8| format!("[0-9A-Fa-f]{{{count}}}");
                let [eight, four, twelve] = [8, 4, 12].map(digits);
                converted.insert("pattern".into(), format!("^{eight}-{four}-{four}-{four}-{twelve}$").into());
            }
            ("format", Value::String(format)) if format != "date-time" => {}
            (
                "description" | "title" | "default" | "enum" | "type" | "format" | "minimum" | "maximum" | "required",
                plain,
            ) => {
                converted.insert(name.clone(), plain.clone());
            }
            (unknown, _) => panic!("the conversion does not know what to make of {unknown}"),
        }
    }
    Value::Object(converted)
}

fn each(schemas: &Map<String, Value>) -> Value {
    schemas.iter().map(|(name, schema)| (name.clone(), draft_4(schema))).collect()
}

/// The schema as JSON with a line for each definition and each top-level word.
fn laid_out(schema: &Value) -> String {
    let lines = |fields: &Map<String, Value>, indent: &str| {
        let lines = fields.iter().map(|(name, field)| {
            let field = match (name.as_str(), field) {
                ("definitions", Value::Object(definitions)) => {
                    let definitions = definitions.iter().map(|(name, field)| format!("    {}: {field}", json!(name)));
                    format!("{{\n{}\n  }}", definitions.collect::<Vec<_>>().join(",\n"))
                }
                (_, field) => field.to_string(),
            };
            format!("{indent}{}: {field}", json!(name))
        });
        lines.collect::<Vec<_>>().join(",\n")
    };
    format!("{{\n{}\n}}\n", lines(schema.as_object().unwrap(), "  "))
}

const BEFORE: &str = "      Content: |\n";
const INDENT: &str = "        ";

/// The template with this content in the schema of this name.
fn with_content(template: &str, resource: &str, content: &str) -> String {
    let (above, below) = template.split_once(&format!("  {resource}:\n")).unwrap();
    let (before, behind) = below.split_once(BEFORE).unwrap();
    let old: usize = behind.split_inclusive('\n').take_while(|line| line.starts_with(INDENT)).map(str::len).sum();
    let new: String = content.lines().map(|line| format!("{INDENT}{line}\n")).collect();
    format!("{above}  {resource}:\n{before}{BEFORE}{new}{}", &behind[old..])
}

/// The schemas that the template has, by their resources.
fn schemas() -> [(&'static str, Value); 2] {
    [("EventSchema", event_schema::committed()), ("IncidentSchema", incident_schema::committed())]
}

#[test]
fn the_template_has_the_schemas_of_the_types() {
    let mut wanted = template_text();
    for (resource, schema) in schemas() {
        wanted = with_content(&wanted, resource, &laid_out(&draft_4(&schema)));
    }
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(TEMPLATE, &wanted).unwrap();
    }
    assert!(template_text() == wanted, "a schema in the template is behind: write it anew with UPDATE_SCHEMAS=1");
    for (resource, schema) in schemas() {
        let content = laid_out(&draft_4(&schema));
        let schema = Stack::of(&[]).properties(resource);
        assert_eq!((&schema["Type"], &schema["RegistryName"]), (&json!("JSONSchemaDraft4"), &json!("EventRegistry")));
        assert_eq!(schema["Content"].as_str(), Some(content.as_str()));
        assert!(content.len() < 100_000, "EventBridge takes no more characters");
    }
}

/// Every way to break a document in one place.
fn broken(document: &Value) -> Vec<Value> {
    fn pointers(value: &Value, path: &str, found: &mut Vec<String>) {
        found.push(path.to_owned());
        if let Value::Object(fields) = value {
            fields.iter().for_each(|(name, field)| pointers(field, &format!("{path}/{name}"), found));
        }
    }
    let mut paths = Vec::new();
    pointers(document, "", &mut paths);
    let others = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1),
        json!(255),
        json!(256),
        json!(1.5),
        json!([]),
        json!({}),
        json!(""),
        json!("up"),
        json!("degraded"),
        json!("connection"),
        json!("critical"),
        json!("a word never seen"),
        json!("2026-11-22T03:12:00Z"),
        json!("2026-13-22T03:12:00Z"),
        json!("9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6de"),
        json!("9A1F0B52-5b0c-5f5e-8a43-0c8ad1c2a6de"),
        json!("9a1f0b52-5b0c-5f5e-8a43-0c8ad1c2a6d"),
    ];
    let mut documents = Vec::new();
    for path in &paths {
        for other in &others {
            let mut changed = document.clone();
            *changed.pointer_mut(path).unwrap() = other.clone();
            documents.push(changed);
        }
        if let Some((parent, name)) = path.rsplit_once('/') {
            let mut changed = document.clone();
            let fields = changed.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            let value = fields.remove(name).unwrap();
            documents.push(changed.clone());
            changed.pointer_mut(parent).unwrap()["colour"] = value;
            documents.push(changed);
        }
    }
    documents
}

/// Asserts that a schema in the template accepts and refuses what the committed one does: each of these documents, and all
/// that is broken in one place of those that are to be broken.
#[track_caller]
fn assert_same(resource: &str, new: &jsonschema::Validator, documents: impl Iterator<Item = (Value, bool)>) {
    let content = Stack::of(&[]).properties(resource);
    let schema: Value = serde_json::from_str(content["Content"].as_str().unwrap()).unwrap();
    jsonschema::draft4::meta::validate(&schema).unwrap();
    let old = jsonschema::draft4::options().should_validate_formats(true).build(&schema).unwrap();
    let mut judged = [0, 0];
    for (document, is_to_be_broken) in documents {
        assert!(old.is_valid(&document) && new.is_valid(&document), "{document:#}");
        for document in broken(&document).into_iter().filter(|_| is_to_be_broken) {
            assert_eq!(old.is_valid(&document), new.is_valid(&document), "{document:#}");
            judged[usize::from(new.is_valid(&document))] += 1;
        }
    }
    assert!(judged.iter().all(|count| *count > 1000), "{judged:?} refused and accepted");
}

#[test]
fn both_drafts_agree_on_every_event() {
    // What is alike is broken alike: one event of each kind and change is enough.
    let mut seen = BTreeSet::new();
    let events = event_schema::events().into_iter();
    let documents =
        events.map(|event| (serde_json::to_value(&event).unwrap(), seen.insert((event.item.kind, event.change))));
    assert_same("EventSchema", &event_schema::validator(), documents);
}

#[test]
fn both_drafts_agree_on_every_incident() {
    let documents = incident_schema::documents().into_iter();
    let mut seen = BTreeSet::new();
    let documents = documents.map(|document| (serde_json::to_value(&document).unwrap(), seen.insert(document.reason)));
    assert_same("IncidentSchema", &incident_schema::validator(), documents);
}
