//! Secrets that Direct Connect returns in clear go nowhere: no log, no row, no event, no text.

use aws_dx_monitor::{
    local::SqliteLedger,
    simulator::{Fault, FaultKind, Operation},
};

use super::rig::{REGION, Rig, account};
use crate::support;

#[tokio::test]
async fn a_secret_leaves_no_trace() {
    let mut scenario = account::of_each(3);
    scenario.page_size = Some(2);
    for interface in &mut scenario.inventory.region_mut(REGION).virtual_interfaces {
        interface.auth_key = Some("canary-password".into());
        interface.customer_router_config = Some("<config>canary-router</config>".into());
        interface.bgp_peers[0].auth_key = Some("canary-peer-password".into());
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let rig = Rig::with_ledger(scenario, SqliteLedger::open(&path).unwrap());

    let (reports, log) = support::log::of(async {
        let mut reports = vec![rig.poll_well().await];
        rig.minute(1).turns("dxvif-0", "down").turns("dxpeer-0", "down");
        reports.push(rig.poll_well().await);
        let operation = Some(Operation::DescribeVirtualInterfaces.name().to_owned());
        rig.fault(Fault { operation, page: Some(2), kind: Some(FaultKind::MalformedBody), ..Fault::default() });
        reports.push(rig.minute(2).turns("dxvif-0", "available").poll().await);
        reports
    })
    .await;

    assert!(log.contains("read HTTP response body"), "the SDK logs its answers at this level");
    assert!(log.contains("transition"), "and so does the monitor");
    assert_eq!(log.lines().find(|line| line.contains("canary")), None);

    let told = format!("{:?} {:?} {reports:?}", rig.sns().offers(), rig.sns().summaries());
    assert!(told.contains("dxvif-0") && !told.contains("canary"));
    let rows = format!("{:?} {:?}", rig.all_events().await, rig.row("virtual-interface/dxvif-0").await);
    assert!(rows.contains("dxvif-0") && !rows.contains("canary"));
    drop(rig);
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
    }
}
