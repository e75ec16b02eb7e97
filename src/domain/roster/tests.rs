//! What visits, lists and time make of a row.

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;

use super::*;
use crate::domain::Timestamp;

const ACCOUNT: &str = "111122223333";

/// The instant `seconds` after the beginning of every story.
fn at(seconds: u64) -> Timestamp {
    Timestamp::from_milliseconds(1_795_316_400_000).plus(Duration::from_secs(seconds))
}

fn visit(seconds: u64, outcome: Outcome) -> Visit {
    Visit { account: ACCOUNT.to_owned(), began: at(seconds), outcome }
}

fn found(items: u64) -> Outcome {
    Outcome::Reached { items: [("us-east-1".to_owned(), items)].into(), is_complete: true, has_changed: false }
}

fn changed(items: u64) -> Outcome {
    Outcome::Reached { items: [("us-east-1".to_owned(), items)].into(), is_complete: true, has_changed: true }
}

fn refused() -> Outcome {
    Outcome::Refused("AccessDenied".to_owned())
}

/// The row after these visits, in this order; how often it was written is its revision.
fn after(visits: impl IntoIterator<Item = Visit>) -> RosterRow {
    let row =
        visits.into_iter().fold(None, |row: Option<RosterRow>, visit| RosterRow::visited(row.as_ref(), &visit).or(row));
    row.expect("the first visit writes the row")
}

#[test]
fn an_account_is_hot_while_it_has_items_and_cold_when_it_has_none() {
    let empty = after([visit(0, found(0))]);
    assert_eq!((empty.cadence, empty.enrolled_at, empty.revision), (Cadence::Cold, Some(at(0)), 1));
    let grown = after([visit(0, found(0)), visit(3_600, found(4))]);
    assert_eq!((grown.cadence, grown.items, grown.enrolled_at), (Cadence::Hot, 4, Some(at(0))));
    assert_eq!(grown.regions.iter().collect::<Vec<_>>(), ["us-east-1"]);
    assert_eq!(after([visit(0, found(4)), visit(60, found(0))]).cadence, Cadence::Cold);
}

#[test]
fn a_change_keeps_an_account_hot_for_an_hour() {
    let mut visits = vec![visit(0, found(1)), visit(60, changed(0)), visit(120, changed(0))];
    visits.extend((3..=61).map(|minute| visit(minute * 60, found(0))));
    assert_eq!(after(visits.clone()).cadence, Cadence::Hot);
    visits.extend((62..=77).map(|minute| visit(minute * 60, found(0))));
    assert_eq!(after(visits).cadence, Cadence::Cold);
}

#[test]
fn quiet_polls_write_the_row_four_times_an_hour() {
    let quiet = after((0..=60).map(|minute| visit(minute * 60, found(3))));
    assert_eq!((quiet.revision, quiet.last_ok_at), (5, Some(at(3_600))));
    let failing = after((0..=60).map(|minute| visit(minute * 60, Outcome::Failed(format!("attempt {minute}")))));
    assert_eq!((failing.revision, failing.last_error.as_deref()), (5, Some("attempt 60")));
    let changing = after((0..=60).map(|minute| visit(minute * 60, changed(3))));
    assert_eq!(changing.revision, 5);
}

#[test]
fn an_older_visit_changes_nothing() {
    let row = after([visit(60, found(3))]);
    for outcome in [found(0), refused(), Outcome::Failed("timeout".to_owned())] {
        assert_eq!(RosterRow::visited(Some(&row), &visit(59, outcome.clone())), None);
        assert_eq!(RosterRow::visited(Some(&row), &visit(60, outcome)), None, "nor does the same one again");
    }
}

#[test]
fn an_incomplete_visit_takes_nothing_away() {
    let outcome = |items: &[(&str, u64)]| Outcome::Reached {
        items: items.iter().map(|(region, count)| ((*region).to_owned(), *count)).collect::<BTreeMap<_, _>>(),
        is_complete: false,
        has_changed: false,
    };
    let row = after([visit(0, found(5)), visit(60, outcome(&[("eu-west-1", 2), ("us-east-1", 0)]))]);
    assert_eq!((row.items, row.cadence), (5, Cadence::Hot));
    assert_eq!(row.regions.iter().collect::<Vec<_>>(), ["eu-west-1", "us-east-1"]);
}

#[test]
fn a_refusal_counts_once_it_lasts_and_is_over_at_the_first_answer() {
    let once = after([visit(0, found(3)), visit(60, refused())]);
    assert_eq!((once.cadence, once.refused_since), (Cadence::Hot, Some(at(60))));
    assert_eq!(once.lateness(at(70)), None);
    let lasting = after([visit(0, found(3)), visit(60, refused()), visit(120, refused()), visit(180, refused())]);
    assert_eq!((lasting.cadence, lasting.items), (Cadence::Refused, 3), "what it has is not forgotten");
    assert_eq!(lasting.lateness(at(181)), Some(Late { since: at(60), reason: LateReason::Refused }));
    let back = RosterRow::visited(Some(&lasting), &visit(240, found(3))).unwrap();
    assert_eq!((back.cadence, back.refused_since, back.lateness(at(241))), (Cadence::Hot, None, None));
}

