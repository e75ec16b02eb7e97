//! How an outage finds the recorded incident that it belongs to.
//!
//! A transition names the incident that its item was in when it was recorded, so the one that ends an outage does. The one
//! that begins it does not, since its incident is found only afterwards. Where no transition of an outage names one (it
//! began and ended between two folds, say), the incidents' documents are looked through: an incident's id is made from its
//! first member's transition, and a document lists up to twenty members, each with the instant since when it is so. Nothing
//! is guessed from times alone: what none of these records is in no recorded incident.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::{document::Report, incident::ReportIncident};
use crate::{
    domain::{ItemKey, ItemPath, RecordedIncident, Scope, Span, Timestamp},
    incident::incident_id,
};

/// Outages of which no transition names an incident, by the instants that a document may list.
#[derive(Debug, Default)]
pub struct Unnamed {
    by_member: HashMap<(ItemPath, Timestamp), usize>,
    by_first: HashMap<Uuid, usize>,
    /// The outages, each by its item's place in the report and its own among those of the item.
    outages: Vec<(usize, usize)>,
    found: BTreeMap<usize, Uuid>,
    span: Option<Span>,
}

impl Unnamed {
    /// Those of a report.
    pub fn of(report: &Report) -> Unnamed {
        let mut unnamed = Unnamed::default();
        for (place, entry) in report.items.iter().enumerate() {
            let path = ItemPath::new(entry.item.scope(), entry.item.key());
            for (number, outage) in entry.outages.iter().enumerate().filter(|(_, outage)| outage.group_id.is_none()) {
                let index = unnamed.outages.len();
                unnamed.outages.push((place, number));
                for instant in [Some(outage.started_at), outage.ended_at].into_iter().flatten() {
                    unnamed.by_member.insert((path.clone(), instant), index);
                }
                unnamed.by_first.extend(outage.start_event_id.map(|event| (incident_id(event), index)));
                let until = outage.ended_at.unwrap_or(report.generated_at);
                let span = unnamed.span.get_or_insert(Span::new(outage.started_at, until));
                *span = Span::new(span.from.min(outage.started_at), span.until.max(until));
            }
        }
        unnamed
    }

    /// From the beginning of the first of them to the end of the last; none where there is none.
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// Looks through a document for them.
    pub fn read(&mut self, document: RecordedIncident<'_>) {
        let Some(id) = document.incident_id().and_then(|id| id.parse::<Uuid>().ok()) else { return };
        self.found.extend(self.by_first.get(&id).map(|index| (*index, id)));
        let scope = Scope::regional(document.account(), document.region());
        for member in document.members() {
            let (Some(kind), Some(since)) = (member.kind(), member.since()) else { continue };
            let path = ItemPath::new(scope.clone(), ItemKey::new(kind, member.id()));
            self.found.extend(self.by_member.get(&(path, since)).map(|index| (*index, id)));
        }
    }

    /// Gives the outages the incidents that were found.
    pub fn name(self, report: &mut Report) {
        for (index, id) in self.found {
            let (place, number) = self.outages[index];
            report.items[place].outages[number].group_id = Some(id);
        }
    }
}

/// The incidents that are named, as their documents are read.
#[derive(Debug, Default)]
pub struct Gathering {
    known: BTreeMap<Uuid, ReportIncident>,
    asked: BTreeSet<Uuid>,
}

impl Gathering {
    /// The incidents whose documents are needed and not yet read.
    pub fn wanted(&mut self, report: &Report) -> Vec<(Scope, Uuid)> {
        let of_items = report.items.iter().flat_map(|entry| {
            let named = entry.outages.iter().filter_map(|outage| outage.group_id);
            named.map(|id| (entry.item.scope(), id))
        });
        let merged = self
            .known
            .values()
            .filter_map(|incident| Some((Scope::regional(&incident.account, &incident.region), incident.merged_into?)));
        let mut wanted: Vec<(Scope, Uuid)> = of_items.chain(merged).collect();
        wanted.retain(|(_, id)| self.asked.insert(*id));
        wanted
    }

    /// Takes in an incident by its documents.
    pub fn add(&mut self, id: Uuid, documents: &[RecordedIncident<'_>]) {
        self.known.extend(ReportIncident::of(id, documents).map(|incident| (id, incident)));
    }

    /// Puts the incidents into the report, and each outage into the incident that its own has become part of.
    pub fn finish(self, report: &mut Report) {
        let mut members: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
        for outage in report.items.iter_mut().flat_map(|entry| &mut entry.outages) {
            let Some(named) = outage.group_id.filter(|id| self.known.contains_key(id)) else { continue };
            let home = self.home(named);
            outage.group_id = Some(home);
            // What covered the one it was in before covers it, too; what covers one that became part of this does not.
            let incidents = [Some(named), Some(home).filter(|home| *home != named)];
            let covering = incidents.iter().flatten().filter_map(|id| self.known.get(id));
            outage.plans = covering.flat_map(|incident| incident.planned.iter().cloned()).collect();
            members.entry(home).or_default().insert(named);
        }
        let mut known = self.known;
        let incidents = members.into_iter().filter_map(|(home, named)| {
            let mut incident = known.remove(&home)?;
            incident.merged = named.into_iter().filter(|id| *id != home).collect();
            Some(incident)
        });
        report.incidents = incidents.collect();
        report.incidents.sort_by_key(|incident| (incident.since, incident.id));
    }

    /// The incident that another has become part of.
    fn home(&self, id: Uuid) -> Uuid {
        let mut home = id;
        // As many steps as there are incidents: damaged documents may lead round in a circle.
        for _ in 0..self.known.len() {
            match self.known.get(&home).and_then(|incident| incident.merged_into) {
                Some(into) if self.known.contains_key(&into) => home = into,
                _ => return home,
            }
        }
        id
    }
}
