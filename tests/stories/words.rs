//! Unknown words, states that AWS does not report, items that are missing, items that are gone.

use aws_dx_monitor::{
    domain::{Change, Kind, Severity, Suspicion},
    local::SqliteLedger,
    simulator::{Connection, FaultKind, Operation},
};

use super::rig::{
    Rig,
    account::{self, connection},
    minute,
};

const ITEM: &str = "connection/dxcon-0";

/// A monitor of two connections.
async fn two_connections() -> Rig {
    Rig::watching_only(Kind::Connection, account::connections(2)).await
}

#[tokio::test]
async fn an_unknown_word_is_announced_at_once_and_unchanged() {
    let rig = two_connections().await;
    rig.minute(1).turns("dxcon-0", "quarantined").turns("dxcon-1", "quarantined");
    let report = rig.poll_well().await;
    assert_eq!((report.transitions, report.unrecognized), (2, 1), "one word, however many items");
    assert_eq!(rig.metrics.last("ConnectionState", "dxcon-0"), Some(99.0));
    assert_eq!(rig.metrics.own("UnrecognizedStates"), Some(1.0));
    let event = rig.last_event(ITEM).await;
    assert_eq!((event.state.value.as_str(), event.state.level), ("quarantined", 99));
    assert_eq!((event.change, event.severity), (Change::Unknown, Severity::Warning));

    rig.minute(2).turns("dxcon-0", "available").turns("dxcon-1", "down").poll_well().await;
    insta::assert_snapshot!(rig.sns().told(), @r"
    [warning] connection dxcon-0 available -> quarantined (fibre dxcon-0)
    [info] connection dxcon-0 quarantined -> available (fibre dxcon-0)
    [warning] connection dxcon-1 available -> quarantined (fibre dxcon-1)
    [critical] connection dxcon-1 quarantined -> down (fibre dxcon-1)
    ");
    let recovery = rig.last_event(ITEM).await;
    assert_eq!((recovery.change, recovery.metadata.incident_id), (Change::Recovered, Some(event.metadata.id)));
}

#[tokio::test]
async fn an_unknown_state_is_published_at_once_and_announced_only_when_it_stays() {
    let rig = two_connections().await;
    rig.minute(1).turns("dxcon-0", "unknown").poll_well().await;
    assert_eq!(rig.metrics.last("ConnectionState", "dxcon-0"), Some(90.0));
    let suspect = rig.row(ITEM).await.suspect.unwrap();
    assert_eq!((suspect.state, suspect.polls, suspect.since), (Suspicion::Unknown, 1, minute(1)));
    rig.minute(2).turns("dxcon-0", "available").poll_well().await;
    assert_eq!((rig.sns().told().as_str(), rig.row(ITEM).await.suspect), ("", None), "once is nothing");

    rig.minute(3).turns("dxcon-0", "unknown");
    for number in 3..=4 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.sns().told(), "", "twice is not enough");
    rig.minute(5).poll_well().await;
    rig.minute(6).poll_well().await;
    assert_eq!(rig.sns().told(), "[warning] connection dxcon-0 available -> unknown (fibre dxcon-0)");
    let event = rig.last_event(ITEM).await;
    assert_eq!((event.state.level, event.state.since), (90, minute(3)), "dated from the first sight");
    assert_eq!(event.previous_state.unwrap().last_seen_at, minute(2));
    assert_eq!(event.metadata.recorded_at, minute(5));
}

#[tokio::test]
async fn an_outage_that_turns_unreadable_stays_above_its_alarm() {
    let rig = two_connections().await;
    for (minute, word) in [(1, "down"), (2, "unknown"), (3, ""), (4, "available")] {
        rig.minute(minute).turns("dxcon-0", word).poll_well().await;
    }
    let levels: Vec<f64> =
        rig.metrics.points("ConnectionState").into_iter().map(|(_, level)| level).step_by(2).collect();
    assert_eq!(levels, [5.0, 90.0, 90.0, 4.0]);
    insta::assert_snapshot!(rig.sns().told(), @r"
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    ");
}

#[tokio::test]
async fn a_connection_that_flickers_is_not_announced() {
    let rig = two_connections().await;
    for (leaves_at, polls) in [(1, 1), (4, 2), (8, 2)] {
        rig.minute(leaves_at).leaves("dxcon-0");
        for number in leaves_at..leaves_at + polls {
            rig.minute(number).poll_well().await;
        }
        rig.minute(leaves_at + polls).appears(connection("dxcon-0")).poll_well().await;
    }
    assert_eq!((rig.sns().told().as_str(), rig.events(ITEM).await.len()), ("", 1));
}

#[tokio::test]
async fn a_connection_that_is_missing_three_times_has_left_when_it_was_first_missing() {
    let rig = two_connections().await;
    rig.minute(1).poll_well().await;
    rig.metrics.forget();
    rig.minute(2).leaves("dxcon-0");
    for number in 2..=6 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.sns().told(), "[warning] connection dxcon-0 available -> absent (fibre dxcon-0)");
    let event = rig.last_event(ITEM).await;
    assert_eq!((event.state.level, event.change, event.severity), (100, Change::Removed, Severity::Warning));
    assert_eq!((event.previous_state.unwrap().last_seen_at, event.state.since), (minute(1), minute(2)));
    assert_eq!(event.metadata.recorded_at, minute(4));
    assert_eq!(rig.metrics.last("ConnectionState", "dxcon-0"), None, "absent is never a data point");
    assert_eq!(rig.metrics.points("ConnectionState").len(), 5, "of the other there are");

    rig.minute(7).appears(connection("dxcon-0")).poll_well().await;
    assert_eq!(rig.sns().told(), "[info] connection dxcon-0 absent -> available (fibre dxcon-0)");
    let back = rig.last_event(ITEM).await;
    assert_eq!((back.change, back.metadata.sequence), (Change::Recovered, 3));
    assert_eq!(event.metadata.incident_id, Some(event.metadata.id));
    assert_eq!(back.metadata.incident_id, None, "the outage ended when it had left");
}

