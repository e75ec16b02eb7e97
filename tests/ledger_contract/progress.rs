//! Progress and coverage: the last complete listings, and unmonitored time.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    domain::{CoveragePath, Kind, KindProgress, Scope, SinkName, Span, Unmonitored},
    ports::{Covering, History, Ledger, Progress},
};

use super::rig::{EXPIRES_AT, Rig, at};

/// The progress of a poll at `second` that listed these kinds completely.
fn poll(second: i64, complete: &[Kind]) -> Progress {
    Progress::listed(at(second), complete.iter().copied())
}

impl<L: Ledger + History> Rig<'_, L> {
    async fn progress(&self, progress: Progress) {
        self.ledger.progress(&self.scope, &progress).await.unwrap();
    }

    async fn kind(&self, kind: Kind) -> KindProgress {
        self.poll().await.kinds.remove(&kind).unwrap_or_default()
    }

    /// The scopes of this account that are listed.
    async fn listed(&self) -> Vec<Scope> {
        let listed = self.ledger.scopes().await.unwrap();
        let mut scopes: Vec<Scope> = listed.into_iter().map(|listed| listed.scope).collect();
        scopes.retain(|scope| scope.account() == self.scope.account());
        scopes.sort();
        scopes
    }

    fn unmonitored(&self, from: i64, to: i64) -> Unmonitored {
        Unmonitored { scope: self.scope.clone(), kind: Kind::Lag, parent: None, from: at(from), to: at(to) }
    }

    async fn cover(&self, from: i64, to: i64) -> Covering {
        self.ledger.cover(&self.unmonitored(from, to), EXPIRES_AT).await.unwrap()
    }

    async fn covered(&self) -> Vec<Unmonitored> {
        let path = CoveragePath::new(self.scope.clone(), Kind::Lag);
        self.ledger.unmonitored(&path, Span::new(at(-1_000_000), at(1_000_000))).await.unwrap()
    }
}

pub async fn a_first_poll_lists_the_scope(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.listed().await, []);
    rig.progress(Progress { first_poll: true, ..poll(0, &[Kind::Connection]) }).await;
    assert_eq!(rig.listed().await, std::slice::from_ref(&rig.scope));
    let poll = rig.poll().await;
    assert_eq!(poll.last_poll_at(), Some(at(0)));
    assert_eq!(poll.kinds.keys().copied().collect::<Vec<_>>(), [Kind::Connection]);
}

pub async fn a_first_poll_that_completed_nothing_lists_the_scope(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(Progress { first_poll: true, ..poll(0, &[]) }).await;
    assert_eq!(rig.listed().await, std::slice::from_ref(&rig.scope));
    assert_eq!(rig.recall().await.poll.and_then(|poll| poll.last_poll_at()), None);
}

pub async fn a_scope_is_listed_once(rig: Rig<'_, impl Ledger + History>) {
    for second in [0, 60] {
        rig.progress(Progress { first_poll: true, ..poll(second, &[Kind::Connection]) }).await;
    }
    rig.progress(poll(120, &[Kind::Connection])).await;
    assert_eq!(rig.listed().await, std::slice::from_ref(&rig.scope));
}

pub async fn scopes_of_one_account_are_listed_apart(rig: Rig<'_, impl Ledger + History>) {
    let (elsewhere, global) = (rig.elsewhere("eu-west-1"), rig.elsewhere(Scope::GLOBAL));
    for each in [&rig, &elsewhere, &global] {
        each.progress(Progress { first_poll: true, ..poll(0, &[]) }).await;
    }
    assert_eq!(rig.listed().await, [elsewhere.scope, global.scope, rig.scope.clone()]);
}

pub async fn the_last_complete_listing_moves_forward(rig: Rig<'_, impl Ledger + History>) {
    for second in [0, 60, 61] {
        rig.progress(poll(second, &[Kind::Connection, Kind::Lag])).await;
        let found = rig.poll().await;
        assert_eq!(found.last_complete_at(Kind::Connection), Some(at(second)));
        assert_eq!(found.last_complete_at(Kind::Lag), Some(at(second)));
    }
}

