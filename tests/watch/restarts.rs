//! A watch that is killed and started again loses no change, and records none twice.

use serde_json::Value;

use super::{Rig, documents, ids};

#[test]
fn a_killed_watch_continues_where_it_ended() {
    let rig = Rig::new();
    let mut first = rig.start(&["--output", "json"]);
    first.err.find("[baseline] Watching ");
    rig.second(600);
    let mut written = vec![first.out.next()];
    first.signal("KILL");
    assert_eq!(first.code(), None);
    written.extend(first.out.rest());

    // Everything recovers while no watch is running.
    rig.second(1400);
    let mut second = rig.start(&["--output", "json"]);
    while !written.iter().any(|line| line.contains("dxpeer-fgg8h9v6") && line.contains("\"recovered\"")) {
        written.push(second.out.next());
    }
    second.signal("TERM");
    assert_eq!(second.code(), Some(0));
    written.extend(second.out.rest());

    let recorded = rig.recorded();
    for item in ["dxcon-ffx3v7tc", "dxvif-ffu7g8h9", "dxpeer-fgg8h9v4", "dxpeer-fgg8h9v6"] {
        let story: Vec<(&Value, u64)> = recorded
            .iter()
            .filter(|event| event["item"]["id"] == item)
            .map(|event| (&event["change"], event["metadata"]["sequence"].as_u64().unwrap()))
            .collect();
        assert_eq!(story, [(&Value::from("degraded"), 2), (&Value::from("recovered"), 3)], "{item}");
    }
    // At least once: a change that was written but not yet acknowledged when a watch ended is written again, as the same
    // document.
    let next = rig.seen(&["--output", "json"]);
    written.extend(next.lines().map(str::to_owned));
    let mut written = ids(&documents(&written));
    written.dedup();
    assert_eq!(written, ids(&rig.recorded()));
}

#[test]
fn time_between_two_watches_is_unmonitored() {
    let rig = Rig::new();
    rig.seen(&[]);
    // As if the first poll had been an hour earlier.
    let database = rusqlite::Connection::open(rig.path("dx-monitor.db")).unwrap();
    let changed = database
        .execute(
            "UPDATE polled_kinds SET last_complete_at = strftime('%Y-%m-%dT%H:%M:%fZ', last_complete_at, '-1 hour')",
            [],
        )
        .unwrap();
    assert!(changed > 0);
    rig.seen(&[]);
    let rows: i64 = database
        .query_row("SELECT count(*) FROM history WHERE item LIKE '%/coverage/%' AND event IS NULL", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(rows, 13, "one for each kind");
}

#[test]
fn what_has_expired_is_deleted_after_a_poll_and_by_no_reader() {
    let rig = Rig::new();
    rig.seen(&[]);
    let database = rusqlite::Connection::open(rig.path("dx-monitor.db")).unwrap();
    database.execute_batch("UPDATE history SET expires_at = 1 WHERE item LIKE '%/connection/%'").unwrap();
    let expired = || -> i64 {
        database.query_row("SELECT count(*) FROM history WHERE expires_at = 1", [], |row| row.get(0)).unwrap()
    };
    assert!(expired() > 0);
    for command in [&["status"][..], &["history"], &["report"]] {
        let before = expired();
        rig.command(command).output().unwrap();
        assert_eq!(expired(), before, "{command:?}");
    }
    rig.seen(&[]);
    assert_eq!(expired(), 0);
    let left: i64 = database.query_row("SELECT count(*) FROM history", [], |row| row.get(0)).unwrap();
    assert!(left > 0, "the others' time is not over");
}
