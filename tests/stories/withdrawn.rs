//! Incidents of what is configured no longer: they end as withdrawn, and that is announced until every sink has it.

use aws_dx_monitor::{
    domain::{Kind, Notify, Scope},
    monitor::{Memory, Settings},
    ports::History,
    simulator::Scenario,
};
use insta::assert_snapshot;

use super::rig::{ACCOUNT, Answer, OTHER_REGION, REGION, Rig, Step, Trouble, account};

/// A connection in each of two regions; that of the second is down, and people know it.
async fn an_outage_elsewhere() -> Rig {
    let mut scenario = Scenario::default();
    for (region, id) in [(REGION, "dxcon-1"), (OTHER_REGION, "dxcon-2")] {
        scenario.inventory.region_mut(region).connections.push(account::connection(id));
    }
    let mut rig = Rig::of(scenario);
    rig.settings.notify = Notify::Incidents;
    let rig = rig.with_baseline().await;
    rig.minute(1).turns("dxcon-2", "down").poll_well().await;
    assert_eq!((rig.sns().incidents().len(), rig.bus().incidents().len()), (1, 1));
    rig
}

impl Rig {
    /// A new process, that polls the first region only.
    fn leaves_the_other_region(&mut self) {
        self.settings.scopes = Settings::scopes(ACCOUNT, &[REGION.to_owned()], &self.settings.kinds);
        self.memory = Memory::default();
    }

    async fn other_region_is_retired(&self) -> bool {
        let listed = self.ledger.inner.scopes().await.unwrap();
        listed.into_iter().any(|listed| listed.scope.region() == OTHER_REGION && listed.retired_at.is_some())
    }

    async fn open_incidents_elsewhere(&self) -> u64 {
        self.ledger.inner.states(&Scope::regional(ACCOUNT, OTHER_REGION)).await.unwrap().open_incidents()
    }
}

#[tokio::test]
async fn the_outage_of_a_region_that_is_taken_off_the_list_is_withdrawn() {
    let mut rig = an_outage_elsewhere().await;
    rig.leaves_the_other_region();
    rig.minute(9).poll_well().await;
    let withdrawn = rig.sns().incidents().remove(0);
    assert_snapshot!(withdrawn.for_people.subject, @"[withdrawn] connection dxcon-2 (fibre dxcon-2) watched no longer, after 8 minutes");
    assert_snapshot!(withdrawn.for_people.text.split("\n\n").next().unwrap(), @"
    Connection dxcon-2 (fibre dxcon-2) is watched no longer, after 8 minutes.
    It is not watched any more: its kind or its region was taken off the configuration.
    ");
    let document = rig.bus().incidents().remove(0).document;
    assert_eq!((document["reason"].as_str(), document["action"].as_str()), (Some("withdrawn"), Some("resolve")));
    assert!(rig.other_region_is_retired().await);
    assert_eq!(rig.open_incidents_elsewhere().await, 0);
    for number in [10, 11] {
        rig.minute(number).poll_well().await;
        assert!(rig.sns().incidents().is_empty() && rig.bus().incidents().is_empty());
    }
}

#[tokio::test]
async fn a_withdrawal_is_announced_until_every_sink_has_acknowledged_it_whatever_process_does_so() {
    let mut rig = an_outage_elsewhere().await;
    rig.leaves_the_other_region();
    rig.sns().answers(Answer::Transient);
    let report = rig.minute(9).poll().await;
    assert!(report.pending == 1 && rig.bus().incidents().len() == 1, "{report}");
    rig.sns().incidents();
    assert!(rig.other_region_is_retired().await, "its incidents are over");
    rig.leaves_the_other_region();
    rig.minute(10).poll().await;
    rig.sns().answers(Answer::Accepts);
    rig.sns().incidents();
    rig.minute(11).poll_well().await;
    assert_eq!((rig.sns().incidents().len(), rig.bus().incidents().len()), (1, 0));
    rig.minute(12).poll_well().await;
    let calls = rig.ledger.calls(Step::Listed);
    rig.minute(13).poll_well().await;
    assert!(calls > 0 && rig.ledger.calls(Step::Listed) == 0, "then it costs nothing any more");
    assert!(rig.sns().incidents().is_empty());
}

#[tokio::test]
async fn a_region_stays_on_the_list_until_its_incidents_are_over() {
    let mut rig = an_outage_elsewhere().await;
    rig.leaves_the_other_region();
    for (number, step) in [(9, Step::Revision), (10, Step::Fold)] {
        rig.ledger.trouble(step, Trouble::Refuses);
        assert!(!rig.minute(number).poll().await.is_success());
        rig.ledger.mend();
        assert!(!rig.other_region_is_retired().await && rig.open_incidents_elsewhere().await == 1, "{step:?}");
    }
    rig.minute(11).poll_well().await;
    assert!(rig.other_region_is_retired().await && rig.sns().incidents().len() == 1);
}

#[tokio::test]
async fn the_outage_of_a_kind_that_is_taken_off_the_list_is_withdrawn() {
    let mut rig = Rig::of(account::of_each(2));
    rig.settings.notify = Notify::Incidents;
    let mut rig = rig.with_baseline().await;
    rig.minute(1).turns("dxpeer-1", "down").poll_well().await;
    rig.sns().incidents();
    rig.choose(&[Kind::Connection]);
    rig.minute(9).poll_well().await;
    assert_snapshot!(rig.sns().incident_subjects(), @"[withdrawn] BGP peer dxpeer-1 (interface 1) watched no longer, after 8 minutes");
}
