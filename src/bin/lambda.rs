//! The function: wiring only. Clients are built once, at init, and their connections are reused.

mod start;

use std::{cell::RefCell, collections::BTreeMap, process::ExitCode, rc::Rc};

use aws_dx_monitor::{
    aws::{
        self, CallLimits, CloudWatchMeasurements, CloudWatchMetrics, DirectConnectInventory, DynamoLedger, MemberRoles,
        SdkConfig, SnsTopics,
    },
    config::{self, Configuration},
    domain::{Caller, Order, PollOrder, Scope, Whose},
    drill::drill,
    function::{
        self, AccountReport, BatchReport, Expected, Fact, Intake, NoFact, Record, Request, SideBySide, TakenIn,
        Timeliness,
    },
    monitor::{Memory, Monitor, PollReport, Witness},
    ports::{Announcer, Clock, SystemClock},
};
use lambda_runtime::{Context, Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::{Value, json};
use start::failure;

/// A poll makes many small allocations, and its processor time is paid for. This allocator saves up to a quarter of that
/// time against the C library's, for some six megabytes of memory (version 3 takes twenty).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Of how many accounts a process remembers what saves reads in quiet polls.
const REMEMBERED: usize = 200;

fn main() -> ExitCode {
    start::run(serve())
}

async fn serve() -> Result<(), lambda_runtime::Error> {
    // An unusable configuration is the answer to every invocation, because there an operator reads it.
    let function = match Configuration::from_environment() {
        Ok(configuration) => Ok(Function::new(configuration)),
        Err(error) => Err(error.to_string()),
    };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| match &function {
        Ok(function) => function.answer(event).await,
        Err(mistakes) => Err(failure("Configuration", mistakes.clone())),
    }))
    .await
}

struct Function {
    configuration: Configuration,
    inventory: DirectConnectInventory,
    ledger: DynamoLedger,
    metrics: CloudWatchMetrics,
    /// None where no evidence is sought in metrics.
    measurements: Option<CloudWatchMeasurements>,
    topics: SnsTopics,
    announcers: Vec<Box<dyn Announcer>>,
    roles: MemberRoles,
    side_by_side: SideBySide,
    /// What this process knows of each account.
    memories: RefCell<BTreeMap<String, Rc<Memory>>>,
}

impl Function {
    fn new(configuration: Configuration) -> Function {
        let sdk = aws::function_config(config::variable);
        Function {
            inventory: inventory(&sdk, &configuration),
            roles: MemberRoles::new(&sdk, &configuration.hub.member_role, configuration.hub.external_id.as_deref()),
            side_by_side: SideBySide::default(),
            memories: RefCell::default(),
            ledger: DynamoLedger::new(
                &sdk,
                &configuration.state_table,
                &configuration.history_table,
                &CallLimits::LEDGER,
            ),
            metrics: CloudWatchMetrics::new(&sdk, &configuration.namespace),
            measurements: configuration.asks_metrics.then(|| CloudWatchMeasurements::new(&sdk)),
            topics: SnsTopics::new(&sdk),
            announcers: aws::announcers(&sdk, &configuration.sinks),
            configuration,
        }
    }

    fn announcers(&self) -> Vec<&dyn Announcer> {
        self.announcers.iter().map(Box::as_ref).collect()
    }

    async fn answer(&self, event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
        let clock = SystemClock;
        let caller = Caller::of_function(&event.context.invoked_function_arn)
            .map_err(|error| failure("Invocation", error.to_string()))?;
        let request = Request::of(&event.payload).map_err(|error| failure("Payload", format!("{error:#}")))?;
        match request {
            Request::Drill => self.drill(&caller, clock).await,
            Request::Beat => self.beat(&caller, clock, event.context.deadline).await,
            Request::Poll(order) => self.carry_out(&caller, clock, (&order, event.context.deadline)).await,
            Request::Records(records) => self.take_messages(&caller, clock, (&records, event.context.deadline)).await,
            Request::Dispatch | Request::Sweep(_) => Err(failure(
                "Payload",
                "this function watches no account but its own: there is none to list".to_owned(),
            )),
            Request::Fact(fact) => self.take_in(&caller, clock, (&fact, &event.context)).await,
            Request::Nothing(reason) => self.take_nothing(&reason, clock).await,
            Request::Subscriptions(expected) => self.count_subscriptions(&expected, clock).await,
        }
    }

