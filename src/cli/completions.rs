//! `completions`: what a shell needs to complete this program's commands and options.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use clap::Args;
use clap_complete::{Shell, generate};

/// Print what a shell needs to complete commands and options
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    source <(aws-dx-monitor completions bash)\n  \
    aws-dx-monitor completions zsh > ~/.zfunc/_aws-dx-monitor\n  \
    aws-dx-monitor completions fish > ~/.config/fish/completions/aws-dx-monitor.fish")]
pub struct Options {
    /// The shell
    shell: Shell,
}

/// Prints what completes `command`.
pub fn run(options: &Options, mut command: clap::Command) -> anyhow::Result<ExitCode> {
    // Into memory first: the generator panics where it cannot write, as in a pipe that was closed.
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    generate(options.shell, &mut command, name, &mut script);
    stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
