//! Quiet polls and an outage as the function is deployed: with the share of a processor that its memory buys, and a
//! DynamoDB whose partitions take what AWS's do.
//!
//! Each round plays in a world of its own: an outage that comes back too soon would be a flap. Its polls follow each other
//! at once, where the deployed ones begin a minute apart.

use std::time::Duration;

use super::table::{Table, kilobytes, milliseconds};
use super::world::{Poll, World};
use super::{Built, DELAY, Size, estates};
use crate::support::limits::processor::{Share, share_of};
use crate::support::runtime_api::Function;

/// The memory of the function, in MB: as in the template.
const MEMORY: f64 = 256.0;
const ROUNDS: usize = 7;
const ROUNDS_OF_LARGE: usize = 3;
/// The quiet polls of a round.
const QUIET: usize = 5;
/// Everything is through after so many polls, or never will be.
const ENOUGH: usize = 20;

/// What a round came to.
struct Round {
    quiet: Vec<Poll>,
    first_message: Duration,
    /// From the one that saw the outage to the one that left nothing to do.
    outage: Vec<Poll>,
    stops: u64,
    throttled: usize,
}

impl Round {
    fn sum(&self, of: fn(&Poll) -> Duration) -> Duration {
        self.outage.iter().map(of).sum()
    }

    fn peak_memory(&self) -> u64 {
        self.outage.iter().map(|poll| poll.peak_memory).max().unwrap_or(0)
    }
}

pub async fn measure(size: Size, built: &Built) {
    let mut table = Table::new(&[
        "items",
        "",
        "quiet poll, ms",
        "computing, ms",
        "peak, MiB",
        "first message, ms",
        "polls of the outage",
        "all of them, ms",
        "computing, ms",
        "peak, MiB",
        "stops",
        "throttled",
    ]);
    let times = if size.items() > 1_000 { ROUNDS_OF_LARGE } else { ROUNDS };
    for (name, share) in [("a share of a processor", share_of(MEMORY)), ("a whole one", 1.0)] {
        let mut rounds = Vec::new();
        for _ in 0..times {
            rounds.push(round(size, built, share).await);
        }
        let quiet: Vec<&Poll> = rounds.iter().flat_map(|round| &round.quiet).collect();
        table.row([
            size.name(),
            name.to_owned(),
            spread(quiet.iter().map(|poll| poll.wall), milliseconds),
            spread(quiet.iter().map(|poll| poll.cpu), milliseconds),
            spread(quiet.iter().map(|poll| poll.peak_memory), kilobytes),
            spread(rounds.iter().map(|round| round.first_message), milliseconds),
            spread(rounds.iter().map(|round| round.outage.len()), |polls| polls.to_string()),
            spread(rounds.iter().map(|round| round.sum(|poll| poll.wall)), milliseconds),
            spread(rounds.iter().map(|round| round.sum(|poll| poll.cpu)), milliseconds),
            spread(rounds.iter().map(Round::peak_memory), kilobytes),
            spread(rounds.iter().map(|round| round.stops), |stops| stops.to_string()),
            spread(rounds.iter().map(|round| round.throttled), |throttled| throttled.to_string()),
        ]);
    }
    println!("{table}");
}

/// The median, and in brackets the least and the most.
fn spread<T: Copy + Ord>(figures: impl Iterator<Item = T>, print: fn(T) -> String) -> String {
    let mut figures: Vec<T> = figures.collect();
    figures.sort();
    let (least, middle, most) = (figures[0], figures[figures.len() / 2], figures[figures.len() - 1]);
    if least == most {
        return print(middle);
    }
    format!("{} ({} to {})", print(middle), print(least), print(most))
}

async fn round(size: Size, built: &Built, share: f64) -> Round {
    let world = World::of(size.scenario(), DELAY).with_capacity();
    let function = world.program(&built.lambda).start();
    until_nothing_is_left(&world, &function).await;
    let share = (share < 1.0).then(|| Share::keep(function.process_id(), share));
    let mut quiet = Vec::new();
    for _ in 0..=QUIET {
        let poll = world.poll(&function).await;
        assert!(poll.outcome.is_ok(), "{:?}", poll.outcome);
        quiet.push(poll);
    }
    // The first one warms up.
    quiet.remove(0);
    let (stops, throttled) = (share.as_ref().map_or(0, Share::stops), world.throttled());
    world.happens(estates::all_go_down);
    let seen = world.poll(&function).await;
    // It may be cut short: what matters here is announced first.
    let first_message = world.recorder.metric("FirstMessageDelay");
    let first_message = first_message.first().unwrap_or_else(|| panic!("no message: {:?}", seen.outcome));
    let first_message = Duration::from_secs_f64(first_message.value / 1e3);
    let mut outage = vec![seen];
    if !is_through(&outage[0]) {
        eprintln!("after the first poll: {:?}", outage[0].outcome);
        outage.extend(until_nothing_is_left(&world, &function).await);
    }
    eprintln!("{}: the first message after {} ms, {} polls", size.name(), milliseconds(first_message), outage.len());
    Round {
        quiet,
        first_message,
        outage,
        stops: share.as_ref().map_or(0, Share::stops) - stops,
        throttled: world.throttled() - throttled,
    }
}

/// Polls, the last of which left nothing to the next one.
async fn until_nothing_is_left(world: &World, function: &Function) -> Vec<Poll> {
    let mut polls = Vec::new();
    while polls.len() < ENOUGH {
        polls.push(world.poll(function).await);
        if polls.last().is_some_and(is_through) {
            return polls;
        }
    }
    panic!("something is left after {ENOUGH} polls: {:?}", polls.pop().map(|poll| poll.outcome));
}

/// Whether a poll left nothing to the next one: no error, no announcement, no part of a baseline.
fn is_through(poll: &Poll) -> bool {
    poll.outcome.as_ref().is_ok_and(|report| report["pending"] == 0 && report["baseline"].is_null())
}
