//! Tests of backlogs: their order, what of them is announced, and what a hole means.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::domain::{ItemDescription, ItemKey, Kind, Scope, State, StateRow};

const DAY: i64 = 24 * 3600 * 1000;
const NOW: i64 = 400 * DAY;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds)
}

fn days_ago(days: i64) -> Timestamp {
    at(NOW - days * DAY)
}

fn key(id: &str) -> ItemKey {
    ItemKey::new(Kind::Connection, id)
}

/// A row that occurred `days` ago, after a state that began `before` days ago.
fn row(sequence: u64, days: i64, before: i64) -> HistoryRow {
    let event = json!({"previousState": {"since": days_ago(before)}});
    HistoryRow { occurred_at: days_ago(days), sequence, event, parked: BTreeMap::new() }
}

fn news(id: &str, sequence: u64) -> News {
    News { key: key(id).into(), sequence, passed_by: Vec::new() }
}

fn backlog(cursor: u64, head: u64, head_days_ago: Option<i64>) -> Backlog {
    let path = RowPath::new(Scope::regional("123456789012", "us-east-1"), key("dxcon-a"));
    Backlog { path, cursor, head, head_occurred_at: head_days_ago.map(days_ago) }
}

/// Up to which sequence a backlog is given up, which rows are announced, and where the hole is.
fn readable(backlog: &Backlog, rows: Vec<HistoryRow>) -> (u64, Vec<u64>, Option<u64>) {
    let Readable { expired, rows: readable, hole } = backlog.readable(&rows, at(NOW));
    (expired, rows[readable].iter().map(|row| row.sequence).collect(), hole)
}

#[test]
fn a_backlog_without_holes_is_announced() {
    let rows = vec![row(4, 3, 9), row(5, 2, 3), row(6, 1, 2)];
    assert_eq!(readable(&backlog(3, 6, Some(1)), rows.clone()), (3, vec![4, 5, 6], None));
    assert_eq!(readable(&backlog(3, 5, Some(2)), rows), (3, vec![4, 5, 6], None), "another poll has recorded one more");
}

#[test]
fn an_old_row_that_is_there_is_not_missing() {
    assert_eq!(readable(&backlog(3, 4, Some(100)), vec![row(4, 100, 200)]), (3, vec![4], None));
}

#[test]
fn a_hole_after_a_row_ends_the_announcing() {
    let rows = vec![row(4, 30, 31), row(6, 10, 20), row(7, 1, 10)];
    assert_eq!(readable(&backlog(3, 7, Some(1)), rows), (3, vec![4], Some(5)));
    assert_eq!(readable(&backlog(3, 5, Some(1)), vec![row(4, 3, 9)]), (3, vec![4], Some(5)));
    let beyond_what_was_recalled = vec![row(4, 3, 9), row(5, 2, 3), row(7, 1, 2)];
    assert_eq!(readable(&backlog(3, 5, Some(2)), beyond_what_was_recalled), (3, vec![4, 5], Some(6)));
}

#[test]
fn a_hole_at_the_beginning_is_given_up_once_it_is_old_enough() {
    let of_days = |before| readable(&backlog(3, 7, Some(1)), vec![row(6, 2, before), row(7, 1, 2)]);
    assert_eq!(of_days(8), (5, vec![6, 7], None));
    assert_eq!(of_days(7), (3, vec![], Some(4)), "exactly as long as it is owed");
    assert_eq!(of_days(3), (3, vec![], Some(4)));
    assert_eq!(of_days(1), (3, vec![], Some(4)), "a state before that began after it ended");
}

#[test]
fn after_an_expired_beginning_another_hole_still_counts() {
    let rows = vec![row(6, 20, 30), row(8, 1, 10)];
    assert_eq!(readable(&backlog(3, 8, Some(1)), rows), (5, vec![6], Some(7)));
}

#[test]
fn without_rows_the_time_of_the_last_transition_decides() {
    assert_eq!(readable(&backlog(3, 7, Some(8)), vec![]), (7, vec![], None));
    assert_eq!(readable(&backlog(3, 7, Some(7)), vec![]), (3, vec![], Some(4)));
    assert_eq!(readable(&backlog(3, 7, None), vec![]), (3, vec![], Some(4)), "this poll has recorded it");
}

