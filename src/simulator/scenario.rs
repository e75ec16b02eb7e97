//! A scenario: what there is, what happens to it, and what goes wrong. A JSON file, of which every field is described
//! by `schemas/scenario.schema.json`, generated from these types.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fault::Fault;
use super::inventory::Inventory;
use super::timeline::TimelineEntry;
use super::validation;

/// The largest page that Direct Connect gives, and its default.
pub const LARGEST_PAGE: u32 = 100;

const BUILTIN: &str = include_str!("builtin.json");

/// A simulated Direct Connect account and its story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "A scenario of the Direct Connect simulator")]
pub struct Scenario {
    /// Where an editor finds the schema of this file.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// What the scenario plays, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The calling account: 12 digits.
    #[schemars(regex(pattern = r"^[0-9]{12}$"))]
    pub account: String,
    /// Whether the account is a Direct Connect partner. Everyone else is refused interconnects and hosted connections.
    #[serde(default)]
    pub partner: bool,
    /// The largest page, whatever a call asks for: 1 to 100, default 100.
    #[schemars(range(min = 1, max = 100))]
    pub page_size: Option<u32>,
    /// What there is at the start.
    #[serde(default)]
    pub inventory: Inventory,
    /// What happens to it. Entries of the same moment happen in the order in which they are written.
    #[serde(default)]
    pub timeline: Vec<TimelineEntry>,
    /// What goes wrong.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

impl Default for Scenario {
    /// An account with nothing in it.
    fn default() -> Scenario {
        Scenario {
            schema: None,
            description: None,
            account: "123456789012".to_owned(),
            partner: false,
            page_size: None,
            inventory: Inventory::default(),
            timeline: Vec::new(),
            faults: Vec::new(),
        }
    }
}

impl Scenario {
    /// Reads a scenario from JSON and checks it.
    pub fn from_json(json: &str) -> Result<Scenario, ScenarioError> {
        let scenario: Scenario = serde_json::from_str(json).map_err(|error| ScenarioError::of_json(&error))?;
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
        // A test reads the very text that is compiled in.
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

    /// Items at most on a page.
    pub(super) fn page_limit(&self) -> usize {
        self.page_size.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE) as usize
    }
}

/// Why a scenario cannot be played: all of its mistakes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ScenarioError {
    /// The file, if the scenario came from one.
    pub file: Option<String>,
    /// What is wrong; never empty.
    pub mistakes: Vec<Mistake>,
}

/// One mistake in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where: line and column, or the path of the field. Empty for the file as a whole.
    pub place: String,
    /// What is wrong there, and what to do.
    pub text: String,
}

impl ScenarioError {
    fn of(mistake: Mistake) -> ScenarioError {
        ScenarioError { file: None, mistakes: vec![mistake] }
    }

    fn of_json(error: &serde_json::Error) -> ScenarioError {
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
}

impl std::fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the scenario")?;
        if let Some(file) = &self.file {
            write!(f, " {file}")?;
        }
        match self.mistakes.as_slice() {
            [only] if only.place.is_empty() => write!(f, " {}", only.text),
            [only] => write!(f, " has a mistake at {}: {}", only.place, only.text),
            mistakes => {
                write!(f, " has {} mistakes:", mistakes.len())?;
                mistakes.iter().try_for_each(|mistake| write!(f, "\n  at {}: {}", mistake.place, mistake.text))
            }
        }
    }
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
