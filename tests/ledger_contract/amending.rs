//! Amending: what a row says besides its state, changed only as it was recalled.

use aws_dx_monitor::{
    domain::{Amendment, SinkName, StateRow, Suspect, Suspicion},
    ports::{History, Ledger, Recording},
};

use super::bench::{Bench, EXPIRES_AT, at, began, suspect};

fn amendment(bench: &Bench<'_, impl Ledger + History>, row: &StateRow) -> Amendment {
    Amendment::of(&bench.key("dxcon-1"), row)
}

pub async fn a_suspect_is_held_and_counted(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &[]).await;
    for held in [
        suspect(Suspicion::Absent, 1, 60),
        suspect(Suspicion::Absent, 2, 60),
        Suspect { state: Suspicion::Unknown, ..suspect(Suspicion::Absent, 3, 60) },
    ] {
        bench.suspect("dxcon-1", held.clone()).await;
        assert_eq!(bench.row("dxcon-1").await.suspect, Some(held));
    }
}

pub async fn a_suspect_without_the_last_sight_reads_back(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &[]).await;
    let held = Suspect { last_seen_at: None, ..suspect(Suspicion::Absent, 1, 60) };
    bench.suspect("dxcon-1", held.clone()).await;
    assert_eq!(bench.row("dxcon-1").await.suspect, Some(held.clone()));
    bench.suspect("dxcon-1", Suspect { polls: 2, ..held }).await;
}

pub async fn a_suspect_is_cleared(bench: Bench<'_, impl Ledger + History>) {
    let before = bench.story("dxcon-1", &[]).await;
    bench.suspect("dxcon-1", suspect(Suspicion::Unknown, 1, 60)).await;
    let row = bench.row("dxcon-1").await;
    assert_eq!(bench.amend(&Amendment { suspect: None, ..amendment(&bench, &row) }).await, Recording::Recorded);
    assert_eq!(bench.row("dxcon-1").await, before);
}

pub async fn a_sight_is_put_on_record(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &[]).await;
    bench.suspect("dxcon-1", suspect(Suspicion::Unknown, 1, 60)).await;
    let row = bench.row("dxcon-1").await;
    assert_eq!(row.seen_at, Some(began(at(0))), "it stays without another");
    let seen = Amendment { suspect: None, seen_at: Some(at(120)), ..amendment(&bench, &row) };
    assert_eq!(bench.amend(&seen).await, Recording::Recorded);
    assert_eq!(bench.row("dxcon-1").await, StateRow { suspect: None, seen_at: Some(at(120)), ..row });
    assert_eq!(bench.go_on("dxcon-1", &["down"]).await.seen_at, Some(began(at(60))), "a transition has its own");
}

pub async fn an_outage_ends_without_a_transition(bench: Bench<'_, impl Ledger + History>) {
    let row = bench.story("dxcon-1", &["down", "deleting"]).await;
    assert!(row.incident_id.is_some());
    let over = Amendment { ends_outage: true, expires_at: Some(EXPIRES_AT), ..amendment(&bench, &row) };
    assert_eq!(bench.amend(&over).await, Recording::Recorded);
    let after = StateRow { incident_id: None, expires_at: Some(EXPIRES_AT), ..row };
    assert_eq!(bench.row("dxcon-1").await, after);
    assert_eq!(bench.amend(&amendment(&bench, &after)).await, Recording::Recorded);
    assert_eq!(bench.row("dxcon-1").await, after);
}

pub async fn an_expiry_is_set_and_taken_off(bench: Bench<'_, impl Ledger + History>) {
    let row = bench.story("dxcon-1", &["deleted"]).await;
    let set = Amendment { expires_at: Some(EXPIRES_AT), ..amendment(&bench, &row) };
    assert_eq!(bench.amend(&set).await, Recording::Recorded);
    let expiring = bench.row("dxcon-1").await;
    assert_eq!(expiring, StateRow { expires_at: Some(EXPIRES_AT), ..row.clone() });
    let taken_off = Amendment { expires_at: None, ..amendment(&bench, &expiring) };
    assert_eq!(bench.amend(&taken_off).await, Recording::Recorded);
    assert_eq!(bench.row("dxcon-1").await, row);
}

pub async fn an_amendment_changes_nothing_else(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &["down"]).await;
    bench.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    let row = bench.row("dxcon-1").await;
    let history = bench.history("dxcon-1").await;
    let held = suspect(Suspicion::Absent, 1, 90);
    bench.suspect("dxcon-1", held.clone()).await;
    assert_eq!(bench.row("dxcon-1").await, StateRow { suspect: Some(held), ..row });
    assert_eq!(bench.history("dxcon-1").await, history);
}

pub async fn new_details_replace_the_old(bench: Bench<'_, impl Ledger + History>) {
    let row = bench.story("dxcon-1", &[]).await;
    let mut details = bench.item("dxcon-1");
    details.name = None;
    details.location = Some("EqFR5".to_owned());
    details.bandwidth = Some("10Gbps".to_owned());
    let renamed = Amendment { details: Some(details.clone().into()), ..amendment(&bench, &row) };
    assert_eq!(bench.amend(&renamed).await, Recording::Recorded);
    assert_eq!(bench.row("dxcon-1").await, StateRow { details: details.clone().into(), ..row });
    // Without new ones they stay.
    bench.suspect("dxcon-1", suspect(Suspicion::Absent, 1, 60)).await;
    assert_eq!(bench.row("dxcon-1").await.details, details.into());
}

