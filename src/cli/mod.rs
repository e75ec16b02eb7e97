//! The operator's tool, one file for each command.
//!
//! Command names, options and exit codes are contract: 0 for success, 1 when `status` finds something down or
//! `incidents --open` an outage or `accounts` one that is late, 2 for an error.

mod accounts;
mod acknowledge;
mod completions;
mod demo;
mod drill;
mod history;
mod history_forms;
mod incident_forms;
mod incident_story;
mod incidents;
mod man;
mod map;
pub mod member_role;
mod output;
mod progress;
mod redaction;
mod report;
mod report_cells;
mod report_destinations;
mod report_outages;
mod report_planned;
mod report_table;
mod resilience;
mod resilience_forms;
mod silence;
mod silence_add;
mod silence_end;
mod silence_forms;
mod silence_list;
mod simulate;
mod status;
mod store;
mod watch;
mod what_if;

use std::{io, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand};

use crate::terminal;

/// Watches AWS Direct Connect: every state as a metric, every change recorded and announced.
#[derive(Debug, Parser)]
#[command(
    name = "aws-dx-monitor",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  \
        aws-dx-monitor demo                              the whole pipeline, with no AWS account\n  \
        aws-dx-monitor watch --region eu-central-1       changes as they happen, with your AWS credentials\n  \
        aws-dx-monitor status --db dx-monitor-demo.db    what is up, and what is not\n  \
        aws-dx-monitor incidents --open                  what is the matter now, and since when\n  \
        aws-dx-monitor history --db dx-monitor-demo.db   what happened, and for how long\n  \
        aws-dx-monitor report --month 2026-10            availability and outages, with the evidence\n  \
        aws-dx-monitor resilience                        how much may fail before there is no path\n  \
        aws-dx-monitor silence add --id dxcon-… --for 2h planned work: hold its messages back\n  \
        aws-dx-monitor map --output html > map.html      the estate as a picture\n  \
        aws-dx-monitor drill --function NAME             check that e-mail, chat and rules work"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Options),
    Simulate(simulate::Options),
    Watch(watch::Options),
    Status(status::Options),
    Incidents(incidents::Options),
    History(history::Options),
    Report(report::Options),
    Resilience(resilience::Options),
    WhatIf(what_if::Options),
    Silence(silence::Options),
    Acknowledge(acknowledge::Options),
    Accounts(accounts::Options),
    Map(map::Options),
    Drill(drill::Options),
    MemberRole(member_role::Options),
    Completions(completions::Options),
    Man(man::Options),
}

/// Parses the command line, runs the command, and returns the exit code.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = runtime().and_then(|runtime| {
        runtime.block_on(async {
            match arguments.command {
                Command::Demo(options) => demo::run(options).await,
                Command::Simulate(options) => simulate::run(options).await,
                Command::Watch(options) => watch::run(options).await,
                Command::Status(options) => status::run(options).await,
                Command::Incidents(options) => incidents::run(options).await,
                Command::History(options) => history::run(options).await,
                Command::Report(options) => report::run(options).await,
                Command::Resilience(options) => resilience::run(options).await,
                Command::WhatIf(options) => what_if::run(options).await,
                Command::Silence(options) => silence::run(options).await,
                Command::Acknowledge(options) => acknowledge::run(options).await,
                Command::Accounts(options) => accounts::run(options).await,
                Command::Map(options) => map::run(options).await,
                Command::Drill(options) => drill::run(options).await,
                Command::MemberRole(options) => member_role::run(options).await,
                Command::Completions(options) => completions::run(&options, Arguments::command()),
                Command::Man(options) => man::run(&options, Arguments::command()),
            }
        })
    });
    match outcome {
        Ok(code) => code,
        // A reader that closes the pipe early (`| head`) is not an error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let error = crate::escape::terminal(&format!("{error:#}"));
            terminal::complain(&error);
            ExitCode::from(2)
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
