//! Amending: changes of a row without a transition, conditional on the row as it was recalled.

use aws_dx_monitor::{
    domain::{Amendment, SinkName, StateRow, Suspect, Suspicion},
    ports::{History, Ledger, Recording},
};

use super::rig::{EXPIRES_AT, Rig, at, began, suspect};

fn amendment(rig: &Rig<'_, impl Ledger + History>, row: &StateRow) -> Amendment {
    Amendment::of(&rig.key("dxcon-1"), row)
}

pub async fn a_suspect_is_held_and_counted(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    for held in [
        suspect(Suspicion::Absent, 1, 60),
        suspect(Suspicion::Absent, 2, 60),
        Suspect { state: Suspicion::Unknown, unknown_at: Some(at(62)), ..suspect(Suspicion::Absent, 3, 60) },
        Suspect { state: Suspicion::Unknown, unknown_at: Some(at(62)), ..suspect(Suspicion::Absent, 4, 60) },
    ] {
        rig.suspect("dxcon-1", held.clone()).await;
        assert_eq!(rig.row("dxcon-1").await.suspect, Some(held));
    }
}

pub async fn a_suspect_without_the_last_sight_reads_back(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    let held = Suspect { last_seen_at: None, ..suspect(Suspicion::Absent, 1, 60) };
    rig.suspect("dxcon-1", held.clone()).await;
    assert_eq!(rig.row("dxcon-1").await.suspect, Some(held.clone()));
    rig.suspect("dxcon-1", Suspect { polls: 2, ..held }).await;
}

pub async fn a_suspect_is_cleared(rig: Rig<'_, impl Ledger + History>) {
    let before = rig.story("dxcon-1", &[]).await;
    rig.suspect("dxcon-1", suspect(Suspicion::Unknown, 1, 60)).await;
    let row = rig.row("dxcon-1").await;
    assert_eq!(rig.amend(&Amendment { suspect: None, ..amendment(&rig, &row) }).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await, before);
}

pub async fn a_sight_is_put_on_record(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    rig.suspect("dxcon-1", suspect(Suspicion::Unknown, 1, 60)).await;
    let row = rig.row("dxcon-1").await;
    assert_eq!(row.seen_at, Some(began(at(0))), "it stays without another");
    let seen = Amendment { suspect: None, seen_at: Some(at(120)), ..amendment(&rig, &row) };
    assert_eq!(rig.amend(&seen).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await, StateRow { suspect: None, seen_at: Some(at(120)), ..row });
    assert_eq!(rig.go_on("dxcon-1", &["down"]).await.seen_at, Some(began(at(60))), "a transition has its own");
}

pub async fn an_outage_ends_without_a_transition(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["down", "deleting"]).await;
    assert!(row.incident_id.is_some());
    let over = Amendment { ends_outage: true, expires_at: Some(EXPIRES_AT), ..amendment(&rig, &row) };
    assert_eq!(rig.amend(&over).await, Recording::Recorded);
    let after = StateRow { incident_id: None, expires_at: Some(EXPIRES_AT), ..row };
    assert_eq!(rig.row("dxcon-1").await, after);
    assert_eq!(rig.amend(&amendment(&rig, &after)).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await, after);
}

pub async fn an_expiry_is_set_and_taken_off(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["deleted"]).await;
    let set = Amendment { expires_at: Some(EXPIRES_AT), ..amendment(&rig, &row) };
    assert_eq!(rig.amend(&set).await, Recording::Recorded);
    let expiring = rig.row("dxcon-1").await;
    assert_eq!(expiring, StateRow { expires_at: Some(EXPIRES_AT), ..row.clone() });
    let taken_off = Amendment { expires_at: None, ..amendment(&rig, &expiring) };
    assert_eq!(rig.amend(&taken_off).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await, row);
}

pub async fn an_amendment_changes_nothing_else(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    let row = rig.row("dxcon-1").await;
    let history = rig.history("dxcon-1").await;
    let held = suspect(Suspicion::Absent, 1, 90);
    rig.suspect("dxcon-1", held.clone()).await;
    assert_eq!(rig.row("dxcon-1").await, StateRow { suspect: Some(held), ..row });
    assert_eq!(rig.history("dxcon-1").await, history);
}

pub async fn new_details_replace_the_old(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let mut details = rig.item("dxcon-1");
    details.name = None;
    details.location = Some("EqFR5".to_owned());
    details.bandwidth = Some("10Gbps".to_owned());
    let renamed = Amendment { details: Some(details.clone().into()), ..amendment(&rig, &row) };
    assert_eq!(rig.amend(&renamed).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await, StateRow { details: details.clone().into(), ..row });
    // Without new ones they stay.
    rig.suspect("dxcon-1", suspect(Suspicion::Absent, 1, 60)).await;
    assert_eq!(rig.row("dxcon-1").await.details, details.into());
}

