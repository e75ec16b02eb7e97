//! Prefixes that a router withdraws while its session stays up and the others are still accepted: what is announced of those
//! that another path had, too, and what all that costs.

use aws_dx_monitor::{
    domain::Kind,
    ports::History,
    simulator::{Route, Scenario},
};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{
    rig::{OTHER_REGION, REGION, Rig, Step, Trouble},
    routes::{asked, scenario, told},
};

/// Forty prefixes, `10.0.0.0/16` to `10.39.0.0/16`.
fn forty() -> Vec<Route> {
    (0..40).map(|number| Route::accepted(format!("10.{number}.0.0/16"))).collect()
}

const THREE: [&str; 3] = ["10.7.0.0/16", "10.8.0.0/16", "10.9.0.0/16"];

/// So many interfaces to one gateway, over each of which forty prefixes are accepted.
fn alike(interfaces: usize) -> Scenario {
    let mut scenario = scenario(interfaces, &["ipv4"]);
    for interface in &mut scenario.inventory.region_mut(REGION).virtual_interfaces {
        interface.routes = Some(forty());
    }
    scenario
}

/// A monitor that compares prefixes, and has read those of all interfaces. It reads all of them in each poll: whose turn it
/// is first differs from process to process.
async fn comparing(scenario: Scenario) -> Rig {
    comparing_every(1, scenario).await
}

/// The same, which reads those of each interface once in so many polls.
async fn comparing_every(polls: usize, scenario: Scenario) -> Rig {
    let mut rig = Rig::of(scenario).keeping_prefixes(polls);
    rig.has_read_all_routes().await;
    rig.ledger.calls(Step::KeepPrefixes);
    rig
}

fn withdraws(rig: &Rig, interface: &str, prefixes: &[&str]) {
    rig.sends(interface, json!({"withdrawn": prefixes}));
}

