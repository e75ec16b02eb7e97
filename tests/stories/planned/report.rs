//! What the report makes of planned time that the whole pipeline has recorded, with the rows of the windows and without them.

use aws_dx_monitor::{
    domain::{Kind, PlannedBy},
    local::SqliteLedger,
    report::{Condition, Exclusions, Figures, PlannedChoice, Report, Verdict},
};
use insta::assert_snapshot;

use super::rig::{Planned, Says, notice};
use crate::support::letters::beside;

/// The items that were down, then the destinations, each with its minutes: planned, unplanned, and those that count as
/// down. Those that have the same as the one before stand in its line.
fn minutes(report: &Report) -> String {
    let items = report.items.iter().map(|entry| (&entry.item.id, &entry.figures));
    let destinations =
        report.destinations.iter().map(|found| (found.name.as_ref().unwrap_or(&found.id), &found.figures));
    let mut lines: Vec<(Vec<&str>, String)> = Vec::new();
    for (name, figures) in items.chain(destinations) {
        let Figures { planned_milliseconds, unplanned_milliseconds, down_milliseconds, .. } = figures;
        let [planned, unplanned, down] =
            [planned_milliseconds, unplanned_milliseconds, down_milliseconds].map(|time| time / 60_000);
        let minutes = format!("planned {planned} unplanned {unplanned} down {down}");
        match lines.last_mut() {
            _ if planned + unplanned + down == 0 => {}
            Some((names, of_last)) if *of_last == minutes => names.push(name),
            _ => lines.push((vec![name], minutes)),
        }
    }
    lines.iter().map(|(names, minutes)| format!("{}: {minutes}", names.join(", "))).collect::<Vec<_>>().join("\n")
}

fn windows(report: &Report) -> Vec<(&str, Verdict, u64)> {
    let windows = report.planned.windows.iter();
    windows.map(|window| (&*window.time.by, window.verdict, window.outages)).collect()
}

fn excluding() -> Exclusions {
    Exclusions::default().with_planned(PlannedChoice::excluding(PlannedChoice::USUAL))
}

#[tokio::test]
async fn announced_work_is_left_out_to_the_minute_and_its_overrun_is_not() {
    let story = Planned::overrunning(1).await;
    let report = story.rig.reported().await;
    assert_snapshot!(minutes(&report), @"dxcon-1, dxvif-1, dxpeer-1, core-dxgw: planned 58 unplanned 21 down 79");
    let left_out = story.rig.reported_by(&excluding(), &story.rig.ledger.inner).await;
    assert_snapshot!(minutes(&left_out), @"dxcon-1, dxvif-1, dxpeer-1, core-dxgw: planned 58 unplanned 21 down 21");
    assert_eq!(windows(&left_out), [("aws-health", Verdict::Counts, 3)]);
    // The rows of windows are dropped after eight days. The documents of incidents stay.
    let no_rows = SqliteLedger::in_memory().unwrap();
    let later = story.rig.reported_by(&excluding(), &no_rows).await;
    assert_eq!(minutes(&later), minutes(&left_out));
    assert_eq!(windows(&later), windows(&left_out));
}

#[tokio::test]
async fn work_that_is_announced_when_it_has_begun_excuses_nothing() {
    let story = Planned::watching(2).await;
    story.minutes(2..=11).await;
    story.cable(1, false);
    story.minutes(12..=20).await;
    story.gets(21, &notice(Says::Scheduled, 21, &["dxcon-1"], (10, 70))).await;
    story.quiet(22..=50).await;
    story.cable(1, true);
    story.minutes(51..=60).await;
    let report = story.rig.reported_by(&excluding(), &story.rig.ledger.inner).await;
    assert_snapshot!(minutes(&report), @"dxcon-1, dxvif-1, dxpeer-1: planned 0 unplanned 39 down 39");
    assert_eq!(windows(&report), [("aws-health", Verdict::AnnouncedLate, 3)]);
}

