//! Recording: exactly once, both rows together, and only if the state row is still as it was recalled.

use std::sync::Arc;

use std::time::Duration;

use aws_dx_monitor::{
    domain::{Amendment, Confirmation, Health, ItemKey, Kind, Recalled, Scope, State, Suspicion, Transition},
    ports::{History, Ledger, Recording},
};

use super::rig::{EXPIRES_AT, Rig, at, began, event, suspect};

pub async fn a_scope_never_heard_of_recalls_as_nothing(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.recall().await, Recalled::nothing(rig.scope.clone()));
    assert!(rig.history("dxcon-1").await.is_empty());
}

pub async fn a_first_sight_writes_history_and_state(rig: Rig<'_, impl Ledger + History>) {
    let first = rig.first("dxcon-1", "down", at(0));
    assert_eq!(rig.record(&first).await, Recording::Recorded);
    let row = rig.row("dxcon-1").await;
    assert_eq!(row.state, State::of(Kind::Connection, Some("down")));
    assert_eq!((row.since, row.last_transition_at, row.sequence), (at(0), at(0), 1));
    assert_eq!((row.seen_at, row.never_up), (Some(began(at(0))), false));
    assert_eq!((row.suspect, row.incident_id, row.expires_at), (None, Some(first.id()), None));
    assert_eq!(row.details, first.item);
    let history = rig.history("dxcon-1").await;
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].occurred_at, history[0].sequence), (at(0), 1));
    assert_eq!(history[0].event, serde_json::to_value(event(&first)).unwrap());
    assert!(history[0].parked.is_empty());
}

pub async fn a_transition_moves_the_state_on(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let mut outage = rig.after("dxcon-1", &row, "down", at(60));
    Arc::make_mut(&mut outage.item).name = None;
    Arc::make_mut(&mut outage.item).device = Some("EqDC2-abc".to_owned());
    assert_eq!(rig.record(&outage).await, Recording::Recorded);
    let row = rig.row("dxcon-1").await;
    assert_eq!((row.state.value(), row.state.level(), row.sequence), ("down", 5, 2));
    assert_eq!((row.since, row.last_transition_at, row.seen_at), (at(60), at(60), Some(began(at(60)))));
    assert_eq!(row.details, outage.item);
    let history = rig.history("dxcon-1").await;
    assert_eq!(history.iter().map(|row| row.occurred_at).collect::<Vec<_>>(), [at(0), at(60)]);
    assert_eq!(history[1].event, serde_json::to_value(event(&outage)).unwrap());
}

pub async fn an_incident_stays_on_the_row_until_the_item_is_up(rig: Rig<'_, impl Ledger + History>) {
    let up = rig.story("dxcon-1", &[]).await;
    let outage = rig.after("dxcon-1", &up, "down", at(60));
    rig.record(&outage).await;
    assert_eq!(rig.row("dxcon-1").await.incident_id, Some(outage.id()));
    let worse = rig.go_on("dxcon-1", &["quarantined"]).await;
    assert_eq!(worse.incident_id, Some(outage.id()));
    assert_eq!(rig.go_on("dxcon-1", &["available"]).await.incident_id, None);
    let recovery = rig.history("dxcon-1").await.pop().unwrap();
    assert_eq!(recovery.event["metadata"]["incidentId"], outage.id().to_string());
}

pub async fn an_incident_leaves_the_row_when_a_removal_is_complete(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    let going = rig.go_on("dxcon-1", &["deleting"]).await;
    assert!(going.incident_id.is_some());
    assert_eq!(rig.go_on("dxcon-1", &["deleted"]).await.incident_id, None);
    let gone = rig.history("dxcon-1").await.pop().unwrap();
    assert_eq!(gone.event["metadata"]["incidentId"], going.incident_id.unwrap().to_string());
}

pub async fn what_was_never_up_is_remembered_until_it_is_up(rig: Rig<'_, impl Ledger + History>) {
    let first = Transition { never_up: true, ..rig.first("dxcon-1", "pending", at(0)) };
    rig.record(&first).await;
    let row = rig.row("dxcon-1").await;
    assert!(row.never_up);
    let pending = State::of(Kind::Connection, Some("down")).in_health(Health::Pending);
    let next = Transition { never_up: true, state: pending.clone(), ..rig.after("dxcon-1", &row, "down", at(60)) };
    rig.record(&next).await;
    let row = rig.row("dxcon-1").await;
    assert_eq!((row.state, row.never_up, row.incident_id), (pending, true, None));
    assert!(!rig.go_on("dxcon-1", &["available"]).await.never_up);
}

