//! `watch`: parses its options and chooses its front: the live view on a terminal, lines elsewhere.

use std::{ops::RangeInclusive, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, ValueEnum};

use super::store;
use crate::{
    domain::{Kind, Notify, defaults, is_region},
    terminal,
    watch::{self, Front, LineFormat, Plan},
    words,
};

/// Watch Direct Connect with your AWS credentials, in a live view or as one line for each change
///
/// Only calls Describe operations of Direct Connect and sts:GetCallerIdentity. On a terminal it shows the open incidents
/// and all items, worst first, and the changes below them; q ends it. In a pipe, or with --output, it writes one line for
/// each change. Problems go to standard error. States and history are kept in a SQLite file, which `status`, `history`
/// and `report` read, and from which a later `watch` continues.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws-dx-monitor watch\n  \
    aws-dx-monitor watch --region us-east-1 --region eu-central-1 --every 30s\n  \
    aws-dx-monitor watch --kind connection,virtual-interface,bgp-peer\n  \
    aws-dx-monitor watch --output json | jq -c 'select(.severity == \"critical\")'\n  \
    aws-dx-monitor watch --exec 'notify-send -- \"Direct Connect\" \"$DX_SUMMARY\"'\n  \
    aws-dx-monitor watch --once || echo 'the poll was incomplete'\n\n\
    --exec: the command runs once for each change, through `sh -c`, with its document on its standard input, and \
    with what it is about in its environment: DX_SUMMARY, DX_CHANGE, DX_SEVERITY, DX_KIND, DX_ITEM_ID, DX_ID, \
    DX_INCIDENT_ID and others. Its standard output is discarded. A command that runs for longer than --exec-limit is \
    killed. One that fails or is killed is reported with the last lines of its standard error, and is not run again for \
    that change. A command that had not ended when `watch` was ended is run again by the next one: drop repeats by \
    DX_ID, which is .metadata.id. Changes of one item or incident come in order; up to four commands run at a time.\n\n\
    Exit status: 0 when it was ended by q, Ctrl-C or SIGTERM; 2 for an error. With --once, 2 also when anything could \
    not be read, recorded or announced, or a command failed.")]
pub struct Options {
    /// A region to watch; repeat it for more [default: the region of your AWS environment or profile]
    #[arg(long, value_name = "REGION", value_parser = region)]
    region: Vec<String>,
    /// Only items of these kinds, such as connection or bgp-peer
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,
    /// How often to poll: 5s to 15m. A poll that takes longer delays the next one
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = interval)]
    every: Duration,
    /// Poll once, then end
    #[arg(long)]
    once: bool,
    /// The SQLite file for states and history, created if it does not exist
    #[arg(long, value_name = "PATH", default_value = store::DEFAULT_FILE)]
    db: PathBuf,
    /// Write one line for each change instead of showing the live view; json: its document
    #[arg(long, value_enum, value_name = "FORM")]
    output: Option<WatchFormat>,
    /// What counts as a change: incidents, which are one cause with all that it takes with it; items, each transition of
    /// an item; or both
    #[arg(long, value_name = "WHAT", default_value = "incidents")]
    notify: Notify,
    /// A shell command to run for each change, with its document on its standard input
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,
    /// How long the command of --exec may run before it is killed: 1s to 15m
    #[arg(long, value_name = "TIME", default_value = "30s", requires = "exec", value_parser = limit)]
    exec_limit: Duration,
    /// How many polls in a row must find an item missing or unknown before that becomes a change
    #[arg(long, value_name = "N", default_value_t = defaults::CONFIRM_POLLS, value_parser = clap::value_parser!(u64).range(1..=1000))]
    confirm_polls: u64,
}

/// The format of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WatchFormat {
    /// For people
    Text,
    /// For programs: one document a line
    Json,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let front = options.front();
    let complete = watch::run(options.plan(), front).await?;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

impl Options {
    fn front(&self) -> Front {
        match self.output {
            Some(WatchFormat::Json) => Front::Lines(LineFormat::Json),
            None if !self.once && terminal::is_watched() => Front::View,
            Some(WatchFormat::Text) | None => Front::Lines(LineFormat::Text),
        }
    }

    fn plan(self) -> Plan {
        Plan {
            regions: self.region,
            kinds: if self.kind.is_empty() { Kind::usual().collect() } else { self.kind.into_iter().collect() },
            every: self.every,
            once: self.once,
            db: self.db,
            exec: self.exec,
            exec_limit: self.exec_limit,
            notify: self.notify,
            confirm_polls: self.confirm_polls,
            play: None,
        }
    }
}

fn region(text: &str) -> Result<String, String> {
    match is_region(text) {
        true => Ok(text.to_owned()),
        false => Err("not the name of a region, like us-east-1".to_owned()),
    }
}

/// Polls further apart than the upper bound would leave unmonitored time between them.
fn interval(text: &str) -> Result<Duration, String> {
    duration_within(text, Duration::from_secs(5)..=defaults::UNMONITORED_AFTER)
}

fn limit(text: &str) -> Result<Duration, String> {
    duration_within(text, Duration::from_secs(1)..=Duration::from_secs(900))
}

/// Reads a time like `30s` or `5m` that lies in `range`.
fn duration_within(text: &str, range: RangeInclusive<Duration>) -> Result<Duration, String> {
    let seconds = [("s", 1), ("m", 60), ("h", 3600)].into_iter().find_map(|(unit, seconds)| {
        let number = text.strip_suffix(unit)?;
        // `parse` would accept a sign.
        let number: u64 = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())??;
        number.checked_mul(seconds)
    });
    let (shortest, longest) = (words::duration(*range.start()), words::duration(*range.end()));
    match seconds.map(Duration::from_secs) {
        Some(duration) if range.contains(&duration) => Ok(duration),
        Some(_) => Err(format!("it must be from {shortest} to {longest}")),
        None => Err(format!("not a time like 30s or 5m, from {shortest} to {longest}")),
    }
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
    fn options_have_defaults() {
        let options = parse(&[]).unwrap();
        assert_eq!((options.every, options.exec_limit), (Duration::from_secs(60), Duration::from_secs(30)));
        assert_eq!((options.confirm_polls, options.output, options.once), (3, None, false));
        assert_eq!(options.notify, Notify::Incidents);
    }

    #[test]
    fn a_wrong_value_is_refused_with_the_reason() {
        for (arguments, reason) in [
            (&["--every", "1s"][..], "from 5s to 15m"),
            (&["--every", "1h"], "from 5s to 15m"),
            (&["--every", "soon"], "a time like 30s or 5m"),
            (&["--region", "Frankfurt"], "like us-east-1"),
            (&["--kind", "vif"], "the kinds are connection, "),
            (&["--exec-limit", "5s"], "--exec <CMD>"),
            (&["--confirm-polls", "0"], "1..=1000"),
            (&["--notify", "all"], "\"all\" is not one of incidents, items, both"),
        ] {
            let error = parse(arguments).unwrap_err();
            assert!(error.contains(reason), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn times_are_seconds_minutes_and_hours() {
        let range = Duration::from_secs(5)..=Duration::from_secs(900);
        let read = |text| duration_within(text, range.clone());
        assert_eq!(read("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(read("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(read("4s"), Err("it must be from 5s to 15m".to_owned()));
        assert_eq!(read("1h"), Err("it must be from 5s to 15m".to_owned()));
        for text in ["", "60", "s", "+60s", "-5s", "1.5m", "1 m", "99999999999999999999s", "6148914691236517205h"] {
            assert_eq!(read(text), Err("not a time like 30s or 5m, from 5s to 15m".to_owned()), "{text}");
        }
    }
}
