//! `incidents`: lists incidents, or shows one from beginning to end.

use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

use anyhow::bail;
use clap::Args;

use super::{
    incident_forms, incident_story,
    output::{self, Format, PageFormat},
    redaction::{Reading, Redaction},
    store::{self, OfAccount, Source},
};
use crate::{
    calendar::{Calendar, Edge},
    domain::{Category, Severity, Timestamp},
    ports::{Clock, History, SystemClock},
    query::{self, FoundIncident, IncidentFilter, IncidentStory},
    status_page,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor incidents --db dx-monitor-demo.db\n  \
    aws-dx-monitor incidents --open || page-somebody\n  \
    aws-dx-monitor incidents --since 30d --category outage --severity critical,warning\n  \
    aws-dx-monitor incidents 9a1f3c5e                # from beginning to end\n  \
    aws-dx-monitor incidents --output html > incidents.html\n  \
    aws-dx-monitor incidents --output json | jq '.[] | select(.open) | .summary'\n\n\
    Exit status: with --open, 1 when an outage is shown; else 0. 2 for an error.\n\n\
    Times are in UTC. --since takes a day (2026-10-05), an instant (2026-10-05T22:00:00Z),\n\
    or how long ago (30d, 12h, 45m).\n\n";

/// How long ago what is over may have ended, unless --since says so.
const RECENT_MILLISECONDS: i64 = 7 * 86_400_000;
/// The most incidents that are named where an id is the beginning of several.
const NAMED: usize = 5;

/// List incidents, the open ones first, or show one from beginning to end
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::HELP].concat())]
pub struct Options {
    /// The id of one incident, or its beginning
    #[arg(value_name = "ID", conflicts_with_all = ["open", "category", "severity"])]
    id: Option<String>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    accounts: OfAccount,
    /// Only incidents that are open; exit status 1 when an outage is among them
    #[arg(long)]
    open: bool,
    /// Only incidents of these categories: outage, test, visibility, provisioning, removal
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',')]
    category: Vec<Category>,
    /// Only incidents of these severities: critical, warning, info
    #[arg(long, value_name = "SEVERITY", value_delimiter = ',')]
    severity: Vec<Severity>,
    /// Beside the open ones, those that ended since this day or time, or so long ago [default: 7d]
    #[arg(long, value_name = "TIME", conflicts_with = "open")]
    since: Option<String>,
    #[command(flatten)]
    redaction: Redaction,
    /// The output format; the JSON of one incident has its documents, unchanged
    #[arg(long, value_enum, default_value_t)]
    output: PageFormat,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let since = options.since.as_deref().map(|text| Calendar::UTC.instant(text, Edge::Beginning, now)).transpose()?;
    let store = options.redaction.open(&options.source, &options.accounts).await?;
    let mut out = BufWriter::new(anstream::stdout());
    let code = match &options.id {
        Some(id) => {
            let format = format_of_one(options.output)?;
            let story = find(&store, id, since, now).await?;
            incident_story::write(&mut out, &story, format)?;
            ExitCode::SUCCESS
        }
        None => list(&mut out, &*store.history, options, since, now).await?,
    };
    out.flush()?;
    Ok(code)
}

/// The format of one incident.
fn format_of_one(format: PageFormat) -> anyhow::Result<Format> {
    Ok(match format {
        PageFormat::Table => Format::Table,
        PageFormat::Json => Format::Json,
        PageFormat::Csv => Format::Csv,
        PageFormat::Html => bail!("the page is of the list of incidents: leave out the id"),
    })
}

async fn list(
    out: &mut impl Write,
    store: &dyn History,
    options: Options,
    since: Option<Timestamp>,
    now: Timestamp,
) -> anyhow::Result<ExitCode> {
    let filter = IncidentFilter {
        open: options.open,
        categories: options.category,
        severities: options.severity,
        since: since.unwrap_or_else(|| Timestamp::from_milliseconds(now.milliseconds() - RECENT_MILLISECONDS)),
    };
    let incidents = query::incidents(store, &filter, now).await?;
    match options.output {
        PageFormat::Table => incident_forms::write_table(out, &incidents)?,
        PageFormat::Json => output::write_json(out, &incidents.incidents)?,
        PageFormat::Csv => incident_forms::write_csv(out, &incidents.incidents)?,
        PageFormat::Html => write!(out, "{}", status_page::incidents::page(&incidents, None, now))?,
    }
    Ok(if filter.open && incidents.has_open_outage() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The incident whose id is or begins with `text`.
async fn find(store: &Reading, text: &str, since: Option<Timestamp>, now: Timestamp) -> anyhow::Result<IncidentStory> {
    let found = query::find_incidents(&*store.unredacted, text, since, now).await?;
    let story = match &found[..] {
        [only] => query::story(&*store.history, &store.shown_incident(only)).await?,
        [] => None,
        several => bail!("{}", ambiguous(text, several)),
    };
    let Some(story) = story else {
        bail!(
            "there is no incident {text:?} among the open ones and those of the last days: \
             `aws-dx-monitor incidents` lists them; an older one needs its whole id, or --since"
        )
    };
    Ok(story)
}

fn ambiguous(text: &str, several: &[FoundIncident]) -> String {
    let named: Vec<String> = several.iter().take(NAMED).map(|found| found.id.to_string()).collect();
    let more = match several.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("the ids of {} incidents begin with {text:?}: {}{more}", several.len(), named.join(", "))
}