#[test]
fn a_row_without_a_previous_state_proves_nothing() {
    for event in [json!({}), json!({"previousState": {"since": "long ago"}}), json!({"previousState": {"since": 0}})] {
        let foreign = HistoryRow { event, ..row(6, 100, 100) };
        assert_eq!(readable(&backlog(3, 6, Some(100)), vec![foreign]), (3, vec![], Some(4)));
    }
}

#[test]
fn rows_of_an_earlier_life_are_not_announced() {
    let earlier = [row(8, 300, 310), row(9, 290, 300)];
    let with = |rows: &[HistoryRow]| [&earlier[..], rows].concat();
    assert_eq!(readable(&backlog(1, 2, Some(1)), with(&[row(2, 1, 2)])), (1, vec![2], None));
    assert_eq!(readable(&backlog(8, 9, Some(1)), with(&[row(9, 1, 2)])), (8, vec![9], None));
    assert_eq!(readable(&backlog(1, 3, Some(1)), with(&[])), (1, vec![], Some(2)));
    assert_eq!(readable(&backlog(1, 3, Some(8)), with(&[])), (3, vec![], None));
    // After a backlog that has expired completely, another poll has recorded a row.
    assert_eq!(readable(&backlog(1, 3, Some(9)), vec![row(4, 1, 9)]), (3, vec![4], None));
}

#[test]
fn a_row_is_pending_since_it_was_recorded() {
    let pending = |event: Value| pending_since(&HistoryRow { event, ..row(4, 9, 10) });
    assert_eq!(pending(json!({"metadata": {"recordedAt": days_ago(1)}})), days_ago(1));
    assert_eq!(pending(json!({"metadata": {"recordedAt": days_ago(10)}})), days_ago(9), "a clock that was behind");
    assert_eq!(pending(json!({"metadata": {"recordedAt": "?"}})), days_ago(9));
    assert_eq!(pending(json!({})), days_ago(9));
}

fn state_row(sequence: u64, cursor: Option<u64>, changed_days_ago: i64) -> StateRow {
    let scope = Scope::regional("123456789012", "us-east-1");
    StateRow {
        state: State::of(Kind::Connection, Some("down")),
        since: days_ago(changed_days_ago),
        seen_at: None,
        missed_at: None,
        never_up: false,
        sequence,
        last_transition_at: days_ago(changed_days_ago),
        announced: cursor.map(|cursor| ("sns".to_owned(), cursor)).into_iter().collect(),
        suspect: None,
        incident_id: None,
        group: None,
        details: ItemDescription::bare(&scope, &key("any")).into(),
        expires_at: None,
    }
}

#[test]
fn items_of_this_poll_come_first_and_the_others_in_the_order_of_their_last_change() {
    let mut recalled = Recalled::nothing(Scope::regional("123456789012", "us-east-1"));
    for (id, row) in [
        ("a-announced", state_row(4, Some(4), 9)),
        ("b-late", state_row(4, Some(1), 1)),
        ("c-early", state_row(3, Some(2), 5)),
        ("d-news-late", state_row(2, Some(2), 3)),
        ("e-news-early", state_row(7, Some(2), 4)),
        ("f-no-cursor", state_row(3, None, 8)),
        ("g-no-cursor-news", state_row(3, None, 2)),
    ] {
        recalled.states.insert(key(id), row);
    }
    let fresh_of = |id: &str, sequence| fresh(&recalled, news(id, sequence), SinkName::SNS);
    let parts = |backlog: Backlog| {
        (backlog.path.key.item().unwrap().id.clone(), backlog.cursor, backlog.head, backlog.head_occurred_at)
    };
    for (id, cursor, head, newly) in
        [("d-news-late", 2, 3, 1), ("e-news-early", 2, 8, 1), ("g-no-cursor-news", 3, 4, 1), ("z-discovered", 0, 1, 1)]
    {
        assert_eq!(parts(fresh_of(id, head)), (id.to_owned(), cursor, head, None));
        assert_eq!(newly_owed(&recalled, &news(id, head)), newly);
    }
    assert_eq!(owed(&recalled, SinkName::SNS), 3 + 1 + 5);

    let news = ["d-news-late", "e-news-early", "g-no-cursor-news", "z-discovered"].map(|id| key(id).into()).into();
    let found: Vec<_> = stale(&recalled, &news, SinkName::SNS).into_iter().map(parts).collect();
    let expected = [("c-early", 2, 3, days_ago(5)), ("b-late", 1, 4, days_ago(1))];
    assert_eq!(found, expected.map(|(id, cursor, head, at)| (id.to_owned(), cursor, head, Some(at))));
}
