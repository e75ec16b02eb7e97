//! `cargo bench`: builds what is measured and what measures it, as a release is built, and starts it with the arguments
//! it was given. `cargo bench -- --help` lists its arguments.
//!
//! Cargo builds benchmarks with panics that unwind, which a release's do not, and so would build AWS's SDK once more for
//! them. This is the one thing that it builds so.

// The tests' own: a benchmark needs Python too, and makes sure of it in the same way.
#[allow(dead_code)]
#[path = "../support/python.rs"]
mod python;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a directory in the target directory");
    let requirements = Path::new(PACKAGE).join("../requirements.txt");
    let python = target.join("python");
    let installing = thread::spawn(move || python::prepare(Path::new("python3"), &python, &requirements));
    // What measures and the tool at once, so that both processors have something to do to the end. Then the programs by
    // themselves, with the features of a release, whatever a benchmark may need besides: as long as it needs none, the
    // tool is built already. The function shares little with it, for it is deployed without the tool's features.
    let tool = ["--package", "aws-dx-monitor", "--bin", "aws-dx-monitor"];
    let function = ["--package", "aws-dx-monitor", "--bin", "lambda", "--no-default-features"];
    let measuring = ["--package", "aws-dx-monitor-bench", "--features", "aws-dx-monitor-bench/measuring"];
    let measuring_programs = ["--bin", "benchmark", "--bin", "empty-function"];
    build(target, &[&tool[..], &measuring[..], &measuring_programs[..]].concat());
    build(target, &tool);
    build(target, &function);
    if let Err(reason) = installing.join().expect("an installation does not panic") {
        eprintln!("{reason}");
        return ExitCode::FAILURE;
    }
    let benchmark = target.join("release/benchmark");
    let status = Command::new(&benchmark).args(arguments).status();
    match status.map(|status| status.success()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{} cannot be started: {error}", benchmark.display());
            ExitCode::FAILURE
        }
    }
}

fn build(target: &Path, what: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    let cargo = cargo.args(["build", "--release"]).args(what).arg("--target-dir").arg(target).current_dir(PACKAGE);
    let built = cargo.status().unwrap_or_else(|error| panic!("cargo cannot be started: {error}"));
    if !built.success() {
        std::process::exit(1);
    }
}
