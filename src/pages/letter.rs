//! The message about a monthly report: the figures at its top, and where it is.

use std::fmt::Write;

use super::Month;
use crate::{
    announcement::{Attributes, Message},
    escape,
    report::{Report, ReportDestination, phrases},
    words,
};

/// The longest subject that SNS accepts.
const MOST_SUBJECT: usize = 99;
/// How many destinations are listed. The report has all of them.
const MOST_DESTINATIONS: usize = 20;
/// The longest name.
const MOST_NAME: usize = 60;

/// The message about the report of a month, which is at `link`.
pub(super) fn of(report: &Report, month: &Month, link: &str) -> Message {
    let availability = phrases::availability(&report.estate.figures);
    let outages: u64 = report.items.iter().map(|entry| entry.figures.outages).sum();
    let affected = report.items.iter().filter(|entry| entry.figures.outages > 0).count();
    let items = words::counted(report.items.len() as u64, "item", "items");
    let mut text = format!(
        "Direct Connect in {}.\n\nAt least one connection up: {availability}\nOutages: {outages}, on {affected} of {items}\n",
        month.title
    );
    if !report.destinations.is_empty() {
        text += "Had a path:\n";
    }
    for destination in report.destinations.iter().take(MOST_DESTINATIONS) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}: {}", called(destination), phrases::availability(&destination.figures));
    }
    if report.destinations.len() > MOST_DESTINATIONS {
        let _ = writeln!(text, "  and {} more", report.destinations.len() - MOST_DESTINATIONS);
    }
    let _ = write!(text, "\nThe report, with every outage and its evidence:\n  {link}\n");
    Message {
        subject: escape::ascii(&format!("[report] Direct Connect in {}: {availability}", month.title), MOST_SUBJECT),
        text,
        attributes: Attributes::from([("change", "report".to_owned())]),
    }
}

/// `core-dxgw (Direct Connect gateway), ipv4`.
fn called(destination: &ReportDestination) -> String {
    let kind = phrases::destination_kind(destination.kind);
    let name = destination.name.as_deref().unwrap_or_default().trim();
    let name = if name.is_empty() { &destination.id } else { name };
    let [name, family] =
        [name, &destination.address_family].map(|text| escape::truncate(&escape::line(text), MOST_NAME));
    format!("{name} ({kind}), {family}")
}
