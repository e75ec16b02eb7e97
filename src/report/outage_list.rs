//! The outages of a report in the order in which people read them: by incident, and those in no recorded one last.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    document::{Outage, Report, ReportItem},
    incident::ReportIncident,
};

/// An outage in a list.
#[derive(Clone, Copy, Debug)]
pub struct ListedOutage<'a> {
    /// The place of its item in the report.
    pub place: usize,
    /// Its item.
    pub entry: &'a ReportItem,
    /// The outage.
    pub outage: &'a Outage,
}

/// The outages of a report, by incident.
#[derive(Clone, Debug)]
pub struct OutageList<'a> {
    /// The incidents of which an outage is listed, by time, each with these outages, by time.
    pub incidents: Vec<(&'a ReportIncident, Vec<ListedOutage<'a>>)>,
    /// Those in no recorded incident, by time.
    pub others: Vec<ListedOutage<'a>>,
    /// How many there are.
    pub found: u64,
    /// How many of them are listed.
    pub listed: u64,
}

impl<'a> OutageList<'a> {
    /// The longest `most` outages of a report.
    pub fn of(report: &'a Report, most: usize) -> OutageList<'a> {
        let mut outages: Vec<ListedOutage<'a>> = Vec::new();
        for (place, entry) in report.items.iter().enumerate() {
            outages.extend(entry.outages.iter().map(|outage| ListedOutage { place, entry, outage }));
        }
        // The sort is stable: of equally long outages, those of the items above are kept.
        outages.sort_by_key(|listed| std::cmp::Reverse(listed.outage.counted_milliseconds));
        outages.truncate(most);
        outages.sort_by_key(|listed| (listed.outage.started_at, listed.place));
        let listed = outages.len() as u64;
        let places: HashMap<Uuid, usize> =
            report.incidents.iter().enumerate().map(|(place, incident)| (incident.id, place)).collect();
        let mut incidents: Vec<(&ReportIncident, Vec<ListedOutage<'a>>)> =
            report.incidents.iter().map(|incident| (incident, Vec::new())).collect();
        let mut others = Vec::new();
        for outage in outages {
            match outage.outage.group_id.and_then(|id| places.get(&id)) {
                Some(place) => incidents[*place].1.push(outage),
                None => others.push(outage),
            }
        }
        incidents.retain(|(_, outages)| !outages.is_empty());
        let figures = report.items.iter().map(|entry| &entry.figures);
        let found = figures.map(|figures| figures.outages + figures.outages_not_counted).sum();
        OutageList { incidents, others, found, listed }
    }
}