pub async fn every_state_reads_back_in_any_health(rig: Rig<'_, impl Ledger + History>) {
    for (number, health) in Health::ALL.into_iter().enumerate() {
        for (word, state) in [("down", State::of(Kind::Connection, Some("down"))), ("absent", State::absent())] {
            let first = rig.first(&format!("{word}-{number}"), "available", at(0));
            let first = Transition { state: state.in_health(health), ..first };
            rig.record(&first).await;
            assert_eq!(rig.row(&first.item.id).await.state, first.state);
        }
    }
}

pub async fn every_state_reads_back_as_it_was_written(rig: Rig<'_, impl Ledger + History>) {
    let kinds = [Kind::Connection, Kind::VirtualInterface];
    for kind in kinds {
        let words = kind.words().iter().map(|word| State::of(kind, Some(word.word)));
        let others = [State::absent(), State::unknown(), State::of(kind, Some("absent"))];
        for (number, state) in words.chain(others).enumerate() {
            let mut first = rig.first(&format!("dx-{number}"), "available", at(0));
            Arc::make_mut(&mut first.item).kind = kind;
            first.state = state.clone();
            rig.record(&first).await;
            assert_eq!(rig.recall().await.states[&first.key()].state, state);
        }
    }
}

pub async fn a_repeated_first_sight_finds_its_own_commit(rig: Rig<'_, impl Ledger + History>) {
    let first = rig.first("dxcon-1", "available", at(0));
    assert_eq!(rig.record(&first).await, Recording::Recorded);
    assert_eq!(rig.record(&first).await, Recording::Recorded);
    assert_eq!(rig.sequences("dxcon-1").await, [1]);
}

pub async fn a_repeated_transition_finds_its_own_commit(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let outage = rig.after("dxcon-1", &row, "down", at(60));
    assert_eq!(rig.record(&outage).await, Recording::Recorded);
    let written = rig.recall().await;
    assert_eq!(rig.record(&outage).await, Recording::Recorded);
    assert_eq!(rig.recall().await, written);
    assert_eq!(rig.sequences("dxcon-1").await, [1, 2]);
}

pub async fn a_repeat_finds_its_own_commit_after_the_item_has_moved_on(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let outage = rig.after("dxcon-1", &row, "down", at(60));
    rig.record(&outage).await;
    let recovered = rig.go_on("dxcon-1", &["available"]).await;
    assert_eq!(rig.record(&outage).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await, recovered);
    assert_eq!(rig.sequences("dxcon-1").await, [1, 2, 3]);
}

/// Asserts that `transition` is lost and that nothing changed.
async fn assert_lost(rig: &Rig<'_, impl Ledger + History>, transition: &Transition) {
    let before = (rig.recall().await, rig.history(&transition.item.id).await);
    assert_eq!(rig.record(transition).await, Recording::Lost, "{transition}");
    assert_eq!((rig.recall().await, rig.history(&transition.item.id).await), before);
}

pub async fn a_second_first_sight_is_lost(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    assert_lost(&rig, &rig.first("dxcon-1", "down", at(60))).await;
    assert_lost(&rig, &rig.first("dxcon-1", "available", at(-60))).await;
}

pub async fn a_transition_from_a_stale_sequence_is_lost(rig: Rig<'_, impl Ledger + History>) {
    let old = rig.story("dxcon-1", &[]).await;
    rig.go_on("dxcon-1", &["down"]).await;
    assert_lost(&rig, &rig.after("dxcon-1", &old, "rejected", at(90))).await;
    assert_lost(&rig, &rig.after("dxcon-1", &old, "down", at(30))).await;
}

pub async fn a_transition_from_a_future_sequence_is_lost(rig: Rig<'_, impl Ledger + History>) {
    let mut row = rig.story("dxcon-1", &[]).await;
    row.sequence += 1;
    assert_lost(&rig, &rig.after("dxcon-1", &row, "down", at(60))).await;
}

pub async fn a_transition_from_another_last_transition_is_lost(rig: Rig<'_, impl Ledger + History>) {
    let mut row = rig.story("dxcon-1", &["down"]).await;
    row.last_transition_at = at(59);
    assert_lost(&rig, &rig.after("dxcon-1", &row, "available", at(120))).await;
    row.last_transition_at = at(61);
    assert_lost(&rig, &rig.after("dxcon-1", &row, "available", at(120))).await;
}

pub async fn a_transition_of_an_item_without_a_row_is_lost(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    assert_lost(&rig, &rig.after("dxcon-2", &row, "down", at(60))).await;
}

pub async fn a_transition_in_an_occupied_place_of_history_is_lost(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["down"]).await;
    assert_lost(&rig, &rig.after("dxcon-1", &row, "available", row.last_transition_at)).await;
}

pub async fn a_transition_in_an_occupied_place_further_back_is_lost(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["down", "available"]).await;
    assert_lost(&rig, &rig.after("dxcon-1", &row, "down", at(60))).await;
}

