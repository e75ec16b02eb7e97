//! Polls between the regular ones, of a part of what is configured: what happened is recorded and announced at once, and
//! nothing that is true of the whole is said of the part.

use aws_dx_monitor::{
    domain::{Kind, Notify, Scope},
    monitor::PollReport,
    ports::History,
    simulator::{BgpPeer, Scenario, VirtualInterface},
};
use insta::assert_snapshot;

use super::rig::{ACCOUNT, OTHER_REGION, REGION, Rig, account};

const GATEWAY: &str = "5f294f92-bafb-4011-916d-9b0bexample";

/// A gateway that an interface leads to in each of two regions.
fn two_regions() -> Scenario {
    let mut scenario = Scenario::default();
    for (region, number) in [(REGION, 1), (OTHER_REGION, 2)] {
        let inventory = scenario.inventory.region_mut(region);
        inventory.connections.push(account::connection(&format!("dxcon-{number}")));
        inventory.virtual_interfaces.push(VirtualInterface {
            bgp_peers: vec![BgpPeer { address_family: None, ..account::session(number, "ipv4") }],
            ..account::interface_to(GATEWAY, number)
        });
    }
    account::add_gateway(&mut scenario, GATEWAY, None);
    scenario
}

async fn watching_two_regions() -> Rig {
    let mut rig = Rig::of(two_regions());
    rig.settings.notify = Notify::Incidents;
    let rig = rig.with_baseline().await;
    rig.minute(1).poll_well().await;
    rig.metrics.forget();
    rig
}

impl Rig {
    async fn poll_region(&self, region: &str) -> PollReport {
        let scopes = [Scope::regional(ACCOUNT, region)];
        self.monitor(&self.ledger, &self.clock).poll_in_between(&scopes, None).await
    }

    async fn interval_of(&self, region: &str) -> Option<u64> {
        let states = self.ledger.inner.states(&Scope::regional(ACCOUNT, region)).await.unwrap();
        states.poll.unwrap().interval_seconds
    }
}

#[tokio::test]
async fn what_happened_is_announced_at_once_and_the_other_scopes_count_as_they_were() {
    let rig = watching_two_regions().await;
    rig.turns("dxcon-1", "down").turns("dxvif-1", "down").turns("dxpeer-1", "down");
    let report = rig.poll_region(REGION).await;
    assert!(report.is_success() && report.transitions == 3, "{report}");
    // The other region's path is still there, though nobody has looked at it in this poll.
    assert_snapshot!(rig.sns().incident_subjects(), @"[warning] connection dxcon-1 (fibre...) down: 2 with it, 5f294f92-bafb-4011-91... has 1 of 2 paths");
    let document = rig.bus().incidents().remove(0).document;
    assert_eq!(document["incident"]["impact"]["level"], "last-path", "{document}");
    let report = rig.minute(2).poll_well().await;
    assert_eq!(report.transitions, 0, "the regular poll finds nothing new");
    assert!(rig.sns().incidents().is_empty());
}

#[tokio::test]
async fn the_monitors_own_figures_are_those_of_regular_polls() {
    let rig = watching_two_regions().await;
    rig.poll_region(REGION).await;
    assert!(rig.metrics.last("ConnectionState", "dxcon-1").is_some(), "levels are published");
    for metric in ["PollSucceeded", "PollDuration", "ItemsObserved", "AnnouncementsPending", "IncidentsOpen", "Gaps"] {
        assert_eq!(rig.metrics.own(metric), None, "{metric}");
    }
    assert_eq!(rig.metrics.own("Transitions"), Some(0.0));
    rig.turns("dxcon-1", "down");
    rig.poll_region(REGION).await;
    assert_eq!(rig.metrics.own("Transitions"), Some(1.0));
    assert!(rig.metrics.own("FirstMessageDelay").is_some());
    let elsewhere = rig.poll_region("eu-north-1").await;
    assert!(!elsewhere.is_success(), "{elsewhere}");
    assert_eq!(rig.metrics.own("PollSucceeded"), Some(0.0), "that it failed is said");
}

#[tokio::test]
async fn it_changes_neither_the_list_of_scopes_nor_the_interval_of_the_schedule() {
    let mut rig = watching_two_regions().await;
    rig.memory = aws_dx_monitor::monitor::Memory::default();
    rig.minute(2).poll_region(REGION).await;
    let listed = rig.ledger.inner.scopes().await.unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|listed| listed.retired_at.is_none()), "{listed:?}");
    assert_eq!(rig.interval_of(REGION).await, Some(60));
    rig.minute(4).poll_well().await;
    assert_eq!((rig.interval_of(REGION).await, rig.interval_of(OTHER_REGION).await), (Some(180), Some(180)));
    assert!(rig.find(&format!("{}/dxcon-2", Kind::Connection)).await.is_none(), "it is of the other region");
}
