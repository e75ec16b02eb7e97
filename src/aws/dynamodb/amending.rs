//! The small writes on a state row: what it says besides its state, and how far a sink has come.

use super::{
    DynamoLedger,
    attributes::{Attributes, number},
    calls::Updated,
    expression::Expression,
    state_row,
};
use crate::{
    domain::{Amendment, ItemPath, Scope, SinkName},
    ports::Recording,
};

impl DynamoLedger {
    /// Changes what a row says besides its state, if it is still as it was recalled.
    pub(super) async fn write_amendment(&self, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
        let mut expression = Expression::default();
        expression.compare(&[state_row::SEQUENCE], "=", number(amendment.recalled_sequence));
        state_row::require_suspect(&mut expression, amendment.recalled_suspect.as_ref())?;
        if amendment.suspect != amendment.recalled_suspect {
            let (recalled, suspect) = (amendment.recalled_suspect.as_ref(), amendment.suspect.as_ref());
            state_row::set_suspect(&mut expression, recalled, suspect)?;
        }
        expression.put(&[state_row::EXPIRES_AT], amendment.expires_at.map(number));
        if let Some(details) = &amendment.details {
            state_row::set_details(&mut expression, details)?;
        }
        match self.update(&self.states, state_row::key(scope, &amendment.key), &expression).await? {
            Updated::Written => Ok(Recording::Recorded),
            Updated::Refused(Some(row)) if is_amended(scope, amendment, &row) => Ok(Recording::Recorded),
            Updated::Refused(_) => Ok(Recording::Lost),
        }
    }

    /// Moves one sink's cursor forward, if there is one and the row has come that far.
    pub(super) async fn move_cursor(&self, item: &ItemPath, sink: SinkName, sequence: u64) -> anyhow::Result<()> {
        let cursor = [state_row::ANNOUNCED, sink.as_str()];
        let mut expression = Expression::default();
        expression.compare(&cursor, "<", number(sequence));
        expression.compare(&[state_row::SEQUENCE], ">=", number(sequence));
        expression.set(&cursor, number(sequence));
        // Refused: another poll has moved it as far or further, perhaps this very call whose answer was lost.
        self.update(&self.states, state_row::key(&item.scope, &item.key), &expression).await?;
        Ok(())
    }
}

/// Whether `row` says already what `amendment` wants: it was made by an earlier call whose answer was lost.
fn is_amended(scope: &Scope, amendment: &Amendment, row: &Attributes) -> bool {
    state_row::read(scope, &amendment.key, row.clone()).is_ok_and(|row| {
        row.sequence == amendment.recalled_sequence
            && row.suspect == amendment.suspect
            && row.expires_at == amendment.expires_at
            && amendment.details.as_ref().is_none_or(|details| *details == row.details)
    })
}
