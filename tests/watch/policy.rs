//! The policy that the page gives for a watch allows exactly the calls that it makes.

use std::collections::BTreeSet;

use aws_dx_monitor::simulator::Scenario;
use serde_json::Value;

use super::Rig;
use crate::documentation::block;

#[test]
fn the_policy_of_the_page_allows_exactly_the_calls_made() {
    let rig = Rig::of(Scenario::from_json(include_str!("../simulator/partner.json")).unwrap());
    assert_eq!(rig.once(&["--exec", "true"]).status.code(), Some(0));
    let called: BTreeSet<String> = rig.proxy.calls().iter().map(|call| call.name()).collect();
    let policy: Value = serde_json::from_str(&block("src/guide/watch.md", "What it may call", "json")).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let allowed = statements.iter().flat_map(|statement| {
        assert_eq!((&statement["Effect"], &statement["Resource"]), (&"Allow".into(), &"*".into()));
        statement["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap().to_owned())
    });
    assert_eq!(allowed.collect::<BTreeSet<String>>(), called);
    assert_eq!(called.len(), 12);
}
