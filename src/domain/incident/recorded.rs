//! Reads the documents of incidents of any version of the program: words are plain text, missing members are `None` or
//! empty, and unknown members are ignored.

mod circumstances;
mod facts;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    root::RootKind,
    vocabulary::{Category, DestinationKind, Impact, IncidentStatus, Reason},
};
use crate::domain::{health::Health, kind::Kind, recorded::RecordedItem, severity::Severity, timestamp::Timestamp};

/// The most resources that an entry on a bus names: the root and twenty members.
const MAXIMUM_ARNS: usize = 21;
/// The longest ARN that there is.
const MAXIMUM_ARN_BYTES: usize = 2_048;

/// A recorded document of an incident. Nothing is copied: it borrows the document.
///
/// Every text in it is hostile until it is escaped for its destination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedIncident<'a>(&'a Value);

/// A destination in a recorded document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedDestination<'a>(&'a Value);

impl<'a> RecordedIncident<'a> {
    /// Reads `document` leniently, whatever it is.
    pub fn of(document: &'a Value) -> RecordedIncident<'a> {
        RecordedIncident(document)
    }

    /// Reads `document` as that of an incident; none if it is something else, such as an event.
    pub fn read(document: &'a Value) -> Option<RecordedIncident<'a>> {
        let is_incident = document["incident"].is_object() && document["reason"].is_string();
        is_incident.then_some(RecordedIncident(document))
    }

    /// The document's id.
    pub fn id(self) -> Option<&'a str> {
        self.0["metadata"]["id"].as_str()
    }

    /// The incident's id.
    pub fn incident_id(self) -> Option<&'a str> {
        self.0["metadata"]["incidentId"].as_str()
    }

    /// The number of the document among those of its incident.
    pub fn sequence(self) -> Option<u64> {
        self.0["metadata"]["sequence"].as_u64()
    }

    /// When it was recorded.
    pub fn recorded_at(self) -> Option<Timestamp> {
        instant(&self.0["metadata"]["recordedAt"])
    }

    /// The instant of the incident's document before it.
    pub fn previous_at(self) -> Option<Timestamp> {
        self.0["metadata"]["previousAt"].as_str()?.parse().ok()
    }

    /// Whether it is announced by e-mail.
    pub fn is_for_people(self) -> bool {
        self.0["metadata"]["people"] == true
    }

    /// Whether it is announced in chats.
    pub fn is_for_chat(self) -> bool {
        self.0["metadata"]["chat"] == true
    }

    /// Whether it is a drill.
    pub fn is_drill(self) -> bool {
        self.0["metadata"]["drill"] == true
    }

    /// Whether it is the short form of a document.
    pub fn is_minimal(self) -> bool {
        self.0["metadata"]["minimal"] == true
    }

    /// Why it was written, if this version knows the word.
    pub fn reason(self) -> Option<Reason> {
        self.reason_word().parse().ok()
    }

