//! Interconnects and hosted connections: a partner's account, and any other.

use super::*;

#[tokio::test]
async fn for_an_ordinary_account_there_are_no_interconnects_and_nothing_is_wrong() {
    let story = Story::of(Scenario { partner: false, ..account_of(1) });
    let observation = story.look_at_region().await;
    assert_eq!(observation.gaps, Default::default());
    assert_eq!((count(&observation, Kind::Interconnect), count(&observation, Kind::HostedConnection)), (0, 0));
    assert_eq!(count(&observation, Kind::Lag), 1);
    let traffic = story.traffic();
    assert_eq!((traffic.count("DescribeInterconnects"), traffic.count("DescribeHostedConnections")), (1, 0));
}

#[tokio::test]
async fn an_ordinary_accounts_unread_lags_host_nothing() {
    let faults = vec![fault(Operation::DescribeLags, FaultKind::AccessDenied)];
    let observation = Story::of(Scenario { partner: false, faults, ..account_of(1) }).look_at_region().await;
    assert_eq!(observation.gaps.into_keys().collect::<Vec<_>>(), [Kind::Lag, Kind::PortEncryption]);
}

#[tokio::test]
async fn a_partners_hosted_connections_are_all_read() {
    let mut scenario = Scenario { partner: true, ..Scenario::default() };
    let region = scenario.inventory.region_mut(REGION);
    for (host, size) in [("dxcon-i1", 201), ("dxcon-i2", 100), ("dxcon-i3", 60)] {
        region.interconnects.push(simulator::Interconnect { interconnect_id: host.into(), ..Default::default() });
        let hosted = (0..size).map(|number| connection(format!("{host}-{number}"))).collect();
        region.hosted_connections.insert(host.into(), hosted);
    }
    let story = Story::of(scenario);
    let observation = story.look_at_region().await;
    assert_eq!(observation.gaps, Default::default());
    assert_eq!(count(&observation, Kind::Interconnect), 3);
    assert_eq!(count(&observation, Kind::HostedConnection), 361);
    for (key, item) in observation.items.iter().filter(|(key, _)| key.kind == Kind::HostedConnection) {
        let host = item.description.interconnect_id.as_deref().unwrap();
        assert!(key.id.starts_with(host), "{key} is on {host}");
    }
    assert_eq!(story.traffic().count("DescribeHostedConnections"), 3 + 1 + 1);
}

#[tokio::test]
async fn one_host_that_cannot_be_asked_hides_no_other() {
    let parent = Some("dxcon-i0".to_owned());
    let refused = Fault { parent, ..fault(Operation::DescribeHostedConnections, FaultKind::AccessDenied) };
    let observation = Story::of(Scenario { faults: vec![refused], ..account_of(2) }).look_at_region().await;
    assert_eq!(observation.gaps.keys().copied().collect::<Vec<_>>(), [Kind::HostedConnection]);
    let gap = why(&observation, Kind::HostedConnection);
    assert!(gap.starts_with("DescribeHostedConnections of dxcon-i0 in us-east-1, page 1: "), "{gap}");
    assert_eq!(count(&observation, Kind::HostedConnection), 2, "those of the LAG");
}

#[tokio::test]
async fn no_more_than_eight_calls_are_in_flight_to_a_region() {
    let mut scenario = account_of(12);
    // Long enough for calls to come together on a machine that has other work.
    let delay_milliseconds = Some(150);
    scenario.faults = vec![Fault { delay_milliseconds, ..Fault::default() }];
    let story = Story::of(scenario);
    let other = Scope::regional(ACCOUNT, OTHER_REGION);
    tokio::join!(story.look_at_region(), story.look_at_global_kinds(), story.look(&other, usual()));
    let traffic = story.traffic();
    assert_eq!(traffic.max_in_flight_by_region[REGION], 8, "the global kinds count where they are read");
    assert!(traffic.max_in_flight > 8, "another region has an allowance of its own");
}
