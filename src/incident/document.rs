//! The documents of incidents: the reasons to write one, its content, and the sinks that it is for.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    affected::{affected, root},
    audience::{News, audience, owed, silence_is_through},
    book::{Book, Rosters},
    case::Case,
    cause::Causes,
    circumstances,
    estate::Place,
    explanation::explanation,
    failover_test,
    forecast::outlook,
    impact::Paths,
    input::Sight,
    severity::severity,
    wording,
};
use crate::domain::{
    Category, Impact, IncidentDetails, IncidentDocument, IncidentFacts, IncidentImpact, IncidentMetadata,
    IncidentStatus, KnownToPeople, Reason, Root, Scope, Severity, Timestamp, Told,
};

/// The namespace of the ids of documents: made up once, fixed for ever.
const DOCUMENT_NAMESPACE: Uuid = Uuid::from_u128(0x7e21_9a40_c8d3_5f16_b54e_13a7_60f9_2d8b);

/// What an incident is at an instant.
struct Facts {
    severity: Severity,
    impact: IncidentImpact,
    /// The members that it lists: those that are not well, or all of an incident that is over.
    members: Vec<Place>,
}

/// Writes the documents of one instant.
pub(super) struct Documents<'c> {
    scope: Scope,
    at: Timestamp,
    causes: &'c Causes,
    paths: Paths,
    rosters: Rosters,
    /// What is out of service and not recorded so yet, by its root.
    foreseen: HashMap<Root, Vec<Place>>,
    /// Whether the timers are looked at: only once all instants are folded.
    is_last: bool,
}

