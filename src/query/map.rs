//! The estate for a map: the items of the store, the incidents that are open, and what is planned.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use super::{Remembered, everything};
use crate::{
    domain::{Plans, StateRow, Timestamp},
    map::{Estate, MapItem, OpenIncident},
    ports::{History, Windows},
};

/// The estate at `now`: what is removed for good and in no open incident is left out, and what is retired too, unless it is
/// asked for. An item is stale if its listing was last complete longer ago than is `tolerated`.
pub async fn estate(
    history: &dyn History,
    with_retired: bool,
    tolerated: Duration,
    now: Timestamp,
) -> anyhow::Result<Estate> {
    let mut estate = Estate::default();
    for remembered in everything(history).await? {
        let recalled = &remembered.recalled;
        estate.last_poll_at = estate.last_poll_at.max(recalled.poll.as_ref().and_then(|poll| poll.last_poll_at()));
        for row in recalled.states.values() {
            let item = item(&remembered, row, |last| now.since(last) > tolerated);
            if item.is_retired && !with_retired {
                estate.retired_left_out += 1;
            } else if item.state.is_gone() && item.incident.is_none() {
                estate.removed_left_out += 1;
            } else {
                estate.items.push(item);
            }
        }
        let open = recalled.incidents.iter().filter(|(_, row)| row.state.status.is_open());
        estate.incidents.extend(open.map(|(id, row)| OpenIncident {
            id: *id,
            scope: recalled.scope.clone(),
            category: row.state.category,
            severity: row.state.told.severity,
            impact: row.state.told.impact,
            root: row.state.root.clone(),
            since: row.state.since,
            members: row.state.told.count,
        }));
    }
    estate.incidents.sort_by(|a, b| (b.severity, a.since, a.id).cmp(&(a.severity, b.since, b.id)));
    Ok(estate)
}

/// Puts what is planned in the accounts of an estate on it.
///
/// # Errors
///
/// The store cannot be read.
pub async fn plan(estate: &mut Estate, stored: &dyn Windows, now: Timestamp) -> anyhow::Result<()> {
    let accounts: BTreeSet<String> = estate.items.iter().map(|item| item.item.account.clone()).collect();
    for account in accounts {
        let plans = Plans::of(&stored.windows(&account).await?);
        estate.plan(&account, &plans, now);
    }
    Ok(())
}

fn item(remembered: &Remembered, row: &StateRow, is_long_ago: impl FnOnce(Timestamp) -> bool) -> MapItem {
    let recalled = &remembered.recalled;
    let is_retired = remembered.retired_at(row.details.kind).is_some();
    let last_complete_at = recalled.watched(&row.details).last_complete_at;
    MapItem {
        item: Arc::clone(&row.details),
        state: row.state.clone(),
        in_outage: row.incident_id.is_some(),
        is_stale: !is_retired && last_complete_at.is_none_or(is_long_ago),
        is_retired,
        incident: recalled.open_incident(row),
    }
}
