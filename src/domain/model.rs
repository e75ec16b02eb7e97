//! The resiliency models that AWS publishes.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A resiliency model, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// One device may take all paths.
    None,
    /// Two or more devices.
    Development,
    /// Two or more locations.
    High,
    /// Two or more locations, with two or more devices in each.
    Maximum,
}

impl Model {
    /// All of them, the least first.
    pub const ALL: [Model; 4] = [Model::None, Model::Development, Model::High, Model::Maximum];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Model::None => "none",
            Model::Development => "development",
            Model::High => "high",
            Model::Maximum => "maximum",
        }
    }

    /// The model next above.
    pub fn next(self) -> Option<Model> {
        Model::ALL.into_iter().find(|model| *model > self)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Model {
    type Err = String;

    fn from_str(text: &str) -> Result<Model, String> {
        let found = Model::ALL.into_iter().find(|model| model.as_str() == text);
        found.ok_or_else(|| format!("{text:?} is not a resiliency model; they are maximum, high, development, none"))
    }
}