    /// The word for why it was written.
    pub fn reason_word(self) -> &'a str {
        text(&self.0["reason"])
    }

    /// Where the incident stands, if this version knows the word.
    pub fn status(self) -> Option<IncidentStatus> {
        self.status_word().parse().ok()
    }

    /// The word for where the incident stands.
    pub fn status_word(self) -> &'a str {
        text(&self.0["status"])
    }

    /// Whether the incident is over.
    pub fn is_over(self) -> bool {
        self.status().is_some_and(|status| !status.is_open())
    }

    /// The health whose sign and colour it is shown with: while it lasts, that of its category, or `down` if it is
    /// critical; afterwards, that of its end.
    pub fn health(self) -> Health {
        match (self.status(), self.category()) {
            (Some(IncidentStatus::Merged | IncidentStatus::Withdrawn), _) => Health::Removed,
            (Some(IncidentStatus::Resolved), Some(Category::Removal)) => Health::Removed,
            (Some(IncidentStatus::Resolved), _) => Health::Up,
            _ if self.severity_word() == Severity::Critical.as_str() => Health::Down,
            (_, Some(category)) => category.health(),
            (_, None) => Health::Unknown,
        }
    }

    /// What it is about, if this version knows the word.
    pub fn category(self) -> Option<Category> {
        self.category_word().parse().ok()
    }

    /// The word for what it is about.
    pub fn category_word(self) -> &'a str {
        text(&self.details()["category"])
    }

    /// The word for the severity.
    pub fn severity_word(self) -> &'a str {
        text(&self.0["severity"])
    }

    /// The incident in one line.
    pub fn summary(self) -> &'a str {
        text(&self.0["summary"])
    }

    /// The account that was polled.
    pub fn account(self) -> &'a str {
        text(&self.details()["account"])
    }

    /// The region that was polled.
    pub fn region(self) -> &'a str {
        text(&self.details()["region"])
    }

    /// When the first of its members was first seen so.
    pub fn since(self) -> Option<Timestamp> {
        instant(&self.details()["since"])
    }

    /// The beginning of the last observation that certainly saw that member as it was before.
    pub fn last_seen_at(self) -> Option<Timestamp> {
        instant(&self.details()["lastSeenAt"])
    }

    /// When it ended.
    pub fn resolved_at(self) -> Option<Timestamp> {
        instant(&self.details()["resolvedAt"])
    }

    /// How long it has lasted: to its end, or to this document.
    pub fn lasted(self) -> Option<Duration> {
        let until = self.resolved_at().or(self.recorded_at());
        let recorded = self.details()["durationSeconds"].as_u64().map(Duration::from_secs);
        recorded.or_else(|| Some(until?.since(self.since()?)))
    }

    /// How often it has gone down.
    pub fn outages(self) -> Option<u64> {
        self.details()["outages"].as_u64()
    }

    /// For how long it was down, up to this document.
    pub fn down(self) -> Option<Duration> {
        self.details()["downSeconds"].as_u64().map(Duration::from_secs)
    }

    /// The incident that it is part of.
    pub fn merged_into(self) -> Option<&'a str> {
        self.details()["mergedInto"].as_str()
    }

    /// Since when its items have not been listed.
    pub fn blind_since(self) -> Option<Timestamp> {
        instant(&self.details()["blindSince"])
    }

    /// The cause, as far as it could be seen, in a sentence.
    pub fn cause(self) -> &'a str {
        text(&self.details()["cause"])
    }

    /// The item that explains the rest: its kind, id, name, state and place. The kind may be `device` or `location`.
    pub fn root(self) -> RecordedItem<'a> {
        RecordedItem::of(&self.details()["root"])
    }

    /// What the root is, if this version knows the word.
    pub fn root_kind(self) -> Option<RootKind> {
        self.root().kind_word().parse().ok()
    }

    /// How many members it has.
    pub fn member_count(self) -> u64 {
        self.details()["affected"]["count"].as_u64().unwrap_or_default()
    }

    /// The members that it lists: the root first, then from the cables upwards.
    pub fn members(self) -> impl Iterator<Item = RecordedItem<'a>> {
        listed(&self.details()["affected"]["items"]).map(RecordedItem::of)
    }

    /// How many members there are of each kind, from the cables upwards; those of kinds that this version does not know last.
    pub fn members_by_kind(self) -> Vec<(&'a str, u64)> {
        let by_kind = self.details()["affected"]["byKind"].as_object().into_iter().flatten();
        let mut counts: Vec<_> = by_kind
            .filter_map(|(kind, count)| Some((kind.as_str(), count.as_u64().filter(|count| *count > 0)?)))
            .collect();
        counts.sort_by_key(|(word, _)| {
            let kind = word.parse::<Kind>().ok();
            (kind.is_none(), kind, *word)
        });
        counts
    }

    /// Whether the root is itself a member, and so is not well.
    pub fn root_is_member(self) -> bool {
        let root = self.root();
        let same = |member: RecordedItem<'_>| (member.kind_word(), member.id()) == (root.kind_word(), root.id());
        match self.members().next() {
            Some(_) => self.members().any(same),
            // The short form lists none.
            None => self.members_by_kind().iter().any(|(kind, _)| *kind == root.kind_word()),
        }
    }

    /// The word for what it takes from destinations.
    pub fn impact_word(self) -> &'a str {
        text(&self.details()["impact"]["level"])
    }

    /// What it takes from destinations, if this version knows the word.
    pub fn impact(self) -> Option<Impact> {
        self.impact_word().parse().ok()
    }

    /// The destinations that it lists, the worst first.
    pub fn destinations(self) -> impl Iterator<Item = RecordedDestination<'a>> {
        listed(&self.details()["impact"]["destinations"]).map(RecordedDestination)
    }

    /// How many destinations it does not list.
    pub fn more_destinations(self) -> u64 {
        self.details()["impact"]["more"].as_u64().unwrap_or_default()
    }

    /// The ARNs of the root and of the members that it lists, each once.
    pub fn arns(self) -> Vec<String> {
        let mut arns: Vec<String> = Vec::new();
        for arn in [self.root()].into_iter().chain(self.members()).filter_map(|item| item.text("arn")) {
            let is_usable = !arn.is_empty() && arn.len() <= MAXIMUM_ARN_BYTES;
            if is_usable && arns.len() < MAXIMUM_ARNS && !arns.iter().any(|other| *other == arn) {
                arns.push(arn.into_owned());
            }
        }
        arns
    }

    /// The short form, for a sink that has refused the full document. It has the same ids, sequence and counts, but lists no
    /// members and no destinations, and has no members that this version does not know.
    pub fn minimal(self) -> Value {
        const METADATA: [&str; 8] =
            ["version", "id", "sequence", "incidentId", "recordedAt", "people", "chat", "drill"];
        const DETAILS: [&str; 13] = [
            "id",
            "category",
            "account",
            "region",
            "since",
            "lastSeenAt",
            "cause",
            "outages",
            "downSeconds",
            "resolvedAt",
            "durationSeconds",
            "mergedInto",
            "blindSince",
        ];
        let whole = self.details();
        let mut short = pick(self.0, &["reason", "status", "severity", "action", "dedupKey", "summary"]);
        let mut metadata = pick(&self.0["metadata"], &METADATA);
        metadata.insert("minimal".to_owned(), true.into());
        let mut details = pick(whole, &DETAILS);
        details.insert("root".to_owned(), pick(&whole["root"], &["kind", "id"]).into());
        let mut affected = pick(&whole["affected"], &["count", "byKind"]);
        affected.extend([("items".to_owned(), json!([])), ("more".to_owned(), self.member_count().into())]);
        details.insert("affected".to_owned(), affected.into());
        let unlisted = self.more_destinations().saturating_add(self.destinations().count() as u64);
        let mut impact = pick(&whole["impact"], &["level"]);
        impact.extend([("destinations".to_owned(), json!([])), ("more".to_owned(), unlisted.into())]);
        details.insert("impact".to_owned(), impact.into());
        short.insert("metadata".to_owned(), metadata.into());
        short.insert("incident".to_owned(), details.into());
        short.into()
    }

    fn details(self) -> &'a Value {
        &self.0["incident"]
    }
}

