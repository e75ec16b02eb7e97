//! `silence list`: shows what is planned: silences, and the planned work of AWS.

use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

use clap::Args;

use super::{
    output::{self, Format},
    silence_forms,
    store::{self, Purpose, Source},
};
use crate::{
    domain::Kind,
    escape,
    ports::{Clock, SystemClock},
    query::{self, PlannedTime},
    terminal, words,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor silence list\n  \
    aws-dx-monitor silence list --output json | jq '.[] | select(.active) | .id'\n\n";

const COLUMNS: [&str; 15] = [
    "id",
    "source",
    "active",
    "account",
    "from",
    "until",
    "ids",
    "kinds",
    "location",
    "device",
    "gateway",
    "region",
    "even_outage",
    "by",
    "title",
];

/// List what is planned and not over: silences, and planned work that AWS has announced
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::HELP].concat())]
pub struct Options {
    /// Only what is planned in this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    #[command(flatten)]
    source: Source,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    output: Format,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let store = options.source.open_for(Purpose::Read).await?;
    let planned = match store.scopes().await? {
        scopes if scopes.is_empty() && options.account.is_none() => Vec::new(),
        scopes => {
            let known = query::accounts(scopes.iter().map(|listed| (&listed.scope, listed.retired_at)));
            let accounts = query::named_accounts(known, options.account.as_deref())?;
            query::planned(&*store, &accounts, now).await?
        }
    };
    let mut out = BufWriter::new(anstream::stdout());
    match options.output {
        Format::Table => write_table(&mut out, &planned)?,
        Format::Json => output::write_json(&mut out, &planned)?,
        Format::Csv => write_csv(&mut out, planned)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn write_table(out: &mut impl Write, planned: &[PlannedTime]) -> anyhow::Result<()> {
    if planned.is_empty() {
        return Ok(writeln!(out, "nothing is planned")?);
    }
    let mut table =
        terminal::Table::new(["ID", "SOURCE", "WHEN", "FROM (UTC)", "UNTIL (UTC)", "COVERS", "BY", "REASON"]);
    for time in planned {
        let covers = silence_forms::matcher(&time.matcher);
        let even = if time.even_outage { " (even an outage)" } else { "" };
        table.add_row([
            escape::terminal(&time.id).into(),
            silence_forms::source(time.source).into(),
            if time.active { "active" } else { "upcoming" }.into(),
            words::time(time.from).into(),
            words::time(time.until).into(),
            format!("{}{even}", escape::truncate(&covers, MAXIMUM_COVERS)).into(),
            terminal::text(&time.by).into(),
            terminal::text(&time.title).into(),
        ]);
    }
    Ok(table.write(out)?)
}

/// The widest list of what is covered; JSON and CSV have all of it.
const MAXIMUM_COVERS: usize = 64;

fn write_csv(out: &mut impl Write, planned: Vec<PlannedTime>) -> anyhow::Result<()> {
    write!(out, "{}", escape::csv_line(COLUMNS.map(str::to_owned)))?;
    for time in planned {
        let matcher = time.matcher;
        let kinds: Vec<&str> = matcher.kinds.iter().map(|kind: &Kind| kind.slug()).collect();
        let line = escape::csv_line([
            time.id,
            silence_forms::source(time.source).to_owned(),
            time.active.to_string(),
            time.account,
            time.from.to_string(),
            time.until.to_string(),
            matcher.ids.into_iter().collect::<Vec<_>>().join(" "),
            kinds.join(" "),
            matcher.location.unwrap_or_default(),
            matcher.device.unwrap_or_default(),
            matcher.gateway.unwrap_or_default(),
            matcher.region.unwrap_or_default(),
            time.even_outage.to_string(),
            time.by,
            time.title,
        ]);
        write!(out, "{line}")?;
    }
    Ok(())
}
