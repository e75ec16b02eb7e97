//! The ledger in DynamoDB keeps the contract.

use aws_dx_monitor::aws::DynamoLedger;

use super::Store;
use crate::ledger_contract::Fresh;

ledger_contract!(contract, crate::dynamodb::contract::fresh);

async fn fresh() -> Fresh<DynamoLedger> {
    let store = Store::new().await;
    Fresh::new(store.ledger())
}
