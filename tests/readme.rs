//! The README is true: its tables and documents are held against the code.

use aws_dx_monitor::domain::{Dimension, Event, Health, Kind};

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// The content of the first fenced block of `language` behind `heading`.
pub fn block(heading: &str, language: &str) -> String {
    let readme = readme();
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, block) = section.split_once(&format!("```{language}\n")).unwrap();
    block.split("\n```").next().unwrap().to_owned()
}

/// The lowest level of those from which on a kind is not in service.
fn threshold(kind: Kind) -> u8 {
    let up = kind.words().iter().filter(|word| word.health == Health::Up).map(|word| word.level).max().unwrap();
    up + 1
}

#[test]
fn the_table_of_levels_is_that_of_the_code() {
    let mut table =
        "| kind | metric | dimensions | levels | alarm from |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for kind in Kind::ALL {
        let dimensions = match kind.dimension() {
            Dimension::Id(name) => format!("`{name}`"),
            Dimension::GatewayAndVirtualInterface => "`DirectConnectGatewayId`, `VirtualInterfaceId`".to_owned(),
        };
        let words: Vec<String> = kind.words().iter().map(|word| format!("{} {}", word.word, word.level)).collect();
        table += &format!(
            "| `{kind}` | `{}` | {dimensions} | {} | {} |\n",
            kind.metric(),
            words.join(", "),
            threshold(kind)
        );
    }
    assert!(readme().contains(&table), "the README's table of levels should be:\n{table}");
}

#[test]
fn the_event_shown_is_one_that_the_program_makes() {
    let shown: serde_json::Value = serde_json::from_str(&block("The event", "json")).unwrap();
    let event: Event = serde_json::from_value(shown.clone()).unwrap();
    assert_eq!(serde_json::to_value(event).unwrap(), shown, "no key too many, none too few");
}

#[test]
fn the_suggested_thresholds_are_those_of_the_contract() {
    let thresholds: Vec<String> = Kind::ALL.map(|kind| format!("{kind} {}", threshold(kind))).into();
    insta::assert_snapshot!(thresholds.join("\n"), @"
    connection 5
    interconnect 4
    hosted-connection 5
    lag 4
    virtual-interface 5
    bgp-peer 4
    virtual-gateway 3
    direct-connect-gateway 3
    gateway-attachment 3
    gateway-association 4
    ");
}
