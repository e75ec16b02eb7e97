//! The sources, read without comments and unit tests; and the paths that they name.

use std::path::{Path, PathBuf};

/// A source file.
pub struct Source {
    /// Below `src`.
    pub path: PathBuf,
    /// The first part of its module's path; `lib` for the crate's own.
    pub room: String,
    /// Its module's path, such as `watch::view::board`.
    pub module: Vec<String>,
    /// The code without comments and unit tests.
    pub code: String,
}

/// All of them but the unit tests' own files.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                if !inside.with_extension("").components().any(|part| part.as_os_str() == "tests") {
                    found.push(Source::new(inside, &std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    assert!(found.len() > 20, "the sources are where they are looked for");
    found
}

impl Source {
    fn new(path: &Path, text: &str) -> Source {
        let parts = path.with_extension("");
        let mut module: Vec<String> = parts.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let room = module[0].clone();
        if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
            module.pop();
        }
        Source { path: path.to_owned(), room, module, code: code_of(text) }
    }

    /// The paths that its code names, `use` declarations written out; each says whether it is handed on (`pub use`).
    pub fn paths(&self) -> Vec<(Vec<String>, bool)> {
        let mut paths = Vec::new();
        let mut rest = String::new();
        let mut code = self.code.as_str();
        while let Some((before, declaration, after)) = next_use(code) {
            let is_public = before.rsplit('\n').next().is_some_and(|line| line.trim().starts_with("pub"));
            rest.push_str(before);
            paths.extend(expanded(declaration).into_iter().map(|path| (path, is_public)));
            code = after;
        }
        rest.push_str(code);
        paths.extend(inline(&rest).into_iter().map(|path| (path, false)));
        paths
    }
}

/// The code of a file: comments go, and everything from its unit tests on.
fn code_of(text: &str) -> String {
    let tests = text.match_indices("#[cfg(test)]\n").find(|(at, attribute)| {
        let item = &text[at + attribute.len()..];
        item.split(';').next().is_some_and(|item| item.contains("mod ") && item.contains('{'))
    });
    let code = &text[..tests.map_or(text.len(), |(at, _)| at)];
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// What stands before the next `use`, its tree, and what comes after.
fn next_use(code: &str) -> Option<(&str, &str, &str)> {
    let begins = |at: usize| {
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim();
        line.is_empty() || line == "pub" || line.starts_with("pub(") && line.ends_with(')')
    };
    let (at, word) = code.match_indices("use ").find(|(at, _)| begins(*at))?;
    let (tree, after) = code[at + word.len()..].split_once(';')?;
    Some((&code[..at], tree, after))
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn expanded(tree: &str) -> Vec<Vec<String>> {
    let segments = |text: &str| -> Vec<String> {
        let path = text.split(" as ").next().unwrap_or_default();
        path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let Some((prefix, group)) = tree.split_once('{') else { return vec![segments(tree)] };
    let group = group.rsplit_once('}').map_or(group, |(inside, _)| inside);
    let prefix = segments(prefix);
    let branches = branches(group);
    branches
        .iter()
        .flat_map(|branch| expanded(branch))
        .map(|path| if path == ["self"] { prefix.clone() } else { [prefix.clone(), path].concat() })
        .collect()
}

/// The parts of a group between the commas that are its own.
fn branches(group: &str) -> Vec<String> {
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(String::new());
                continue;
            }
            _ => {}
        }
        branches.last_mut().unwrap().push(character);
    }
    branches.retain(|branch| !branch.trim().is_empty());
    branches
}

/// The paths of more than one segment that code names outside of declarations.
fn inline(code: &str) -> Vec<Vec<String>> {
    let is_of_path = |character: char| character.is_alphanumeric() || character == '_' || character == ':';
    code.split(|character| !is_of_path(character))
        .filter(|word| word.contains("::"))
        .map(|word| word.split("::").map(str::to_owned).filter(|part| !part.is_empty()).collect::<Vec<String>>())
        .filter(|path| path.len() > 1)
        .collect()
}

#[test]
fn paths_are_found_in_every_form() {
    let text = "pub use retry::Limits;\nuse crate::{\n    aws::{self, CallLimits},\n    domain::Kind as K,\n};\n\
                let x = super::escape::line(y); // crate::cli\n#[cfg(test)]\npub(super) mod tests {\ncrate::cli";
    let source = Source::new(Path::new("watch/view/mod.rs"), text);
    let paths: Vec<String> = source
        .paths()
        .iter()
        .map(|(path, public)| format!("{}{}", path.join("::"), if *public { " pub" } else { "" }))
        .collect();
    assert_eq!(
        paths,
        ["retry::Limits pub", "crate::aws", "crate::aws::CallLimits", "crate::domain::Kind", "super::escape::line"]
    );
    assert_eq!((source.room.as_str(), source.module.join("::").as_str()), ("watch", "watch::view"));
}
