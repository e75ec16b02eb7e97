//! Instructions instead of time: this program under callgrind, once with a piece of work and once with only what the work
//! needs. The difference is the work, and depends on nothing but code and compiler.

use std::process::Command;

use aws_dx_monitor::{
    diff::diff,
    domain::{Event, Timestamp},
    metrics::{self, MetricsMode},
};

use super::encoding::Encoding;
use super::estate::{Estate, ITEMS, rules};

/// The pieces of work, each with what it needs beforehand.
const WORKS: [(&str, &str, &str); 5] = [
    ("quiet", "quiet-diff", "diff of a quiet poll"),
    ("outage", "outage-diff", "diff of a mass outage"),
    ("outage-diff", "outage-events", "events of a mass outage"),
    ("quiet", "quiet-data", "data points of a poll"),
    ("quiet-data-clients", "quiet-encoded", "encoding of a poll: SDK, compression, signature"),
];

/// Does one piece of work, with all before it.
pub fn work(name: &str) {
    let estate = if name.starts_with("outage") { Estate::mass_outage() } else { Estate::quiet() };
    let Estate { recalled, snapshot } = &estate;
    match name {
        "quiet-diff" => assert!(diff(recalled, snapshot, &rules()).is_empty()),
        "outage-diff" => assert_eq!(diff(recalled, snapshot, &rules()).transitions.len(), ITEMS),
        "outage-events" => {
            let at = Timestamp::from_milliseconds(1_795_316_400_000);
            let transitions = diff(recalled, snapshot, &rules()).transitions;
            let events: Vec<Event> = transitions.iter().map(|transition| Event::of(transition, at)).collect();
            assert_eq!(events.len(), ITEMS);
        }
        "quiet-data" => assert_eq!(metrics::data_points(snapshot, None, MetricsMode::Items).len(), ITEMS),
        "quiet-data-clients" => {
            let data = metrics::data_points(snapshot, None, MetricsMode::Items);
            // One data point, so that clients, runtime and all that is made once are there.
            Encoding::new().encode(&data[..1]);
        }
        "quiet-encoded" => {
            let data = metrics::data_points(snapshot, None, MetricsMode::Items);
            let encoding = Encoding::new();
            encoding.encode(&data[..1]);
            encoding.encode(&data);
        }
        _ => {}
    }
}

/// Counts them all, and prints a table.
pub fn count() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("valgrind is not installed: instructions are not counted.");
        return;
    }
    println!("| {ITEMS} items | instructions | an item |\n| --- | --- | --- |");
    for (before, work, title) in WORKS {
        match (instructions(before), instructions(work)) {
            (Ok(before), Ok(all)) => {
                let work = all.saturating_sub(before);
                println!("| {title} | {work} | {} |", work / ITEMS as u64);
            }
            (Err(error), _) | (_, Err(error)) => println!("| {title} | not counted: {error} | |"),
        }
    }
}

fn instructions(work: &str) -> Result<u64, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(this)
        .args(["work", work])
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split("Collected : ").nth(1));
    collected
        .filter(|_| output.status.success())
        .and_then(|count| count.trim().parse().ok())
        .ok_or_else(|| said.lines().last().unwrap_or_default().to_owned())
}
