//! The row by which polls take turns: each revision is written once, and a write whose answer was lost finds its own effect.

use std::time::Duration;

use aws_dx_monitor::{
    domain::{Scope, Timestamp, Turn},
    ports::Turns,
};
use aws_sdk_dynamodb::types::AttributeValue;

use super::Store;
use crate::ledger_contract::rig::at;

const ACCOUNT: &str = "123456789012";

fn turn(revision: u64, writer: &str) -> Turn {
    let scopes = ["us-east-1", Scope::GLOBAL].map(|region| Scope::regional(ACCOUNT, region));
    Turn {
        at: at(0),
        has_begun: false,
        is_awaited: true,
        scopes: scopes.into(),
        lasted: Duration::ZERO,
        writer: writer.to_owned(),
        revision,
    }
}

#[tokio::test]
async fn of_those_who_write_the_same_revision_one_wins() {
    let store = Store::new().await;
    let (_proxy, ledger) = store.proxied();
    assert_eq!(ledger.turn(ACCOUNT).await.unwrap(), None);
    for revision in [1, 2] {
        assert!(ledger.write_turn(ACCOUNT, &turn(revision, "one")).await.unwrap());
        assert!(!ledger.write_turn(ACCOUNT, &turn(revision, "other")).await.unwrap(), "it has been written");
        assert_eq!(ledger.turn(ACCOUNT).await.unwrap(), Some(turn(revision, "one")));
    }
    assert!(!ledger.write_turn(ACCOUNT, &turn(4, "other")).await.unwrap(), "one is missing between");
    assert_eq!(ledger.turn("210987654321").await.unwrap(), None, "each account has its own");
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_written() {
    let store = Store::new().await;
    store
        .loses_answers(async |ledger, revision| ledger.write_turn(ACCOUNT, &turn(revision, "one")).await.unwrap())
        .await;
}

#[tokio::test]
async fn how_long_a_poll_took_is_kept_whoever_writes_the_turn() {
    let store = Store::new().await;
    let (_proxy, ledger) = store.proxied();
    ledger.poll_lasted(ACCOUNT, Duration::from_secs(3)).await.unwrap();
    assert_eq!(ledger.turn(ACCOUNT).await.unwrap(), None, "there is no turn yet");
    assert!(ledger.write_turn(ACCOUNT, &turn(1, "one")).await.unwrap());
    ledger.poll_lasted(ACCOUNT, Duration::from_millis(2_500)).await.unwrap();
    let unawaited = Turn { is_awaited: false, ..turn(2, "one") };
    assert!(ledger.write_turn(ACCOUNT, &unawaited).await.unwrap());
    let stored = ledger.turn(ACCOUNT).await.unwrap();
    assert_eq!(stored, Some(Turn { lasted: Duration::from_millis(2_500), ..unawaited }));
}

#[tokio::test]
async fn a_damaged_row_is_replaced_and_stops_nothing() {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let damages: [(&str, Option<AttributeValue>); 8] = [
        ("at", Some(text("soon"))),
        ("at", None),
        ("has_begun", Some(text("perhaps"))),
        ("scopes", Some(AttributeValue::N("7".to_owned()))),
        ("scopes", Some(AttributeValue::L(vec![text("nowhere")]))),
        ("writer", None),
        ("revision", Some(text("many"))),
        ("revision", Some(AttributeValue::N("18446744073709551615".to_owned()))),
    ];
    for (name, value) in damages {
        let store = Store::new().await;
        let (_proxy, ledger) = store.proxied();
        assert!(ledger.write_turn(ACCOUNT, &turn(1, "one")).await.unwrap());
        store.damage_turn(name, value.clone()).await;
        let replaced = ledger.turn(ACCOUNT).await.unwrap().expect("a row");
        assert!(replaced.has_begun && replaced.at == Timestamp::from_milliseconds(0), "{name} {value:?}: {replaced:?}");
        assert_eq!(ledger.turn(ACCOUNT).await.unwrap(), Some(replaced.clone()), "it is whole");
        assert!(ledger.write_turn(ACCOUNT, &turn(replaced.revision + 1, "two")).await.unwrap(), "{name} {value:?}");
    }
}

impl Store {
    /// Gives an attribute of the row another value, or takes it away.
    async fn damage_turn(&self, name: &str, value: Option<AttributeValue>) {
        let scope = Scope::regional(ACCOUNT, "turns");
        if let Some(value) = value {
            return self.tamper(&scope, "turn", &[(name, value)]).await;
        }
        let text = |value: String| AttributeValue::S(value);
        let update = self.client.update_item().table_name(&self.tables.states).key("scope", text(scope.to_string()));
        let update = update.key("item", text("turn".to_owned())).update_expression("REMOVE #name");
        update.expression_attribute_names("#name", name).send().await.unwrap();
    }
}
