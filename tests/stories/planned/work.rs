//! AWS's planned work, from the notices of AWS Health to the messages: what was planned is no alarm where a path is left.

use std::collections::BTreeSet;

use aws_dx_monitor::{monitor::Memory, ports::Windows, query, resilience::Failure};
use insta::assert_snapshot;
use serde_json::json;

use super::rig::{Planned, Says, notice};
use crate::stories::rig::{ACCOUNT, Step, Trouble};

const DAY: u64 = 24 * 60;

#[tokio::test]
async fn work_of_four_hours_on_one_of_two_paths_is_two_messages_for_information() {
    let story = Planned::watching(2).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (60, 300))).await;
    story.quiet(2..=62).await;
    assert_eq!(story.subjects(), "", "a path is left: nobody has to do anything");
    story.cable(1, false);
    story.quiet(63..=280).await;
    story.cable(1, true);
    story.quiet(281..=400).await;
    assert_snapshot!(story.subjects(), @"
    22 04:03 [info] planned work: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths
    22 07:41 [resolved] connection dxcon-1 (prod-1) up again after 3 hours 38 minutes
    ");
    assert_snapshot!(story.programs(), @"opened, resolved");
}

#[tokio::test]
async fn work_on_the_last_path_is_warned_of_twice_and_critical_when_it_comes() {
    let story = Planned::watching(1).await;
    let (from, until) = (2 * DAY, 2 * DAY + 240);
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (from, until))).await;
    story.quiet(2..=DAY + 3).await;
    story.quiet(DAY + 4..=from - 57).await;
    story.quiet(from - 56..=from + 3).await;
    assert_snapshot!(story.subjects(), @"
    23 03:01 [warning] connection dxcon-1 to go down at 2026-11-24 03:00 UTC: 2 with it, core-dxgw has no path
    24 02:01 [warning] connection dxcon-1 to go down at 2026-11-24 03:00 UTC: 2 with it, core-dxgw has no path
    24 03:01 [resolved] connection dxcon-1 (prod-1) now being worked on
    ");
    story.cable(1, false);
    story.minutes(from + 4..=from + 8).await;
    story.cable(1, true);
    story.quiet(from + 9..=until + 30).await;
    assert_snapshot!(story.subjects(), @"
    24 03:04 [critical] planned work: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has no path
    24 03:09 [resolved] connection dxcon-1 (prod-1) up again after 5 minutes
    ");
}

#[tokio::test]
async fn work_that_overruns_is_announced_as_worse_than_planned() {
    let story = Planned::overrunning(2).await;
    assert_snapshot!(story.subjects(), @"
    22 03:12 [info] planned work: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths
    22 04:28 [warning] work over: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths
    22 04:31 [resolved] connection dxcon-1 (prod-1) up again after 1 hour 19 minutes
    ");
}

#[tokio::test]
async fn work_that_aws_calls_complete_is_over_then_though_more_time_was_planned() {
    let story = Planned::watching(2).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (10, 250))).await;
    story.minutes(2..=11).await;
    story.cable(1, false);
    story.minutes(12..=30).await;
    story.gets(31, &notice(Says::Complete, 31, &["dxcon-1"], (10, 250))).await;
    story.minutes(32..=50).await;
    assert_snapshot!(story.subjects(), @"
    22 03:12 [info] planned work: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths
    22 03:46 [warning] work over: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths
    ");
}

#[tokio::test]
async fn work_that_is_cancelled_before_it_begins_is_called_off_where_it_was_warned_of() {
    let story = Planned::watching(1).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (600, 840))).await;
    story.minutes(2..=3).await;
    story.gets(5, &notice(Says::Cancelled, 5, &["dxcon-1"], (600, 840))).await;
    story.minutes(6..=8).await;
    assert_snapshot!(story.subjects(), @"
    22 03:01 [warning] connection dxcon-1 to go down at 2026-11-22 13:00 UTC: 2 with it, core-dxgw has no path
    22 03:05 [resolved] connection dxcon-1 (prod-1) not to go down after all
    ");
    // What happens at the time is no planned work any more.
    story.quiet(9..=604).await;
    story.cable(1, false);
    story.minutes(605..=606).await;
    assert_snapshot!(story.subjects(), @"22 13:05 [critical] connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has no path");
}

#[tokio::test]
async fn work_that_is_cancelled_while_it_is_done_explains_nothing_any_more() {
    let story = Planned::watching(2).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (10, 250))).await;
    story.minutes(2..=11).await;
    story.cable(1, false);
    story.minutes(12..=20).await;
    story.gets(21, &notice(Says::Cancelled, 21, &["dxcon-1"], (10, 250))).await;
    story.minutes(22..=30).await;
    assert_snapshot!(story.subjects(), @"
    22 03:12 [info] planned work: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths
    22 03:21 [warning] work over: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths
    ");
}

