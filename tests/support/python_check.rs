//! The Python tools are installed once, and a failure is one sentence.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::python::{prepare, run, tool};

/// A stand-in for Python: `-m venv` links itself into the new environment; `-m pip` does what the file `pip` beside it
/// says. It notes each call.
const PYTHON: &str = r#"#!/bin/sh
home=$(dirname "$(readlink -f "$0")")
echo "$2" >> "$home/calls"
case "$2" in
    venv) mkdir -p "$3/bin" && ln -s "$(readlink -f "$0")" "$3/bin/python3" ;;
    pip) . "$home/pip" ;;
esac
"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        // Another program makes the copy: a file that this process has open for writing, a child forked meanwhile by
        // another test still holds, and so it could not be executed yet.
        fs::write(desk.at("script"), PYTHON).unwrap();
        run(Command::new("install").args(["-m", "755"]).args([desk.at("script"), desk.at("python")])).unwrap();
        fs::write(desk.at("pip"), "exit 0").unwrap();
        fs::write(desk.at("requirements.txt"), "moto==1").unwrap();
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn prepare(&self) -> Result<PathBuf, String> {
        prepare(&self.at("python"), &self.at("environment"), &self.at("requirements.txt"))
    }

    fn calls(&self) -> String {
        fs::read_to_string(self.at("calls")).unwrap_or_default().replace('\n', " ")
    }
}

#[test]
fn an_environment_is_made_once_and_again_when_the_requirements_change() {
    let desk = Desk::new();
    assert_eq!(desk.prepare().unwrap(), desk.at("environment/bin"));
    desk.prepare().unwrap();
    assert_eq!(desk.calls(), "venv pip ");
    fs::write(desk.at("requirements.txt"), "moto==2").unwrap();
    desk.prepare().unwrap();
    assert_eq!(desk.calls(), "venv pip venv pip ");
}

#[test]
fn a_failed_installation_gives_its_reason_in_one_sentence_and_is_tried_again() {
    let desk = Desk::new();
    fs::write(desk.at("pip"), "echo 'ERROR: no route to the index' >&2; exit 1").unwrap();
    let reason = desk.prepare().unwrap_err();
    assert!(
        reason.contains("`pip install` failed (ERROR: no route to the index): give pip a package index"),
        "{reason}"
    );
    assert_eq!(reason.lines().count(), 1);
    fs::write(desk.at("pip"), "exit 0").unwrap();
    desk.prepare().unwrap();
    assert_eq!(desk.calls(), "venv pip venv pip ");
}

#[test]
fn without_python_the_error_is_to_install_it() {
    let desk = Desk::new();
    fs::remove_file(desk.at("python")).unwrap();
    let reason = desk.prepare().unwrap_err();
    assert!(reason.contains("install Python 3.10 or newer"), "{reason}");
}

#[test]
fn an_environment_copied_from_another_place_is_made_anew() {
    let desk = Desk::new();
    desk.prepare().unwrap();
    fs::rename(desk.at("environment"), desk.at("elsewhere")).unwrap();
    prepare(&desk.at("python"), &desk.at("elsewhere"), &desk.at("requirements.txt")).unwrap();
    assert_eq!(desk.calls(), "venv pip venv pip ");
}

#[test]
fn the_pinned_tools_run() {
    for name in ["aws", "cfn-lint", "python3"] {
        run(Command::new(tool(name)).arg("--version")).unwrap_or_else(|reason| panic!("{name}: {reason}"));
    }
}
