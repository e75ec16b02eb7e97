//! Cursors: what each sink has acknowledged, forward only, each on its own.

use aws_dx_monitor::{
    domain::{SinkName, Transition},
    ports::{History, Ledger, Record, Recording},
};

use super::rig::{EXPIRES_AT, Rig, SINKS, at, cursors, event};

pub async fn in_a_new_row_every_sink_starts_at_zero(rig: Rig<'_, impl Ledger + History>) {
    let sinks = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];
    rig.record_for(&rig.first("dxcon-1", "available", at(0)), &sinks).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("chat", 0), ("eventbridge", 0), ("sns", 0)]);
}

pub async fn without_sinks_a_row_has_no_cursors(rig: Rig<'_, impl Ledger + History>) {
    rig.record_for(&rig.first("dxcon-1", "available", at(0)), &[]).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), []);
}

pub async fn recording_leaves_cursors_where_they_are(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 2).await;
    let row = rig.go_on("dxcon-1", &["available", "down"]).await;
    assert_eq!(cursors(&row), [("eventbridge", 0), ("sns", 2)]);
}

pub async fn a_sink_without_a_cursor_gets_the_recalled_sequence(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["down", "available"]).await;
    let next = rig.after("dxcon-1", &row, "down", at(300));
    let sinks = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];
    assert_eq!(rig.record_for(&next, &sinks).await, Recording::Recorded);
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("chat", 3), ("eventbridge", 0), ("sns", 0)]);
}

pub async fn cursors_of_sinks_that_are_not_given_survive(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    rig.record_for(&rig.after("dxcon-1", &row, "down", at(60)), &[SinkName::TERMINAL]).await;
    let row = rig.row("dxcon-1").await;
    assert_eq!(cursors(&row), [("eventbridge", 0), ("sns", 1), ("terminal", 1)]);
    rig.record_for(&rig.after("dxcon-1", &row, "available", at(120)), &[]).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 0), ("sns", 1), ("terminal", 1)]);
}

pub async fn a_lost_record_writes_no_cursor(rig: Rig<'_, impl Ledger + History>) {
    let old = rig.story("dxcon-1", &[]).await;
    rig.go_on("dxcon-1", &["down"]).await;
    let late = rig.after("dxcon-1", &old, "deleting", at(90));
    assert_eq!(rig.record_for(&late, &[SinkName::CHAT]).await, Recording::Lost);
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 0), ("sns", 0)]);
}

pub async fn an_acknowledgement_moves_the_cursor_forward(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    for sequence in 1..=2 {
        rig.acknowledge("dxcon-1", SinkName::SNS, sequence).await;
        assert_eq!(rig.row("dxcon-1").await.cursor("sns"), sequence);
    }
}

pub async fn an_acknowledgement_may_skip(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 3).await;
    assert_eq!(rig.row("dxcon-1").await.cursor("sns"), 3);
}

pub async fn an_acknowledgement_never_lowers_a_cursor(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 2).await;
    for sequence in [2, 1, 0] {
        rig.acknowledge("dxcon-1", SinkName::SNS, sequence).await;
        assert_eq!(rig.row("dxcon-1").await.cursor("sns"), 2);
    }
}

pub async fn an_acknowledgement_beyond_the_row_does_nothing(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 3).await;
    assert_eq!(rig.row("dxcon-1").await.cursor("sns"), 0);
}

pub async fn an_acknowledgement_makes_no_cursor(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    rig.acknowledge("dxcon-1", SinkName::CHAT, 1).await;
    rig.acknowledge("dxcon-1", SinkName::CHAT, 2).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 0), ("sns", 0)]);
}

pub async fn an_acknowledgement_makes_no_row(rig: Rig<'_, impl Ledger + History>) {
    rig.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    assert_eq!(rig.find("dxcon-1").await, None);
}

pub async fn each_sink_has_its_own_cursor(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    rig.story("dxcon-2", &["down"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    rig.acknowledge("dxcon-1", SinkName::EVENTBRIDGE, 2).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 2), ("sns", 1)]);
    assert_eq!(cursors(&rig.row("dxcon-2").await), [("eventbridge", 0), ("sns", 0)]);
}

pub async fn an_acknowledgement_changes_nothing_else(rig: Rig<'_, impl Ledger + History>) {
    let before = rig.story("dxcon-1", &["down"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    let mut after = rig.row("dxcon-1").await;
    after.announced.clone_from(&before.announced);
    assert_eq!(after, before);
}

pub async fn one_acknowledgement_moves_the_cursors_of_several_sinks(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available"]).await;
    rig.acknowledge_all("dxcon-1", &[(SinkName::SNS, 2), (SinkName::EVENTBRIDGE, 3)]).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 3), ("sns", 2)]);
}

pub async fn a_cursor_that_cannot_be_moved_holds_up_no_other(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down", "available", "down"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 3).await;
    rig.acknowledge_all("dxcon-1", &[(SinkName::SNS, 2), (SinkName::CHAT, 1), (SinkName::EVENTBRIDGE, 2)]).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 2), ("sns", 3)], "further, missing, to be moved");
    rig.acknowledge_all("dxcon-1", &[(SinkName::SNS, 5), (SinkName::EVENTBRIDGE, 4)]).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 4), ("sns", 3)], "beyond the row, to be moved");
}

/// Records a transition that `passed_by` do not announce.
async fn record_past(rig: &Rig<'_, impl Ledger + History>, transition: &Transition, passed_by: &[SinkName]) {
    let event = event(transition);
    let record = Record { transition, event: &event, passed_by, expires_at: EXPIRES_AT };
    assert_eq!(rig.ledger.record(record, &SINKS).await.unwrap(), Recording::Recorded);
}

pub async fn a_sink_that_a_transition_passes_by_moves_along(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["down"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 2).await;
    record_past(&rig, &rig.after("dxcon-1", &row, "available", at(120)), &[SinkName::SNS]).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 0), ("sns", 3)]);
}

pub async fn in_a_new_row_a_sink_that_is_passed_by_starts_behind_it(rig: Rig<'_, impl Ledger + History>) {
    record_past(&rig, &rig.first("dxcon-1", "available", at(0)), &[SinkName::SNS]).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 0), ("sns", 1)]);
}

pub async fn a_sink_without_a_cursor_may_be_passed_by(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["down"]).await;
    record_past(&rig, &rig.after("dxcon-1", &row, "available", at(120)), &[SinkName::CHAT]).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("chat", 3), ("eventbridge", 0), ("sns", 0)]);
}

pub async fn a_lost_record_passes_no_sink_by(rig: Rig<'_, impl Ledger + History>) {
    let old = rig.story("dxcon-1", &[]).await;
    let row = rig.go_on("dxcon-1", &["down"]).await;
    let late = rig.after("dxcon-1", &old, "deleting", at(90));
    let event = event(&late);
    let record = Record { transition: &late, event: &event, passed_by: &[SinkName::SNS], expires_at: EXPIRES_AT };
    assert_eq!(rig.ledger.record(record, &SINKS).await.unwrap(), Recording::Lost);
    assert_eq!(rig.row("dxcon-1").await, row);
}
