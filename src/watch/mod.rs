//! The watch: polls AWS with the caller's credentials, keeps states and history in a SQLite file, and shows the changes.
//!
//! Two threads share the work. The `poller` polls, records and announces (`polls`), at an interval that a slow screen or
//! pipe cannot disturb. The channels of a `feed` lead to the front: a live `view` on a terminal, `lines` elsewhere.
//! `problems` turns the gaps and failures of each poll into problems that begin and end, and `commands` runs the command of
//! `--exec`. A `change` is what both fronts show of a recorded document: a `transition`, or an `incident`.

mod announcer;
mod change;
mod command;
mod commands;
mod feed;
mod incident;
mod lines;
mod plan;
mod poller;
mod polls;
mod problems;
mod row;
mod schedule;
mod signals;
mod stored;
mod time;
mod transition;
mod variables;
mod view;

use anyhow::Context;

pub use lines::LineFormat;
pub use plan::{Plan, Play};
use signals::EndSignals;

/// Where a watch shows changes and problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// A live view on the terminal.
    View,
    /// A line for each change on standard output.
    Lines(LineFormat),
}

/// Watches until it is ended, or until its only poll is over. Returns whether everything was read, recorded and
/// announced.
///
/// # Errors
///
/// There are no credentials, the store cannot be used, or the front cannot be written to.
pub async fn run(plan: Plan, front: Front) -> anyhow::Result<bool> {
    let mut signals = EndSignals::listen().context("cannot listen for the signals that end the watch")?;
    let (mut poller, feed) = poller::start(plan, front == Front::View)?;
    let watched = tokio::select! {
        biased;
        () = signals.asked_to_end() => return Ok(true),
        watched = poller.ready() => watched?,
    };
    match front {
        Front::View => {
            view::run(watched, feed, &mut poller, &mut signals).await?;
            Ok(true)
        }
        Front::Lines(format) => lines::run(&watched, format, feed, &mut poller, &mut signals).await,
    }
}
