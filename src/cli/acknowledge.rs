//! `acknowledge`: remembers who has taken an incident on.

use std::{io::Write, process::ExitCode};

use anyhow::bail;
use clap::{Args, builder::NonEmptyStringValueParser};

use super::{
    incident_forms,
    store::{self, PlanningStore, Purpose, Source},
};
use crate::{
    domain::{Acknowledgement, Timestamp, bounded},
    escape,
    ports::{Clock, SystemClock},
    query::{self, FoundIncident, IncidentStory},
    terminal, words,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor acknowledge 9a1f3c5e --note \"ticket with the provider: 4711\"\n  \
    aws-dx-monitor acknowledge 9a1f --by \"night shift\"\n\n\
    Reminders of it end. If it gets worse, that is announced all the same, and so is its end.\n\n";

/// Take an open incident on: no more reminders of it
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::PLANNING_HELP].concat())]
pub struct Options {
    /// The id of the incident, or its beginning
    #[arg(value_name = "ID")]
    id: String,
    /// Who takes it on [default: your user name on this machine, or whose AWS credentials are used]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    by: Option<String>,
    /// What others should know
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    note: Option<String>,
    #[command(flatten)]
    source: Source,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let store = options.source.open_for(Purpose::Plan).await?;
    let (found, story) = the_incident(&*store, &options.id, now).await?;
    let account = found.scope.account();
    let note = options.note.as_deref().map(|note| bounded(note.trim()).into_owned());
    let own = Acknowledgement { by: store::who(options.by).await?, at: now, note };
    store.write_acknowledgement(account, found.id, &own).await?;
    // Whoever was first stays: the store says who that is.
    let first = store.windows(account).await?.acknowledgements.remove(&found.id).unwrap_or_else(|| own.clone());
    write(&mut anstream::stdout(), &story, &first, first == own)?;
    Ok(ExitCode::SUCCESS)
}

/// The open incident whose id is or begins with `text`.
async fn the_incident(
    store: &dyn PlanningStore,
    text: &str,
    now: Timestamp,
) -> anyhow::Result<(FoundIncident, IncidentStory)> {
    let (mut open, mut over) = (Vec::new(), None);
    for found in query::find_incidents(store, text, None, now).await? {
        let Some(story) = query::story(store, &found).await? else { continue };
        match story.row.as_ref().is_some_and(|row| row.state.status.is_open()) {
            true => open.push((found, story)),
            false => over = Some(story),
        }
    }
    match (open.pop(), over) {
        (Some(only), _) if open.is_empty() => Ok(only),
        (Some(last), _) => {
            open.push(last);
            let named = words::first_few(open.iter().map(|(found, _)| found.id.to_string()));
            bail!("the ids of {} open incidents begin with {text:?}, such as {named}", open.len())
        }
        (None, Some(story)) => {
            let ended = story.incident.resolved_at.map(|at| format!(" since {}", words::instant(at)));
            bail!("the incident {} is over{}", story.incident.id, ended.unwrap_or_default())
        }
        (None, None) => {
            bail!("there is no open incident {text:?}: `aws-dx-monitor incidents --open` lists them")
        }
    }
}

fn write(out: &mut impl Write, story: &IncidentStory, first: &Acknowledgement, is_own: bool) -> anyhow::Result<()> {
    let note = first.note.as_deref().map(|note| format!(": {}", terminal::text(note))).unwrap_or_default();
    let (by, at) = (terminal::text(&first.by), words::instant(first.at));
    let lead = if is_own { "Acknowledged" } else { "Acknowledged already, which stays" };
    writeln!(out, "{lead}: by {by} at {at}{note}")?;
    writeln!(out, "Incident {}", escape::terminal(&story.incident.id))?;
    Ok(writeln!(out, "{}", incident_forms::headline(&story.incident))?)
}
