//! `resilience`: how much may fail before each destination has no path, as it is configured.

use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

use anyhow::bail;
use clap::Args;

use super::{
    output::{self, PageFormat},
    redaction::Redaction,
    resilience_forms,
    store::{self, OfAccount, Source},
};
use crate::{
    calendar::{Calendar, Edge},
    config,
    domain::{Span, Timestamp},
    ports::{Clock, SystemClock},
    query, status_page,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor resilience --db dx-monitor-demo.db\n  \
    aws-dx-monitor resilience vgw-0a1b2c3d4e5f60718\n  \
    DX_MONITOR_INTENDED_RESILIENCE=high,vgw-0a1b2c3d4e5f60718=development aws-dx-monitor resilience\n  \
    aws-dx-monitor resilience --output html > resilience.html\n  \
    aws-dx-monitor resilience --output json | jq '.[] | select(.meetsIntent == false)'\n\n\
    Models, as AWS publishes them: maximum (two or more locations, two or more devices in each), high (two\n\
    or more locations), development (two or more devices), none. They are of the virtual interfaces that\n\
    are attached and not being removed. Whether something is down makes no difference.\n\n\
    DX_MONITOR_INTENDED_RESILIENCE names what is intended: a model for all destinations, or GATEWAY=MODEL,\n\
    or public=MODEL; several with commas between them.\n\n\
    Times are in UTC. --since takes a day (2026-10-05), an instant (2026-10-05T22:00:00Z),\n\
    or how long ago (30d, 12h, 45m).\n\n";

/// How long ago redundancy may have been exercised, unless --since says so.
const RECENT_MILLISECONDS: i64 = 90 * 86_400_000;

/// Grade how much may fail before each destination has no path, and say what is missing
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::HELP].concat())]
pub struct Options {
    /// Only this destination: the id or the name of a gateway; for public interfaces the account's id
    #[arg(value_name = "GATEWAY")]
    gateway: Option<String>,
    #[command(flatten)]
    source: Source,
    /// Look for outages and failover tests since this day or time, or so long ago [default: 90d]
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    #[command(flatten)]
    redaction: Redaction,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    output: PageFormat,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let since = options.since.as_deref().map(|text| Calendar::UTC.instant(text, Edge::Beginning, now)).transpose()?;
    let since = since.unwrap_or_else(|| Timestamp::from_milliseconds(now.milliseconds() - RECENT_MILLISECONDS));
    let intents = config::intended_resilience_from_environment()?;
    let store = options.redaction.open(&options.source, &OfAccount::default()).await?;
    let intents = match &store.redactor {
        None => intents,
        Some(redactor) => intents.renamed(|id| redactor.id(id)),
    };
    let mut found = query::resilience(&*store.history, &intents, Span::new(since, now)).await?;
    if let Some(gateway) = &options.gateway {
        let [id, name] = match &store.redactor {
            None => [gateway.clone(), gateway.clone()],
            Some(redactor) => [redactor.id(gateway), redactor.name(gateway)],
        };
        found.grades.retain(|grade| grade.id == id || grade.name.as_ref() == Some(&name));
        if found.grades.is_empty() {
            bail!(
                "there is no destination {gateway:?} with a virtual interface: `aws-dx-monitor resilience` lists all"
            );
        }
    }
    let mut out = BufWriter::new(anstream::stdout());
    match options.output {
        PageFormat::Table => resilience_forms::write_table(&mut out, &found, now)?,
        PageFormat::Json => output::write_json(&mut out, &found.grades)?,
        PageFormat::Csv => resilience_forms::write_csv(&mut out, &found.grades)?,
        PageFormat::Html => write!(out, "{}", status_page::resilience::page(&found, now))?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
