//! The gaps and failures of polls as problems, which are reported when they begin and when they end: pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::feed::{Notice, Problem};
use crate::{
    domain::{Health, Kind, Scope, Timestamp},
    escape,
    monitor::{Cause, Failure, Gap, PollReport, Step},
    words,
};

/// The problems that last, from poll to poll.
#[derive(Debug)]
pub(super) struct Problems {
    /// How many kinds are polled in each scope. When none of them can be listed, one line says so.
    kinds: BTreeMap<Scope, usize>,
    gaps: Vec<LastingGap>,
    failures: Vec<LastingFailure>,
}

/// What of a scope could not be listed since the same poll.
#[derive(Debug)]
struct LastingGap {
    scope: Scope,
    unread: BTreeSet<Unread>,
    since: Timestamp,
    error: String,
}

/// A kind, or its items of one parent.
type Unread = (Kind, Option<String>);

/// How many parents of a kind are named; further ones are counted.
const PARENTS_NAMED: usize = 3;

/// A step that has failed for one cause since the same poll, whatever its subject and however often.
#[derive(Debug)]
struct LastingFailure {
    step: Step,
    cause: Cause,
    since: Timestamp,
    text: String,
}

impl Problems {
    /// No problems yet, where `kinds` are polled in `scopes`.
    pub(super) fn new(scopes: &[Scope], kinds: &BTreeSet<Kind>) -> Problems {
        let count = |scope: &Scope| kinds.iter().filter(|kind| scope.holds(**kind)).count();
        let kinds = scopes.iter().map(|scope| (scope.clone(), count(scope))).collect();
        Problems { kinds, gaps: Vec::new(), failures: Vec::new() }
    }

    /// Takes in the report of a poll that ended at `at`. Returns a notice for each problem that began or ended.
    pub(super) fn update(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let mut notices = Vec::new();
        // A poll that ran out of time may not have tried what failed before. So nothing ends with it.
        if report.failures.iter().all(|failure| failure.step != Step::Deadline) {
            notices.extend(self.end_gaps(report, at));
            notices.extend(self.end_failures(report, at));
        }
        notices.extend(self.begin_gaps(report, at));
        notices.extend(self.begin_failures(report, at));
        notices
    }

    /// All problems that last, in the order in which they began.
    pub(super) fn present(&self) -> Vec<Problem> {
        let gaps = self.gaps.iter().map(|gap| Problem { since: gap.since, text: self.gap_text(gap) });
        let failures = self.failures.iter().map(|failure| Problem { since: failure.since, text: failure.text.clone() });
        let mut all: Vec<Problem> = gaps.chain(failures).collect();
        all.sort_by_key(|problem| problem.since);
        all
    }

    fn end_gaps(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let mut notices = Vec::new();
        for gap in &mut self.gaps {
            let lasts =
                |unread: &Unread| report.gaps.iter().any(|other| other.scope == gap.scope && is_of(other, unread));
            let (last, over): (BTreeSet<Unread>, BTreeSet<Unread>) = gap.unread.iter().cloned().partition(lasts);
            gap.unread = last;
            if !over.is_empty() {
                let scope = escape::terminal(&gap.scope.to_string());
                let text = format!("{scope}: {} listed again {}", plural(&over), after(at.since(gap.since)));
                notices.push(Notice { at, health: Health::Up, text });
            }
        }
        self.gaps.retain(|gap| !gap.unread.is_empty());
        notices
    }

