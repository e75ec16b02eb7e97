//! Which of the resiliency models that AWS publishes some paths amount to.

use std::collections::BTreeSet;

use super::path::ConfiguredPath;
use crate::domain::Model;

/// The model of these paths.
///
/// It counts what is independent, so that a further path never lowers it: two devices are two if no single device
/// takes all paths. A path of which AWS names no device, or no location, proves nothing, and is left out.
pub(super) fn model_of(paths: &[ConfiguredPath]) -> Model {
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
