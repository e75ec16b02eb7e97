//! The row by which polls take turns: each revision is written once, and a write whose answer was lost finds its own effect.

use aws_dx_monitor::{
    domain::{Scope, Turn},
    ports::Turns,
};

use super::Store;
use crate::ledger_contract::rig::at;

const ACCOUNT: &str = "123456789012";

fn turn(revision: u64, writer: &str) -> Turn {
    let scopes = ["us-east-1", Scope::GLOBAL].map(|region| Scope::regional(ACCOUNT, region));
    Turn { at: at(0), has_begun: false, scopes: scopes.into(), writer: writer.to_owned(), revision }
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
    let (proxy, ledger) = store.proxied();
    for revision in [1, 2] {
        proxy.clear();
        proxy.on("dynamodb", "UpdateItem").times(1).lose_answer();
        assert!(ledger.write_turn(ACCOUNT, &turn(revision, "one")).await.unwrap());
        assert_eq!(proxy.count("dynamodb", "UpdateItem"), 2);
    }
}
