//! What is not a poll: events of AWS, drills, and the count of subscriptions.

use aws_dx_monitor::{
    domain::Caller,
    drill::drill,
    function::{self, Expected, Fact, Intake, NoFact, TakenIn},
    ports::{Clock, SystemClock},
};
use lambda_runtime::{Context, Diagnostic};
use serde_json::{Value, json};

use super::{Function, failure, polls::Reading};

impl Function {
    /// Takes in what an event of AWS brings. A poll that is incomplete does not fail the invocation: Lambda would repeat what
    /// the schedule's next poll does anyway.
    pub(super) async fn take_in(
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
    pub(super) async fn take_nothing(&self, reason: &NoFact, clock: SystemClock) -> Result<Value, Diagnostic> {
        function::count_nothing(reason, &self.metrics, (&self.configuration.function_name, clock.now())).await;
        Ok(json!({"event": "left-out", "reason": reason.to_string()}))
    }

    pub(super) async fn count_subscriptions(
        &self,
        expected: &Expected,
        clock: SystemClock,
    ) -> Result<Value, Diagnostic> {
        let monitor = &self.configuration.function_name;
        let report = function::count(expected, &self.topics, &self.metrics, (monitor, clock.now()))
            .await
            .map_err(|error| failure("Subscriptions", format!("{error:#}")))?;
        tracing::info!(missing = report.missing, topics = report.topics.len(), "subscriptions");
        serde_json::to_value(&report).map_err(|error| failure("Report", error.to_string()))
    }

    pub(super) async fn drill(&self, caller: &Caller, clock: SystemClock) -> Result<Value, Diagnostic> {
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