pub async fn the_last_complete_listing_never_moves_back(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(60, &[Kind::Connection])).await;
    rig.progress(poll(59, &[Kind::Connection])).await;
    assert_eq!(rig.poll().await.last_complete_at(Kind::Connection), Some(at(60)));
}

pub async fn a_kind_that_is_ahead_does_not_hold_back_the_others(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Connection, Kind::Lag])).await;
    rig.progress(poll(120, &[Kind::Lag])).await;
    let all = Progress {
        baseline: BTreeSet::from([Kind::Lag, Kind::VirtualGateway]),
        interval_seconds: Some(60),
        ..poll(60, &[Kind::Connection, Kind::Lag, Kind::VirtualGateway])
    };
    rig.progress(all).await;
    let found = rig.poll().await;
    assert_eq!(found.last_complete_at(Kind::Connection), Some(at(60)));
    assert_eq!(found.last_complete_at(Kind::Lag), Some(at(120)));
    assert_eq!(found.last_complete_at(Kind::VirtualGateway), Some(at(60)));
    assert!(found.has_baseline(Kind::Lag) && found.has_baseline(Kind::VirtualGateway));
    assert_eq!(found.interval_seconds, Some(60));
}

pub async fn kinds_that_are_not_complete_stay_as_they_are(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Connection])).await;
    rig.progress(poll(60, &[Kind::Lag])).await;
    let found = rig.poll().await;
    assert_eq!(found.last_complete_at(Kind::Connection), Some(at(0)));
    assert_eq!(found.last_complete_at(Kind::VirtualInterface), None);
}

pub async fn a_baseline_is_set_once(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(Progress { baseline: BTreeSet::from([Kind::Lag]), ..poll(0, &[Kind::Lag]) }).await;
    let both = BTreeSet::from([Kind::Lag, Kind::Connection]);
    rig.progress(Progress { baseline: both, ..poll(60, &[Kind::Lag, Kind::Connection]) }).await;
    assert_eq!(rig.kind(Kind::Lag).await.baseline_at, Some(at(0)));
    assert_eq!(rig.kind(Kind::Connection).await.baseline_at, Some(at(60)));
    assert_eq!(rig.kind(Kind::Lag).await.last_complete_at, Some(at(60)));
}

pub async fn a_baseline_may_come_after_a_complete_listing(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag])).await;
    assert!(!rig.poll().await.has_baseline(Kind::Lag));
    rig.progress(Progress { baseline: BTreeSet::from([Kind::Lag]), ..poll(60, &[Kind::Lag]) }).await;
    assert_eq!(rig.kind(Kind::Lag).await.baseline_at, Some(at(60)));
}

pub async fn the_interval_is_kept_until_another_is_written(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag])).await;
    assert_eq!(rig.poll().await.interval_seconds, None);
    rig.progress(Progress { interval_seconds: Some(60), ..poll(60, &[Kind::Lag]) }).await;
    rig.progress(poll(120, &[Kind::Lag])).await;
    assert_eq!(rig.poll().await.interval_seconds, Some(60));
    rig.progress(Progress { interval_seconds: Some(300), ..poll(420, &[Kind::Lag]) }).await;
    assert_eq!(rig.poll().await.interval_seconds, Some(300));
}

pub async fn the_last_regular_poll_is_kept_by_those_in_between_and_never_moves_back(
    rig: Rig<'_, impl Ledger + History>,
) {
    rig.progress(poll(0, &[Kind::Lag])).await;
    assert_eq!(rig.poll().await.last_regular_at, None);
    let regular = |second| Progress { regular_at: Some(at(second)), ..poll(second, &[Kind::Lag]) };
    rig.progress(regular(60)).await;
    rig.progress(poll(90, &[Kind::Lag])).await;
    assert_eq!(rig.poll().await.last_regular_at, Some(at(60)));
    rig.progress(regular(120)).await;
    rig.progress(regular(70)).await;
    assert_eq!(rig.poll().await.last_regular_at, Some(at(120)));
}

pub async fn progress_repeated_changes_nothing(rig: Rig<'_, impl Ledger + History>) {
    let learned = Progress {
        baseline: BTreeSet::from([Kind::Lag]),
        interval_seconds: Some(60),
        first_poll: true,
        ..poll(60, &[Kind::Lag, Kind::Connection])
    };
    rig.progress(learned.clone()).await;
    let written = rig.recall().await;
    rig.progress(learned).await;
    assert_eq!(rig.recall().await, written);
}

