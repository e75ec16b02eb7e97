//! Incidents: the list of them, and one from beginning to end.
//!
//! The rows of a scope hold the incidents that are open, and those that ended within the last days. Older ones are in
//! history only, where the last document of an incident says how it stands.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::{CALLS_IN_FLIGHT, IncidentSummary, Remembered, everything};
use crate::{
    domain::{Category, HistoryRow, IncidentRow, Recalled, RecordedIncident, Scope, Severity, Span, Timestamp},
    ports::History,
};

/// The least time that the row of an incident is kept after its end. It may be dropped a day later.
const ROWS_KEPT_FOR: Duration = Duration::from_secs(7 * 86_400);
/// The most by which the clock that dated a document may be ahead of this one.
const CLOCKS_APART: Duration = Duration::from_secs(86_400);

/// Which incidents to include. An empty list includes all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Whether to include open ones only.
    pub open: bool,
    /// What they are about.
    pub categories: Vec<Category>,
    /// How urgent they are.
    pub severities: Vec<Severity>,
    /// Those that are over are included if their last document is not older than this.
    pub since: Timestamp,
}

/// A list of incidents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incidents {
    /// The open ones first, and among them the newest.
    pub incidents: Vec<IncidentSummary>,
    /// How many are left out because a newer version of the program keeps them.
    pub unreadable: usize,
}

/// An incident that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIncident {
    /// The scope that it is in.
    pub scope: Scope,
    /// Its id.
    pub id: Uuid,
}

/// An incident from beginning to end.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentStory {
    /// How it stands.
    pub incident: IncidentSummary,
    /// Its row, while the store has one.
    pub row: Option<IncidentRow>,
    /// Its documents, by their sequence.
    pub documents: Vec<HistoryRow>,
}

/// The incidents that `filter` includes, as they are at `now`.
pub async fn incidents(history: &dyn History, filter: &IncidentFilter, now: Timestamp) -> anyhow::Result<Incidents> {
    let remembered = everything(history).await?;
    let rows_are_enough = filter.open || now.since(filter.since) <= ROWS_KEPT_FOR;
    let mut last = match rows_are_enough {
        true => BTreeMap::new(),
        false => last_documents(history, filter.since, now).await?,
    };
    let rows = remembered.iter().flat_map(rows).filter(|(_, _, row)| {
        let is_open = row.state.status.is_open();
        is_open || (!filter.open && row.state.last_document_at >= filter.since)
    });
    // What is read by time may lag behind.
    let behind: Vec<_> =
        rows.filter(|(_, id, row)| last.get(id).is_none_or(|last| last.sequence < row.sequence)).collect();
    let read = stream::iter(behind).map(async |(recalled, id, row)| {
        let documents = history.documents(&recalled.scope, id).await?;
        anyhow::Ok((id, summary(recalled, id, row, documents)))
    });
    let read: BTreeMap<Uuid, IncidentSummary> = read.buffered(CALLS_IN_FLIGHT).try_collect().await?;
    last.retain(|id, _| !read.contains_key(id));
    let mut incidents: Vec<IncidentSummary> =
        last.into_iter().map(|(id, row)| IncidentSummary::of_document(id, row)).chain(read.into_values()).collect();
    incidents.retain(|incident| filter.includes(incident));
    incidents.sort_by(|a, b| {
        let rank = |incident: &IncidentSummary| (!incident.open, Reverse(incident.since));
        rank(a).cmp(&rank(b)).then_with(|| a.id.cmp(&b.id))
    });
    let unreadable = remembered.iter().map(|scope| scope.recalled.unreadable_incidents).sum();
    Ok(Incidents { incidents, unreadable })
}

