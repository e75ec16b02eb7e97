//! Killed at any moment and started again: no change is lost, none is recorded twice.

use serde_json::Value;

use super::{Bench, documents, ids};

#[test]
fn a_watch_that_was_killed_goes_on_where_it_ended() {
    let bench = Bench::new();
    let mut first = bench.start(&["--output", "json"]);
    first.err.find("[baseline] Watching ");
    bench.second(600);
    let mut told = vec![first.out.next()];
    first.signal("KILL");
    assert_eq!(first.code(), None);
    told.extend(first.out.rest());

    // While nobody watched, all of it came back.
    bench.second(1400);
    let mut second = bench.start(&["--output", "json"]);
    while !told.iter().any(|line| line.contains("dxpeer-fgg8h9v6") && line.contains("\"recovered\"")) {
        told.push(second.out.next());
    }
    second.signal("TERM");
    assert_eq!(second.code(), Some(0));
    told.extend(second.out.rest());

    let recorded = bench.recorded();
    for item in ["dxcon-ffx3v7tc", "dxvif-ffu7g8h9", "dxpeer-fgg8h9v4", "dxpeer-fgg8h9v6"] {
        let story: Vec<(&Value, u64)> = recorded
            .iter()
            .filter(|event| event["item"]["id"] == item)
            .map(|event| (&event["change"], event["metadata"]["sequence"].as_u64().unwrap()))
            .collect();
        assert_eq!(story, [(&Value::from("degraded"), 2), (&Value::from("recovered"), 3)], "{item}");
    }
    // At least once: what was written and not yet acknowledged when a watch ended comes again, as the same document.
    let next = bench.seen(&["--output", "json"]);
    told.extend(next.lines().map(str::to_owned));
    let mut told = ids(&documents(&told));
    told.dedup();
    assert_eq!(told, ids(&recorded));
}

#[test]
fn time_in_which_nobody_watched_is_unmonitored() {
    let bench = Bench::new();
    bench.seen(&[]);
    // As if the first look had been an hour earlier.
    let database = rusqlite::Connection::open(bench.path("dx-monitor.db")).unwrap();
    let changed = database
        .execute(
            "UPDATE polled_kinds SET last_complete_at = strftime('%Y-%m-%dT%H:%M:%fZ', last_complete_at, '-1 hour')",
            [],
        )
        .unwrap();
    assert!(changed > 0);
    bench.seen(&[]);
    let rows: i64 = database
        .query_row("SELECT count(*) FROM history WHERE item LIKE '%/coverage/%' AND event IS NULL", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(rows, 13, "one for each kind");
}