pub async fn of_two_racing_transitions_one_is_recorded(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let (one, other) = (rig.after("dxcon-1", &row, "down", at(60)), rig.after("dxcon-1", &row, "deleting", at(61)));
    let results: [Recording; 2] = futures::join!(rig.record(&one), rig.record(&other)).into();
    assert_eq!(results.iter().filter(|result| **result == Recording::Recorded).count(), 1, "{results:?}");
    let winner = if results[0] == Recording::Recorded { one } else { other };
    assert_eq!(rig.sequences("dxcon-1").await, [1, 2]);
    assert_eq!(rig.row("dxcon-1").await.state, winner.state);
}

pub async fn of_two_sights_of_the_same_millisecond_one_is_recorded(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    assert_eq!(rig.record(&rig.after("dxcon-1", &row, "down", at(60))).await, Recording::Recorded);
    // It would have the same id.
    assert_lost(&rig, &rig.after("dxcon-1", &row, "deleting", at(60))).await;
}

pub async fn two_racing_writers_of_the_same_transition_record_it_once(rig: Rig<'_, impl Ledger + History>) {
    let first = rig.first("dxcon-1", "available", at(0));
    let results: [Recording; 2] = futures::join!(rig.record(&first), rig.record(&first)).into();
    assert_eq!(results, [Recording::Recorded; 2]);
    assert_eq!(rig.sequences("dxcon-1").await, [1]);
}

pub async fn recording_removes_suspect_and_expiry(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["deleted"]).await;
    let key = rig.key("dxcon-1");
    let held = Some(suspect(Suspicion::Unknown, 1, 90));
    rig.amend(&Amendment { suspect: held, expires_at: Some(EXPIRES_AT), ..Amendment::of(&key, &row) }).await;
    let row = rig.row("dxcon-1").await;
    assert!(row.suspect.is_some() && row.expires_at.is_some());
    // A transition that confirms no suspect does not mind one.
    let row = rig.go_on("dxcon-1", &["available"]).await;
    assert_eq!((row.suspect, row.expires_at), (None, None));
}

pub async fn what_was_certain_is_lost_on_a_row_that_is_suspected_since(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &[]).await;
    let mut outage = rig.after("dxcon-1", &row, "down", at(60));
    outage.previous.iter_mut().for_each(|previous| previous.certain = true);
    rig.suspect("dxcon-1", suspect(Suspicion::Unknown, 1, 30)).await;
    assert_lost(&rig, &outage).await;
    rig.amend(&Amendment { suspect: None, ..Amendment::of(&rig.key("dxcon-1"), &rig.row("dxcon-1").await) }).await;
    assert_eq!(rig.record(&outage).await, Recording::Recorded);
    rig.suspect("dxcon-1", suspect(Suspicion::Unknown, 1, 90)).await;
    assert_eq!(rig.record(&outage).await, Recording::Recorded, "a repeat finds its own commit");
}

/// A transition that confirms a suspect of two polls, and the item's row at the time.
async fn confirmation(rig: &Rig<'_, impl Ledger + History>) -> Transition {
    rig.story("dxcon-1", &[]).await;
    rig.suspect("dxcon-1", suspect(Suspicion::Absent, 2, 60)).await;
    let row = rig.row("dxcon-1").await;
    let mut confirmation = rig.after("dxcon-1", &row, "", at(60));
    confirmation.state = State::absent();
    if let Some(previous) = &mut confirmation.previous {
        previous.confirmed = row.suspect.map(|suspect| Confirmation { suspect, missed_at: None });
    }
    confirmation
}

pub async fn a_confirmed_suspect_must_still_be_held(rig: Rig<'_, impl Ledger + History>) {
    let confirmation = confirmation(&rig).await;
    let row = rig.row("dxcon-1").await;
    rig.amend(&Amendment { suspect: None, ..Amendment::of(&rig.key("dxcon-1"), &row) }).await;
    assert_lost(&rig, &confirmation).await;
}

pub async fn a_confirmed_suspect_must_be_the_very_same(rig: Rig<'_, impl Ledger + History>) {
    let confirmation = confirmation(&rig).await;
    let held = suspect(Suspicion::Absent, 2, 60);
    let mut others = [(); 6].map(|()| held.clone());
    others[0].state = Suspicion::Unknown;
    others[1].polls = 3;
    others[2].since = at(59);
    others[3].at = at(62);
    others[4].last_seen_at = None;
    others[5].unknown_at = Some(at(60));
    for other in others {
        rig.suspect("dxcon-1", other).await;
        assert_lost(&rig, &confirmation).await;
    }
    rig.suspect("dxcon-1", held).await;
    assert_eq!(rig.record(&confirmation).await, Recording::Recorded);
}

