//! What a transition costs in DynamoDB's write units: with the incident that it comes to, and without.
//!
//! Programs and people are announced everything, on three sinks. A unit is a begun kilobyte of a row; in a transaction it
//! counts twice; and a row of history is written to the index too.

use std::{
    fmt::Write,
    sync::atomic::{AtomicUsize, Ordering},
};

use aws_dx_monitor::{
    aws::{CallLimits, DynamoLedger},
    domain::{Kind, Notify},
    monitor::Monitor,
    ports::Announcer,
    simulator::{BgpPeer, Connection, DirectConnectGateway, Scenario, VirtualInterface},
};
use aws_sdk_dynamodb::types::AttributeValue;

use super::rig::{ACCOUNT, REGION, Rig};
use crate::support::{
    dynamodb::{self, Tables},
    limits::capacity::Capacity,
    proxy::Proxy,
    sdk,
};

const GATEWAY: &str = "5f294f92-bafb-4011-916d-9b0bexample0";

/// A connection with six interfaces of two sessions each, and all that AWS tells of them.
fn estate() -> Scenario {
    let mut scenario = Scenario::default();
    let region = scenario.inventory.region_mut(REGION);
    let text = |text: &str| Some(text.to_owned());
    region.connections.push(Connection {
        connection_id: "dxcon-fg5678gh".to_owned(),
        connection_name: text("prod-eqdc2-primary"),
        connection_state: text("available"),
        location: text("EqDC2"),
        bandwidth: text("10Gbps"),
        partner_name: text("Example Networks"),
        aws_device_v2: text("EqDC2-abcdef123456"),
        aws_logical_device_id: text("EqDC2-abcdef123456"),
        ..Connection::default()
    });
    for interface in 0..6 {
        let peer = |session: u32| BgpPeer {
            bgp_peer_id: Some(format!("dxpeer-ffabc{interface}2{session}")),
            bgp_peer_state: text("available"),
            bgp_status: text("up"),
            asn: Some(65_000),
            address_family: text("ipv4"),
            amazon_address: Some(format!("169.254.{interface}.{}/30", 4 * session + 1)),
            customer_address: Some(format!("169.254.{interface}.{}/30", 4 * session + 2)),
            aws_device_v2: text("EqDC2-abcdef123456"),
            ..BgpPeer::default()
        };
        region.virtual_interfaces.push(VirtualInterface {
            virtual_interface_id: format!("dxvif-ffabc{interface}23"),
            virtual_interface_name: Some(format!("prod-private-{interface}")),
            virtual_interface_state: text("available"),
            virtual_interface_type: text("private"),
            location: text("EqDC2"),
            connection_id: text("dxcon-fg5678gh"),
            vlan: Some(101 + interface),
            asn: Some(65_000),
            amazon_side_asn: Some(64_512),
            address_family: text("ipv4"),
            direct_connect_gateway_id: text(GATEWAY),
            bgp_peers: vec![peer(0), peer(1)],
            ..VirtualInterface::default()
        });
    }
    scenario.inventory.global.direct_connect_gateways.push(DirectConnectGateway {
        direct_connect_gateway_id: GATEWAY.to_owned(),
        direct_connect_gateway_name: text("core-dxgw"),
        direct_connect_gateway_state: text("available"),
        ..DirectConnectGateway::default()
    });
    scenario
}

/// Whether transitions are folded, and what people are announced.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Setting {
    /// As before there were incidents.
    Unfolded,
    Folded(Notify),
}

/// A monitor whose ledger is in a DynamoDB that counts.
struct Counted {
    rig: Rig,
    tables: Tables,
    capacity: Capacity,
    proxy: Proxy,
    ledger: DynamoLedger,
}