/// The incidents whose ids begin with `text`: those that have a row, and, where `since` is given, those with a document
/// since then. A whole id is found however old it is.
pub async fn find_incidents(
    history: &dyn History,
    text: &str,
    since: Option<Timestamp>,
    now: Timestamp,
) -> anyhow::Result<Vec<FoundIncident>> {
    let whole = text.parse::<Uuid>().ok();
    let text = whole.map_or_else(|| text.to_ascii_lowercase(), |id| id.to_string());
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let remembered = everything(history).await?;
    let mut found: BTreeSet<(Uuid, Scope)> =
        remembered.iter().flat_map(rows).map(|(recalled, id, _)| (id, recalled.scope.clone())).collect();
    match (whole, since) {
        (Some(id), _) if !found.iter().any(|(known, _)| *known == id) => {
            for Remembered { recalled: Recalled { scope, .. }, .. } in &remembered {
                if !history.documents(scope, id).await?.is_empty() {
                    found.insert((id, scope.clone()));
                }
            }
        }
        (None, Some(since)) => {
            for (id, row) in last_documents(history, since, now).await? {
                let incident = RecordedIncident::of(&row.event);
                found.insert((id, Scope::regional(incident.account(), incident.region())));
            }
        }
        _ => {}
    }
    let found = found.into_iter().filter(|(id, _)| id.to_string().starts_with(&text));
    Ok(found.map(|(id, scope)| FoundIncident { scope, id }).collect())
}

/// The incident from beginning to end; `None` if the store has neither its row nor a document of it.
pub async fn story(history: &dyn History, found: &FoundIncident) -> anyhow::Result<Option<IncidentStory>> {
    let FoundIncident { scope, id } = found;
    let recalled = history.states(scope).await?;
    let row = recalled.incidents.get(id).cloned();
    let documents = history.documents(scope, *id).await?;
    let incident = match (&row, documents.last()) {
        (_, Some(last)) => IncidentSummary::of_document(*id, last.clone()),
        (Some(row), None) => IncidentSummary::of_row(&recalled, *id, row),
        (None, None) => return Ok(None),
    };
    Ok(Some(IncidentStory { incident, row, documents }))
}

impl IncidentFilter {
    fn includes(&self, incident: &IncidentSummary) -> bool {
        (incident.open || !self.open)
            && (self.categories.is_empty() || self.categories.iter().any(|word| word.as_str() == incident.category))
            && (self.severities.is_empty() || self.severities.iter().any(|word| word.as_str() == incident.severity))
    }
}

impl Incidents {
    /// Whether one of them is an outage that lasts.
    pub fn has_open_outage(&self) -> bool {
        self.incidents.iter().any(|incident| incident.open && incident.category == Category::Outage.as_str())
    }
}

fn rows(remembered: &Remembered) -> impl Iterator<Item = (&Recalled, Uuid, &IncidentRow)> {
    let recalled = &remembered.recalled;
    recalled.incidents.iter().map(move |(id, row)| (recalled, *id, row))
}

fn summary(recalled: &Recalled, id: Uuid, row: &IncidentRow, mut documents: Vec<HistoryRow>) -> IncidentSummary {
    match documents.pop() {
        Some(last) => IncidentSummary::of_document(id, last),
        None => IncidentSummary::of_row(recalled, id, row),
    }
}

/// The last document of each incident that has one between `since` and `now`.
async fn last_documents(
    history: &dyn History,
    since: Timestamp,
    now: Timestamp,
) -> anyhow::Result<BTreeMap<Uuid, HistoryRow>> {
    let mut last: BTreeMap<Uuid, HistoryRow> = BTreeMap::new();
    let mut keep = |row: HistoryRow| {
        let id = RecordedIncident::of(&row.event).incident_id().and_then(|id| id.parse().ok());
        if let Some(id) = id
            && last.get(&id).is_none_or(|known| known.sequence < row.sequence)
        {
            last.insert(id, row);
        }
        ControlFlow::Continue(())
    };
    let span = Span::new(since, now.plus(CLOCKS_APART));
    if !span.is_empty() {
        history.each_document(span, &mut keep).await?;
    }
    Ok(last)
}

#[cfg(test)]
mod tests;
