//! What every good command-line program does: help with examples, completions, errors that say what to do.

use super::{Store, complaint, program};

#[test]
fn every_command_explains_itself_with_examples() {
    let commands: [&[&str]; 17] = [
        &["demo"],
        &["simulate"],
        &["watch"],
        &["status"],
        &["incidents"],
        &["history"],
        &["report"],
        &["resilience"],
        &["what-if"],
        &["silence"],
        &["silence", "add"],
        &["silence", "list"],
        &["silence", "end"],
        &["acknowledge"],
        &["drill"],
        &["completions"],
        &["man"],
    ];
    for command in commands {
        let output = program().args(command).arg("--help").output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && help.contains("Examples:\n  "), "{command:?}: {help}");
        assert!(help.lines().all(|line| line.chars().count() <= 120), "{command:?}: {help}");
    }
}

#[test]
fn reading_commands_document_their_source_and_their_times() {
    for command in ["status", "incidents", "history", "report", "resilience", "what-if"] {
        let help = String::from_utf8(program().args([command, "--help"]).output().unwrap().stdout).unwrap();
        for part in ["DX_MONITOR_STATE_TABLE", "DX_MONITOR_HISTORY_TABLE", "AWS_PROFILE", "AWS_REGION", "--db <PATH>"] {
            assert!(help.contains(part), "{command} says nothing of {part}: {help}");
        }
        assert!(help.contains("It never writes."), "{help}");
        let takes_times = !["status", "what-if"].contains(&command);
        assert_eq!(help.contains("how long ago (30d, 12h, 45m)") && help.contains("2026-10-05T22:00:00Z"), takes_times);
        let wrapped = help.lines().filter(|line| line.chars().count() > 100).count();
        assert_eq!(wrapped, 0, "{help}");
    }
}

#[test]
fn planning_commands_say_where_they_write() {
    for command in [&["silence", "add"][..], &["silence", "end"], &["acknowledge"]] {
        let help = String::from_utf8(program().args(command).arg("--help").output().unwrap().stdout).unwrap();
        for part in ["DX_MONITOR_STATE_TABLE", "AWS_PROFILE", "--db <PATH>", "which must exist"] {
            assert!(help.contains(part), "{command:?} says nothing of {part}: {help}");
        }
        assert!(!help.contains("It never writes"), "{help}");
        assert_eq!(help.lines().filter(|line| line.chars().count() > 100).count(), 0, "{help}");
    }
}

#[test]
fn completions_have_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = program().args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        for word in ["report", "unmonitored-after", "completions", "silence", "even-outage", "acknowledge"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert!(complaint(&program().args(["completions", "tcsh"]).output().unwrap()).contains("bash"));
}

#[test]
fn a_database_that_is_not_there_is_named() {
    for command in ["status", "incidents", "history", "report"] {
        let output = program().args([command, "--db", "/nonexistent/dx.db"]).output().unwrap();
        let complaint = complaint(&output);
        assert!(complaint.contains("/nonexistent/dx.db") && complaint.contains("demo"), "{complaint}");
    }
}

#[test]
fn a_store_without_polls_has_no_data() {
    let store = Store::new();
    assert!(store.read(&["report"]).contains("no data"));
    assert_eq!(store.json(&["report", "--output", "json"])["items"], serde_json::json!([]));
    assert!(store.read(&["report", "--output", "html"]).contains("There is no data"));
}
