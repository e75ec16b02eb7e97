//! The reading commands, and those that plan time, as a person or a script uses them: the built program on a database with
//! a known story.

mod accounts;
mod acknowledging;
mod history;
mod incidents;
mod manners;
mod map;
mod plain_text;
mod planned_report;
mod progress;
mod redaction;
mod report;
mod resilience;
mod retired;
mod services;
mod silences;
mod status;
mod stores;
mod twins;

use std::{collections::BTreeSet, process::Output};

use assert_cmd::Command;
use aws_dx_monitor::{
    domain::{
        Event, ItemDescription, ItemKey, Kind, Previous, Scope, SinkName, State, StateRow, Timestamp, Transition,
    },
    local::SqliteLedger,
    ports::{History, Ledger, Progress, Record, Recording},
};
use tempfile::TempDir;

/// What an attacker calls a virtual interface that he offers.
pub const HOSTILE: &str = "=cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\n\"x\"";

/// A database in a folder of its own.
pub struct Store {
    folder: TempDir,
    ledger: SqliteLedger,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn virginia() -> Scope {
    Scope::regional("123456789012", "us-east-1")
}

impl Store {
    pub fn new() -> Store {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("dx.db")).unwrap();
        Store { folder, ledger }
    }

    /// A connection that goes down before October, is back on its first day, and is down once more for twelve minutes.
    pub async fn october() -> Store {
        let store = Store::new();
        let mut item = ItemDescription::bare(&virginia(), &ItemKey::new(Kind::Connection, "dxcon-1"));
        item.name = Some("eqdc2-1".to_owned());
        item.location = Some("EqDC2".to_owned());
        store
            .story(
                &item,
                &[
                    ("2026-09-01T00:00:00Z", "available"),
                    ("2026-09-30T23:30:00Z", "down"),
                    ("2026-10-01T00:30:00Z", "available"),
                    ("2026-10-22T03:12:00Z", "down"),
                    ("2026-10-22T03:24:00Z", "available"),
                ],
            )
            .await;
        item.id = "dxcon-2".to_owned();
        item.name = Some(HOSTILE.to_owned());
        store.story(&item, &[("2026-09-01T00:00:00Z", "available")]).await;
        store.listed(Kind::Connection, "2026-11-01T00:10:00Z").await;
        store
    }

    /// The item was seen so; each change a minute after the last sight of what was before.
    pub async fn story(&self, item: &ItemDescription, words: &[(&str, &str)]) {
        story(&self.ledger, item, words).await;
    }

    /// A kind of Virginia's was listed completely.
    pub async fn listed(&self, kind: Kind, when: &str) {
        listed(&self.ledger, &virginia(), kind, when).await;
    }

    /// Where it is.
    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("dx.db")
    }

    /// Runs the program on this database.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = program();
        command.args(arguments).arg("--db").arg(self.folder.path().join("dx.db"));
        command.output().unwrap()
    }

    /// What the program writes, which must succeed.
    pub fn read(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.read(arguments)).unwrap()
    }
}

/// The item was seen so; each change a minute after the last sight of what was before.
pub async fn story(ledger: &(impl Ledger + History), item: &ItemDescription, words: &[(&str, &str)]) {
    for (when, word) in words {
        let row = ledger.states(&item.scope()).await.unwrap().states.remove(&item.key());
        let since = at(when);
        let minute_before = Timestamp::from_milliseconds(since.milliseconds() - 60_000);
        let previous = row.as_ref().map(|row: &StateRow| Previous {
            state: row.state.clone(),
            since: row.since,
            last_seen_at: minute_before,
            last_transition_at: row.last_transition_at,
            incident_id: row.incident_id,
            group: None,
            certain: false,
            confirmed: None,
        });
        let sequence = row.map_or(1, |row| row.sequence + 1);
        let state = State::of(item.kind, Some(word));
        let item = item.clone().into();
        let transition = Transition { item, sequence, previous, state, since, seen_at: since, never_up: false };
        let event = Event::of(&transition, since);
        let record = Record { transition: &transition, event: &event, passed_by: &[], expires_at: 4_000_000_000 };
        assert_eq!(ledger.record(record, &[SinkName::SNS]).await.unwrap(), Recording::Recorded);
    }
}

/// A kind of a scope was listed completely.
pub async fn listed(ledger: &impl Ledger, scope: &Scope, kind: Kind, when: &str) {
    let progress = Progress {
        baseline: BTreeSet::from([kind]),
        interval_seconds: Some(60),
        first_poll: true,
        ..Progress::listed(at(when), [kind])
    };
    ledger.progress(scope, &progress).await.unwrap();
}

pub fn program() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("aws-dx-monitor"));
    command.env_clear();
    command
}

/// What it complains of, which must be an error.
pub fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Without the spaces at the ends of lines, which a snapshot cannot hold.
pub fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}
