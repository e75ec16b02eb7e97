//! DynamoDB's limits: what is too large is reported, and what is many is split.

use std::sync::Arc;

use aws_dx_monitor::{
    domain::{Event, Transition},
    ports::{Ledger, Record},
};

use super::{Store, store::rig};
use crate::ledger_contract::rig::{EXPIRES_AT, SINKS, at, event};

fn records<'a>(firsts: &'a [Transition], events: &'a [Event]) -> Vec<Record<'a>> {
    let pairs = firsts.iter().zip(events);
    pairs.map(|(transition, event)| Record { transition, event, passed_by: &[], expires_at: EXPIRES_AT }).collect()
}

#[tokio::test]
async fn an_event_that_no_row_holds_is_an_error_that_names_the_item() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    let row = rig.story("dxcon-1", &[]).await;
    let mut next = rig.after("dxcon-1", &row, "down", at(60));
    Arc::make_mut(&mut next.item).name = Some("x".repeat(500_000));
    let events = [event(&next)];
    let error = ledger.record(records(std::slice::from_ref(&next), &events)[0], &SINKS).await.unwrap_err();
    let error = format!("{error:#}");
    assert!(error.contains("connection/dxcon-1") && error.contains("Item size"), "{error}");
    assert!(error.len() < 2_000, "the text itself is not repeated");
    assert_eq!(rig.sequences("dxcon-1").await, [1]);

    let mut first = rig.first("dxcon-2", "available", at(0));
    Arc::make_mut(&mut first.item).name = next.item.name.clone();
    let (firsts, events) = ([first.clone()], [event(&first)]);
    let error = ledger.record_baseline(&rig.scope, &records(&firsts, &events), &SINKS).await.unwrap_err();
    assert!(format!("{error:#}").contains("Item size"), "{error:#}");
}

#[tokio::test]
async fn a_baseline_of_large_items_is_split_by_size() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let mut firsts: Vec<Transition> = (0..12).map(|n| rig.first(&format!("dxcon-{n}"), "down", at(0))).collect();
    for first in &mut firsts {
        Arc::make_mut(&mut first.item).name = Some("x".repeat(200_000));
    }
    let events: Vec<Event> = firsts.iter().map(event).collect();
    ledger.record_baseline(&rig.scope, &records(&firsts, &events), &SINKS).await.unwrap();
    // A state row has the name twice, and a history row once: 600 KB an item.
    let sizes: Vec<usize> = proxy.calls().iter().map(|call| call.body.len()).collect();
    assert_eq!(sizes.len(), 3, "{sizes:?}");
    assert!(sizes.iter().all(|size| *size < 4_000_000), "{sizes:?}");
    assert_eq!(rig.recall().await.states.len(), 12);
}

#[tokio::test]
async fn a_baseline_of_many_items_fills_its_transactions() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    let rig = rig(&ledger);
    let firsts: Vec<Transition> = (0..60).map(|n| rig.first(&format!("dxcon-{n}"), "down", at(0))).collect();
    let events: Vec<Event> = firsts.iter().map(event).collect();
    ledger.record_baseline(&rig.scope, &records(&firsts, &events), &SINKS).await.unwrap();
    let actions = |call: &crate::support::proxy::call::Call| call.json()["TransactItems"].as_array().unwrap().len();
    assert_eq!(proxy.calls().iter().map(actions).collect::<Vec<_>>(), [100, 20]);
}

#[tokio::test]
async fn a_baseline_whose_state_rows_are_gone_finds_its_history() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    let firsts: Vec<Transition> = (0..2).map(|n| rig.first(&format!("dxcon-{n}"), "down", at(0))).collect();
    let events: Vec<Event> = firsts.iter().map(event).collect();
    ledger.record_baseline(&rig.scope, &records(&firsts, &events), &SINKS).await.unwrap();
    let key = [("scope", rig.scope.to_string()), ("item", "connection/dxcon-1".to_owned())];
    let key = key.map(|(name, value)| (name.to_owned(), super::store::string(value))).into();
    store.client.delete_item().table_name(&store.tables.states).set_key(Some(key)).send().await.unwrap();
    ledger.record_baseline(&rig.scope, &records(&firsts, &events), &SINKS).await.unwrap();
    assert_eq!(rig.recall().await.states.len(), 2);
    assert_eq!(rig.sequences("dxcon-1").await, [1]);
}
