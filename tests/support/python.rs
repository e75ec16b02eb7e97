//! The Python tools that the tests need beyond cargo: moto, the AWS CLI, cfn-lint.
//!
//! A clean clone has to pass with `cargo test` alone, so the tests fetch these themselves, as `tests/requirements.txt`
//! pins them, into a virtual environment under cargo's target directory. A test that needs a tool never skips for want
//! of it: where the installation fails, it fails, with one sentence on what to do.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The path of a program of the virtual environment (`aws`, `cfn-lint`, `python3`, …), which is created on first use.
pub fn tool(name: &str) -> PathBuf {
    // A failure is remembered too: every test reports it, and none waits for the same network again.
    static ENVIRONMENT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let programs = ENVIRONMENT
        .get_or_init(|| {
            let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
                .parent()
                .expect("cargo's directory for tests lies in its target directory");
            prepare(
                Path::new("python3"),
                &target.join("python"),
                Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/requirements.txt")),
            )
        })
        .as_ref()
        .unwrap_or_else(|reason| panic!("{reason}"));
    let program = programs.join(name);
    assert!(
        program.exists(),
        "The tests need the program `{name}`, which nothing in tests/requirements.txt installs: add its package there."
    );
    program
}

/// Makes sure that the virtual environment at `directory` is complete, and returns where its programs are.
///
/// `python` creates it. A lock beside it keeps concurrent test processes apart.
pub fn prepare(python: &Path, directory: &Path, requirements: &Path) -> Result<PathBuf, String> {
    let needed = format!("The tests need a Python virtual environment with the packages of {}", requirements.display());
    let file_failure = |path: &Path, error: std::io::Error| {
        format!(
            "{needed}, but {} cannot be used ({error}): make it readable and writable, and run the tests again.",
            path.display()
        )
    };

    // Programs in a virtual environment name their interpreter by its absolute path: one that was copied from elsewhere,
    // along with the whole target directory, is as good as none.
    let wanted = fs::read_to_string(requirements).map_err(|error| file_failure(requirements, error))?;
    let wanted = format!("{}\n{wanted}", directory.display());
    let programs = directory.join("bin");
    let mark = directory.join("complete");

    let lock_path = directory.with_extension("lock");
    let lock = File::create(&lock_path).map_err(|error| file_failure(&lock_path, error))?;
    lock.lock().map_err(|error| file_failure(&lock_path, error))?;

    // The link to an interpreter that has since been removed does not exist for `exists`.
    if programs.join("python3").exists() && fs::read_to_string(&mark).is_ok_and(|made_from| made_from == wanted) {
        return Ok(programs);
    }
    if directory.exists() {
        fs::remove_dir_all(directory).map_err(|error| file_failure(directory, error))?;
    }
    run(Command::new(python).args(["-m", "venv"]).arg(directory)).map_err(|reason| {
        format!(
            "{needed}, but `{} -m venv` failed ({reason}): install Python 3.10 or newer with its venv module, and run the tests again.",
            python.display()
        )
    })?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(programs.join("python3")).args(pip).arg(requirements))
        .map_err(|reason| format!("{needed}, but `pip install` failed ({reason}): give pip a package index that it can reach, and run the tests again."))?;
    // Last of all: an installation that was interrupted has no mark and is made anew.
    fs::write(&mark, wanted).map_err(|error| file_failure(&mark, error))?;
    Ok(programs)
}

/// Runs a command to its end. A failure has the last line that it wrote, where Python and pip put the reason.
pub fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let last_line = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    Err(last_line.map_or_else(|| output.status.to_string(), str::to_owned))
}
