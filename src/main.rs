//! The operator's tool.

use std::process::ExitCode;

fn main() -> ExitCode {
    aws_dx_monitor::cli::run()
}
