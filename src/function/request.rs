//! What an invocation is to do stands in its payload, so that any engine can send it: a schedule, a queue, a rule, a person.

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::{
    calls,
    fact::{Fact, NoFact},
    health, order,
    records::{self, Record},
    subscriptions::Expected,
};
use crate::domain::{PollOrder, SweepOrder};

/// What a payload may be, for the text of an error.
const KNOWN: &str = "{}, {\"poll\": {…}}, {\"dispatch\": true}, {\"sweep\": true}, {\"drill\": true}, \
                     {\"subscriptions\": {…}}, {\"Records\": […]} of SQS, a scheduled event, or an event of AWS Health or \
                     CloudTrail about Direct Connect";

/// The request of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// What a beat of the schedule asks for: to look at everything that is configured.
    Beat,
    /// A poll of one account.
    Poll(PollOrder),
    /// The messages of a queue, each a poll of one account.
    Records(Vec<Record>),
    /// Order a poll of each account that is due.
    Dispatch,
    /// List the accounts, and look for those that have Direct Connect; or go on with that.
    Sweep(Option<SweepOrder>),
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
    /// The request in a payload.
    ///
    /// # Errors
    ///
    /// It is none that the function knows.
    pub fn of(payload: &Value) -> anyhow::Result<Request> {
        if let Some(read) = fact(payload) {
            return Ok(read.map_or_else(Request::Nothing, Request::Fact));
        }
        if is_beat(payload) {
            return Ok(Request::Beat);
        }
        let members = payload.as_object().filter(|members| members.len() == 1);
        let Some((name, value)) = members.and_then(|members| members.iter().next()) else {
            bail!("the payload is none that the function knows: {KNOWN}");
        };
        let only = |request| {
            ensure!(*value == Value::Bool(true), "{name:?} must be true");
            Ok(request)
        };
        match name.as_str() {
            "poll" => order::read(value).map(Request::Poll),
            "Records" => records::read(value).map(Request::Records),
            "dispatch" => only(Request::Dispatch),
            "sweep" if value.is_object() => records::sweep(value).map(|order| Request::Sweep(Some(order))),
            "sweep" => only(Request::Sweep(None)),
            "drill" => only(Request::Drill),
            "subscriptions" => {
                let needed = "\"subscriptions\" must map the ARN of each topic to the number of its subscriptions";
                Ok(Request::Subscriptions(Expected::deserialize(value).context(needed)?))
            }
            other => bail!("the payload is none that the function knows: it has {other:?}, and may be {KNOWN}"),
        }
    }
}

/// Whether a payload is a beat of the schedule: empty, or what EventBridge and its Scheduler send where no payload is set.
fn is_beat(payload: &Value) -> bool {
    let text = |key: &str| payload.get(key).and_then(Value::as_str);
    let is_empty = payload.is_null() || payload.as_object().is_some_and(serde_json::Map::is_empty);
    let is_scheduled = text("detail-type") == Some("Scheduled Event");
    is_empty || (is_scheduled && matches!(text("source"), Some("aws.scheduler" | "aws.events")))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_beat_is_an_empty_payload_or_a_scheduled_event() {
        for beat in [
            json!({}),
            json!(null),
            json!({"version": "0", "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"}),
            json!({"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}),
        ] {
            assert_eq!(Request::of(&beat).unwrap(), Request::Beat, "{beat}");
        }
    }

    #[test]
    fn what_is_to_be_done_once_is_asked_for_with_true() {
        for (name, request) in
            [("drill", Request::Drill), ("dispatch", Request::Dispatch), ("sweep", Request::Sweep(None))]
        {
            assert_eq!(Request::of(&json!({name: true})).unwrap(), request);
            for other in [json!("true"), json!(1), json!(null), json!(false)] {
                let error = Request::of(&json!({name: other})).unwrap_err().to_string();
                assert_eq!(error, format!("{name:?} must be true"));
            }
        }
    }

    #[test]
    fn a_sweep_may_go_on() {
        let sweep = json!({"sweep": {"listedAt": "2026-11-22T03:00:00.000Z"}});
        assert!(matches!(Request::of(&sweep), Ok(Request::Sweep(Some(_)))));
        let error = format!("{:#}", Request::of(&json!({"sweep": {}})).unwrap_err());
        assert!(error.starts_with("\"sweep\" must be true, or an object"), "{error}");
    }

    #[test]
    fn orders_and_messages_are_read_by_their_own_files() {
        assert!(matches!(Request::of(&json!({"poll": {}})), Ok(Request::Poll(_))));
        let message = json!({"eventSource": "aws:sqs", "messageId": "m-1", "body": "{}"});
        assert!(
            matches!(Request::of(&json!({"Records": [message]})), Ok(Request::Records(records)) if records.len() == 1)
        );
        assert!(matches!(Request::of(&json!({"Records": []})), Ok(Request::Records(records)) if records.is_empty()));
    }

    #[test]
    fn anything_else_is_one_error_that_says_what_is_known() {
        for (other, said) in [
            (json!([true]), "the payload is none that the function knows: {}, {\"poll\""),
            (json!({"key1": "value1"}), "it has \"key1\", and may be {}, {\"poll\""),
            (json!({"drill": true, "poll": {}}), "the payload is none that the function knows"),
            (json!({"source": "aws.ec2", "detail-type": "x"}), "the payload is none that the function knows"),
            (json!("{}"), "the payload is none that the function knows"),
        ] {
            let error = Request::of(&other).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
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
}
