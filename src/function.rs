//! An invocation of the function: its request, its deadline, and the log of its poll.

mod calls;
mod fact;
mod health;
mod health_time;
mod intake;
mod subscriptions;

use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

use crate::{domain::Timestamp, monitor::PollReport};

pub use fact::{Content, Fact, Global, NoFact};
pub use intake::{Intake, TakenIn, count_nothing, log_fact};
pub use subscriptions::{Expected, SubscriptionReport, Subscriptions, Topics, count};

/// The request of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// One run of the pipeline.
    Poll,
    /// Announce one marked transition, and record nothing.
    Drill,
    /// Count the subscriptions to these topics.
    Subscriptions(Expected),
    /// Take in what an event of AWS brings, and poll what it concerns.
    Fact(Fact),
    /// Nothing: an event of AWS that brings nothing, with the reason.
    Nothing(NoFact),
}

impl Request {
    /// The request in a payload: `{"drill": true}` is a drill, `{"subscriptions": {"<topic's ARN>": 1}}` a count of
    /// subscriptions, and an event of AWS Health or CloudTrail is what it brings. Everything else is a poll, because the
    /// payload of a schedule may be anything.
    ///
    /// # Errors
    ///
    /// `subscriptions` is not a number for each topic.
    pub fn of(payload: &Value) -> anyhow::Result<Request> {
        if payload.get("drill") == Some(&Value::Bool(true)) {
            return Ok(Request::Drill);
        }
        if let Some(read) = fact(payload) {
            return Ok(read.map_or_else(Request::Nothing, Request::Fact));
        }
        let Some(expected) = payload.get("subscriptions") else { return Ok(Request::Poll) };
        let expected = Expected::deserialize(expected);
        let needed = "\"subscriptions\" must map the ARN of each topic to the number of its subscriptions";
        Ok(Request::Subscriptions(expected.context(needed)?))
    }
}

/// What an event of AWS brings, which EventBridge has handed on as the payload. None if the payload is no such event.
pub fn fact(payload: &Value) -> Option<Result<Fact, NoFact>> {
    let text = |key: &str| payload.get(key).and_then(Value::as_str);
    match (text("source")?, text("detail-type")?) {
        ("aws.health", _) => Some(health::read(payload)),
        (_, calls::DETAIL_TYPE) => Some(calls::read(payload)),
        _ => None,
    }
}

/// The deadline of an invocation, from milliseconds since 1970. `None` if it is in the past: a local emulator of Lambda
/// is known to send a duration instead.
pub fn deadline(milliseconds: u64, now: Timestamp) -> Option<Timestamp> {
    let deadline = Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    (deadline.since(now) > Duration::ZERO).then_some(deadline)
}

/// Logs a poll: a line for each gap and failure, and one with its sums.
pub fn log(report: &PollReport) {
    for gap in &report.gaps {
        tracing::warn!(scope = %gap.scope, kind = gap.kind.slug(), parent = gap.parent, error = gap.error, "gap");
    }
    for failure in &report.failures {
        tracing::error!(step = failure.step.as_str(), error = %failure, "failure");
    }
    if let Some(baseline) = report.baseline {
        tracing::info!(recorded = baseline.recorded, items = baseline.items, "baseline");
    }
    let announced = serde_json::to_string(&report.announced).unwrap_or_default();
    tracing::info!(
        succeeded = report.is_success(),
        items = report.items,
        metrics = report.metrics,
        left_out = report.left_out,
        transitions = report.transitions,
        announced,
        pending = report.pending,
        parked = report.parked,
        gaps = report.gaps.len(),
        failures = report.failures.len(),
        milliseconds = u64::try_from(report.duration.as_millis()).unwrap_or(u64::MAX),
        "poll"
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_value_true_makes_a_drill() {
        assert_eq!(Request::of(&json!({"drill": true})).unwrap(), Request::Drill);
        for other in [json!(null), json!({}), json!({"drill": "true"}), json!({"drill": false}), json!([true])] {
            assert_eq!(Request::of(&other).unwrap(), Request::Poll);
        }
    }

    #[test]
    fn a_count_names_its_topics() {
        let request = Request::of(&json!({"subscriptions": {"arn:aws:sns:us-east-1:123456789012:people": 1}}));
        assert!(matches!(request, Ok(Request::Subscriptions(_))));
        for other in [json!(true), json!(null), json!(["people"]), json!({"people": -1}), json!({"people": "1"})] {
            let error = Request::of(&json!({"subscriptions": other})).unwrap_err();
            assert!(format!("{error:#}").starts_with("\"subscriptions\" must map the ARN"), "{error:#}");
        }
    }

    #[test]
    fn a_deadline_in_the_past_is_none() {
        let now = Timestamp::from_milliseconds(1_795_316_400_000);
        assert_eq!(deadline(60_000, now), None);
        assert_eq!(deadline(1_795_316_450_000, now), Some(Timestamp::from_milliseconds(1_795_316_450_000)));
        assert_eq!(deadline(u64::MAX, now), Some(Timestamp::MAXIMUM));
    }
}
