//! What must be so of every fold: what it may take in, when it may end an incident, and what people are then told.

use std::collections::{BTreeMap, BTreeSet};

use aws_dx_monitor::domain::{ItemPath, Kind, RecordedIncident, RowPath, Scope, Timestamp};
use serde_json::Value;

use super::{
    plans, rows,
    world::{Entry, Inner, recalls},
};

/// At the latest after this time an incident that flaps has settled, in milliseconds: an hour, and the poll that finds it.
const SETTLES: i64 = 62 * 60_000;

/// What the log says of the polls up to a place.
#[derive(Default)]
struct Log<'a> {
    /// Where in the log a transition was recorded.
    records: BTreeMap<(&'a str, u64), usize>,
    /// What each poll has recorded.
    own: BTreeSet<(usize, &'a str, u64)>,
    recalled: BTreeMap<(usize, &'a Scope), usize>,
    sights: BTreeMap<(usize, &'a Scope), (Timestamp, &'a BTreeSet<Kind>)>,
    /// The last complete listings that are on record, with the places at which they came there.
    listed: BTreeMap<(&'a Scope, Kind), Vec<(usize, Timestamp)>>,
    lost: BTreeSet<(usize, &'a Scope)>,
    /// Where a poll ended an incident.
    ended: BTreeMap<(usize, &'a Scope), usize>,
}

/// A fold takes in what its poll recalled and recorded, and nothing that another poll recorded meanwhile. And it ends
/// incidents only when all that its poll saw is on record, and it saw everything.
pub fn folds_take_in_what_they_know(inner: &Inner, kinds: &BTreeSet<Kind>) -> Vec<String> {
    let mut violations = Vec::new();
    let mut log = Log::default();
    let began = recalls(&inner.log);
    for (place, entry) in inner.log.iter().enumerate() {
        match entry {
            Entry::Recalled { poll, scope } => drop(log.recalled.insert((*poll, scope), place)),
            Entry::Sight { poll, scope, began, complete, .. } => {
                log.sights.insert((*poll, scope), (*began, complete));
            }
            Entry::Progressed { poll, scope, kind, parent: None, .. } => {
                if let Some((at, _)) = log.sights.get(&(*poll, scope)) {
                    log.listed.entry((scope, *kind)).or_default().push((place, *at));
                }
            }
            Entry::Recorded { poll, item, event } => {
                log.records.insert((item, event.metadata.sequence), place);
                log.own.insert((*poll, item, event.metadata.sequence));
                let scope = item.parse::<ItemPath>().map(|path| path.scope).ok();
                // First sights are recorded beside the fold: what was never seen before is in no incident that ends.
                let is_first = event.metadata.sequence == 1;
                if !is_first && scope.is_some_and(|scope| log.ended.contains_key(&(*poll, &scope))) {
                    violations.push(format!("poll {poll} ended an incident before it had recorded {item}"));
                }
            }
            Entry::FoundRecorded { poll, item, sequence } => drop(log.own.insert((*poll, item, *sequence))),
            Entry::LostRace { poll, scope } => drop(log.lost.insert((*poll, scope))),
            Entry::Folded { poll, scope, at, members, ended } => {
                for (item, cursor) in members {
                    let is_own = log.own.contains(&(*poll, item, *cursor));
                    let recalled = log.recalled.get(&(*poll, scope)).copied().unwrap_or(0);
                    if !is_own && log.records.get(&(item.as_str(), *cursor)).is_some_and(|place| *place > recalled) {
                        violations.push(format!("poll {poll} folded {item} #{cursor}, which it never recalled"));
                    }
                }
                for incident in ended {
                    let missed = log.missed((*poll, scope), *at, began.get(poll).copied().unwrap_or(0), kinds);
                    violations.extend(missed.map(|missed| format!("poll {poll} ended {incident}, and {missed}")));
                    log.ended.insert((*poll, scope), place);
                }
            }
            _ => {}
        }
    }
    violations
}

impl Log<'_> {
    /// What a poll did not see or record, so that it could not know what is over.
    fn missed(&self, poll: (usize, &Scope), at: Timestamp, recalled: usize, kinds: &BTreeSet<Kind>) -> Option<String> {
        if self.lost.contains(&poll) {
            return Some("had lost a race".to_owned());
        }
        let (_, complete) = self.sights.get(&poll)?;
        let of_scope = kinds.iter().filter(|kind| kind.is_global() == (poll.1.region() == "global"));
        of_scope.filter(|kind| !complete.contains(kind)).find_map(|kind| {
            // A gap that lasts hides its own items, and keeps nothing open.
            let listed = self.listed.get(&(poll.1, *kind))?;
            let last = listed.iter().filter(|(place, _)| *place < recalled).map(|(_, at)| *at).max()?;
            (at.since(last).as_secs() <= 900).then(|| format!("could not list {kind}"))
        })
    }
}

/// The documents of an incident, as they are in history.
struct Told<'a> {
    document: &'a Value,
    at: Timestamp,
    sequence: u64,
}

impl Told<'_> {
    fn reason(&self) -> &str {
        self.document["reason"].as_str().unwrap_or_default()
    }

    fn is_for_people(&self) -> bool {
        RecordedIncident::read(self.document).is_some_and(|incident| incident.is_for_people())
    }

    /// Whether one fold wrote both.
    fn is_of_one_fold_with(&self, other: &Told<'_>) -> bool {
        self.document["metadata"]["recordedAt"] == other.document["metadata"]["recordedAt"]
    }
}

/// People are told that an incident has begun, unless a summary tells them or it is silenced; they are told the end of what
/// they know, whatever is silenced by then, and of nothing else; and what comes late opens nothing again.
pub fn people_hear_the_beginning_and_the_end(inner: &Inner) -> Vec<String> {
    let mut stories: BTreeMap<&str, Vec<Told<'_>>> = BTreeMap::new();
    for ((item, at), row) in inner.tables.history.iter().filter(|((item, _), _)| RowPath::is_of_an_incident(item)) {
        let (Some(document), Ok(at)) = (row.get("event"), at.parse()) else { continue };
        let sequence = rows::get(row, "sequence").unwrap_or(0);
        stories.entry(item).or_default().push(Told { document, at, sequence });
    }
    // Whoever is told that an incident is part of another is told the end of that one.
    let taken_in: BTreeSet<&str> = stories
        .values()
        .flatten()
        .filter(|told| told.reason() == "merged" && told.is_for_people())
        .filter_map(|told| told.document["incident"]["mergedInto"].as_str())
        .collect();
    let mut violations = Vec::new();
    for (item, story) in &stories {
        let first = &story[0];
        let has_taken_in = first.document["incident"]["id"].as_str().is_some_and(|id| taken_in.contains(id));
        let starts = inner.auditor.starts.iter().filter(|(((of, _), _), _)| of == item);
        let is_silent = || starts.clone().all(|(_, start)| *start >= 1);
        // None where the time to live has taken the beginning, and where it may be a summary's or a silence's.
        let is_silenced = plans::is_silence(inner, first.at);
        let mut know = match (first.sequence == 1, first.is_for_people()) {
            (true, false) if is_silent() => (!is_silenced).then_some(true),
            (is_first, is_for_people) => is_first.then_some(is_for_people),
        };
        if know == Some(false) && !is_silenced {
            violations.push(format!("people are not told that {item} has begun"));
        }
        let mut began = first;
        for pair in story.windows(2) {
            let [before, now] = pair else { continue };
            let ends = matches!(now.reason(), "resolved" | "withdrawn" | "merged");
            match now.reason() {
                "reopened" | "flapping" if !now.is_for_people() && !plans::is_silence(inner, now.at) => {
                    violations.push(format!("people are not told that {item} is {}", now.reason()));
                }
                _ if ends && know == Some(true) && !now.is_for_people() && !now.is_of_one_fold_with(began) => {
                    violations.push(format!("people are not told that {item} is {}: {}", now.reason(), reasons(story)));
                }
                _ if ends && know == Some(false) && now.is_for_people() && !has_taken_in => {
                    violations.push(format!("people are told the end of {item}, and not its beginning"));
                }
                _ => {}
            }
            if matches!(now.reason(), "opened" | "reopened" | "flapping" | "settled") {
                began = now;
            }
            know = match now.reason() {
                "reopened" => Some(now.is_for_people()),
                _ => know.map(|know| know || now.is_for_people()),
            };
            if before.reason() == "resolved" && now.reason() == "reopened" && is_late(before, now) {
                violations.push(format!("{item} #{} is reopened by what came before its end", now.sequence));
            }
        }
    }
    violations
}

/// The documents of an incident in a line.
fn reasons(story: &[Told<'_>]) -> String {
    let line = |told: &Told<'_>| {
        format!("{} {}{}", told.at, told.reason(), if told.is_for_people() { "" } else { " (silent)" })
    };
    story.iter().map(line).collect::<Vec<_>>().join(", ")
}

/// Whether an incident was opened again at an instant of its past: the document then has the first instant that is left, and
/// nothing that it lists is later than the document before. (What is still so when all is folded opens it again now.)
fn is_late(before: &Told<'_>, now: &Told<'_>) -> bool {
    let items = now.document["incident"]["affected"]["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let since = |item: &Value| item["since"].as_str().and_then(|since| since.parse::<Timestamp>().ok());
    now.at.since(before.at).as_millis() == 1 && items.iter().filter_map(since).all(|since| since <= before.at)
}

/// An incident does not flap for ever.
pub fn what_flaps_settles(inner: &Inner) -> Vec<String> {
    let mut violations = Vec::new();
    for ((scope, item), row) in inner.tables.states.iter().filter(|((_, item), _)| item.starts_with("incident/")) {
        let state = rows::read_incident(row).state;
        let since = state.flapping.since.filter(|_| state.status.is_open());
        if since.is_some_and(|since| inner.now - since.milliseconds() > SETTLES) {
            violations.push(format!("{scope}/{item} flaps since {since:?}"));
        }
    }
    violations
}
