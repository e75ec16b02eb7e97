//! What a fold needs to know beside the scope: what is planned in the account, and evidence of causes.

use std::time::Duration;

use super::{failure::Step, folder::Folder};
use crate::{
    domain::{Evidence, Plans, Scope, Span, Timestamp},
    ports::{Clock, Ledger},
};

/// How far back evidence is read. An event may take a quarter of an hour to arrive.
const EVIDENCE_SINCE: Duration = Duration::from_secs(3_600);

impl<L: Ledger, C: Clock> Folder<'_, L, C> {
    /// Reads what is planned in the account of these scopes. If it cannot be read, what was known before holds.
    pub(super) async fn read_plans(&self, scopes: &[Scope]) {
        let Some(account) = scopes.first().map(Scope::account) else { return };
        match self.ledger.windows(account).await {
            Ok(rows) => self.memory.are_planned(account, Plans::of(&rows)),
            Err(error) => {
                let error = error.context("what is planned cannot be read, and what was known of it holds");
                self.notes.fail_with(Step::Recall, account, &error);
            }
        }
    }

    /// The recent evidence that concerns a scope. None where it cannot be read: it never holds up a message.
    pub(super) async fn evidence(&self, scope: &Scope) -> Vec<Evidence> {
        let now = self.clock.now();
        let since = i64::try_from(EVIDENCE_SINCE.as_millis()).unwrap_or(i64::MAX);
        let since = Timestamp::from_milliseconds(now.milliseconds().saturating_sub(since));
        let read = self.ledger.evidence(scope, Span::new(since, now.plus(EVIDENCE_SINCE))).await;
        read.inspect_err(|error| self.notes.fail_with(Step::Fold, scope, error)).unwrap_or_default()
    }
}
