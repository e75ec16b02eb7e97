//! The documentation is true: what its pages say is held against the code, the template and the programs.
//!
//! - [`pages`]: their size and their links, on a Git host and in rustdoc;
//! - [`contract`]: tables of levels, settings and metrics, and the event that is shown;
//! - [`promises`]: the tests that hold them, and the map of the tests;
//! - [`runbook`]: every alarm has its section, and the commands run on a deployment;
//! - [`commands`]: every `aws-dx-monitor …` in a page is one;
//! - [`samples`]: what the demo prints is what the pages show of it.
//!
//! Event rules, filter policies, queries, costs and the other commands of the AWS CLI are tested in `deployment`; the
//! policies, where the calls are made that they must allow.

mod commands;
pub mod contract;
mod pages;
mod promises;
mod runbook;
mod samples;

use std::path::Path;

/// The page that says what programs can rely on.
pub const CONTRACT: &str = "schemas/README.md";
/// The page of the incident's document, messages and rules.
pub const INCIDENTS: &str = "schemas/incidents.md";
/// The page of event rules, filter policies and queries.
pub const RULES: &str = "schemas/rules-and-queries.md";

/// The root of the repository.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A page of documentation, in the order of its parts.
pub struct Page {
    /// Its path in the repository.
    pub path: String,
    /// Its text.
    pub text: String,
    parts: Vec<Part>,
}

/// A part of a page.
enum Part {
    /// A heading and its level, 1 being the title's.
    Heading(usize, String),
    /// A fenced block.
    Block { language: String, content: String },
    /// Any other line.
    Line(String),
}

impl Page {
    /// Reads a page.
    pub fn read(path: &str) -> Page {
        let text =
            std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut parts = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(language) = line.trim_start().strip_prefix("```") {
                let indent = line.len() - line.trim_start().len();
                let block = lines.by_ref().take_while(|line| line.trim_start() != "```");
                let content: Vec<&str> = block.map(|line| line.get(indent..).unwrap_or_default()).collect();
                parts.push(Part::Block { language: language.to_owned(), content: content.join("\n") });
            } else if line.starts_with('#') {
                let title = line.trim_start_matches('#');
                parts.push(Part::Heading(line.len() - title.len(), title.trim().to_owned()));
            } else {
                parts.push(Part::Line(line.to_owned()));
            }
        }
        Page { path: path.to_owned(), text, parts }
    }

    /// The headings, with their levels.
    fn headings(&self) -> impl Iterator<Item = (usize, &str)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Heading(level, title) => Some((*level, title.as_str())),
            _ => None,
        })
    }

    /// The fenced blocks of a language.
    pub fn blocks(&self, wanted: &str) -> impl Iterator<Item = &str> {
        blocks(&self.parts, wanted)
    }

    /// Everything outside of fenced blocks and headings.
    fn lines(&self) -> impl Iterator<Item = &str> {
        lines(&self.parts)
    }

    /// What stands under a heading, up to the next one that is as high.
    #[track_caller]
    fn section(&self, heading: &str) -> &[Part] {
        let found = self.parts.iter().position(|part| matches!(part, Part::Heading(_, title) if title == heading));
        let start = found.unwrap_or_else(|| panic!("{} has no heading {heading:?}", self.path));
        let Part::Heading(own, _) = self.parts[start] else { unreachable!("it is a heading") };
        let rest = &self.parts[start + 1..];
        let end = rest.iter().position(|part| matches!(part, Part::Heading(level, _) if *level <= own));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// The cells of the first column of the tables under a heading, without their backticks; a cell may hold several.
    #[track_caller]
    pub fn first_column(&self, heading: &str) -> Vec<String> {
        let rows = lines(self.section(heading)).filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
        rows.flat_map(|(cell, _)| cell.split("`, `")).map(str::to_owned).collect()
    }
}

fn blocks<'a>(parts: &'a [Part], wanted: &str) -> impl Iterator<Item = &'a str> {
    parts.iter().filter_map(move |part| match part {
        Part::Block { language, content } if language == wanted => Some(content.as_str()),
        _ => None,
    })
}

fn lines(parts: &[Part]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(|part| match part {
        Part::Line(line) => Some(line.as_str()),
        _ => None,
    })
}

/// The pieces of code in a line.
fn codes(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The first fenced block of a language under a heading of a page.
#[track_caller]
pub fn block(path: &str, heading: &str, language: &str) -> String {
    let page = Page::read(path);
    let found = blocks(page.section(heading), language).next().map(str::to_owned);
    found.unwrap_or_else(|| panic!("{path} has no block of {language} under {heading:?}"))
}

/// Every page that there is.
fn all() -> Vec<Page> {
    fn collect(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut paths = vec!["README.md".to_owned()];
    for folder in ["schemas", "src", "tests"] {
        collect(&Path::new(ROOT).join(folder), &mut paths);
    }
    assert!(paths.len() > 10, "the pages are where they are looked for");
    paths.sort();
    paths.iter().map(|path| Page::read(path)).collect()
}