/// Asserts that `amendment` is lost and that nothing changed.
async fn assert_lost(rig: &Rig<'_, impl Ledger + History>, amendment: &Amendment) {
    let before = rig.recall().await;
    assert_eq!(rig.amend(amendment).await, Recording::Lost, "{amendment:?}");
    assert_eq!(rig.recall().await, before);
}

pub async fn an_amendment_on_another_sequence_is_lost(rig: Rig<'_, impl Ledger + History>) {
    let old = rig.story("dxcon-1", &[]).await;
    rig.go_on("dxcon-1", &["down"]).await;
    let late = Amendment { suspect: Some(suspect(Suspicion::Absent, 1, 90)), ..amendment(&rig, &old) };
    assert_lost(&rig, &late).await;
    assert_lost(&rig, &Amendment { recalled_sequence: 3, ..late }).await;
}

pub async fn an_amendment_on_another_suspect_is_lost(rig: Rig<'_, impl Ledger + History>) {
    let none = rig.story("dxcon-1", &[]).await;
    rig.suspect("dxcon-1", suspect(Suspicion::Absent, 1, 60)).await;
    let one = rig.row("dxcon-1").await;
    let second = suspect(Suspicion::Absent, 2, 60);
    assert_lost(&rig, &Amendment { suspect: Some(second.clone()), ..amendment(&rig, &none) }).await;
    rig.amend(&Amendment { suspect: None, ..amendment(&rig, &one) }).await;
    assert_lost(&rig, &Amendment { suspect: Some(second), ..amendment(&rig, &one) }).await;
}

pub async fn the_whole_suspect_is_compared(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    let held = suspect(Suspicion::Absent, 2, 60);
    rig.suspect("dxcon-1", held.clone()).await;
    let row = rig.row("dxcon-1").await;
    for other in [
        Suspect { state: Suspicion::Unknown, ..held.clone() },
        Suspect { polls: 1, ..held.clone() },
        Suspect { since: at(59), ..held.clone() },
        Suspect { at: at(62), ..held.clone() },
        Suspect { last_seen_at: Some(at(58)), ..held.clone() },
        Suspect { last_seen_at: None, ..held.clone() },
        Suspect { unknown_at: Some(at(61)), ..held.clone() },
    ] {
        let next = Some(suspect(Suspicion::Absent, 3, 60));
        assert_lost(&rig, &Amendment { recalled_suspect: Some(other), suspect: next, ..amendment(&rig, &row) }).await;
    }
}

pub async fn a_lost_amendment_changes_nothing(rig: Rig<'_, impl Ledger + History>) {
    let old = rig.story("dxcon-1", &[]).await;
    rig.suspect("dxcon-1", suspect(Suspicion::Absent, 1, 60)).await;
    let mut details = rig.item("dxcon-1");
    details.name = Some("another".to_owned());
    let late = Amendment { expires_at: Some(EXPIRES_AT), details: Some(details.into()), ..amendment(&rig, &old) };
    assert_lost(&rig, &late).await;
}

pub async fn an_amendment_makes_no_row(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let elsewhere = rig.elsewhere("eu-west-1");
    let lost = Amendment { suspect: Some(suspect(Suspicion::Absent, 1, 60)), ..amendment(&rig, &row) };
    assert_lost(&elsewhere, &lost).await;
}

pub async fn a_repeated_amendment_is_no_failure(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["deleted"]).await;
    let mut details = rig.item("dxcon-1");
    details.name = Some("another".to_owned());
    let held = Some(suspect(Suspicion::Unknown, 1, 90));
    let amendment = Amendment {
        suspect: held,
        expires_at: Some(EXPIRES_AT),
        details: Some(details.into()),
        ..amendment(&rig, &row)
    };
    assert_eq!(rig.amend(&amendment).await, Recording::Recorded);
    let written = rig.recall().await;
    // Whether it reports that it was written or that it came too late does not matter.
    rig.amend(&amendment).await;
    assert_eq!(rig.recall().await, written);
}

pub async fn an_expired_row_that_still_reads_exists(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["deleted"]).await;
    rig.amend(&Amendment { expires_at: Some(1), ..amendment(&rig, &row) }).await;
    // A store with a sweeper of its own may have dropped it meanwhile; it may not hide it.
    if let Some(expired) = rig.find("dxcon-1").await {
        assert_eq!(expired, StateRow { expires_at: Some(1), ..row });
        assert_eq!(rig.record(&rig.first("dxcon-1", "available", at(500))).await, Recording::Lost);
        assert_eq!(rig.go_on("dxcon-1", &["available"]).await.sequence, 3);
    }
}
