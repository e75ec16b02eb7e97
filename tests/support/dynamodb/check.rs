//! The tests' DynamoDB as they start it, through the real SDK.

use aws_sdk_dynamodb::types::AttributeValue;

use super::*;

const REGION: &str = "us-east-1";

fn string(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}

#[tokio::test]
async fn the_tables_have_their_keys_and_the_index_by_day() {
    let tables = create_tables(REGION, "check").await;
    let client = client(REGION);
    let state = client.put_item().table_name(&tables.states).item("scope", string("s")).item("item", string("i"));
    state.send().await.unwrap();
    let row = [("item", "s/i"), ("occurred_at", "2026-11-22T03:12:00.123Z"), ("day", "2026-11-22"), ("more", "x")];
    let row = row.map(|(name, value)| (name.to_owned(), string(value)));
    client.put_item().table_name(&tables.history).set_item(Some(row.into())).send().await.unwrap();
    let found = client
        .query()
        .table_name(&tables.history)
        .index_name("by-day")
        .key_condition_expression("#day = :day AND occurred_at > :from")
        .expression_attribute_names("#day", "day")
        .expression_attribute_values(":day", string("2026-11-22"))
        .expression_attribute_values(":from", string("2026-11-22T03"))
        .send()
        .await
        .unwrap();
    assert_eq!(found.items()[0]["more"], string("x"));
}