impl Counted {
    /// One that has its baseline, and has polled quietly.
    async fn new(setting: Setting) -> Counted {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("units-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let tables = dynamodb::create_tables(REGION, &name).await;
        let capacity = Capacity::start(dynamodb::endpoint());
        let proxy = Proxy::start(&capacity.endpoint());
        let config = sdk::config(&proxy.endpoint(), REGION);
        let ledger = DynamoLedger::new(&config, &tables.states, &tables.history, &CallLimits::LEDGER);
        let mut rig = Rig::of(estate());
        rig.choose(&[Kind::Connection, Kind::VirtualInterface, Kind::BgpPeer]);
        rig.settings.notify = match setting {
            Setting::Unfolded => Notify::Items,
            Setting::Folded(notify) => notify,
        };
        let counted = Counted { rig, tables, capacity, proxy, ledger };
        if setting == Setting::Unfolded {
            counted.forbid_folding().await;
        }
        for number in 0..2 {
            counted.poll(number).await;
        }
        counted
    }

    /// Nothing is folded beside the row of an incident that another version wrote.
    async fn forbid_folding(&self) {
        let put = dynamodb::client(REGION).put_item().table_name(&self.tables.states);
        let row = [("scope", format!("{ACCOUNT}/{REGION}")), ("item", format!("incident/{}", uuid::Uuid::nil()))];
        let row = row.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
        put.set_item(Some(row.into())).send().await.unwrap();
    }

    /// Polls; gives back what that wrote.
    async fn poll(&self, number: u64) -> Units {
        self.proxy.clear();
        let before: f64 = self.capacity.written().values().sum();
        self.rig.minute(number);
        let monitor = Monitor {
            inventory: &self.rig.inventory,
            ledger: &self.ledger,
            metrics: &self.rig.metrics,
            announcers: self.rig.sinks.iter().map(|sink| sink as &dyn Announcer).collect(),
            clock: &self.rig.clock,
            settings: &self.rig.settings,
            memory: &self.rig.memory,
        };
        monitor.poll(None).await;
        assert_eq!(self.capacity.throttled(), 0);
        let after: f64 = self.capacity.written().values().sum();
        Units { all: after - before, single: self.proxy.count("dynamodb", "UpdateItem") as f64 }
    }
}

/// What a poll wrote.
#[derive(Clone, Copy)]
struct Units {
    all: f64,
    /// What of it no transaction did: rows of less than a kilobyte, a unit each.
    single: f64,
}

/// What an outage of these items costs beyond a quiet poll: what is written in transactions, and how many acknowledgements
/// there are. Sinks that are through with an item at the same time are acknowledged in one write.
async fn cost(setting: Setting, items: &[&str]) -> [f64; 2] {
    let counted = Counted::new(setting).await;
    let quiet = counted.poll(2).await;
    assert_eq!((quiet.all, quiet.single), (1.0, 1.0), "the row of the poll");
    for item in items {
        counted.rig.turns(item, "down");
    }
    let units = counted.poll(3).await;
    assert_eq!(counted.rig.bus().offers().len(), items.len(), "all of it is announced");
    [units.all - units.single, units.single - quiet.single]
}

#[tokio::test]
async fn a_transition_costs_so_many_units_and_its_incident_so_many_more() {
    let outage: Vec<String> = std::iter::once("dxcon-fg5678gh".to_owned())
        .chain((0..6).map(|interface| format!("dxvif-ffabc{interface}23")))
        .chain((0..12).map(|session| format!("dxpeer-ffabc{}2{}", session / 2, session % 2)))
        .collect();
    let outage: Vec<&str> = outage.iter().map(String::as_str).collect();
    let mut table = String::new();
    for items in [&outage[18..], &outage] {
        for setting in [Setting::Unfolded, Setting::Folded(Notify::Items), Setting::Folded(Notify::Incidents)] {
            let [transactions, acknowledgements] = cost(setting, items).await;
            println!("{}, {setting:?}: {transactions} and {acknowledgements} acknowledgements", items.len());
            // Where people are announced incidents, EventBridge alone is left to acknowledge a transition; where they are
            // announced items, EventBridge alone to acknowledge an incident.
            let (least, most) = match setting {
                Setting::Unfolded => (items.len(), 3 * items.len()),
                Setting::Folded(Notify::Incidents) => (items.len() + 1, items.len() + 3),
                Setting::Folded(_) => (items.len() + 1, 3 * items.len() + 1),
            };
            assert!((least..=most).contains(&(acknowledgements as usize)), "{acknowledgements} acknowledgements");
            writeln!(table, "{} {setting:?}: {transactions}, and {least} to {most}", items.len()).unwrap();
        }
    }
    insta::assert_snapshot!(table, @"
    1 Unfolded: 5, and 1 to 3
    1 Folded(Items): 17, and 2 to 4
    1 Folded(Incidents): 17, and 2 to 4
    19 Unfolded: 95, and 19 to 57
    19 Folded(Items): 149, and 20 to 58
    19 Folded(Incidents): 149, and 20 to 22
    ");
}
