//! Writes the availability report as tables for a terminal: the figures of items and groups, and the notes.

use std::io::Write;

use super::{
    report_cells::{cells, health},
    report_destinations, report_outages, report_planned,
};
use crate::{
    escape,
    report::{Report, phrases, planned_phrases},
    terminal, words,
};

/// Writes the figures, the outages, the groups and the notes.
pub fn write(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    let window = &report.window;
    writeln!(
        out,
        "{} to {} UTC ({})\n",
        words::time(window.from),
        words::time(window.to),
        phrases::duration(window.milliseconds)
    )?;
    if report.items.is_empty() {
        writeln!(out, "no data: no item was seen in this window")?;
    } else {
        write_figures(out, report)?;
        report_destinations::write(out, report)?;
        report_outages::write(out, report)?;
        report_planned::write(out, report)?;
        write_groups(out, report)?;
    }
    write_notes(out, report)
}

fn write_figures(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    let mut table = terminal::Table::new([
        "",
        "ITEM",
        "NAME",
        "AVAILABILITY",
        "DOWN",
        "OUTAGES",
        "LONGEST",
        "MTTR",
        "COVERAGE",
        "EXCLUDED",
    ]);
    for entry in &report.items {
        let figures = &entry.figures;
        let health = health(figures);
        let [availability, down, outages, longest, excluded] = cells(figures);
        let indent = "  ".repeat(usize::try_from(entry.depth).unwrap_or(0).min(4));
        table.add_row([
            terminal::cell(terminal::sign(health), health),
            format!("{indent}{}", escape::terminal(&entry.item.key().to_string())).into(),
            terminal::text(entry.item.name.as_deref().unwrap_or_default()).into(),
            availability,
            down,
            outages,
            longest,
            phrases::optional_duration(figures.mean_time_to_recover_milliseconds).into(),
            phrases::coverage(figures).into(),
            excluded,
        ]);
    }
    Ok(table.write(out)?)
}

fn write_groups(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    if report.estate.connections == 0 {
        return Ok(());
    }
    let mut table = terminal::Table::new([
        "AT LEAST ONE UP OF",
        "CONNECTIONS",
        "AVAILABILITY",
        "DOWN",
        "OUTAGES",
        "LONGEST",
        "EXCLUDED",
    ]);
    for group in report.locations.iter().chain([&report.estate]) {
        let [availability, down, outages, longest, excluded] = cells(&group.figures);
        let location = terminal::text(group.location.as_deref().unwrap_or("all connections"));
        table.add_row([location.into(), group.connections.into(), availability, down, outages, longest, excluded]);
    }
    writeln!(out)?;
    Ok(table.write(out)?)
}

fn write_notes(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    writeln!(out)?;
    if let Some((interval, at)) = phrases::last_polls(report) {
        writeln!(
            out,
            "The last two polls were {interval} apart, at {} UTC; earlier intervals are not recorded.\nShorter outages may \
             be missed. Each time is that of the first sight; beside it stands the last sight before.",
            words::time(at)
        )?;
    }
    if !report.counted_as_down.is_empty() {
        let counted: Vec<&str> = report.counted_as_down.iter().map(|condition| condition.as_str()).collect();
        writeln!(out, "Counted as down, as requested: {}.", counted.join(", "))?;
    }
    if let Some(treatment) = planned_phrases::treatment(report, terminal::text) {
        writeln!(out, "{treatment}")?;
    }
    if let Some(asked_to) = report.window.asked_to {
        writeln!(out, "The window ends now: its requested end, {} UTC, is in the future.", words::time(asked_to))?;
    }
    if report.items_left_out > 0 {
        let left_out = words::counted(report.items_left_out, "item", "items");
        writeln!(out, "Left out: {left_out} removed or retired before the window or first seen after it.")?;
    }
    Ok(())
}
