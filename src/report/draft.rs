//! A report whose items are known: what is planned, and what takes several items together, is still to come.
//!
//! The incidents of the outages are found between the two, since their documents say what was planned.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use uuid::Uuid;

use super::{
    basis::Basis,
    condition::Exclusions,
    course::Course,
    destinations,
    document::{Group, Report, ReportItem, ReportWindow},
    paths::{Evidences, Paths, changes},
    planned_window::{ReportPlanned, WindowList},
    planning,
    tally::Sums,
    window::Window,
};
use crate::domain::{Kind, WindowRows};

/// The window of a report, and the rules by which its time counts.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The window.
    pub window: &'a Window,
    /// The conditions whose time counts neither as up nor as down.
    pub exclusions: &'a Exclusions,
    /// How long a kind may be without a complete listing before it is unmonitored.
    pub unmonitored_after: Duration,
    /// Whether items that were retired throughout the window are listed too.
    pub shows_retired: bool,
}

/// A report whose items are known.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The report so far.
    pub report: Report,
    /// Those of its items, in the same order.
    bases: Vec<Basis>,
    terms: Terms<'a>,
}

impl<'a> Draft<'a> {
    /// That of items, which are in order.
    pub(super) fn new(terms: Terms<'a>, items: Vec<(ReportItem, Basis)>, items_left_out: u64) -> Draft<'a> {
        let Terms { window, exclusions, unmonitored_after, .. } = terms;
        let (items, bases) = items.into_iter().unzip();
        let report = Report {
            version: Report::VERSION.to_owned(),
            generated_at: window.now,
            window: ReportWindow {
                from: window.from,
                to: window.to,
                asked_to: window.ends_early().then_some(window.asked_to),
                timezone: window.calendar.zone().to_owned(),
                milliseconds: window.span().milliseconds(),
            },
            counted_as_down: exclusions.counted_as_down(),
            unmonitored_after_seconds: unmonitored_after.as_secs(),
            estate: group(None, Paths::default(), window, exclusions),
            locations: Vec::new(),
            destinations: Vec::new(),
            items,
            incidents: Vec::new(),
            planned: ReportPlanned::default(),
            items_left_out,
        };
        Draft { report, bases, terms }
    }

    /// Whether an item had an outage, so that it matters what was planned.
    pub fn has_outages(&self) -> bool {
        self.report.items.iter().any(|entry| !entry.outages.is_empty())
    }

    /// Takes in the rows of windows of each account. They complete what the documents of incidents say.
    pub fn take_in(&mut self, rows: &BTreeMap<String, WindowRows>) {
        planning::take_in(&mut self.report.items, rows);
    }

    /// The report. Call it when the incidents are known.
    pub fn complete(mut self) -> Report {
        let Terms { window, exclusions, .. } = self.terms;
        let mut windows = WindowList::new(exclusions.planned());
        for (entry, basis) in self.report.items.iter_mut().zip(&mut self.bases) {
            planning::plan(entry, basis, window, exclusions);
            let covering = entry.outages.iter().flat_map(planning::covering);
            covering.for_each(|time| windows.add(&entry.item.account, time));
        }
        self.report.planned = windows.finish();
        self.group();
        let courses: Vec<&Course> = self.bases.iter().map(|basis| &basis.course).collect();
        self.report.destinations = destinations::destinations(&self.report.items, &courses, window, exclusions);
        name_groups(&mut self.report);
        self.report
    }

    /// The connections of each location, and of the estate.
    fn group(&mut self) {
        let Terms { window, exclusions, .. } = self.terms;
        let mut estate = Paths::default();
        let mut locations: BTreeMap<String, Paths> = BTreeMap::new();
        let connections = self.report.items.iter().zip(&self.bases);
        let is_there =
            |(entry, basis): &(&ReportItem, &Basis)| entry.item.kind == Kind::Connection && !basis.was_never_there;
        for (entry, basis) in connections.filter(is_there) {
            let changes = changes(&basis.course);
            let mut evidences = Evidences::default();
            entry.outages.iter().for_each(|outage| evidences.add(outage));
            if let Some(location) = &entry.item.location {
                locations.entry(location.clone()).or_default().add(&changes, evidences.clone());
            }
            estate.add(&changes, evidences);
        }
        self.report.estate = group(None, estate, window, exclusions);
        let locations = locations.into_iter();
        self.report.locations = locations.map(|(name, paths)| group(Some(name), paths, window, exclusions)).collect();
    }
}

/// The connections of a location, or all of them, together.
fn group(location: Option<String>, paths: Paths, window: &Window, exclusions: &Exclusions) -> Group {
    let connections = paths.count;
    let Sums { figures, outages, timeline, .. } = paths.finish(window, exclusions);
    Group { location, connections, figures, outages, timeline }
}

/// Gives an outage of several items together the incident of the item with which it began, and that incident's windows.
fn name_groups(report: &mut Report) {
    let outages = || report.items.iter().flat_map(|entry| &entry.outages);
    let by_event: HashMap<Uuid, Uuid> =
        outages().filter_map(|outage| Some((outage.start_event_id?, outage.group_id?))).collect();
    let mut windows: HashMap<Uuid, BTreeSet<String>> = HashMap::new();
    for (group, outage) in outages().filter_map(|outage| Some((outage.group_id?, outage))) {
        windows.entry(group).or_default().extend(outage.windows.iter().cloned());
    }
    let groups = report.locations.iter_mut().chain([&mut report.estate]).map(|group| &mut group.outages);
    let destinations = report.destinations.iter_mut().map(|destination| &mut destination.outages);
    for outage in groups.chain(destinations).flatten() {
        outage.group_id = outage.start_event_id.and_then(|event| by_event.get(&event).copied());
        let found = outage.group_id.and_then(|group| windows.get(&group)).cloned().unwrap_or_default();
        outage.windows = found.into_iter().collect();
    }
}
