//! One call to DynamoDB and its outcome: written, refused by its own conditions (with the row that refused it), or
//! failed.

use std::ops::ControlFlow;

use anyhow::Context;
use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::{
        put_item::PutItemError, query::builders::QueryFluentBuilder, transact_write_items::TransactWriteItemsError,
        update_item::UpdateItemError,
    },
    types::{
        CancellationReason, Put, ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem, Update as UpdateAction,
    },
};

use super::{
    attributes::Attributes,
    expression::Expression,
    failure::Attempt,
    lanes::Lanes,
    retry::{is_passing, is_throttling, was_throttled},
    tables::{Table, Tables},
};
use crate::ports::Throttled;

/// The outcome of an update.
#[derive(Debug)]
pub(super) enum Updated {
    Written,
    /// The row does not meet the conditions; holds the row, if there is one.
    Refused(Option<Attributes>),
}

/// The outcome of a transaction.
#[derive(Debug)]
pub(super) enum Transacted {
    Written,
    Canceled(Cancellation),
}

/// Why a transaction was canceled: a reason for each of its actions, in their order.
#[derive(Debug)]
pub(super) struct Cancellation(Vec<CancellationReason>);

impl Cancellation {
    /// Whether the action's own condition refused it.
    pub(super) fn refused(&self, action: usize) -> bool {
        self.0.get(action).and_then(CancellationReason::code) == Some("ConditionalCheckFailed")
    }

    /// The row that refused the action.
    pub(super) fn row(&self, action: usize) -> Option<&Attributes> {
        self.0.get(action).filter(|_| self.refused(action)).and_then(CancellationReason::item)
    }

    /// Whether a path into a map did not exist, because the row has no such map.
    pub(super) fn is_missing_parent_map(&self, action: usize) -> bool {
        self.0.get(action).and_then(CancellationReason::message).is_some_and(is_about_a_path)
    }

    /// Whether a partition's throughput was exceeded.
    pub(super) fn was_throttled(&self) -> bool {
        was_throttled(&self.0)
    }

    /// All problems other than refused conditions; `subject` names an action's row.
    pub(super) fn problem(&self, subject: impl Fn(usize) -> String) -> Option<String> {
        let problems: Vec<String> = self
            .0
            .iter()
            .enumerate()
            .filter_map(|(action, reason)| {
                let code = reason.code().filter(|code| !matches!(*code, "None" | "ConditionalCheckFailed"))?;
                let again = if is_passing(reason) { ", also when tried again" } else { "" };
                Some(format!("{}: {code}: {}{again}", subject(action), reason.message().unwrap_or("no message")))
            })
            .collect();
        (!problems.is_empty()).then(|| problems.join("; "))
    }

    /// The failure, where no reason explains it.
    pub(super) fn unexplained(&self) -> anyhow::Error {
        let codes: Vec<&str> = self.0.iter().map(|reason| reason.code().unwrap_or("no code")).collect();
        anyhow::anyhow!("the transaction was canceled, with the reasons {codes:?}")
    }
}

fn is_about_a_path(message: &str) -> bool {
    message.contains("document path provided in the update expression is invalid")
}

