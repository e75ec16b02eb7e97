//! Secrets that Direct Connect returns in clear, and the caller's own, appear nowhere.

use super::*;
use crate::support;

#[tokio::test]
async fn a_secret_is_in_no_log_at_any_level_and_in_no_observation() {
    let mut scenario = account_of(4);
    for interface in &mut scenario.inventory.region_mut(REGION).virtual_interfaces {
        interface.virtual_interface_name = Some("name-of-an-interface".into());
        interface.auth_key = Some("canary-password".into());
        interface.customer_router_config = Some("<config>canary-router</config>".into());
        interface.bgp_peers[0].auth_key = Some("canary-peer-password".into());
    }
    let mut truncated = fault(Operation::DescribeVirtualInterfaces, FaultKind::MalformedBody);
    truncated.times = Some(1);
    truncated.page = Some(2);
    scenario.faults = vec![truncated];

    let (observation, log) = support::log::of(async { Story::of(scenario).look_at_region().await }).await;

    assert_eq!(count(&observation, Kind::VirtualInterface), 4);
    assert!(
        log.contains("read HTTP response body") && log.contains("name-of-an-interface"),
        "the SDK logs its answers"
    );
    let leak = log.lines().find(|line| line.contains("canary"));
    assert_eq!(leak, None);
    assert!(!format!("{observation:?}").contains("canary"));
}
