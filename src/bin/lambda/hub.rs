//! What only a hub of several accounts does: dispatches, sweeps, and the roster.

use aws_dx_monitor::{
    aws::AccountProber,
    domain::{Accounts, Caller, ListedAccount, SweepOrder, Whose},
    function::{self, AccountReport, Dispatch, Sweep, enrol},
    organisation::{Beat, Wanted},
    ports::{Clock, Organization, Queue, SystemClock},
};
use lambda_runtime::Diagnostic;
use serde::Serialize;
use serde_json::Value;

use super::{Function, failure};

impl Function {
    /// Orders a poll of each account that is due.
    pub(super) async fn dispatch(&self, caller: &Caller, clock: SystemClock) -> Result<Value, Diagnostic> {
        let Some(queue) = &self.queue else {
            let advice = "there is no queue to send orders to: set DX_MONITOR_QUEUE_URL";
            return Err(failure("Payload", advice.to_owned()));
        };
        let hub = &self.configuration.hub;
        let known = hub.accounts.known(&caller.account);
        let wanted = match hub.accounts {
            Accounts::Own => Wanted::Own,
            Accounts::Listed { .. } => Wanted::Listed(&known),
            Accounts::Organization { .. } => Wanted::Everyone,
        };
        let beat = Beat { began: clock.now(), every: hub.beat, regions: self.configuration.regions.clone() };
        let monitor = &self.configuration.function_name;
        let dispatch = Dispatch { roster: &self.ledger, queue, metrics: &self.metrics, clock: &clock, monitor };
        let report = dispatch.run(wanted, &beat).await.map_err(|error| failure("Dispatch", format!("{error:#}")))?;
        function::log_dispatch(&report);
        answer("DispatchIncomplete", &report, &report.failures)
    }

    /// Lists the accounts and looks into those that are not polled each beat; with an order, it goes on with that.
    pub(super) async fn sweep(
        &self,
        caller: &Caller,
        clock: SystemClock,
        (order, deadline): (Option<&SweepOrder>, u64),
    ) -> Result<Value, Diagnostic> {
        if self.configuration.hub.accounts == Accounts::Own {
            let advice = "this function watches no account but its own: there is none to list";
            return Err(failure("Payload", advice.to_owned()));
        }
        let (own, regions) = (&self.inventory, &self.configuration.regions);
        let prober = AccountProber { own, members: &self.members, caller, regions };
        let queue = self.queue.as_ref().map(|queue| queue as &dyn Queue);
        let sweep = Sweep { roster: &self.ledger, prober: &prober, queue, clock: &clock };
        let until = function::deadline(deadline, clock.now());
        let report = match order {
            Some(order) => sweep.go_on(order, until).await,
            None => {
                let listed_at = clock.now();
                let listed = self.listed(caller).await.map_err(|error| failure("Accounts", format!("{error:#}")))?;
                sweep.begin(&listed, listed_at, until).await
            }
        };
        let report = report.map_err(|error| failure("Sweep", format!("{error:#}")))?;
        function::log_sweep(&report);
        answer("SweepIncomplete", &report, &report.failures)
    }

    /// The accounts that are watched, with a row each on the roster. The own account has one where the organisation lists
    /// it: where the configuration does, it is polled each beat whatever it has.
    async fn listed(&self, caller: &Caller) -> anyhow::Result<Vec<ListedAccount>> {
        let accounts = &self.configuration.hub.accounts;
        match (accounts, &self.organization) {
            (Accounts::Organization { units, left_out }, Some(organization)) => {
                organization.accounts(units, left_out).await
            }
            _ => {
                let others = accounts.known(&caller.account).into_iter();
                let others = others.filter(|account| caller.whose(account) == Whose::Another);
                Ok(others.map(ListedAccount::bare).collect())
            }
        }
    }

    /// Puts a poll on the account's row, if it has one.
    pub(super) async fn enrolled(&self, report: AccountReport, is_everything: bool) -> AccountReport {
        if report.whose == Whose::Own && self.organization.is_none() {
            return report;
        }
        match enrol(&self.ledger, &report.visit(is_everything)).await {
            Ok(_) => report,
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(account = report.account, error, "a poll could not be put on the roster");
                AccountReport { not_enrolled: Some(error), ..report }
            }
        }
    }
}

/// The report of what was done, or a failure that names what could not be done: it concerns all accounts.
fn answer(error_type: &str, report: &impl Serialize, failures: &[String]) -> Result<Value, Diagnostic> {
    if failures.is_empty() {
        return serde_json::to_value(report).map_err(|error| failure("Report", error.to_string()));
    }
    Err(failure(error_type, failures.join("; ")))
}
