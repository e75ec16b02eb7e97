//! `watch`: polls AWS with the caller's credentials, keeps states and history in a SQLite file, and shows what happens.
//!
//! Two threads share the work. The `poller` looks at AWS, records, and announces (`polls`), in a rhythm that nothing on a
//! screen or in a pipe can disturb; what it has to say goes through the channels of a `feed` to the front: a live `view`
//! on a terminal, `lines` elsewhere. `problems` turns what each poll complains of into beginnings and ends, `commands` runs
//! what `--exec` says, and a `transition` is one change as both fronts show it.

mod announcer;
mod command;
mod commands;
mod feed;
mod lines;
mod poller;
mod polls;
mod problems;
mod row;
mod schedule;
mod signals;
mod transition;
mod view;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context;
use clap::{Args, ValueEnum};

use self::{poller::Plan, signals::EndSignals};
use super::terminal;
use crate::{config, domain::Kind};

/// Watch Direct Connect with your AWS credentials: every change as it is seen, and a live view on a terminal
///
/// Calls nothing but Describe operations of Direct Connect and sts:GetCallerIdentity. On a terminal it shows all items,
/// the worst first, and the changes below; q ends it. In a pipe, or with --output, it writes one line for each change;
/// problems go to standard error. States and history are kept in a SQLite file, which `status`, `history` and `report`
/// read: stopped and started again, it goes on where it ended.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws-dx-monitor watch\n  \
    aws-dx-monitor watch --region us-east-1 --region eu-central-1 --every 30s\n  \
    aws-dx-monitor watch --kind connection,virtual-interface,bgp-peer\n  \
    aws-dx-monitor watch --output json | jq -c 'select(.severity == \"critical\")'\n  \
    aws-dx-monitor watch --exec 'jq -r .item.id | xargs notify-send \"Direct Connect\"'\n  \
    aws-dx-monitor watch --once || echo 'not all of it could be seen'\n\n\
    --exec: the command runs once for each change, through `sh -c`, with the event document on its standard input; its \
    standard output is dropped. When it fails, or is killed because it has run for longer than --exec-limit, that is \
    reported with the last lines of its standard error, and it is not run again for that change. It may run twice for \
    one when the watch was ended before the command was: drop repeats by .metadata.id. Changes of one item come in \
    order; up to four commands run at a time.\n\n\
    Exit status: 0 when it was ended by q, Ctrl-C or SIGTERM; 2 for an error, and with --once also when something could \
    not be read, recorded or announced, or when a command failed.")]
pub struct Options {
    /// A region to watch; repeat it for more. Without it, the one that your AWS environment or profile names
    #[arg(long, value_name = "REGION", value_parser = region)]
    region: Vec<String>,
    /// Only items of these kinds, such as connection or bgp-peer
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,
    /// How often to look: 5s to 15m. A look that takes longer is not overlapped by the next
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = interval)]
    every: Duration,
    /// Look once, then end
    #[arg(long)]
    once: bool,
    /// Where states and history are kept; made when it is not there
    #[arg(long, value_name = "PATH", default_value = "dx-monitor.db")]
    db: PathBuf,
    /// Write one line for each change instead of showing the live view; json: the event document
    #[arg(long, value_enum, value_name = "FORM")]
    output: Option<Form>,
    /// A shell command to run for each change, with the event document on its standard input
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,
    /// How long such a command may run before it is killed: 1s to 15m
    #[arg(long, value_name = "TIME", default_value = "30s", requires = "exec", value_parser = limit)]
    exec_limit: Duration,
    /// How many polls in a row must find an item missing or unknown before that is believed
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    confirm_polls: u64,
}

/// In which form a change is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    #[default]
    Text,
    /// For programs: one event document a line
    Json,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let live = options.output.is_none() && !options.once && terminal::is_watched();
    let kinds = if options.kind.is_empty() { Kind::ALL.into() } else { options.kind.into_iter().collect() };
    let mut signals = EndSignals::listen().context("the signals that end the watch cannot be listened to")?;
    let once = options.once;
    let (mut poller, feed) = poller::start(Plan {
        regions: options.region,
        kinds,
        every: options.every,
        once,
        db: options.db,
        exec: options.exec,
        exec_limit: options.exec_limit,
        confirm_polls: options.confirm_polls,
        for_view: live,
    })?;
    let watched = tokio::select! {
        biased;
        () = signals.asked_to_end() => return Ok(ExitCode::SUCCESS),
        watched = poller.ready() => watched?,
    };
    let complete = if live {
        view::run(watched, feed, &mut poller, &mut signals).await?;
        true
    } else {
        lines::run(&watched, options.output.unwrap_or_default(), once, feed, &mut poller, &mut signals).await?
    };
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn region(text: &str) -> Result<String, String> {
    match config::is_region(text) {
        true => Ok(text.to_owned()),
        false => Err("that is not the name of a region, like us-east-1".to_owned()),
    }
}

/// A quarter of an hour without a look is unmonitored time: nobody could say what happened in it.
fn interval(text: &str) -> Result<Duration, String> {
    schedule::duration_within(text, Duration::from_secs(5)..=Duration::from_secs(900))
}

fn limit(text: &str) -> Result<Duration, String> {
    schedule::duration_within(text, Duration::from_secs(1)..=Duration::from_secs(900))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        let line = Line::try_parse_from([&["watch"], arguments].concat());
        line.map(|line| line.options).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let options = parse(&[]).unwrap();
        assert_eq!((options.every, options.exec_limit), (Duration::from_secs(60), Duration::from_secs(30)));
        assert_eq!((options.confirm_polls, options.output, options.once), (3, None, false));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_the_reason() {
        for (arguments, reason) in [
            (&["--every", "1s"][..], "from 5s to 15m"),
            (&["--every", "1h"], "from 5s to 15m"),
            (&["--every", "soon"], "a time like 30s or 5m"),
            (&["--region", "Frankfurt"], "like us-east-1"),
            (&["--kind", "vif"], "the kinds are connection, "),
            (&["--exec-limit", "5s"], "--exec <CMD>"),
            (&["--confirm-polls", "0"], "1..=1000"),
        ] {
            let error = parse(arguments).unwrap_err();
            assert!(error.contains(reason), "{arguments:?}: {error}");
        }
    }
}
