//! Retiring: a scope or kind that is no longer configured is marked as retired, until it is polled again.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    domain::{Kind, ListedScope, Timestamp},
    ports::{History, Ledger, Progress},
};

use super::rig::{Rig, at};

fn poll(second: i64, retired: &[Kind], resumed: &[Kind]) -> Progress {
    let set = |kinds: &[Kind]| kinds.iter().copied().collect::<BTreeSet<Kind>>();
    Progress {
        at: at(second),
        complete: set(&[Kind::Connection]),
        baseline: BTreeSet::new(),
        interval_seconds: None,
        regular_at: None,
        first_poll: second == 0,
        retired: set(retired),
        resumed: set(resumed),
        gaps: Default::default(),
        read_since: Default::default(),
        recalled: Default::default(),
    }
}

impl<L: Ledger + History> Rig<'_, L> {
    async fn polled(&self, progress: Progress) {
        self.ledger.progress(&self.scope, &progress).await.unwrap();
    }

    async fn retire(&self, retired_at: Option<Timestamp>) {
        self.ledger.relist(&ListedScope { scope: self.scope.clone(), retired_at }).await.unwrap();
    }

    /// The rows of this account, as the poll reads them; readers read the same.
    async fn list(&self) -> Vec<ListedScope> {
        let list = self.ledger.listed().await.unwrap();
        assert_eq!(self.ledger.scopes().await.unwrap().len(), list.len());
        let mut list: Vec<_> =
            list.into_iter().filter(|listed| listed.scope.account() == self.scope.account()).collect();
        list.sort();
        list
    }
}

pub async fn a_scope_is_retired_once_and_resumed(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    let other = ListedScope { scope: elsewhere.scope.clone(), retired_at: None };
    let listed = |retired_at| vec![other.clone(), ListedScope { scope: rig.scope.clone(), retired_at }];
    for each in [&rig, &elsewhere] {
        each.polled(poll(0, &[], &[])).await;
    }
    assert_eq!(rig.list().await, listed(None));
    for second in [60, 120] {
        rig.retire(Some(at(second))).await;
        assert_eq!(rig.list().await, listed(Some(at(60))), "it keeps its instant");
    }
    for _ in 0..2 {
        rig.retire(None).await;
        assert_eq!(rig.list().await, listed(None));
    }
    rig.retire(Some(at(180))).await;
    assert_eq!(rig.list().await, listed(Some(at(180))));
}

pub async fn a_scope_that_is_not_listed_is_not_retired(rig: Rig<'_, impl Ledger + History>) {
    for retired_at in [Some(at(0)), None] {
        rig.retire(retired_at).await;
        assert_eq!(rig.list().await, []);
    }
}

pub async fn a_retired_scope_stays_so_when_it_is_listed_again(rig: Rig<'_, impl Ledger + History>) {
    rig.polled(poll(0, &[], &[])).await;
    rig.retire(Some(at(60))).await;
    rig.polled(poll(0, &[], &[])).await;
    assert_eq!(rig.list().await, [ListedScope { scope: rig.scope.clone(), retired_at: Some(at(60)) }]);
}

pub async fn a_kind_is_retired_once_and_resumed(rig: Rig<'_, impl Ledger + History>) {
    rig.polled(poll(0, &[], &[])).await;
    let before = rig.poll().await;
    for second in [60, 120] {
        rig.polled(Progress { complete: BTreeSet::new(), ..poll(second, &[Kind::Connection, Kind::Lag], &[]) }).await;
        let found = rig.poll().await;
        assert_eq!(found.retired_at(Kind::Connection), Some(at(60)), "it keeps its instant");
        assert_eq!(found.retired_at(Kind::Lag), Some(at(60)), "of which there may be no listing");
        assert_eq!(found.last_complete_at(Kind::Connection), Some(at(0)), "and nothing else changes");
    }
    for _ in 0..2 {
        rig.polled(poll(180, &[], &[Kind::Connection])).await;
        let found = rig.poll().await;
        assert_eq!(found.retired_at(Kind::Connection), None);
        assert_eq!(found.retired_at(Kind::Lag), Some(at(60)));
        assert_eq!(found.kinds[&Kind::Connection].baseline_at, before.kinds[&Kind::Connection].baseline_at);
    }
}

pub async fn retiring_a_kind_is_not_held_back_by_one_that_is_ahead(rig: Rig<'_, impl Ledger + History>) {
    rig.polled(poll(120, &[], &[])).await;
    rig.polled(poll(60, &[Kind::Lag], &[])).await;
    let found = rig.poll().await;
    assert_eq!(found.last_complete_at(Kind::Connection), Some(at(120)));
    assert_eq!(found.retired_at(Kind::Lag), Some(at(60)));
}