#[tokio::test]
async fn work_that_is_announced_in_two_pages_is_one_piece_of_work() {
    let story = Planned::watching(2).await;
    for (page, item) in [(1, "dxcon-1"), (2, "dxcon-2")] {
        let mut event = notice(Says::Scheduled, 1, &[item], (600, 840));
        event["detail"]["page"] = json!(page.to_string());
        event["detail"]["communicationId"] = json!(format!("0d8d6a7c41e29b5f-{page}"));
        event["detail"]["totalPages"] = json!("2");
        story.gets(page, &event).await;
        let expected = if page == 1 { "" } else { "[warning]" };
        let subjects = story.subjects();
        assert!(subjects.contains(expected) && subjects.is_empty() == (page == 1), "page {page}: {subjects}");
    }
    story.quiet(3..=602).await;
    story.subjects();
    story.cable(1, false);
    story.cable(2, false);
    story.minutes(603..=605).await;
    assert_snapshot!(story.subjects(), @"22 13:03 [critical] planned work: location EqDC2 down: 6 with it, core-dxgw has no path");
}

#[tokio::test]
async fn where_the_plans_cannot_be_read_the_poll_fails_and_what_was_known_holds() {
    let story = Planned::watching(2).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (10, 250))).await;
    story.minutes(2..=11).await;
    story.rig.ledger.trouble(Step::Windows, Trouble::Refuses);
    story.cable(1, false);
    let report = story.rig.minute(12).poll().await;
    assert!(!report.is_success(), "{report}");
    assert_snapshot!(report.failures[0], @"123456789012: what is planned cannot be read, and what was known of it holds: the ledger is out of order");
    // It was known to be planned, and so it is.
    assert_snapshot!(story.rig.sns().incident_subjects(), @"[info] planned work: connection dxcon-1 (prod-1) down: 2 with it, core-dxgw has 1 of 2 paths");
    story.rig.ledger.mend();
    story.minutes(13..=20).await;
    assert_snapshot!(story.subjects(), @"");
}

#[tokio::test]
async fn a_process_that_has_not_read_the_plans_changes_nothing_that_is_planned() {
    let mut story = Planned::watching(2).await;
    story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (10, 250))).await;
    story.minutes(2..=11).await;
    story.cable(1, false);
    story.minutes(12..=13).await;
    assert_eq!(story.subjects().lines().count(), 1);
    story.rig.memory = Memory::default();
    story.rig.ledger.trouble(Step::Windows, Trouble::Refuses);
    for number in 14..=20 {
        assert!(!story.rig.minute(number).poll().await.is_success());
    }
    assert_eq!(story.rig.sns().incident_subjects(), "", "no work is over because it cannot be read");
    story.rig.ledger.mend();
    assert_eq!(story.rig.ledger.windows(ACCOUNT).await.unwrap().windows.len(), 1);
    story.minutes(21..=30).await;
    assert_snapshot!(story.subjects(), @"");
    story.cable(1, true);
    story.minutes(31..=32).await;
    assert_snapshot!(story.subjects(), @"22 03:31 [resolved] connection dxcon-1 (prod-1) up again after 19 minutes");
}

#[tokio::test]
async fn a_warning_says_what_what_if_says() {
    let story = Planned::watching(2).await;
    let cables = ["dxcon-1", "dxcon-2"];
    story.gets(1, &notice(Says::Scheduled, 1, &cables, (DAY, DAY + 240))).await;
    story.minutes(2..=3).await;
    let warning = story.rig.bus().incidents().remove(0).document["incident"].clone();
    let failing: Vec<Failure> = cables.iter().map(|cable| cable.parse().unwrap()).collect();
    let answer = query::failure(&story.rig.ledger.inner, &failing).await.unwrap().unwrap();
    assert_eq!(warning["category"], "maintenance");
    let said: Vec<_> = warning["impact"]["destinations"].as_array().unwrap().iter().map(loss).collect();
    let asked: Vec<_> = answer.destinations.iter().map(|lost| loss(&json!(lost))).collect();
    assert_eq!((said.len(), said), (1, asked));
    let fallen: BTreeSet<&str> = answer.goes_down.iter().map(|item| item.id.as_str()).collect();
    let members = warning["affected"]["items"].as_array().unwrap();
    assert_eq!(members.iter().map(|member| member["id"].as_str().unwrap()).collect::<BTreeSet<_>>(), fallen);
}

/// Which destination loses how many paths.
fn loss(destination: &serde_json::Value) -> [serde_json::Value; 4] {
    ["id", "addressFamily", "pathsBefore", "paths"].map(|member| destination[member].clone())
}
