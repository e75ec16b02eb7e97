//! A sweep: writes down which accounts there are, and looks into those that are not polled each beat.
//!
//! It probes one account after the other, at a bounded rate. What does not fit one invocation is gone on with by the next,
//! which an order in the queue asks for.

use std::time::Duration;

use serde::Serialize;

use super::enrol::enrol;
use crate::{
    domain::{Cadence, ListedAccount, Order, Outcome, RosterRow, SweepOrder, Timestamp, Visit},
    organisation::{goes_on, plan},
    ports::{Clock, Prober, Queue, Queued, Roster},
};

/// The most calls to Direct Connect a second, over all accounts.
const CALLS_A_SECOND: u64 = 15;
/// How long a probe may take: one account that hangs must not hold up the others.
const PROBE_TIME: Duration = Duration::from_secs(5);
/// The time before the deadline that a sweep leaves for the order to go on, and for its report.
const SPARE: Duration = Duration::from_secs(10);
/// The group of the orders to go on.
const GROUP: &str = "sweep";

/// What a sweep works with.
pub struct Sweep<'a, C> {
    /// The accounts.
    pub roster: &'a dyn Roster,
    /// A look into an account.
    pub prober: &'a dyn Prober,
    /// Where the order to go on is sent; none where there is no queue. Then the next sweep begins with what is left.
    pub queue: Option<&'a dyn Queue>,
    /// Time.
    pub clock: &'a C,
}

/// What a sweep has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SweepReport {
    /// Accounts that are new, renamed, back or gone, as far as their rows are written.
    pub changed: u64,
    /// The accounts that have left the list.
    pub left: Vec<String>,
    /// Accounts that were probed.
    pub probed: u64,
    /// Accounts in which something was found that were not polled each beat before.
    pub found: Vec<String>,
    /// Accounts whose role cannot be assumed.
    pub refused: u64,
    /// Accounts that are left for the order to go on, or for the next sweep.
    pub rest: u64,
    /// What could not be done: each error once.
    pub failures: Vec<String>,
}

impl<C: Clock> Sweep<'_, C> {
    /// Begins a sweep with the complete list of accounts, made at `listed_at`.
    ///
    /// # Errors
    ///
    /// The roster cannot be read.
    pub async fn begin(
        &self,
        listed: &[ListedAccount],
        listed_at: Timestamp,
        deadline: Option<Timestamp>,
    ) -> anyhow::Result<SweepReport> {
        let plan = plan(&self.roster.roster().await?, listed, listed_at);
        let mut report = SweepReport::default();
        for row in &plan.rows {
            // A row that another has written meanwhile is the next sweep's.
            match self.roster.write_roster_row(row).await {
                Ok(true) => {
                    report.changed += 1;
                    report.left.extend((row.left_at == Some(listed_at)).then(|| row.account.clone()));
                }
                Ok(false) => {}
                Err(error) => report.fail(&error),
            }
        }
        self.probe(plan.probes, listed_at, deadline, &mut report).await;
        Ok(report)
    }

    /// Goes on with a sweep.
    ///
    /// # Errors
    ///
    /// The roster cannot be read.
    pub async fn go_on(&self, order: &SweepOrder, deadline: Option<Timestamp>) -> anyhow::Result<SweepReport> {
        let mut report = SweepReport::default();
        let roster = self.roster.roster().await?;
        if let Some(probes) = goes_on(&roster, order.listed_at, self.clock.now()) {
            self.probe(probes, order.listed_at, deadline, &mut report).await;
        }
        Ok(report)
    }

    async fn probe(
        &self,
        accounts: Vec<String>,
        listed_at: Timestamp,
        deadline: Option<Timestamp>,
        report: &mut SweepReport,
    ) {
        let mut accounts = accounts.into_iter();
        while !self.is_late(deadline) {
            let Some(account) = accounts.next() else { return };
            self.probe_one(&account, report).await;
        }
        report.rest = accounts.len() as u64;
        let Some(queue) = self.queue.filter(|_| report.rest > 0) else { return };
        let order = Order::Sweep(SweepOrder { listed_at });
        let queued = Queued { order, group: GROUP.to_owned(), delay: Duration::ZERO };
        for result in queue.send(&[queued]).await {
            let _ = result.inspect_err(|error| report.fail(error));
        }
    }

    fn is_late(&self, deadline: Option<Timestamp>) -> bool {
        deadline.is_some_and(|deadline| deadline.since(self.clock.now()) < PROBE_TIME + SPARE)
    }

    /// Probes an account, and waits until its calls fit the rate.
    async fn probe_one(&self, account: &str, report: &mut SweepReport) {
        let began = self.clock.now();
        let visit = self.clock.within(PROBE_TIME, self.prober.probe(account, began)).await;
        let visit = visit.unwrap_or_else(|| {
            let outcome = Outcome::Failed("the account did not answer in time".to_owned());
            Visit { account: account.to_owned(), began, outcome }
        });
        report.probed += 1;
        report.refused += u64::from(matches!(visit.outcome, Outcome::Refused(_)));
        match enrol(self.roster, &visit).await {
            Ok(row) => report.found.extend(row.filter(is_hot).map(|row| row.account)),
            Err(error) => report.fail(&error),
        }
        let share = Duration::from_millis((1_000 * u64::from(self.prober.calls())).div_ceil(CALLS_A_SECOND));
        let taken = self.clock.now().since(began);
        if taken < share {
            self.clock.sleep(share - taken).await;
        }
    }
}

fn is_hot(row: &RosterRow) -> bool {
    row.cadence == Cadence::Hot
}

impl SweepReport {
    fn fail(&mut self, error: &anyhow::Error) {
        let error = format!("{error:#}");
        if !self.failures.contains(&error) {
            self.failures.push(error);
        }
    }
}

#[cfg(test)]
mod tests;
