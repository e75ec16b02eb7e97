//! More than one page, more than one region, more than one batch.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    domain::Scope,
    simulator::{DirectConnectGateway, Fault, FaultKind},
};
use serde_json::json;

use super::{
    rig::{ACCOUNT, REGION, Rig, bad_poll, connection, connections, good_poll},
    stored_rows::known_row,
};

const OTHER_REGION: &str = "eu-west-1";

#[tokio::test]
async fn regions_are_polled_side_by_side_and_global_kinds_once() {
    let mut scenario = connections(1);
    scenario.inventory.region_mut(OTHER_REGION).connections.push(connection("dxcon-2", "available"));
    scenario.inventory.global.direct_connect_gateways.push(DirectConnectGateway {
        direct_connect_gateway_id: "gateway-1".to_owned(),
        direct_connect_gateway_state: Some("available".to_owned()),
        ..DirectConnectGateway::default()
    });
    let rig = Rig::of(scenario).await;
    let function = rig.program().environment("DX_MONITOR_REGIONS", format!("{REGION},{OTHER_REGION}")).start();
    assert_eq!(good_poll(&function).await["items"], 3);
    let baseline = rig.received().await;
    assert_eq!(baseline.counts(), [1, 1, 0], "one summary for all");
    assert!(baseline.people[0].body.starts_with("Watching 3 items in 3 scopes"), "{}", baseline.people[0].body);
    let traffic = rig.simulator.traffic();
    for (operation, here, there) in [
        ("DescribeConnections", 1, 1),
        ("DescribeDirectConnectGateways", 1, 0),
        ("DescribeDirectConnectGatewayAttachments", 1, 0),
    ] {
        let counts = (traffic.count_in(operation, REGION), traffic.count_in(operation, OTHER_REGION));
        assert_eq!(counts, (here, there), "{operation}");
    }

    rig.simulator
        .edit(|scenario| {
            for region in [REGION, OTHER_REGION] {
                scenario.inventory.region_mut(region).connections[0].connection_state = Some("down".to_owned());
            }
            let gateway = &mut scenario.inventory.global.direct_connect_gateways[0];
            gateway.direct_connect_gateway_state = Some("deleting".to_owned());
        })
        .unwrap();
    assert_eq!(good_poll(&function).await["transitions"], 3);
    let received = rig.received().await;
    assert_eq!(received.counts(), [3, 3, 3]);
    let regions: BTreeSet<&str> = received.people.iter().map(|message| message.attributes["region"].as_str()).collect();
    assert_eq!(regions, [OTHER_REGION, "global", REGION].into());
    assert_eq!(rig.history_in(&Scope::regional(ACCOUNT, OTHER_REGION), "connection/dxcon-2").await.len(), 2);
    let global = rig.history_in(&Scope::global(ACCOUNT), "direct-connect-gateway/gateway-1").await;
    assert_eq!(global[1].event["item"]["region"], "global");

    rig.simulator
        .edit(|scenario| {
            scenario.faults.push(Fault {
                region: Some(REGION.to_owned()),
                kind: Some(FaultKind::AccessDenied),
                ..Fault::default()
            });
            let connection = &mut scenario.inventory.region_mut(OTHER_REGION).connections[0];
            connection.connection_state = Some("available".to_owned());
        })
        .unwrap();
    let message = bad_poll(&function).await;
    assert!(!message.contains(&format!("{ACCOUNT}/{OTHER_REGION}")), "{message}");
    let received = rig.received().await;
    assert_eq!(received.counts(), [1, 1, 1], "a region that cannot be read hides no other");
    assert_eq!(received.people[0].attributes["change"], "recovered");
}

#[tokio::test]
async fn two_hundred_and_fifty_items_of_a_kind_are_three_pages_and_twelve_changes_two_batches() {
    let rig = Rig::of_connections(250).await;
    // Most of them are known already: moto takes its time over transactions of a hundred rows.
    rig.put_rows(&rig.tables.states, (13..=250).map(|number| known_row(&format!("connection/dxcon-{number}")))).await;
    let function = rig.watching_connections().start();
    let report = good_poll(&function).await;
    assert_eq!((&report["items"], &report["metrics"]), (&json!(250), &json!(250)));
    assert_eq!(rig.simulator.traffic().count("DescribeConnections"), 3);
    assert_eq!(rig.recorder.requests().len(), 2, "all levels in one request, and the monitor's own");
    let summary = rig.received().await;
    assert_eq!(summary.counts(), [1, 1, 0]);
    assert!(summary.people[0].body.starts_with("Watching 250 items in 1 scope"));
    assert_eq!(rig.dynamodb.count("dynamodb", "TransactWriteItems"), 1, "a baseline is written in bulk");

    let changed: Vec<String> = (1..=12).map(|number| format!("dxcon-{}", number * 20)).collect();
    for id in &changed {
        rig.set_state(id, "down");
    }
    rig.forget_calls();
    assert_eq!(good_poll(&function).await["transitions"], 12);
    let received = rig.received().await;
    assert_eq!(received.counts(), [12, 12, 12]);
    let told: BTreeSet<&str> = received.people.iter().map(|message| message.attributes["itemId"].as_str()).collect();
    assert_eq!(told, changed.iter().map(String::as_str).collect());
    let batches = rig.sinks.calls().into_iter().filter(|call| call.operation == "PutEvents");
    let mut sizes: Vec<usize> = batches.map(|call| call.json()["Entries"].as_array().unwrap().len()).collect();
    // Each change with its incident. The incidents may come in time for the second batch of the changes, or after it.
    sizes.sort_unstable();
    assert_eq!(sizes.iter().sum::<usize>(), 24);
    assert!(matches!(sizes[..], [4, 10, 10] | [2, 2, 10, 10]), "{sizes:?}");
}
