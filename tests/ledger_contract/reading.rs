//! Reading: by item, by time, and unmonitored time.

use std::sync::Arc;

use std::{ops::ControlFlow, time::Duration};

use aws_dx_monitor::{
    domain::{
        CoveragePath, ItemKey, ItemPath, Kind, Scope, Selection, Span, State, Timestamp, Transition, Unmonitored,
    },
    ports::{Covering, History, Ledger, Progress, Record, Recording},
};

use super::rig::{EXPIRES_AT, Rig, SINKS, at, event};

const DAY: i64 = 86_400;

/// The seconds since the beginning of an item's transitions between two seconds.
async fn seconds(rig: &Rig<'_, impl Ledger + History>, id: &str, from: Timestamp, until: Timestamp) -> Vec<u64> {
    let rows = rig.ledger.transitions(&Selection::of(rig.path(id), Span::new(from, until))).await.unwrap();
    rows.iter().map(|row| row.occurred_at.since(at(0)).as_secs()).collect()
}

/// The ids of what happened to items of this account, as they come.
async fn everybody(rig: &Rig<'_, impl Ledger + History>, from: Timestamp, until: Timestamp) -> Vec<String> {
    let rows = rig.ledger.transitions(&Selection::of_all(Span::new(from, until))).await.unwrap();
    assert!(rows.is_sorted_by_key(|row| row.occurred_at), "by time");
    rows.into_iter()
        .filter(|row| row.event["item"]["account"] == rig.scope.account())
        .map(|row| format!("{} {}", row.event["item"]["id"].as_str().unwrap(), row.sequence))
        .collect()
}

pub async fn an_items_history_is_ascending_and_half_open(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available", "down"]).await;
    let millisecond = Duration::from_millis(1);
    assert_eq!(seconds(&rig, "dxcon-1", Timestamp::MINIMUM, Timestamp::MAXIMUM).await, [0, 60, 120, 180]);
    assert_eq!(seconds(&rig, "dxcon-1", at(60), at(180)).await, [60, 120]);
    assert_eq!(seconds(&rig, "dxcon-1", at(60).plus(millisecond), at(180).plus(millisecond)).await, [120, 180]);
    assert_eq!(seconds(&rig, "dxcon-1", at(61), at(119)).await, [0; 0]);
}

pub async fn an_empty_range_holds_nothing(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    for (from, until) in [(at(60), at(60)), (at(61), at(60)), (at(3 * DAY), at(0)), (at(0), at(-3 * DAY))] {
        assert_eq!(seconds(&rig, "dxcon-1", from, until).await, [0; 0]);
        assert_eq!(everybody(&rig, from, until).await, [""; 0]);
    }
}

