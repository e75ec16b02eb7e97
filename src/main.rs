//! The operator's tool: what was typed, what it means, and how it went.

use std::process::ExitCode;

fn main() -> ExitCode {
    aws_dx_monitor::cli::run()
}
