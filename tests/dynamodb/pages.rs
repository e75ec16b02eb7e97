//! Long answers: all pages that are needed are read, and no others.

use std::{collections::BTreeSet, ops::ControlFlow, time::Duration};

use aws_dx_monitor::{
    domain::{CoveragePath, FoldStep, HistoryRow, Kind, Scope, Selection, Span, Timestamp, Unmonitored},
    ports::{History, Ledger, Progress},
};
use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    Store,
    store::{Row, map, number, rig, string},
};
use crate::ledger_contract::{incident_rig::new, rig::at};

fn row<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Row {
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}

#[tokio::test]
async fn a_scope_of_more_than_a_page_is_recalled_whole() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let rows = (0..60).map(|index| {
        row([
            ("scope", string(&rig.scope)),
            ("item", string(format!("connection/dxcon-{index:02}"))),
            ("state", string("available")),
            ("since", string(at(0))),
            ("sequence", number(1)),
            ("last_transition_at", string(at(0))),
            ("note", string("x".repeat(20_000))),
        ])
    });
    let poll = row([("scope", string(&rig.scope)), ("item", string("poll")), ("interval_seconds", number(60))]);
    store.fill(&store.tables.states, rows.chain([poll])).await;
    let recalled = rig.recall().await;
    assert_eq!((recalled.states.len(), recalled.poll.unwrap().interval_seconds), (60, Some(60)));
    assert_eq!(proxy.count("dynamodb", "Query"), 2, "1.2 MB");
    assert!(proxy.calls().iter().all(|call| call.json()["ConsistentRead"] == true));
}

#[tokio::test]
async fn a_large_scope_is_recalled_whole_in_ranges_side_by_side() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let state = |item: String| {
        row([
            ("scope", string(&rig.scope)),
            ("item", string(item)),
            ("state", string("available")),
            ("since", string(at(0))),
            ("sequence", number(1)),
            ("last_transition_at", string(at(0))),
            ("note", string("x".repeat(250))),
        ])
    };
    let kinds = [Kind::Connection, Kind::BgpPeer, Kind::Lag, Kind::VirtualInterface];
    let rows = kinds.iter().flat_map(|kind| (0..2_500).map(move |index| state(format!("{kind}/id-{index:04}"))));
    let poll = row([("scope", string(&rig.scope)), ("item", string("poll")), ("interval_seconds", number(60))]);
    let foreign = state("zeppelin/mooring-1".to_owned());
    store.fill(&store.tables.states, rows.chain([poll, foreign])).await;
    // Of incidents, some of which cannot be read, none is left out and none is counted twice.
    rig.fold(&FoldStep { incidents: (1..=3).map(|number| new(number, Vec::new())).collect(), ..rig.step(0) }).await;
    store.tamper(&rig.scope, "incident/2026-7", &[("sequence", number(1))]).await;
    let recalled = rig.recall().await;
    assert_eq!((recalled.incidents.len(), recalled.unreadable_incidents), (3, 1));
    assert_eq!((recalled.states.len(), recalled.poll.unwrap().interval_seconds), (10_000, Some(60)));
    let ranges = proxy
        .calls()
        .iter()
        .filter(|call| call.json()["KeyConditionExpression"].to_string().contains("BETWEEN"))
        .count();
    assert!(ranges > 3, "{ranges} queries of ranges");
    let queries = proxy.calls().into_iter().filter(|call| call.operation == "Query");
    assert!(queries.map(|call| call.json()).all(|query| query["ConsistentRead"] == true));
}

#[tokio::test]
async fn pending_rows_are_read_until_the_row_after_the_cursor_and_no_further() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let rows = (1..=150).map(|sequence: u64| {
        history_row(&rig.scope, sequence, map([("metadata", map([("sequence", number(sequence))]))]))
    });
    store.fill(&store.tables.history, rows).await;
    for (cursor, pages) in [(149, 1), (141, 1), (140, 1), (139, 2), (41, 2), (39, 3), (0, 3)] {
        proxy.clear();
        assert_eq!(rig.pending("dxcon-1", cursor).await, (cursor + 1..=150).collect::<Vec<_>>());
        assert_eq!(proxy.count("dynamodb", "Query"), pages, "cursor {cursor}");
    }
    assert!(proxy.calls().iter().all(|call| call.json()["ConsistentRead"] == true));
}

/// The key of a shard of the first day in the index.
fn shard(number: i64) -> String {
    format!("{}#{number}", at(0).day())
}

