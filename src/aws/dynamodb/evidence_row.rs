//! The rows of evidence: in history, a hash for each scope that is no item's. They have no `day`, so that the index by day
//! holds transitions and documents only.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    attributes::{self, as_text, into_document, number, required, text},
    expression::Expression,
    history_row::{EXPIRES_AT, ITEM, OCCURRED_AT},
    tables::Tables,
};
use crate::domain::{Evidence, Scope, Span};

/// Keeps a piece of evidence, unless it is there already.
pub(super) async fn keep(tables: &Tables, scope: &Scope, evidence: &Evidence) -> anyhow::Result<()> {
    let mut row = attributes::row(evidence)?;
    row.extend([
        (ITEM.to_owned(), text(Evidence::path(scope))),
        (OCCURRED_AT.to_owned(), text(evidence.key())),
        (EXPIRES_AT.to_owned(), number(evidence.expires_at())),
    ]);
    tables.put_if_absent(&tables.history, row, ITEM).await
}

/// The evidence of a scope within `span`, ascending, strongly consistent. A row that cannot be read is a newer version's,
/// or damaged: it is left out.
pub(super) async fn within(tables: &Tables, scope: &Scope, span: Span) -> anyhow::Result<Vec<Evidence>> {
    // An empty range is an error to DynamoDB.
    let Some([first, last]) = Evidence::keys_within(span) else { return Ok(Vec::new()) };
    let mut condition = Expression::default();
    condition.compare(&[ITEM], "=", text(Evidence::path(scope)));
    condition.require_between(&[OCCURRED_AT], text(first), text(last));
    let query = tables.query(&tables.history, &condition).consistent_read(true);
    let mut found = Vec::new();
    for row in tables.rows(&tables.history, query).await? {
        let key = required(&row, OCCURRED_AT, as_text)?;
        match into_document(AttributeValue::M(row)) {
            Ok(evidence) => found.push(evidence),
            Err(error) => tracing::warn!(%scope, key, error = format!("{error:#}"), "evidence cannot be read"),
        }
    }
    Ok(found)
}