    fn begin_gaps(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let is_known = |reported: &Gap| {
            let of_scope = self.gaps.iter().filter(|gap| gap.scope == reported.scope);
            of_scope.flat_map(|gap| &gap.unread).any(|unread| is_of(reported, unread))
        };
        let mut fresh: Vec<LastingGap> = Vec::new();
        for reported in report.gaps.iter().filter(|reported| !is_known(reported)) {
            let unread = (reported.kind, reported.parent.clone());
            match fresh.iter_mut().find(|gap| gap.scope == reported.scope) {
                Some(gap) => drop(gap.unread.insert(unread)),
                None => fresh.push(LastingGap {
                    scope: reported.scope.clone(),
                    unread: [unread].into(),
                    since: at,
                    error: escape::terminal(&escape::line(&reported.error)),
                }),
            }
        }
        let notice = |gap| Notice { at, health: Health::Unknown, text: self.gap_text(gap) };
        let notices = fresh.iter().map(notice).collect();
        self.gaps.extend(fresh);
        notices
    }

    fn gap_text(&self, gap: &LastingGap) -> String {
        let scope = escape::terminal(&gap.scope.to_string());
        let whole_kinds = gap.unread.iter().filter(|(_, parent)| parent.is_none()).count();
        let what = if self.kinds.get(&gap.scope) == Some(&whole_kinds) {
            "nothing could be listed".to_owned()
        } else {
            format!("{} could not be listed, so none is taken as absent", plural(&gap.unread))
        };
        format!("{scope}: {what}: {}", gap.error)
    }

    fn end_failures(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let lasts = |known: &LastingFailure| report.failures.iter().any(|failure| known.is(failure));
        let over = self.failures.extract_if(.., |failure| !lasts(failure));
        let text = |failure: LastingFailure| format!("ended {}: {}", after(at.since(failure.since)), failure.text);
        over.map(|failure| Notice { at, health: Health::Up, text: text(failure) }).collect()
    }

    fn begin_failures(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let mut notices = Vec::new();
        for failure in &report.failures {
            if self.failures.iter().any(|known| known.is(failure)) {
                continue;
            }
            let error = escape::terminal(&escape::line(&failure.to_string()));
            let text = format!("{} failed: {error}", failure.step);
            let (step, cause) = (failure.step, failure.cause.clone());
            self.failures.push(LastingFailure { step, cause, since: at, text: text.clone() });
            notices.push(Notice { at, health: Health::Unknown, text });
        }
        notices
    }
}

impl LastingFailure {
    fn is(&self, failure: &Failure) -> bool {
        self.step == failure.step && self.cause == failure.cause
    }
}

fn is_of(gap: &Gap, (kind, parent): &Unread) -> bool {
    gap.kind == *kind && gap.parent == *parent
}

