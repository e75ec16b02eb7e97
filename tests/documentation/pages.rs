//! The pages themselves: short, and linked so that a Git host and rustdoc both find the way.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

use super::{Page, Part, ROOT, all};

/// What may be on a page, in bytes: one reader reads it in one go.
fn limit(page: &Page) -> usize {
    if page.path == "README.md" { 12_000 } else { 14_000 }
}

#[test]
fn pages_are_short() {
    for page in all() {
        assert!(page.text.len() <= limit(&page), "{} has {} bytes: split it", page.path, page.text.len());
    }
}

#[test]
fn every_page_has_one_title_and_names_its_languages() {
    for page in all() {
        let titles: Vec<&str> = page.headings().filter(|(level, _)| *level == 1).map(|(_, title)| title).collect();
        assert_eq!(titles.len(), 1, "{}: {titles:?}", page.path);
        // rustdoc takes a block without a language for Rust, and runs it.
        let nameless =
            page.parts.iter().any(|part| matches!(part, Part::Block { language, .. } if language.is_empty()));
        assert!(!nameless, "{} has a block without a language", page.path);
    }
}

/// The links of a page.
struct Links {
    /// Targets that stand where they are used.
    inline: Vec<String>,
    /// Labels that are used.
    used: BTreeSet<String>,
    /// Labels that are defined, with their targets.
    defined: BTreeMap<String, String>,
}

impl Links {
    fn of(page: &Page) -> Links {
        let mut links = Links { inline: Vec::new(), used: BTreeSet::new(), defined: BTreeMap::new() };
        for line in page.lines() {
            if let Some((label, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
                links.defined.insert(label.to_owned(), target.to_owned());
                continue;
            }
            links.inline.extend(between(line, "](", ")").chain(between(line, "src=\"", "\"")).map(str::to_owned));
            links.used.extend(between(line, "][", "]").map(str::to_owned));
        }
        links
    }
}

/// What stands between two marks, wherever they are in a line.
fn between<'a>(line: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(open).filter_map(move |(start, _)| Some(line[start + open.len()..].split_once(close)?.0))
}

/// The path of a link's target, seen from the page: `..` resolved.
fn resolved(page: &str, target: &str) -> PathBuf {
    let mut path = Path::new(page).parent().unwrap().to_owned();
    for component in Path::new(target).components() {
        match component {
            Component::ParentDir => drop(path.pop()),
            other => path.push(other),
        }
    }
    path
}

/// What a heading is called in an address, on a Git host and in rustdoc.
fn anchor(title: &str) -> String {
    let kept = title.to_lowercase().replace(' ', "-");
    kept.chars().filter(|character| character.is_alphanumeric() || "-_".contains(*character)).collect()
}

fn assert_leads_somewhere(page: &Page, target: &str) {
    if target.starts_with("https://") {
        return;
    }
    let (file, wanted) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { PathBuf::from(&page.path) } else { resolved(&page.path, file) };
    assert!(Path::new(ROOT).join(&path).is_file(), "{}: there is no {target}", page.path);
    if !wanted.is_empty() {
        let there = Page::read(path.to_str().unwrap()).headings().any(|(_, title)| anchor(title) == wanted);
        assert!(there, "{}: no heading is called {target}", page.path);
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    for page in all() {
        let links = Links::of(&page);
        for target in links.inline.iter().chain(links.defined.values()) {
            assert_leads_somewhere(&page, target);
            count += 1;
        }
        assert_eq!(links.used, links.defined.into_keys().collect(), "{}: labels used and defined", page.path);
    }
    assert!(count > 80, "{count} links");
}

/// In rustdoc a page is a module, and its links are those that `src/guide/mod.rs` defines.
#[test]
fn rustdoc_has_every_page_and_its_links() {
    let source = std::fs::read_to_string(Path::new(ROOT).join("src/guide/mod.rs")).unwrap();
    let modules: BTreeMap<&str, PathBuf> = source
        .lines()
        .filter_map(|line| line.strip_prefix("page!(")?.strip_suffix("\");")?.split_once(", \""))
        .map(|(name, file)| (name, resolved("src/guide/mod.rs", file)))
        .collect();
    let labels: BTreeMap<&str, &str> =
        source.lines().filter_map(|line| line.trim_start().strip_prefix("/// [")?.split_once("]: crate::")).collect();
    for page in all().into_iter().filter(|page| page.path != "README.md") {
        assert!(modules.values().any(|path| *path == Path::new(&page.path)), "{} is no page of the guide", page.path);
        let links = Links::of(&page);
        for target in &links.inline {
            let works = target.starts_with('#') || target.starts_with("https://");
            assert!(works, "{}: {target} leads nowhere in rustdoc: give it a label", page.path);
        }
        for (label, target) in &links.defined {
            let item = labels.get(label.as_str());
            let item = item.unwrap_or_else(|| panic!("{}: rustdoc does not know [{label}]", page.path));
            if let Some(module) = item.strip_prefix("guide::") {
                assert_eq!(resolved(&page.path, target), modules[module], "{}: [{label}]", page.path);
            }
        }
    }
}
