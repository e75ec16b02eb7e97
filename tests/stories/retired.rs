//! Regions and kinds that are no longer configured: they are retired, and raise nothing any more.

use aws_dx_monitor::{
    domain::{Kind, Scope, Timestamp},
    monitor::{Memory, Settings},
    ports::{History, Ledger},
    simulator::{FaultKind, Operation, Scenario},
};

use super::rig::{ACCOUNT, OTHER_REGION, REGION, Rig, Step, Trouble, account, minute};

/// A connection in each of two regions.
fn two_regions() -> Scenario {
    let mut scenario = Scenario::default();
    for (region, id) in [(REGION, "dxcon-1"), (OTHER_REGION, "dxcon-2")] {
        scenario.inventory.region_mut(region).connections.push(account::connection(id));
    }
    scenario
}

impl Rig {
    /// A process that is configured so: it polls these regions only.
    fn is_configured(&mut self, regions: &[&str]) {
        let regions: Vec<String> = regions.iter().map(|region| (*region).to_owned()).collect();
        self.settings.scopes = Settings::scopes(ACCOUNT, &regions, &self.settings.kinds);
        self.memory = Memory::default();
    }

    async fn retired_at(&self, region: &str) -> Option<Timestamp> {
        let listed = self.ledger.inner.scopes().await.unwrap();
        listed.into_iter().find(|listed| listed.scope.region() == region).unwrap().retired_at
    }

    async fn kind_retired_at(&self, kind: Kind) -> Option<Timestamp> {
        let poll = self.ledger.inner.recall(&self.scope(kind)).await.unwrap().poll;
        poll.unwrap().retired_at(kind)
    }
}

#[tokio::test]
async fn a_region_taken_off_the_list_is_retired_until_it_is_polled_again() {
    let mut rig = Rig::watching(two_regions()).await;
    assert_eq!(rig.retired_at(OTHER_REGION).await, None);
    rig.is_configured(&[REGION]);
    for number in [1, 2] {
        rig.minute(number).poll_well().await;
        assert_eq!(rig.retired_at(OTHER_REGION).await, Some(minute(1)));
        assert_eq!(rig.retired_at(REGION).await, None);
    }
    rig.is_configured(&[REGION, OTHER_REGION]);
    rig.minute(3).poll_well().await;
    assert_eq!(rig.retired_at(OTHER_REGION).await, None);
}

#[tokio::test]
async fn a_kind_taken_off_the_list_is_retired_until_it_is_polled_again() {
    let mut rig = Rig::watching(account::of_each(1)).await;
    rig.choose(&[Kind::Connection, Kind::VirtualInterface, Kind::DirectConnectGateway]);
    for number in [1, 2] {
        rig.minute(number).poll_well().await;
        for kind in [Kind::BgpPeer, Kind::Lag, Kind::GatewayAttachment] {
            assert_eq!(rig.kind_retired_at(kind).await, Some(minute(1)), "{kind}");
        }
        for kind in [Kind::Connection, Kind::VirtualInterface, Kind::DirectConnectGateway] {
            assert_eq!(rig.kind_retired_at(kind).await, None, "{kind}");
        }
    }
    rig.choose(&Kind::ALL);
    rig.minute(3).poll_well().await;
    for kind in Kind::ALL {
        assert_eq!(rig.kind_retired_at(kind).await, None, "{kind}");
    }
}

#[tokio::test]
async fn what_another_process_polls_is_not_retired_until_that_ends() {
    let mut rig = Rig::watching(account::of_each(1)).await;
    let (one, another) = ([Kind::Connection, Kind::Lag], [Kind::VirtualInterface]);
    for number in 1..=4 {
        rig.choose(if number % 2 == 1 { &one } else { &another });
        rig.minute(number).poll_well().await;
        assert_eq!(rig.kind_retired_at(Kind::Connection).await, None, "minute {number}");
        assert_eq!(rig.kind_retired_at(Kind::BgpPeer).await, Some(minute(1)), "which neither polls");
    }
    assert_eq!(rig.kind_retired_at(Kind::VirtualInterface).await, None, "it is polled again since minute 2");
    rig.minute(5).poll_well().await;
    for kind in one {
        assert_eq!(rig.kind_retired_at(kind).await, Some(minute(5)), "{kind}");
    }
}

#[tokio::test]
async fn a_kind_that_was_not_listed_for_long_is_retired_though_nothing_else_is_listed_either() {
    let mut rig = Rig::watching_only(Kind::Connection, account::of_each(1)).await;
    rig.choose(&[Kind::Lag]);
    rig.fails(Operation::DescribeLags, FaultKind::AccessDenied);
    for (number, retired_at) in [(14, None), (16, Some(minute(16)))] {
        assert_eq!(rig.minute(number).poll().await.gaps.len(), 1);
        assert_eq!(rig.kind_retired_at(Kind::Connection).await, retired_at, "minute {number}");
    }
}

#[tokio::test]
async fn without_a_global_kind_the_global_scope_is_retired() {
    let mut rig = Rig::watching(account::of_each(1)).await;
    rig.choose(&[Kind::Connection]);
    rig.memory = Memory::default();
    rig.minute(1).poll_well().await;
    assert_eq!(rig.retired_at(Scope::GLOBAL).await, Some(minute(1)));
    assert_eq!(rig.retired_at(REGION).await, None);
}

#[tokio::test]
async fn a_process_reads_the_list_of_scopes_once_and_again_where_that_failed() {
    let mut rig = Rig::watching(two_regions()).await;
    let calls = |rig: &Rig| (rig.ledger.calls(Step::Listed), rig.ledger.calls(Step::Relist));
    assert_eq!(calls(&rig), (1, 0));
    rig.minute(1).poll_well().await;
    assert_eq!(calls(&rig), (0, 0), "a quiet poll pays nothing");
    rig.is_configured(&[REGION]);
    for (number, step) in [(2, Step::Listed), (3, Step::Relist)] {
        rig.ledger.trouble(step, Trouble::Refuses);
        let report = rig.minute(number).poll().await;
        assert_eq!(report.failures.len(), 1, "{report}");
        assert!(report.to_string().contains("the ledger is out of order"), "{report}");
        rig.ledger.mend();
        assert_eq!(rig.retired_at(OTHER_REGION).await, None);
    }
    calls(&rig);
    rig.minute(4).poll_well().await;
    assert_eq!(calls(&rig), (1, 1));
    assert_eq!(rig.retired_at(OTHER_REGION).await, Some(minute(4)));
}

#[tokio::test]
async fn the_scopes_of_another_account_are_another_monitors() {
    let mut rig = Rig::watching(two_regions()).await;
    rig.settings.scopes = vec![Scope::regional("210987654321", REGION)];
    rig.memory = Memory::default();
    rig.minute(1).poll_well().await;
    assert_eq!(rig.retired_at(OTHER_REGION).await, None);
}
