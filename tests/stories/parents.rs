//! One parent whose children may not be read: a gap in its children, and in nothing else. A partner with two hundred
//! interconnects, one of which answers `AccessDenied`.

use aws_dx_monitor::{
    domain::{CoveragePath, Kind, Span, Timestamp},
    monitor::PollReport,
    ports::History,
    query,
    simulator::{Fault, FaultKind, Inventory, Operation, Scenario},
};

use super::rig::{
    REGION, Rig,
    account::{self, connection, id, interconnect},
    minute,
};

const INTERCONNECTS: usize = 200;
/// The one that may not be asked.
const DENIED: &str = "dxcon-i7";

fn hosted(host: usize) -> String {
    format!("dxcon-h{host}")
}

/// A partner's interconnects, each with one hosted connection.
fn partner(interconnects: usize) -> Scenario {
    let mut scenario = Scenario { partner: true, ..Scenario::default() };
    for number in 0..interconnects {
        host(&mut scenario.inventory, number);
    }
    scenario
}

fn host(inventory: &mut Inventory, number: usize) {
    let region = inventory.region_mut(REGION);
    region.interconnects.push(interconnect(&id(Kind::Interconnect, number)));
    region.hosted_connections.insert(id(Kind::Interconnect, number), vec![connection(&hosted(number))]);
}

/// Another hosted connection on an interconnect.
fn another_on(host: &str, id: &str) -> Inventory {
    let mut added = Inventory::default();
    added.region_mut(REGION).hosted_connections.insert(host.to_owned(), vec![connection(id)]);
    added
}

fn denied(parent: &str) -> Fault {
    Fault {
        operation: Some(Operation::DescribeHostedConnections.name().to_owned()),
        parent: Some(parent.to_owned()),
        kind: Some(FaultKind::AccessDenied),
        ..Fault::default()
    }
}

fn monitor_of(scenario: Scenario) -> Rig {
    let mut rig = Rig::of(scenario);
    rig.choose(&[Kind::Interconnect, Kind::HostedConnection]);
    rig
}

impl Rig {
    /// A poll in which nothing is wrong but this gap.
    async fn poll_with_gap(&self, parent: &str) -> PollReport {
        let report = self.poll().await;
        let gaps: Vec<_> = report.gaps.iter().map(|gap| (gap.kind, gap.parent.as_deref())).collect();
        assert_eq!(gaps, [(Kind::HostedConnection, Some(parent))], "{report}");
        assert_eq!(report.failures, [], "{report}");
        report
    }

    /// The unmonitored time of hosted connections, of all or of one parent's, in minutes.
    async fn unmonitored(&self, parent: Option<&str>) -> Vec<(i64, i64)> {
        let path = CoveragePath::new(self.scope(Kind::HostedConnection), Kind::HostedConnection);
        let path = parent.map_or(path.clone(), |parent| path.of_children(parent));
        let found = self.ledger.inner.unmonitored(&path, Span::ALWAYS).await.unwrap();
        let minutes = |at: Timestamp| (at.milliseconds() - minute(0).milliseconds()) / 60_000;
        found.iter().map(|stretch| (minutes(stretch.from), minutes(stretch.to))).collect()
    }

    /// The gaps that the poll row holds, by parent, with the minutes of the last complete listings.
    async fn gaps(&self) -> Vec<(String, Option<i64>)> {
        let recalled = self.ledger.inner.states(&self.scope(Kind::HostedConnection)).await.unwrap();
        let minutes = |at: Timestamp| (at.milliseconds() - minute(0).milliseconds()) / 60_000;
        let gaps = recalled.gaps(Kind::HostedConnection);
        gaps.map(|(parent, gap)| (parent.to_owned(), gap.since.map(minutes))).collect()
    }

    async fn last_complete(&self) -> Option<Timestamp> {
        let recalled = self.ledger.inner.states(&self.scope(Kind::HostedConnection)).await.unwrap();
        recalled.poll.and_then(|poll| poll.last_complete_at(Kind::HostedConnection))
    }
}

