//! The rows exactly as they are written: other software reads them.

use std::collections::{BTreeMap, BTreeSet};

use aws_dx_monitor::{
    domain::{ItemDescription, Kind, SinkName, Suspicion, Unmonitored},
    ports::{Covering, Ledger, Progress, Record, Recording},
};
use serde_json::Value;

use super::{Store, store::rig};
use crate::ledger_contract::rig::{EXPIRES_AT, SINKS, at, event, suspect};

/// Rows a line each, with a line for each attribute.
pub fn told(rows: &BTreeMap<String, Value>) -> String {
    let mut told = String::new();
    for (key, row) in rows {
        told += &format!("{key}\n");
        for (name, value) in row.as_object().unwrap() {
            told += &format!("    {name}: {value}\n");
        }
    }
    told
}

#[tokio::test]
async fn a_transition_is_a_state_row_and_its_history_rows() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    let row = rig.story("dxcon-fg5678gh", &[]).await;
    let outage = rig.after("dxcon-fg5678gh", &row, "down", at(60));
    assert_eq!(rig.record_for(&outage, &[SinkName::CHAT]).await, Recording::Recorded);
    rig.acknowledge("dxcon-fg5678gh", SinkName::SNS, 1).await;
    rig.suspect("dxcon-fg5678gh", suspect(Suspicion::Absent, 2, 120)).await;
    rig.park("dxcon-fg5678gh", 60, SinkName::EVENTBRIDGE, "expired").await.unwrap();
    insta::assert_snapshot!(told(&store.states().await), @r#"
    123456789012/us-east-1 | connection/dxcon-fg5678gh
        announced: {"M":{"chat":{"N":"1"},"eventbridge":{"N":"0"},"sns":{"N":"1"}}}
        details: {"M":{"account":{"S":"123456789012"},"id":{"S":"dxcon-fg5678gh"},"kind":{"S":"connection"},"location":{"S":"EqDC2"},"name":{"S":"name of dxcon-fg5678gh"},"region":{"S":"us-east-1"},"vlan":{"N":"101"}}}
        health: {"S":"down"}
        incident_id: {"S":"490a56c8-faab-5219-8f0d-11619d90bdfe"}
        item: {"S":"connection/dxcon-fg5678gh"}
        last_transition_at: {"S":"2026-11-22T03:13:00.123Z"}
        level: {"N":"5"}
        name: {"S":"name of dxcon-fg5678gh"}
        scope: {"S":"123456789012/us-east-1"}
        seen_at: {"S":"2026-11-22T03:12:59.623Z"}
        sequence: {"N":"2"}
        since: {"S":"2026-11-22T03:13:00.123Z"}
        state: {"S":"down"}
        suspect: {"M":{"at":{"S":"2026-11-22T03:14:01.123Z"},"last_seen_at":{"S":"2026-11-22T03:13:59.123Z"},"polls":{"N":"2"},"since":{"S":"2026-11-22T03:14:00.123Z"},"state":{"S":"absent"}}}
    "#);
    insta::assert_snapshot!(told(&store.history().await), @r#"
    123456789012/us-east-1/connection/dxcon-fg5678gh | 2026-11-22T03:12:00.123Z
        day: {"S":"2026-11-22#1"}
        event: {"M":{"change":{"S":"discovered"},"item":{"M":{"account":{"S":"123456789012"},"id":{"S":"dxcon-fg5678gh"},"kind":{"S":"connection"},"location":{"S":"EqDC2"},"name":{"S":"name of dxcon-fg5678gh"},"region":{"S":"us-east-1"},"vlan":{"N":"101"}}},"metadata":{"M":{"id":{"S":"2fac6b01-c1e6-56a3-93b3-7e65a1d92285"},"recordedAt":{"S":"2026-11-22T03:12:00.480Z"},"sequence":{"N":"1"},"version":{"S":"1"}}},"severity":{"S":"info"},"state":{"M":{"health":{"S":"up"},"level":{"N":"4"},"since":{"S":"2026-11-22T03:12:00.123Z"},"value":{"S":"available"}}}}}
        expires_at: {"N":"1829877120"}
        item: {"S":"123456789012/us-east-1/connection/dxcon-fg5678gh"}
        occurred_at: {"S":"2026-11-22T03:12:00.123Z"}
        sequence: {"N":"1"}
    123456789012/us-east-1/connection/dxcon-fg5678gh | 2026-11-22T03:13:00.123Z
        day: {"S":"2026-11-22#1"}
        event: {"M":{"change":{"S":"degraded"},"item":{"M":{"account":{"S":"123456789012"},"id":{"S":"dxcon-fg5678gh"},"kind":{"S":"connection"},"location":{"S":"EqDC2"},"name":{"S":"name of dxcon-fg5678gh"},"region":{"S":"us-east-1"},"vlan":{"N":"101"}}},"metadata":{"M":{"id":{"S":"490a56c8-faab-5219-8f0d-11619d90bdfe"},"incidentId":{"S":"490a56c8-faab-5219-8f0d-11619d90bdfe"},"recordedAt":{"S":"2026-11-22T03:13:00.480Z"},"sequence":{"N":"2"},"version":{"S":"1"}}},"previousDurationSeconds":{"N":"60"},"previousState":{"M":{"health":{"S":"up"},"lastSeenAt":{"S":"2026-11-22T03:12:00.123Z"},"level":{"N":"4"},"since":{"S":"2026-11-22T03:12:00.123Z"},"value":{"S":"available"}}},"severity":{"S":"critical"},"state":{"M":{"health":{"S":"down"},"level":{"N":"5"},"since":{"S":"2026-11-22T03:13:00.123Z"},"value":{"S":"down"}}}}}
        expires_at: {"N":"1829877120"}
        item: {"S":"123456789012/us-east-1/connection/dxcon-fg5678gh"}
        occurred_at: {"S":"2026-11-22T03:13:00.123Z"}
        parked: {"M":{"eventbridge":{"S":"expired"}}}
        sequence: {"N":"2"}
    "#);
}

#[tokio::test]
async fn a_baseline_counts_as_announced_and_a_nameless_item_has_no_name() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    let mut first = rig.first("dxcon-1", "deleted", at(0));
    first.item = ItemDescription::bare(&rig.scope, &rig.key("dxcon-1")).into();
    let event = event(&first);
    let record = Record { transition: &first, event: &event, passed_by: &[], expires_at: EXPIRES_AT };
    ledger.record_baseline(&rig.scope, &[record], &SINKS).await.unwrap();
    let row = rig.row("dxcon-1").await;
    let expiring = aws_dx_monitor::domain::Amendment {
        expires_at: Some(EXPIRES_AT),
        ..aws_dx_monitor::domain::Amendment::of(&rig.key("dxcon-1"), &row)
    };
    assert_eq!(rig.amend(&expiring).await, Recording::Recorded);
    insta::assert_snapshot!(told(&store.states().await), @r#"
    123456789012/us-east-1 | connection/dxcon-1
        announced: {"M":{"eventbridge":{"N":"1"},"sns":{"N":"1"}}}
        details: {"M":{"account":{"S":"123456789012"},"id":{"S":"dxcon-1"},"kind":{"S":"connection"},"region":{"S":"us-east-1"}}}
        expires_at: {"N":"1829877120"}
        health: {"S":"removed"}
        item: {"S":"connection/dxcon-1"}
        last_transition_at: {"S":"2026-11-22T03:12:00.123Z"}
        level: {"N":"7"}
        scope: {"S":"123456789012/us-east-1"}
        seen_at: {"S":"2026-11-22T03:11:59.623Z"}
        sequence: {"N":"1"}
        since: {"S":"2026-11-22T03:12:00.123Z"}
        state: {"S":"deleted"}
    "#);
}

#[tokio::test]
async fn polls_leave_a_row_of_flat_attributes_a_list_of_scopes_and_coverage_rows() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    let progress = Progress {
        baseline: BTreeSet::from([Kind::Lag]),
        interval_seconds: Some(60),
        first_poll: true,
        ..Progress::listed(at(0), [Kind::Lag, Kind::VirtualInterface])
    };
    ledger.progress(&rig.scope, &progress).await.unwrap();
    rig.announced(&[Kind::Lag], SinkName::SNS, false, 1).await;
    rig.announced(&[Kind::Lag], SinkName::CHAT, true, 2).await;
    let unmonitored =
        Unmonitored { scope: rig.scope.clone(), kind: Kind::Lag, parent: None, from: at(0), to: at(86_400) };
    assert_eq!(ledger.cover(&unmonitored, EXPIRES_AT).await.unwrap(), Covering::Written);
    insta::assert_snapshot!(told(&store.states().await), @r#"
    123456789012/us-east-1 | poll
        baseline_at/lag: {"S":"2026-11-22T03:12:00.123Z"}
        baseline_told/lag: {"S":"2026-11-22T03:12:02.123Z"}
        baseline_told/lag/chat: {"S":"2026-11-22T03:12:02.123Z"}
        baseline_told/lag/sns: {"S":"2026-11-22T03:12:01.123Z"}
        interval_seconds: {"N":"60"}
        item: {"S":"poll"}
        last_complete_at/lag: {"S":"2026-11-23T03:12:00.123Z"}
        last_complete_at/virtual-interface: {"S":"2026-11-22T03:12:00.123Z"}
        scope: {"S":"123456789012/us-east-1"}
        settled_at/lag: {"S":"2026-11-22T03:12:00.123Z"}
    scopes | 123456789012/us-east-1
        item: {"S":"123456789012/us-east-1"}
        scope: {"S":"scopes"}
    "#);
    insta::assert_snapshot!(told(&store.history().await), @r#"
    123456789012/us-east-1/coverage/lag | 2026-11-23T03:12:00.123Z
        day: {"S":"2026-11-23#4"}
        expires_at: {"N":"1829877120"}
        from: {"S":"2026-11-22T03:12:00.123Z"}
        item: {"S":"123456789012/us-east-1/coverage/lag"}
        occurred_at: {"S":"2026-11-23T03:12:00.123Z"}
        to: {"S":"2026-11-23T03:12:00.123Z"}
    "#);
}
