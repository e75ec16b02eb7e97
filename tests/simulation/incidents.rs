//! What must hold for incidents when a world has ended and the last polls were complete.

use std::collections::{BTreeMap, BTreeSet};

use aws_dx_monitor::domain::{Category, Health, IncidentRow, IncidentStatus, ItemKey, RowKey, RowPath, StateRow};

use super::{
    rows::{self, get},
    world::Inner,
};

/// What a scope holds: its items, its incidents.
#[derive(Default)]
struct Held {
    items: BTreeMap<ItemKey, StateRow>,
    incidents: BTreeMap<String, IncidentRow>,
}

fn held(inner: &Inner) -> BTreeMap<&str, Held> {
    let mut scopes: BTreeMap<&str, Held> = BTreeMap::new();
    for ((scope, item), row) in &inner.tables.states {
        if let Some(id) = item.strip_prefix(RowKey::INCIDENT) {
            let incidents = &mut scopes.entry(scope).or_default().incidents;
            incidents.insert(id.to_owned(), rows::read_incident(row));
        } else if let Ok(key) = item.parse::<ItemKey>() {
            let state = rows::read_state(key.kind, row);
            scopes.entry(scope).or_default().items.insert(key, state);
        }
    }
    scopes
}

/// Whether an item must be in an open incident.
fn is_unwell(row: &StateRow) -> bool {
    match row.state.health() {
        Health::Up => false,
        Health::Removed => !row.state.is_gone(),
        Health::Pending | Health::Down | Health::Testing | Health::Unknown => true,
    }
}

/// Every transition is folded, every item that is not well is in one open incident, and no incident is open without one.
pub fn incidents_are_those_of_the_items(inner: &Inner) -> Vec<String> {
    let mut violations = Vec::new();
    for (scope, held) in held(inner) {
        let open = |id: &str| held.incidents.get(id).is_some_and(|incident| incident.state.status.is_open());
        let mut busy: BTreeSet<String> = BTreeSet::new();
        for (key, row) in &held.items {
            let folded = row.announced.get("incidents").copied();
            if folded.is_some_and(|folded| folded != row.sequence) {
                violations.push(format!("{scope}/{key} is folded up to {folded:?} of {}", row.sequence));
            }
            let group = row.group.map(|id| id.to_string());
            if is_unwell(row) {
                if !group.as_deref().is_some_and(open) {
                    violations.push(format!("{scope}/{key} is {} and in no open incident: {group:?}", row.state));
                }
                busy.extend(group);
            }
        }
        let mut roots = BTreeSet::new();
        for (id, incident) in held.incidents.iter().filter(|(id, _)| open(id)) {
            let state = &incident.state;
            if state.category.is_of_facts() {
                // It has no members. Warnings are one for each time of work, falls one for each address family.
                continue;
            }
            if !busy.contains(id) && state.status != IncidentStatus::Flapping {
                violations.push(format!("{scope}/incident/{id} is open, and all of its members are well: {state:?}"));
            }
            let about = if state.category == Category::Removal { Category::Outage } else { state.category };
            if !roots.insert((about, state.root.clone())) {
                violations.push(format!("two incidents of {scope} are open under {}", state.root));
            }
        }
    }
    violations
}

/// The documents of every incident are numbered from 1 without holes, their instants increase, each begins with an opening
/// and goes on with nothing but what fits how it stands.
pub fn the_documents_of_an_incident_are_consistent(inner: &Inner) -> Vec<String> {
    let mut violations = Vec::new();
    let mut last: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
    for ((item, at), row) in &inner.tables.history {
        let Some(document) = row.get("event").filter(|_| RowPath::is_of_an_incident(item)) else { continue };
        let sequence: u64 = get(row, "sequence").unwrap_or(0);
        let reason = document["reason"].as_str().unwrap_or_default();
        // One that settles says how it ended, and the next document ends it.
        let is_over = is_over(document) && reason != "settled";
        let before = last.insert(item, (sequence, is_over));
        // The time to live may have removed the beginning.
        let first = before.map_or(1, |(last, _)| last + 1);
        if sequence < first || !(first..sequence).all(|gone| inner.auditor.was_removed(item, gone)) {
            violations.push(format!("{item} has document {sequence} at {at} after {before:?}"));
        }
        if sequence != first {
            continue;
        }
        let is_warning = document["incident"]["category"] == "maintenance" && reason == "planned";
        let begins = matches!(reason, "opened" | "reopened" | "flapping") || is_warning;
        if reason == "explained" {
            // Evidence may come at any time, and changes nothing.
            continue;
        }
        let was_over = before.is_none_or(|(_, was_over)| was_over);
        if sequence == 1 && !begins || before.is_some() && was_over && !begins {
            violations.push(format!("{item} #{sequence} is {reason}, and it was over"));
        }
        if matches!(reason, "opened" | "reopened") && !was_over {
            violations.push(format!("{item} #{sequence} is {reason}, and it was not over"));
        }
    }
    violations
}

fn is_over(document: &serde_json::Value) -> bool {
    let status = document["status"].as_str().and_then(|word| word.parse::<IncidentStatus>().ok());
    status.is_some_and(|status| !status.is_open())
}
