//! The body of an incident's message for people: what happened, what it takes with it, what is left, and what to do first.

use super::phrases;
use crate::{
    announcement::letter::{DRILL, Fact, Letter, MAXIMUM_ID, MAXIMUM_VALUE, MAXIMUM_WORD, inert},
    announcement::phrases::whereabouts,
    domain::{Category, Impact, Reason, RecordedIncident},
    words::{self, incident},
};

/// The most lines of a list.
const LISTED: usize = 8;

/// The letter that announces `incident`.
pub(crate) fn of(incident: RecordedIncident<'_>) -> Letter {
    let shown = &|text: &str, most: usize| inert(text, most);
    let mut opening = Vec::new();
    if incident.is_drill() {
        opening.push(vec![DRILL.to_owned()]);
    }
    let cause = phrases::cause(incident, shown);
    let first_check = phrases::first_check(incident).map(str::to_owned);
    let what_happened = [Some(headline(incident)), cause, phrases::note(incident, shown), first_check];
    opening.push(what_happened.into_iter().flatten().collect());
    let (took, left) = match incident.category() {
        Some(Category::Maintenance) => ("With it:", "Paths then:"),
        _ if incident.is_over() => ("It took with it:", "Paths now:"),
        _ => ("With it:", "Paths:"),
    };
    for (heading, lines) in [
        (took, phrases::with_it(incident, shown, LISTED)),
        (left, phrases::paths(incident, shown, LISTED)),
        ("Prefixes:", phrases::prefixes(incident, shown)),
    ] {
        if !lines.is_empty() {
            let lines = lines.into_iter().map(|line| format!("  {line}"));
            opening.push([heading.to_owned()].into_iter().chain(lines).collect());
        }
    }
    let evidence = phrases::evidence(incident, shown, LISTED);
    if !evidence.is_empty() {
        let lines = evidence.into_iter().map(|line| format!("  {line}"));
        opening.push(["Evidence:".to_owned()].into_iter().chain(lines).collect());
    }
    let mut closing = Vec::new();
    if let Some(command) = phrases::command(incident) {
        closing.push(vec!["All of it:".to_owned(), format!("  {command}")]);
    }
    if incident.is_minimal() {
        closing
            .push(vec!["This is the short form: the full document was refused. The history has all of it.".to_owned()]);
    }
    let around = incident::planned(incident, shown).into_iter().chain(incident::acknowledged(incident, shown));
    let facts = times(incident).into_iter().chain(around).chain(what(incident));
    Letter { opening, facts: facts.map(|(label, value)| Fact { label, value }).collect(), closing }
}

/// `Connection dxcon-fg5678gh (prod-eqdc2) is down.`
fn headline(incident: RecordedIncident<'_>) -> String {
    let shown = &|text: &str, most: usize| inert(text, most);
    let (lead, kind) = (incident::lead(incident, shown), incident::root_kind(incident, shown));
    let id = inert(incident.root().id(), MAXIMUM_ID);
    let name = inert(incident.root().name().unwrap_or_default(), MAXIMUM_VALUE);
    let name = if name.is_empty() { name } else { format!(" ({name})") };
    let condition = incident::condition(incident, shown);
    let rest = incident::impact(incident, shown, " left").map(|impact| format!(", and {impact}")).unwrap_or_default();
    capitalized(&format!("{lead}{kind} {id}{name} is {condition}{rest}."))
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// What is known of when it happened, and for how long.
fn times(incident: RecordedIncident<'_>) -> Vec<(&'static str, String)> {
    let mut times = Vec::new();
    if let (Some(since), true) = (incident.since(), incident.category() == Some(Category::Maintenance)) {
        // A warning lasts until the work begins, which says nothing of the work.
        return vec![("Warned", words::instant(since))];
    }
    if let Some(since) = incident.since() {
        times.push(("Since", words::instant(since)));
        times.extend(incident.last_seen_at().map(|seen| {
            let within = words::duration_in_words(since.since(seen));
            (
                "Happened",
                format!("after {}, when it was last seen as before (known to within {within})", words::instant(seen)),
            )
        }));
    }
    times.extend(incident.resolved_at().map(|at| ("Ended", words::instant(at))));
    if let (Some(lasted), false) = (incident.lasted(), incident.reason() == Some(Reason::Opened)) {
        let so_far = if incident.is_over() { "" } else { " so far" };
        times.push(("Lasted", format!("{}{so_far}", words::duration_in_words(lasted))));
    }
    if let Some(outages) = incident.outages().filter(|outages| *outages > 1) {
        let down = incident.down().map(|down| format!(", down for {} in all", words::duration_in_words(down)));
        times.push(("Outages", format!("{outages}{}", down.unwrap_or_default())));
    }
    times
}

/// How bad it is, where, and the ids of incident and document.
fn what(incident: RecordedIncident<'_>) -> Vec<(&'static str, String)> {
    let word = |value: &str| inert(value, MAXIMUM_WORD);
    let root = incident.root();
    let (category, reason) = (word(incident.category_word()), word(incident.reason_word()));
    let mut what = vec![
        ("Severity", format!("{} ({category}, {reason})", word(incident.severity_word()))),
        ("Impact", meaning(incident).map_or(word(incident.impact_word()), str::to_owned)),
        ("Item", format!("{} {}", word(root.kind_word()), inert(root.id(), MAXIMUM_ID))),
    ];
    what.extend(whereabouts(root).into_iter().map(|(label, value)| (label, inert(&value, MAXIMUM_VALUE))));
    what.push(("Region", inert(incident.region(), MAXIMUM_VALUE)));
    what.push(("Account", inert(incident.account(), MAXIMUM_VALUE)));
    what.push(("Incident", inert(incident.incident_id().unwrap_or_default(), MAXIMUM_VALUE)));
    let id = inert(incident.id().unwrap_or_default(), MAXIMUM_VALUE);
    what.push(match incident.sequence() {
        Some(sequence) => ("Document", format!("{id} (document {sequence} of this incident)")),
        None => ("Document", id),
    });
    what
}

/// What the impact means.
fn meaning(incident: RecordedIncident<'_>) -> Option<&'static str> {
    let is_to_come = incident.category() == Some(Category::Maintenance);
    let is_of_prefixes = incident.category() == Some(Category::Routes);
    Some(match incident.impact()? {
        Impact::Outage if is_of_prefixes => "outage: prefixes have no path left",
        Impact::LastPath if is_of_prefixes => "last-path: prefixes have one path left",
        Impact::Outage if is_to_come => "outage: a destination has no path while the work lasts",
        Impact::None => "none: no destination has fewer paths",
        Impact::Reduced => "reduced: a destination has fewer paths",
        Impact::LastPath => "last-path: a destination has one path left, or all of its paths end on one device",
        Impact::Unknown => "unknown: no destination of it is known from here",
        Impact::Outage => "outage: a destination has no path left",
    })
}
