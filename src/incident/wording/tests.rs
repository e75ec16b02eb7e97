//! The line of every reason and category, read aloud.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::{
    announcement::drill_incident,
    domain::{Category, Impact, IncidentStatus, Kind, Reason, Scope, Timestamp},
    escape::tests::hostile_text,
};

fn document(category: Category, reason: Reason) -> IncidentDocument {
    let scope = Scope::regional("123456789012", "us-east-1");
    let [mut document, _] = drill_incident(&scope, Timestamp::from_milliseconds(1_795_317_120_123), "operator");
    document.metadata.drill = false;
    document.metadata.recorded_at = Timestamp::from_milliseconds(1_795_317_120_123 + 27 * 60_000);
    document.reason = reason;
    document.status = match reason {
        Reason::Resolved => IncidentStatus::Resolved,
        Reason::Merged => IncidentStatus::Merged,
        Reason::Withdrawn => IncidentStatus::Withdrawn,
        _ => IncidentStatus::Open,
    };
    document.incident.category = category;
    document.incident.outages = 3;
    document.incident.since = Timestamp::from_milliseconds(1_795_317_120_123);
    document.incident.impact.destinations[0].name = Some("core-dxgw".to_owned());
    document.incident.affected.count = 19;
    document.incident.affected.by_kind.extend([(Kind::VirtualInterface, 6), (Kind::BgpPeer, 12)]);
    if matches!(category, Category::Provisioning | Category::Visibility) || document.status == IncidentStatus::Resolved
    {
        document.incident.impact.level = Impact::None;
        document.incident.impact.destinations[0].paths = 1;
    }
    if reason == Reason::Withdrawn {
        document.incident.affected.items.iter_mut().for_each(|member| member.state = "deleted".to_owned());
    }
    let root = &mut document.incident.root;
    root.name = Some("prod-eqdc2".to_owned());
    root.state = Some(
        match category {
            Category::Provisioning => "pending",
            Category::Visibility => "unknown",
            Category::Removal => "deleting",
            Category::Test => "testing",
            Category::Outage => "down",
            Category::Maintenance | Category::Resilience | Category::Routes => "available",
        }
        .to_owned(),
    );
    document
}

#[test]
fn what_is_withdrawn_and_was_not_removed_is_watched_no_longer() {
    let mut document = document(Category::Outage, Reason::Withdrawn);
    document.incident.affected.items[0].state = "down".to_owned();
    assert!(summary(&document).contains("(prod-eqdc2) watched no longer, after 27 minutes"), "{}", summary(&document));
}

#[test]
fn every_reason() {
    let lines: Vec<String> = Reason::ALL
        .iter()
        .map(|reason| format!("{reason} => {}", summary(&document(Category::Outage, *reason))))
        .collect();
    assert_snapshot!(lines.join("\n"), @"
    opened => [critical] connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    cause-found => [critical] cause found: connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    spread => [critical] spread: connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    escalated => [critical] worse: connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    eased => [critical] better: connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    reopened => [critical] connection dxcon-drill000 (prod-eqdc2) down again: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    flapping => [critical] connection dxcon-drill000 (prod-eqdc2) flapping, 3 outages within 27 minutes: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    settled => [critical] connection dxcon-drill000 (prod-eqdc2) no longer flapping, and down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    reminded => [critical] connection dxcon-drill000 (prod-eqdc2) still down after 27 minutes: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    explained => [critical] evidence: connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    planned => [critical] planned work: connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    acknowledged => [critical] acknowledged: connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    blind => [critical] connection dxcon-drill000 (prod-eqdc2) not listed, last seen down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    resolved => [resolved] connection dxcon-drill000 (prod-eqdc2) up again after 27 minutes
    merged => [merged] connection dxcon-drill000 (prod-eqdc2) part of another incident
    withdrawn => [withdrawn] connection dxcon-drill000 (prod-eqdc2) removed after 27 minutes down: core-dxgw has no path left
    ");
}

#[test]
fn every_category() {
    let lines = Category::ALL.iter().flat_map(|category| {
        [Reason::Opened, Reason::Reminded, Reason::Resolved].map(|reason| summary(&document(*category, reason)))
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    [critical] connection dxcon-drill000 (prod-eqdc2) to go down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path then
    [critical] connection dxcon-drill000 (prod-eqdc2) still to go down after 27 minutes: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path then
    [resolved] connection dxcon-drill000 (prod-eqdc2) not to go down after all
    [critical] connection dxcon-drill000 (prod-eqdc2) less resilient: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    [critical] connection dxcon-drill000 (prod-eqdc2) still less resilient after 27 minutes: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    [resolved] connection dxcon-drill000 (prod-eqdc2) no longer compared with what it was after 27 minutes
    [critical] connection dxcon-drill000 (prod-eqdc2) without some prefixes: 6 virtual interfaces, 12 BGP peers with it
    [critical] connection dxcon-drill000 (prod-eqdc2) still without some prefixes after 27 minutes: 6 virtual interfaces, 12 BGP peers with it
    [resolved] connection dxcon-drill000 (prod-eqdc2) no longer compared with other paths after 27 minutes
    [critical] connection dxcon-drill000 (prod-eqdc2) being set up (pending): 6 virtual interfaces, 12 BGP peers with it
    [critical] connection dxcon-drill000 (prod-eqdc2) still being set up (pending) after 27 minutes: 6 virtual interfaces, 12 BGP peers with it
    [resolved] connection dxcon-drill000 (prod-eqdc2) in service after 27 minutes
    [critical] connection dxcon-drill000 (prod-eqdc2) not reported by AWS: 6 virtual interfaces, 12 BGP peers with it
    [critical] connection dxcon-drill000 (prod-eqdc2) still not reported by AWS after 27 minutes: 6 virtual interfaces, 12 BGP peers with it
    [resolved] connection dxcon-drill000 (prod-eqdc2) reported again after 27 minutes
    [critical] connection dxcon-drill000 (prod-eqdc2) in a failover test: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    [critical] connection dxcon-drill000 (prod-eqdc2) still in a failover test after 27 minutes: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    [resolved] connection dxcon-drill000 (prod-eqdc2) through with its failover test after 27 minutes
    [critical] connection dxcon-drill000 (prod-eqdc2) being removed: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    [critical] connection dxcon-drill000 (prod-eqdc2) still being removed after 27 minutes: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    [resolved] connection dxcon-drill000 (prod-eqdc2) being removed after 27 minutes
    [critical] connection dxcon-drill000 (prod-eqdc2) down: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    [critical] connection dxcon-drill000 (prod-eqdc2) still down after 27 minutes: 6 virtual interfaces, 12 BGP peers with it; core-dxgw has no path left
    [resolved] connection dxcon-drill000 (prod-eqdc2) up again after 27 minutes
    "#);
}

proptest! {
    #[test]
    fn a_long_name_is_cut_and_an_id_is_not(
        name in hostile_text(), id in "[a-z]{1,512}", destination in hostile_text(), reason in prop::sample::select(Reason::ALL),
    ) {
        let mut long = document(Category::Outage, reason);
        long.incident.root.name = Some(name);
        long.incident.root.id = id.clone();
        long.incident.impact.destinations[0].name = Some(destination);
        let line = summary(&long);
        prop_assert!(line.contains(&id), "{}", line);
        prop_assert!(line.chars().count() <= id.len() + 300, "{}", line);
    }
}
