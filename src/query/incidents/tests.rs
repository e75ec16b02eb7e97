use std::cell::Cell;

use async_trait::async_trait;
use serde_json::json;

use super::*;
use crate::{
    domain::{CoveragePath, ListedScope, Selection, Unmonitored},
    ports::EachTransition,
};

/// A store that holds incidents, and counts what is read of it.
#[derive(Default)]
struct Fake {
    rows: BTreeMap<Uuid, IncidentRow>,
    documents: Vec<HistoryRow>,
    /// How many of the newest documents are not yet found by time.
    lag: usize,
    read_by_time: Cell<usize>,
    read_by_id: Cell<usize>,
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_milliseconds(minute * 60_000)
}

fn scope() -> Scope {
    Scope::regional("123456789012", "us-east-1")
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number << 96)
}

impl Fake {
    /// Adds a document of an incident; of the first, also its row.
    fn document(&mut self, number: u128, minute: i64, status: &str) -> &mut Fake {
        let sequence = self.documents.iter().filter(|row| row.event["metadata"]["incidentId"] == json!(id(number)));
        let sequence = sequence.count() as u64 + 1;
        let root = json!({"kind": "connection", "id": "dxcon-1"});
        let event = json!({
            "metadata": {"incidentId": id(number), "sequence": sequence}, "reason": "any", "status": status,
            "severity": "critical", "summary": format!("{number}: {status}"),
            "incident": {"category": "outage", "account": "123456789012", "region": "us-east-1", "since": at(minute),
                         "root": root},
        });
        self.documents.push(HistoryRow { occurred_at: at(minute), sequence, event, parked: BTreeMap::new() });
        let state = serde_json::from_value(json!({
            "category": "outage", "status": status, "root": root, "since": at(minute), "opened_at": at(minute),
            "grown_at": at(minute), "last_document_at": at(minute), "outages": 1, "down_milliseconds": 2_500,
            "told": {"severity": "critical", "impact": "unknown", "root": root, "count": 4, "people": true},
            "changed_at": at(minute), "flapping": {"penalty": 0, "at": at(minute)},
        }));
        let row = IncidentRow { state: state.unwrap(), sequence, announced: BTreeMap::new(), expires_at: None };
        self.rows.insert(id(number), row);
        self
    }

    async fn list(&self, open: bool, since: i64, now: i64) -> Vec<String> {
        let filter = IncidentFilter { open, categories: Vec::new(), severities: Vec::new(), since: at(since) };
        let list = incidents(self, &filter, at(now)).await.unwrap();
        list.incidents.into_iter().map(|incident| incident.summary.unwrap_or_default()).collect()
    }

    async fn found(&self, text: &str, since: Option<i64>) -> Vec<Uuid> {
        let found = find_incidents(self, text, since.map(at), at(100)).await.unwrap();
        assert!(found.iter().all(|found| found.scope == scope()));
        found.into_iter().map(|found| found.id).collect()
    }
}

#[async_trait(?Send)]
impl History for Fake {
    async fn scopes(&self) -> anyhow::Result<Vec<ListedScope>> {
        Ok(vec![ListedScope { scope: scope(), retired_at: None }])
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        Ok(Recalled { incidents: self.rows.clone(), unreadable_incidents: 2, ..Recalled::nothing(scope.clone()) })
    }

    async fn each_transition(&self, _: &Selection, _: EachTransition<'_>) -> anyhow::Result<()> {
        anyhow::bail!("transitions are not asked for")
    }

    async fn unmonitored(&self, _: &CoveragePath, _: Span) -> anyhow::Result<Vec<Unmonitored>> {
        anyhow::bail!("coverage is not asked for")
    }

    async fn documents(&self, _: &Scope, incident: Uuid) -> anyhow::Result<Vec<HistoryRow>> {
        self.read_by_id.set(self.read_by_id.get() + 1);
        let of_it = |row: &&HistoryRow| row.event["metadata"]["incidentId"] == json!(incident);
        Ok(self.documents.iter().filter(of_it).cloned().collect())
    }

    async fn each_document(&self, span: Span, each: EachTransition<'_>) -> anyhow::Result<()> {
        self.read_by_time.set(self.read_by_time.get() + 1);
        let known = &self.documents[..self.documents.len() - self.lag];
        for row in known.iter().filter(|row| row.occurred_at >= span.from && row.occurred_at < span.until) {
            let _broke = each(row.clone());
        }
        Ok(())
    }
}

const DAY: i64 = 24 * 60;

#[tokio::test]
async fn of_the_last_days_the_rows_are_enough() {
    let mut store = Fake::default();
    store.document(1, 10, "open").document(2, 20, "open").document(2, 25, "resolved").document(3, 30, "flapping");
    assert_eq!(store.list(false, 0, 100).await, ["3: flapping", "1: open", "2: resolved"]);
    assert_eq!(store.list(true, 0, 100).await, ["3: flapping", "1: open"]);
    assert_eq!(store.list(false, 26, 100).await, ["3: flapping", "1: open"], "open ones whenever they began");
    assert_eq!(store.read_by_time.get(), 0);
}

#[tokio::test]
async fn what_is_older_comes_from_history_which_may_lag_behind_the_rows() {
    let mut store = Fake::default();
    store.document(1, 10, "open").document(1, 11, "resolved").document(2, 20, "open").document(2, 25, "resolved");
    store.rows.remove(&id(1));
    store.lag = 1;
    assert_eq!(store.list(false, 0, 20 * DAY).await, ["2: resolved", "1: resolved"]);
    assert_eq!((store.read_by_time.get(), store.read_by_id.get()), (1, 1), "only what lags is read once more");
    assert_eq!(store.list(true, 0, 20 * DAY).await, [""; 0]);
    assert_eq!(store.list(false, 12, 20 * DAY).await, ["2: resolved"]);
}

#[tokio::test]
async fn an_incident_without_documents_is_told_by_its_row() {
    let mut store = Fake::default();
    store.document(1, 10, "open").documents.clear();
    let filter = IncidentFilter { open: true, categories: Vec::new(), severities: Vec::new(), since: at(0) };
    let list = incidents(&store, &filter, at(50)).await.unwrap();
    let incident = &list.incidents[0];
    assert_eq!((incident.members, incident.down_seconds, incident.impact.as_str()), (4, 2, "unknown"));
    assert_eq!((incident.summary.as_deref(), incident.root.id.as_str()), (None, "dxcon-1"));
    assert!(list.has_open_outage());
    assert_eq!(list.unreadable, 2);
    let found = FoundIncident { scope: scope(), id: id(1) };
    assert_eq!(story(&store, &found).await.unwrap().unwrap().incident, *incident);
    assert_eq!(story(&store, &FoundIncident { id: id(9), ..found }).await.unwrap(), None);
}

#[tokio::test]
async fn an_incident_is_found_by_the_beginning_of_its_id() {
    let mut store = Fake::default();
    store.document(0xab, 10, "resolved").document(0xab1, 20, "open").document(0xcd, 30, "resolved");
    store.rows.remove(&id(0xcd));
    assert_eq!(store.found("000000AB", None).await, [id(0xab)]);
    assert_eq!(store.found("00000", None).await, [id(0xab), id(0xab1)]);
    assert!(store.found("000000cd", None).await.is_empty(), "it has no row any more");
    assert_eq!(store.found("000000cd", Some(0)).await, [id(0xcd)]);
    assert!(store.found("000000cd", Some(31)).await.is_empty());
    assert_eq!(store.found(&id(0xcd).to_string().to_uppercase(), None).await, [id(0xcd)]);
    assert!(store.found("", None).await.is_empty());
}
