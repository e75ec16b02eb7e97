//! Reads what the status page shows, and makes it.

use std::time::Duration;

use crate::{
    calendar::Calendar,
    domain::Timestamp,
    map::Map,
    query::{self, IncidentFilter, Records},
    report::{Asked, Exclusions, Terms, Window},
    status_page::{Standing, status},
};

/// The page at `now`. An item is stale if its listing was last complete longer ago than is `tolerated`.
pub async fn whole(records: Records<'_>, tolerated: Duration, now: Timestamp) -> anyhow::Result<String> {
    let store = records.history;
    let estate = query::estate(store, false, tolerated, now).await?;
    let open = IncidentFilter { open: true, categories: Vec::new(), severities: Vec::new(), since: now };
    let open = query::incidents(store, &open, now).await?;
    let remembered = query::everything(store).await?;
    let window = Window::new(&Asked::default(), Calendar::UTC, query::first_observation(&remembered), now)?;
    let exclusions = Exclusions::default();
    let terms = Terms { window: &window, exclusions: &exclusions, unmonitored_after: tolerated, shows_retired: false };
    let report = query::availability(records, remembered, terms, |_| ()).await?;
    let map = Map::of(&estate);
    Ok(status::page(&Standing { map: &map, report: &report, open: &open.incidents }, now))
}
