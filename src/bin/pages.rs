//! The function that keeps pages in a bucket: wiring only. It reads what the monitor's function has stored, and is deployed
//! beside it, so that this one stays as small as it is.

mod start;

use std::{cell::Cell, process::ExitCode, time::Duration};

use aws_dx_monitor::{
    aws::{self, CallLimits, DynamoLedger, PagesBucket, SnsAnnouncer},
    config::{self, PagesConfiguration},
    domain::Timestamp,
    function,
    pages::{Done, Request, Writer},
    ports::{Clock, SystemClock},
    query::Records,
};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::Value;
use start::failure;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long before the end of its time an invocation gives up, so that it can say why.
const SPARE: Duration = Duration::from_secs(2);
/// How long the status page may take: no older page is written after one that was begun a minute later.
const STATUS_WITHIN: Duration = Duration::from_secs(50);

fn main() -> ExitCode {
    start::run(|| PagesConfiguration::from_environment().map(Function::new), Function::answer)
}

struct Function {
    configuration: PagesConfiguration,
    ledger: DynamoLedger,
    bucket: PagesBucket,
    people: SnsAnnouncer,
    /// When the pages were last begun; none in a new process.
    begun: Cell<Option<Timestamp>>,
}

impl Function {
    fn new(configuration: PagesConfiguration) -> Function {
        let sdk = aws::function_config(config::variable);
        let PagesConfiguration { state_table, history_table, .. } = &configuration;
        Function {
            ledger: DynamoLedger::new(&sdk, state_table, history_table, &CallLimits::READER),
            bucket: PagesBucket::new(&sdk, &configuration.bucket),
            people: SnsAnnouncer::for_people(&sdk, &configuration.topic_arn),
            begun: Cell::default(),
            configuration,
        }
    }

    async fn answer(&self, event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
        let request = Request::of(&event.payload).map_err(|error| failure("Payload", format!("{error:#}")))?;
        let now = SystemClock.now();
        let left = function::deadline(event.context.deadline, now);
        let left = left.map_or(Duration::MAX, |deadline| deadline.since(now).saturating_sub(SPARE));
        let left = if request == Request::Status { left.min(STATUS_WITHIN) } else { left };
        let done = tokio::time::timeout(left, self.write(request, &event.context.request_id, now)).await;
        let done = done.map_err(|_| failure("Pages", format!("not written within {} seconds", left.as_secs())))?;
        let done = done.map_err(|error| failure("Pages", format!("{error:#}")))?;
        if let Done::Status { at } = done {
            self.begun.set(Some(at));
        }
        let answer = serde_json::to_value(&done).map_err(|error| failure("Answer", error.to_string()))?;
        tracing::info!(%answer, "pages");
        Ok(answer)
    }

    async fn write(&self, request: Request, invocation: &str, now: Timestamp) -> anyhow::Result<Done> {
        let writer = Writer {
            records: Records { history: &self.ledger, windows: &self.ledger },
            shelf: &self.bucket,
            people: &self.people,
            tolerated: self.configuration.unmonitored_after,
            calendar: self.configuration.calendar,
            link: &self.configuration.link,
        };
        match request {
            Request::Status => Box::pin(writer.status(self.begun.get(), now)).await,
            Request::Report => Box::pin(writer.report(invocation, now)).await,
        }
    }
}
