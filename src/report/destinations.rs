//! Which destination had a path, and when: all virtual interfaces of an account to one gateway, in one address family.
//!
//! What hangs on what is read from the items' present descriptions. Where the events of an interface say that it led
//! elsewhere, or ran over something else, that counts for their time.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    condition::{Condition, Exclusions},
    course::{Course, Relation, Run},
    document::{ReportDestination, ReportItem},
    path::{Bearing, MaybePath, Part},
    paths::Paths,
    window::Window,
};
use crate::{
    domain::{DestinationKind, Kind, Scope, Timestamp},
    incident::{Entry, Estate, Items, Place, Target, accepted_over, family_of, sessions_of},
};

/// The destinations of all accounts. `courses` are those of `items`, in the same order.
pub(super) fn destinations(
    items: &[ReportItem],
    courses: &[&Course],
    window: &Window,
    exclusions: &Exclusions,
) -> Vec<ReportDestination> {
    let accounts: BTreeSet<&str> = items.iter().map(|entry| &*entry.item.account).collect();
    let of_account = |account: &&str| Account::of(account, items, courses).destinations(window, exclusions);
    accounts.iter().flat_map(of_account).collect()
}

/// Whether the course of items of `kind` is needed.
pub(super) fn needs(kind: Kind) -> bool {
    kind.ends_on_a_device() || matches!(kind, Kind::BgpRoutes | Kind::GatewayAttachment)
}

/// The items of an account, and how they hang together.
struct Account<'a> {
    name: &'a str,
    estate: Estate,
    /// By place.
    items: Vec<(&'a ReportItem, &'a Course)>,
}

impl<'a> Account<'a> {
    fn of(name: &'a str, items: &'a [ReportItem], courses: &'a [&'a Course]) -> Account<'a> {
        let own = items.iter().zip(courses).filter(|(entry, _)| entry.item.account == name);
        let mut scopes: BTreeMap<Scope, BTreeMap<_, (&ReportItem, &Course)>> = BTreeMap::new();
        for (entry, course) in own {
            scopes.entry(entry.item.scope()).or_default().insert(entry.item.key(), (entry, *course));
        }
        let described = |items: &BTreeMap<_, (&ReportItem, &Course)>| -> Items {
            items.iter().map(|(key, (entry, _))| (Clone::clone(key), (entry.item.clone(), None))).collect()
        };
        let estate = Estate::of(Items::new(), scopes.iter().map(|(scope, items)| (scope, described(items))));
        // The estate has them in this order too.
        let items = scopes.into_values().flat_map(BTreeMap::into_values).collect();
        Account { name, estate, items }
    }

    fn destinations(&self, window: &Window, exclusions: &Exclusions) -> Vec<ReportDestination> {
        let mut found: BTreeMap<Target, Paths> = BTreeMap::new();
        let interfaces = self.estate.entries.iter().enumerate();
        for (place, entry) in interfaces.filter(|(_, entry)| entry.key.kind == Kind::VirtualInterface) {
            let bearings = bearings(self.items[place].1, &Relation::of(&entry.item), window.from);
            for path in self.paths(place, entry, &bearings) {
                let changes = path.changes();
                let is_there =
                    |condition| !matches!(condition, Condition::Undiscovered | Condition::Removed | Condition::Retired);
                if changes.iter().any(|change| is_there(change.condition)) {
                    let evidences = path.evidences(window.from);
                    found.entry(path.target).or_default().add(&changes, evidences);
                }
            }
        }
        found.into_iter().map(|(target, paths)| self.destination(target, paths, window, exclusions)).collect()
    }

    fn destination(&self, target: Target, paths: Paths, window: &Window, exclusions: &Exclusions) -> ReportDestination {
        let kind = match target.kind {
            DestinationKind::DirectConnectGateway => Some(Kind::DirectConnectGateway),
            DestinationKind::VirtualGateway => Some(Kind::VirtualGateway),
            DestinationKind::Public => None,
        };
        let mut entries = self.estate.entries.iter();
        let gateway = entries.find(|entry| Some(entry.key.kind) == kind && entry.key.id == target.id);
        let count = paths.count;
        let sums = paths.finish(window, exclusions);
        ReportDestination {
            account: self.name.to_owned(),
            kind: target.kind,
            name: gateway.and_then(|entry| entry.item.name.clone()),
            id: target.id,
            address_family: target.family,
            paths: count,
            figures: sums.figures,
            outages: sums.outages,
            timeline: sums.timeline,
        }
    }

    /// What an interface may have been a path to, in each of its address families: those of its sessions or, without any,
    /// its own.
    fn paths<'b>(&'b self, place: Place, entry: &'b Entry, bearings: &'b [Bearing]) -> Vec<MaybePath<'b>> {
        let mut families: BTreeMap<String, Vec<Part<'b>>> = BTreeMap::new();
        for session in sessions_of(&self.estate, entry) {
            families.entry(family_of(&self.estate.entries[session].item)).or_default().push(self.part(session));
        }
        let is_with_sessions = !families.is_empty();
        if families.is_empty() {
            families.insert(family_of(&entry.item), Vec::new());
        }
        let targets: BTreeSet<&(DestinationKind, String)> =
            bearings.iter().filter_map(|bearing| bearing.leads_to.as_ref()).collect();
        let mut paths = Vec::new();
        for (kind, id) in targets {
            let attachment = (*kind == DestinationKind::DirectConnectGateway)
                .then(|| self.estate.attachment(id, &entry.key.id))
                .flatten();
            paths.extend(families.iter().map(|(family, sessions)| MaybePath {
                target: Target { kind: *kind, id: id.clone(), family: family.clone() },
                interface: self.part(place),
                carrier: entry.carriers.first().map(|carrier| self.part(*carrier)),
                attachment: attachment.map(|attachment| self.part(attachment)),
                sessions: sessions.clone(),
                routes: accepted_over(&self.estate, entry, family).map(|routes| self.part(routes)),
                is_with_sessions,
                bearings,
            }));
        }
        paths
    }

    fn part(&self, place: Place) -> Part<'_> {
        let (entry, course) = self.items[place];
        Part { place, course, outages: &entry.outages }
    }
}

/// What an interface hung on, from the beginning of the window. Between two events that say different things, it is not known
/// when it changed: it led to where the first said, and what it ran over is not known.
fn bearings(course: &Course, present: &Relation, window_from: Timestamp) -> Vec<Bearing> {
    let mut bearings: Vec<Bearing> = Vec::new();
    let mut add = |from: Timestamp, leads_to: &Option<(DestinationKind, String)>, has_present_carrier: bool| {
        bearings.push(Bearing { from, leads_to: leads_to.clone(), has_present_carrier });
    };
    let runs: Vec<&Run> = course.runs.iter().collect();
    for (number, run) in runs.iter().enumerate() {
        let next = runs.get(number + 1).map_or(present, |next| &next.relation);
        let from = if number == 0 { window_from } else { run.first };
        // AWS may leave the gateway of what it removes away.
        let leads_to = if run.relation.leads_to.is_some() { &run.relation.leads_to } else { &next.leads_to };
        let is_present = run.relation.connection == present.connection;
        add(from, leads_to, is_present);
        if *next != run.relation {
            add(run.last, leads_to, is_present && next.connection == present.connection);
        }
    }
    if runs.is_empty() {
        add(window_from, &present.leads_to, true);
    }
    bearings
}
