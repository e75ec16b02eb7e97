//! `history`: shows transitions in order of time, and how long each state lasted.

use std::{
    io::{BufWriter, Write},
    ops::ControlFlow,
    process::ExitCode,
    time::Duration,
};

use anyhow::bail;
use clap::Args;

use super::{
    history_forms::HistoryWriter,
    output::Format,
    progress::ReadProgress,
    store::{self, OfAccount, Source},
};
use crate::{
    calendar::{Calendar, Edge},
    domain::{HistoryRow, Selection, Span, Timestamp},
    ports::{Clock, SystemClock},
    query, terminal,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor history --db dx-monitor-demo.db\n  \
    aws-dx-monitor history connection/dxcon-fg5678gh --since 30d\n  \
    aws-dx-monitor history --since 2026-10-05 --until 2026-10-11 --timezone Europe/Berlin\n  \
    aws-dx-monitor history --since 2026-10-05T22:00 --until 2026-10-06T04:00:00Z --output csv\n  \
    aws-dx-monitor history dxcon-fg5678gh --output json | jq '.[] | select(.severity == \"critical\")'\n\n";

/// The most by which the clock that dated a row may be ahead of this one.
const CLOCKS_APART: Duration = Duration::from_secs(86_400);

/// Show the transitions of one item, or of all, by time
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::TIMES, store::HELP].concat())]
pub struct Options {
    /// The item: 123456789012/us-east-1/connection/dxcon-…, connection/dxcon-… or dxcon-…; without it, all items
    #[arg(value_name = "ITEM")]
    item: Option<String>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    accounts: OfAccount,
    /// The first day or time, or how long ago (30d, 12h) [default: the oldest transition]
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// The last day (included), the end time (excluded), or how long ago [default: now]
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// The IANA time zone of days, and of the times in the table; JSON and CSV are in UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// The output format; JSON is the event documents, unchanged
    #[arg(long, value_enum, default_value_t)]
    output: Format,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let calendar = Calendar::of_zone(&options.timezone)?;
    let now = SystemClock.now();
    let since = options.since.as_deref().map(|text| calendar.instant(text, Edge::Beginning, now)).transpose()?;
    let until = options.until.as_deref().map(|text| calendar.instant(text, Edge::End, now)).transpose()?;
    let latest = match since {
        // With Timestamp::MAXIMUM as the end, DynamoDB would need further reads to find the last day that has rows.
        Some(_) => now.plus(CLOCKS_APART),
        None => Timestamp::MAXIMUM,
    };
    let span = Span::new(since.unwrap_or(Timestamp::MINIMUM), until.unwrap_or(latest));
    if span.last().is_none() {
        bail!("--until ({}) is not after --since ({})", span.until, span.from);
    }
    let store = options.source.open_of(&options.accounts).await?;
    let mut out = BufWriter::new(anstream::stdout());
    let mut writer = HistoryWriter::new(options.output, calendar);
    // No progress bar where rows are written to the same terminal one by one.
    let mut progress =
        ReadProgress::of_unknown("transitions", options.output == Format::Table || !terminal::is_watched());
    let mut written = Ok(());
    let mut each = |row: HistoryRow| {
        progress.advance(|| format!("(now at {})", row.occurred_at.day()));
        written = writer.row(&mut out, &row);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    match &options.item {
        None => store.each_transition(&Selection::of_all(span), &mut each).await?,
        Some(item) => match &query::find(&*store, item).await?[..] {
            [] => bail!("there is no item {item:?} in this store: `aws-dx-monitor status` lists them"),
            [path] => store.each_transition(&Selection::of(path.clone(), span), &mut each).await?,
            several => {
                let mut rows = Vec::new();
                for path in several {
                    rows.extend(store.transitions(&Selection::of(path.clone(), span)).await?);
                }
                rows.sort_by_key(|row| row.occurred_at);
                let _broke = rows.into_iter().try_for_each(&mut each);
            }
        },
    }
    written?;
    drop(progress);
    writer.finish(&mut out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