pub async fn a_sink_is_recorded_as_having_announced_a_baseline(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(Progress { baseline: BTreeSet::from([Kind::Lag]), ..poll(0, &[Kind::Lag, Kind::Connection]) }).await;
    rig.announced(&[Kind::Lag], SinkName::SNS, false, 1).await;
    let lag = rig.kind(Kind::Lag).await;
    assert_eq!(lag.announced_on, BTreeSet::from(["sns".to_owned()]));
    assert_eq!(lag.baseline_announced, None);
    assert!(rig.kind(Kind::Connection).await.announced_on.is_empty());
}

pub async fn several_sinks_are_recorded_as_having_announced_a_baseline(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag, Kind::Connection])).await;
    rig.announced(&[Kind::Lag], SinkName::SNS, false, 1).await;
    rig.announced(&[Kind::Lag, Kind::Connection], SinkName::CHAT, false, 2).await;
    rig.announced(&[Kind::Lag, Kind::Connection], SinkName::CHAT, false, 3).await;
    assert_eq!(rig.kind(Kind::Lag).await.announced_on, BTreeSet::from(["chat".to_owned(), "sns".to_owned()]));
    assert_eq!(rig.kind(Kind::Connection).await.announced_on, BTreeSet::from(["chat".to_owned()]));
}

pub async fn all_sinks_are_recorded_as_having_announced_a_baseline(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag, Kind::Connection])).await;
    rig.announced(&[Kind::Lag], SinkName::SNS, false, 1).await;
    rig.announced(&[Kind::Lag], SinkName::CHAT, true, 2).await;
    assert_eq!(rig.kind(Kind::Lag).await.baseline_announced, Some(at(2)));
    assert_eq!(rig.kind(Kind::Connection).await.baseline_announced, None);
    rig.announced(&[Kind::Lag], SinkName::CHAT, true, 2).await;
    assert_eq!(rig.kind(Kind::Lag).await.baseline_announced, Some(at(2)));
}

pub async fn announcing_a_baseline_changes_nothing_else(rig: Rig<'_, impl Ledger + History>) {
    let learned =
        Progress { baseline: BTreeSet::from([Kind::Lag]), interval_seconds: Some(60), ..poll(0, &[Kind::Lag]) };
    rig.progress(learned).await;
    rig.story("dxcon-1", &[]).await;
    let mut before = rig.recall().await;
    rig.announced(&[Kind::Lag], SinkName::SNS, false, 1).await;
    let lag = before.poll.as_mut().unwrap().kinds.get_mut(&Kind::Lag).unwrap();
    lag.announced_on.insert("sns".to_owned());
    assert_eq!(rig.recall().await, before);
}

pub async fn unmonitored_time_is_written_and_closed(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag])).await;
    assert_eq!(rig.cover(0, 2_000).await, Covering::Written);
    assert_eq!(rig.kind(Kind::Lag).await.last_complete_at, Some(at(2_000)));
    assert_eq!(rig.covered().await, [rig.unmonitored(0, 2_000)]);
    rig.progress(poll(1_000, &[Kind::Lag])).await;
    assert_eq!(rig.kind(Kind::Lag).await.last_complete_at, Some(at(2_000)));
}

pub async fn unmonitored_time_from_another_listing_is_refused_with_the_stored_one(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(1_500, &[Kind::Lag])).await;
    assert_eq!(rig.cover(0, 2_000).await, Covering::Refused(Some(at(1_500))));
    assert_eq!(rig.cover(1_501, 3_000).await, Covering::Refused(Some(at(1_500))));
    assert_eq!(rig.kind(Kind::Lag).await.last_complete_at, Some(at(1_500)));
    assert_eq!(rig.covered().await, []);
}

pub async fn unmonitored_time_without_a_listing_is_refused(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.cover(0, 2_000).await, Covering::Refused(None));
    rig.progress(poll(0, &[Kind::Connection])).await;
    assert_eq!(rig.cover(0, 2_000).await, Covering::Refused(None));
    assert_eq!(rig.covered().await, []);
    assert_eq!(rig.kind(Kind::Lag).await.last_complete_at, None);
}