impl<'c> Documents<'c> {
    /// Those of an instant at which something occurred.
    pub(super) fn of(
        scope: &Scope,
        book: &Book<'_>,
        causes: &'c Causes,
        rosters: Rosters,
        at: Timestamp,
    ) -> Documents<'c> {
        let (scope, paths) = (scope.clone(), Paths::of(&book.estate));
        let mut foreseen: HashMap<Root, Vec<Place>> = HashMap::new();
        for place in &book.foreseen {
            foreseen.entry(causes.root(&book.estate, *place)).or_default().push(*place);
        }
        Documents { scope, at, causes, paths, rosters, foreseen, is_last: false }
    }

    /// The same of the poll's own instant, at which timers run out.
    #[must_use]
    pub(super) fn at_last(self) -> Documents<'c> {
        Documents { is_last: true, ..self }
    }

    /// Writes what there is to say of every incident.
    pub(super) fn write(&self, book: &mut Book<'_>, sight: &Sight<'_>) {
        // Evidence may come after the end.
        let is_wanted = |case: &&Case| case.is_changed || case.is_open() || (self.is_last && !book.evidence.is_empty());
        let ids: Vec<Uuid> = book.cases.values().filter(is_wanted).map(|case| case.id).collect();
        for id in ids {
            let Some(mut case) = book.cases.get(&id).cloned() else { continue };
            let roster = self.rosters.get(&id).map(Vec::as_slice).unwrap_or_default();
            let mut around = Vec::new();
            if case.state.category == Category::Maintenance {
                around = warning(&case);
            } else if case.is_unborn() || case.is_reopened {
                circumstances::begin(book, &mut case, roster, self.at);
            } else if self.is_last {
                around = circumstances::change(book, &mut case, roster, self.at);
            }
            let facts = self.facts(book, &case);
            for reason in self.reasons(book, sight, (&mut case, &facts), around) {
                let document = self.document(book, &mut case, &facts, reason);
                case.documents.push(document);
            }
            (case.is_reopened, case.is_ending, case.is_raised, case.is_explained) = (false, false, false, false);
            case.news = None;
            book.cases.insert(id, case);
        }
    }

    fn facts(&self, book: &Book<'_>, case: &Case) -> Facts {
        if case.state.category == Category::Maintenance {
            let (members, impact) = outlook(book, case);
            return Facts { severity: severity(case.state.category, impact.level, true), impact, members };
        }
        if let Some(facts) = &case.state.facts {
            let impact = IncidentImpact { level: facts.impact(), destinations: Vec::new(), more: 0 };
            let severity = severity(case.state.category, impact.level, case.state.circumstances.is_planned());
            return Facts { severity, impact, members: Vec::new() };
        }
        let is_over = !case.is_open();
        let unwell = self.rosters.get(&case.id).cloned().unwrap_or_default();
        // What has come or gone in one poll has no member that is not well.
        let is_told_whole = is_over || (unwell.is_empty() && case.is_unborn());
        let members = if is_told_whole { book.everybody(case.id) } else { unwell };
        if (is_over || members.is_empty()) && !case.is_unborn() && !case.is_reopened {
            // The end has the severity and impact of the last document, so that it passes the same filters.
            let destinations = self.paths.left(&book.estate, &members.iter().copied().collect());
            let impact = IncidentImpact { level: case.state.told.impact, ..destinations };
            return Facts { severity: case.state.told.severity, impact, members };
        }
        let foreseen = self.foreseen.get(&case.state.root).into_iter().flatten();
        let down = members.iter().chain(foreseen).copied().collect();
        let mut impact = self.paths.impact(&book.estate, &down);
        if case.state.category == Category::Provisioning {
            // What is new takes nothing.
            impact.level = Impact::None;
        }
        Facts {
            severity: severity(case.state.category, impact.level, case.state.circumstances.is_planned()),
            impact,
            members,
        }
    }

    /// Why documents are to be written, in their order.
    fn reasons(
        &self,
        book: &Book<'_>,
        sight: &Sight<'_>,
        (case, facts): (&mut Case, &Facts),
        around: Vec<Reason>,
    ) -> Vec<Reason> {
        let mut reasons = around;
        if case.state.category == Category::Maintenance {
            return reasons;
        }
        let is_worse = facts.severity > case.state.told.severity || facts.impact.level > case.state.told.impact;
        for reason in reasons.iter_mut().filter(|reason| **reason == Reason::Planned && is_worse) {
            *reason = Reason::Escalated;
        }
        let is_said = !reasons.is_empty();
        let begins = case.is_unborn() || case.is_reopened;
        if begins {
            reasons.push(beginning(case));
        }
        match case.state.status {
            IncidentStatus::Resolved if case.is_ending => reasons.push(Reason::Resolved),
            IncidentStatus::Withdrawn if case.is_ending => reasons.push(Reason::Withdrawn),
            IncidentStatus::Merged if case.is_ending => reasons.push(Reason::Merged),
            IncidentStatus::Open | IncidentStatus::Flapping if !begins => {
                // What has changed around it has a document with all that has changed in it.
                reasons.extend(self.change(book, case, facts).filter(|_| !is_said));
                if self.is_last {
                    reasons.extend(self.timers(book, sight, case, facts));
                }
            }
            _ => {}
        }
        reasons
    }

    /// What has changed about an open incident since its last document.
    fn change(&self, book: &Book<'_>, case: &mut Case, facts: &Facts) -> Option<Reason> {
        let announced = &case.state.told;
        if !case.has_members() {
            return case.news.take();
        }
        if facts.members.is_empty() {
            return None;
        }
        // The impact of another incident is in that incident's documents.
        let has_moved = case.state.grown_at.max(case.state.changed_at) >= self.at
            || case.state.root != announced.root
            || case.is_raised;
        if has_moved && (facts.severity > announced.severity || facts.impact.level > announced.impact) {
            return Some(Reason::Escalated);
        }
        if case.state.status == IncidentStatus::Flapping {
            return None;
        }
        if case.state.flapping.since.is_some() {
            case.state.status = IncidentStatus::Flapping;
            return Some(Reason::Flapping);
        }
        if case.state.root_well_since.is_some() {
            return None;
        }
        if case.state.root != announced.root {
            return Some(Reason::CauseFound);
        }
        if facts.severity < announced.severity || facts.impact.level < announced.impact {
            // Not before all that recovers together has been seen.
            return book.rules.patience().le(&self.at.since(case.state.grown_at)).then_some(Reason::Eased);
        }
        (facts.members.len() as u64 > announced.count).then_some(Reason::Spread)
    }

    /// What the clock says of an open incident.
    fn timers(&self, book: &Book<'_>, sight: &Sight<'_>, case: &mut Case, facts: &Facts) -> Vec<Reason> {
        let now = self.at;
        if case.has_settled(now) {
            case.is_changed = true;
            case.state.flapping.since = None;
            let may_close = sight.may_close || !case.has_members();
            if case.is_at_rest(&facts.members) && may_close {
                case.close(IncidentStatus::Resolved, case.state.changed_at, book.rules.expiry(now));
                return vec![Reason::Settled, Reason::Resolved];
            }
            case.state.status = IncidentStatus::Open;
            return vec![Reason::Settled];
        }
        let mut reasons = Vec::new();
        let unseen = facts.members.iter().filter_map(|place| sight.blind_since(&book.estate.entries[*place].item));
        let blind_since = unseen.min();
        if blind_since.is_none() != case.state.blind_since.is_none() {
            case.state.blind_since = blind_since;
            case.is_changed = true;
            reasons.extend(blind_since.map(|_| Reason::Blind));
        }
        if silence_is_through(case, now, book.rules.patience()) {
            if case.is_at_rest(&facts.members) {
                // It may go down again before it is over, and people do not know yet.
            } else {
                reasons.extend(owed(case, facts.severity, facts.impact.level));
                case.state.circumstances.silence_over_at = None;
                case.is_changed = true;
            }
        }
        let is_due = book.rules.reminder(&case.state).is_some_and(|due| due <= now);
        if is_due && case.state.status == IncidentStatus::Open && !case.is_at_rest(&facts.members) {
            case.state.reminders += 1;
            case.state.reminded_at = Some(now);
            reasons.push(Reason::Reminded);
        }
        reasons
    }

    /// The document, which the incident's row takes in.
    fn document(
        &self,
        book: &Book<'_>,
        case: &mut Case,
        facts: &Facts,
        reason: Reason,
    ) -> (Timestamp, IncidentDocument) {
        let just_after = Timestamp::from_milliseconds(case.state.last_document_at.milliseconds() + 1);
        let occurred_at = self.at.max(just_after);
        let previous_at = (case.sequence > 0).then_some(case.state.last_document_at);
        let spread_is_due = book.rules.tells_spread(&case.state, self.at);
        let news = News { reason, severity: facts.severity, impact: facts.impact.level, spread_is_due };
        let [people, chat] = audience(case, &news);
        case.sequence += 1;
        case.is_changed = true;
        case.state.last_document_at = occurred_at;
        if reason == Reason::Spread && chat {
            case.state.spread_at = Some(self.at);
        }
        let knew = case.state.told.people && reason != Reason::Reopened;
        if people || (case.is_silent && reason == Reason::Opened) {
            let root = Some(case.state.root.clone());
            let known = KnownToPeople { severity: facts.severity, impact: facts.impact.level, root };
            case.state.circumstances.people = Some(known);
        }
        if people && !knew && reason == Reason::Escalated {
            // Reminders count from when people first heard of it.
            case.state.opened_at = book.now;
        }
        let people_know = knew || people || case.is_silent;
        case.state.told = Told {
            severity: facts.severity,
            impact: facts.impact.level,
            root: case.state.root.clone(),
            count: facts.members.len() as u64,
            people: people_know,
        };
        let id = Uuid::new_v5(&DOCUMENT_NAMESPACE, format!("{}\n{}", case.id, case.sequence).as_bytes());
        let metadata = IncidentMetadata {
            version: "1".to_owned(),
            id,
            sequence: case.sequence,
            incident_id: case.id,
            recorded_at: book.now,
            previous_at,
            people,
            chat,
            drill: false,
            minimal: false,
        };
        let mut incident = self.details(book, case, facts);
        let mut status = case.state.status;
        // It may be over at the same instant: that is the next document's.
        if matches!(reason, Reason::Opened | Reason::Reopened) {
            status = IncidentStatus::Open;
            (incident.resolved_at, incident.duration_seconds) = (None, None);
        }
        let mut document = IncidentDocument {
            metadata,
            reason,
            status,
            severity: facts.severity,
            action: reason.action(),
            dedup_key: case.id,
            summary: String::new(),
            incident,
        };
        document.summary = wording::summary(&document);
        if people {
            (case.state.circumstances.silence_over_at, case.state.circumstances.ended) = (None, None);
        }
        (occurred_at, document)
    }

    fn details(&self, book: &Book<'_>, case: &Case, facts: &Facts) -> IncidentDetails {
        let state = &case.state;
        let so_far = state.down_since.map_or(0, |since| self.at.since(since).as_millis());
        let down = u128::from(state.down_milliseconds) + so_far;
        let (resilience, routes) = match &state.facts {
            Some(IncidentFacts::Resilience(resilience)) => (Some(resilience), None),
            Some(IncidentFacts::Routes(routes)) => (None, Some(routes)),
            None => (None, None),
        };
        IncidentDetails {
            id: case.id,
            category: state.category,
            account: self.scope.account().to_owned(),
            region: self.scope.region().to_owned(),
            since: state.since,
            last_seen_at: state.last_seen_at,
            root: root(book, &state.root),
            cause: explanation(book, self.causes, case),
            affected: affected(book, &state.root, &facts.members),
            impact: facts.impact.clone(),
            outages: state.outages,
            down_seconds: u64::try_from(down / 1_000).unwrap_or(u64::MAX),
            resolved_at: state.closed_at,
            duration_seconds: state.closed_at.map(|closed| closed.since(state.since).as_secs()),
            merged_into: state.merged_into,
            blind_since: state.blind_since,
            planned: state.circumstances.planned().cloned().or_else(|| failover_test::planned(case, self.at)),
            acknowledged: state.circumstances.acknowledged.clone(),
            evidence: state.circumstances.evidence.clone(),
            resilience: resilience.cloned(),
            routes: routes.cloned(),
        }
    }
}

/// Why a document of a warning is written: it begins, is repeated, or is over.
fn warning(case: &Case) -> Vec<Reason> {
    let begins = case.is_unborn() || case.is_reopened;
    let reason =
        if case.is_ending { Some(Reason::Resolved) } else { (begins || case.is_raised).then_some(Reason::Planned) };
    reason.into_iter().collect()
}

/// Why the first document of an incident, or the first after its end, is written.
fn beginning(case: &mut Case) -> Reason {
    if case.state.flapping.since.is_some() && case.is_open() {
        case.state.status = IncidentStatus::Flapping;
        return Reason::Flapping;
    }
    if case.is_reopened { Reason::Reopened } else { Reason::Opened }
}
