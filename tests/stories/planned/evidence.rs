//! Who did it: an API call is polled at once, and explains what it caused in the same thread.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::rig::Planned;
use crate::{aws_events::sample, stories::rig::minute};

/// A call that was made in this minute.
fn call(name: &str, at: u64, interface: &str) -> Value {
    let mut event = sample(name);
    event["time"] = json!(minute(at));
    event["detail"]["eventTime"] = json!(minute(at));
    event["detail"]["requestParameters"]["virtualInterfaceId"] = json!(interface);
    event
}

#[tokio::test]
async fn an_interface_that_somebody_deletes_is_announced_at_once_with_who_did_it() {
    let story = Planned::watching(2).await;
    story.minutes(1..=3).await;
    story.rig.minute(4).turns("dxvif-1", "deleting").turns("dxpeer-1", "deleting");
    story.gets(4, &call("calls/delete_virtual_interface", 4, "dxvif-1")).await;
    assert_snapshot!(story.subjects(), @"22 03:04 [warning] virtual interface dxvif-1 (prod-1) being removed: 1 with it, core-dxgw has 1 of 2 paths");
    let opened = story.rig.bus().incidents().remove(0).document;
    assert_eq!(opened["incident"]["evidence"][0]["by"], "jane@example.com (role NetworkAdmin)", "{opened}");
    story.rig.minute(5).turns("dxvif-1", "deleted").turns("dxpeer-1", "deleted");
    story.minutes(5..=8).await;
    assert_snapshot!(story.subjects(), @"
    22 03:05 [resolved] virtual interface dxvif-1 (prod-1) removed after 1 minute
    22 03:05 [warning] Direct Connect gateway 5f294f92-baf..9b0bexample less resilient, from development to none
    ");
}

#[tokio::test]
async fn a_call_that_arrives_after_the_message_is_an_answer_to_it() {
    let story = Planned::watching(2).await;
    story.minutes(1..=3).await;
    story.rig.minute(4).turns("dxvif-1", "deleting").turns("dxpeer-1", "deleting");
    story.minutes(4..=5).await;
    assert_snapshot!(story.subjects(), @"
    22 03:04 [warning] virtual interface dxvif-1 (prod-1) being removed: 1 with it, core-dxgw has 1 of 2 paths
    22 03:04 [warning] Direct Connect gateway 5f294f92-baf..9b0bexample less resilient, from development to none
    ");
    story.gets(6, &call("calls/delete_virtual_interface", 4, "dxvif-1")).await;
    story.minutes(7..=8).await;
    assert_snapshot!(story.subjects(), @"22 03:06 [warning] evidence: virtual interface dxvif-1 being removed: DeleteVirtualInterface by jane@exam...");
    assert_snapshot!(story.programs(), @"opened, opened, explained");
}

#[tokio::test]
async fn a_failover_test_names_who_started_it() {
    let story = Planned::watching(2).await;
    story.minutes(1..=3).await;
    story.rig.minute(4).turns("dxvif-1", "testing").turns("dxpeer-1", "down");
    story.gets(4, &call("calls/start_bgp_failover_test", 4, "dxvif-1")).await;
    let opened = story.rig.bus().incidents().remove(0).document;
    assert_eq!(opened["incident"]["evidence"][0]["summary"], "StartBgpFailoverTest by alice", "{opened}");
    story.rig.minute(14).turns("dxvif-1", "available").turns("dxpeer-1", "up");
    story.minutes(14..=16).await;
    assert_snapshot!(story.subjects(), @"
    22 03:04 [info] virtual interface dxvif-1 (prod-1) in a failover test: 1 with it, core-dxgw has 1 of 2 paths
    22 03:14 [resolved] virtual interface dxvif-1 (prod-1) through with its failover test after 10 minutes
    ");
}
