//! What comes to an incident from outside: planned work and silences begin, move and end, it is taken on, and evidence
//! of its cause arrives. Each is a reason for a document, and none of them changes what is in an incident.

use std::time::Duration;

use super::{
    book::Book,
    case::Case,
    estate::{Entry, Estate, Place},
};
use crate::domain::{
    Evidence, EvidenceType, IncidentEvidence, Kind, MAXIMUM_EVIDENCE, Matcher, Planned, Reason, Silenced, Timestamp,
    Window, WindowSource,
};

/// Work may begin a little before its time, and what it took down may need a little to come back.
const BEFORE_WORK: Duration = Duration::from_secs(5 * 60);
const AFTER_WORK: Duration = Duration::from_secs(15 * 60);
/// A call is dated by AWS's clock and takes a while to show: from this long before the last observation that saw an item as
/// it was, until this long after the first that did not.
const CALL_BEFORE: Duration = Duration::from_secs(2 * 60);
const CALL_AFTER: Duration = Duration::from_secs(60);
/// AWS reports an issue when it has understood it, which may be long before or after it hits this item.
const REPORT_BEFORE: Duration = Duration::from_secs(3_600);
const REPORT_AFTER: Duration = Duration::from_secs(6 * 3_600);

/// A data point of CloudWatch stands for five minutes, and shows what happened shortly before or after.
const MEASURED_BEFORE: Duration = Duration::from_secs(20 * 60);
const MEASURED_AFTER: Duration = Duration::from_secs(20 * 60);
/// How many pieces of evidence may be from metrics: they leave room for who did it.
const MAXIMUM_MEASURED: usize = 5;

/// What covers an incident at an instant.
#[derive(Default)]
struct Cover {
    work: Option<Planned>,
    silence: Option<Silenced>,
}

/// Finds what covers an incident that begins, or begins again. There is nothing to say of it but its beginning.
pub(super) fn begin(book: &Book<'_>, case: &mut Case, roster: &[Place], at: Timestamp) {
    let Some(cover) = cover(book, case, roster, at) else { return };
    case.state.circumstances.work = cover.work;
    case.state.circumstances.silence = cover.silence;
    let evidence = new_evidence(book, case, roster);
    case.state.circumstances.evidence.extend(evidence);
}

/// What has changed around an incident since its last document, as reasons for documents.
pub(super) fn change(book: &Book<'_>, case: &mut Case, roster: &[Place], now: Timestamp) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let evidence = new_evidence(book, case, roster);
    if !evidence.is_empty() {
        case.is_explained = case.state.circumstances.evidence.is_empty();
        case.state.circumstances.evidence.extend(evidence);
        reasons.push(Reason::Explained);
    }
    if !case.is_open() {
        return reasons;
    }
    let acknowledgement = book.plans.and_then(|plans| plans.acknowledgements.get(&case.id));
    if let (Some(acknowledgement), None) = (acknowledgement, &case.state.circumstances.acknowledged) {
        case.state.circumstances.acknowledged = Some(acknowledgement.clone());
        reasons.push(Reason::Acknowledged);
    }
    if let (Some(cover), false) = (cover(book, case, roster, now), case.is_at_rest(roster)) {
        let work = work_changed(case, cover.work, now);
        let silence = silence_changed(book, case, cover.silence, now);
        reasons.extend(if work == Some(Reason::Escalated) { work } else { work.or(silence) });
    }
    reasons
}

/// Takes in the work that covers the incident now. Work that ran out while it lasts makes it worse than it was planned to be.
fn work_changed(case: &mut Case, work: Option<Planned>, now: Timestamp) -> Option<Reason> {
    let known = &mut case.state.circumstances;
    match work {
        Some(work) if known.is_planned() && known.work.as_ref() == Some(&work) => None,
        Some(work) => {
            (known.work, known.work_is_over) = (Some(work), false);
            Some(Reason::Planned)
        }
        None if known.is_planned() => {
            let ran_out = known.work.as_ref().is_some_and(|work| work.until.plus(AFTER_WORK) <= now);
            known.work_is_over = ran_out;
            if !ran_out {
                // Work that was moved or cancelled has nothing to do with it any more.
                known.ended = known.work.take().map(|work| work.ended(now));
            }
            Some(if ran_out { Reason::Escalated } else { Reason::Planned })
        }
        None => None,
    }
}

