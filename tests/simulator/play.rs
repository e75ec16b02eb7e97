//! A scenario as it is played: page after page, by the clock or by hand, edited while it is played, and large.

use std::time::Duration;

use aws_dx_monitor::simulator::{Connection, Simulator, TimelineEntry};

use super::{client, crowd, ids, refusal};

#[tokio::test]
async fn a_long_list_comes_in_pages_each_item_once() {
    let simulator = Simulator::start(crowd(250, 0), 0).unwrap();
    let client = client(&simulator, "us-east-1");
    for (wanted, expected) in [
        (None, &[100, 100, 50][..]),
        (Some(150), &[100, 100, 50]),
        (Some(125), &[100, 100, 50]),
        (Some(90), &[90, 90, 70]),
    ] {
        let (mut token, mut sizes, mut seen) = (None, Vec::new(), Vec::new());
        loop {
            let page =
                client.describe_connections().set_max_results(wanted).set_next_token(token).send().await.unwrap();
            sizes.push(page.connections().len());
            seen.extend(page.connections().iter().map(|connection| connection.connection_id.clone().unwrap()));
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(sizes, expected, "{wanted:?}");
        assert_eq!(seen.len(), 250);
        assert!(seen.is_sorted_by(|one, next| one < next));
    }
    assert_eq!(simulator.traffic().count_in("DescribeConnections", "us-east-1"), 12);
    assert_eq!(
        refusal(client.describe_connections().next_token("made up").send().await),
        "DirectConnectClientException: Invalid NextToken"
    );
}

#[tokio::test]
async fn the_scenario_is_played_by_the_clock_or_by_hand() {
    let mut scenario = crowd(1, 0);
    scenario.timeline = vec![TimelineEntry {
        at: 60.0,
        item: Some("dxcon-00000".into()),
        state: Some("quarantined".into()),
        ..Default::default()
    }];
    let simulator = Simulator::start(scenario, 0).unwrap();
    let client = client(&simulator, "us-east-1");
    let state = async || {
        let answer = client.describe_connections().send().await.unwrap();
        answer.connections()[0].connection_state().unwrap().as_str().to_owned()
    };
    assert_eq!(state().await, "available");
    let before = simulator.elapsed();
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(simulator.elapsed() > before, "time goes by itself");

    simulator.set_elapsed(Duration::from_secs(60));
    assert_eq!(state().await, "quarantined");
    assert_eq!(simulator.elapsed(), Duration::from_secs(60));
    simulator.set_elapsed(Duration::from_secs(59));
    assert_eq!(state().await, "available");
}

#[tokio::test]
async fn a_scenario_is_edited_while_it_is_played() {
    let simulator = Simulator::start(crowd(1, 0), 0).unwrap();
    let client = client(&simulator, "us-east-1");
    let before = client.describe_connections().send().await.unwrap();
    assert_eq!(before.connections().len(), 1);
    // An edit may ask the simulator that it edits.
    simulator
        .edit(|scenario| {
            let added = Connection { connection_id: "dxcon-new".into(), ..Connection::default() };
            scenario.inventory.region_mut("us-east-1").connections.push(added);
            assert_eq!(simulator.inventory().len(), 1);
        })
        .unwrap();
    let answer = client.describe_connections().send().await.unwrap();
    assert_eq!(ids!(answer.connections(), connection_id), ["dxcon-00000", "dxcon-new"]);

    let refused = simulator.edit(|scenario| scenario.account = "me".into()).unwrap_err();
    assert!(refused.to_string().contains("12 digits"), "{refused}");
    assert_eq!(simulator.scenario().account, "123456789012");
}

#[tokio::test]
async fn twenty_thousand_items_are_listed_without_haste() {
    let simulator = Simulator::start(crowd(10, 20_000), 0).unwrap();
    let client = client(&simulator, "us-east-1");
    let (mut token, mut count) = (None, 0);
    let start = std::time::Instant::now();
    loop {
        let page = client.describe_virtual_interfaces().set_next_token(token).send().await.unwrap();
        count += page.virtual_interfaces().len();
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(count, 20_000);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