#[tokio::test]
async fn an_interconnect_that_may_never_be_asked_blinds_none_of_the_others() {
    let rig = monitor_of(partner(INTERCONNECTS));
    rig.minute(0).fault(denied(DENIED));
    let report = rig.poll_with_gap(DENIED).await;
    assert_eq!(report.items, 2 * INTERCONNECTS as u64 - 1);
    let told = rig.sns().summaries();
    assert_eq!(told.len(), 1, "the others have their baseline");
    assert_eq!(told[0].counts.values().copied().collect::<Vec<_>>(), [INTERCONNECTS, INTERCONNECTS - 1]);
    assert_eq!(rig.gaps().await, [(DENIED.to_owned(), None)], "it was never read");

    // An outage of twenty minutes, a discovery and a departure, all on others.
    rig.minute(5).turns(&hosted(3), "down").leaves(&hosted(4)).adds(another_on("dxcon-i5", "dxcon-new"));
    rig.poll_with_gap(DENIED).await;
    for number in [10, 15, 20] {
        rig.minute(number).poll_with_gap(DENIED).await;
    }
    rig.minute(25).turns(&hosted(3), "available").poll_with_gap(DENIED).await;
    for number in (30..90).step_by(5) {
        rig.minute(number).poll_with_gap(DENIED).await;
    }
    insta::assert_snapshot!(rig.sns().told(), @"
    [critical] hosted-connection dxcon-h3 available -> down (fibre dxcon-h3)
    [info] hosted-connection dxcon-h3 down -> available (fibre dxcon-h3)
    [warning] hosted-connection dxcon-h4 available -> absent (fibre dxcon-h4)
    [info] hosted-connection dxcon-new discovered: available (fibre dxcon-new)
    ");
    assert_eq!(rig.last_complete().await, Some(minute(85)));
    assert_eq!(rig.unmonitored(None).await, []);
    let reported = rig.availability("hosted-connection/dxcon-h3").await;
    assert_eq!((reported.figures.outages, reported.figures.down_milliseconds), (1, 20 * 60_000));
    assert_eq!(reported.figures.excluded.unmonitored, 0);
}

#[tokio::test]
async fn children_that_are_read_for_the_first_time_belong_to_the_baseline() {
    let rig = monitor_of(partner(3));
    rig.minute(0).fault(denied("dxcon-i2")).poll_with_gap("dxcon-i2").await;
    rig.minute(30).poll_with_gap("dxcon-i2").await;
    rig.minute(60).nothing_fails().turns(&hosted(2), "down").poll_well().await;
    assert_eq!(rig.sns().told(), "", "nobody knows since when it is there, nor since when it is down");
    let row = rig.row("hosted-connection/dxcon-h2").await;
    assert_eq!((row.sequence, row.never_up, row.state.value()), (1, false, "down"));
    assert_eq!(rig.gaps().await, []);
    assert_eq!(rig.unmonitored(Some("dxcon-i2")).await, [], "there was no listing before");
    // From now on it is like all others.
    rig.minute(61).turns(&hosted(2), "available").adds(another_on("dxcon-i2", "dxcon-new")).poll_well().await;
    insta::assert_snapshot!(rig.sns().told(), @"
    [info] hosted-connection dxcon-h2 down -> available (fibre dxcon-h2)
    [info] hosted-connection dxcon-new discovered: available (fibre dxcon-new)
    ");
}

#[tokio::test]
async fn a_parent_that_is_read_again_leaves_its_own_silence_behind() {
    let rig = monitor_of(partner(3)).with_baseline().await;
    rig.minute(5).poll_well().await;
    rig.fault(denied("dxcon-i1"));
    rig.minute(10).poll_with_gap("dxcon-i1").await;
    assert_eq!(rig.gaps().await, [("dxcon-i1".to_owned(), Some(5))]);
    rig.turns(&hosted(1), "down").leaves(&hosted(2));
    for number in [15, 20, 25, 30] {
        rig.minute(number).poll_with_gap("dxcon-i1").await;
    }
    assert_eq!(rig.sns().told(), "[warning] hosted-connection dxcon-h2 available -> absent (fibre dxcon-h2)");
    let report = rig.minute(35).nothing_fails().poll_well().await;
    assert_eq!(report.transitions, 1);
    assert_eq!(rig.sns().told(), "[critical] hosted-connection dxcon-h1 available -> down (fibre dxcon-h1)");
    assert_eq!((rig.gaps().await, rig.unmonitored(Some("dxcon-i1")).await), (vec![], vec![(5, 35)]));
    assert_eq!((rig.unmonitored(None).await, rig.unmonitored(Some("dxcon-i0")).await), (vec![], vec![]));
    let event = rig.last_event("hosted-connection/dxcon-h1").await;
    assert_eq!((event.previous_state.unwrap().last_seen_at, event.state.since), (minute(5), minute(35)));

    rig.minute(40).poll_well().await;
    let silent = rig.availability("hosted-connection/dxcon-h1").await.figures;
    assert_eq!(silent.excluded.unmonitored, 30 * 60_000);
    assert_eq!(rig.availability("hosted-connection/dxcon-h0").await.figures.excluded.unmonitored, 0);
}

#[tokio::test]
async fn a_short_gap_of_a_parent_is_no_silence() {
    let rig = monitor_of(partner(3)).with_baseline().await;
    rig.minute(5).fault(denied("dxcon-i1")).poll_with_gap("dxcon-i1").await;
    rig.minute(15).nothing_fails().poll_well().await;
    assert_eq!((rig.gaps().await, rig.unmonitored(Some("dxcon-i1")).await), (vec![], vec![]));
    assert_eq!(rig.availability("hosted-connection/dxcon-h1").await.figures.excluded.unmonitored, 0);
}

#[tokio::test]
async fn what_is_denied_now_is_unmonitored_and_its_outage_is_listed() {
    let rig = monitor_of(partner(3)).with_baseline().await;
    rig.minute(5).turns(&hosted(1), "down").poll_well().await;
    rig.fault(denied("dxcon-i1"));
    for number in (10..60).step_by(10) {
        rig.minute(number).poll_with_gap("dxcon-i1").await;
    }
    let reported = rig.availability("hosted-connection/dxcon-h1").await;
    assert_eq!(reported.figures.excluded.unmonitored, 45 * 60_000, "from the last listing that had it");
    assert_eq!(reported.outages.len(), 1);
    assert_eq!(reported.outages[0].counted_milliseconds, 0);
    assert_eq!(reported.outages[0].unmonitored_milliseconds, 45 * 60_000);
    assert_eq!((reported.figures.outages, reported.figures.outages_not_counted), (0, 1));
    let everything = query::Filter::default();
    let tolerated = rig.settings.unmonitored_after;
    let status = query::status(&rig.ledger.inner, &everything, tolerated, rig.now()).await.unwrap();
    let stale: Vec<_> = status.items.iter().filter(|item| item.stale).collect();
    let stale: Vec<_> = stale.iter().map(|item| (item.id.as_str(), item.last_complete_at)).collect();
    assert_eq!(stale, [("dxcon-h1", Some(minute(5)))], "nobody knows how it is now");
    assert_eq!(rig.availability("hosted-connection/dxcon-h0").await.figures.excluded.unmonitored, 0);
}

#[tokio::test]
async fn a_suspicion_under_a_denied_parent_neither_grows_nor_starts_again() {
    let rig = monitor_of(partner(2)).with_baseline().await;
    let polls = async || rig.row("hosted-connection/dxcon-h1").await.suspect.map(|suspect| suspect.polls);
    rig.minute(1).leaves(&hosted(1)).poll_well().await;
    rig.minute(2).poll_well().await;
    assert_eq!(polls().await, Some(2));
    rig.fault(denied("dxcon-i1"));
    for number in [3, 4, 5] {
        rig.minute(number).poll_with_gap("dxcon-i1").await;
        assert_eq!(polls().await, Some(2));
    }
    rig.minute(6).nothing_fails().poll_well().await;
    assert_eq!(rig.sns().told(), "[warning] hosted-connection dxcon-h1 available -> absent (fibre dxcon-h1)");
    let event = rig.last_event("hosted-connection/dxcon-h1").await;
    assert_eq!((event.previous_state.unwrap().last_seen_at, event.state.since), (minute(0), minute(1)));
}

#[tokio::test]
async fn an_interconnect_that_is_new_and_denied_has_a_baseline_of_its_own() {
    let rig = monitor_of(partner(2)).with_baseline().await;
    let mut added = Inventory::default();
    host(&mut added, 2);
    rig.minute(1).adds(added).fault(denied("dxcon-i2")).poll_with_gap("dxcon-i2").await;
    assert_eq!(rig.gaps().await, [("dxcon-i2".to_owned(), None)]);
    rig.minute(30).nothing_fails().poll_well().await;
    assert_eq!(rig.sns().told(), "[info] interconnect dxcon-i2 discovered: available (port dxcon-i2)");
    assert_eq!(rig.row("hosted-connection/dxcon-h2").await.sequence, 1);
    assert_eq!(rig.unmonitored(Some("dxcon-i2")).await, []);
}

#[tokio::test]
async fn a_denied_interconnect_that_goes_takes_its_gap_and_its_children_with_it() {
    let rig = monitor_of(partner(2)).with_baseline().await;
    rig.minute(1).fault(denied("dxcon-i1")).poll_with_gap("dxcon-i1").await;
    rig.minute(2).turns("dxcon-i1", "deleted").poll_well().await;
    assert_eq!(rig.gaps().await, []);
    for number in [3, 4] {
        rig.minute(number).poll_well().await;
    }
    assert!(rig.row("hosted-connection/dxcon-h1").await.state.is_absent());
}

#[tokio::test]
async fn a_gap_in_the_interconnects_themselves_is_one_of_all_hosted_connections() {
    let rig = monitor_of(partner(3)).with_baseline().await;
    rig.minute(5).fails(Operation::DescribeInterconnects, FaultKind::AccessDenied);
    let gaps: Vec<_> = rig.poll().await.gaps.into_iter().map(|gap| (gap.kind, gap.parent)).collect();
    assert_eq!(gaps, [(Kind::Interconnect, None), (Kind::HostedConnection, None)]);
    assert_eq!((rig.last_complete().await, rig.gaps().await), (Some(minute(0)), vec![]));
    rig.minute(30).nothing_fails().poll_well().await;
    assert_eq!((rig.unmonitored(None).await, rig.unmonitored(Some("dxcon-i1")).await), (vec![(0, 30)], vec![]));
}

#[tokio::test]
async fn hundreds_of_parents_may_be_denied_and_read_again_at_once() {
    let rig = monitor_of(partner(INTERCONNECTS)).with_baseline().await;
    let faults: Vec<Fault> = (1..INTERCONNECTS).map(|number| denied(&id(Kind::Interconnect, number))).collect();
    rig.simulator.edit(|scenario| scenario.faults = faults).unwrap();
    rig.minute(1).turns(&hosted(0), "down");
    let report = rig.poll().await;
    assert_eq!((report.gaps.len(), report.transitions), (INTERCONNECTS - 1, 1), "{report}");
    assert_eq!(rig.gaps().await.len(), INTERCONNECTS - 1);
    rig.minute(30).nothing_fails().poll_well().await;
    assert_eq!(rig.gaps().await, []);
    assert_eq!(rig.unmonitored(Some(&id(Kind::Interconnect, 1))).await, [(0, 30)]);
    assert_eq!(rig.unmonitored(Some(&id(Kind::Interconnect, 0))).await, []);
}

#[tokio::test]
async fn one_gateways_attachments_and_associations_are_gaps_of_their_own() {
    for (operation, kind) in [
        (Operation::DescribeDirectConnectGatewayAttachments, Kind::GatewayAttachment),
        (Operation::DescribeDirectConnectGatewayAssociations, Kind::GatewayAssociation),
    ] {
        let rig = Rig::watching(account::of_each(3)).await;
        rig.minute(1).fault(Fault { operation: Some(operation.name().to_owned()), ..denied("gateway-0") });
        let report = rig.poll().await;
        let gaps: Vec<_> = report.gaps.iter().map(|gap| (gap.kind, gap.parent.as_deref())).collect();
        assert_eq!(gaps, [(kind, Some("gateway-0"))], "{report}");
        for number in 2..6 {
            rig.minute(number).poll().await;
        }
        assert_eq!(rig.sns().told(), "", "its own are unseen, not absent");
        rig.minute(6).nothing_fails().poll_well().await;
        assert_eq!(rig.sns().told(), "");
    }
}
