//! `silence`: plans time in which messages about some items are held back.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{silence_add, silence_end, silence_list, store};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor silence add --id dxcon-fg5678gh --for 2h --reason \"router swap\"\n  \
    aws-dx-monitor silence list\n  \
    aws-dx-monitor silence end k7tq2\n\n\
    A silence holds back messages to people: what is opened, gets worse or is reminded of. What\n\
    happens is recorded all the same, programs get it on EventBridge, and the end of what was\n\
    announced is announced.\n\n";

/// Plan time in which messages about some items are held back
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::PLANNING_HELP].concat())]
pub struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(Box<silence_add::Options>),
    List(silence_list::Options),
    End(silence_end::Options),
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    match options.command {
        Command::Add(options) => silence_add::run(*options).await,
        Command::List(options) => silence_list::run(options).await,
        Command::End(options) => silence_end::run(options).await,
    }
}
