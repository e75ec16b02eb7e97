//! The state of every item, worst first, and whether it is stale.

use std::{collections::BTreeSet, time::Duration};

use serde::Serialize;
use uuid::Uuid;

use super::{IncidentSummary, Remembered, everything};
use crate::{
    domain::{Health, Kind, Recalled, Scope, StateRow, Timestamp},
    ports::History,
};

/// Which items to include. An empty list includes all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Their kinds.
    pub kinds: Vec<Kind>,
    /// Their healths.
    pub healths: Vec<Health>,
    /// Their regions. `global` counts as one.
    pub regions: Vec<String>,
    /// Whether to include retired items: those whose kind or scope is configured no longer.
    pub retired: bool,
}

/// The state of the estate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// The items that the filter includes, worst first; retired ones last.
    pub items: Vec<ItemStatus>,
    /// How many retired items are left out because the filter does not ask for them.
    pub retired_left_out: usize,
    /// The open incidents of which an item that the filter includes is a member, the newest first; without a filter, all.
    pub open_incidents: Vec<IncidentSummary>,
    /// The last poll of any scope that listed anything completely.
    pub last_poll_at: Option<Timestamp>,
}

/// One item, as programs read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemStatus {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its name, or null: the key is always there.
    pub name: Option<String>,
    /// The scope in which it is polled.
    pub scope: String,
    /// AWS's word for its state.
    pub state: String,
    /// The state's number in CloudWatch.
    pub level: u8,
    /// What the state means.
    pub health: Health,
    /// When the item was first seen in this state.
    pub since: Timestamp,
    /// How many transitions it has made.
    pub sequence: u64,
    /// The id of its open outage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<String>,
    /// The last complete listing of its kind or, where its parent's items of that kind are not read, of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_complete_at: Option<Timestamp>,
    /// Whether that is too long ago to rely on the state.
    pub stale: bool,
    /// Since when its kind or its scope is configured no longer: the state is the last one that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

/// The state at `now` of all items that `filter` includes. An item is stale if its kind, or its parent's items of that
/// kind, have not been listed completely for longer than `tolerated`.
pub async fn status(
    history: &dyn History,
    filter: &Filter,
    tolerated: Duration,
    now: Timestamp,
) -> anyhow::Result<Status> {
    let mut status = Status::default();
    for remembered in everything(history).await? {
        let Recalled { scope, states, poll, .. } = &remembered.recalled;
        status.last_poll_at = status.last_poll_at.max(poll.as_ref().and_then(|poll| poll.last_poll_at()));
        for row in states.values().filter(|row| filter.includes(scope, row)) {
            let item = ItemStatus::of(&remembered, row, |last_complete_at| now.since(last_complete_at) > tolerated);
            if item.retired_at.is_some() && !filter.retired {
                status.retired_left_out += 1;
            } else {
                status.items.push(item);
            }
        }
        status.open_incidents.extend(open_incidents(&remembered.recalled, filter));
    }
    status.open_incidents.sort_by(|a, b| (b.since, &a.id).cmp(&(a.since, &b.id)));
    status.items.sort_by(|a, b| {
        let rank = |item: &ItemStatus| (item.retired_at.is_some(), item.health.urgency(), item.kind);
        rank(a).cmp(&rank(b)).then_with(|| (&a.scope, &a.id).cmp(&(&b.scope, &b.id)))
    });
    Ok(status)
}

/// The open incidents of a scope of which an item that `filter` includes is a member.
fn open_incidents(recalled: &Recalled, filter: &Filter) -> Vec<IncidentSummary> {
    let included = recalled.states.values().filter(|row| filter.includes(&recalled.scope, row));
    let with_members: BTreeSet<Uuid> = included.filter_map(|row| recalled.open_incident(row)).collect();
    let open = recalled
        .incidents
        .iter()
        .filter(|(id, row)| row.state.status.is_open() && (with_members.contains(id) || filter.includes_everything()));
    open.map(|(id, row)| IncidentSummary::of_row(recalled, *id, row)).collect()
}

impl Filter {
    fn includes_everything(&self) -> bool {
        self.kinds.is_empty() && self.healths.is_empty() && self.regions.is_empty()
    }

    fn includes(&self, scope: &Scope, row: &StateRow) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&row.details.kind))
            && (self.healths.is_empty() || self.healths.contains(&row.state.health()))
            && (self.regions.is_empty() || self.regions.iter().any(|region| region == scope.region()))
    }
}

impl Status {
    /// How many of the items are of `health`. Retired ones are of none.
    pub fn count(&self, health: Health) -> usize {
        self.items.iter().filter(|item| item.health == health && item.retired_at.is_none()).count()
    }
}

impl ItemStatus {
    fn of(remembered: &Remembered, row: &StateRow, is_long_ago: impl FnOnce(Timestamp) -> bool) -> ItemStatus {
        let Recalled { scope, .. } = &remembered.recalled;
        let kind = row.details.kind;
        let last_complete_at = remembered.recalled.watched(&row.details).last_complete_at;
        let retired_at = remembered.retired_at(kind);
        ItemStatus {
            kind,
            id: row.details.id.clone(),
            name: row.details.name.clone(),
            scope: scope.to_string(),
            state: row.state.value().to_owned(),
            level: row.state.level(),
            health: row.state.health(),
            since: row.since,
            sequence: row.sequence,
            incident_id: row.incident_id.map(|id| id.to_string()),
            last_complete_at,
            stale: retired_at.is_none() && last_complete_at.is_none_or(is_long_ago),
            retired_at,
        }
    }
}