impl Tables {
    /// Updates a row. Creates it if there is none and no condition requires one.
    pub(super) async fn update(
        &self,
        table: &Table,
        key: Attributes,
        expression: &Expression,
    ) -> anyhow::Result<Updated> {
        let _lane = self.lanes.write().await;
        let answer = self
            .client
            .update_item()
            .table_name(&table.name)
            .set_key(Some(key))
            .set_update_expression(expression.update())
            .set_condition_expression(expression.condition())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values_on_condition_check_failure(AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Updated::Written),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                    Ok(Updated::Refused(refusal.item().cloned()))
                }
                _ => {
                    Err(Attempt { operation: "UpdateItem", tables: vec![table], actions: &["UpdateItem"], index: None }
                        .failure(&error))
                }
            },
        }
    }

    /// Creates a row. One that exists already stays as it is.
    pub(super) async fn put_if_absent(&self, table: &Table, row: Attributes, key: &str) -> anyhow::Result<()> {
        let mut expression = Expression::default();
        expression.require_absence(&[key]);
        let _lane = self.lanes.write().await;
        let answer = self
            .client
            .put_item()
            .table_name(&table.name)
            .set_item(Some(row))
            .set_condition_expression(expression.condition())
            .set_expression_attribute_names(expression.names())
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => {
                    let tables = vec![table];
                    Err(Attempt { operation: "PutItem", tables, actions: &["PutItem"], index: None }.failure(&error))
                }
            },
        }
    }

    /// Writes all of `actions` or none. The SDK gives the call a token, by which DynamoDB recognizes the SDK's own
    /// retries of a committed call, as long as it remembers the token.
    pub(super) async fn transact(&self, actions: Vec<TransactWriteItem>) -> anyhow::Result<Transacted> {
        let count = actions.len();
        let _lane = self.lanes.write().await;
        match self.client.transact_write_items().set_transact_items(Some(actions)).send().await {
            Ok(_) => Ok(Transacted::Written),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled))
                    if canceled.cancellation_reasons().len() == count =>
                {
                    Ok(Transacted::Canceled(Cancellation(canceled.cancellation_reasons().to_vec())))
                }
                // For a path that does not exist, AWS names the action; some emulators refuse the whole call.
                Some(service) if service.message().is_some_and(is_about_a_path) => {
                    let reason = CancellationReason::builder().code("ValidationError");
                    let reason = reason.set_message(service.message().map(str::to_owned)).build();
                    Ok(Transacted::Canceled(Cancellation(vec![reason; count])))
                }
                service => {
                    let is_throttled = service.and_then(ProvideErrorMetadata::code).is_some_and(is_throttling);
                    let failure = self.transaction().failure(&error);
                    Err(if is_throttled { Throttled(failure).into() } else { failure })
                }
            },
        }
    }

    /// The description of [`Tables::transact`] for failures.
    pub(super) fn transaction(&self) -> Attempt<'_> {
        Attempt {
            operation: "TransactWriteItems",
            tables: vec![&self.history, &self.states],
            actions: &["PutItem", "UpdateItem"],
            index: None,
        }
    }

    /// A query for the rows that meet `key_condition`.
    pub(super) fn query(&self, table: &Table, key_condition: &Expression) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&table.name)
            .set_key_condition_expression(key_condition.condition())
            .set_expression_attribute_names(key_condition.names())
            .set_expression_attribute_values(key_condition.values())
    }

    /// All rows of a query, over all its pages.
    pub(super) async fn rows(&self, table: &Table, query: QueryFluentBuilder) -> anyhow::Result<Vec<Attributes>> {
        let mut rows = Vec::new();
        let keep = |row| {
            rows.push(row);
            Ok(ControlFlow::Continue(()))
        };
        self.each_row(table, query, keep).await?;
        Ok(rows)
    }

    /// The pages of a query.
    pub(super) fn pages<'a>(&'a self, table: &'a Table, query: QueryFluentBuilder) -> Pages<'a> {
        Pages { lanes: &self.lanes, table, query, has_more: true }
    }

    /// Passes each row of a query to `each`, page by page, and requests no further page once `each` breaks. A row takes
    /// several times the memory of its content, so no more than one page is held at a time.
    pub(super) async fn each_row(
        &self,
        table: &Table,
        query: QueryFluentBuilder,
        mut each: impl FnMut(Attributes) -> anyhow::Result<ControlFlow<()>>,
    ) -> anyhow::Result<()> {
        let mut pages = self.pages(table, query);
        while let Some(page) = pages.next().await? {
            for row in page {
                if each(row)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// The pages of a query, each requested when it is needed.
pub(super) struct Pages<'a> {
    lanes: &'a Lanes,
    table: &'a Table,
    query: QueryFluentBuilder,
    has_more: bool,
}

impl Pages<'_> {
    /// Whether there may be another page.
    pub(super) fn has_more(&self) -> bool {
        self.has_more
    }

    /// Limits the rows of every further page.
    pub(super) fn limit(&mut self, rows: i32) {
        self.query = self.query.clone().limit(rows);
    }

    /// The rows of the next page; none after the last one.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Vec<Attributes>>> {
        if !self.has_more {
            return Ok(None);
        }
        let _call = self.lanes.call().await;
        let page = self.query.clone().send().await.map_err(|error| {
            let index = self.query.get_index_name().as_deref();
            Attempt { operation: "Query", tables: vec![self.table], actions: &["Query"], index }.failure(&error)
        })?;
        let next = page.last_evaluated_key.filter(|key| !key.is_empty());
        self.has_more = next.is_some();
        self.query = self.query.clone().set_exclusive_start_key(next);
        Ok(Some(page.items.unwrap_or_default()))
    }
}

/// An action that creates a row, on the condition that there is none.
pub(super) fn put_new(table: &Table, row: Attributes, key: &str) -> anyhow::Result<TransactWriteItem> {
    let mut expression = Expression::default();
    expression.require_absence(&[key]);
    let put = Put::builder()
        .table_name(&table.name)
        .set_item(Some(row))
        .set_condition_expression(expression.condition())
        .set_expression_attribute_names(expression.names())
        .return_values_on_condition_check_failure(AllOld)
        .build()
        .context("a put is incomplete")?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// An action that updates a row.
pub(super) fn update_action(
    table: &Table,
    key: Attributes,
    expression: &Expression,
) -> anyhow::Result<TransactWriteItem> {
    let update = UpdateAction::builder()
        .table_name(&table.name)
        .set_key(Some(key))
        .set_update_expression(expression.update())
        .set_condition_expression(expression.condition())
        .set_expression_attribute_names(expression.names())
        .set_expression_attribute_values(expression.values())
        .return_values_on_condition_check_failure(AllOld)
        .build()
        .context("an update is incomplete")?;
    Ok(TransactWriteItem::builder().update(update).build())
}
