//! Rows of older and newer versions: they are read, and only our own attributes are changed.

use aws_dx_monitor::{
    domain::{Amendment, Confirmation, Kind, ListedScope, Selection, SinkName, Span, Suspect, Suspicion, Unmonitored},
    ports::{Covering, History, Ledger, Recording},
};
use serde_json::json;

use super::{
    Store,
    store::{NONE, first_progress, map, number, rig, string},
};
use crate::ledger_contract::rig::{EXPIRES_AT, at, cursors, suspect};

const ITEM: &str = "connection/dxcon-1";

#[tokio::test]
async fn unknown_attributes_survive_every_write_to_a_state_row() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    rig.suspect("dxcon-1", suspect(Suspicion::Absent, 1, 60)).await;
    let row = rig.row("dxcon-1").await;
    let announced = map([("sns", number(0)), ("eventbridge", number(0)), ("pager", number(1))]);
    store.tamper(&rig.scope, ITEM, &[("mood", map([("today", string("sunny"))])), ("announced", announced)]).await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 1).await;
    let mut renamed = Amendment::of(&rig.key("dxcon-1"), &row);
    renamed.details = Some(rig.item("dxcon-1").into());
    renamed.suspect = None;
    renamed.expires_at = Some(EXPIRES_AT);
    assert_eq!(rig.amend(&renamed).await, Recording::Recorded);
    rig.go_on("dxcon-1", &["down"]).await;
    let row = &store.states().await[&format!("{} | {ITEM}", rig.scope)];
    assert_eq!(row["mood"], json!({"M": {"today": {"S": "sunny"}}}));
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 0), ("pager", 1), ("sns", 1)]);
}

#[tokio::test]
async fn unknown_keys_of_a_suspect_neither_hinder_nor_vanish() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    let held = suspect(Suspicion::Absent, 1, 60);
    rig.suspect("dxcon-1", held.clone()).await;
    let with_more = map([
        ("state", string("absent")),
        ("polls", number(1)),
        ("since", string(at(60))),
        ("at", string(at(60))),
        ("last_seen_at", string(at(59))),
        ("witness", string("a newer version")),
    ]);
    store.tamper(&rig.scope, ITEM, &[("suspect", with_more)]).await;
    assert_eq!(rig.row("dxcon-1").await.suspect, Some(held));
    rig.suspect("dxcon-1", Suspect { last_seen_at: None, ..suspect(Suspicion::Absent, 2, 60) }).await;
    let rows = store.states().await;
    let stored = &rows[&format!("{} | {ITEM}", rig.scope)]["suspect"]["M"];
    assert_eq!(stored["witness"], json!({"S": "a newer version"}));
    assert_eq!((&stored["polls"], stored.get("last_seen_at")), (&json!({"N": "2"}), None));
    // And it can be confirmed.
    let row = rig.row("dxcon-1").await;
    let mut confirmation = rig.after("dxcon-1", &row, "down", at(120));
    confirmation.previous.as_mut().unwrap().confirmed =
        row.suspect.map(|suspect| Confirmation { suspect, missed_at: None });
    assert_eq!(rig.record(&confirmation).await, Recording::Recorded);
    assert_eq!(rig.row("dxcon-1").await.suspect, None);
}

#[tokio::test]
async fn a_suspect_that_cannot_be_read_is_left_alone_until_a_transition() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    store.tamper(&rig.scope, ITEM, &[("suspect", map([("state", string("flickering"))]))]).await;
    let row = rig.row("dxcon-1").await;
    assert_eq!(row.suspect, None);
    let amendment =
        Amendment { suspect: Some(suspect(Suspicion::Absent, 1, 60)), ..Amendment::of(&rig.key("dxcon-1"), &row) };
    assert_eq!(rig.amend(&amendment).await, Recording::Lost);
    let rows = store.states().await;
    let stored = &rows[&format!("{} | {ITEM}", rig.scope)]["suspect"];
    assert_eq!(*stored, json!({"M": {"state": {"S": "flickering"}}}));
    rig.go_on("dxcon-1", &["down"]).await;
    assert_eq!(store.states().await[&format!("{} | {ITEM}", rig.scope)].get("suspect"), None);
}

