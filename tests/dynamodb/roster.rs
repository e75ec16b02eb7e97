//! The roster in DynamoDB: the rows as they are written, lost answers, and rows of other versions.

use aws_dx_monitor::{domain::RosterRow, ports::Roster};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use super::{
    Store,
    rows::told,
    store::{NONE, string},
};
use crate::ledger_contract::roster::{bare, full};

const ACCOUNT: &str = "111122223333";

#[tokio::test]
async fn the_roster_is_beside_the_states() {
    let store = Store::new().await;
    assert!(store.ledger().write_roster_row(&full(ACCOUNT, 1)).await.unwrap());
    assert!(store.ledger().write_roster_row(&bare("222233334444", 1)).await.unwrap());
    insta::assert_snapshot!(told(&store.states().await), @r#"
    accounts | 111122223333
        cadence: {"S":"refused"}
        changed_at: {"S":"2026-11-22T03:11:30.123Z"}
        enrolled_at: {"S":"2026-11-22T03:11:00.123Z"}
        item: {"S":"111122223333"}
        items: {"N":"41"}
        last_error: {"S":"AccessDenied"}
        last_ok_at: {"S":"2026-11-22T03:12:00.123Z"}
        last_poll_at: {"S":"2026-11-22T03:13:00.123Z"}
        late_since: {"S":"2026-11-22T03:12:30.123Z"}
        left_at: {"S":"2026-11-22T03:13:30.123Z"}
        name: {"S":"network"}
        refused_since: {"S":"2026-11-22T03:12:30.123Z"}
        regions: {"L":[{"S":"global"},{"S":"us-east-1"}]}
        revision: {"N":"1"}
        scope: {"S":"accounts"}
    accounts | 222233334444
        cadence: {"S":"cold"}
        item: {"S":"222233334444"}
        items: {"N":"0"}
        regions: {"L":[]}
        revision: {"N":"1"}
        scope: {"S":"accounts"}
    "#);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_written() {
    let store = Store::new().await;
    store
        .loses_answers(async |ledger, revision| ledger.write_roster_row(&full(ACCOUNT, revision)).await.unwrap())
        .await;
}

#[tokio::test]
async fn a_thousand_rows_are_one_call() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    for number in 0..1_000 {
        assert!(ledger.write_roster_row(&full(&format!("{number:012}"), 1)).await.unwrap());
    }
    proxy.clear();
    assert_eq!(ledger.roster().await.unwrap().len(), 1_000);
    assert_eq!(proxy.count("dynamodb", "Query"), 1);
}

impl Store {
    async fn tamper_account(&self, attributes: &[(&str, AttributeValue)]) {
        let key = [("scope", string("accounts")), ("item", string(ACCOUNT))];
        self.tamper_with(&self.tables.states, key, attributes).await;
    }
}

#[tokio::test]
async fn unknown_attributes_survive() {
    let store = Store::new().await;
    let ledger = store.ledger();
    assert!(ledger.write_roster_row(&full(ACCOUNT, 1)).await.unwrap());
    store.tamper_account(&[("mood", string("sunny"))]).await;
    assert!(ledger.write_roster_row(&bare(ACCOUNT, 2)).await.unwrap());
    let row = &store.states().await[&format!("accounts | {ACCOUNT}")];
    assert_eq!((&row["mood"], row.get("last_error")), (&json!({"S": "sunny"}), None));
    assert_eq!(ledger.roster().await.unwrap(), [bare(ACCOUNT, 2)]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_left_out_and_never_overwritten() {
    let damages = [
        ("cadence", string("lukewarm")),
        ("cadence", NONE),
        ("items", string("many")),
        ("items", AttributeValue::N("-1".to_owned())),
        ("regions", string("everywhere")),
        ("last_ok_at", string("yesterday")),
        ("revision", string("second")),
    ];
    let other = || full("222233334444", 1);
    for (attribute, damage) in damages {
        let store = Store::new().await;
        let ledger = store.ledger();
        assert!(ledger.write_roster_row(&full(ACCOUNT, 1)).await.unwrap());
        assert!(ledger.write_roster_row(&other()).await.unwrap());
        store.tamper_account(&[(attribute, damage.clone())]).await;
        assert_eq!(ledger.roster().await.unwrap(), [other()], "{attribute} {damage:?}");
        let error = format!("{:#}", ledger.roster_row(ACCOUNT).await.unwrap_err());
        assert!(error.starts_with("the row of the account 111122223333 cannot be read: "), "{error}");
        assert!(!ledger.write_roster_row(&full(ACCOUNT, 1)).await.unwrap(), "{attribute}");
    }
}

/// A row that an operator made by hand, to give an account a name, has no revision.
#[tokio::test]
async fn a_row_without_a_revision_is_the_first_ones_predecessor() {
    let store = Store::new().await;
    let ledger = store.ledger();
    assert!(ledger.write_roster_row(&full(ACCOUNT, 1)).await.unwrap());
    store.tamper_account(&[("revision", NONE)]).await;
    let stored = ledger.roster_row(ACCOUNT).await.unwrap();
    assert_eq!(stored, Some(RosterRow { revision: 0, ..full(ACCOUNT, 1) }));
    assert!(ledger.write_roster_row(&full(ACCOUNT, 1)).await.unwrap());
    assert_eq!(ledger.roster_row(ACCOUNT).await.unwrap(), Some(full(ACCOUNT, 1)));
}