#[tokio::test]
async fn cancelled_work_excuses_nothing() {
    let story = Planned::watching(1).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (10, 70))).await;
    story.gets(5, &notice(Says::Cancelled, 5, &["dxcon-1"], (10, 70))).await;
    story.minutes(6..=11).await;
    story.cable(1, false);
    story.minutes(12..=20).await;
    let report = story.rig.reported_by(&excluding(), &story.rig.ledger.inner).await;
    assert!(report.items.iter().all(|entry| entry.figures.planned_milliseconds == 0));
    assert_eq!(windows(&report), []);
}

#[tokio::test]
async fn a_silence_counts_only_where_it_is_asked_for_by_name() {
    let story = Planned::watching(2).await;
    story.silences("dxcon-1", (5, 60), false).await;
    story.minutes(6..=11).await;
    story.cable(1, false);
    story.quiet(12..=40).await;
    story.cable(1, true);
    story.minutes(41..=50).await;
    let report = story.rig.reported_by(&excluding(), &story.rig.ledger.inner).await;
    assert!(report.items.iter().all(|entry| entry.figures.planned_milliseconds == 0));
    assert_eq!(windows(&report), [("silence", Verdict::NotChosen, 3)]);
    let by_name = Exclusions::default().with_planned(PlannedChoice::excluding([PlannedBy::Silence]));
    let report = story.rig.reported_by(&by_name, &story.rig.ledger.inner).await;
    assert_snapshot!(minutes(&report), @"dxcon-1, dxvif-1, dxpeer-1: planned 29 unplanned 0 down 0");
}

/// From minute 11 on a test puts the session down; the interface is well again at 31, and the session at 41.
async fn tested() -> Planned {
    let story = Planned::watching(2).await;
    story.minutes(2..=10).await;
    story.rig.turns("dxvif-1", "testing").turns("dxpeer-1", "down");
    story.minutes(11..=30).await;
    story.rig.turns("dxvif-1", "available");
    story.minutes(31..=40).await;
    story.rig.turns("dxpeer-1", "up");
    story.minutes(41..=50).await;
    story
}

