//! Writes the planned time that outages of a report lie in, for a terminal.

use std::io::Write;

use crate::{
    escape,
    report::{Report, planned_phrases},
    terminal, words,
};

/// The most windows that are listed. `--output json` has them all.
const MOST_WINDOWS: usize = 1_000;

/// Writes the windows. Nothing where no outage lies in one.
pub fn write(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    let windows = &report.planned.windows;
    if windows.is_empty() {
        return Ok(());
    }
    let mut table = terminal::Table::new([
        "PLANNED BY",
        "ID",
        "FROM (UTC)",
        "UNTIL (UTC)",
        "ANNOUNCED (UTC)",
        "OUTAGES",
        "COUNTS",
        "TITLE",
    ]);
    for window in windows.iter().take(MOST_WINDOWS) {
        table.add_row([
            terminal::text(planned_phrases::planner(window)).into(),
            escape::terminal(&window.time.id).into(),
            words::time(window.time.from).into(),
            words::time(window.time.until).into(),
            planned_phrases::announced(window).into(),
            window.outages.into(),
            planned_phrases::verdict(window).into(),
            terminal::text(&window.time.title).into(),
        ]);
    }
    writeln!(out)?;
    table.write(out)?;
    if windows.len() > MOST_WINDOWS {
        writeln!(out, "and {} more", windows.len() - MOST_WINDOWS)?;
    }
    Ok(())
}
