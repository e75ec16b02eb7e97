//! Several accounts in one invocation, for hubs that need no queue: polled side by side, a few at a time, within the time of
//! the invocation. What one account does not let the monitor read hides no other, and fails no invocation.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    domain::{Denial, NoAccess, Outcome, Timestamp, Visit, Whose},
    monitor::{PollReport, Step},
    ports::Clock,
};

/// How many accounts are polled at the same time. One that hangs leaves room for the others.
const AT_A_TIME: usize = 4;

/// The least time that a poll needs: with less, it is left to the next invocation, where it comes first.
const LEAST_TIME: Duration = Duration::from_secs(8);

/// What a poll of one account came to.
#[derive(Clone, Debug)]
pub struct AccountReport {
    /// The account.
    pub account: String,
    /// Whether it is the monitor's own.
    pub whose: Whose,
    /// When the poll began.
    pub began: Timestamp,
    /// Its report; or why there could be no poll.
    pub outcome: Result<PollReport, NoAccess>,
    /// Why the poll is not on the roster, where it should be.
    pub not_enrolled: Option<String>,
}

impl AccountReport {
    /// What fails the invocation: of the own account everything, of another what concerns all accounts.
    pub fn failure(&self) -> Option<String> {
        let of_poll = match &self.outcome {
            Ok(report) if self.whose == Whose::Own => (!report.is_success()).then(|| report.to_string()),
            Ok(report) => report.concerns_all().then(|| report.to_string()),
            Err(no_access) => (no_access.denial == Denial::Expired).then(|| no_access.to_string()),
        };
        let of_roster = self.not_enrolled.as_ref().map(|error| format!("roster: {error}"));
        let failures: Vec<String> = of_poll.into_iter().chain(of_roster).collect();
        (!failures.is_empty()).then(|| failures.join("; "))
    }

    /// Whether nothing at all could be read with the credentials of the account's role.
    pub fn is_blind(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|report| report.listed == 0 && !report.gaps.is_empty())
    }

    /// What the poll came to, for the roster. One that was not to read everything does not count what there is.
    pub fn visit(&self, is_everything: bool) -> Visit {
        let outcome = match &self.outcome {
            Ok(report) if self.is_blind() => {
                let first = report.gaps.first().map(ToString::to_string);
                Outcome::Failed(first.unwrap_or_default())
            }
            Ok(report) => Outcome::Reached {
                items: report.items_by_region.clone(),
                is_complete: is_everything && report.gaps.is_empty() && !self.ran_out_of_time(),
                has_changed: report.transitions > 0,
            },
            Err(NoAccess { denial: Denial::Refused, reason, .. }) => Outcome::Refused(reason.clone()),
            Err(NoAccess { reason, .. }) => Outcome::Failed(reason.clone()),
        };
        Visit { account: self.account.clone(), began: self.began, outcome }
    }

    fn ran_out_of_time(&self) -> bool {
        let ran_out = |report: &PollReport| report.failures.iter().any(|failure| failure.step == Step::Deadline);
        self.outcome.as_ref().is_ok_and(ran_out)
    }
}

/// The report of the poll, or the reason why there was none.
impl Serialize for AccountReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.outcome {
            Ok(report) => report.serialize(serializer),
            Err(no_access) => {
                let mut members = serializer.serialize_map(Some(1))?;
                members.serialize_entry("error", &no_access.reason)?;
                members.end()
            }
        }
    }
}

/// What a beat of several accounts came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BeatReport {
    /// The accounts that were polled.
    pub accounts: BTreeMap<String, AccountReport>,
    /// The accounts that did not fit: they come first in the next invocation.
    pub postponed: Vec<String>,
}

impl BeatReport {
    /// What fails the invocation, in words; none if nothing does.
    pub fn failure(&self) -> Option<String> {
        let failures = self.accounts.values().filter_map(|report| Some((&report.account, report.failure()?)));
        let said: Vec<String> = failures.map(|(account, failure)| format!("{account}: {failure}")).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

/// The accounts of one hub, and which of them come first. It lives as long as the process.
#[derive(Debug, Default)]
pub struct SideBySide {
    first: RefCell<Vec<String>>,
}

impl SideBySide {
    /// Polls these accounts, a few at a time, until the time of the invocation is nearly over.
    pub async fn poll<C: Clock>(
        &self,
        accounts: Vec<String>,
        (clock, deadline): (&C, Option<Timestamp>),
        poll: impl AsyncFn(&str) -> AccountReport,
    ) -> BeatReport {
        let ordered = self.in_order(accounts);
        let polls = stream::iter(ordered).map(async |account| {
            let fits = deadline.is_none_or(|deadline| deadline.since(clock.now()) >= LEAST_TIME);
            let report = if fits { Some(poll(&account).await) } else { None };
            (account, report)
        });
        let mut beat = BeatReport::default();
        let mut polls = Box::pin(polls.buffer_unordered(AT_A_TIME));
        while let Some((account, report)) = polls.next().await {
            match report {
                Some(report) => drop(beat.accounts.insert(account, report)),
                None => beat.postponed.push(account),
            }
        }
        let cut_short = beat.accounts.values().filter(|report| report.ran_out_of_time());
        *self.first.borrow_mut() =
            beat.postponed.iter().cloned().chain(cut_short.map(|report| report.account.clone())).collect();
        beat
    }

    /// The accounts in the order in which they are polled: first those that did not fit the last time.
    fn in_order(&self, accounts: Vec<String>) -> Vec<String> {
        let first = self.first.borrow();
        let (mut early, late): (Vec<String>, Vec<String>) =
            accounts.into_iter().partition(|account| first.contains(account));
        early.sort_by_key(|account| first.iter().position(|known| known == account));
        early.extend(late);
        early
    }
}

#[cfg(test)]
mod tests;
