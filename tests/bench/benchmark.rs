//! The benchmarks: how soon a poll is through and what it costs, how soon readers have their answer, and the pure core by
//! itself. All of it measures the programs as they are released, and prints Markdown.

mod core;
mod poll;
mod reading;

// The tests' own, with checks that no benchmark runs.
#[allow(dead_code, unused_imports)]
#[path = "../support"]
mod support {
    pub mod http;
    pub mod limits;
    pub mod proxy {
        pub mod call;
    }
    pub mod recorder;
    pub mod runtime_api;
    pub mod sdk;
}

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measures the program: the named part, or everything
#[derive(Parser)]
#[command(name = "cargo bench --")]
struct Options {
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// Whole polls of the function, beside the predecessor's
    Poll {
        /// The accounts, by their number of items; all, if none is named, but the large ones without the predecessor
        #[arg(value_parser = poll::account)]
        accounts: Vec<poll::Size>,
        /// Without the predecessor, which takes its time
        #[arg(long)]
        alone: bool,
    },
    /// Quiet polls and an outage, on the share of a processor that is deployed and with DynamoDB's capacity
    Outage {
        /// The account, by its number of items, all of which go down
        #[arg(value_parser = poll::account, default_value = "1000")]
        account: poll::Size,
    },
    /// The pure core, in time and, with valgrind, in instructions
    Core,
    /// The reading commands on a large store
    Reading {
        /// How many items
        #[arg(default_value_t = reading::ITEMS)]
        items: usize,
        /// How many transitions of theirs
        #[arg(default_value_t = reading::TRANSITIONS)]
        transitions: usize,
    },
    /// Does one piece of work of the core once, for valgrind to count
    #[command(hide = true)]
    Work { name: String },
}

fn main() {
    match Options::parse().part {
        Some(part) => part.run(),
        None => {
            Part::Poll { accounts: Vec::new(), alone: false }.run();
            Part::Outage { account: poll::Size::Customer(1_000) }.run();
            Part::Core.run();
            Part::Reading { items: reading::ITEMS, transitions: reading::TRANSITIONS }.run();
        }
    }
}

impl Part {
    fn run(self) {
        match self {
            Part::Poll { accounts, alone } => poll::measure(&accounts, alone),
            Part::Outage { account } => poll::measure_outage(account),
            Part::Core => core::measure(),
            Part::Reading { items, transitions } => reading::measure(items, transitions),
            Part::Work { name } => core::work(&name),
        }
    }
}

/// A program that was built beside this one.
fn built(program: &str) -> PathBuf {
    target_directory().join("release").join(program)
}

/// Cargo's target directory, in which this program was built.
fn target_directory() -> PathBuf {
    let this = std::env::current_exe().expect("a program knows where it is");
    this.ancestors().nth(2).expect("it was built in a directory of the target directory").to_owned()
}
