//! What fails with what, and which destinations lose which of their paths: one answer to the question what would be, for
//! whoever asks what if, and for the warnings before planned work.
//!
//! What runs over an item goes down with it. A LAG goes down with too many of its members, and a gateway takes its settings
//! and every path to it. What a path is, `route` says.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    estate::{Condition, Estate, Place},
    impact::{destination, end_of, loss, worst_first},
    route::{Route, Target, present_routes},
};
use crate::domain::{DestinationKind, Impact, IncidentImpact, Kind};

/// What else hangs together in an estate, beside what runs over what.
#[derive(Clone, Debug, Default)]
pub struct Wires {
    /// The members of each LAG.
    members: HashMap<Place, Vec<Place>>,
    /// The settings of each gateway.
    settings: HashMap<Place, Vec<Place>>,
}

/// Which members of a LAG count as working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// All that are configured.
    Configured,
    /// Those that work at present.
    Present,
}

impl Wires {
    /// Those of an estate.
    pub fn of(estate: &Estate) -> Wires {
        let mut wires = Wires::default();
        for (place, entry) in estate.entries.iter().enumerate().filter(|(_, entry)| entry.is_there()) {
            if let Some(lag) = entry.lag {
                wires.members.entry(lag).or_default().push(place);
            }
            if let Some(gateway) = entry.gateway {
                wires.settings.entry(gateway).or_default().push(place);
            }
        }
        wires
    }

    /// What goes down with `struck`, these included. What is gone already does not.
    pub fn fallen(&self, estate: &Estate, struck: impl IntoIterator<Item = Place>, basis: Basis) -> HashSet<Place> {
        let mut fallen: HashSet<Place> = HashSet::new();
        let mut left: Vec<Place> = struck.into_iter().collect();
        while let Some(place) = left.pop() {
            let entry = &estate.entries[place];
            if !entry.is_there() || !fallen.insert(place) {
                continue;
            }
            left.extend(&entry.carried);
            left.extend(self.settings.get(&place).into_iter().flatten());
            left.extend(entry.lag.filter(|lag| !self.has_enough(estate, *lag, &fallen, basis)));
        }
        fallen
    }

    /// Whether a LAG has as many members left as it needs.
    fn has_enough(&self, estate: &Estate, lag: Place, fallen: &HashSet<Place>, basis: Basis) -> bool {
        let works = |place: &&Place| {
            let condition = estate.entries[**place].condition();
            !fallen.contains(*place) && (basis == Basis::Configured || condition != Condition::Outage)
        };
        let needed = estate.entries[lag].item.minimum_links.unwrap_or(1).max(1);
        let members = self.members.get(&lag).into_iter().flatten();
        members.filter(works).count() as i64 >= needed
    }
}

/// A destination that loses paths.
#[derive(Clone, Debug)]
pub struct Lost {
    /// The destination.
    pub target: Target,
    /// The paths that it loses.
    pub lost: Vec<Route>,
    /// Those that are left.
    pub left: Vec<Route>,
}

impl Lost {
    /// How bad that is, by the rules of an incident's impact.
    pub fn impact(&self, estate: &Estate) -> Impact {
        let ends = self.left.iter().map(|route| &estate.entries[end_of(estate, route)]);
        let named: BTreeSet<&str> = ends.clone().filter_map(|end| end.device()).collect();
        let unnamed = ends.filter(|end| end.device().is_none()).count();
        loss(self.left.len() as u64, (named.len() + unnamed) as u64)
    }
}

/// The destinations that lose a path which they have at present, if these items go down as well.
pub fn losses(estate: &Estate, fallen: &HashSet<Place>) -> Vec<Lost> {
    let now = |place: Place| estate.entries[place].condition();
    let then = |place: Place| if fallen.contains(&place) { Condition::Outage } else { now(place) };
    let mut before: BTreeMap<Target, Vec<Route>> = BTreeMap::new();
    for place in 0..estate.entries.len() {
        let paths = present_routes(estate, place).into_iter().filter(|route| route.is_path(now));
        paths.for_each(|route| before.entry(route.target.clone()).or_default().push(route));
    }
    let gateways: HashSet<(DestinationKind, &str)> = fallen
        .iter()
        .map(|place| &estate.entries[*place].key)
        .filter_map(|key| Some((gateway_kind(key.kind)?, key.id.as_str())))
        .collect();
    let losses = before.into_iter().filter_map(|(target, routes)| {
        let is_gone = gateways.contains(&(target.kind, target.id.as_str()));
        let (left, lost): (Vec<Route>, Vec<Route>) =
            routes.into_iter().partition(|route| !is_gone && route.is_path(then));
        (!lost.is_empty()).then_some(Lost { target, lost, left })
    });
    losses.collect()
}

/// What these losses are, as an incident has it.
pub(super) fn impact(estate: &Estate, losses: &[Lost]) -> IncidentImpact {
    let affected = losses.iter().map(|lost| {
        let ends: Vec<Place> = lost.left.iter().map(|route| end_of(estate, route)).collect();
        (lost.impact(estate), destination(estate, &lost.target, lost.left.len() + lost.lost.len(), &ends))
    });
    worst_first(affected.collect(), Impact::None)
}

/// What kind of destination items of a kind are.
pub fn gateway_kind(kind: Kind) -> Option<DestinationKind> {
    match kind {
        Kind::DirectConnectGateway => Some(DestinationKind::DirectConnectGateway),
        Kind::VirtualGateway => Some(DestinationKind::VirtualGateway),
        _ => None,
    }
}
