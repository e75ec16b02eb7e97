//! Writes the outages of an availability report for a terminal, each under the incident that it belongs to.

use std::io::Write;

use crate::{
    escape,
    report::{ListedOutage, OutageList, Report, ReportIncident, phrases},
    terminal, words,
};

/// The most outages that are listed. More are not read at a terminal; `--output csv` has all that are kept.
const MOST_OUTAGES: usize = 1_000;
/// The most columns of a sentence.
const SENTENCE: usize = 200;

/// Writes them all.
pub fn write(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    let list = OutageList::of(report, MOST_OUTAGES);
    if list.listed == 0 {
        writeln!(out, "\nno outages")?;
        return Ok(());
    }
    if list.found > list.listed {
        writeln!(out, "\n{} outages were found; only the longest {} are listed here.", list.found, list.listed)?;
    }
    for (incident, outages) in &list.incidents {
        writeln!(out)?;
        write_incident(out, incident)?;
        write_rows(out, outages)?;
    }
    if !list.others.is_empty() {
        writeln!(out, "\nIn no recorded incident:")?;
        write_rows(out, &list.others)?;
        writeln!(out, "{}", phrases::NO_INCIDENT)?;
    }
    Ok(())
}

fn write_incident(out: &mut impl Write, incident: &ReportIncident) -> anyhow::Result<()> {
    let sentence = |text: &str| escape::truncate(&escape::terminal(text), SENTENCE);
    writeln!(out, "{}", sentence(&incident.summary))?;
    writeln!(out, "  incident {}: {}", incident.id, phrases::incident_kind(incident, terminal::text))?;
    writeln!(out, "  {}", phrases::incident_course(incident, terminal::text))?;
    writeln!(out, "  {}", sentence(&incident.cause))?;
    Ok(())
}

fn write_rows(out: &mut impl Write, outages: &[ListedOutage<'_>]) -> anyhow::Result<()> {
    let mut table =
        terminal::Table::new(["OUTAGE OF", "LAST SEEN UP", "BEGAN (UTC)", "LAST SEEN DOWN", "ENDED (UTC)", "COUNTED"]);
    for ListedOutage { entry, outage, .. } in outages {
        let time = |at: Option<_>| at.map(words::time).unwrap_or_default();
        let began = if outage.begins_before { " (before)" } else { "" };
        let ended = match outage.ended_at {
            None => "goes on".to_owned(),
            Some(at) if outage.goes_on => format!("{} (after)", words::time(at)),
            Some(at) => words::time(at),
        };
        table.add_row(
            [
                escape::terminal(&entry.item.key().to_string()),
                time(outage.started_after),
                format!("{}{began}", words::time(outage.started_at)),
                time(outage.ended_after),
                ended,
                phrases::counted(outage),
            ]
            .map(Into::into),
        );
    }
    Ok(table.write(out)?)
}
