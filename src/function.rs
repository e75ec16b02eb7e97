//! What one invocation of the monitor is: who asks, what for, until when, and how the answer is logged.

use std::time::Duration;

use anyhow::bail;
use serde_json::Value;

use crate::{
    domain::{Scope, Timestamp},
    monitor::PollReport,
};

/// In whose name the monitor works: read from the function's ARN, or from the identity of an operator's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The partition of AWS: `aws`, `aws-us-gov`, `aws-cn`.
    pub partition: String,
    /// The region of the function, or the one that the operator works in.
    pub region: String,
    /// The account that is polled.
    pub account: String,
    /// Who it is within the account: the function's name; `role/session` or a user's name of an operator.
    pub name: String,
}

impl Caller {
    /// The caller that a function's ARN (`arn:aws:lambda:us-east-1:123456789012:function:name`) names.
    ///
    /// # Errors
    ///
    /// It is not such an ARN.
    pub fn of_function(arn: &str) -> anyhow::Result<Caller> {
        let parts: Vec<&str> = arn.split(':').collect();
        match parts[..] {
            ["arn", partition, "lambda", region, account, "function", name, ..]
                if [partition, region, account].iter().all(|part| !part.is_empty()) =>
            {
                let [partition, region, account, name] = [partition, region, account, name].map(str::to_owned);
                Ok(Caller { partition, region, account, name })
            }
            _ => {
                bail!("the invocation came with {arn:?}, which is not the ARN of a function: its account is not known")
            }
        }
    }

    /// The caller whose credentials have this identity (`arn:aws:sts::123456789012:assumed-role/…`), at work in `region`.
    ///
    /// # Errors
    ///
    /// It is not such an identity.
    pub fn of_identity(arn: &str, account: &str, region: &str) -> anyhow::Result<Caller> {
        match arn.split(':').collect::<Vec<&str>>()[..] {
            ["arn", partition, _, _, _, who] if [partition, account, region].iter().all(|part| !part.is_empty()) => {
                // Behind the sort: `assumed-role/noc/me`, `user/alice`; the account's own user is `root`.
                let name = who.split_once('/').map_or(who, |(_, name)| name);
                let [partition, region, account, name] = [partition, region, account, name].map(str::to_owned);
                Ok(Caller { partition, region, account, name })
            }
            _ => bail!(
                "AWS says that the caller is {arn:?} of account {account:?}, which names no account and partition"
            ),
        }
    }

    /// The scope of the function's own region.
    pub fn scope(&self) -> Scope {
        Scope::regional(self.account.clone(), self.region.clone())
    }
}

/// What an invocation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Look, and tell what changed.
    Poll,
    /// Announce one marked transition, and touch nothing else.
    Drill,
}

impl Request {
    /// What a payload asks for: `{"drill": true}` is a drill, and everything else (a schedule sends what it likes) a
    /// poll.
    pub fn of(payload: &Value) -> Request {
        if payload.get("drill") == Some(&Value::Bool(true)) { Request::Drill } else { Request::Poll }
    }
}

/// The deadline of an invocation, in milliseconds since 1970. None where it lies in the past: a local stand-in for the
/// Lambda service is known to send a duration.
pub fn deadline(milliseconds: u64, now: Timestamp) -> Option<Timestamp> {
    let deadline = Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    (deadline.since(now) > Duration::ZERO).then_some(deadline)
}

/// Logs a poll: a line for each gap and failure, and one that sums it up.
pub fn log(report: &PollReport) {
    for gap in &report.gaps {
        tracing::warn!(scope = %gap.scope, kind = gap.kind.slug(), error = gap.error, "gap");
    }
    for failure in &report.failures {
        tracing::error!(step = failure.step.as_str(), error = %failure, "failure");
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
    fn the_caller_is_read_from_the_functions_arn() {
        let caller =
            Caller::of_function("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:monitor:3").unwrap();
        assert_eq!((caller.partition.as_str(), caller.account.as_str()), ("aws-us-gov", "123456789012"));
        assert_eq!(caller.name, "monitor");
        assert_eq!(caller.scope().to_string(), "123456789012/us-gov-west-1");
        assert!(Caller::of_function("arn:aws:lambda:us-east-1::function:x").is_err());
        assert!(Caller::of_function("").unwrap_err().to_string().contains("is not the ARN of a function"));
    }

    #[test]
    fn the_caller_is_read_from_an_identity() {
        let arn = "arn:aws-cn:sts::123456789012:assumed-role/noc/me";
        let caller = Caller::of_identity(arn, "123456789012", "cn-north-1").unwrap();
        assert_eq!(
            (caller.partition.as_str(), caller.scope().to_string().as_str()),
            ("aws-cn", "123456789012/cn-north-1")
        );
        for (who, name) in
            [("assumed-role/noc/me@x.com", "noc/me@x.com"), ("user/path/alice", "path/alice"), ("root", "root")]
        {
            let arn = format!("arn:aws:sts::123456789012:{who}");
            assert_eq!(Caller::of_identity(&arn, "123456789012", "us-east-1").unwrap().name, name);
        }
        for (arn, account) in [("", "123456789012"), ("me", "123456789012"), (arn, ""), ("arn::sts::1:x", "1")] {
            assert!(Caller::of_identity(arn, account, "cn-north-1").is_err(), "{arn} {account}");
        }
    }

    #[test]
    fn only_a_clear_word_makes_a_drill() {
        assert_eq!(Request::of(&json!({"drill": true})), Request::Drill);
        for other in [json!(null), json!({}), json!({"drill": "true"}), json!({"drill": false}), json!([true])] {
            assert_eq!(Request::of(&other), Request::Poll);
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