#[test]
fn an_account_that_was_never_reached_is_refused_at_once_and_never_late() {
    let row = after([visit(0, refused())]);
    assert_eq!((row.cadence, row.enrolled_at), (Cadence::Refused, None));
    assert_eq!(row.lateness(at(1_000_000)), None);
}

#[test]
fn an_account_that_no_visit_reaches_is_late_in_the_end() {
    let hot = after([visit(0, found(3)), visit(60, Outcome::Failed("timeout".to_owned()))]);
    assert_eq!((hot.lateness(at(1_800)), hot.refused_since), (None, None));
    assert_eq!(hot.lateness(at(1_801)), Some(Late { since: at(0), reason: LateReason::Unreached }));
    let cold = after([visit(0, found(0))]);
    assert_eq!((cold.lateness(at(9_000)).is_some(), cold.lateness(at(9_001)).is_some()), (false, true));
}

#[test]
fn an_account_that_leaves_is_not_late_and_may_come_back() {
    let row = after([visit(0, found(3))]);
    let left = row.left(at(60)).unwrap();
    assert_eq!((left.left_at, left.lateness(at(1_000_000)), left.left(at(90))), (Some(at(60)), None, None));
    let listed = ListedAccount { id: ACCOUNT.to_owned(), name: Some("network".to_owned()) };
    let back = RosterRow::listed(Some(&left), &listed).unwrap();
    assert_eq!((back.left_at, back.name.as_deref(), back.items), (None, Some("network"), 3));
    assert_eq!(RosterRow::listed(Some(&back), &listed), None, "the row says so already");
    assert_eq!(RosterRow::listed(Some(&back), &ListedAccount::bare(ACCOUNT)), None, "and its name stays");
    let new = RosterRow::listed(None, &ListedAccount::bare(ACCOUNT)).unwrap();
    assert_eq!((new.revision, new.cadence, new.is_enrolled()), (1, Cadence::Cold, false));
}

#[test]
fn long_texts_are_cut() {
    let row = after([visit(0, Outcome::Refused("x".repeat(100_000)))]);
    assert!(row.last_error.unwrap().len() < 2_000);
    let listed = ListedAccount { id: ACCOUNT.to_owned(), name: Some("x".repeat(100_000)) };
    assert!(RosterRow::listed(None, &listed).unwrap().name.unwrap().len() < 2_000);
}

#[test]
fn an_order_is_written_as_the_contract_says() {
    let order = PollOrder {
        account: Some(ACCOUNT.to_owned()),
        regions: vec!["us-east-1".to_owned()],
        not_before: Some(at(0)),
        not_after: Some(at(60)),
    };
    let written = serde_json::to_string(&order).unwrap();
    assert_eq!(
        written,
        r#"{"account":"111122223333","regions":["us-east-1"],"notBefore":"2026-11-22T03:00:00.000Z","notAfter":"2026-11-22T03:01:00.000Z"}"#
    );
    assert_eq!(serde_json::from_str::<PollOrder>(&written).unwrap(), order);
    let own = PollOrder { account: None, regions: Vec::new(), not_before: None, not_after: None };
    assert_eq!((serde_json::to_string(&own).unwrap().as_str(), serde_json::from_str("{}").unwrap()), ("{}", own));
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        (0_u64..3, any::<bool>(), any::<bool>()).prop_map(|(count, is_complete, has_changed)| Outcome::Reached {
            items: [("us-east-1".to_owned(), count)].into(),
            is_complete,
            has_changed,
        }),
        Just(refused()),
        Just(Outcome::Failed("timeout".to_owned())),
    ]
}

proptest! {
    /// Polls that overlap and messages that come twice: whatever comes in which order, the row never goes back.
    #[test]
    fn visits_in_any_order_move_the_row_forward_only(
        visits in prop::collection::vec((0_u64..100_000, outcomes()), 1..40),
    ) {
        let mut row: Option<RosterRow> = None;
        for (seconds, outcome) in visits {
            let visit = visit(seconds, outcome);
            let Some(next) = RosterRow::visited(row.as_ref(), &visit) else { continue };
            let before = row.clone().unwrap_or_else(|| RosterRow::unknown(ACCOUNT));
            prop_assert_eq!(next.revision, before.revision + 1);
            prop_assert!(next.last_poll_at > before.last_poll_at);
            prop_assert!(next.last_ok_at >= before.last_ok_at);
            prop_assert!(before.enrolled_at.is_none() || next.enrolled_at == before.enrolled_at);
            prop_assert_eq!(next.last_error.is_none(), next.last_ok_at == next.last_poll_at);
            prop_assert!(next.items == 0 || next.cadence != Cadence::Cold);
            prop_assert!(next.cadence != Cadence::Refused || next.refused_since.is_some());
            row = Some(next);
        }
    }
}
