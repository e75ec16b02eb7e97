//! The resiliency models that AWS publishes, and which of them some paths amount to.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::path::ConfiguredPath;

/// A resiliency model, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

    /// The model of these paths.
    ///
    /// It counts what is independent, so that a further path never lowers it: two devices are two if no single device
    /// takes all paths. A path of which AWS names no device, or no location, proves nothing, and is left out.
    pub fn of(paths: &[ConfiguredPath]) -> Model {
        if locations_with_two_devices(paths).len() >= 2 {
            Model::Maximum
        } else if is_independent(paths, |path| &path.locations) {
            Model::High
        } else if is_independent(paths, |path| &path.devices) {
            Model::Development
        } else {
            Model::None
        }
    }
}

/// The locations in which no single device takes all paths.
pub(super) fn locations_with_two_devices(paths: &[ConfiguredPath]) -> BTreeSet<&str> {
    let locations = paths.iter().flat_map(|path| &path.locations).map(String::as_str).collect::<BTreeSet<_>>();
    let has_two = |location: &&str| {
        let here = paths.iter().filter(|path| path.locations.contains(*location));
        let here: Vec<&BTreeSet<String>> = here.map(|path| &path.devices).filter(|named| !named.is_empty()).collect();
        !here.is_empty() && shared(&here).is_none()
    };
    locations.into_iter().filter(has_two).collect()
}

/// Whether nothing single is named by all paths that name anything.
fn is_independent(paths: &[ConfiguredPath], names: impl Fn(&ConfiguredPath) -> &BTreeSet<String>) -> bool {
    let named: Vec<&BTreeSet<String>> = paths.iter().map(names).filter(|named| !named.is_empty()).collect();
    !named.is_empty() && shared(&named).is_none()
}

/// A name that is in all of the sets.
pub(super) fn shared<'a>(sets: &[&'a BTreeSet<String>]) -> Option<&'a str> {
    let (first, rest) = sets.split_first()?;
    first.iter().find(|name| rest.iter().all(|set| set.contains(*name))).map(String::as_str)
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
