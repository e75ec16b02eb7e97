//! Reads what the status page shows, and makes it; and whether it is time for another one.

use std::{ops::ControlFlow, time::Duration};

use crate::{
    calendar::Calendar,
    domain::{Selection, Span, Timestamp},
    map::Map,
    ports::History,
    query::{self, IncidentFilter, Incidents, Records},
    report::{Asked, Exclusions, Terms, Window},
    status_page::{Standing, status},
};

pub use crate::status_page::Renewal;

/// How old a page gets while nothing changes: what it says of the last poll should be of use.
const RENEWED_AFTER: Duration = Duration::from_secs(15 * 60);
/// How much longer writing one anew may take, until it is out of date. A beat of the schedule, and the reading.
const GRACE: Duration = Duration::from_secs(5 * 60 + 60);
/// How long after it was observed a change may be recorded: longer than a poll may take.
const RECORDED_WITHIN: Duration = Duration::from_secs(60);
/// For how long incidents are listed after their end.
const LISTED_FOR: Duration = Duration::from_secs(7 * 86_400);

/// The status page at `now`. An item is stale if its listing was last complete longer ago than is `tolerated`.
///
/// # Errors
///
/// The store cannot be read.
pub async fn whole(
    records: Records<'_>,
    tolerated: Duration,
    renewal: Option<Renewal>,
    now: Timestamp,
) -> anyhow::Result<String> {
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
    Ok(status::page(&Standing { map: &map, report: &report, open: &open.incidents, renewal }, now))
}

/// The incidents of the page of incidents at `now`.
pub(super) async fn incidents(store: &dyn History, now: Timestamp) -> anyhow::Result<Incidents> {
    let since = before(now, LISTED_FOR);
    let lately = IncidentFilter { open: false, categories: Vec::new(), severities: Vec::new(), since };
    query::incidents(store, &lately, now).await
}

/// When a page that is made at `now` is replaced at the latest.
pub(super) fn renewal(now: Timestamp) -> Renewal {
    Renewal { by: now.plus(RENEWED_AFTER + GRACE) }
}

/// Whether the page is to be written at `now`, the last one having been begun at `last`; none where that is not known.
///
/// It is if something may have been recorded since. A change bears the time of its observation, and is recorded within the
/// same poll: so those of a minute before count too, and a change that came just then is on two pages.
///
/// # Errors
///
/// The store cannot be read.
pub(super) async fn is_due(store: &dyn History, last: Option<Timestamp>, now: Timestamp) -> anyhow::Result<bool> {
    let Some(last) = last.filter(|last| now.since(*last) < RENEWED_AFTER) else { return Ok(true) };
    // Without an end a store looks for the days that it has anything of, which is dear.
    let span = Span::new(before(last, RECORDED_WITHIN), now.plus(RECORDED_WITHIN));
    let mut any = false;
    store
        .each_transition(&Selection::of_all(span), &mut |_| {
            any = true;
            ControlFlow::Break(())
        })
        .await?;
    if !any {
        // An incident may have news without a change of an item: a reminder, planned work, whoever has taken it.
        store
            .each_document(span, &mut |_| {
                any = true;
                ControlFlow::Break(())
            })
            .await?;
    }
    Ok(any)
}

fn before(at: Timestamp, span: Duration) -> Timestamp {
    Timestamp::from_milliseconds(at.milliseconds() - i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
}
