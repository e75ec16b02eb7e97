use std::{cell::Cell, collections::BTreeSet, future::poll_fn, task::Poll};

use super::*;
use crate::{
    domain::{Kind, Scope},
    monitor::{Cause, Failure, Gap},
};

/// A clock that a poll moves forward.
#[derive(Default)]
struct Watch(Cell<u64>);

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(0).plus(Duration::from_secs(self.0.get()))
    }

    async fn sleep(&self, duration: Duration) {
        self.0.set(self.0.get() + duration.as_secs());
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_milliseconds(second * 1000)
}

fn report(account: &str, outcome: Result<PollReport, NoAccess>) -> AccountReport {
    let whose = if account == "own" { Whose::Own } else { Whose::Another };
    AccountReport { account: account.to_owned(), whose, began: at(0), outcome, not_enrolled: None }
}

fn no_access(denial: Denial) -> NoAccess {
    NoAccess { account: "a".to_owned(), denial, reason: "the role cannot be assumed".to_owned() }
}

fn failed(step: Step) -> PollReport {
    let failure = Failure { step, subject: None, cause: Cause::Error("no".to_owned()), count: 1 };
    PollReport { failures: vec![failure], listed: 1, ..PollReport::default() }
}

fn with_gap(listed: u64) -> PollReport {
    let scope = Scope::regional("1", "us-east-1");
    let gap = Gap { scope, kind: Kind::Lag, parent: None, error: "denied".to_owned() };
    PollReport { gaps: vec![gap], listed, ..PollReport::default() }
}

fn names(accounts: &[&str]) -> Vec<String> {
    accounts.iter().map(|account| (*account).to_owned()).collect()
}

async fn breathe(times: usize) {
    let mut left = times;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}

#[tokio::test]
async fn four_accounts_at_a_time_and_all_in_the_end() {
    let (at_once, most, seen) = (Cell::new(0), Cell::new(0), RefCell::new(BTreeSet::new()));
    let accounts = names(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
    let beat = SideBySide::default()
        .poll(accounts.clone(), (&Watch::default(), Some(at(50))), async |account: &str| {
            at_once.set(at_once.get() + 1);
            most.set(most.get().max(at_once.get()));
            breathe(5).await;
            at_once.set(at_once.get() - 1);
            seen.borrow_mut().insert(account.to_owned());
            report(account, Ok(PollReport::default()))
        })
        .await;
    assert_eq!((most.get(), beat.accounts.len(), beat.postponed.len()), (4, 10, 0));
    assert_eq!(seen.into_inner().into_iter().collect::<Vec<_>>(), accounts);
    assert_eq!(beat.failure(), None);
}

#[tokio::test]
async fn what_did_not_fit_comes_first_the_next_time() {
    let (side_by_side, clock) = (SideBySide::default(), Watch::default());
    let order = RefCell::new(Vec::new());
    let poll = async |account: &str| {
        order.borrow_mut().push(account.to_owned());
        clock.sleep(Duration::from_secs(10)).await;
        report(account, Ok(if account == "b" { failed(Step::Deadline) } else { PollReport::default() }))
    };
    let accounts = || names(&["a", "b", "c", "d", "e"]);
    let beat = side_by_side.poll(accounts(), (&clock, Some(at(45))), poll).await;
    assert_eq!((beat.postponed.as_slice(), beat.accounts.len()), (&names(&["e"])[..], 4));
    assert_eq!(beat.failure(), None, "an account of its own has run out of time");
    order.borrow_mut().clear();
    side_by_side.poll(accounts(), (&clock, None), poll).await;
    assert_eq!(order.into_inner(), ["e", "b", "a", "c", "d"]);
}

#[test]
fn only_what_concerns_all_accounts_fails_the_invocation() {
    let other = |outcome| report("other", outcome).failure().is_some();
    assert!(!other(Ok(PollReport::default())));
    assert!(!other(Ok(with_gap(3))), "a gap");
    assert!(!other(Ok(failed(Step::Deadline))), "its time");
    assert!(!other(Err(no_access(Denial::Refused))) && !other(Err(no_access(Denial::Throttled))));
    assert!(other(Ok(failed(Step::Recall))) && other(Ok(failed(Step::Announce))));
    assert!(other(Err(no_access(Denial::Expired))), "the monitor's own credentials");
    assert!(report("own", Ok(with_gap(3))).failure().is_some(), "the own account, as ever");
    let not_enrolled = Some("no table".to_owned());
    let report = AccountReport { not_enrolled, ..report("other", Ok(PollReport::default())) };
    assert_eq!(report.failure().as_deref(), Some("roster: no table"));
}

#[test]
fn a_poll_is_a_visit_to_the_account() {
    let outcome = |result| report("other", result).visit(true).outcome;
    let items = [("us-east-1".to_owned(), 3)];
    let sound =
        PollReport { items_by_region: items.clone().into(), transitions: 1, listed: 2, ..PollReport::default() };
    let reached = |is_complete| Outcome::Reached { items: items.clone().into(), is_complete, has_changed: true };
    assert_eq!(outcome(Ok(sound.clone())), reached(true));
    assert_eq!(
        report("other", Ok(sound.clone())).visit(false).outcome,
        reached(false),
        "it did not ask for everything"
    );
    let partly = PollReport { gaps: with_gap(1).gaps, ..sound };
    assert_eq!(outcome(Ok(partly)), reached(false));
    assert!(matches!(outcome(Ok(with_gap(0))), Outcome::Failed(error) if error.contains("denied")));
    assert!(matches!(outcome(Err(no_access(Denial::Refused))), Outcome::Refused(_)));
    assert!(matches!(outcome(Err(no_access(Denial::Throttled))), Outcome::Failed(_)));
}

#[test]
fn the_answer_has_each_account_with_its_report_or_its_error() {
    let reports = [report("a", Ok(PollReport::default())), report("b", Err(no_access(Denial::Refused)))];
    let accounts = reports.map(|report| (report.account.clone(), report)).into();
    let answer = serde_json::to_value(BeatReport { accounts, postponed: names(&["c"]) }).unwrap();
    assert_eq!(answer["accounts"]["a"]["items"], 0);
    assert_eq!(answer["accounts"]["b"], serde_json::json!({"error": "the role cannot be assumed"}));
    assert_eq!(answer["postponed"], serde_json::json!(["c"]));
}