#[tokio::test]
async fn a_row_without_cursors_gets_them_with_the_next_transition() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &["down", "available"]).await;
    store.tamper(&rig.scope, ITEM, &[("announced", NONE), ("details", NONE), ("level", NONE), ("name", NONE)]).await;
    // No cursor, nothing to acknowledge; and no failure.
    rig.acknowledge("dxcon-1", SinkName::SNS, 3).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), []);
    let row = rig.go_on("dxcon-1", &["down"]).await;
    assert_eq!(cursors(&row), [("eventbridge", 3), ("sns", 3)]);
    assert_eq!((row.state.level(), row.details), (5, rig.item("dxcon-1").into()));
}

#[tokio::test]
async fn rows_of_unknown_kinds_are_left_alone() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    let row = [("state", string("glowing")), ("sequence", string("seven"))];
    for item in ["cross-connect/dxcc-1", "settings", "connection/"] {
        store.tamper(&rig.scope, item, &row).await;
    }
    store
        .tamper_history(
            &format!("{}/cross-connect/dxcc-1", rig.scope),
            at(1),
            &[("day", string(format!("{}#5", at(1).day()))), ("event", string("?"))],
        )
        .await;
    assert_eq!(rig.recall().await.states.len(), 1);
    assert_eq!(ledger.transitions(&Selection::of_all(Span::new(at(0), at(60)))).await.unwrap().len(), 1);
    assert_eq!(store.states().await.len(), 4);
}

#[tokio::test]
async fn a_damaged_row_is_named() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    rig.story("dxcon-2", &[]).await;
    store.tamper(&rig.scope, ITEM, &[("sequence", string("seven"))]).await;
    let error = format!("{:#}", ledger.recall(&rig.scope).await.unwrap_err()).replace(&store.tables.states, "TABLE");
    insta::assert_snapshot!(error, @r#"the states of 123456789012/us-east-1 cannot be read: the state row "connection/dxcon-1" in table "TABLE" is damaged: the attribute "sequence" cannot be read: it is not a number"#);
}

#[tokio::test]
async fn unknown_attributes_survive_every_write_to_the_poll_row_and_to_the_list_of_scopes() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    let unknown = [("last_complete_at/cross-connect", string("soon")), ("mood", string("sunny"))];
    store.tamper(&rig.scope, "poll", &unknown).await;
    let listed = [("scope", string("scopes")), ("item", string(&rig.scope)), ("alias", string("prod"))];
    let listed = listed.map(|(name, value)| (name.to_owned(), value)).into();
    store.fill(&store.tables.states, [listed]).await;
    let progress = first_progress();
    ledger.progress(&rig.scope, &progress).await.unwrap();
    rig.announced(&[Kind::Lag], SinkName::SNS, true, 1).await;
    let unmonitored =
        Unmonitored { scope: rig.scope.clone(), kind: Kind::Lag, parent: None, from: at(0), to: at(1_000) };
    assert_eq!(ledger.cover(&unmonitored, EXPIRES_AT).await.unwrap(), Covering::Written);
    let rows = store.states().await;
    let poll = &rows[&format!("{} | poll", rig.scope)];
    assert_eq!(
        (&poll["mood"], &poll["last_complete_at/cross-connect"]),
        (&json!({"S": "sunny"}), &json!({"S": "soon"}))
    );
    assert_eq!(poll["last_complete_at/lag"], json!({"S": at(1_000)}));
    assert_eq!(rows[&format!("scopes | {}", rig.scope)]["alias"], json!({"S": "prod"}));
    let listed = ListedScope { scope: rig.scope.clone(), retired_at: None };
    assert_eq!(ledger.scopes().await.unwrap(), [listed]);
}

#[tokio::test]
async fn unknown_attributes_and_keys_of_an_event_survive_being_parked() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let rig = rig(&ledger);
    rig.story("dxcon-1", &[]).await;
    let item = format!("{}/{ITEM}", rig.scope);
    let event = map([("metadata", map([("version", string("1")), ("weight", number(7))])), ("new", string("yes"))]);
    store.tamper_history(&item, at(0), &[("event", event), ("mood", string("sunny"))]).await;
    rig.park("dxcon-1", 0, SinkName::SNS, "expired").await.unwrap();
    let row = rig.history("dxcon-1").await.remove(0);
    assert_eq!(row.event, json!({"metadata": {"version": "1", "weight": 7}, "new": "yes"}));
    assert_eq!(store.history().await[&format!("{item} | {}", at(0))]["mood"], json!({"S": "sunny"}));
}