/// The kinds, each with the parents of whose items it is.
fn plural(unread: &BTreeSet<Unread>) -> String {
    let mut by_kind: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    for (kind, parent) in unread {
        by_kind.entry(*kind).or_default().extend(parent.as_deref().map(escape::terminal));
    }
    let texts = by_kind.iter().map(|(kind, parents)| match (parents.as_slice(), parents.len()) {
        ([], _) => kind.plural().to_owned(),
        (parents, ..=PARENTS_NAMED) => format!("{} of {}", kind.plural(), parents.join(" and ")),
        (parents, count) => {
            let more = count - PARENTS_NAMED;
            format!("{} of {} and {more} more", kind.plural(), parents[..PARENTS_NAMED].join(", "))
        }
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn after(duration: Duration) -> String {
    format!("after {}", words::duration(duration))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region() -> Scope {
        Scope::regional("123456789012", "us-east-1")
    }

    fn gap(kind: Kind, error: &str) -> Gap {
        Gap { scope: region(), kind, parent: None, error: error.to_owned() }
    }

    fn failure(step: Step, error: &str) -> Failure {
        Failure { step, subject: None, cause: Cause::Error(error.to_owned()), count: 1 }
    }

    fn failure_with(step: Step, subject: &str, error: &str) -> Failure {
        Failure { subject: Some(subject.to_owned()), ..failure(step, error) }
    }

    fn report(gaps: Vec<Gap>, failures: Vec<Failure>) -> PollReport {
        PollReport { gaps, failures, ..PollReport::default() }
    }

    fn minute(number: i64) -> Timestamp {
        Timestamp::from_milliseconds(1_795_316_400_000 + number * 60_000)
    }

    /// The notices of polls a minute apart, and since when the problems last.
    fn reported(polls: Vec<PollReport>) -> String {
        let kinds = [Kind::Connection, Kind::Lag, Kind::VirtualInterface, Kind::DirectConnectGateway].into();
        let mut problems = Problems::new(&[region()], &kinds);
        let mut lines = Vec::new();
        for (number, report) in polls.iter().enumerate() {
            for notice in problems.update(report, minute(number as i64)) {
                lines.push(format!("{number} {} {}", notice.health, notice.text));
            }
            let present = problems.present();
            if !present.is_empty() {
                let since =
                    present.iter().map(|problem| (problem.since.milliseconds() - minute(0).milliseconds()) / 60_000);
                lines.push(format!("  lasting since {:?}", since.collect::<Vec<_>>()));
            }
        }
        lines.join("\n")
    }

    #[test]
    fn a_gap_is_reported_when_it_begins_and_when_it_ends() {
        let denied = "DescribeLags in us-east-1, page 1: AccessDeniedException: no (request 1)";
        let again = "DescribeLags in us-east-1, page 1: AccessDeniedException: no (request 2)";
        insta::assert_snapshot!(reported(vec![
            report(vec![gap(Kind::Lag, denied)], vec![]),
            report(vec![gap(Kind::Lag, again)], vec![]),
            report(vec![gap(Kind::Lag, again), gap(Kind::Connection, "timeout\u{1b}[2J\nhere")], vec![]),
            report(vec![gap(Kind::Connection, "timeout")], vec![]),
            report(vec![], vec![]),
        ]), @r"
        0 unknown 123456789012/us-east-1: LAGs could not be listed, so none is taken as absent: DescribeLags in us-east-1, page 1: AccessDeniedException: no (request 1)
          lasting since [0]
          lasting since [0]
        2 unknown 123456789012/us-east-1: connections could not be listed, so none is taken as absent: timeout\u{1b}[2J\u{a}here
          lasting since [0, 2]
        3 up 123456789012/us-east-1: LAGs listed again after 3m
          lasting since [2]
        4 up 123456789012/us-east-1: connections listed again after 2m
        ");
    }

    #[test]
    fn a_gap_of_one_parent_names_it() {
        let of = |parent: &str| Gap { parent: Some(parent.to_owned()), ..gap(Kind::HostedConnection, "denied") };
        insta::assert_snapshot!(reported(vec![
            report(vec![of("dxcon-i1"), of("dxcon-i\u{1b}2")], vec![]),
            report(vec![of("dxcon-i1"), gap(Kind::Lag, "denied")], vec![]),
            report(vec![gap(Kind::HostedConnection, "throttled")], vec![]),
            report((1..6).map(|number| of(&format!("dxcon-i{number}"))).collect(), vec![]),
        ]), @r"
        0 unknown 123456789012/us-east-1: hosted connections of dxcon-i\u{1b}2 and dxcon-i1 could not be listed, so none is taken as absent: denied
          lasting since [0]
        1 up 123456789012/us-east-1: hosted connections of dxcon-i\u{1b}2 listed again after 1m
        1 unknown 123456789012/us-east-1: LAGs could not be listed, so none is taken as absent: denied
          lasting since [0, 1]
        2 up 123456789012/us-east-1: hosted connections of dxcon-i1 listed again after 2m
        2 up 123456789012/us-east-1: LAGs listed again after 1m
        2 unknown 123456789012/us-east-1: hosted connections could not be listed, so none is taken as absent: throttled
          lasting since [2]
        3 up 123456789012/us-east-1: hosted connections listed again after 1m
        3 unknown 123456789012/us-east-1: hosted connections of dxcon-i1, dxcon-i2, dxcon-i3 and 2 more could not be listed, so none is taken as absent: denied
          lasting since [3]
        ");
    }

    #[test]
    fn a_region_of_which_nothing_can_be_listed_is_one_line() {
        let all = || [Kind::Connection, Kind::Lag, Kind::VirtualInterface].map(|kind| gap(kind, "no route")).into();
        insta::assert_snapshot!(reported(vec![
            report(all(), vec![]),
            report(all(), vec![]),
            report(vec![gap(Kind::Lag, "denied")], vec![]),
            report(vec![], vec![]),
        ]), @"
        0 unknown 123456789012/us-east-1: nothing could be listed: no route
          lasting since [0]
          lasting since [0]
        2 up 123456789012/us-east-1: connections, virtual interfaces listed again after 2m
          lasting since [0]
        3 up 123456789012/us-east-1: LAGs listed again after 3m
        ");
    }

    #[test]
    fn failures_with_one_cause_are_one_problem_whatever_their_subject() {
        insta::assert_snapshot!(reported(vec![
            report(vec![], vec![failure_with(Step::Announce, "exec connection/dxcon-1", "not ended yet")]),
            report(vec![], vec![Failure { count: 4, ..failure_with(Step::Announce, "exec lag/dxlag-1", "not ended yet") }]),
            report(vec![], vec![
                failure_with(Step::Announce, "exec lag/dxlag-1", "cannot be started"),
                failure_with(Step::Progress, "x", "not ended yet"),
            ]),
            report(vec![], vec![]),
        ]), @"
        0 unknown announce failed: exec connection/dxcon-1: not ended yet
          lasting since [0]
          lasting since [0]
        2 up ended after 2m: announce failed: exec connection/dxcon-1: not ended yet
        2 unknown announce failed: exec lag/dxlag-1: cannot be started
        2 unknown progress failed: x: not ended yet
          lasting since [2, 2]
        3 up ended after 1m: announce failed: exec lag/dxlag-1: cannot be started
        3 up ended after 1m: progress failed: x: not ended yet
        ");
    }

    #[test]
    fn a_failure_without_a_subject_is_known_by_its_whole_cause() {
        insta::assert_snapshot!(reported(vec![
            report(vec![], vec![failure(Step::Metrics, "PutMetricData: no route")]),
            report(vec![], vec![failure(Step::Metrics, "the credentials: no route")]),
        ]), @"
        0 unknown metrics failed: PutMetricData: no route
          lasting since [0]
        1 up ended after 1m: metrics failed: PutMetricData: no route
        1 unknown metrics failed: the credentials: no route
          lasting since [1]
        ");
    }

    #[test]
    fn failures_that_are_only_counted_are_one_problem_whatever_their_number() {
        let further = |count| Failure { cause: Cause::Further, count, ..failure(Step::Record, "") };
        insta::assert_snapshot!(reported(vec![
            report(vec![], vec![further(3)]),
            report(vec![], vec![further(40)]),
            report(vec![], vec![]),
        ]), @"
        0 unknown record failed: 3 more failures of other kinds
          lasting since [0]
          lasting since [0]
        2 up ended after 2m: record failed: 3 more failures of other kinds
        ");
    }

    #[test]
    fn a_poll_cut_short_ends_no_problem() {
        insta::assert_snapshot!(reported(vec![
            report(vec![gap(Kind::Lag, "denied")], vec![failure_with(Step::Recall, "x", "locked")]),
            report(vec![], vec![failure(Step::Deadline, "the time ran out")]),
            report(vec![], vec![]),
        ]), @"
        0 unknown 123456789012/us-east-1: LAGs could not be listed, so none is taken as absent: denied
        0 unknown recall failed: x: locked
          lasting since [0, 0]
        1 unknown deadline failed: the time ran out
          lasting since [0, 0, 1]
        2 up 123456789012/us-east-1: LAGs listed again after 2m
        2 up ended after 2m: recall failed: x: locked
        2 up ended after 1m: deadline failed: the time ran out
        ");
    }
}
