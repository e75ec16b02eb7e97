//! What polls complain of, told when it begins and when it is over, and not every minute while it lasts: pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::feed::{Notice, Problem};
use crate::{
    domain::{Health, Kind, Scope, Timestamp},
    escape,
    monitor::{Cause, Failure, PollReport, Step},
    words,
};

/// What is wrong at present, from poll to poll.
#[derive(Debug)]
pub(super) struct Problems {
    /// How many kinds are looked for in each scope: when none of them can be listed, the scope cannot be reached.
    kinds: BTreeMap<Scope, usize>,
    gaps: Vec<LastingGap>,
    failures: Vec<LastingFailure>,
}

/// Kinds of a scope that could not be listed, since the same poll.
#[derive(Debug)]
struct LastingGap {
    scope: Scope,
    kinds: BTreeSet<Kind>,
    since: Timestamp,
    error: String,
}

/// A step that fails for one cause, whatever it fails with and how often, since the same poll.
#[derive(Debug)]
struct LastingFailure {
    step: Step,
    cause: Cause,
    since: Timestamp,
    text: String,
}

impl Problems {
    /// Nothing is wrong yet with the watching of `kinds` in `scopes`.
    pub(super) fn new(scopes: &[Scope], kinds: &BTreeSet<Kind>) -> Problems {
        let count = |scope: &Scope| kinds.iter().filter(|kind| scope.holds(**kind)).count();
        let kinds = scopes.iter().map(|scope| (scope.clone(), count(scope))).collect();
        Problems { kinds, gaps: Vec::new(), failures: Vec::new() }
    }

    /// Takes in what a poll that ended at `at` says; gives back what is news.
    pub(super) fn update(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let mut news = Vec::new();
        // What a poll that ran out of time does not complain of may not have been tried.
        if report.failures.iter().all(|failure| failure.step != Step::Deadline) {
            news.extend(self.forget_gaps(report, at));
            news.extend(self.forget_failures(report, at));
        }
        news.extend(self.note_gaps(report, at));
        news.extend(self.note_failures(report, at));
        news
    }

    /// All that is wrong, in the order in which it began.
    pub(super) fn present(&self) -> Vec<Problem> {
        let gaps = self.gaps.iter().map(|gap| Problem { since: gap.since, text: self.gap_text(gap) });
        let failures = self.failures.iter().map(|failure| Problem { since: failure.since, text: failure.text.clone() });
        let mut all: Vec<Problem> = gaps.chain(failures).collect();
        all.sort_by_key(|problem| problem.since);
        all
    }

    fn forget_gaps(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let mut news = Vec::new();
        for gap in &mut self.gaps {
            let lasts = |kind: &Kind| report.gaps.iter().any(|told| told.scope == gap.scope && told.kind == *kind);
            let (last, over): (BTreeSet<Kind>, BTreeSet<Kind>) = gap.kinds.iter().partition(|kind| lasts(kind));
            gap.kinds = last;
            if !over.is_empty() {
                let scope = escape::terminal(&gap.scope.to_string());
                let text = format!("{scope}: {} listed again {}", plural(&over), after(at.since(gap.since)));
                news.push(Notice { at, health: Health::Up, text });
            }
        }
        self.gaps.retain(|gap| !gap.kinds.is_empty());
        news
    }

    fn note_gaps(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let is_known = |gaps: &[LastingGap], scope: &Scope, kind| {
            gaps.iter().any(|gap| gap.scope == *scope && gap.kinds.contains(&kind))
        };
        let mut fresh: Vec<LastingGap> = Vec::new();
        for told in report.gaps.iter().filter(|told| !is_known(&self.gaps, &told.scope, told.kind)) {
            match fresh.iter_mut().find(|gap| gap.scope == told.scope) {
                Some(gap) => drop(gap.kinds.insert(told.kind)),
                None => fresh.push(LastingGap {
                    scope: told.scope.clone(),
                    kinds: [told.kind].into(),
                    since: at,
                    error: escape::terminal(&escape::line(&told.error)),
                }),
            }
        }
        let news = fresh.iter().map(|gap| Notice { at, health: Health::Unknown, text: self.gap_text(gap) }).collect();
        self.gaps.extend(fresh);
        news
    }

    fn gap_text(&self, gap: &LastingGap) -> String {
        let scope = escape::terminal(&gap.scope.to_string());
        let what = if self.kinds.get(&gap.scope) == Some(&gap.kinds.len()) {
            "nothing could be listed".to_owned()
        } else {
            format!("{} could not be listed, so none of them is called absent", plural(&gap.kinds))
        };
        format!("{scope}: {what}: {}", gap.error)
    }

    fn forget_failures(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let lasts = |known: &LastingFailure| report.failures.iter().any(|failure| known.is(failure));
        let over = self.failures.extract_if(.., |failure| !lasts(failure));
        let text = |failure: LastingFailure| format!("over {}: {}", after(at.since(failure.since)), failure.text);
        over.map(|failure| Notice { at, health: Health::Up, text: text(failure) }).collect()
    }