    /// Polls everything that is configured: the own account, or several side by side.
    async fn beat(&self, caller: &Caller, clock: SystemClock, deadline: u64) -> Result<Value, Diagnostic> {
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
    async fn carry_out(
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
    async fn take_messages(
        &self,
        caller: &Caller,
        clock: SystemClock,
        (records, deadline): (&[Record], u64),
    ) -> Result<Value, Diagnostic> {
        let mut answer = BatchReport::default();
        for Record { id, order } in records {
            match order {
                Err(reason) => tracing::error!(message = id, reason, "a message cannot be read, and is left out"),
                Ok(Order::Sweep(_)) => {
                    tracing::error!(message = id, "a sweep goes on where no account is to be listed: left out")
                }
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

    /// A poll of an account.
    async fn poll(
        &self,
        (caller, account): (&Caller, &str),
        clock: SystemClock,
        (reading, deadline): (Reading<'_>, u64),
    ) -> AccountReport {
        let (began, whose) = (clock.now(), caller.whose(account));
        let done = |outcome| AccountReport { account: account.to_owned(), whose, began, outcome };
        if whose == Whose::Own {
            return done(Ok(self.poll_with(&self.inventory, (caller, account), clock, (reading, deadline)).await));
        }
        let report = match self.roles.config_of(account, caller, began).await {
            Ok(sdk) => {
                let inventory = inventory(&sdk, &self.configuration);
                done(Ok(self.poll_with(&inventory, (caller, account), clock, (reading, deadline)).await))
            }
            Err(no_access) => done(Err(no_access)),
        };
        function::log_account(&report);
        if report.is_blind() {
            self.roles.forget(account);
        }
        report
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

    /// Takes in what an event of AWS brings. A poll that is incomplete does not fail the invocation: Lambda would repeat what
    /// the schedule's next poll does anyway.
    async fn take_in(
        &self,
        caller: &Caller,
        clock: SystemClock,
        (fact, context): (&Fact, &Context),
    ) -> Result<Value, Diagnostic> {
        let is_watched = self.configuration.hub.accounts.may_watch(&fact.account, &caller.account);
        let account = if is_watched { &fact.account } else { &caller.account };
        let settings = self.configuration.settings(account, caller);
        let intake = Intake {
            scopes: &settings.scopes,
            windows: &self.ledger,
            evidence: &self.ledger,
            turns: &self.ledger,
            clock: &clock,
            invocation: &context.request_id,
        };
        let taken_in = intake.take_in(fact).await.map_err(|error| failure("Event", format!("{error:#}")))?;
        function::log_fact(fact, &taken_in);
        let report = match &taken_in {
            TakenIn::Poll(scopes) => {
                let reading = Reading::InBetween(scopes);
                let report = self.poll((caller, account), clock, (reading, context.deadline)).await;
                if let Ok(report) = &report.outcome {
                    intake.has_polled(report.duration).await;
                }
                Some(report)
            }
            TakenIn::Kept | TakenIn::NotWatched => None,
        };
        Ok(json!({"event": taken_in.as_str(), "poll": report}))
    }

    /// Leaves out an event that brings nothing.
    async fn take_nothing(&self, reason: &NoFact, clock: SystemClock) -> Result<Value, Diagnostic> {
        function::count_nothing(reason, &self.metrics, (&self.configuration.function_name, clock.now())).await;
        Ok(json!({"event": "left-out", "reason": reason.to_string()}))
    }

    async fn count_subscriptions(&self, expected: &Expected, clock: SystemClock) -> Result<Value, Diagnostic> {
        let monitor = &self.configuration.function_name;
        let report = function::count(expected, &self.topics, &self.metrics, (monitor, clock.now()))
            .await
            .map_err(|error| failure("Subscriptions", format!("{error:#}")))?;
        tracing::info!(missing = report.missing, topics = report.topics.len(), "subscriptions");
        serde_json::to_value(&report).map_err(|error| failure("Report", error.to_string()))
    }

    async fn drill(&self, caller: &Caller, clock: SystemClock) -> Result<Value, Diagnostic> {
        let report = drill(&self.announcers(), &caller.scope(), &self.configuration.function_name, clock.now())
            .await
            .map_err(|error| failure("Drill", format!("{error:#}")))?;
        tracing::info!(id = report.id, accepted = report.accepted, sinks = %report, "drill");
        if report.accepted {
            serde_json::to_value(&report).map_err(|error| failure("Report", error.to_string()))
        } else {
            Err(failure("DrillRefused", report.to_string()))
        }
    }
}

/// What a poll reads.
#[derive(Clone, Copy, Debug)]
enum Reading<'a> {
    /// All that is configured.
    Everything,
    /// These scopes, as a regular poll does.
    Regularly(&'a [Scope]),
    /// These scopes, between the regular polls.
    InBetween(&'a [Scope]),
}

/// The answer to an invocation that was to poll: its report, or a failure that names what could not be done. Each of that
/// has been logged already.
fn answer_of(report: &impl Serialize, failed: Option<String>) -> Result<Value, Diagnostic> {
    match failed {
        None => serde_json::to_value(report).map_err(|error| failure("Report", error.to_string())),
        Some(error_message) => Err(Diagnostic { error_type: "PollIncomplete".to_owned(), error_message }),
    }
}

/// Direct Connect as one account sees it.
fn inventory(sdk: &SdkConfig, configuration: &Configuration) -> DirectConnectInventory {
    // The partition is known when the function is invoked.
    DirectConnectInventory::new(sdk, "aws", &configuration.regions, &CallLimits::DIRECT_CONNECT)
        .with_tags(&configuration.tags)
        .reading_routes_every(configuration.routes_every)
        .keeping_prefixes(configuration.routes.keeps_prefixes())
}
