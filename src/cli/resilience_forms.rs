//! Writes grades for a terminal and for spreadsheets.

use std::io::Write;

use crate::{
    domain::{Health, Model, Timestamp},
    escape,
    query::Resilience,
    resilience::{Grade, phrases},
    terminal, words,
};

/// Writes the grades, what is missing, and what a single failure takes.
pub fn write_table(out: &mut impl Write, found: &Resilience, now: Timestamp) -> anyhow::Result<()> {
    let mut table = terminal::Table::new([
        "",
        "DESTINATION",
        "NAME",
        "FAMILY",
        "MODEL",
        "INTENDED",
        "PATHS",
        "DEVICES",
        "LOCATIONS",
        "LAST EXERCISED (UTC)",
    ]);
    for grade in &found.grades {
        let health = grade.health();
        table.add_row([
            terminal::cell(terminal::sign(health), health),
            called(grade).into(),
            terminal::text(grade.name.as_deref().unwrap_or_default()).into(),
            terminal::text(&grade.address_family).into(),
            terminal::cell(grade.model, health),
            grade.intended.map(Model::as_str).unwrap_or_default().into(),
            grade.paths.len().into(),
            grade.devices.into(),
            grade.locations.into(),
            grade.exercised.as_ref().map_or_else(|| "not seen".to_owned(), phrases::exercise).into(),
        ]);
    }
    if !found.grades.is_empty() {
        table.write(out)?;
    }
    write_missing(out, &found.grades)?;
    write_losses(out, &found.grades)?;
    let count = words::counted(found.grades.len() as u64, "destination", "destinations");
    let separator = if found.grades.is_empty() { "" } else { "\n" };
    match found.last_poll_at {
        Some(at) => writeln!(out, "{separator}{count}; last poll {at}, {} ago", words::duration(now.since(at)))?,
        None => writeln!(out, "{separator}{count}; never polled")?,
    }
    Ok(())
}

/// Writes what is missing for what is intended, or else for the next model.
fn write_missing(out: &mut impl Write, grades: &[Grade]) -> anyhow::Result<()> {
    let short: Vec<&Grade> = grades.iter().filter(|grade| !grade.missing.is_empty()).collect();
    if short.is_empty() {
        return Ok(());
    }
    let mut table = terminal::Table::new(["DESTINATION", "FAMILY", "MISSING FOR", "WHY"]);
    for grade in short {
        let wanted = grade.intended.or_else(|| grade.model.next()).map(Model::as_str).unwrap_or_default();
        for missing in &grade.missing {
            table.add_row([
                called(grade).into(),
                terminal::text(&grade.address_family).into(),
                wanted.into(),
                phrases::shortfall(missing, terminal::text).into(),
            ]);
        }
    }
    writeln!(out)?;
    Ok(table.write(out)?)
}

/// Writes what each location and device takes alone.
fn write_losses(out: &mut impl Write, grades: &[Grade]) -> anyhow::Result<()> {
    if grades.iter().all(|grade| grade.losses.is_empty()) {
        return Ok(());
    }
    let mut table = terminal::Table::new(["DESTINATION", "FAMILY", "WITHOUT", "LOSES", "LEFT"]);
    for grade in grades {
        for loss in &grade.losses {
            let health = if loss.left == 0 { Health::Down } else { Health::Up };
            table.add_row([
                called(grade).into(),
                terminal::text(&grade.address_family).into(),
                phrases::failure(&loss.failure, terminal::text).into(),
                loss.lost.into(),
                terminal::cell(if loss.left == 0 { "no path".to_owned() } else { loss.left.to_string() }, health),
            ]);
        }
    }
    writeln!(out)?;
    Ok(table.write(out)?)
}

/// What a destination is called: its kind and its id, which is never cut.
pub fn called(grade: &Grade) -> String {
    format!("{} {}", phrases::destination_kind(grade.kind), escape::terminal(&grade.id))
}

/// Writes a line for each destination.
pub fn write_csv(out: &mut impl Write, grades: &[Grade]) -> anyhow::Result<()> {
    let header = [
        "account",
        "kind",
        "id",
        "name",
        "address_family",
        "model",
        "intended",
        "meets_intent",
        "missing",
        "paths",
        "devices",
        "locations",
        "exercised_at",
        "exercised_by",
    ];
    write!(out, "{}", escape::csv_line(header.map(str::to_owned)))?;
    for grade in grades {
        let missing: Vec<String> =
            grade.missing.iter().map(|missing| phrases::shortfall(missing, str::to_owned)).collect();
        let exercised = grade.exercised.as_ref();
        let kind = serde_json::to_value(grade.kind)?;
        let line = escape::csv_line([
            grade.account.clone(),
            kind.as_str().unwrap_or_default().to_owned(),
            grade.id.clone(),
            grade.name.clone().unwrap_or_default(),
            grade.address_family.clone(),
            grade.model.to_string(),
            grade.intended.map(Model::as_str).unwrap_or_default().to_owned(),
            grade.meets_intent.map(|meets| meets.to_string()).unwrap_or_default(),
            missing.join("; "),
            grade.paths.len().to_string(),
            grade.devices.to_string(),
            grade.locations.to_string(),
            exercised.map(|exercise| exercise.at.to_string()).unwrap_or_default(),
            exercised.map(|exercise| exercise.incident_id.to_string()).unwrap_or_default(),
        ]);
        write!(out, "{line}")?;
    }
    Ok(())
}