#[tokio::test]
async fn a_gap_in_between_neither_counts_nor_starts_the_count_again() {
    let rig = two_connections().await;
    rig.minute(1).leaves("dxcon-0").poll_well().await;
    rig.minute(2).fails(Operation::DescribeConnections, FaultKind::AccessDenied).poll().await;
    rig.minute(3).poll().await;
    rig.minute(4).nothing_fails().poll_well().await;
    assert_eq!(rig.row(ITEM).await.suspect.unwrap().polls, 2);
    rig.minute(5).poll_well().await;
    assert_eq!(rig.sns().told(), "[warning] connection dxcon-0 available -> absent (fibre dxcon-0)");
    assert_eq!(rig.last_event(ITEM).await.state.since, minute(1));
}

#[tokio::test]
async fn a_sight_in_between_starts_the_count_again() {
    let rig = two_connections().await;
    rig.minute(1).leaves("dxcon-0").poll_well().await;
    rig.minute(2).poll_well().await;
    rig.minute(3).appears(connection("dxcon-0")).poll_well().await;
    rig.minute(4).leaves("dxcon-0");
    for number in 4..=5 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.sns().told(), "");
    rig.minute(6).poll_well().await;
    let event = rig.last_event(ITEM).await;
    assert_eq!((event.state.value.as_str(), event.state.since), ("absent", minute(4)));
}

#[tokio::test]
async fn missing_and_unknown_by_turns_are_unknown_and_absence_needs_a_run_of_its_own() {
    let rig = two_connections().await;
    rig.minute(1).turns("dxcon-0", "unknown").poll_well().await;
    rig.minute(2).leaves("dxcon-0");
    for number in 2..=5 {
        rig.minute(number).poll_well().await;
    }
    assert_eq!(rig.sns().told(), "[warning] connection dxcon-0 available -> unknown (fibre dxcon-0)");
    assert_eq!(rig.last_event(ITEM).await.state.since, minute(1));
    rig.minute(6).poll_well().await;
    assert_eq!(rig.sns().told(), "[warning] connection dxcon-0 unknown -> absent (fibre dxcon-0)");
    assert_eq!(rig.last_event(ITEM).await.state.since, minute(4));
}

#[tokio::test]
async fn a_deleted_connection_leaves_quietly_and_its_numbers_go_on_if_it_comes_back() {
    let rig = two_connections().await;
    rig.minute(1).turns("dxcon-0", "deleting").poll_well().await;
    rig.minute(2).turns("dxcon-0", "deleted").poll_well().await;
    rig.minute(3).leaves("dxcon-0");
    for number in 3..=8 {
        rig.minute(number).poll_well().await;
    }
    insta::assert_snapshot!(rig.sns().told(), @r"
    [warning] connection dxcon-0 available -> deleting (fibre dxcon-0)
    [info] connection dxcon-0 deleting -> deleted (fibre dxcon-0)
    ");
    let row = rig.row(ITEM).await;
    let kept = rig.settings.keep_history;
    assert_eq!((row.sequence, row.suspect, row.expires_at), (3, None, Some(minute(3).plus(kept).seconds())));

    let ordered = Connection { connection_state: Some("requested".into()), ..connection("dxcon-0") };
    rig.minute(9).appears(ordered).poll_well().await;
    rig.minute(10).turns("dxcon-0", "available").poll_well().await;
    insta::assert_snapshot!(rig.sns().told(), @r"
    [info] connection dxcon-0 deleted -> requested (fibre dxcon-0)
    [info] connection dxcon-0 requested -> available (fibre dxcon-0)
    ");
    let row = rig.row(ITEM).await;
    assert_eq!((row.sequence, row.expires_at), (5, None));
}

#[tokio::test]
async fn an_item_first_seen_in_an_unknown_state_is_discovered_so() {
    let rig = two_connections().await;
    let silent = Connection { connection_state: None, ..connection("dxcon-9") };
    rig.minute(1).appears(silent).poll_well().await;
    assert_eq!(rig.sns().told(), "[info] connection dxcon-9 discovered: unknown (fibre dxcon-9)");
}

#[tokio::test]
async fn a_word_that_an_upgrade_has_learned_is_announced_for_what_it_means() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("words.db");
    let mut rig = Rig::with_ledger(account::connections(1), SqliteLedger::open(&path).unwrap());
    rig.choose(&[Kind::Connection]);
    let rig = rig.with_baseline().await;
    rig.minute(1).turns("dxcon-0", "quarantined").poll_well().await;
    let incident = rig.row(ITEM).await.incident_id;
    rig.sns().told();
    // As if the version that wrote this row had not known what `down` is.
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute("UPDATE states SET state = 'down' WHERE level = 99", []).unwrap();
    rig.minute(2).turns("dxcon-0", "down").poll_well().await;
    assert_eq!(rig.sns().told(), "[critical] connection dxcon-0 unknown -> down (fibre dxcon-0)");
    let event = rig.last_event(ITEM).await;
    assert_eq!((event.change, event.state.level, event.metadata.incident_id), (Change::Degraded, 5, incident));
    rig.minute(3).poll_well().await;
    assert_eq!(rig.sns().told(), "", "once");
}