/// The ids and sequences of rows.
fn ids(rows: &[HistoryRow]) -> Vec<String> {
    rows.iter().map(|row| format!("{} {}", row.event["item"]["id"].as_str().unwrap(), row.sequence)).collect()
}

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn everybodys_history_is_asked_for_by_day_and_never_scanned() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &["down"]).await;
    rig.story("dxcon-0", &["down"]).await;
    let kinds = BTreeSet::from([Kind::Connection]);
    let baseline =
        |at| Progress { baseline: kinds.clone(), first_poll: true, ..Progress::listed(at, [Kind::Connection]) };
    ledger.progress(&rig.scope, &baseline(at(0))).await.unwrap();
    let expected = ["dxcon-0 1", "dxcon-1 1", "dxcon-0 2", "dxcon-1 2"];
    for (from, until, queries) in [
        (at(0), at(0).plus(DAY), 2 * 8),
        (at(0), at(0).plus(DAY * 30), 31 * 8),
        // The scopes, the scope's rows, and the days from a week before the baseline to the last that was seen.
        (Timestamp::MINIMUM, Timestamp::MAXIMUM, 2 + 8 * 8),
        (at(0), at(0).plus(DAY * 31), 2 + 8),
    ] {
        proxy.clear();
        assert_eq!(ids(&ledger.transitions(&Selection::of_all(Span::new(from, until))).await.unwrap()), expected);
        let calls: BTreeSet<String> = proxy.calls().iter().map(|call| call.name()).collect();
        assert_eq!(calls, BTreeSet::from(["dynamodb:Query".to_owned()]));
        assert_eq!(proxy.count("dynamodb", "Query"), queries, "{from} until {until}");
    }
    proxy.clear();
    for empty in [Span::new(at(1), at(1)), Span::new(Timestamp::MAXIMUM, Timestamp::MINIMUM)] {
        assert!(ledger.transitions(&Selection::of_all(empty)).await.unwrap().is_empty());
    }
    assert_eq!(proxy.calls().len(), 0);
}

#[tokio::test]
async fn a_history_without_bounds_holds_what_happened_before_a_late_baseline_and_long_ago() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    assert_eq!(ids(&ledger.transitions(&Selection::of_all(Span::ALWAYS)).await.unwrap()), [""; 0]);
    // An item that was seen, and changed, while its first listings failed: its row no longer says since when it is known.
    rig.record(&rig.first("dxcon-1", "available", at(0))).await;
    let row = rig.row("dxcon-1").await;
    rig.record(&rig.after("dxcon-1", &row, "down", at(0).plus(DAY * 5))).await;
    let elsewhere = rig.elsewhere("eu-west-1");
    elsewhere.record(&elsewhere.first("dxcon-2", "available", at(0).plus(DAY * 250))).await;
    let expected = ["dxcon-1 1", "dxcon-1 2", "dxcon-2 1"];
    for scope in [&rig.scope, &elsewhere.scope] {
        let first_poll = Progress { first_poll: true, ..Progress::listed(at(0), []) };
        ledger.progress(scope, &first_poll).await.unwrap();
    }
    assert_eq!(ids(&ledger.transitions(&Selection::of_all(Span::ALWAYS)).await.unwrap()), expected);
    let connections = [Kind::Connection];
    let baseline = Progress { baseline: connections.into(), ..Progress::listed(at(0).plus(DAY * 6), connections) };
    for scope in [&rig.scope, &elsewhere.scope] {
        ledger.progress(scope, &baseline).await.unwrap();
    }
    proxy.clear();
    assert_eq!(ids(&ledger.transitions(&Selection::of_all(Span::ALWAYS)).await.unwrap()), expected);
    assert_eq!(proxy.count("dynamodb", "Query"), 3 + 252 * 8, "from a week before the baseline to the last transition");
}

