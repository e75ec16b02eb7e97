//! Failover tests: AWS takes the sessions of an interface down on request.

use aws_dx_monitor::{
    domain::{Change, Health, Severity},
    simulator::Scenario,
};
use serde_json::json;

use super::rig::{ACCOUNT, REGION, Rig, minute};

const INTERFACE: &str = "virtual-interface/dxvif-1";
const PEER: &str = "bgp-peer/dxpeer-a";
const OTHER_PEER: &str = "bgp-peer/dxpeer-b";

/// A monitor of an interface with two peers, all of them up.
async fn watching() -> Rig {
    let peer = |id: &str| json!({"bgpPeerId": id, "bgpPeerState": "available", "bgpStatus": "up"});
    let scenario = json!({"account": ACCOUNT, "inventory": {"regions": {REGION: {"virtualInterfaces": [{
        "virtualInterfaceId": "dxvif-1", "virtualInterfaceName": "prod", "virtualInterfaceState": "available",
        "bgpPeers": [peer("dxpeer-a"), peer("dxpeer-b")]
    }]}}}});
    Rig::watching(Scenario::from_json(&scenario.to_string()).unwrap()).await
}

/// Minute 1: a test begins, and one of the two sessions is down for it.
async fn testing() -> Rig {
    let rig = watching().await;
    rig.minute(1).turns("dxvif-1", "testing").turns("dxpeer-a", "down").poll_well().await;
    rig
}

#[tokio::test]
async fn a_session_that_is_down_for_a_test_pages_no_one() {
    let rig = testing().await;
    let row = rig.row(PEER).await;
    assert_eq!((row.state.value(), row.state.health()), ("down", Health::Testing));
    assert_eq!(rig.metrics.last("BgpPeerState", "dxpeer-a"), Some(4.0), "the level is the word's");
    let event = rig.last_event(PEER).await;
    assert_eq!((event.change, event.severity), (Change::Testing, Severity::Info));
    assert_eq!(rig.row(OTHER_PEER).await.state.health(), Health::Up);

    rig.minute(6).turns("dxvif-1", "available").turns("dxpeer-a", "up").poll_well().await;
    insta::assert_snapshot!(rig.sns().sentences(), @r"
    [info] virtual-interface dxvif-1 available -> testing (prod) | Virtual interface dxvif-1 (prod) is out of service for a failover test.
    [info] virtual-interface dxvif-1 testing -> available (prod) | Virtual interface dxvif-1 (prod) is back in service.
    [info] bgp-peer dxpeer-a up -> down (prod) | BGP peer dxpeer-a (prod) is down for a failover test of its virtual interface.
    [info] bgp-peer dxpeer-a down -> up (prod) | BGP peer dxpeer-a (prod) is back in service.
    ");
    for item in [INTERFACE, PEER] {
        assert_eq!(rig.row(item).await.incident_id, None, "{item}");
        let figures = rig.availability(item).await.figures;
        assert_eq!((figures.excluded.testing, figures.down_milliseconds), (5 * 60_000, 0), "{item}");
    }
    assert_eq!(rig.events(OTHER_PEER).await.len(), 1, "what stayed up has nothing to announce");
}

#[tokio::test]
async fn a_session_that_stays_down_after_the_test_is_an_outage_until_it_is_up() {
    let rig = testing().await;
    rig.sns().told();
    rig.minute(6).turns("dxvif-1", "available").poll_well().await;
    insta::assert_snapshot!(rig.sns().sentences(), @r"
    [info] virtual-interface dxvif-1 testing -> available (prod) | Virtual interface dxvif-1 (prod) is back in service.
    [critical] bgp-peer dxpeer-a testing -> down (prod) | BGP peer dxpeer-a (prod) is down, though the failover test is over.
    ");
    let outage = rig.last_event(PEER).await;
    assert_eq!((outage.change, outage.severity), (Change::Degraded, Severity::Critical));
    assert_eq!((outage.state.value.as_str(), outage.state.health), ("down", Health::Down));
    let previous = outage.previous_state.unwrap();
    assert_eq!((previous.value.as_str(), previous.health, previous.since), ("down", Health::Testing, minute(1)));

    rig.minute(8).turns("dxpeer-a", "up").poll_well().await;
    insta::assert_snapshot!(rig.sns().sentences(), @r"
    [info] bgp-peer dxpeer-a down -> up (prod) | BGP peer dxpeer-a (prod) is back in service.
    ");
    let [_, test, outage, recovery] = &rig.events(PEER).await[..] else { panic!() };
    let incident = Some(test.metadata.id);
    assert_eq!([test, outage, recovery].map(|event| event.metadata.incident_id), [incident; 3]);
    assert_eq!((recovery.change, rig.row(PEER).await.incident_id), (Change::Recovered, None));
    assert_eq!(rig.availability(PEER).await.figures.down_milliseconds, 2 * 60_000);
}

#[tokio::test]
async fn a_test_that_begins_while_a_session_is_down_is_announced_for_it_too() {
    let rig = watching().await;
    rig.minute(1).turns("dxpeer-a", "down").poll_well().await;
    rig.minute(2).turns("dxvif-1", "testing").poll_well().await;
    insta::assert_snapshot!(rig.sns().sentences(), @r"
    [info] virtual-interface dxvif-1 available -> testing (prod) | Virtual interface dxvif-1 (prod) is out of service for a failover test.
    [critical] bgp-peer dxpeer-a up -> down (prod) | BGP peer dxpeer-a (prod) is down; this was not planned.
    [info] bgp-peer dxpeer-a down -> testing (prod) | BGP peer dxpeer-a (prod) is down for a failover test of its virtual interface.
    ");
}
