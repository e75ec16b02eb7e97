//! Every field of every document has a rule.

use serde_json::Value;

use super::super::rules::{Rule, rule};
use crate::domain::{Event, IncidentDocument};

/// The schema of a value, which may stand elsewhere in `whole`.
fn resolved<'s>(whole: &'s Value, schema: &'s Value) -> &'s Value {
    let variants = ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema[*key].as_array()).flatten();
    let mut places = variants.chain([schema]);
    let named = places.find_map(|place| place["$ref"].as_str());
    named.map_or(schema, |name| whole.pointer(name.trim_start_matches('#')).unwrap())
}

/// The fields of a document, each with the name of its object.
pub fn fields(whole: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    let mut objects = vec![(String::new(), whole)];
    while let Some((parent, schema)) = objects.pop() {
        for (key, field) in schema["properties"].as_object().into_iter().flatten() {
            let own = resolved(whole, field);
            let element = resolved(whole, &own["items"]);
            objects.extend(
                [own, element].into_iter().filter(|own| own["properties"].is_object()).map(|own| (key.clone(), own)),
            );
            found.push((parent.clone(), key.clone(), own.clone()));
        }
    }
    found
}

pub fn schemas() -> [Value; 2] {
    [schemars::schema_for!(Event), schemars::schema_for!(IncidentDocument)].map(|schema| schema.to_value())
}

#[test]
fn every_field_has_a_rule() {
    let mut count = 0;
    let mut without = Vec::new();
    for (parent, key, _) in schemas().iter().flat_map(fields) {
        count += 1;
        if rule(&parent, &key).is_none() {
            without.push(format!("{parent}.{key}"));
        }
    }
    assert_eq!(
        without,
        Vec::<String>::new(),
        "decide in `rules.rs` what becomes of them; until then they are left out"
    );
    assert!(count > 90, "{count}: the schemas are read to their ends");
}

#[test]
fn what_is_a_text_has_no_rule_for_numbers_and_the_other_way_round() {
    for (parent, key, schema) in schemas().iter().flat_map(fields) {
        let of_type = |name: &str| match &schema["type"] {
            Value::String(only) => only == name,
            Value::Array(several) => several.iter().any(|one| one == name),
            _ => false,
        };
        let rule = rule(&parent, &key).unwrap();
        let is_number = matches!(rule, Rule::Number | Rule::Named(_));
        assert_eq!(of_type("integer"), is_number, "{parent}.{key}: {rule:?}");
        assert_eq!(of_type("boolean"), rule == Rule::Flag, "{parent}.{key}: {rule:?}");
        assert_eq!(of_type("array"), matches!(rule, Rule::Objects | Rule::Ids), "{parent}.{key}: {rule:?}");
    }
}