#[tokio::test]
async fn a_failover_test_is_planned_and_a_session_that_stays_down_after_it_is_not() {
    let story = tested().await;
    assert_snapshot!(story.subjects(), @"
    22 03:11 [info] virtual interface dxvif-1 (prod-1) in a failover test: 1 with it, core-dxgw has 1 of 2 paths
    22 03:34 [warning] test over: BGP peer dxpeer-1 (prod-1) down: core-dxgw has 1 of 2 paths
    22 03:41 [resolved] BGP peer dxpeer-1 (prod-1) up again after 30 minutes
    ");
    let bus = story.rig.bus().incidents();
    let planned = bus.iter().map(|offer| {
        let planned = &offer.document["incident"]["planned"];
        let time = |key: &str| planned[key].as_str().unwrap_or("-").get(11..16).unwrap_or("-").to_owned();
        let word = |key: &str| planned[key].as_str().unwrap_or("-");
        format!(
            "{} {}: {} {} from {} until {}",
            offer.document["reason"].as_str().unwrap(),
            offer.document["incident"]["category"].as_str().unwrap(),
            word("by"),
            word("id"),
            time("from"),
            time("until")
        )
    });
    assert_snapshot!(planned.collect::<Vec<_>>().join("\n"), @"
    opened test: failover-test dxvif-1 from 03:11 until 06:11
    escalated outage: failover-test dxvif-1 from 03:11 until 03:31
    resolved outage: - - from - until -
    ");
    // By default a test is left out as such. Where tests are to count as down, they are planned.
    let usual = story.rig.reported().await;
    assert_snapshot!(minutes(&usual), @"dxpeer-1: planned 0 unplanned 10 down 10");
    let counting_tests = Exclusions::only([Condition::Unknown, Condition::Pending, Condition::Removed]);
    let counted = story.rig.reported_by(&counting_tests, &story.rig.ledger.inner).await;
    assert_snapshot!(minutes(&counted), @"
    dxvif-1: planned 20 unplanned 0 down 20
    dxpeer-1: planned 20 unplanned 10 down 30
    ");
    let left_out = counting_tests.with_planned(PlannedChoice::excluding([PlannedBy::FailoverTest]));
    let left_out = story.rig.reported_by(&left_out, &story.rig.ledger.inner).await;
    assert_snapshot!(minutes(&left_out), @"
    dxvif-1: planned 20 unplanned 0 down 0
    dxpeer-1: planned 20 unplanned 10 down 10
    ");
    let peer = left_out.items.iter().find(|entry| entry.item.kind == Kind::BgpPeer).unwrap();
    assert_eq!(peer.outages[0].windows, ["dxvif-1"]);
}

#[tokio::test]
async fn a_message_about_a_failover_test_says_since_when_it_goes_on() {
    let letters = tested().await.letters();
    let [began, over, ended] = &letters[..] else { panic!("{letters:?}") };
    assert_snapshot!(began, @"
    [info] virtual interface dxvif-1 (prod-1) in a failover test: 1 with it, core-dxgw has 1 of 2 paths

    Virtual interface dxvif-1 (prod-1) is in a failover test, and core-dxgw has 1 of 2 paths left.
    A failover test: AWS itself has put its BGP sessions down.

    With it:
      1 BGP peer: dxpeer-1 (prod-1)

    Paths:
      core-dxgw (Direct Connect gateway), IPv4: 1 of 2 paths left, on 1 device in 1 location

    Since:        2026-11-22 03:11:00 UTC
    Happened:     after 2026-11-22 03:10:00 UTC, when it was last seen as before (known to within 1 minute)
    Test:         from 2026-11-22 03:11:00 UTC
    Severity:     info (test, opened)
    Impact:       last-path: a destination has one path left, or all of its paths end on one device
    Item:         virtual-interface dxvif-1
    Region:       us-east-1
    Account:      123456789012
    Incident:     0944d377-ce26-561e-b4fc-3bca2dc2124c
    Document:     e3cfe395-8426-53ec-a36f-d5c0a51a30e6 (document 1 of this incident)

    All of it:
      aws-dx-monitor incidents 0944d377-ce26-561e-b4fc-3bca2dc2124c
    ");
    assert_snapshot!(beside(over, began), @"
    [warning] test over: BGP peer dxpeer-1 (prod-1) down: core-dxgw has 1 of 2 paths

    Test over: BGP peer dxpeer-1 (prod-1) is down, and core-dxgw has 1 of 2 paths left.
    The BGP session of dxvif-1 is down.
    The failover test is over, and not all is back.
    Check the BGP session on your router, then the virtual interface that it runs over.

    (its lines 9 to 13)
    Lasted:       23 minutes so far
    Test:         from 2026-11-22 03:11:00 UTC until 2026-11-22 03:31:00 UTC
    Severity:     warning (outage, escalated)
    (its line 16)
    Item:         bgp-peer dxpeer-1
    (its lines 18 to 20)
    Document:     5512e52d-4aaf-5b3a-b33c-0dbd4e9d3e28 (document 2 of this incident)

    (its lines 23 to 24)
    ");
    assert_snapshot!(beside(ended, over), @"
    [resolved] BGP peer dxpeer-1 (prod-1) up again after 30 minutes

    BGP peer dxpeer-1 (prod-1) is up again after 30 minutes.
    The BGP peer is up.

    It took with it:
      1 virtual interface: dxvif-1 (prod-1)

    Paths now:
      core-dxgw (Direct Connect gateway), IPv4: 2 paths, on 2 devices in 1 location

    (its lines 11 to 12)
    Ended:        2026-11-22 03:41:00 UTC
    Lasted:       30 minutes
    Severity:     warning (outage, resolved)
    (its lines 16 to 20)
    Document:     1ae3ef53-cfb5-5ef3-bd12-5056d9face4e (document 3 of this incident)

    (its lines 23 to 24)
    ");
}
