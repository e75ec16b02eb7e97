//! An invocation of the function: its request, its deadline, and the log of its poll.

mod accounts;
#[cfg(test)]
mod accounts_rig;
mod calls;
mod dispatch;
mod enrol;
mod fact;
mod health;
mod health_time;
mod intake;
mod order;
mod records;
mod request;
mod subscriptions;
mod sweep;

use std::time::Duration;

use crate::{domain::Timestamp, monitor::PollReport};

pub use accounts::{AccountReport, BeatReport, SideBySide};
pub use dispatch::{Dispatch, DispatchReport};
pub use enrol::enrol;
pub use fact::{Content, Fact, Global, NoFact};
pub use intake::{Intake, TakenIn, count_nothing, log_fact};
pub use order::{Timeliness, not_polled, scopes_of};
pub use records::{BatchReport, Record};
pub use request::{Request, fact};
pub use subscriptions::{Expected, SubscriptionReport, Subscriptions, Topics, count};
pub use sweep::{Sweep, SweepReport};

/// The deadline of an invocation, from milliseconds since 1970. `None` if it is in the past: a local emulator of Lambda
/// is known to send a duration instead.
pub fn deadline(milliseconds: u64, now: Timestamp) -> Option<Timestamp> {
    let deadline = Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    (deadline.since(now) > Duration::ZERO).then_some(deadline)
}

/// Logs a poll of another account, or that there could be none.
pub fn log_account(report: &AccountReport) {
    match &report.outcome {
        Ok(_) => tracing::info!(account = report.account, "an account was polled"),
        Err(no_access) => tracing::warn!(
            account = no_access.account,
            denial = ?no_access.denial,
            error = no_access.reason,
            "an account could not be polled"
        ),
    }
}

/// Logs a dispatch.
pub fn log_dispatch(report: &DispatchReport) {
    let DispatchReport { accounts, sent, late, failures } = report;
    tracing::info!(accounts, sent, late = late.len(), failures = failures.len(), "dispatch");
    for account in late {
        tracing::warn!(account, "an account is late");
    }
}

/// Logs a sweep.
pub fn log_sweep(report: &SweepReport) {
    let SweepReport { changed, left, probed, found, refused, rest, failures } = report;
    let (left, found) = (left.join(","), found.join(","));
    tracing::info!(changed, left, probed, found, refused, rest, failures = failures.len(), "sweep");
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
    use super::*;

    #[test]
    fn a_deadline_in_the_past_is_none() {
        let now = Timestamp::from_milliseconds(1_795_316_400_000);
        assert_eq!(deadline(60_000, now), None);
        assert_eq!(deadline(1_795_316_450_000, now), Some(Timestamp::from_milliseconds(1_795_316_450_000)));
        assert_eq!(deadline(u64::MAX, now), Some(Timestamp::MAXIMUM));
    }
}
