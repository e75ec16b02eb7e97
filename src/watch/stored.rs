//! What the live view shows of the store: the items, the open incidents, and the last changes.

use std::sync::Arc;

use serde_json::Value;

use super::{incident::IncidentView, row::Row};
use crate::{
    domain::{
        Change, HistoryRow, Recalled, RecordedEvent, RecordedIncident, RowPath, Scope, Selection, Span, Timestamp,
    },
    local::SqliteLedger,
    monitor::Settings,
    ports::{Clock, History, Ledger, SystemClock},
};

/// The changes that a view shows at its start: how old they may be, and how many at most.
const RECENT_MILLISECONDS: i64 = 86_400_000;
const RECENT: usize = 100;

/// What is stored of the items and the incidents.
#[derive(Clone, Debug, Default)]
pub(super) struct Stored {
    /// The items that are being watched, worst first.
    pub(super) rows: Arc<Vec<Row>>,
    /// The last document of each open incident, the worst first.
    pub(super) incidents: Arc<Vec<IncidentView>>,
}

impl Stored {
    /// Reads what is stored of what is being watched.
    pub(super) async fn read(ledger: &SqliteLedger, settings: &Settings) -> anyhow::Result<Stored> {
        let (mut rows, mut incidents) = (Vec::new(), Vec::new());
        for scope in &settings.scopes {
            let recalled = ledger.states(scope).await?;
            let watched = recalled.states.values().filter(|row| settings.kinds.contains(&row.details.kind));
            rows.extend(watched.map(Row::of_state));
            incidents.extend(open_incidents(ledger, &recalled).await?);
        }
        rows.sort_by(Row::by_urgency);
        incidents.sort_by(|one: &IncidentView, other| one.urgency().cmp(&other.urgency()));
        Ok(Stored { rows: Arc::new(rows), incidents: Arc::new(incidents) })
    }
}

/// The open incidents of a scope, as their last documents say them.
async fn open_incidents(ledger: &SqliteLedger, recalled: &Recalled) -> anyhow::Result<Vec<IncidentView>> {
    let mut incidents = Vec::new();
    for (id, row) in recalled.incidents.iter().filter(|(_, row)| row.state.status.is_open()) {
        let path = RowPath::incident(recalled.scope.clone(), *id);
        let last = ledger.pending(&path, row.sequence.saturating_sub(1)).await?.pop();
        let last = last.as_ref().and_then(|row| RecordedIncident::read(&row.event));
        incidents.extend(last.and_then(IncidentView::of));
    }
    Ok(incidents)
}

/// The documents of the last changes of what is being watched, without first sights.
pub(super) async fn recent(ledger: &SqliteLedger, settings: &Settings) -> anyhow::Result<Vec<Value>> {
    let now = SystemClock.now();
    let span = Span::since(Timestamp::from_milliseconds(now.milliseconds() - RECENT_MILLISECONDS));
    let mut changes: Vec<HistoryRow> = Vec::new();
    if settings.notify.items() {
        changes.extend(ledger.transitions(&Selection::of_all(span)).await?);
        changes.retain(|row| is_watched(RecordedEvent::of(&row.event), settings));
    }
    if settings.notify.incidents() {
        let mut keep = |row: HistoryRow| {
            let incident = RecordedIncident::of(&row.event);
            let scope = Scope::regional(incident.account(), incident.region());
            if incident.is_for_people() && settings.scopes.contains(&scope) {
                changes.push(row);
            }
            std::ops::ControlFlow::Continue(())
        };
        ledger.each_document(span, &mut keep).await?;
        changes.sort_by_key(|row| row.occurred_at);
    }
    let surplus = changes.len().saturating_sub(RECENT);
    Ok(changes.into_iter().skip(surplus).map(|row| row.event).collect())
}

/// Whether a transition is a change of an item that is being watched.
fn is_watched(event: RecordedEvent<'_>, settings: &Settings) -> bool {
    event.change() != Some(Change::Discovered)
        && settings.scopes.contains(&event.item().scope())
        && event.item().kind().is_some_and(|kind| settings.kinds.contains(&kind))
}
