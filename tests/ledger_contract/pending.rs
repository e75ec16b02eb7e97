//! The outbox: pending rows are read completely, in order and as they were recorded; parked ones are marked.

use std::sync::Arc;

use aws_dx_monitor::{
    domain::{Event, SinkName},
    ports::{History, Ledger, Recording},
};

use super::rig::{Rig, at, event};

pub async fn an_item_without_history_has_nothing_pending(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.pending("dxcon-1", 0).await, [0; 0]);
}

pub async fn nothing_is_pending_above_the_newest(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    assert_eq!(rig.pending("dxcon-1", 2).await, [0; 0]);
    assert_eq!(rig.pending("dxcon-1", 3).await, [0; 0]);
}

pub async fn what_is_above_the_cursor_is_pending_ascending(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available", "deleting", "deleted"]).await;
    assert_eq!(rig.pending("dxcon-1", 0).await, [1, 2, 3, 4, 5]);
    assert_eq!(rig.pending("dxcon-1", 1).await, [2, 3, 4, 5]);
    assert_eq!(rig.pending("dxcon-1", 4).await, [5]);
}

pub async fn an_event_is_kept_unchanged(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["down"]).await;
    let recovery = rig.after("dxcon-1", &row, "available", at(120));
    let recorded = event(&recovery);
    rig.record(&recovery).await;
    let pending = rig.ledger.pending(&rig.path("dxcon-1").into(), 2).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!((pending[0].occurred_at, pending[0].sequence), (at(120), 3));
    assert_eq!(pending[0].event, serde_json::to_value(&recorded).unwrap());
    assert_eq!(serde_json::from_value::<Event>(pending[0].event.clone()).unwrap(), recorded);
    assert_eq!(rig.history("dxcon-1").await[2], pending[0], "history and outbox are one");
}

/// More than a megabyte, so that a store that reads by pages has to turn them.
pub async fn pending_is_complete_over_many_large_rows(rig: Rig<'_, impl Ledger + History>) {
    let total = 300;
    rig.story("dxcon-1", &[]).await;
    let mut row = rig.row("dxcon-1").await;
    for second in 1..total {
        let mut next = rig.after("dxcon-1", &row, if second % 2 == 0 { "available" } else { "down" }, at(second));
        Arc::make_mut(&mut next.item).name = Some("ü".repeat(1024));
        Arc::make_mut(&mut next.item).partner_name = Some("🦀".repeat(1024));
        assert_eq!(rig.record(&next).await, Recording::Recorded);
        (row.state, row.sequence, row.since, row.last_transition_at) =
            (next.state.clone(), next.sequence, next.since, next.since);
        row.incident_id = next.incident_after();
    }
    let total = total.unsigned_abs();
    assert_eq!(rig.pending("dxcon-1", 0).await, (1..=total).collect::<Vec<_>>());
    assert_eq!(rig.pending("dxcon-1", 7).await, (8..=total).collect::<Vec<_>>());
    assert_eq!(rig.pending("dxcon-1", total - 1).await, [total]);
    assert_eq!(rig.sequences("dxcon-1").await, (1..=total).collect::<Vec<_>>());
}

pub async fn the_rows_of_similar_items_are_not_pending(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    rig.story("dxcon-10", &["down", "available"]).await;
    rig.story("dxcon-1/dxcon-1", &["down", "available", "down"]).await;
    assert_eq!(rig.pending("dxcon-1", 0).await, [1, 2]);
    assert_eq!(rig.pending("dxcon-10", 0).await, [1, 2, 3]);
    assert_eq!(rig.pending("dxcon", 0).await, [0; 0]);
}

async fn park(rig: &Rig<'_, impl Ledger + History>, second: i64, sink: SinkName, reason: &str) {
    rig.park("dxcon-1", second, sink, reason).await.unwrap();
}

fn parked(row: &aws_dx_monitor::domain::HistoryRow) -> Vec<(&str, &str)> {
    row.parked.iter().map(|(sink, reason)| (sink.as_str(), reason.as_str())).collect()
}

pub async fn a_row_is_parked_for_one_sink_with_its_reason(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available"]).await;
    park(&rig, 60, SinkName::SNS, "expired").await;
    let history = rig.history("dxcon-1").await;
    assert_eq!(parked(&history[1]), [("sns", "expired")]);
    assert!(history[0].parked.is_empty() && history[2].parked.is_empty());
    let pending = rig.ledger.pending(&rig.path("dxcon-1").into(), 0).await.unwrap();
    assert_eq!(pending, history, "it is still in its place: other sinks may want it");
}

pub async fn a_row_is_parked_for_several_sinks(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    park(&rig, 0, SinkName::SNS, "too large").await;
    park(&rig, 0, SinkName::EVENTBRIDGE, "malformed").await;
    park(&rig, 0, SinkName::SNS, "too large").await;
    assert_eq!(parked(&rig.history("dxcon-1").await[0]), [("eventbridge", "malformed"), ("sns", "too large")]);
}

pub async fn parking_changes_nothing_else(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let mut before = rig.history("dxcon-1").await.remove(0);
    park(&rig, 0, SinkName::SNS, "expired").await;
    before.parked.insert("sns".to_owned(), "expired".to_owned());
    assert_eq!(rig.history("dxcon-1").await, [before]);
    assert_eq!(rig.row("dxcon-1").await, row, "the cursor is moved by an acknowledgement");
}

pub async fn parking_makes_no_row(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    // Whether that is an error is the ledger's own affair.
    let _ = rig.park("dxcon-1", 1, SinkName::SNS, "expired").await;
    let _ = rig.park("dxcon-2", 0, SinkName::SNS, "expired").await;
    assert_eq!(rig.sequences("dxcon-1").await, [1]);
    assert_eq!(rig.sequences("dxcon-2").await, [0; 0]);
}
