//! Planned work: what a notice says becomes of it, when, and which items it concerns.

use std::time::Duration;

use super::{entities::Entities, reported::Reported};
use crate::{
    domain::{
        Evidence, LONGEST_WINDOW, Matcher, Notice, NoticeChange, Span, Timestamp, USUAL_WORK, Window, WindowSource,
        bounded,
    },
    function::fact::{Content, NoFact, key_part},
};

/// What a notice about planned work brings: a row; or evidence, where it names no time at all.
pub(super) fn content(reported: &Reported<'_>) -> Result<Content, NoFact> {
    let change = change(reported);
    let (span, assumed) = match change {
        NoticeChange::Scheduled => match scheduled(reported) {
            Some(times) => times,
            None => return undated(reported).map(Content::Evidence),
        },
        NoticeChange::Completed => (completed(reported), ""),
        NoticeChange::Cancelled => (cancelled(reported), ""),
    };
    let matcher = match change {
        NoticeChange::Scheduled => matcher(reported).ok_or(NAMES_NOTHING)?,
        // What ends work is known by its token, whatever it names.
        NoticeChange::Completed | NoticeChange::Cancelled => matcher(reported).unwrap_or_default(),
    };
    Ok(Content::Work(Box::new(Window {
        matcher,
        title: bounded(&format!("{}{assumed}", reported.title())).into_owned(),
        by: "AWS".to_owned(),
        notice: Some(notice(reported, change)),
        ..Window::bare(WindowSource::AwsHealth, &token(reported.arn), (span.from, span.until))
    })))
}

const NAMES_NOTHING: NoFact = NoFact::Ignored("it is a public notice of planned work that names no item");

/// By the ending of the code; and of a notice that schedules work, by its status. AWS closes it when the work is over. One
/// that is closed before the work begins will not be done.
fn change(reported: &Reported<'_>) -> NoticeChange {
    let code = reported.code.to_ascii_uppercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| code.ends_with(ending));
    if ends(&["CANCELLED", "CANCELED", "CANCELLATION"]) {
        NoticeChange::Cancelled
    } else if ends(&["COMPLETE", "COMPLETED", "COMPLETION"]) {
        NoticeChange::Completed
    } else if reported.has_status("closed") {
        let is_early = reported.start.is_some_and(|start| reported.updated_at < start);
        if is_early { NoticeChange::Cancelled } else { NoticeChange::Completed }
    } else {
        NoticeChange::Scheduled
    }
}

/// When the work is done, and what of it is assumed. None where nothing says when: work that is only announced may be weeks
/// away, and a window from now on would be a guess.
fn scheduled(reported: &Reported<'_>) -> Option<(Span, &'static str)> {
    let goes_on = !reported.has_status("upcoming");
    let (from, until, assumed) = match (reported.start, reported.end) {
        (Some(start), Some(end)) if end > start => (start, end, ""),
        (Some(start), _) => (start, start.plus(USUAL_WORK), "; AWS names no end"),
        (None, Some(end)) if goes_on && end > reported.updated_at => {
            (reported.updated_at, end, "; AWS names no beginning")
        }
        (None, Some(end)) => (before(end, USUAL_WORK), end, "; AWS names no beginning"),
        (None, None) if goes_on => (reported.updated_at, reported.updated_at.plus(USUAL_WORK), "; AWS names no time"),
        (None, None) => return None,
    };
    Some((Span::new(from, until.min(from.plus(LONGEST_WINDOW))), assumed))
}

/// Work is over at its end, or when AWS said that it was, whichever was first.
fn completed(reported: &Reported<'_>) -> Span {
    let until = reported.end.map_or(reported.updated_at, |end| end.min(reported.updated_at));
    let from = reported.start.unwrap_or(until).min(until);
    Span::new(from.max(before(until, LONGEST_WINDOW)), until)
}

/// The work will not be done at all: the row is kept for as long as that of the work may be.
fn cancelled(reported: &Reported<'_>) -> Span {
    let from = reported.start.unwrap_or(reported.updated_at);
    Span::new(from, from.max(reported.updated_at).plus(LONGEST_WINDOW))
}

/// The items that work concerns: those that are named; else those of the region, if an account's notice says no more.
fn matcher(reported: &Reported<'_>) -> Option<Matcher> {
    let Entities { ids, names_account } = &reported.entities;
    if !ids.is_empty() {
        return Some(Matcher { ids: ids.clone(), ..Matcher::default() });
    }
    // An old event does not say whether it is public.
    let is_of_account = reported.is_public.map_or(*names_account, |is_public| !is_public);
    is_of_account.then(|| Matcher { region: Some(bounded(reported.region).into_owned()), ..Matcher::default() })
}

fn undated(reported: &Reported<'_>) -> Result<Evidence, NoFact> {
    matcher(reported).ok_or(NAMES_NOTHING)?;
    Ok(reported.evidence())
}

fn notice(reported: &Reported<'_>, change: NoticeChange) -> Notice {
    let communication = key_part(&reported.communication);
    Notice {
        updated_at: reported.updated_at,
        event: key_part(reported.arn).into_owned(),
        // Should AWS send one communication again when the work is over, its row must not replace that of the work.
        communication: match change {
            NoticeChange::Scheduled => communication.into_owned(),
            NoticeChange::Completed => format!("{communication}/completed"),
            NoticeChange::Cancelled => format!("{communication}/cancelled"),
        },
        page: reported.page,
        change,
    }
}

/// What the ARNs of all notices of one piece of work end with. Where that is a word of the code, the ARN has no such token.
fn token(arn: &str) -> String {
    let last = arn.rsplit('_').next().filter(|last| last.bytes().any(|byte| byte.is_ascii_digit()));
    key_part(last.unwrap_or(arn)).into_owned()
}

fn before(instant: Timestamp, duration: Duration) -> Timestamp {
    let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_milliseconds(instant.milliseconds().saturating_sub(milliseconds))
}
