//! Every region of every partition: a stack has what its parameters ask for, and only resource types that the region
//! has.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use super::stack::{EVERYTHING, Stack, template};
use crate::support::python::tool;

/// Which of the template's types are missing, by region.
const MISSING: &str = "
import json, sys
from cfnlint.helpers import REGIONS
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
types = set(json.load(sys.stdin))
print(json.dumps({region: sorted(types - set(schemas.get_resource_types(region))) for region in REGIONS}))
";

fn missing() -> BTreeMap<String, BTreeSet<String>> {
    let resources = template()["Resources"].as_object().unwrap().values();
    let types: BTreeSet<&str> = resources.map(|resource| resource["Type"].as_str().unwrap()).collect();
    let mut python = assert_cmd::Command::from_std(Command::new(tool("python3")));
    let output = python.args(["-c", MISSING]).write_stdin(serde_json::to_string(&types).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_stack_can_be_made_in_every_region() {
    let missing = missing();
    assert!(missing.len() >= 40, "regions");
    let has_type = |stack: &Stack, kind: &str| !stack.resources_of(kind).is_empty();
    for (region, missing) in &missing {
        let parameters = [&EVERYTHING[..], &[("AWS::Region", region.as_str())]].concat();
        let stack = Stack::of(&parameters);
        for kind in missing {
            assert!(!has_type(&stack, kind), "{kind} does not exist in {region}");
        }
        // And nothing is left out where it could be.
        for kind in
            ["AWS::EventSchemas::Registry", "AWS::EventSchemas::Schema", "AWS::Chatbot::SlackChannelConfiguration"]
        {
            assert!(has_type(&stack, kind) || missing.contains(kind), "{kind} exists in {region}");
        }
    }
}