pub async fn an_items_history_is_handed_over_until_enough(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available", "down"]).await;
    rig.story("dxcon-2", &["down"]).await;
    for enough in 0..6 {
        let mut rows = Vec::new();
        let mut each = |row| {
            rows.push(row);
            if rows.len() > enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let selection = Selection::of(rig.path("dxcon-1"), Span::new(at(60), at(181)));
        rig.ledger.each_transition(&selection, &mut each).await.unwrap();
        let mut whole = rig.ledger.transitions(&selection).await.unwrap();
        assert_eq!(whole.len(), 3);
        whole.truncate(enough + 1);
        assert_eq!(rows, whole);
    }
}

pub async fn everybodys_history_is_handed_over_until_enough(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available"]).await;
    rig.story("dxcon-2", &["down"]).await;
    let selection = Selection::of_all(Span::new(at(0), at(DAY)));
    let whole = rig.ledger.transitions(&selection).await.unwrap();
    for enough in 1..=whole.len() + 1 {
        let mut rows = Vec::new();
        let mut each = |row| {
            rows.push(row);
            if rows.len() == enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        rig.ledger.each_transition(&selection, &mut each).await.unwrap();
        assert_eq!(rows, whole[..enough.min(whole.len())]);
    }
}

pub async fn an_item_is_found_by_its_key(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    let row = rig.story("dxcon-1", &["down"]).await;
    rig.story("dxcon-10", &[]).await;
    assert_eq!(rig.ledger.state(&rig.path("dxcon-1")).await.unwrap(), Some(row));
    for path in [rig.path("dxcon-2"), rig.path("dxcon-"), elsewhere.path("dxcon-1")] {
        assert_eq!(rig.ledger.state(&path).await.unwrap(), None, "{path}");
    }
    let lag = ItemPath::new(rig.scope.clone(), ItemKey::new(Kind::Lag, "dxcon-1"));
    assert_eq!(rig.ledger.state(&lag).await.unwrap(), None);
}

pub async fn everybodys_history_spans_days_and_scopes(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    // In an order that is not that of time.
    elsewhere.record(&elsewhere.first("dxcon-e", "available", at(DAY))).await;
    rig.record(&rig.first("dxcon-d", "available", at(3 * DAY))).await;
    rig.record(&rig.first("dxcon-a", "available", at(-DAY))).await;
    rig.record(&rig.first("dxcon-b", "available", at(0))).await;
    let row = rig.row("dxcon-b").await;
    rig.record(&rig.after("dxcon-b", &row, "down", at(2 * DAY))).await;
    let expected = ["dxcon-a 1", "dxcon-b 1", "dxcon-e 1", "dxcon-b 2", "dxcon-d 1"];
    assert_eq!(everybody(&rig, at(-2 * DAY), at(4 * DAY)).await, expected);
    assert_eq!(everybody(&rig, at(-DAY), at(3 * DAY)).await, expected[..4]);
    assert_eq!(everybody(&rig, at(1), at(3 * DAY)).await, expected[2..4]);
    assert_eq!(everybody(&rig, at(DAY), at(DAY + 1)).await, expected[2..3], "a moment of one day");
}

pub async fn everybodys_history_is_half_open(rig: Rig<'_, impl Ledger + History>) {
    let midnight: Timestamp = "2026-11-23T00:00:00.000Z".parse().unwrap();
    let before = Timestamp::from_milliseconds(midnight.milliseconds() - 1);
    rig.record(&rig.first("dxcon-1", "available", before)).await;
    rig.record(&rig.first("dxcon-2", "available", midnight)).await;
    let day = Duration::from_secs(86_400);
    assert_eq!(everybody(&rig, midnight, midnight.plus(day)).await, ["dxcon-2 1"]);
    assert_eq!(everybody(&rig, at(0), midnight).await, ["dxcon-1 1"]);
    assert_eq!(everybody(&rig, before, midnight.plus(Duration::from_millis(1))).await, ["dxcon-1 1", "dxcon-2 1"]);
}

pub async fn baselines_are_in_the_history(rig: Rig<'_, impl Ledger + History>) {
    let first = rig.first("dxcon-1", "available", at(0));
    let event = event(&first);
    let record = Record { transition: &first, event: &event, passed_by: &[], expires_at: EXPIRES_AT };
    rig.ledger.record_baseline(&rig.scope, &[record], &SINKS).await.unwrap();
    assert_eq!(everybody(&rig, at(0), at(1)).await, ["dxcon-1 1"]);
    assert_eq!(seconds(&rig, "dxcon-1", at(0), at(1)).await, [0]);
}

async fn cover(rig: &Rig<'_, impl Ledger + History>, kind: Kind, stretches: &[(i64, i64)]) {
    for (from, to) in stretches {
        rig.ledger.progress(&rig.scope, &Progress::listed(at(*from), [kind])).await.unwrap();
        let unmonitored = Unmonitored { scope: rig.scope.clone(), kind, parent: None, from: at(*from), to: at(*to) };
        assert_eq!(rig.ledger.cover(&unmonitored, EXPIRES_AT).await.unwrap(), Covering::Written);
    }
}

/// The stretches of a kind in seconds.
async fn stretches(rig: &Rig<'_, impl Ledger + History>, kind: Kind, from: i64, until: i64) -> Vec<(u64, u64)> {
    let path = CoveragePath::new(rig.scope.clone(), kind);
    let found = rig.ledger.unmonitored(&path, Span::new(at(from), at(until))).await.unwrap();
    assert!(found.iter().all(|stretch| stretch.scope == rig.scope && stretch.kind == kind));
    found.iter().map(|stretch| (stretch.from.since(at(0)).as_secs(), stretch.to.since(at(0)).as_secs())).collect()
}

pub async fn unmonitored_time_is_no_transition(rig: Rig<'_, impl Ledger + History>) {
    cover(&rig, Kind::Connection, &[(0, 2_000)]).await;
    rig.story("dxcon-1", &[]).await;
    let rows = rig.ledger.transitions(&Selection::of_all(Span::new(at(-1), at(3_000)))).await.unwrap();
    assert!(rows.iter().all(|row| row.event.is_object() && row.sequence > 0));
    assert_eq!(everybody(&rig, at(-1), at(3_000)).await, ["dxcon-1 1"]);
    assert_eq!(rig.recall().await.states.len(), 1);
}

pub async fn unmonitored_time_is_found_by_what_it_reaches_into(rig: Rig<'_, impl Ledger + History>) {
    cover(&rig, Kind::Lag, &[(0, 1_000), (2_000, 3_000), (4_000, 5_000 + DAY)]).await;
    let all = [(0, 1_000), (2_000, 3_000), (4_000, 5_000 + DAY.unsigned_abs())];
    assert_eq!(stretches(&rig, Kind::Lag, -10, 3 * DAY).await, all);
    assert_eq!(stretches(&rig, Kind::Lag, 500, 2_500).await, all[..2], "both ends reach out");
    assert_eq!(stretches(&rig, Kind::Lag, 1_001, 4_500).await, all[1..], "what ended before is left out");
    assert_eq!(stretches(&rig, Kind::Lag, 4_100, 4_200).await, all[2..], "the range lies inside");
    assert_eq!(stretches(&rig, Kind::Lag, 5_001 + DAY, 3 * DAY).await, []);
}

pub async fn unmonitored_time_is_kept_apart_by_scope_and_kind(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    cover(&rig, Kind::Lag, &[(0, 1_000)]).await;
    cover(&rig, Kind::Connection, &[(0, 1_001)]).await;
    cover(&elsewhere, Kind::Lag, &[(0, 1_002)]).await;
    assert_eq!(stretches(&rig, Kind::Lag, 0, DAY).await, [(0, 1_000)]);
    assert_eq!(stretches(&rig, Kind::Connection, 0, DAY).await, [(0, 1_001)]);
    assert_eq!(stretches(&elsewhere, Kind::Lag, 0, DAY).await, [(0, 1_002)]);
    assert_eq!(stretches(&rig, Kind::VirtualInterface, 0, DAY).await, []);
}

pub async fn readers_see_what_the_poll_sees(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.ledger.states(&rig.scope).await.unwrap(), rig.recall().await);
    rig.story("dxcon-1", &["down"]).await;
    cover(&rig, Kind::Connection, &[(0, 2_000)]).await;
    let seen = rig.ledger.states(&rig.scope).await.unwrap();
    assert_eq!(seen, rig.recall().await);
    assert_eq!(seen.states.len(), 1);
}

pub async fn the_global_scope_is_a_scope_like_any_other(rig: Rig<'_, impl Ledger + History>) {
    let global = rig.elsewhere(Scope::GLOBAL);
    let mut first: Transition = global.first("5f294f92-bafb-4011-916d-9b0bexample", "available", at(0));
    Arc::make_mut(&mut first.item).kind = Kind::DirectConnectGateway;
    first.state = State::of(Kind::DirectConnectGateway, Some("available"));
    assert_eq!(global.record(&first).await, Recording::Recorded);
    cover(&global, Kind::GatewayAssociation, &[(0, 2_000)]).await;
    let recalled = global.recall().await;
    assert_eq!(recalled.states[&first.key()].details, first.item);
    assert_eq!(recalled.scope, global.scope);
    assert!(rig.recall().await.states.is_empty());
    let rows = rig.ledger.transitions(&Selection::of(first.path(), Span::new(at(0), at(1)))).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(stretches(&global, Kind::GatewayAssociation, 0, DAY).await, [(0, 2_000)]);
}
