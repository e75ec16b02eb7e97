//! `man`: writes the manual pages.

use std::{
    fs,
    io::{Write, stdout},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use clap_mangen::Man;

/// Print the manual page, or write that of each command into a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws-dx-monitor man | man -l -\n  \
    aws-dx-monitor man ~/.local/share/man/man1")]
pub struct Options {
    /// The folder for the pages of all commands; it is made where it is not there
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Writes the manual of `command`.
pub fn run(options: &Options, command: clap::Command) -> anyhow::Result<ExitCode> {
    match &options.folder {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            clap_mangen::generate_to(command, folder)
                .with_context(|| format!("cannot write to {}", folder.display()))?;
        }
        None => {
            // Written at once: a closed pipe is then one error, which is none.
            let mut page = Vec::new();
            Man::new(command).render(&mut page)?;
            stdout().write_all(&page)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
