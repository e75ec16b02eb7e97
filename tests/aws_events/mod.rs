//! Events of AWS Health and of CloudTrail, one of each form that is known. They are made up from what AWS documents and what
//! others have published. The unit tests of the readers look at each; here all are read as payloads of the function.

use std::path::Path;

use aws_dx_monitor::function::{self, NoFact};
use serde_json::Value;

/// Every sample, by its name: `health/scheduled`.
pub fn all() -> Vec<(String, Value)> {
    let mut samples = Vec::new();
    for folder in ["health", "calls"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aws_events").join(folder);
        for file in std::fs::read_dir(path).expect("the folder is there") {
            let path = file.expect("the file can be read").path();
            let name = format!("{folder}/{}", path.file_stem().expect("it has a name").display());
            let text = std::fs::read_to_string(&path).expect("the file can be read");
            samples.push((name, serde_json::from_str(&text).expect("the sample is JSON")));
        }
    }
    samples.sort_by(|(one, _), (other, _)| one.cmp(other));
    samples
}

/// The sample of this name.
pub fn sample(name: &str) -> Value {
    let found = all().into_iter().find(|(known, _)| known == name);
    found.unwrap_or_else(|| panic!("there is no sample {name}")).1
}

#[test]
fn every_sample_is_a_fact_or_ignored_for_a_reason() {
    let ignored: Vec<String> = all()
        .into_iter()
        .filter_map(|(name, event)| match function::fact(&event).expect("it is an event of AWS") {
            Ok(_) => None,
            Err(NoFact::Ignored(reason)) => Some(format!("{name}: {reason}")),
            Err(NoFact::Malformed(reason)) => panic!("{name}: {reason}"),
        })
        .collect();
    assert_eq!(
        ignored,
        [
            "calls/failed: it is a call that failed",
            "calls/reading: it is a call that only reads",
            "health/other_service: it is about another service",
            "health/scheduled_public: it is a public notice of planned work that names no item",
        ]
    );
    assert!(function::fact(&sample("health/scheduled")).is_some());
}
