//! The availability report gathers outages by incident, from what the whole pipeline has recorded.

use aws_dx_monitor::{
    domain::{Kind, SinkName},
    report::{OutageList, Report},
};
use insta::assert_snapshot;

use super::rig::{Rig, Step, Trouble, account, minute};

/// A monitor of three connections with an interface and a session each.
async fn watching() -> Rig {
    let mut rig = Rig::of(account::of_each(3));
    rig.choose(&[Kind::Connection, Kind::VirtualInterface, Kind::BgpPeer]);
    rig.with_baseline().await
}

/// Each incident in a line, with the items of its outages beneath; and those in none.
fn listed(report: &Report) -> String {
    let list = OutageList::of(report, 1_000);
    let items = |outages: &[aws_dx_monitor::report::ListedOutage<'_>]| {
        outages.iter().map(|listed| format!("\n  {}", listed.entry.item.key())).collect::<String>()
    };
    let incidents = list.incidents.iter().map(|(incident, outages)| {
        let lasted = incident.duration_seconds.map_or("lasts".to_owned(), |seconds| format!("{seconds} s"));
        format!("{} {} {lasted}: {}{}", incident.status, incident.category, incident.summary, items(outages))
    });
    let others = (!list.others.is_empty()).then(|| format!("in none:{}", items(&list.others)));
    incidents.chain(others).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_outages_of_one_cause_stand_under_one_incident_and_those_of_another_under_another() {
    let rig = watching().await;
    rig.minute(1).cable(0, false);
    rig.poll_well().await;
    rig.minute(3).cable(0, true);
    rig.turns("dxcon-1", "down");
    rig.poll_well().await;
    rig.minute(5).poll_well().await;
    let report = rig.reported().await;
    assert_snapshot!(listed(&report), @"
    resolved outage 120 s: [critical] connection dxcon-0 (fibre dxcon-0) down: 1 virtual interface, 1 BGP peer with it; its destinations are not known
      connection/dxcon-0
      virtual-interface/dxvif-0
      bgp-peer/dxpeer-0
    open outage lasts: [critical] connection dxcon-1 (fibre dxcon-1) down: its destinations are not known
      connection/dxcon-1
    ");
    let announced: Vec<_> = rig.sink(SinkName::EVENTBRIDGE).incidents();
    assert_eq!(
        announced[0].document["incident"]["id"],
        serde_json::json!(report.incidents[0].id),
        "as it was announced"
    );
}

#[tokio::test]
async fn an_outage_that_was_over_before_it_was_gathered_is_found_in_the_documents() {
    let rig = watching().await;
    rig.ledger.trouble(Step::Fold, Trouble::Refuses);
    rig.minute(1).cable(0, false);
    rig.poll().await;
    rig.minute(2).cable(0, true);
    rig.poll().await;
    assert_eq!(
        listed(&rig.reported().await).lines().next(),
        Some("in none:"),
        "nothing is recorded of an incident yet"
    );
    rig.ledger.mend();
    rig.minute(3).poll_well().await;
    rig.minute(4).poll_well().await;
    assert_eq!(rig.last_event("connection/dxcon-0").await.metadata.group_id, None, "no event names it");
    assert_snapshot!(listed(&rig.reported().await), @"
    resolved outage 60 s: [critical] connection dxcon-0 (fibre dxcon-0) down: 1 virtual interface, 1 BGP peer with it; its destinations are not known
      connection/dxcon-0
      virtual-interface/dxvif-0
      bgp-peer/dxpeer-0
    ");
}

#[tokio::test]
async fn what_the_baseline_finds_down_is_in_an_incident_too() {
    let mut rig = Rig::of(account::connections(2));
    rig.choose(&[Kind::Connection]);
    rig.turns("dxcon-1", "down");
    let rig = rig.with_baseline().await;
    rig.minute(1).poll_well().await;
    rig.minute(2).turns("dxcon-1", "available").poll_well().await;
    assert_snapshot!(listed(&rig.reported().await), @"
    resolved outage 120 s: [critical] connection dxcon-1 (fibre dxcon-1) down: its destinations are not known
      connection/dxcon-1
    ");
}

#[tokio::test]
async fn a_destination_had_no_path_while_all_its_interfaces_were_down_and_an_incident_says_so_too() {
    let mut rig = Rig::of(account::of_each(2));
    rig.choose(&[Kind::Connection, Kind::VirtualInterface, Kind::BgpPeer, Kind::GatewayAttachment]);
    for number in 0..2 {
        let gateway = serde_json::json!({"directConnectGatewayId": "gateway-0"});
        rig.sends(&account::id(Kind::VirtualInterface, number), gateway);
    }
    let rig = rig.with_baseline().await;
    rig.minute(1).cable(0, false);
    rig.poll_well().await;
    rig.minute(2).cable(1, false);
    rig.poll_well().await;
    rig.minute(4).cable(1, true);
    rig.poll_well().await;
    rig.minute(5).poll_well().await;
    let report = rig.reported().await;
    let destination = report.destinations.iter().find(|destination| destination.id == "gateway-0").unwrap();
    assert_eq!((&*destination.address_family, destination.paths), ("ipv4", 2));
    assert_eq!(destination.figures.availability, Some(0.6), "two of five minutes");
    let outage = &destination.outages[0];
    assert_eq!((outage.started_at, outage.ended_at), (minute(2), Some(minute(4))));
    let incident = report.incidents.iter().find(|incident| Some(incident.id) == outage.group_id).unwrap();
    assert_eq!((&*incident.impact, &*incident.root.id), ("outage", "dxcon-1"));
}