/// Takes in the silence that covers the incident now. One that lasts, and covers it or not as members come and go, has to
/// do so for some polls.
fn silence_changed(book: &Book<'_>, case: &mut Case, silence: Option<Silenced>, now: Timestamp) -> Option<Reason> {
    let patience = book.rules.patience();
    let known = &mut case.state.circumstances;
    if known.silence == silence {
        case.is_changed |= known.unsteady_since.take().is_some();
        return None;
    }
    let is_flip = match (&known.silence, &silence) {
        (Some(left), None) => lasts(book, left, now),
        (None, Some(silence)) => now.since(silence.planned.from) > patience,
        _ => false,
    };
    if is_flip && known.unsteady_since.is_none_or(|since| now.since(since) < patience) {
        case.is_changed |= known.unsteady_since.is_none();
        known.unsteady_since.get_or_insert(now);
        return None;
    }
    let changed_at = known.unsteady_since.take().unwrap_or(now);
    known.silence_over_at = silence.is_none().then_some(changed_at);
    let before = std::mem::replace(&mut known.silence, silence);
    known.ended = before.filter(|_| known.silence.is_none()).map(|silence| silence.planned.ended(now));
    Some(Reason::Planned)
}

/// Whether a silence goes on at `now`, whatever it covers.
fn lasts(book: &Book<'_>, silence: &Silenced, now: Timestamp) -> bool {
    let mut windows = book.plans.into_iter().flat_map(|plans| &plans.windows);
    windows.any(|window| window.id == silence.planned.id && window.from <= now && now < window.until)
}

/// The work and the silence that cover an incident at `at`. None where what is planned is not known.
fn cover(book: &Book<'_>, case: &Case, roster: &[Place], at: Timestamp) -> Option<Cover> {
    let plans = book.plans?;
    let mut cover = Cover::default();
    for window in &plans.windows {
        let is_on = match window.source {
            WindowSource::Silence => window.from <= at && at < window.until,
            WindowSource::AwsHealth => window.from <= at.plus(BEFORE_WORK) && at < window.until.plus(AFTER_WORK),
        };
        if !is_on || !covers(book, case, roster, &window.matcher) {
            continue;
        }
        match window.source {
            WindowSource::AwsHealth => drop(cover.work.get_or_insert_with(|| window.into())),
            WindowSource::Silence => take_wider(&mut cover.silence, window),
        }
    }
    Some(cover)
}

/// Of two silences, one that covers even outages counts.
fn take_wider(silence: &mut Option<Silenced>, window: &Window) {
    if silence.as_ref().is_none_or(|known| window.even_outage && !known.even_outage) {
        *silence = Some(Silenced { planned: window.into(), even_outage: window.even_outage });
    }
}

/// Whether a window is about an incident: about its root, or about all of its members that are not well.
fn covers(book: &Book<'_>, case: &Case, roster: &[Place], matcher: &Matcher) -> bool {
    let estate = &book.estate;
    let root = case.state.root.key().and_then(|key| estate.find(&key));
    root.is_some_and(|root| is_covered(estate, root, matcher))
        || (!roster.is_empty() && roster.iter().all(|place| is_covered(estate, *place, matcher)))
}