pub async fn repeated_unmonitored_time_finds_its_own_commit(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag])).await;
    assert_eq!(rig.cover(0, 2_000).await, Covering::Written);
    assert_eq!(rig.cover(0, 2_000).await, Covering::Written);
    assert_eq!(rig.covered().await, [rig.unmonitored(0, 2_000)]);
}

pub async fn unmonitored_time_finds_its_own_commit_after_the_listing_has_moved_on(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag])).await;
    rig.cover(0, 2_000).await;
    rig.progress(poll(2_060, &[Kind::Lag])).await;
    assert_eq!(rig.cover(0, 2_000).await, Covering::Written);
    assert_eq!(rig.kind(Kind::Lag).await.last_complete_at, Some(at(2_060)));
    assert_eq!(rig.cover(0, 2_030).await, Covering::Refused(Some(at(2_060))), "that is another's");
}

pub async fn unmonitored_time_moves_its_own_kind_only(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    let learned = Progress {
        baseline: BTreeSet::from([Kind::Lag]),
        interval_seconds: Some(60),
        ..poll(0, &[Kind::Lag, Kind::Connection])
    };
    rig.progress(learned.clone()).await;
    elsewhere.progress(learned).await;
    let mut before = rig.recall().await;
    let others = elsewhere.recall().await;
    rig.cover(0, 2_000).await;
    let lag = before.poll.as_mut().unwrap().kinds.get_mut(&Kind::Lag).unwrap();
    (lag.last_complete_at, lag.settled_at) = (Some(at(2_000)), Some(at(0)));
    assert_eq!(rig.recall().await, before);
    assert_eq!(elsewhere.recall().await, others);
}

pub async fn a_listing_that_ended_unmonitored_time_is_settled_by_progress(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag, Kind::Connection])).await;
    let settled_at = async || rig.poll().await.last_settled_at(Kind::Lag);
    assert_eq!(settled_at().await, Some(at(0)));
    rig.cover(0, 2_000).await;
    rig.cover(0, 2_000).await;
    assert_eq!(settled_at().await, Some(at(0)), "what it showed is not on record yet");
    rig.progress(poll(2_000, &[Kind::Connection])).await;
    assert_eq!(settled_at().await, Some(at(0)), "that is another kind");
    rig.progress(poll(1_999, &[Kind::Lag])).await;
    assert_eq!(settled_at().await, Some(at(0)), "that is an earlier listing");
    rig.cover(2_000, 4_000).await;
    assert_eq!(settled_at().await, Some(at(0)), "twice in a row");
    assert_eq!(rig.poll().await.last_complete_at(Kind::Lag), Some(at(4_000)));
    rig.progress(poll(4_000, &[Kind::Lag])).await;
    assert_eq!(rig.kind(Kind::Lag).await.settled_at, None);
    assert_eq!(settled_at().await, Some(at(4_000)));
}

pub async fn a_later_listing_settles_too(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag])).await;
    rig.cover(0, 2_000).await;
    rig.progress(poll(2_060, &[Kind::Lag])).await;
    let lag = rig.kind(Kind::Lag).await;
    assert_eq!((lag.last_complete_at, lag.settled_at), (Some(at(2_060)), None));
}

pub async fn of_two_racing_coverages_one_is_written(rig: Rig<'_, impl Ledger + History>) {
    rig.progress(poll(0, &[Kind::Lag])).await;
    let (one, other) = futures::join!(rig.cover(0, 2_000), rig.cover(0, 2_001));
    let stored = rig.kind(Kind::Lag).await.last_complete_at;
    match (one, other) {
        (Covering::Written, refused) => {
            assert_eq!((stored, refused), (Some(at(2_000)), Covering::Refused(Some(at(2_000)))));
        }
        (refused, written) => {
            assert_eq!(written, Covering::Written);
            assert_eq!((stored, refused), (Some(at(2_001)), Covering::Refused(Some(at(2_001)))));
        }
    }
    assert_eq!(rig.covered().await.len(), 1);
}
