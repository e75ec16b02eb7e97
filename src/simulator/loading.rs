//! Reads a scenario from a file, from JSON, or the built-in one, and checks that it can be played.

use std::path::Path;

use super::scenario::{Mistake, Scenario, ScenarioError};
use super::validation;

const BUILTIN: &str = include_str!("builtin.json");

impl Scenario {
    /// Reads a scenario from JSON and checks it.
    pub fn from_json(json: &str) -> Result<Scenario, ScenarioError> {
        let scenario: Scenario = serde_json::from_str(json).map_err(|error| not_a_scenario(&error))?;
        scenario.check()?;
        Ok(scenario)
    }

    /// Reads a scenario from a file and checks it.
    pub fn load(path: impl AsRef<Path>) -> Result<Scenario, ScenarioError> {
        let file = path.as_ref();
        let named = |error: ScenarioError| ScenarioError { file: Some(file.display().to_string()), ..error };
        let json = std::fs::read_to_string(file).map_err(|error| {
            named(ScenarioError::of(Mistake {
                place: String::new(),
                text: format!("cannot be read: {error}: give the path of a JSON file that you may read"),
            }))
        })?;
        Scenario::from_json(&json).map_err(named)
    }

    /// The built-in scenario: 45 minutes of a customer with two locations and a second region.
    pub fn builtin() -> Scenario {
        // A test parses the text that is compiled in.
        serde_json::from_str(BUILTIN).expect("the built-in scenario is tested")
    }

    /// The built-in scenario's JSON: an example to start a scenario of one's own from.
    pub fn builtin_json() -> &'static str {
        BUILTIN
    }

    /// Everything that is wrong with the scenario, in one error.
    pub fn check(&self) -> Result<(), ScenarioError> {
        match validation::mistakes(self) {
            mistakes if mistakes.is_empty() => Ok(()),
            mistakes => Err(ScenarioError { file: None, mistakes }),
        }
    }

    /// The JSON Schema of scenario files.
    pub fn json_schema() -> schemars::Schema {
        schemars::schema_for!(Scenario)
    }
}

/// What is wrong with a text that is not the JSON of a scenario.
fn not_a_scenario(error: &serde_json::Error) -> ScenarioError {
    let full = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let what = full.strip_suffix(&position).unwrap_or(&full);
    let advice = match error.classify() {
        serde_json::error::Category::Data => "correct it there; schemas/scenario.schema.json describes every field",
        _ => "the text is not JSON from there on",
    };
    ScenarioError::of(Mistake {
        place: format!("line {} column {}", error.line(), error.column()),
        text: format!("{what}: {advice}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(json: &str) -> String {
        Scenario::from_json(json).unwrap_err().to_string()
    }

    #[test]
    fn the_built_in_scenario_is_without_mistakes() {
        assert_eq!(
            Scenario::from_json(Scenario::builtin_json()).map_err(|error| error.to_string()),
            Ok(Scenario::builtin())
        );
    }

    #[test]
    fn a_mistyped_field_is_named_with_its_line_and_column() {
        let text = error("{\n \"account\": \"123456789012\",\n \"pagesize\": 3\n}");
        assert!(text.starts_with("the scenario has a mistake at line 3 column 11: unknown field `pagesize`"), "{text}");
        assert!(
            text.contains("`pageSize`") && text.ends_with("schemas/scenario.schema.json describes every field"),
            "{text}"
        );
        assert!(error("{").ends_with("the text is not JSON from there on"));
        let text =
            error(r#"{"account": "123456789012", "inventory": {"regions": {"us-east-1": {"connections": [{}]}}}}"#);
        assert!(text.contains("missing field `connectionId`"), "{text}");
    }

    #[test]
    fn a_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("missing.json");
        let text = Scenario::load(&missing).unwrap_err().to_string();
        assert!(text.contains("missing.json cannot be read: "), "{text}");
        assert!(text.contains("give the path"), "{text}");

        let bad = directory.path().join("bad.json");
        std::fs::write(&bad, r#"{"account": "1", "pageSize": 0}"#).unwrap();
        let text = Scenario::load(&bad).unwrap_err().to_string();
        assert!(text.contains("bad.json has 2 mistakes:\n  at account: "), "{text}");
    }

    #[test]
    fn the_committed_schema_is_the_generated_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/scenario.schema.json");
        let generated = serde_json::to_string_pretty(&Scenario::json_schema()).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == generated,
            "schemas/scenario.schema.json is out of date: run the tests with UPDATE_SCHEMAS=1"
        );
    }

    #[test]
    fn the_built_in_scenario_fits_the_schema() {
        let schema = serde_json::to_value(Scenario::json_schema()).unwrap();
        let instance: serde_json::Value = serde_json::from_str(Scenario::builtin_json()).unwrap();
        let errors: Vec<String> = jsonschema::validator_for(&schema)
            .unwrap()
            .iter_errors(&instance)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}
