//! `schemas/report.schema.json` is the schema generated from the types, and every report is valid by it.
//!
//! `UPDATE_SCHEMAS=1 cargo test --test tests report::schema` generates it again.

use std::{fs, path::PathBuf};

use aws_dx_monitor::report::Report;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::{DAY, Story, report, window};
use crate::event_schema::without_null;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas/report.schema.json")
}

fn generated() -> Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().root_schema_for::<Report>();
    without_null(&mut schema);
    schema.to_value()
}

#[test]
fn the_schema_is_that_of_the_types() {
    let text = format!("{:#}\n", generated());
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(path(), &text).unwrap();
    }
    let committed = fs::read_to_string(path()).unwrap();
    assert_eq!(committed, text, "the schema differs from the types: generate it again with UPDATE_SCHEMAS=1");
    jsonschema::meta::validate(&generated()).unwrap();
    assert!(!text.contains("\"null\""), "nothing is ever null");
}

#[test]
fn every_report_is_valid() {
    let validator = jsonschema::options().should_validate_formats(true).build(&generated()).unwrap();
    let stories = [
        Story::connection(&[(-DAY, "available"), (-5, "down"), (20, "available"), (40, "unknown"), (95, "down")]),
        Story::connection(&[(50, "surprising"), (60, "deleted")]),
    ];
    for stories in [&stories[..], &[]] {
        let document = serde_json::to_value(report(&window(0, 100), stories)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
        assert!(!document.to_string().contains("null"), "{document:#}");
    }
}
