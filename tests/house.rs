//! The house rules, read from the sources: who may import whom, who may print, who may read the environment.

mod circles;
mod sizes;
mod sources;

use self::sources::{Source, sources};

/// Rooms from the top down; a room may use those below it, never one beside or above it.
const FLOORS: [&[&str]; 13] = [
    &["main", "bin", "guide"],
    &["cli"],
    &["watch"],
    &["config"],
    &["aws", "local", "simulator", "terminal"],
    &["function", "drill", "pages"],
    &["status_page"],
    &["monitor", "query"],
    &["map"],
    &["report", "resilience", "routes", "redaction"],
    &["diff", "incident", "organisation"],
    &["ports"],
    &["announcement", "metrics", "words", "calendar", "escape", "prefixes", "domain"],
];

/// What the ground floor may use of itself.
const GROUND: [(&str, &[&str]); 7] = [
    ("announcement", &["domain", "escape", "words"]),
    ("metrics", &["domain"]),
    ("words", &["domain", "escape"]),
    ("calendar", &["domain"]),
    ("escape", &[]),
    ("prefixes", &[]),
    ("domain", &["prefixes"]),
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms that a source imports from.
fn imports(source: &Source) -> Vec<String> {
    let paths = source.paths().into_iter();
    paths.filter(|(path, _)| path[0] == "crate").filter_map(|(path, _)| path.get(1).cloned()).collect()
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
fn every_room_has_its_floor() {
    let unknown = offences(|source| {
        let known = source.room == "lib" || floor(&source.room).is_some();
        if known { Vec::new() } else { vec![format!("the room {} is on no floor", source.room)] }
    });
    assert_eq!(unknown, "");
}

#[test]
fn the_table_of_rooms_is_that_of_the_floors() {
    let lib = include_str!("../src/lib.rs");
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | [`")).filter(|row| row.contains(" | "));
    let table: Vec<Vec<&str>> = rows
        .map(|row| row.split(" | ").next().unwrap().split("[`"))
        .map(|rooms| rooms.map(|room| room.split('`').next().unwrap()).collect())
        .collect();
    // The mains are no rooms of the library.
    let is_in_the_library = |room: &&str| !["main", "bin"].contains(room);
    let floors: Vec<Vec<&str>> =
        FLOORS.iter().map(|rooms| rooms.iter().copied().filter(is_in_the_library).collect()).collect();
    assert_eq!(table, floors, "lib.rs and this file describe the same house");
}

#[test]
fn arrows_of_import_point_downwards() {
    let upward = offences(|source| {
        let Some(own) = floor(&source.room) else { return Vec::new() };
        imports(source)
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
            "domain" | "prefixes" | "diff" | "metrics" | "announcement" | "words" | "calendar" | "escape"
            | "report" | "map" | "resilience" | "routes" | "redaction" => {
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
