//! Writes of each destination whether it had a path, for a terminal.

use std::io::Write;

use super::report_cells;
use crate::{
    escape,
    report::{Outage, Report, ReportDestination, phrases},
    terminal, words,
};

/// The most times without a path that are listed.
const MOST_OUTAGES: usize = 1_000;

/// Writes the figures, and when there was no path. Nothing where no destination is known.
pub fn write(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    if report.destinations.is_empty() {
        return Ok(());
    }
    let mut table = terminal::Table::new([
        "HAD A PATH TO",
        "NAME",
        "FAMILY",
        "INTERFACES",
        "AVAILABILITY",
        "NO PATH",
        "OUTAGES",
        "LONGEST",
        "EXCLUDED",
    ]);
    for destination in &report.destinations {
        let [availability, down, outages, longest, excluded] = report_cells::cells(&destination.figures);
        table.add_row([
            called(destination).into(),
            terminal::text(destination.name.as_deref().unwrap_or_default()).into(),
            terminal::text(&destination.address_family).into(),
            destination.paths.into(),
            availability,
            down,
            outages,
            longest,
            excluded,
        ]);
    }
    writeln!(out)?;
    table.write(out)?;
    write_outages(out, report)
}

fn called(destination: &ReportDestination) -> String {
    format!("{} {}", phrases::destination_kind(destination.kind), escape::terminal(&destination.id))
}

fn write_outages(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    let mut found: Vec<(&ReportDestination, &Outage)> = Vec::new();
    for destination in &report.destinations {
        found.extend(destination.outages.iter().map(|outage| (destination, outage)));
    }
    if found.is_empty() {
        return Ok(());
    }
    found.sort_by_key(|(_, outage)| outage.started_at);
    let more = found.len().saturating_sub(MOST_OUTAGES);
    let mut table = terminal::Table::new(["NO PATH TO", "FAMILY", "BEGAN (UTC)", "ENDED (UTC)", "COUNTED", "INCIDENT"]);
    for (destination, outage) in found.into_iter().take(MOST_OUTAGES) {
        table.add_row([
            called(destination).into(),
            terminal::text(&destination.address_family).into(),
            words::time(outage.started_at).into(),
            outage.ended_at.map_or_else(|| "goes on".to_owned(), words::time).into(),
            phrases::counted(outage).into(),
            outage.group_id.map(|id| id.to_string()).unwrap_or_default().into(),
        ]);
    }
    writeln!(out)?;
    table.write(out)?;
    if more > 0 {
        writeln!(out, "and {more} more")?;
    }
    Ok(())
}
