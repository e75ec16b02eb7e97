//! The operator's tool as a process: what it prints, and how it ends.

mod demo;
mod drill;
mod history;
mod map;
mod reading;
mod redaction;
mod resilience;
mod simulate;
mod status;

use std::{
    path::{Path, PathBuf},
    process::Output,
    sync::OnceLock,
};

use assert_cmd::Command;

/// The tool, in a directory of its own and with nothing of this machine's environment.
fn tool(directory: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("aws-dx-monitor"));
    command.env_clear().current_dir(directory).timeout(std::time::Duration::from_secs(60));
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs the tool on the demo's database.
fn ask(arguments: &[&str]) -> Output {
    let demo = Demo::played();
    tool(demo.directory.path()).args(arguments).args(["--db", "dx-monitor-demo.db"]).output().unwrap()
}

/// What `ask` prints, when all is well.
pub fn answer(arguments: &[&str]) -> String {
    let output = ask(arguments);
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    text(&output.stdout)
}

/// The demo, played once for all tests.
struct Demo {
    directory: tempfile::TempDir,
    output: Output,
}

impl Demo {
    fn played() -> &'static Demo {
        static DEMO: OnceLock<Demo> = OnceLock::new();
        DEMO.get_or_init(|| {
            let directory = tempfile::tempdir().unwrap();
            let output = tool(directory.path()).arg("demo").output().unwrap();
            Demo { directory, output }
        })
    }

    fn database(&self) -> PathBuf {
        self.directory.path().join("dx-monitor-demo.db")
    }
}
