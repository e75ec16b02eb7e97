//! `completions`: prints the completion script of a shell.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use clap::Args;
use clap_complete::{Shell, generate};

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    source <(aws-dx-monitor completions bash)\n  \
    aws-dx-monitor completions zsh > ~/.zfunc/_aws-dx-monitor\n  \
    aws-dx-monitor completions fish > ~/.config/fish/completions/aws-dx-monitor.fish")]
pub struct Options {
    /// The shell
    shell: Shell,
}

/// Prints the completion script for `command`.
pub fn run(options: &Options, mut command: clap::Command) -> anyhow::Result<ExitCode> {
    // The generator panics when it cannot write, for example to a closed pipe. So it writes to memory.
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    generate(options.shell, &mut command, name, &mut script);
    stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
