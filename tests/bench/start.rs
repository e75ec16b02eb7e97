//! `cargo bench`: builds what is measured and what measures it, as a release is built, and starts it with the arguments it
//! was given. `cargo bench -- --help` says what it can be told.
//!
//! Cargo builds benchmarks with panics that unwind, which the function's do not, and so would build AWS's SDK once for
//! them and once for the function. This is the one thing that it builds so.

// The tests' own: a benchmark needs Python too, and makes sure of it in the same way.
#[allow(dead_code)]
#[path = "../support/python.rs"]
mod python;

use std::path::{Path, PathBuf};
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
    // The program first and by itself: its features are those of a release, whatever a benchmark may need.
    build(target, &["--package", "aws-dx-monitor", "--bins"]);
    build(target, &["--package", "aws-dx-monitor-bench", "--bins", "--features", "measuring"]);
    if let Err(reason) = installing.join().expect("an installation does not panic") {
        eprintln!("{reason}");
        return ExitCode::FAILURE;
    }
    let benchmark: PathBuf = target.join("release").join("benchmark");
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
