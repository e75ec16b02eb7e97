//! The tables and documents of the contract, held against the code.

use std::{collections::BTreeSet, time::Duration};

use aws_dx_monitor::{
    domain::{Dimension, Event, Health, IncidentDocument, Kind, Reason, Timestamp},
    metrics::{PollFigures, own_data_points, subscriptions_missing, unreadable_event},
    organisation::{RosterFigures, data_points},
};

use super::{CONTRACT, INCIDENTS, Page, block};
use crate::deployment::stack::Stack;

const FUNCTION: &str = "src/guide/function.md";

/// The lowest level from which on an item of the kind is not in service any more, where that is worth an alarm: a proposal
/// carries nothing.
pub fn threshold(kind: Kind) -> Option<u8> {
    let up = kind.words().iter().filter(|word| word.health == Health::Up).map(|word| word.level).max().unwrap();
    (kind != Kind::GatewayAssociationProposal).then_some(up + 1)
}

/// The same in words.
fn alarm_from(kind: Kind) -> String {
    threshold(kind).map_or("none".to_owned(), |threshold| threshold.to_string())
}

#[test]
fn the_table_of_levels_is_that_of_the_code() {
    let mut table =
        "| kind | metric | dimensions | levels | alarm from |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for kind in Kind::ALL {
        let dimensions = match kind.dimension() {
            Dimension::Id(name) => format!("`{name}`"),
            Dimension::Pair(first, second) => format!("`{first}`, `{second}`"),
        };
        let words: Vec<String> = kind.words().iter().map(|word| format!("{} {}", word.word, word.level)).collect();
        table += &format!(
            "| `{kind}` | `{}` | {dimensions} | {} | {} |\n",
            kind.metric(),
            words.join(", "),
            alarm_from(kind)
        );
    }
    assert!(Page::read(CONTRACT).text.contains(&table), "the table of levels in {CONTRACT} should be:\n{table}");
}

#[test]
fn the_event_shown_is_one_that_the_program_makes() {
    let shown: serde_json::Value = serde_json::from_str(&block(CONTRACT, "The event", "json")).unwrap();
    let event: Event = serde_json::from_value(shown.clone()).unwrap();
    assert_eq!(serde_json::to_value(event).unwrap(), shown, "no key too many, none too few");
}

#[test]
fn the_incident_shown_is_one_that_the_program_makes() {
    let shown: serde_json::Value = serde_json::from_str(&block(INCIDENTS, "The document", "json")).unwrap();
    let document: IncidentDocument = serde_json::from_value(shown.clone()).unwrap();
    assert_eq!(serde_json::to_value(&document).unwrap(), shown, "no key too many, none too few");
}

#[test]
fn the_table_of_reasons_is_that_of_the_code() {
    let page = Page::read(INCIDENTS);
    let actions = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.strip_suffix("` |")?.split('|').collect();
        Some(format!("{} {}", cells[0].trim().trim_matches('`'), cells[2].trim().trim_matches('`')))
    });
    let wanted = Reason::ALL.iter().map(|reason| format!("{reason} {}", reason.action()));
    assert_eq!(actions.skip(1).collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
}

#[test]
fn the_suggested_thresholds_are_those_of_the_contract() {
    let thresholds: Vec<String> = Kind::ALL.map(|kind| format!("{kind} {}", alarm_from(kind))).into();
    insta::assert_snapshot!(thresholds.join("\n"), @"
    connection 5
    interconnect 4
    hosted-connection 5
    lag 4
    port-encryption 2
    virtual-interface 5
    bgp-peer 4
    bgp-routes 2
    virtual-gateway 3
    direct-connect-gateway 3
    gateway-attachment 3
    gateway-association 4
    gateway-association-proposal none
    resiliency-group 3
    ");
}

#[test]
fn the_settings_are_those_that_the_function_has() {
    let function = Stack::of(&[("PollRate", "rate(15 seconds)")]).properties("Function");
    let variables = function["Environment"]["Variables"].as_object().unwrap();
    let documented: BTreeSet<String> = Page::read(FUNCTION).first_column("Settings").into_iter().collect();
    assert_eq!(documented, variables.keys().cloned().collect());
}

#[test]
fn the_monitors_own_metrics_are_those_that_it_publishes() {
    let now = Timestamp::from_milliseconds(0);
    let occasional =
        PollFigures { first_message_delay: Some(Duration::ZERO), incidents_open: Some(0), ..PollFigures::default() };
    let mut points = own_data_points(&occasional, "Function", now);
    points.push(subscriptions_missing(0, "Function", now));
    points.push(unreadable_event("Function", now));
    let figures = RosterFigures { late: vec!["111122223333".to_owned()], ..RosterFigures::default() };
    points.extend(data_points(&figures, "Function", now));
    let published = points.iter().map(|point| point.metric.to_owned()).chain(["Dispatched".to_owned()]);
    let documented: BTreeSet<String> = Page::read(FUNCTION).first_column("Its own metrics").into_iter().collect();
    assert_eq!(documented, published.collect());
}

#[test]
fn the_version_of_rust_is_that_of_the_package() {
    let needed = format!("Rust {} or later", env!("CARGO_PKG_RUST_VERSION"));
    for path in ["README.md", "src/guide/deploy.md", "src/guide/tool.md"] {
        assert!(Page::read(path).text.contains(&needed), "{path} should say {needed:?}");
    }
}
