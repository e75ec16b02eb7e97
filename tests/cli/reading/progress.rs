//! Progress: shown at a terminal only.

use std::{path::Path, process::Command, time::Duration};

use aws_dx_monitor::domain::{ItemDescription, ItemKey, Kind};

use super::{story, twins::Twins, virginia};
use crate::support::python::tool;

/// Runs a program with its standard error, and its standard output if `whole`, on a pseudo-terminal; prints what comes there,
/// and what came on a standard output that is none.
const ON_A_TERMINAL: &str = r#"
import os, pty, subprocess, sys
whole, command = sys.argv[1] == "whole", sys.argv[2:]
ours, theirs = pty.openpty()
child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs if whole else subprocess.DEVNULL, stderr=theirs)
os.close(theirs)
while True:
    try:
        piece = os.read(ours, 65536)
    except OSError:
        break
    if not piece:
        break
    os.write(1, piece)
sys.exit(child.wait())
"#;

/// What the terminal shows of a read of three items' history, each call of which takes its time.
fn shown(twins: &Twins, terminal: &str, arguments: &[&str]) -> String {
    let program = assert_cmd::cargo::cargo_bin!("aws-dx-monitor");
    let mut python = Command::new(tool("python3"));
    python.env_clear().envs(twins.environment()).env("TERM", "xterm");
    let output =
        python.args(["-c", ON_A_TERMINAL, terminal]).arg(Path::new(&program)).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

async fn slow() -> Twins {
    let twins = Twins::empty().await;
    for id in ["dxcon-1", "dxcon-2", "dxcon-3"] {
        let item = ItemDescription::bare(&virginia(), &ItemKey::new(Kind::Connection, id));
        story(&twins.ledger, &item, &[("2026-09-30T00:00:00Z", "available"), ("2026-10-02T00:00:00Z", "down")]).await;
    }
    super::listed(&twins.ledger, &virginia(), Kind::Connection, "2026-11-01T00:00:00Z").await;
    // Longer than what is too short for a word.
    twins
        .proxy
        .on_call(|call| call.json()["TableName"].as_str().is_some_and(|name| name.ends_with("-history")))
        .delay(Duration::from_millis(400));
    twins
}

#[tokio::test]
async fn a_long_read_shows_its_progress_and_leaves_nothing_behind() {
    let twins = slow().await;
    let report = ["report", "--month", "2026-10"];
    let beside = shown(&twins, "beside", &report);
    assert!(beside.contains("of 3 items"), "{beside:?}");
    assert!(beside.ends_with("\u{1b}[2K") || beside.trim_end().ends_with("\u{1b}[2K"), "cleared: {beside:?}");
    let whole = shown(&twins, "whole", &report);
    let (bar, table) = whole.rsplit_once("\u{1b}[2K").unwrap();
    assert!(bar.contains("of 3 items") && table.contains("AVAILABILITY"), "{whole:?}");
    assert!(!table.contains("of 3 items"), "{whole:?}");

    let history = ["history", "dxcon-1", "--output", "json"];
    assert!(shown(&twins, "beside", &history).contains(" transitions (now at 2026-"));
    let mixed = shown(&twins, "whole", &history);
    assert!(mixed.contains("\"discovered\"") && !mixed.contains("now at"), "no bar between the rows: {mixed:?}");
}

#[tokio::test]
async fn without_a_terminal_there_is_no_progress() {
    let twins = slow().await;
    for arguments in
        [&["report", "--month", "2026-10"][..], &["history", "dxcon-1"], &["history", "dxcon-1", "--output", "csv"]]
    {
        let output = twins.on_tables(arguments);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{arguments:?}");
        assert!(!String::from_utf8(output.stdout).unwrap().contains('\u{1b}'));
    }
}