impl<'a> RecordedDestination<'a> {
    /// The word for what it is.
    pub fn kind_word(self) -> &'a str {
        text(&self.0["kind"])
    }

    /// What it is, if this version knows the word.
    pub fn kind(self) -> Option<DestinationKind> {
        serde_json::from_value(self.0["kind"].clone()).ok()
    }

    /// The gateway's id; for public interfaces the account's.
    pub fn id(self) -> &'a str {
        text(&self.0["id"])
    }

    /// The gateway's name.
    pub fn name(self) -> Option<&'a str> {
        self.0["name"].as_str()
    }

    /// The address family.
    pub fn address_family(self) -> &'a str {
        text(&self.0["addressFamily"])
    }

    /// How many paths there would be without the incident.
    pub fn paths_before(self) -> u64 {
        self.0["pathsBefore"].as_u64().unwrap_or_default()
    }

    /// How many paths there are.
    pub fn paths(self) -> u64 {
        self.0["paths"].as_u64().unwrap_or_default()
    }

    /// On how many devices these end.
    pub fn devices(self) -> u64 {
        self.0["devices"].as_u64().unwrap_or_default()
    }

    /// In how many locations.
    pub fn locations(self) -> u64 {
        self.0["locations"].as_u64().unwrap_or_default()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn listed(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The members of `value` among `keys`.
fn pick(value: &Value, keys: &[&str]) -> Map<String, Value> {
    keys.iter().filter_map(|key| Some(((*key).to_owned(), value.get(*key)?.clone()))).collect()
}

pub use circumstances::{RecordedAcknowledgement, RecordedPlanned};
pub use facts::{RecordedResilience, RecordedRoutes};

#[cfg(test)]
mod tests;
