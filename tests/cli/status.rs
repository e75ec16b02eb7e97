//! `status`: what there is, how it is, and an exit code for scripts.

use serde_json::Value;

use super::{answer, ask, text, tool};
use aws_dx_monitor::{
    domain::{Kind, SinkName, State},
    ports::Progress,
};

#[test]
fn it_lists_everything_and_when_it_was_seen() {
    let table = answer(&["status"]);
    let heading: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(heading, ["HEALTH", "KIND", "ID", "NAME", "STATE", "SINCE", "SCOPE"]);
    let last = table.lines().last().unwrap();
    assert!(last.contains(" up, ") && last.contains("3 removed; last poll "), "{last}");
    assert!(table.contains("dxcon-ffx3v7tc") && table.contains("csva1-xc-7741"));
    assert!(!table.contains('\u{1b}'));
}

#[test]
fn it_speaks_json() {
    let lines: Vec<Value> = serde_json::from_str(&answer(&["status", "--output", "json"])).unwrap();
    let line = lines.iter().find(|line| line["id"] == "dxcon-ffx3v7tc").unwrap();
    assert_eq!((&line["kind"], &line["state"], &line["level"]), (&"connection".into(), &"available".into(), &4.into()));
    assert_eq!((&line["health"], &line["sequence"]), (&"up".into(), &3.into()));
    assert_eq!(line["scope"], "123456789012/us-east-1");
    assert_eq!(line.get("incidentId"), None);
}

/// A database in which a connection is in a state.
fn database_with_a_connection(state: &str) -> tempfile::TempDir {
    use aws_dx_monitor::{
        domain::{Event, ItemDescription, ItemKey, Scope, Timestamp, Transition},
        local::SqliteLedger,
        ports::{Ledger, Record},
    };
    let directory = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(&directory.path().join("dx-monitor.db")).unwrap();
    let scope = Scope::regional("123456789012", "us-east-1");
    let at: Timestamp = "2026-11-22T03:12:00.123Z".parse().unwrap();
    let transition = Transition {
        item: ItemDescription::bare(&scope, &ItemKey::new(Kind::Connection, "dxcon-1")).into(),
        sequence: 1,
        previous: None,
        state: State::of(Kind::Connection, Some(state)),
        since: at,
        seen_at: at,
        never_up: false,
    };
    let event = Event::of(&transition, at);
    let record = Record { transition: &transition, event: &event, passed_by: &[], expires_at: 0 };
    let progress =
        Progress { baseline: [Kind::Connection].into(), first_poll: true, ..Progress::listed(at, [Kind::Connection]) };
    futures::executor::block_on(async {
        ledger.record_baseline(&scope, &[record], &[SinkName::TERMINAL]).await.unwrap();
        ledger.progress(&scope, &progress).await.unwrap();
    });
    directory
}

#[test]
fn its_exit_code_shows_whether_something_is_down() {
    for (state, code) in [("available", 0), ("down", 1), ("unknown", 0), ("quarantined", 0), ("deleted", 0)] {
        let directory = database_with_a_connection(state);
        for output in ["table", "json"] {
            let output = tool(directory.path()).args(["status", "--output", output]).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{state}");
            assert!(text(&output.stdout).contains("dxcon-1"));
        }
    }
}

#[test]
fn a_missing_database_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    for command in ["status", "history"] {
        let output = tool(directory.path()).arg(command).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
        let error = text(&output.stderr);
        assert!(error.starts_with("error: there is no database at dx-monitor.db: "), "{error}");
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "and none is made");
    let output = tool(directory.path()).args(["status", "--output", "yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "a wrong option is an error too");
}

#[test]
fn pages_of_the_state_and_of_incidents_are_written_as_html() {
    let page = answer(&["status", "--output", "html"]);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    for wanted in ["33 up", "Open incidents", "core-dxgw", "IPv4: 3 paths, on 3 devices in 3 locations", "The last day"]
    {
        assert!(page.contains(wanted), "{wanted}");
    }
    let page = answer(&["incidents", "--output", "html"]);
    assert!(page.contains("9 incidents, 0 of them open") && page.contains("dxcon-ffx3v7tc"));
    for wrong in [&["status", "--output", "html", "--kind", "lag"][..], &["incidents", "9a1f", "--output", "html"]] {
        let output = ask(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(text(&output.stderr).contains("leave out"), "{}", text(&output.stderr));
    }
}
