//! Which calls the function makes, and what it must be allowed to do: no more than it needs.

use std::collections::{BTreeMap, BTreeSet};

use aws_dx_monitor::simulator::{
    BgpPeer, Connection, DirectConnectGateway, Interconnect, Route, Scenario, VirtualInterface,
};
use serde_json::{Value, json};

use super::{
    measured::light,
    refusals::{carries, refusing},
    rig::{REGION, Rig, connection, connections, form_field, good_poll},
};
use crate::support::proxy::call::Call;

/// Every action of IAM that the function needs on its way through everything it does, with its resource.
pub const NEEDED: [&str; 26] = [
    "cloudwatch:GetMetricData *",
    "cloudwatch:ListMetrics *",
    "cloudwatch:PutMetricData *",
    "directconnect:DescribeConnections *",
    "directconnect:DescribeDirectConnectGatewayAssociationProposals *",
    "directconnect:DescribeDirectConnectGatewayAssociations *",
    "directconnect:DescribeDirectConnectGatewayAttachments *",
    "directconnect:DescribeDirectConnectGateways *",
    "directconnect:DescribeHostedConnections *",
    "directconnect:DescribeInterconnects *",
    "directconnect:DescribeLags *",
    "directconnect:DescribeVirtualGateways *",
    "directconnect:DescribeVirtualInterfaces *",
    "directconnect:ListResiliencyGroups *",
    "directconnect:ListVirtualInterfaceRoutes *",
    "dynamodb:PutItem history",
    "dynamodb:PutItem states",
    "dynamodb:Query history",
    "dynamodb:Query states",
    "dynamodb:UpdateItem history",
    "dynamodb:UpdateItem states",
    "events:PutEvents bus",
    "sns:GetTopicAttributes chat",
    "sns:GetTopicAttributes people",
    "sns:Publish chat",
    "sns:Publish people",
];

/// What a call needs: actions of IAM, each on a resource.
pub fn permissions(call: &Call) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    match (call.service.as_str(), call.operation.as_str()) {
        // A transaction is allowed by what it consists of.
        ("dynamodb", "TransactWriteItems") => {
            let actions = call.json()["TransactItems"].as_array().unwrap().clone();
            let parts = actions.iter().flat_map(|action| action.as_object().unwrap());
            parts
                .map(|(name, part)| match name.as_str() {
                    "ConditionCheck" => ("dynamodb:ConditionCheckItem".to_owned(), text(&part["TableName"])),
                    name => (format!("dynamodb:{name}Item"), text(&part["TableName"])),
                })
                .collect()
        }
        ("dynamodb", _) => {
            let (body, table) = (call.json(), text(&call.json()["TableName"]));
            let resource = match body["IndexName"].as_str() {
                Some(index) => format!("{table}/index/{index}"),
                None => table,
            };
            vec![(call.name(), resource)]
        }
        ("sns", _) => vec![(call.name(), form_field(call, "TopicArn").unwrap())],
        ("events", _) => {
            let entries = call.json()["Entries"].as_array().unwrap().clone();
            entries.iter().map(|entry| (call.name(), text(&entry["EventBusName"]))).collect()
        }
        ("monitoring", operation) => vec![(format!("cloudwatch:{operation}"), "*".to_owned())],
        _ => vec![(call.name(), "*".to_owned())],
    }
}

impl Rig {
    /// What the function has been seen to need, with short names for the resources.
    pub fn permissions(&self) -> BTreeSet<(String, String)> {
        let names = BTreeMap::from([
            (&self.tables.states, "states"),
            (&self.tables.history, "history"),
            (&self.people.arn, "people"),
            (&self.chat.arn, "chat"),
            (&self.bus.name, "bus"),
        ]);
        let short = |resource: String| names.get(&resource).map_or(resource, |name| (*name).to_owned());
        self.calls().iter().flat_map(permissions).map(|(action, resource)| (action, short(resource))).collect()
    }
}

/// Fifty items in the proportions of an ordinary account, all of its gateways its own.
fn fifty_items() -> Scenario {
    let list = |count: usize, item: &dyn Fn(usize) -> Value| (0..count).map(item).collect::<Vec<_>>();
    let gateway = |number: usize| format!("gateway-{}", number % 2);
    let inventory = json!({
        "regions": {REGION: {
            "connections": list(8, &|n| json!({"connectionId": format!("dxcon-{n}"), "connectionState": "available"})),
            "lags": list(2, &|n| json!({"lagId": format!("dxlag-{n}"), "lagState": "available"})),
            "virtualInterfaces": list(12, &|n| json!({
                "virtualInterfaceId": format!("dxvif-{n}"), "virtualInterfaceState": "available",
                "directConnectGatewayId": (n < 6).then(|| gateway(n)),
                "bgpPeers": [{"bgpPeerId": format!("dxpeer-{n}"), "bgpPeerState": "available", "bgpStatus": "up"}]
            })),
            "virtualGateways": list(4, &|n| json!({"virtualGatewayId": format!("vgw-{n}"), "virtualGatewayState": "available"}))
        }},
        "global": {
            "directConnectGateways": list(2, &|n| json!({"directConnectGatewayId": gateway(n), "directConnectGatewayState": "available"})),
            "directConnectGatewayAttachments": list(6, &|n| json!({
                "directConnectGatewayId": gateway(n), "virtualInterfaceId": format!("dxvif-{n}"), "attachmentState": "attached"
            })),
            "directConnectGatewayAssociations": list(4, &|n| json!({
                "directConnectGatewayId": gateway(n), "associationId": format!("association-{n}"),
                "associationState": "associated", "associatedGateway": {"id": format!("vgw-{n}")}
            }))
        }
    });
    Scenario::from_json(&json!({"account": "123456789012", "inventory": inventory}).to_string()).unwrap()
}