    fn note_failures(&mut self, report: &PollReport, at: Timestamp) -> Vec<Notice> {
        let mut news = Vec::new();
        for failure in &report.failures {
            if self.failures.iter().any(|known| known.is(failure)) {
                continue;
            }
            let error = escape::terminal(&escape::line(&failure.to_string()));
            let text = format!("{} failed: {error}", failure.step);
            let (step, cause) = (failure.step, failure.cause.clone());
            self.failures.push(LastingFailure { step, cause, since: at, text: text.clone() });
            news.push(Notice { at, health: Health::Unknown, text });
        }
        news
    }
}

impl LastingFailure {
    fn is(&self, failure: &Failure) -> bool {
        self.step == failure.step && self.cause == failure.cause
    }
}

fn plural(kinds: &BTreeSet<Kind>) -> String {
    kinds.iter().map(|kind| kind.plural()).collect::<Vec<_>>().join(", ")
}

fn after(duration: Duration) -> String {
    format!("after {}", words::duration(duration))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Gap;

    fn region() -> Scope {
        Scope::regional("123456789012", "us-east-1")
    }

    fn gap(kind: Kind, error: &str) -> Gap {
        Gap { scope: region(), kind, error: error.to_owned() }
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

    /// What is told of polls a minute apart.
    fn told(polls: Vec<PollReport>) -> String {
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
    fn a_gap_is_told_when_it_begins_and_when_it_is_over() {
        let denied = "DescribeLags in us-east-1, page 1: AccessDeniedException: no (request 1)";
        let again = "DescribeLags in us-east-1, page 1: AccessDeniedException: no (request 2)";
        insta::assert_snapshot!(told(vec![
            report(vec![gap(Kind::Lag, denied)], vec![]),
            report(vec![gap(Kind::Lag, again)], vec![]),
            report(vec![gap(Kind::Lag, again), gap(Kind::Connection, "timeout\u{1b}[2J\nhere")], vec![]),
            report(vec![gap(Kind::Connection, "timeout")], vec![]),
            report(vec![], vec![]),
        ]), @r"
        0 unknown 123456789012/us-east-1: LAGs could not be listed, so none of them is called absent: DescribeLags in us-east-1, page 1: AccessDeniedException: no (request 1)
          lasting since [0]
          lasting since [0]
        2 unknown 123456789012/us-east-1: connections could not be listed, so none of them is called absent: timeout\u{1b}[2J\u{a}here
          lasting since [0, 2]
        3 up 123456789012/us-east-1: LAGs listed again after 3m
          lasting since [2]
        4 up 123456789012/us-east-1: connections listed again after 2m
        ");
    }

    #[test]
    fn a_region_of_which_nothing_is_listed_is_told_in_one_line() {
        let all = || [Kind::Connection, Kind::Lag, Kind::VirtualInterface].map(|kind| gap(kind, "no route")).into();
        insta::assert_snapshot!(told(vec![
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
    fn failures_are_the_same_whichever_item_is_met_first() {
        insta::assert_snapshot!(told(vec![
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
        2 up over after 2m: announce failed: exec connection/dxcon-1: not ended yet
        2 unknown announce failed: exec lag/dxlag-1: cannot be started
        2 unknown progress failed: x: not ended yet
          lasting since [2, 2]
        3 up over after 1m: announce failed: exec lag/dxlag-1: cannot be started
        3 up over after 1m: progress failed: x: not ended yet
        ");
    }

    #[test]
    fn the_whole_cause_of_a_failure_without_a_subject_counts() {
        insta::assert_snapshot!(told(vec![
            report(vec![], vec![failure(Step::Metrics, "PutMetricData: no route")]),
            report(vec![], vec![failure(Step::Metrics, "the credentials: no route")]),
        ]), @"
        0 unknown metrics failed: PutMetricData: no route
          lasting since [0]
        1 up over after 1m: metrics failed: PutMetricData: no route
        1 unknown metrics failed: the credentials: no route
          lasting since [1]
        ");
    }

    #[test]
    fn failures_that_are_only_counted_are_the_same_however_many_they_are() {
        let further = |count| Failure { cause: Cause::Further, count, ..failure(Step::Record, "") };
        insta::assert_snapshot!(told(vec![
            report(vec![], vec![further(3)]),
            report(vec![], vec![further(40)]),
            report(vec![], vec![]),
        ]), @"
        0 unknown record failed: 3 more failures of other kinds
          lasting since [0]
          lasting since [0]
        2 up over after 2m: record failed: 3 more failures of other kinds
        ");
    }

    #[test]
    fn a_poll_cut_short_ends_nothing() {
        insta::assert_snapshot!(told(vec![
            report(vec![gap(Kind::Lag, "denied")], vec![failure_with(Step::Recall, "x", "locked")]),
            report(vec![], vec![failure(Step::Deadline, "the time ran out")]),
            report(vec![], vec![]),
        ]), @"
        0 unknown 123456789012/us-east-1: LAGs could not be listed, so none of them is called absent: denied
        0 unknown recall failed: x: locked
          lasting since [0, 0]
        1 unknown deadline failed: the time ran out
          lasting since [0, 0, 1]
        2 up 123456789012/us-east-1: LAGs listed again after 2m
        2 up over after 2m: recall failed: x: locked
        2 up over after 1m: deadline failed: the time ran out
        ");
    }
}
