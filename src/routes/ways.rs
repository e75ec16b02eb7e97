//! The ways to each destination: virtual interfaces, each in one address family, with what was and is accepted over them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    domain::{Accepted, Health, ItemDescription, ItemKey, KeptPrefixes, Kind, Recalled, Snapshot, State},
    incident::{Target, leads_to},
    prefixes::{Prefix, PrefixSet},
};

/// A virtual interface in one address family.
#[derive(Clone, Debug)]
pub(super) struct Way<'a> {
    pub(super) interface: &'a str,
    pub(super) family: &'a str,
    /// Whether it is of the scope whose rows are to be written.
    pub(super) is_own: bool,
    /// What is kept of it.
    pub(super) before: Option<&'a KeptPrefixes>,
    /// What is accepted over it by now, or was last while anything was.
    pub(super) now: &'a Accepted,
}

impl Way<'_> {
    /// Whether a prefix is accepted over it now, as far as that is known.
    pub(super) fn covers(&self, prefix: &Prefix) -> bool {
        self.now.known().is_some_and(|known| known.covers(prefix))
    }

    /// Whether it was before.
    pub(super) fn covered(&self, prefix: &Prefix) -> bool {
        self.before.and_then(|before| before.accepted.known()).is_some_and(|known| known.covers(prefix))
    }

    /// Whether the way had lost it before.
    pub(super) fn has_lost(&self, prefix: &Prefix) -> bool {
        self.before.is_some_and(|before| before.lost.contains(prefix))
    }
}

/// The ways to each destination in each address family, of all scopes.
pub(super) fn ways<'a>(
    recalled: &'a Recalled,
    others: &'a [Arc<Recalled>],
    snapshot: &'a Snapshot,
) -> BTreeMap<Target, Vec<Way<'a>>> {
    let mut ways = BTreeMap::new();
    add(&mut ways, recalled, Some(snapshot));
    for other in others {
        add(&mut ways, other, None);
    }
    ways
}

/// Adds the ways of a scope; `snapshot` where it is the scope whose rows are to be written.
fn add<'a>(ways: &mut BTreeMap<Target, Vec<Way<'a>>>, recalled: &'a Recalled, snapshot: Option<&'a Snapshot>) {
    let read = snapshot.map(|snapshot| &snapshot.observation.accepted);
    for (interface, item) in interfaces(recalled, snapshot) {
        let Some((kind, id)) = leads_to(item) else { continue };
        let kept = recalled.prefixes.get(interface).map(|row| &row.families);
        let families = kept.into_iter().flat_map(BTreeMap::keys).map(String::as_str);
        let read_families = read.into_iter().flat_map(BTreeMap::keys);
        let read_families = read_families.filter(|(of, _)| of == interface).map(|(_, family)| family.as_str());
        let families: BTreeSet<&str> = families.chain(read_families).collect();
        for family in families.into_iter().filter(|family| !is_gone(recalled, interface, family)) {
            let before = kept.and_then(|kept| kept.get(family));
            let read = read.and_then(|read| read.get(&(interface.to_owned(), family.to_owned())));
            // That nothing is accepted any more is a state, and is announced as such.
            let read = read.filter(|read| read.known().is_none_or(|known| !PrefixSet::is_empty(known)));
            let Some(now) = read.or(before.map(|before| &before.accepted)) else { continue };
            let target = Target { kind, id: id.clone(), family: family.to_owned() };
            let way = Way { interface, family, is_own: snapshot.is_some(), before, now };
            ways.entry(target).or_default().push(way);
        }
    }
}

/// The virtual interfaces that are there and are not being removed.
fn interfaces<'a>(recalled: &'a Recalled, snapshot: Option<&'a Snapshot>) -> BTreeMap<&'a str, &'a ItemDescription> {
    let known = recalled.states.iter().map(|(key, row)| (key, (&*row.details, &row.state)));
    let seen = snapshot.into_iter().flat_map(|snapshot| &snapshot.observation.items);
    let seen = seen.map(|(key, item)| (key, (&*item.description, &item.state)));
    let of_interfaces = known.chain(seen).filter(|(key, _)| key.kind == Kind::VirtualInterface);
    let latest: BTreeMap<&ItemKey, (&ItemDescription, &State)> = of_interfaces.collect();
    let there = latest.into_iter().filter(|(_, (_, state))| state.health() != Health::Removed);
    there.map(|(key, (item, _))| (key.id.as_str(), item)).collect()
}

/// Whether the routes of an address family are gone with their sessions.
fn is_gone(recalled: &Recalled, interface: &str, family: &str) -> bool {
    let key = ItemKey::new(Kind::BgpRoutes, format!("{interface}:{family}"));
    recalled.states.get(&key).is_some_and(|row| row.state.is_gone())
}