#[tokio::test]
async fn a_quiet_poll_of_fifty_items_is_eighteen_calls_each_list_once_and_one_row_per_scope() {
    let rig = Rig::of(fifty_items()).await;
    let function = rig.program().start();
    for _ in 0..2 {
        good_poll(&function).await;
    }
    rig.forget_calls();
    assert_eq!(good_poll(&function).await["items"], 50);
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for call in rig.calls() {
        *calls.entry(call.name()).or_default() += 1;
    }
    let calls: Vec<(&str, usize)> = calls.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(
        calls,
        [
            ("directconnect:DescribeConnections", 1),
            ("directconnect:DescribeDirectConnectGatewayAssociationProposals", 1),
            ("directconnect:DescribeDirectConnectGatewayAssociations", 2),
            ("directconnect:DescribeDirectConnectGatewayAttachments", 2),
            ("directconnect:DescribeDirectConnectGateways", 1),
            ("directconnect:DescribeInterconnects", 1),
            ("directconnect:DescribeLags", 1),
            ("directconnect:DescribeVirtualGateways", 1),
            ("directconnect:DescribeVirtualInterfaces", 1),
            ("directconnect:ListResiliencyGroups", 1),
            ("dynamodb:Query", 3),
            ("dynamodb:UpdateItem", 2),
            ("monitoring:PutMetricData", 1),
        ]
    );
    assert_eq!(calls.iter().map(|(_, count)| count).sum::<usize>(), 18);
}

/// An interface with a session that is up, over which these prefixes are accepted.
pub fn announcing(id: &str, prefixes: &[&str]) -> VirtualInterface {
    VirtualInterface {
        virtual_interface_id: id.to_owned(),
        virtual_interface_state: Some("available".to_owned()),
        bgp_peers: vec![BgpPeer {
            bgp_peer_id: Some(id.replace("dxvif", "dxpeer")),
            bgp_peer_state: Some("available".to_owned()),
            bgp_status: Some("up".to_owned()),
            address_family: Some("ipv4".to_owned()),
            ..BgpPeer::default()
        }],
        routes: Some(prefixes.iter().map(|prefix| Route::accepted(*prefix)).collect()),
        ..VirtualInterface::default()
    }
}

#[tokio::test]
async fn routes_cost_no_call_where_they_are_off_and_eight_a_poll_for_forty_interfaces() {
    let mut scenario = Scenario::default();
    let interfaces = (0..40).map(|number| announcing(&format!("dxvif-{number}"), &["10.0.0.0/8"]));
    scenario.inventory.region_mut(REGION).virtual_interfaces.extend(interfaces);
    let rig = Rig::of(scenario).await;
    let asked = |rig: &Rig| rig.calls().iter().filter(|call| call.operation == "ListVirtualInterfaceRoutes").count();
    for (mode, expected) in [("off", 0), ("count", 8)] {
        let function = rig.program().environment("DX_MONITOR_ROUTES", mode).start();
        for _ in 0..6 {
            rig.forget_calls();
            good_poll(&function).await;
            assert_eq!(asked(&rig), expected, "{mode}");
        }
    }
}

#[tokio::test]
async fn the_function_needs_these_permissions_and_no_others() {
    let mut scenario = connections(1);
    scenario.partner = true;
    scenario.inventory.region_mut(REGION).interconnects.push(Interconnect {
        interconnect_id: "dxcon-i1".to_owned(),
        interconnect_state: Some("available".to_owned()),
        ..Interconnect::default()
    });
    scenario.inventory.global.direct_connect_gateways.push(DirectConnectGateway {
        direct_connect_gateway_id: "gateway-1".to_owned(),
        direct_connect_gateway_state: Some("available".to_owned()),
        ..DirectConnectGateway::default()
    });
    scenario.inventory.region_mut(REGION).virtual_interfaces.push(announcing("dxvif-1", &[]));
    let rig = Rig::of(scenario).await;
    let program = rig.program().environment("DX_MONITOR_UNMONITORED_AFTER_SECONDS", "1");
    let program = program.environment("DX_MONITOR_METRICS", "both").environment("DX_MONITOR_ROUTES", "count");
    let program = program.environment("DX_MONITOR_EVIDENCE", "metrics");
    rig.recorder.measure(light(&[-3.2; 7]));
    let function = program.start();
    good_poll(&function).await;
    // Long enough to be called unmonitored; then a change, which is parked, an uncertain sight, a new name, an item that
    // comes, one that is taken away and leaves its listing, and a drill.
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    rig.sinks.on_call(carries("dxcon-1")).times(2).answer_with(refusing("dxcon-1", |_| "MalformedDetail"));
    for state in ["down", "unknown", "available"] {
        rig.set_state("dxcon-1", state);
        good_poll(&function).await;
    }
    let of_connections = |edit: &dyn Fn(&mut Vec<Connection>)| {
        rig.simulator.edit(|scenario| edit(&mut scenario.inventory.region_mut(REGION).connections)).unwrap();
    };
    of_connections(&|connections| {
        connections[0].connection_name = Some("renamed".to_owned());
        connections.push(connection("dxcon-2", "deleted"));
    });
    good_poll(&function).await;
    of_connections(&|connections| connections.truncate(1));
    for _ in 0..4 {
        good_poll(&function).await;
    }
    let topics = serde_json::json!({&rig.people.arn: 1, &rig.chat.arn: 1});
    for payload in [serde_json::json!({"drill": true}), serde_json::json!({"subscriptions": topics})] {
        function.invoke(&payload, super::rig::TIMEOUT).await.unwrap();
    }

    let needed: Vec<String> =
        rig.permissions().into_iter().map(|(action, resource)| format!("{action} {resource}")).collect();
    assert_eq!(needed, NEEDED);
}
