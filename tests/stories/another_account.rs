//! A monitor that watches another account than its own: its metrics say whose they are, and nothing that is true of the
//! monitor as a whole is published by the poll of one account.

use std::time::Duration;

use aws_dx_monitor::{
    domain::{Kind, Scope, Whose},
    metrics::MetricsMode,
    simulator::{FaultKind, Operation},
};

use super::rig::{ACCOUNT, Answer, MONITOR, REGION, Rig, Step, Trouble, account, minute};

async fn watching_another(mode: MetricsMode) -> Rig {
    let mut rig = Rig::of(account::of_each(1));
    rig.settings.whose = Whose::Another;
    rig.settings.metrics = mode;
    rig.with_baseline().await
}

#[tokio::test]
async fn a_level_says_whose_it_is_and_a_quiet_poll_says_nothing_of_the_monitor() {
    let rig = watching_another(MetricsMode::Items).await;
    rig.metrics.calls();
    let report = rig.minute(1).poll_well().await;
    assert_eq!(rig.metrics.last("ConnectionState", &format!("{ACCOUNT} dxcon-0")), Some(4.0));
    assert_eq!(rig.metrics.points("PollSucceeded"), []);
    assert_eq!((report.metrics, rig.metrics.calls()), (10, 1), "one call, as for the own account");
}

#[tokio::test]
async fn in_summary_there_is_one_number_for_all_scopes_of_an_account_that_has_items() {
    let rig = watching_another(MetricsMode::Summary).await;
    rig.minute(1).turns("dxcon-0", "down").turns("dxlag-0", "down").poll_well().await;
    assert_eq!(rig.metrics.points("ItemsDown"), [(ACCOUNT.to_owned(), 2.0)]);
    assert_eq!(rig.metrics.points("Items"), []);
    let mut empty = Rig::of(account::connections(0));
    empty.settings.whose = Whose::Another;
    empty.settings.metrics = MetricsMode::Summary;
    empty.minute(0).poll_well().await;
    assert_eq!(empty.metrics.points("ItemsDown"), [], "an account without items costs no metric");
}

#[tokio::test]
async fn of_the_monitors_own_figures_there_is_only_what_happened() {
    let rig = watching_another(MetricsMode::Items).await;
    rig.minute(1).turns("dxcon-0", "down").poll_well().await;
    assert_eq!(rig.metrics.own("Transitions"), Some(1.0));
    assert_eq!(rig.metrics.points("PollSucceeded"), []);
    assert_eq!(rig.metrics.points("ItemsObserved"), [], "it is not what the monitor observes in all");
}

#[tokio::test]
async fn only_what_concerns_all_accounts_is_a_failure_of_the_monitor() {
    let rig = watching_another(MetricsMode::Items).await;
    rig.fails(Operation::DescribeLags, FaultKind::AccessDenied);
    let report = rig.minute(1).poll().await;
    assert!(!report.is_success() && !report.concerns_all(), "{report}");
    assert_eq!(rig.metrics.points("PollSucceeded"), [], "a gap of one account");
    rig.nothing_fails().ledger.trouble_between(Step::Recall, Trouble::Refuses, 0, 1);
    let report = rig.minute(2).poll().await;
    assert!(report.concerns_all(), "{report}");
    assert_eq!(rig.metrics.points("PollSucceeded"), [(MONITOR.to_owned(), 0.0)], "the tables are everyone's");
    rig.bus().answers(Answer::Accepts);
}

#[tokio::test]
async fn a_poll_that_runs_out_of_time_concerns_its_account_alone() {
    let rig = watching_another(MetricsMode::Items).await;
    rig.observations_take(Duration::from_secs(100));
    let report = rig.minute(1).poll_until(Some(minute(2))).await;
    assert!(!report.is_success() && !report.concerns_all(), "{report}");
}

#[tokio::test]
async fn a_regular_poll_may_read_some_of_the_scopes() {
    let rig = Rig::watching(account::of_each(1)).await;
    let scope = Scope::regional(ACCOUNT, REGION);
    let monitor = rig.minute(1).turns("dxcon-0", "down").monitor(&rig.ledger, &rig.clock);
    let report = monitor.poll_of(&[scope], None).await;
    assert!(report.is_success(), "{report}");
    assert_eq!((report.transitions, report.items), (1, 7));
    assert_eq!(rig.settings.kinds.len(), Kind::usual().count(), "what is configured is not retired");
}
