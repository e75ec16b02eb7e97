//! Polls: of everything that is configured, of one account by an order, of the orders in messages.

use std::rc::Rc;

use aws_dx_monitor::{
    aws::DirectConnectInventory,
    domain::{Caller, Order, PollOrder, Scope, Whose},
    function::{self, AccountReport, BatchReport, Record, Timeliness},
    monitor::{Memory, Monitor, PollReport, Witness},
    ports::{Clock, SystemClock},
};
use lambda_runtime::Diagnostic;
use serde_json::Value;

use super::{Function, answer_of, failure};

/// Of how many accounts a process remembers what saves reads in quiet polls.
const REMEMBERED: usize = 200;

/// What a poll reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading<'a> {
    /// All that is configured.
    Everything,
    /// These scopes, as a regular poll does.
    Regularly(&'a [Scope]),
    /// These scopes, between the regular polls.
    InBetween(&'a [Scope]),
}

impl Function {
    /// Polls everything that is configured: the own account, or several side by side. With a queue, it orders that.
    pub(super) async fn beat(&self, caller: &Caller, clock: SystemClock, deadline: u64) -> Result<Value, Diagnostic> {
        if self.queue.is_some() {
            return self.dispatch(caller, clock).await;
        }
        let accounts = self.configuration.hub.accounts.known(&caller.account);
        if accounts == [caller.account.as_str()] {
            let report = self.poll((caller, &caller.account), clock, (Reading::Everything, deadline)).await;
            return answer_of(&report, report.failure());
        }
        let poll = async |account: &str| self.poll((caller, account), clock, (Reading::Everything, deadline)).await;
        let until = function::deadline(deadline, clock.now());
        let beat = self.side_by_side.poll(accounts, (&clock, until), poll).await;
        answer_of(&beat, beat.failure())
    }

    /// Carries out an order, if its time has come and is not over.
    pub(super) async fn carry_out(
        &self,
        caller: &Caller,
        clock: SystemClock,
        (order, deadline): (&PollOrder, u64),
    ) -> Result<Value, Diagnostic> {
        match Timeliness::of(order, clock.now()) {
            Timeliness::TooLate => return Ok(function::not_polled("too-late")),
            Timeliness::TooEarly => return Ok(function::not_polled("too-early")),
            Timeliness::Soon(wait) => clock.sleep(wait).await,
            Timeliness::Due => {}
        }
        let account = order.account.as_ref().unwrap_or(&caller.account);
        if !self.is_watched(order, caller) {
            return Err(failure("Account", format!("the account {account} is not among those that are watched")));
        }
        let settings = self.configuration.settings(account, caller);
        let scopes = function::scopes_of(order, &settings.scopes);
        let report = self.poll((caller, account), clock, (Reading::Regularly(&scopes), deadline)).await;
        answer_of(&report, report.failure())
    }

    fn is_watched(&self, order: &PollOrder, caller: &Caller) -> bool {
        let account = order.account.as_ref().unwrap_or(&caller.account);
        self.configuration.hub.accounts.may_watch(account, &caller.account)
    }

    /// Carries out the orders in messages, one after the other. One that cannot be read is logged, and not asked for again.
    pub(super) async fn take_messages(
        &self,
        caller: &Caller,
        clock: SystemClock,
        (records, deadline): (&[Record], u64),
    ) -> Result<Value, Diagnostic> {
        let mut answer = BatchReport::default();
        for Record { id, order } in records {
            match order {
                Err(reason) => tracing::error!(message = id, reason, "a message cannot be read, and is left out"),
                Ok(Order::Sweep(order)) => drop(self.sweep(caller, clock, (Some(order), deadline)).await?),
                Ok(Order::Poll(order)) if Timeliness::of(order, clock.now()) == Timeliness::TooEarly => {
                    answer.again(id)
                }
                Ok(Order::Poll(order)) if !self.is_watched(order, caller) => {
                    tracing::error!(message = id, account = order.account, "an account that is not watched: left out");
                }
                Ok(Order::Poll(order)) => drop(self.carry_out(caller, clock, (order, deadline)).await?),
            }
        }
        serde_json::to_value(&answer).map_err(|error| failure("Report", error.to_string()))
    }

    /// A poll of an account, which its row on the roster learns of.
    pub(super) async fn poll(
        &self,
        (caller, account): (&Caller, &str),
        clock: SystemClock,
        (reading, deadline): (Reading<'_>, u64),
    ) -> AccountReport {
        let (began, whose) = (clock.now(), caller.whose(account));
        let outcome = match whose {
            Whose::Own => Ok(self.poll_with(&self.inventory, (caller, account), clock, (reading, deadline)).await),
            Whose::Another => match self.members.of(account, caller, began).await {
                Ok(member) => Ok(self.poll_with(&member, (caller, account), clock, (reading, deadline)).await),
                Err(no_access) => Err(no_access),
            },
        };
        let report = AccountReport { account: account.to_owned(), whose, began, outcome, not_enrolled: None };
        if whose == Whose::Another {
            function::log_account(&report);
            if report.is_blind() {
                self.members.forget(account).await;
            }
        }
        self.enrolled(report, self.is_everything(reading, (caller, account))).await
    }

    /// Whether a poll reads all that is configured of an account.
    fn is_everything(&self, reading: Reading<'_>, (caller, account): (&Caller, &str)) -> bool {
        match reading {
            Reading::Everything => true,
            Reading::Regularly(scopes) => scopes.len() == self.configuration.settings(account, caller).scopes.len(),
            Reading::InBetween(_) => false,
        }
    }

    async fn poll_with(
        &self,
        inventory: &DirectConnectInventory,
        (caller, account): (&Caller, &str),
        clock: SystemClock,
        (reading, deadline): (Reading<'_>, u64),
    ) -> PollReport {
        let inventory = inventory.in_partition(&caller.partition);
        let settings = self.configuration.settings(account, caller);
        let memory = self.memory_of(account);
        let monitor = Monitor {
            inventory: &inventory,
            ledger: &self.ledger,
            metrics: &self.metrics,
            announcers: self.announcers(),
            clock: &clock,
            settings: &settings,
            memory: &memory,
        };
        let deadline = function::deadline(deadline, clock.now());
        // On the heap: the future of a poll is large.
        let report = match reading {
            Reading::Everything => Box::pin(monitor.poll(deadline)).await,
            Reading::Regularly(scopes) => Box::pin(monitor.poll_of(scopes, deadline)).await,
            Reading::InBetween(scopes) => Box::pin(monitor.poll_in_between(scopes, deadline)).await,
        };
        function::log(&report);
        // The metrics of another account are in that account.
        let asks = settings.whose == Whose::Own && !matches!(reading, Reading::InBetween(_));
        if let (Some(measurements), true) = (&self.measurements, asks) {
            let (evidence, memory, clock) = (&self.ledger, &*memory, &clock);
            Box::pin(Witness { measurements, evidence, clock, memory }.ask(deadline)).await;
        }
        report
    }

    /// What this process knows of an account. With many accounts it forgets them all now and then: that costs reads only.
    fn memory_of(&self, account: &str) -> Rc<Memory> {
        let mut memories = self.memories.borrow_mut();
        if memories.len() >= REMEMBERED && !memories.contains_key(account) {
            memories.clear();
        }
        Rc::clone(memories.entry(account.to_owned()).or_default())
    }
}
