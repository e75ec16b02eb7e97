//! What a watch may do: what the README's policy says is what it was seen to do.

use std::collections::BTreeSet;

use aws_dx_monitor::simulator::Scenario;
use serde_json::Value;

use super::Bench;

/// The policy in the README's section about the watch.
fn policy() -> Value {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, section) = readme.split_once("\n### Watch\n").unwrap();
    let (_, block) = section.split_once("```json\n").unwrap();
    serde_json::from_str(block.split("\n```").next().unwrap()).unwrap()
}

#[test]
fn the_policy_of_the_readme_allows_what_is_called_and_nothing_else() {
    let bench = Bench::of(Scenario::from_json(include_str!("../simulator/partner.json")).unwrap());
    // Its items without an id make it an incomplete look.
    assert_eq!(bench.once(&["--exec", "true"]).status.code(), Some(2));
    let called: BTreeSet<String> = bench.proxy.calls().iter().map(|call| call.name()).collect();
    let policy = policy();
    let statements = policy["Statement"].as_array().unwrap();
    let allowed = statements.iter().flat_map(|statement| {
        assert_eq!((&statement["Effect"], &statement["Resource"]), (&"Allow".into(), &"*".into()));
        statement["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap().to_owned())
    });
    assert_eq!(allowed.collect::<BTreeSet<String>>(), called);
    assert_eq!(called.len(), 10);
}
