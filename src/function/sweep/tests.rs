use super::{
    super::accounts_rig::{Answer, Hub, JumpingClock, at},
    *,
};

fn sweep(hub: &Hub) -> Sweep<'_, JumpingClock> {
    Sweep { roster: hub, prober: hub, queue: Some(hub), clock: &hub.clock }
}

fn list(accounts: impl IntoIterator<Item = impl Into<String>>) -> Vec<ListedAccount> {
    accounts.into_iter().map(ListedAccount::bare).collect()
}

#[tokio::test]
async fn a_sweep_finds_who_has_something_who_refuses_and_who_has_left() {
    let hub = Hub::new();
    hub.enrolled("1", Cadence::Hot);
    hub.enrolled("2", Cadence::Cold);
    hub.enrolled("3", Cadence::Cold);
    hub.answers("2", Answer::Items(4));
    hub.answers("4", Answer::Refusal);
    hub.answers("5", Answer::Items(0));
    hub.set_time(3_600);
    let report = sweep(&hub).begin(&list(["1", "2", "4", "5"]), at(3_600), None).await.unwrap();
    assert_eq!((report.probed, report.refused, report.rest, report.failures.len()), (3, 1, 0, 0));
    assert_eq!((report.changed, report.left, report.found), (3, vec!["3".to_owned()], vec!["2".to_owned()]));
    let cadences = ["1", "2", "4", "5"].map(|account| hub.row(account).cadence);
    assert_eq!(cadences, [Cadence::Hot, Cadence::Hot, Cadence::Refused, Cadence::Cold]);
    assert_eq!((hub.row("3").left_at, hub.row("1").revision), (Some(at(3_600)), 1), "a hot account is left alone");
    assert!(hub.payloads().is_empty());
}

#[tokio::test]
async fn a_sweep_that_does_not_fit_is_gone_on_with_and_keeps_its_pace() {
    let hub = Hub::new();
    let accounts: Vec<String> = (0..300).map(|number| format!("{number:012}")).collect();
    let deadline = |seconds| Some(at(seconds));
    let first = sweep(&hub).begin(&list(accounts.clone()), at(0), deadline(60)).await.unwrap();
    assert_eq!(first.probed + first.rest, 300);
    assert_eq!(hub.payloads(), [r#"{"sweep":{"listedAt":"2026-11-22T03:00:00.000Z"}}"#]);
    let taken = hub.clock.now().since(at(0)).as_secs_f64();
    assert!(first.probed as f64 * 7.0 / taken <= 15.001, "{} in {taken} s", first.probed);
    let order = SweepOrder { listed_at: at(0) };
    let mut probed = first.probed;
    while probed < 300 {
        let seconds = hub.clock.now().since(at(0)).as_secs();
        let next = sweep(&hub).go_on(&order, deadline(seconds + 60)).await.unwrap();
        assert!(next.probed > 0);
        probed += next.probed;
    }
    assert_eq!(probed, 300, "each once");
    assert!(accounts.iter().all(|account| hub.row(account).last_poll_at.is_some()));
    assert_eq!(sweep(&hub).go_on(&order, None).await.unwrap(), SweepReport::default(), "a message that comes twice");
}

#[tokio::test]
async fn an_account_that_hangs_holds_the_others_up_for_no_more_than_five_seconds() {
    let hub = Hub::new();
    hub.answers("1", Answer::Silence);
    let report = sweep(&hub).begin(&list(["1", "2"]), at(0), None).await.unwrap();
    assert_eq!((report.probed, hub.row("2").is_enrolled()), (2, true));
    assert_eq!(hub.row("1").last_error.as_deref(), Some("the account did not answer in time"));
    assert!(hub.clock.now().since(at(0)) <= Duration::from_secs(6));
}

#[tokio::test]
async fn a_row_that_others_write_meanwhile_is_decided_on_again() {
    let hub = Hub::new();
    hub.races.set(3);
    let visit = hub.probe("1", at(0)).await;
    assert!(enrol(&hub, &visit).await.unwrap().is_some_and(|row| row.is_enrolled()));
    hub.races.set(usize::MAX);
    let error = enrol(&hub, &hub.probe("1", at(3_600)).await).await.unwrap_err();
    assert_eq!(error.to_string(), "the row of the account 1 is written by others all the time");
    hub.is_broken.set(true);
    assert!(sweep(&hub).begin(&list(["1"]), at(3_600), None).await.is_err());
}

#[tokio::test]
async fn without_a_queue_the_next_sweep_begins_with_the_rest() {
    let hub = Hub::new();
    let without = Sweep { queue: None, ..sweep(&hub) };
    let accounts: Vec<String> = (0..300).map(|number| format!("{number:012}")).collect();
    let first = without.begin(&list(accounts.clone()), at(0), Some(at(60))).await.unwrap();
    assert!(first.rest > 0 && hub.row(&accounts[299]).last_poll_at.is_none());
    hub.set_time(3_600);
    without.begin(&list(accounts.clone()), at(3_600), Some(at(3_660))).await.unwrap();
    assert!(hub.row(&accounts[299]).last_poll_at.is_some() || first.rest > first.probed);
    assert!(hub.row(&accounts[first.probed as usize]).last_poll_at.is_some());
}
