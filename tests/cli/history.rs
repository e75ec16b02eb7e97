//! `history`: what happened, to one item or to all.

use serde_json::Value;

use super::{answer, ask, text};

fn events(arguments: &[&str]) -> Vec<Value> {
    serde_json::from_str(&answer(&[arguments, &["--output", "json"]].concat())).unwrap()
}

#[test]
fn it_lists_everything_by_time() {
    let table = answer(&["history"]);
    let rows: Vec<&str> = table.lines().collect();
    let heading: Vec<&str> = rows[0].split_whitespace().collect();
    assert_eq!(heading, ["TIME", "(UTC)", "CHANGE", "KIND", "ID", "NAME", "FROM", "TO", "AFTER"]);
    let events = events(&["history"]);
    let discovered = events.iter().filter(|event| event["change"] == "discovered").count();
    assert_eq!(events.iter().filter(|event| event["change"] == "degraded").count(), 6);
    assert_eq!(*rows.last().unwrap(), format!("{} transitions, {discovered} of them first sights", events.len()));
    let times: Vec<&str> = events.iter().map(|event| event["state"]["since"].as_str().unwrap()).collect();
    assert!(times.is_sorted());
    assert!(!table.contains('\u{1b}'));
}

#[test]
fn it_lists_one_item_by_its_id_its_key_or_its_whole_name() {
    let by_id = events(&["history", "dxcon-ffx3v7tc"]);
    let words: Vec<&str> = by_id.iter().map(|event| event["state"]["value"].as_str().unwrap()).collect();
    assert_eq!(words, ["available", "down", "available"]);
    for name in ["connection/dxcon-ffx3v7tc", "123456789012/us-east-1/connection/dxcon-ffx3v7tc"] {
        assert_eq!(events(&["history", name]), by_id);
    }
    let table = answer(&["history", "dxcon-ffx3v7tc"]);
    let outage = table.lines().find(|line| line.contains("degraded")).unwrap();
    let columns: Vec<&str> = outage.split_whitespace().skip(1).collect();
    let expected = ["degraded", "connection", "dxcon-ffx3v7tc", "csva1-xc-7741", "available", "down", "10m"];
    assert_eq!(columns, expected);
    assert!(table.lines().any(|line| line.contains("recovered") && line.ends_with("12m")), "{table}");
}

#[test]
fn its_json_is_the_event_documents() {
    let schema = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/event.schema.json"));
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let events = events(&["history"]);
    assert!(events.len() > 40);
    for event in &events {
        let errors: Vec<String> = validator.iter_errors(event).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{event}");
        assert_eq!(event["metadata"]["version"], "1");
    }
}

#[test]
fn an_item_that_is_not_there_is_an_error() {
    let output = ask(&["history", "dxcon-nobody"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    let error = text(&output.stderr);
    assert_eq!(error, "error: there is no item \"dxcon-nobody\" in this store: `aws-dx-monitor status` lists them\n");
    let hostile = text(&ask(&["history", "\u{1b}[31mred"]).stderr);
    assert!(!hostile.contains('\u{1b}'), "{hostile:?}");
}