#[tokio::test]
async fn a_reader_that_has_enough_asks_for_no_further_page() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    store.fill(&store.tables.history, large_history(&rig.scope)).await;
    let of_item = Selection::of(rig.path("dxcon-1"), Span::ALWAYS);
    for (enough, pages) in [(1, 1), (40, 1), (60, 2), (usize::MAX, 2)] {
        proxy.clear();
        let mut seen = 0;
        let mut each = |_| {
            seen += 1;
            if seen == enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        ledger.each_transition(&of_item, &mut each).await.unwrap();
        assert_eq!((seen, proxy.calls().len()), (enough.min(60), pages));
    }
    let mut seen = Vec::new();
    let mut each = |row: HistoryRow| {
        seen.push(row.sequence);
        if seen.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    ledger.each_transition(&Selection::of_all(Span::new(at(0), at(3_600))), &mut each).await.unwrap();
    assert_eq!(seen, [1, 2, 3]);
}

#[tokio::test]
async fn a_day_is_merged_from_its_shards_by_time_and_then_by_item() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    // More than a page in each of three shards; most of it, across the end of the page, in one millisecond.
    let second = |number: i64| if (20..170).contains(&number) { 20 } else { number };
    let happened = (0..180).map(|number| (second(number), format!("dxcon-{:03}", number * 77 % 180), number % 3));
    let mut happened: Vec<(i64, String, i64)> = happened.collect();
    let rows = happened.iter().map(|(second, id, shard_number)| {
        let event = map([("item", map([("id", string(id))])), ("note", string("x".repeat(20_000)))]);
        row([
            ("item", string(format!("{}/connection/{id}", rig.scope))),
            ("occurred_at", string(at(*second))),
            ("day", string(shard(*shard_number))),
            ("sequence", number(1)),
            ("event", event),
        ])
    });
    store.fill(&store.tables.history, rows).await;
    happened.sort();
    let expected: Vec<String> = happened.iter().map(|(_, id, _)| format!("{id} 1")).collect();
    let span = Span::new(at(0), at(3_600));
    assert_eq!(ids(&ledger.transitions(&Selection::of_all(span)).await.unwrap()), expected);
    assert_eq!(proxy.calls().len(), 8 + 3, "a query for each shard, and a second page of three");
}

/// A row of the history of `dxcon-1`, which occurred `sequence` seconds after the beginning of the story.
fn history_row(scope: &Scope, sequence: u64, event: AttributeValue) -> Row {
    row([
        ("item", string(format!("{scope}/connection/dxcon-1"))),
        ("occurred_at", string(at(0).plus(Duration::from_secs(sequence)))),
        ("day", string(shard(0))),
        ("sequence", number(sequence)),
        ("event", event),
    ])
}

/// 1.2 MB of an item's history.
fn large_history(scope: &Scope) -> impl Iterator<Item = Row> + use<> {
    let scope = scope.clone();
    (1..=60).map(move |sequence| history_row(&scope, sequence, map([("note", string("x".repeat(20_000)))])))
}

#[tokio::test]
async fn history_of_more_than_a_page_is_read_whole() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let coverage = (1..=60).map(|hour: u64| {
        let to = at(0).plus(Duration::from_secs(hour));
        row([
            ("item", string(format!("{}/coverage/lag", rig.scope))),
            ("occurred_at", string(to)),
            ("day", string(shard(0))),
            ("from", string(at(0))),
            ("to", string(to)),
            ("note", string("x".repeat(20_000))),
        ])
    });
    store.fill(&store.tables.history, large_history(&rig.scope).chain(coverage)).await;
    let calls = || proxy.calls().len();
    let everything: Vec<u64> = (1..=60).collect();
    assert_eq!(rig.sequences("dxcon-1").await, everything);
    assert_eq!(calls(), 2);
    let sequences = |rows: Vec<HistoryRow>| rows.iter().map(|row| row.sequence).collect();
    for until in [at(3_600), at(86_400)] {
        let found: Vec<u64> = sequences(ledger.transitions(&Selection::of_all(Span::new(at(0), until))).await.unwrap());
        assert_eq!(found, everything, "coverage rows lie beside them in the index");
    }
    proxy.clear();
    let lags = CoveragePath::new(rig.scope.clone(), Kind::Lag);
    let unmonitored: Vec<Unmonitored> = ledger.unmonitored(&lags, Span::ALWAYS).await.unwrap();
    assert_eq!((unmonitored.len(), calls()), (60, 2));
}

#[tokio::test]
async fn a_damaged_history_row_is_named() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    let item = format!("{}/connection/dxcon-1", rig.scope);
    store.tamper_history(&item, at(0), &[("sequence", string("seven"))]).await;
    let error = format!("{:#}", ledger.pending(&rig.path("dxcon-1").into(), 0).await.unwrap_err());
    insta::assert_snapshot!(error, @r#"what is pending of 123456789012/us-east-1/connection/dxcon-1 cannot be read: the history row "123456789012/us-east-1/connection/dxcon-1" at "2026-11-22T03:12:00.123Z" is damaged: the attribute "sequence" cannot be read: it is not a number"#);
}