/// Whether a window is about an item, or about what that runs over or is a link of; about a LAG also where it is about all of
/// its links that are down.
fn is_covered(estate: &Estate, place: Place, matcher: &Matcher) -> bool {
    let entry = &estate.entries[place];
    let is_matched = |place: &Place| matcher.matches(&estate.entries[*place].item);
    if is_matched(&place) || entry.carriers.iter().any(|carrier| is_covered(estate, *carrier, matcher)) {
        return true;
    }
    if entry.key.kind == Kind::Lag {
        let down = |(_, link): &(Place, &Entry)| link.lag == Some(place) && link.condition().is_unwell();
        let mut links = estate.entries.iter().enumerate().filter(down).map(|(place, _)| place).peekable();
        return links.peek().is_some() && links.all(|link| is_matched(&link));
    }
    entry.lag.is_some_and(|lag| is_matched(&lag))
}

/// The evidence that an incident does not have yet: what names a member or what that needs, from about when it began.
fn new_evidence(book: &Book<'_>, case: &Case, roster: &[Place]) -> Vec<IncidentEvidence> {
    let known = &case.state.circumstances.evidence;
    let room = MAXIMUM_EVIDENCE.saturating_sub(known.len());
    if book.evidence.is_empty() || room == 0 {
        return Vec::new();
    }
    let members = match roster {
        [] if case.has_members() => book.everybody(case.id),
        [] => case.state.root.key().and_then(|key| book.estate.place(&key)).into_iter().collect(),
        roster => roster.to_vec(),
    };
    let is_new = |evidence: &&Evidence| known.iter().all(|known| known.id != evidence.id);
    let fits = |evidence: &&Evidence| {
        evidence.items.is_empty() || members.iter().any(|place| is_named(&book.estate, *place, evidence))
    };
    let measured = known.iter().filter(|known| known.kind == EvidenceType::Metrics).count();
    let mut room_for_measured = MAXIMUM_MEASURED.saturating_sub(measured);
    let has_room = |evidence: &&Evidence| {
        let is_measured = evidence.kind == EvidenceType::Metrics;
        let has_room = !is_measured || room_for_measured > 0;
        room_for_measured -= usize::from(is_measured && has_room);
        has_room
    };
    let evidence = book.evidence.iter().filter(|evidence| is_timely(case, evidence)).filter(is_new).filter(fits);
    evidence.filter(has_room).take(room).map(IncidentEvidence::from).collect()
}

/// Whether evidence is from about when the incident began or grew.
fn is_timely(case: &Case, evidence: &Evidence) -> bool {
    let state = &case.state;
    let first = state.last_seen_at.unwrap_or(state.since).min(state.since);
    let last = state.grown_at.max(state.closed_at.unwrap_or(state.grown_at));
    let (before, after) = match evidence.kind {
        EvidenceType::AwsHealth => (REPORT_BEFORE, REPORT_AFTER),
        EvidenceType::ApiCall => (CALL_BEFORE, CALL_AFTER),
        EvidenceType::Metrics => (MEASURED_BEFORE, MEASURED_AFTER),
        // It was seen just now, and belongs to whatever goes on.
        EvidenceType::Routes => return case.is_open(),
    };
    evidence.at.plus(before) >= first && evidence.at <= last.plus(after)
}

/// Whether evidence names an item, or what that needs.
fn is_named(estate: &Estate, place: Place, evidence: &Evidence) -> bool {
    let entry = &estate.entries[place];
    let item = &entry.item;
    let is_setting = matches!(entry.key.kind, Kind::GatewayAttachment | Kind::GatewayAssociation);
    // AWS has no id of its own for an attachment: a call names its ends.
    let ends = [&item.virtual_interface_id, &item.associated_gateway_id, &item.virtual_gateway_id];
    let names_an_end = ends.into_iter().flatten().any(|end| evidence.items.contains(end));
    evidence.items.contains(&entry.key.id)
        || (is_setting && names_an_end)
        || entry.carriers.iter().chain(&entry.lag).any(|above| is_named(estate, *above, evidence))
        || entry.gateway.is_some_and(|gateway| evidence.items.contains(&estate.entries[gateway].key.id))
}
