//! `accounts`, and `--account` of the other commands: several accounts in one store.

use aws_dx_monitor::{
    domain::{Cadence, ItemDescription, ItemKey, Kind, RosterRow, Scope, Timestamp},
    ports::{Clock, Roster, SystemClock},
};

use super::{HOSTILE, Store, listed, story, virginia};
use crate::ledger_contract::run;

const OTHER: &str = "111122223333";

fn row(account: &str, name: &str, cadence: Cadence) -> RosterRow {
    let visited = Some(SystemClock.now());
    RosterRow {
        name: Some(name.to_owned()),
        cadence,
        last_poll_at: visited,
        revision: 1,
        ..RosterRow::unknown(account)
    }
}

fn enrolled(account: &str, name: &str, cadence: Cadence) -> RosterRow {
    let row = row(account, name, cadence);
    RosterRow { enrolled_at: row.last_poll_at, last_ok_at: row.last_poll_at, items: 2, ..row }
}

async fn write(store: &Store, row: &RosterRow) {
    assert!(store.ledger.write_roster_row(row).await.unwrap());
}

/// The first words of each line.
fn beginnings(table: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    table.lines().map(words).collect()
}

#[test]
fn the_worst_account_is_first_and_a_late_one_is_the_exit_status() {
    run(async {
        let store = Store::new();
        write(&store, &enrolled("444455556666", "quiet", Cadence::Cold)).await;
        write(&store, &enrolled("555566667777", "network", Cadence::Hot)).await;
        write(&store, &row("222233334444", HOSTILE, Cadence::Refused)).await;
        write(&store, &RosterRow { revision: 1, ..RosterRow::unknown("333344445555") }).await;
        let gone = RosterRow { left_at: Some(SystemClock.now()), ..enrolled("666677778888", "gone", Cadence::Hot) };
        write(&store, &gone).await;
        let output = store.run(&["accounts"]);
        assert_eq!(output.status.code(), Some(0));
        let table = String::from_utf8(output.stdout).unwrap();
        assert!(!table.contains('\u{1b}') && !table.contains("666677778888"), "{table}");
        let order: Vec<&str> = ["222233334444", "333344445555", "555566667777", "444455556666"].into();
        let places: Vec<usize> = order.iter().map(|account| table.find(account).unwrap()).collect();
        assert!(places.is_sorted(), "{table}");
        assert!(beginnings(&table).last().unwrap().starts_with("1 refused, 1"), "{table}");

        let refused_since = Some(Timestamp::from_milliseconds(0));
        let late = RosterRow { refused_since, ..enrolled(OTHER, "payments", Cadence::Refused) };
        write(&store, &late).await;
        let output = store.run(&["accounts", "--left", "--output", "json"]);
        assert_eq!(output.status.code(), Some(1));
        let accounts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&accounts[0]["condition"], &accounts[0]["account"]), (&"late".into(), &OTHER.into()));
        assert_eq!(accounts[0]["lateSince"], "1970-01-01T00:00:00.000Z");
        assert_eq!((&accounts[5]["condition"], &accounts[5]["name"]), (&"left".into(), &"gone".into()));
        let csv = store.run(&["accounts", "--output", "csv"]);
        let csv = String::from_utf8(csv.stdout).unwrap();
        assert!(
            csv.starts_with("condition,account,name,items") && csv.contains("late,111122223333,payments,2"),
            "{csv}"
        );
    });
}

#[test]
fn without_other_accounts_there_is_nothing_to_list() {
    let output = Store::new().run(&["accounts"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "no other accounts are watched from here\n");
}

#[test]
fn readers_see_the_accounts_that_are_named_by_id_or_name() {
    run(async {
        let store = Store::new();
        for (account, id) in [(virginia().account(), "dxcon-own"), (OTHER, "dxcon-other")] {
            let scope = Scope::regional(account, "us-east-1");
            let item = ItemDescription::bare(&scope, &ItemKey::new(Kind::Connection, id));
            let states = [("2026-10-01T00:00:00Z", "available"), ("2026-10-02T00:00:00Z", "down")];
            story(&store.ledger, &item, &states).await;
            listed(&store.ledger, &scope, Kind::Connection, "2026-11-01T00:10:00Z").await;
        }
        write(&store, &enrolled(OTHER, "payments", Cadence::Hot)).await;
        for command in [
            vec!["status", "--output", "csv"],
            vec!["history", "--output", "csv"],
            vec!["report", "--month", "2026-10", "--output", "csv"],
        ] {
            let read = |accounts: &[&str]| {
                let options = accounts.iter().flat_map(|account| ["--account", *account]);
                let output = store.run(&command.iter().copied().chain(options).collect::<Vec<_>>());
                let text = String::from_utf8(output.stdout).unwrap();
                [text.contains("dxcon-own"), text.contains("dxcon-other")]
            };
            assert_eq!(read(&[]), [true, true], "{command:?}");
            assert_eq!(read(&[OTHER]), [false, true], "{command:?}");
            assert_eq!(read(&["payments"]), [false, true], "{command:?}");
            assert_eq!(read(&[virginia().account()]), [true, false], "{command:?}");
            assert_eq!(read(&["payments", virginia().account()]), [true, true], "{command:?}");
        }
        assert!(store.run(&["incidents", "--account", "payments"]).status.success());
        let output = store.run(&["status", "--account", "nobody"]);
        assert_eq!(output.status.code(), Some(2));
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.contains("there is no account \"nobody\" in this store"), "{complaint}");
    });
}