/// Asserts that `amendment` is lost and that nothing changed.
async fn assert_lost(bench: &Bench<'_, impl Ledger + History>, amendment: &Amendment) {
    let before = bench.recall().await;
    assert_eq!(bench.amend(amendment).await, Recording::Lost, "{amendment:?}");
    assert_eq!(bench.recall().await, before);
}

pub async fn an_amendment_on_another_sequence_is_lost(bench: Bench<'_, impl Ledger + History>) {
    let old = bench.story("dxcon-1", &[]).await;
    bench.go_on("dxcon-1", &["down"]).await;
    let late = Amendment { suspect: Some(suspect(Suspicion::Absent, 1, 90)), ..amendment(&bench, &old) };
    assert_lost(&bench, &late).await;
    assert_lost(&bench, &Amendment { recalled_sequence: 3, ..late }).await;
}

pub async fn an_amendment_on_another_suspect_is_lost(bench: Bench<'_, impl Ledger + History>) {
    let none = bench.story("dxcon-1", &[]).await;
    bench.suspect("dxcon-1", suspect(Suspicion::Absent, 1, 60)).await;
    let one = bench.row("dxcon-1").await;
    let second = suspect(Suspicion::Absent, 2, 60);
    assert_lost(&bench, &Amendment { suspect: Some(second.clone()), ..amendment(&bench, &none) }).await;
    bench.amend(&Amendment { suspect: None, ..amendment(&bench, &one) }).await;
    assert_lost(&bench, &Amendment { suspect: Some(second), ..amendment(&bench, &one) }).await;
}

pub async fn the_whole_suspect_is_compared(bench: Bench<'_, impl Ledger + History>) {
    bench.story("dxcon-1", &[]).await;
    let held = suspect(Suspicion::Absent, 2, 60);
    bench.suspect("dxcon-1", held.clone()).await;
    let row = bench.row("dxcon-1").await;
    for other in [
        Suspect { state: Suspicion::Unknown, ..held.clone() },
        Suspect { polls: 1, ..held.clone() },
        Suspect { since: at(59), ..held.clone() },
        Suspect { at: at(62), ..held.clone() },
        Suspect { last_seen_at: Some(at(58)), ..held.clone() },
        Suspect { last_seen_at: None, ..held.clone() },
    ] {
        let next = Some(suspect(Suspicion::Absent, 3, 60));
        assert_lost(&bench, &Amendment { recalled_suspect: Some(other), suspect: next, ..amendment(&bench, &row) })
            .await;
    }
}

pub async fn a_lost_amendment_changes_nothing(bench: Bench<'_, impl Ledger + History>) {
    let old = bench.story("dxcon-1", &[]).await;
    bench.suspect("dxcon-1", suspect(Suspicion::Absent, 1, 60)).await;
    let mut details = bench.item("dxcon-1");
    details.name = Some("another".to_owned());
    let late = Amendment { expires_at: Some(EXPIRES_AT), details: Some(details.into()), ..amendment(&bench, &old) };
    assert_lost(&bench, &late).await;
}

pub async fn an_amendment_makes_no_row(bench: Bench<'_, impl Ledger + History>) {
    let row = bench.story("dxcon-1", &[]).await;
    let elsewhere = bench.elsewhere("eu-west-1");
    let lost = Amendment { suspect: Some(suspect(Suspicion::Absent, 1, 60)), ..amendment(&bench, &row) };
    assert_lost(&elsewhere, &lost).await;
}

pub async fn a_repeated_amendment_is_no_failure(bench: Bench<'_, impl Ledger + History>) {
    let row = bench.story("dxcon-1", &["deleted"]).await;
    let mut details = bench.item("dxcon-1");
    details.name = Some("another".to_owned());
    let held = Some(suspect(Suspicion::Unknown, 1, 90));
    let amendment = Amendment {
        suspect: held,
        expires_at: Some(EXPIRES_AT),
        details: Some(details.into()),
        ..amendment(&bench, &row)
    };
    assert_eq!(bench.amend(&amendment).await, Recording::Recorded);
    let written = bench.recall().await;
    // Whether it says that it is written or that it came too late is its own affair.
    bench.amend(&amendment).await;
    assert_eq!(bench.recall().await, written);
}

pub async fn an_expired_row_that_still_reads_exists(bench: Bench<'_, impl Ledger + History>) {
    let row = bench.story("dxcon-1", &["deleted"]).await;
    bench.amend(&Amendment { expires_at: Some(1), ..amendment(&bench, &row) }).await;
    // A store with a sweeper of its own may have dropped it meanwhile; it may not hide it.
    if let Some(expired) = bench.find("dxcon-1").await {
        assert_eq!(expired, StateRow { expires_at: Some(1), ..row });
        assert_eq!(bench.record(&bench.first("dxcon-1", "available", at(500))).await, Recording::Lost);
        assert_eq!(bench.go_on("dxcon-1", &["available"]).await.sequence, 3);
    }
}