/// In which minute people read what.
fn lines(read: &[(u64, String)]) -> String {
    read.iter().map(|(_, subject)| subject.as_str()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn three_of_forty_that_the_twin_still_has_are_a_warning_that_names_them_and_it_escalates_when_the_twin_loses_them()
 {
    let rig = comparing(alike(2)).await;
    withdraws(rig.minute(5), "dxvif-1", &THREE);
    let read = told(&rig, 5..=9).await;
    assert_snapshot!(lines(&read), @"[warning] BGP routes dxvif-1:ipv4 (prod-1) without 3 of 40 prefixes: core has one path to them");
    assert_eq!(rig.row("bgp-routes/dxvif-1:ipv4").await.state.value(), "present", "nothing is down");

    withdraws(rig.minute(10), "dxvif-2", &THREE);
    let read = told(&rig, 10..=14).await;
    assert_snapshot!(lines(&read), @"[critical] worse: BGP routes dxvif-1:ipv4 without 3 of 40 prefixes: core has no path to them");

    // One has them again, then the other.
    withdraws(rig.minute(15), "dxvif-2", &[]);
    let read = told(&rig, 15..=19).await;
    assert_snapshot!(lines(&read), @"[warning] better: BGP routes dxvif-1:ipv4 without 3 of 40 prefixes: core has one path to them");
    withdraws(rig.minute(20), "dxvif-1", &[]);
    let read = told(&rig, 20..=24).await;
    assert_snapshot!(lines(&read), @"[resolved] BGP routes dxvif-1:ipv4 (prod-1) covered by two paths again after 15 minutes");
    assert_eq!(told(&rig, 25..=40).await, vec![]);
}

#[tokio::test]
async fn a_letter_a_notification_and_a_document_name_the_prefixes_and_who_lost_them() {
    let rig = comparing(alike(2)).await;
    withdraws(rig.minute(5), "dxvif-1", &THREE);
    rig.minute(5).poll_well().await;
    rig.minute(6).poll_well().await;
    assert_snapshot!(rig.sns().incidents().remove(0).for_people.text, @r#"
    BGP routes dxvif-1:ipv4 (prod-1) is without 3 of 40 prefixes, and core has one path left to them.
    3 prefixes to core had two or more paths, and dxvif-1 lost them: 10.7.0.0/16, 10.8.0.0/16 and 10.9.0.0/16. One path is left, over dxvif-2.
    Check what the router of the path that lost them announces, and the filters on both sides.

    Prefixes:
      one path left: 10.7.0.0/16, 10.8.0.0/16, 10.9.0.0/16
      dxvif-1 (prod-1) lost 3 of 40
      accepted over dxvif-2

    Since:        2026-11-22 03:05:00 UTC
    Severity:     warning (routes, opened)
    Impact:       last-path: prefixes have one path left
    Item:         bgp-routes dxvif-1:ipv4
    Region:       us-east-1
    Account:      123456789012
    Incident:     57252963-7291-5f1e-9eea-902e9565c360
    Document:     29753166-1c7b-5555-84ce-4b02e352cc72 (document 1 of this incident)

    All of it:
      aws-dx-monitor incidents 57252963-7291-5f1e-9eea-902e9565c360
    "#);
    let notification: Value = serde_json::from_str(&rig.chat().incidents().remove(0).for_chat.text).unwrap();
    assert_snapshot!(notification["content"]["title"].as_str().unwrap(), @"[warning] BGP routes dxvif-1:ipv4 (prod-1) without 3 of 40 prefixes: core has one path left to them");
    assert_snapshot!(notification["content"]["description"].as_str().unwrap(), @r#"
    3 prefixes to core had two or more paths, and dxvif-1 lost them: 10.7.0.0/16, 10.8.0.0/16 and 10.9.0.0/16. One path is left, over dxvif-2.
    *Prefixes:*
    • one path left: 10.7.0.0/16, 10.8.0.0/16, 10.9.0.0/16
    • dxvif-1 (prod-1) lost 3 of 40
    • accepted over dxvif-2
    *Since:* 2026-11-22 03:05:00 UTC
    *Region:* us-east-1
    *Account:* 123456789012
    *All of it:* `aws-dx-monitor incidents 57252963-7291-5f1e-9eea-902e9565c360`
    "#);
    let documents = rig.bus().incidents();
    assert_snapshot!(serde_json::to_string_pretty(&documents[0].document["incident"]["routes"]).unwrap(), @r#"
    {
      "acceptedOver": [
        "dxvif-2"
      ],
      "addressFamily": "ipv4",
      "count": 3,
      "id": "gateway-1",
      "kind": "direct-connect-gateway",
      "lostBy": [
        {
          "accepted": 37,
          "id": "dxvif-1",
          "lost": 3,
          "name": "prod-1"
        }
      ],
      "more": 0,
      "name": "core",
      "prefixes": [
        {
          "paths": 1,
          "prefix": "10.7.0.0/16"
        },
        {
          "paths": 1,
          "prefix": "10.8.0.0/16"
        },
        {
          "paths": 1,
          "prefix": "10.9.0.0/16"
        }
      ],
      "withoutPath": 0
    }
    "#);
}

#[tokio::test]
async fn what_no_path_has_accepted_for_a_day_was_withdrawn() {
    let rig = comparing(alike(2)).await;
    rig.minute(5);
    ["dxvif-1", "dxvif-2"].iter().for_each(|id| withdraws(&rig, id, &THREE));
    let read = told(&rig, 5..=9).await;
    assert_snapshot!(lines(&read), @"[critical] BGP routes dxvif-1:ipv4 (prod-1) without 3 of 40 prefixes: core has no path to them");
    let read = told(&rig, 5 + 24 * 60..=9 + 24 * 60).await;
    assert_snapshot!(lines(&read), @"[withdrawn] BGP routes dxvif-1:ipv4 (prod-1) withdrawn everywhere after 1 day");
    assert_eq!(told(&rig, 10 + 24 * 60..=15 + 24 * 60).await, vec![]);
}

#[tokio::test]
async fn a_router_that_withdraws_everything_is_an_outage_and_nothing_else() {
    let rig = comparing(alike(2)).await;
    withdraws(rig.minute(5), "dxvif-1", &["0.0.0.0/0"]);
    let read = told(&rig, 5..=9).await;
    assert_snapshot!(lines(&read), @"[warning] BGP routes dxvif-1:ipv4 (prod-1) gone: core has 1 of 2 paths");
    assert_eq!(rig.ledger.calls(Step::KeepPrefixes), 0, "what was accepted last is kept");
    // It comes back without three: these are compared with what was accepted before.
    withdraws(rig.minute(10), "dxvif-1", &THREE);
    let read = told(&rig, 10..=14).await;
    let mut subjects: Vec<&str> = read.iter().map(|(_, subject)| subject.as_str()).collect();
    subjects.sort_unstable();
    assert_snapshot!(subjects.join("\n"), @r#"
    [resolved] BGP routes dxvif-1:ipv4 (prod-1) there again after 5 minutes
    [warning] BGP routes dxvif-1:ipv4 (prod-1) without 3 of 40 prefixes: core has one path to them
    "#);
}

#[tokio::test]
async fn the_last_path_of_a_prefix_that_goes_down_makes_it_worse_and_its_return_better() {
    let rig = comparing(alike(2)).await;
    withdraws(rig.minute(5), "dxvif-1", &THREE);
    assert_eq!(told(&rig, 5..=9).await.len(), 1);
    rig.minute(10).turns("dxpeer-2", "down");
    let read = told(&rig, 10..=12).await;
    assert_snapshot!(lines(&read), @r#"
    [warning] BGP peer dxpeer-2 (prod-2) down: core has 1 of 2 paths
    [critical] worse: BGP routes dxvif-1:ipv4 without 3 of 40 prefixes: core has no path to them
    "#);
    rig.minute(13).turns("dxpeer-2", "up");
    let read = told(&rig, 13..=15).await;
    assert_snapshot!(lines(&read), @r#"
    [resolved] BGP peer dxpeer-2 (prod-2) up again after 3 minutes
    [warning] better: BGP routes dxvif-1:ipv4 without 3 of 40 prefixes: core has one path to them
    "#);
}

#[tokio::test]
async fn the_ways_of_a_gateway_are_compared_over_regions() {
    let mut scenario = alike(2);
    let moved = scenario.inventory.region_mut(REGION).virtual_interfaces.pop().unwrap();
    scenario.inventory.region_mut(OTHER_REGION).virtual_interfaces.push(moved);
    let rig = comparing(scenario).await;
    withdraws(rig.minute(5), "dxvif-2", &THREE);
    let read = told(&rig, 5..=6).await;
    assert_snapshot!(lines(&read), @"[warning] BGP routes dxvif-2:ipv4 (prod-2) without 3 of 40 prefixes: core has one path to them");
}

#[tokio::test]
async fn prefixes_cost_no_call_more_than_counts_and_a_quiet_poll_writes_nothing() {
    let rig = comparing_every(5, alike(40)).await;
    for number in 5..=15 {
        asked(&rig);
        rig.minute(number).poll_well().await;
        assert_eq!(asked(&rig), 8);
        assert_eq!(rig.ledger.calls(Step::KeepPrefixes), 0);
    }
    withdraws(rig.minute(16), "dxvif-7", &THREE);
    told(&rig, 16..=30).await;
    assert_eq!(rig.ledger.calls(Step::KeepPrefixes), 1, "39 others have them");
}

#[tokio::test]
async fn what_is_lost_is_announced_although_the_store_is_out_of_order_or_loses_an_answer() {
    for trouble in [Trouble::Refuses, Trouble::LosesTheAnswer] {
        let rig = comparing(alike(2)).await;
        withdraws(rig.minute(5), "dxvif-1", &THREE);
        rig.ledger.trouble_between(Step::KeepPrefixes, trouble, 0, 1);
        let mut failures = 0;
        for number in 5..=6 {
            failures += rig.minute(number).poll().await.failures.len();
        }
        assert_eq!(failures, 1, "{trouble:?}");
        rig.ledger.mend();
        told(&rig, 7..=12).await;
        let rows = rig.ledger.inner.states(&rig.scope(Kind::BgpRoutes)).await.unwrap().incidents;
        assert_eq!(rows.values().filter(|row| row.state.status.is_open()).count(), 1, "{trouble:?}");
    }
}

#[tokio::test]
async fn what_aws_calls_a_prefix_and_is_none_is_left_out() {
    let mut scenario = alike(2);
    for interface in &mut scenario.inventory.region_mut(REGION).virtual_interfaces {
        let hostile = ["", "10.0.0.0", "10.0.0.0/33", "'; DROP TABLE states; --", "💥/8", "::/0/0", "\u{0}"];
        interface.routes.as_mut().unwrap().extend(hostile.map(Route::accepted));
        interface.routes.as_mut().unwrap().push(Route { cidr: None, ..Route::accepted("") });
    }
    let rig = comparing(scenario).await;
    assert_eq!(rig.last_event("bgp-routes/dxvif-1:ipv4").await.item.accepted_routes, Some(47));
    withdraws(rig.minute(5), "dxvif-1", &["10.7.0.0/16"]);
    let read = told(&rig, 5..=9).await;
    assert_snapshot!(lines(&read), @"[warning] BGP routes dxvif-1:ipv4 (prod-1) without 1 of 40 prefixes: core has one path to them");
}

#[tokio::test]
async fn when_prefixes_are_not_watched_any_more_what_was_open_ends() {
    let mut rig = comparing(alike(2)).await;
    withdraws(rig.minute(5), "dxvif-1", &THREE);
    assert_eq!(told(&rig, 5..=9).await.len(), 1);
    rig.settings.keeps_prefixes = false;
    let read = told(&rig, 10..=12).await;
    assert_snapshot!(lines(&read), @"[resolved] BGP routes dxvif-1:ipv4 (prod-1) no longer compared with other paths after 5 minutes");
}

#[tokio::test]
async fn an_interface_that_is_deleted_ends_what_it_has_lost() {
    let rig = comparing(alike(3)).await;
    rig.minute(5);
    ["dxvif-1", "dxvif-2"].iter().for_each(|id| withdraws(&rig, id, &THREE));
    assert_eq!(told(&rig, 5..=9).await.len(), 1);
    rig.minute(10);
    rig.leaves("dxvif-1").leaves("dxvif-2");
    let read = told(&rig, 10..=14).await;
    let ended = read.iter().map(|(_, subject)| subject).filter(|subject| subject.contains("BGP routes dxvif-1"));
    let ended: Vec<&String> = ended.collect();
    assert_eq!(ended.len(), 1, "{read:?}");
    assert!(ended[0].contains("[resolved]") && ended[0].contains("no longer compared with other paths"), "{ended:?}");
}

#[tokio::test]
async fn programs_get_what_people_are_told_and_the_rest() {
    let rig = comparing(alike(2)).await;
    withdraws(rig.minute(5), "dxvif-1", &THREE);
    told(&rig, 5..=9).await;
    withdraws(rig.minute(10), "dxvif-1", &["10.4.0.0/14", "10.8.0.0/15"]);
    told(&rig, 10..=14).await;
    let documents: Vec<Value> = rig.bus().incidents().into_iter().map(|offer| offer.document).collect();
    let told: Vec<String> = documents
        .iter()
        .map(|document| {
            let routes = &document["incident"]["routes"];
            format!("{} {} {} {}", document["reason"], document["severity"], routes["count"], routes["withoutPath"])
        })
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
    "opened" "warning" 3 0
    "spread" "warning" 6 0
    "#);
}

#[tokio::test]
async fn when_most_are_gone_the_number_is_evidence_on_it() {
    let rig = comparing(alike(2)).await;
    withdraws(rig.minute(5), "dxvif-1", &["10.0.0.0/11"]);
    told(&rig, 5..=9).await;
    let documents = rig.bus().incidents();
    let incident = &documents[0].document["incident"];
    assert_eq!(
        (&incident["category"], &incident["routes"]["count"], &incident["routes"]["more"]),
        (&json!("routes"), &json!(32), &json!(12))
    );
    let all = documents
        .iter()
        .flat_map(|offer| offer.document["incident"]["evidence"].as_array().cloned().unwrap_or_default());
    let summaries: Vec<Value> = all.map(|evidence| evidence["summary"].clone()).collect();
    assert_eq!(summaries, [json!("AWS accepts 8 routes over dxvif-1:ipv4, after 40")]);
}
