//! Cursors: what each sink has acknowledged, forward only, each on its own.

use aws_dx_monitor::{
    domain::SinkName,
    ports::{History, Ledger, Recording},
};

use super::bench::{Bench, at, cursors};

pub async fn in_a_new_row_every_sink_starts_at_zero(bench: Bench<'_, impl Ledger + History>) {
    let sinks = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];
    bench.record_for(&bench.first("dxcon-1", "available", at(0)), &sinks).await;
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("chat", 0), ("eventbridge", 0), ("sns", 0)]);
}

pub async fn without_sinks_a_row_has_no_cursors(bench: Bench<'_, impl Ledger + History>) {
    bench.record_for(&bench.first("dxcon-1", "available", at(0)), &[]).await;
    assert_eq!(cursors(&bench.row("dxcon-1").await), []);
}

pub async fn recording_leaves_cursors_where_they_are(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down"]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 2).await;
    let row = bench.go_on("dxcon-1", &["available", "down"]).await;
    assert_eq!(cursors(&row), [("eventbridge", 0), ("sns", 2)]);
}

pub async fn a_sink_without_a_cursor_gets_the_recalled_sequence(bench: Bench<'_, impl Ledger + History>) {
    let row = bench.story("dxcon-1", &["down", "available"]).await;
    let next = bench.after("dxcon-1", &row, "down", at(300));
    let sinks = [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE];
    assert_eq!(bench.record_for(&next, &sinks).await, Recording::Recorded);
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("chat", 3), ("eventbridge", 0), ("sns", 0)]);
}

pub async fn cursors_of_sinks_that_are_not_given_survive(bench: Bench<'_, impl Ledger + History>) {
    let row = bench.story("dxcon-1", &[]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    bench.record_for(&bench.after("dxcon-1", &row, "down", at(60)), &[SinkName::TERMINAL]).await;
    let row = bench.row("dxcon-1").await;
    assert_eq!(cursors(&row), [("eventbridge", 0), ("sns", 1), ("terminal", 1)]);
    bench.record_for(&bench.after("dxcon-1", &row, "available", at(120)), &[]).await;
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("eventbridge", 0), ("sns", 1), ("terminal", 1)]);
}

pub async fn a_lost_record_writes_no_cursor(bench: Bench<'_, impl Ledger + History>) {
    let old = bench.story("dxcon-1", &[]).await;
    bench.go_on("dxcon-1", &["down"]).await;
    let late = bench.after("dxcon-1", &old, "deleting", at(90));
    assert_eq!(bench.record_for(&late, &[SinkName::CHAT]).await, Recording::Lost);
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("eventbridge", 0), ("sns", 0)]);
}

pub async fn an_acknowledgement_moves_the_cursor_forward(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down"]).await;
    for sequence in 1..=2 {
        bench.acknowledge("dxcon-1", SinkName::SNS, sequence).await;
        assert_eq!(bench.row("dxcon-1").await.cursor("sns"), sequence);
    }
}

pub async fn an_acknowledgement_may_skip(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down", "available"]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 3).await;
    assert_eq!(bench.row("dxcon-1").await.cursor("sns"), 3);
}

pub async fn an_acknowledgement_never_lowers_a_cursor(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down", "available"]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 2).await;
    for sequence in [2, 1, 0] {
        bench.acknowledge("dxcon-1", SinkName::SNS, sequence).await;
        assert_eq!(bench.row("dxcon-1").await.cursor("sns"), 2);
    }
}

pub async fn an_acknowledgement_beyond_the_row_does_nothing(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down"]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 3).await;
    assert_eq!(bench.row("dxcon-1").await.cursor("sns"), 0);
}

pub async fn an_acknowledgement_makes_no_cursor(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down"]).await;
    bench.acknowledge("dxcon-1", SinkName::CHAT, 1).await;
    bench.acknowledge("dxcon-1", SinkName::CHAT, 2).await;
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("eventbridge", 0), ("sns", 0)]);
}

pub async fn an_acknowledgement_makes_no_row(bench: Bench<'_, impl Ledger + History>) {
    bench.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    assert_eq!(bench.find("dxcon-1").await, None);
}

pub async fn each_sink_has_its_own_cursor(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down"]).await;
    bench.story("dxcon-2", &["down"]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    bench.acknowledge("dxcon-1", SinkName::EVENTBRIDGE, 2).await;
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("eventbridge", 2), ("sns", 1)]);
    assert_eq!(cursors(&bench.row("dxcon-2").await), [("eventbridge", 0), ("sns", 0)]);
}

pub async fn an_acknowledgement_changes_nothing_else(bench: Bench<'_, impl Ledger + History>) {
    let before = bench.story("dxcon-1", &["down"]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    let mut after = bench.row("dxcon-1").await;
    after.announced.clone_from(&before.announced);
    assert_eq!(after, before);
}

pub async fn one_acknowledgement_moves_the_cursors_of_several_sinks(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down", "available"]).await;
    bench.acknowledge_all("dxcon-1", &[(SinkName::SNS, 2), (SinkName::EVENTBRIDGE, 3)]).await;
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("eventbridge", 3), ("sns", 2)]);
}

pub async fn a_cursor_that_cannot_be_moved_holds_up_no_other(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down", "available", "down"]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 3).await;
    bench.acknowledge_all("dxcon-1", &[(SinkName::SNS, 2), (SinkName::CHAT, 1), (SinkName::EVENTBRIDGE, 2)]).await;
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("eventbridge", 2), ("sns", 3)], "further, missing, to be moved");
    bench.acknowledge_all("dxcon-1", &[(SinkName::SNS, 5), (SinkName::EVENTBRIDGE, 4)]).await;
    assert_eq!(cursors(&bench.row("dxcon-1").await), [("eventbridge", 4), ("sns", 3)], "beyond the row, to be moved");
}
