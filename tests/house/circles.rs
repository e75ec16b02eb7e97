//! No file of a room imports itself, directly or through others.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Source, sources};

/// The files, by the paths of their modules.
struct House {
    sources: BTreeMap<Vec<String>, Source>,
    /// What a module hands on under its own name: whose it is.
    handed_on: BTreeMap<(Vec<String>, String), Vec<String>>,
}

impl House {
    fn new() -> House {
        let sources: BTreeMap<Vec<String>, Source> = sources()
            .into_iter()
            .filter(|source| source.room != "bin")
            .map(|source| (source.module.clone(), source))
            .collect();
        let mut handed_on = BTreeMap::new();
        for (module, source) in &sources {
            for (path, _) in source.paths().into_iter().filter(|(_, is_public)| *is_public) {
                if let Some(name) = path.last().cloned() {
                    handed_on.insert((module.clone(), name), path);
                }
            }
        }
        House { sources, handed_on }
    }

    /// The module whose own the thing at `path` is, as `module` names it; none outside of this crate.
    fn owner(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        let (mut at, mut rest) = match path[0].as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" | "super" => (module.to_vec(), path),
            child if self.sources.contains_key(&[module, &[child.to_owned()]].concat()) => (module.to_vec(), path),
            _ => return None,
        };
        while let Some(first) = rest.first() {
            let child = [at.as_slice(), std::slice::from_ref(first)].concat();
            if first == "super" {
                at.pop();
            } else if self.sources.contains_key(&child) {
                at = child;
            } else if let Some(path) = self.handed_on.get(&(at.clone(), first.clone())) {
                return self.owner(&at, path);
            } else if first != "self" {
                break;
            }
            rest = &rest[1..];
        }
        Some(at)
    }

    /// Whose things of its own room a file uses. What it only hands on, it does not use.
    fn uses(&self, source: &Source) -> BTreeSet<Vec<String>> {
        let paths = source.paths().into_iter().filter(|(_, is_public)| !is_public);
        let owners = paths.filter_map(|(path, _)| self.owner(&source.module, &path));
        owners.filter(|owner| *owner != source.module && owner.first() == Some(&source.room)).collect()
    }
}

/// A way from `start` back to it, if there is one; the shortest.
fn circle(uses: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>, start: &Vec<String>) -> Option<Vec<Vec<String>>> {
    let mut ways = vec![vec![start.clone()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in &uses[&way[way.len() - 1]] {
                let way = [way.as_slice(), std::slice::from_ref(next)].concat();
                if next == start {
                    return Some(way);
                }
                if seen.insert(next.clone()) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let house = House::new();
    let uses: BTreeMap<_, _> =
        house.sources.iter().map(|(module, source)| (module.clone(), house.uses(source))).collect();
    let circles =
        uses.keys().filter_map(|module| circle(&uses, module)).filter(|way| way.iter().all(|on| *on >= way[0]));
    let found: Vec<String> =
        circles.map(|way| way.iter().map(|module| module.join("::")).collect::<Vec<_>>().join(" -> ")).collect();
    assert_eq!(found.join("\n"), "");
}

#[test]
fn a_circle_is_found_whichever_way_it_goes() {
    let module = |name: &str| vec![name.to_owned()];
    let uses: BTreeMap<_, BTreeSet<_>> =
        [("a", "b"), ("b", "c"), ("c", "b")].map(|(from, to)| (module(from), BTreeSet::from([module(to)]))).into();
    assert_eq!(circle(&uses, &module("a")), None, "it leads into a circle, and is on none");
    assert_eq!(circle(&uses, &module("b")), Some(vec![module("b"), module("c"), module("b")]));
}
