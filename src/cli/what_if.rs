//! `what-if`: what goes down with something, and which destinations lose what.

use std::{
    collections::BTreeMap,
    io::{BufWriter, Write},
    process::ExitCode,
};

use anyhow::bail;
use clap::{Args, ValueEnum};

use super::{
    output,
    redaction::Redaction,
    store::{self, OfAccount, Source},
};
use crate::{
    domain::{Health, Impact, ItemKey, ItemPath, Kind},
    escape, query,
    redaction::Redactor,
    resilience::{Failure, FailureKind, WhatIf, phrases},
    terminal, words,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor what-if dxcon-ffx3v7tc --db dx-monitor-demo.db\n  \
    aws-dx-monitor what-if location:EqDC2\n  \
    aws-dx-monitor what-if device:CSVA1-8m2n6p0r4s1d7 dxlag-fg7k2m9q    # both at once\n  \
    aws-dx-monitor what-if location:EqDC2 --output json | jq '.destinations[] | select(.paths == 0)'\n\n\
    It begins with what works now: a path that is down already is not lost again. A LAG stays up while it\n\
    has as many members as it needs.\n\n";

/// The most items that a table lists.
const LISTED: usize = 20;

/// Show what goes down if something fails, and which destinations lose which paths
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::HELP].concat())]
pub struct Options {
    /// What fails, all at once: an item by its id, device:NAME, or location:NAME
    #[arg(value_name = "ITEM", required = true)]
    failing: Vec<Failure>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    redaction: Redaction,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    output: WhatIfFormat,
}

/// The output format of `what-if`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum WhatIfFormat {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let store = options.redaction.open(&options.source, &OfAccount::default()).await?;
    let failing: Vec<Failure> = match &store.redactor {
        None => options.failing.clone(),
        Some(redactor) => options.failing.iter().map(|typed| redacted(redactor, typed)).collect(),
    };
    let found = match query::failure(&*store.history, &failing).await? {
        Ok(found) => found,
        Err(unknown) => {
            let typed = failing.iter().zip(&options.failing).find(|(failure, _)| **failure == unknown.0);
            bail!(
                "there is nothing that {:?} names: `aws-dx-monitor status` lists the items, and \
                 `aws-dx-monitor resilience` the devices and locations",
                typed.map_or(&unknown.0, |(_, typed)| typed).to_string()
            )
        }
    };
    let mut out = BufWriter::new(anstream::stdout());
    match options.output {
        WhatIfFormat::Json => output::write_json(&mut out, &found)?,
        WhatIfFormat::Table => {
            write_items(&mut out, &found)?;
            write_losses(&mut out, &found)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What was typed, by the pseudonym of what it names.
fn redacted(redactor: &Redactor, typed: &Failure) -> Failure {
    let id = match typed.kind {
        FailureKind::Device => redactor.device(&typed.id),
        FailureKind::Location => redactor.location(&typed.id),
        FailureKind::Item => match (typed.id.parse::<ItemPath>(), typed.id.parse::<ItemKey>()) {
            (Ok(path), _) => ItemPath::new(redactor.scope(&path.scope), redactor.key(&path.key)).to_string(),
            (_, Ok(key)) => redactor.key(&key).to_string(),
            _ => redactor.id(&typed.id),
        },
    };
    Failure { kind: typed.kind, id }
}

/// Writes what goes down.
fn write_items(out: &mut impl Write, found: &WhatIf) -> anyhow::Result<()> {
    let mut table = terminal::Table::new(["", "GOES DOWN", "ID", "NAME", "SCOPE"]);
    for item in found.goes_down.iter().take(LISTED) {
        table.add_row([
            terminal::cell(terminal::sign(Health::Down), Health::Down),
            item.kind.slug().into(),
            escape::terminal(&item.id).into(),
            terminal::text(item.name.as_deref().unwrap_or_default()).into(),
            escape::terminal(&item.scope).into(),
        ]);
    }
    if !found.goes_down.is_empty() {
        table.write(out)?;
    }
    let more = found.goes_down.len().saturating_sub(LISTED);
    if more > 0 {
        writeln!(out, "and {more} more")?;
    }
    let mut by_kind: BTreeMap<Kind, u64> = BTreeMap::new();
    found.goes_down.iter().for_each(|item| *by_kind.entry(item.kind).or_default() += 1);
    let counts: Vec<String> =
        by_kind.into_iter().map(|(kind, count)| words::counted(count, kind.label(), kind.plural())).collect();
    let counts = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
    let already = match found.already_down {
        0 => String::new(),
        count => format!("; {count} down already"),
    };
    writeln!(out, "{}{counts} would go down{already}", if found.goes_down.is_empty() { "" } else { "\n" })?;
    Ok(())
}

/// Writes what the destinations lose.
fn write_losses(out: &mut impl Write, found: &WhatIf) -> anyhow::Result<()> {
    if found.destinations.is_empty() {
        writeln!(out, "no destination would lose a path")?;
        return Ok(());
    }
    let mut table =
        terminal::Table::new(["", "DESTINATION", "NAME", "FAMILY", "IMPACT", "PATHS LEFT", "MODEL LEFT", "LOSES"]);
    for loss in &found.destinations {
        let health = if loss.impact == Impact::Outage { Health::Down } else { Health::Unknown };
        let lost: Vec<String> = loss.lost.iter().take(LISTED).map(|interface| escape::terminal(interface)).collect();
        let more = loss.lost.len() - lost.len();
        let lost = lost.join(" ") + &(if more > 0 { format!(" and {more} more") } else { String::new() });
        table.add_row([
            terminal::cell(terminal::sign(health), health),
            format!("{} {}", phrases::destination_kind(loss.kind), escape::terminal(&loss.id)).into(),
            terminal::text(loss.name.as_deref().unwrap_or_default()).into(),
            terminal::text(&loss.address_family).into(),
            terminal::cell(loss.impact, health),
            format!("{} of {}", loss.paths, loss.paths_before).into(),
            loss.model.into(),
            lost.into(),
        ]);
    }
    writeln!(out)?;
    Ok(table.write(out)?)
}
