//! The row `resilience` of an account's global scope: what was known of the resilience of its destinations.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    attributes::{Attributes, document, into_document, taken},
    expression::Expression,
};
use crate::domain::{KnownResilience, Recalled};

/// The name of the row.
pub(super) const RESILIENCE: &str = "resilience";
const KNOWN: &str = "known";

/// Writes what is known from now on.
pub(super) fn write(known: &KnownResilience) -> anyhow::Result<Expression> {
    let known: AttributeValue = document(known)?;
    let mut expression = Expression::default();
    expression.set(&[KNOWN], known);
    Ok(expression)
}

/// Takes in the row. One that cannot be read is a newer version's, or damaged: then nothing is known, and what is seen next
/// is known from then on.
pub(super) fn take(recalled: &mut Recalled, mut row: Attributes) {
    match taken(&mut row, KNOWN, into_document) {
        Ok(known) => recalled.resilience = known,
        Err(error) => {
            let (scope, error) = (&recalled.scope, format!("{error:#}"));
            tracing::warn!(%scope, error, "what is known of the resilience of its destinations cannot be read");
        }
    }
}
