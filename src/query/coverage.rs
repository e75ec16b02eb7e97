//! The unmonitored time of each item of a scope: that of its kind and, where its kind is listed parent by parent, that of
//! its parent's items of the kind.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};

use super::{CALLS_IN_FLIGHT, Remembered};
use crate::{
    domain::{CoveragePath, ItemDescription, ItemKey, Kind, Recalled, StateRow, Unmonitored, Watched, listed_under},
    ports::History,
    report::{Terms, UnmonitoredTime},
};

/// Where an item is listed: its kind, and the parents of whose items' lists it may be in one.
type Listing = (Kind, Vec<String>);

/// The unmonitored time of a scope's items within a window.
pub(super) struct Coverage {
    of_items: BTreeMap<ItemKey, usize>,
    times: Vec<UnmonitoredTime>,
}

impl Coverage {
    /// Reads the coverage of every kind of which there are items, and of every parent: a query each.
    pub(super) async fn read(
        history: &dyn History,
        terms: Terms<'_>,
        remembered: &Remembered,
    ) -> anyhow::Result<Coverage> {
        let recalled = &remembered.recalled;
        let mut listings: BTreeMap<Listing, Vec<(&ItemKey, Watched)>> = BTreeMap::new();
        for (key, StateRow { details, .. }) in &recalled.states {
            listings.entry(listing(recalled, details)).or_default().push((key, recalled.watched(details)));
        }
        let recorded = recorded(history, terms, recalled, listings.keys()).await?;
        let mut coverage = Coverage { of_items: BTreeMap::new(), times: Vec::new() };
        for (listing, items) in &listings {
            let paths = paths(recalled, listing);
            let stretches: Vec<Unmonitored> =
                paths.iter().filter_map(|path| recorded.get(path)).flatten().cloned().collect();
            // All of them are in the same lists.
            let last = items.first().and_then(|(_, watched)| watched.last_complete_at);
            let retired_at = remembered.retired_at(listing.0);
            let index = coverage.times.len();
            coverage.times.push(UnmonitoredTime::new(
                terms.window,
                &stretches,
                last,
                terms.unmonitored_after,
                retired_at,
            ));
            coverage.of_items.extend(items.iter().map(|(key, _)| ((*key).clone(), index)));
        }
        Ok(coverage)
    }

    /// The unmonitored time of an item of the scope.
    pub(super) fn of(&self, item: &ItemKey) -> &UnmonitoredTime {
        &self.times[self.of_items[item]]
    }
}

/// Where `item` is listed. What is joined to a gateway of the account itself is listed by that gateway alone.
fn listing(recalled: &Recalled, item: &ItemDescription) -> Listing {
    let gateway = item.direct_connect_gateway_id.as_ref();
    let own = gateway.filter(|id| recalled.states.contains_key(&ItemKey::new(Kind::DirectConnectGateway, id.as_str())));
    let mut parents: BTreeSet<&str> = listed_under(item).collect();
    if let Some(own) = own {
        parents.retain(|parent| parent == own);
    }
    (item.kind, parents.into_iter().map(str::to_owned).collect())
}

/// The partitions of the unmonitored time of a listing.
fn paths(recalled: &Recalled, (kind, parents): &Listing) -> Vec<CoveragePath> {
    let path = CoveragePath::new(recalled.scope.clone(), *kind);
    let of_parents = parents.iter().map(|parent| path.clone().of_children(parent));
    [path.clone()].into_iter().chain(of_parents).collect()
}

/// What is recorded of all these listings.
async fn recorded(
    history: &dyn History,
    terms: Terms<'_>,
    recalled: &Recalled,
    listings: impl Iterator<Item = &Listing>,
) -> anyhow::Result<BTreeMap<CoveragePath, Vec<Unmonitored>>> {
    let paths: BTreeSet<CoveragePath> = listings.flat_map(|listing| paths(recalled, listing)).collect();
    let read = stream::iter(paths).map(async |path| {
        let stretches = history.unmonitored(&path, terms.window.span()).await?;
        anyhow::Ok((path, stretches))
    });
    read.buffer_unordered(CALLS_IN_FLIGHT).try_collect().await
}
