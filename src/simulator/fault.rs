//! Faults: what goes wrong between Direct Connect and its caller, when, and in which calls.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operation::Operation;
use super::request::Call;

/// A failure, a delay, or both, for the calls that fall into its window. The first fault that fails a call decides
/// how; delays of all faults that match add up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// What it is about, for people.
    pub note: Option<String>,
    /// Seconds from the start at which it begins; default 0.
    #[serde(default)]
    pub from: f64,
    /// Seconds from the start at which it is over; default: never.
    pub until: Option<f64>,
    /// Only calls of this operation.
    #[schemars(with = "Option<Operation>")]
    pub operation: Option<String>,
    /// Only calls signed for this region.
    pub region: Option<String>,
    /// Only the page of this number, counted from 1.
    pub page: Option<u32>,
    /// Only calls about this id: of a connection, interconnect, LAG, gateway or virtual interface whose children are
    /// listed.
    pub parent: Option<String>,
    /// At most this many calls.
    pub times: Option<u32>,
    /// How the call fails; left out, it is only delayed.
    pub kind: Option<FaultKind>,
    /// Milliseconds to wait before answering.
    pub delay_milliseconds: Option<u64>,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FaultKind {
    /// Status 400, `ThrottlingException`.
    Throttling,
    /// Status 400, `DirectConnectServerException`: the service's own error, with the status it really uses.
    ServerException,
    /// Status 500, `InternalFailure`.
    InternalError,
    /// Status 400, `AccessDeniedException`.
    AccessDenied,
    /// Status 400, `UnrecognizedClientException`: a region that the account has not enabled.
    RegionNotEnabled,
    /// Status 400, `DirectConnectClientException`: the account is not an authorized partner.
    NotAPartner,
    /// Status 400, `DirectConnectClientException`: what the call asks about does not exist.
    NotFound,
    /// Status 400, `UnknownOperationException`: an endpoint that does not have the operation yet.
    UnknownOperation,
    /// The answer to a `nextToken` carries that same token, so the list never ends.
    RepeatedToken,
    /// The connection is closed with no answer.
    ConnectionDropped,
    /// Status 200 with a body cut in the middle.
    MalformedBody,
}

/// What the faults do to one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Strike {
    pub(super) kind: Option<FaultKind>,
    pub(super) delay: Duration,
}

/// Counts how often each fault has struck.
#[derive(Debug, Clone, Default)]
pub(super) struct Strikes(Vec<u32>);

impl Strikes {
    /// The effect of `faults` on `call`, which asks for the page of that number; counts each fault that strikes.
    pub(super) fn strike(&mut self, faults: &[Fault], elapsed: Duration, call: &Call, page: u32) -> Strike {
        self.0.resize(faults.len(), 0);
        let mut strike = Strike::default();
        for (fault, count) in faults.iter().zip(&mut self.0) {
            let spent = fault.times.is_some_and(|times| *count >= times);
            let idle = strike.kind.is_some() && fault.delay_milliseconds.is_none();
            if spent || idle || !fault.matches(elapsed, call, page) {
                continue;
            }
            *count = count.saturating_add(1);
            strike.kind = strike.kind.or(fault.kind);
            strike.delay = strike.delay.saturating_add(Duration::from_millis(fault.delay_milliseconds.unwrap_or(0)));
        }
        strike
    }
}

impl Fault {
    fn matches(&self, elapsed: Duration, call: &Call, page: u32) -> bool {
        let now = elapsed.as_secs_f64();
        let only = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        now >= self.from
            && self.until.is_none_or(|until| now < until)
            && only(&self.operation, call.operation.name())
            && only(&self.region, &call.region)
            && self.page.is_none_or(|wanted| wanted == page)
            && self.parent.as_deref().is_none_or(|parent| call.parameters.ids().contains(&parent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: Operation, region: &str, parent: &str) -> Call {
        let mut call = Call { operation, region: region.into(), parameters: Default::default() };
        call.parameters.connection_id = Some(parent.into());
        call
    }

    fn throttling() -> Fault {
        Fault { kind: Some(FaultKind::Throttling), ..Fault::default() }
    }

    fn strikes(fault: Fault, seconds: u64, page: u32) -> bool {
        let call = call(Operation::DescribeHostedConnections, "us-east-1", "dxlag-1");
        Strikes::default().strike(&[fault], Duration::from_secs(seconds), &call, page).kind.is_some()
    }

    #[test]
    fn a_fault_strikes_only_the_calls_of_its_window() {
        assert!(strikes(throttling(), 0, 1));
        let window = Fault { from: 10.0, until: Some(20.0), ..throttling() };
        for (seconds, expected) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(strikes(window.clone(), seconds, 1), expected, "{seconds}");
        }
        let operation = |name: &str| Fault { operation: Some(name.into()), ..throttling() };
        assert!(strikes(operation("DescribeHostedConnections"), 0, 1));
        assert!(!strikes(operation("DescribeLags"), 0, 1));
        let region = |name: &str| Fault { region: Some(name.into()), ..throttling() };
        assert!(strikes(region("us-east-1"), 0, 1));
        assert!(!strikes(region("eu-west-1"), 0, 1));
        let parent = |id: &str| Fault { parent: Some(id.into()), ..throttling() };
        assert!(strikes(parent("dxlag-1"), 0, 1));
        assert!(!strikes(parent("dxlag-2"), 0, 1));
        let page = Fault { page: Some(2), ..throttling() };
        assert!(!strikes(page.clone(), 0, 1));
        assert!(strikes(page, 0, 2));
    }

    #[test]
    fn times_are_counted_and_delays_add_up() {
        let slow = Fault { delay_milliseconds: Some(30), ..Fault::default() };
        let once = Fault { times: Some(1), delay_milliseconds: Some(20), ..throttling() };
        let denied = Fault { kind: Some(FaultKind::AccessDenied), times: Some(1), ..Fault::default() };
        let faults = [slow, once, denied];
        let call = call(Operation::DescribeLags, "us-east-1", "");
        let mut strikes = Strikes::default();
        let mut next = || {
            let strike = strikes.strike(&faults, Duration::ZERO, &call, 1);
            (strike.kind, strike.delay.as_millis())
        };
        assert_eq!(next(), (Some(FaultKind::Throttling), 50));
        assert_eq!(next(), (Some(FaultKind::AccessDenied), 30));
        assert_eq!(next(), (None, 30));
    }
}
