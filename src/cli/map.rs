//! `map`: draws the estate as a picture.

use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

use clap::{Args, ValueEnum};

use super::{
    output::Freshness,
    redaction::Redaction,
    store::{self, OfAccount, Source},
};
use crate::{
    map::{Detail, Map, Picture, dot, html, svg, text},
    ports::{Clock, SystemClock},
    query, terminal,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor map --db dx-monitor-demo.db\n  \
    aws-dx-monitor map --output html > map.html\n  \
    aws-dx-monitor map --output dot | dot -Tpdf > map.pdf\n\n\
    Where there is too much to read, what is well is folded: by location, then by gateway, with\n\
    counts. --unfold draws every item; the HTML page lists them all anyway. What is removed for good\n\
    is left out.\n\n";

/// Draw the estate: locations, devices and what ends there, the paths to the gateways, and what is the matter
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::HELP].concat())]
pub struct Options {
    #[command(flatten)]
    source: Source,
    /// Also items whose kind or region is polled no longer, in the state that was last seen
    #[arg(long)]
    retired: bool,
    /// Every item in full, however many there are
    #[arg(long)]
    unfold: bool,
    #[command(flatten)]
    freshness: Freshness,
    #[command(flatten)]
    redaction: Redaction,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

/// A form of the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// An indented list, for a terminal
    #[default]
    Text,
    /// A picture
    Svg,
    /// One self-contained page, to read, send and print
    Html,
    /// A graph for Graphviz
    Dot,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let store = options.redaction.open(&options.source, &OfAccount::default()).await?;
    let now = SystemClock.now();
    let mut estate = query::estate(&*store.history, options.retired, options.freshness.tolerated(), now).await?;
    query::plan(&mut estate, &*store.windows, now).await?;
    let map = Map::of(&estate);
    let picture = Picture::of(&map, if options.unfold { Detail::Everything } else { Detail::Readable });
    let mut out = BufWriter::new(anstream::stdout());
    match options.output {
        Form::Text => write_text(&mut out, &picture)?,
        Form::Svg => writeln!(out, "{}", svg::document(&picture))?,
        Form::Html => write!(out, "{}", html::page(&picture, now))?,
        Form::Dot => write!(out, "{}", dot::graph(&picture))?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn write_text(out: &mut impl Write, picture: &Picture<'_>) -> anyhow::Result<()> {
    for line in text::lines(picture) {
        for piece in line {
            match piece.health.map(terminal::of_health) {
                Some(style) => write!(out, "{style}{}{style:#}", piece.text)?,
                None => write!(out, "{}", piece.text)?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
