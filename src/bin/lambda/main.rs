//! The function: wiring only. Clients are built once, at init, and their connections are reused.

mod events;
mod hub;
mod polls;
#[path = "../start/mod.rs"]
mod start;

use std::{cell::RefCell, collections::BTreeMap, process::ExitCode, rc::Rc};

use aws_dx_monitor::{
    aws::{
        self, AwsOrganization, CallLimits, CloudWatchMeasurements, CloudWatchMetrics, DirectConnectInventory,
        DynamoLedger, MemberInventories, MemberRoles, SdkConfig, SnsTopics, SqsQueue,
    },
    config::{self, Configuration},
    domain::{Accounts, Caller},
    function::{Request, SideBySide},
    monitor::Memory,
    ports::{Announcer, SystemClock},
};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use start::failure;

/// A poll makes many small allocations, and its processor time is paid for. This allocator saves up to a quarter of that
/// time against the C library's, for some six megabytes of memory (version 3 takes twenty).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    start::run(|| Configuration::from_environment().map(Function::new), Function::answer)
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
    /// Direct Connect of other accounts.
    members: MemberInventories,
    side_by_side: SideBySide,
    /// Where orders are sent. None where this function polls all that it watches itself.
    queue: Option<SqsQueue>,
    /// None where the accounts are listed in the configuration.
    organization: Option<AwsOrganization>,
    /// What this process knows of each account.
    memories: RefCell<BTreeMap<String, Rc<Memory>>>,
}

impl Function {
    fn new(configuration: Configuration) -> Function {
        let sdk = aws::function_config(config::variable);
        let hub = &configuration.hub;
        let roles = MemberRoles::new(&sdk, &hub.member_role, hub.external_id.as_deref());
        let of_members = configuration.clone();
        Function {
            inventory: inventory(&sdk, &configuration),
            members: MemberInventories::new(roles, move |sdk| inventory(sdk, &of_members)),
            side_by_side: SideBySide::default(),
            queue: hub.queue_url.as_ref().map(|url| SqsQueue::new(&sdk, url)),
            organization: matches!(hub.accounts, Accounts::Organization { .. }).then(|| AwsOrganization::new(&sdk)),
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
            Request::Dispatch => self.dispatch(&caller, clock).await,
            Request::Sweep(order) => self.sweep(&caller, clock, (order.as_ref(), event.context.deadline)).await,
            Request::Fact(fact) => self.take_in(&caller, clock, (&fact, &event.context)).await,
            Request::Nothing(reason) => self.take_nothing(&reason, clock).await,
            Request::Subscriptions(expected) => self.count_subscriptions(&expected, clock).await,
        }
    }
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