pub async fn a_confirmed_suspect_that_is_held_is_recorded(rig: Rig<'_, impl Ledger + History>) {
    let confirmation = confirmation(&rig).await;
    assert_eq!(rig.record(&confirmation).await, Recording::Recorded);
    let row = rig.row("dxcon-1").await;
    assert!(row.state.is_absent());
    assert_eq!((row.suspect, row.since, row.sequence), (None, at(60), 2));
}

pub async fn a_confirmation_that_did_not_see_the_item_remembers_so(rig: Rig<'_, impl Ledger + History>) {
    let mut confirmation = confirmation(&rig).await;
    confirmation.state = State::unknown();
    if let Some(confirmed) = confirmation.previous.as_mut().and_then(|previous| previous.confirmed.as_mut()) {
        confirmed.missed_at = Some(at(62));
    }
    assert_eq!(rig.record(&confirmation).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await.missed_at, Some(at(62)));
    assert_eq!(rig.go_on("dxcon-1", &["down"]).await.missed_at, None, "it is of one transition only");
}

pub async fn a_repeated_confirmation_finds_its_own_commit(rig: Rig<'_, impl Ledger + History>) {
    let confirmation = confirmation(&rig).await;
    rig.record(&confirmation).await;
    // The suspect that it was conditional on is gone by its own doing.
    assert_eq!(rig.record(&confirmation).await, Recording::Recorded);
    assert_eq!(rig.sequences("dxcon-1").await, [1, 2]);
}

pub async fn the_same_id_of_another_kind_or_scope_is_another_item(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    rig.story("dxcon-1", &["down"]).await;
    elsewhere.story("dxcon-1", &[]).await;
    let mut hosted = rig.first("dxcon-1", "rejected", at(0));
    Arc::make_mut(&mut hosted.item).kind = Kind::HostedConnection;
    assert_eq!(rig.record(&hosted).await, Recording::Recorded);
    assert_eq!(elsewhere.row("dxcon-1").await.state.value(), "available");
    assert_eq!(elsewhere.sequences("dxcon-1").await, [1]);
    let states: Vec<(ItemKey, String)> =
        rig.recall().await.states.into_iter().map(|(key, row)| (key, row.state.to_string())).collect();
    assert_eq!(states, [(rig.key("dxcon-1"), "down".to_owned()), (hosted.key(), "rejected".to_owned())]);
    let other_account = Scope::regional(format!("{}9", rig.scope.account()), "us-east-1");
    assert!(rig.ledger.recall(&other_account).await.unwrap().states.is_empty());
}

pub async fn what_is_written_is_recalled_at_once(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    for second in 1..=20 {
        let row = rig.row("dxcon-1").await;
        let word = if second % 2 == 0 { "available" } else { "down" };
        let next = rig.after("dxcon-1", &row, word, at(second));
        rig.record(&next).await;
        let found = rig.row("dxcon-1").await;
        assert_eq!((found.state, found.sequence), (next.state.clone(), next.sequence));
        assert_eq!(rig.pending("dxcon-1", row.sequence).await, [next.sequence]);
    }
}

/// Two pollers that recall and record by turns, in an order that is random but the same in every run.
pub async fn two_writers_with_old_memories_make_one_history_without_holes(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &[]).await;
    let mut memories = [rig.row("dxcon-1").await, rig.row("dxcon-1").await];
    let mut recorded = vec![1];
    let mut random: u64 = 0x5eed;
    for step in 1..=80 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (poller, recalls) = ((random >> 40) as usize % 2, (random >> 50).is_multiple_of(3));
        if recalls {
            memories[poller] = rig.row("dxcon-1").await;
            continue;
        }
        let memory = &memories[poller];
        let word = if memory.state.value() == "down" { "available" } else { "down" };
        // The second poller's clock is slow: its instants must not matter to who wins. No two steps have the same
        // instant, for the same transition at the same instant would find its own commit.
        let slow = at(step - 30 * i64::try_from(poller).unwrap());
        let instant = slow.max(memory.since.plus(Duration::from_millis(step.unsigned_abs())));
        let next = rig.after("dxcon-1", memory, word, instant);
        let is_fresh = memory.sequence == *recorded.last().unwrap();
        let expected = if is_fresh { Recording::Recorded } else { Recording::Lost };
        assert_eq!(rig.record(&next).await, expected, "step {step}: {next}");
        if is_fresh {
            recorded.push(next.sequence);
        }
    }
    assert!(recorded.len() > 5, "the story is worth telling");
    assert_eq!(rig.sequences("dxcon-1").await, recorded);
    let row = rig.row("dxcon-1").await;
    let newest = rig.history("dxcon-1").await.pop().unwrap();
    assert_eq!((row.sequence, row.last_transition_at), (newest.sequence, newest.occurred_at));
}
