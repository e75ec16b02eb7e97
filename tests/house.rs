//! The house rules, read from the sources: who may import whom, who may print, who may read the environment.

use std::path::{Path, PathBuf};

/// Rooms from the top down; a room may use those below it, never one beside or above it.
const FLOORS: [&[&str]; 10] = [
    &["main", "bin", "guide"],
    &["cli"],
    &["watch"],
    &["config"],
    &["aws", "local", "simulator", "terminal"],
    &["function", "drill"],
    &["monitor", "query"],
    &["diff", "report"],
    &["ports"],
    &["announcement", "metrics", "words", "calendar", "escape", "domain"],
];

/// What the ground floor may use of itself.
const GROUND: [(&str, &[&str]); 6] = [
    ("announcement", &["domain", "escape", "words"]),
    ("metrics", &["domain"]),
    ("words", &["domain", "escape"]),
    ("calendar", &["domain"]),
    ("escape", &[]),
    ("domain", &[]),
];

struct Source {
    path: PathBuf,
    room: String,
    /// The code without comments, strings and unit tests.
    code: String,
}

fn sources() -> Vec<Source> {
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
                let first = inside.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
                let is_test = inside.with_extension("").components().any(|part| part.as_os_str() == "tests");
                if !is_test {
                    let text = std::fs::read_to_string(&path).unwrap();
                    found.push(Source { path: inside.to_owned(), room: first, code: code_of(&text) });
                }
            }
        }
    }
    assert!(found.len() > 20, "the sources are where they are looked for");
    found
}

/// The code of a file: comments go, and everything from its unit tests on.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms that a source imports: `crate::x` and the names in `use crate::{x::…, y::…}`.
fn imports(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (start, _) in code.match_indices("crate::") {
        let rest = &code[start + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            let mut fresh = true;
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => fresh = true,
                    _ if depth == 0 && fresh && (character.is_alphanumeric() || character == '_') => {
                        word.push(character);
                        continue;
                    }
                    _ => {}
                }
                if !word.is_empty() {
                    rooms.push(std::mem::take(&mut word));
                    fresh = false;
                }
            }
            if !word.is_empty() {
                rooms.push(word);
            }
        } else {
            rooms.push(rest.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect());
        }
    }
    rooms
}

fn offences(rule: impl Fn(&Source) -> Vec<String>) -> String {
    let mut found: Vec<String> = sources()
        .iter()
        .flat_map(|source| rule(source).into_iter().map(|offence| format!("{}: {offence}", source.path.display())))
        .collect();
    found.sort();
    found.join("\n")
}

fn mentions(source: &Source, words: &[&str]) -> Vec<String> {
    words.iter().filter(|word| source.code.contains(**word)).map(|word| format!("names {word}")).collect()
}

#[test]
fn imports_are_found_in_every_form() {
    let code = "use crate::{\n    aws::{self, CallLimits},\n    domain::{Kind, Scope},\n    ports,\n};\nlet x = crate::escape::line(y);";
    assert_eq!(imports(code), ["aws", "domain", "ports", "escape"]);
    assert_eq!(code_of("a // crate::cli\nb\n#[cfg(test)]\nmod tests {\ncrate::cli"), "a \nb");
}

#[test]
fn every_room_has_its_floor() {
    let unknown = offences(|source| {
        let known = source.room == "lib" || floor(&source.room).is_some();
        if known { Vec::new() } else { vec![format!("the room {} is on no floor", source.room)] }
    });
    assert_eq!(unknown, "");
}

#[test]
fn arrows_of_import_point_downwards() {
    let upward = offences(|source| {
        let Some(own) = floor(&source.room) else { return Vec::new() };
        imports(&source.code)
            .into_iter()
            .filter(|room| *room != source.room)
            .filter(|room| {
                let Some(other) = floor(room) else { return false };
                let ground = GROUND.iter().find(|(name, _)| *name == source.room);
                let allowed_on_ground = ground.is_some_and(|(_, allowed)| allowed.contains(&room.as_str()));
                other <= own && !allowed_on_ground
            })
            .map(|room| format!("imports {room}"))
            .collect()
    });
    assert_eq!(upward, "");
}

#[test]
fn only_the_aws_room_names_the_sdk() {
    assert_eq!(
        offences(|source| match source.room.as_str() {
            "aws" => Vec::new(),
            _ => mentions(source, &["aws_sdk_", "aws_smithy_", "aws_config"]),
        }),
        ""
    );
}

#[test]
fn every_client_of_aws_has_limits() {
    assert_eq!(
        offences(|source| match source.code.contains(".limited(") {
            true => mentions(source, &[" Client::new("]),
            false => mentions(source, &[" Client::new(", "Client::from_conf("]),
        }),
        ""
    );
}

#[test]
fn only_the_tool_and_the_mains_print() {
    assert_eq!(
        offences(|source| match source.room.as_str() {
            "cli" | "watch" | "terminal" | "main" | "bin" => Vec::new(),
            _ => mentions(source, &["println!", "print!(", "eprintln!", "dbg!(", "stdout()", "stderr()"]),
        }),
        ""
    );
}

#[test]
fn only_the_configuration_reads_the_environment() {
    assert_eq!(
        offences(|source| match source.room.as_str() {
            "config" | "main" | "bin" => Vec::new(),
            _ => mentions(source, &["env::var", "env::vars", "var_os"]),
        }),
        ""
    );
}

#[test]
fn below_the_mains_time_is_an_argument() {
    assert_eq!(
        offences(|source| match source.room.as_str() {
            // The real clock is defined in ports; the adapters at the edge measure their own waiting.
            "cli" | "watch" | "main" | "bin" | "ports" => Vec::new(),
            "simulator" | "aws" => mentions(source, &["Utc::now", "SystemTime::now"]),
            _ => mentions(source, &["Utc::now", "SystemTime::now", "Instant::now", "tokio::time"]),
        }),
        ""
    );
}

#[test]
fn the_pure_rooms_hold_no_async() {
    assert_eq!(
        offences(|source| match source.room.as_str() {
            "domain" | "diff" | "metrics" | "announcement" | "words" | "calendar" | "escape" | "report" => {
                mentions(source, &["async ", ".await", "tokio", "std::fs", "std::net"])
            }
            _ => Vec::new(),
        }),
        ""
    );
}

#[test]
fn the_pipeline_spawns_nothing() {
    assert_eq!(
        offences(|source| match source.room.as_str() {
            "monitor" => mentions(source, &["spawn", "std::thread"]),
            _ => Vec::new(),
        }),
        ""
    );
}
