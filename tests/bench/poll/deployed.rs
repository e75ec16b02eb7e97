//! The first message of an outage, as the function is deployed: with the share of a processor that its memory buys, and a
//! DynamoDB whose partitions take what AWS's do.
//!
//! Each round plays in a world of its own: an outage that comes back too soon would be a flap.

use std::time::Duration;

use super::table::{Table, milliseconds};
use super::world::{Poll, World};
use super::{Built, DELAY, Size, estates};
use crate::support::limits::processor::{Share, share_of};

/// The memory of the function, in MB: as in the template.
const MEMORY: f64 = 256.0;
const ROUNDS: usize = 7;

/// What a round came to.
struct Round {
    first_message: Duration,
    poll: Poll,
    stops: u64,
    throttled: usize,
}

pub async fn measure(size: Size, built: &Built) {
    let mut table =
        Table::new(&["items", "", "first message, ms", "whole poll, ms", "computing, ms", "stops", "throttled"]);
    for (name, share) in [("a share of a processor", share_of(MEMORY)), ("a whole one", 1.0)] {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(round(size, built, share).await);
        }
        rounds.sort_by_key(|round| round.first_message);
        let (least, middle, most) = (&rounds[0], &rounds[ROUNDS / 2], &rounds[ROUNDS - 1]);
        table.row([
            size.name(),
            name.to_owned(),
            format!(
                "{} ({} to {})",
                milliseconds(middle.first_message),
                milliseconds(least.first_message),
                milliseconds(most.first_message)
            ),
            milliseconds(middle.poll.wall),
            milliseconds(middle.poll.cpu),
            middle.stops.to_string(),
            middle.throttled.to_string(),
        ]);
    }
    println!("{table}");
}

async fn round(size: Size, built: &Built, share: f64) -> Round {
    let world = World::of(size.scenario(), DELAY).with_capacity();
    let function = world.program(&built.lambda).start();
    for _ in 0..2 {
        let poll = world.poll(&function).await;
        assert!(poll.outcome.is_ok(), "{:?}", poll.outcome);
    }
    let share = (share < 1.0).then(|| Share::keep(function.process_id(), share));
    let quiet = world.poll(&function).await;
    assert!(quiet.outcome.is_ok(), "{:?}", quiet.outcome);
    let (stops, throttled) = (share.as_ref().map_or(0, Share::stops), world.throttled());
    world.happens(estates::all_go_down);
    let poll = world.poll(&function).await;
    // It may be cut short: what matters here is said first.
    let first_message = world.recorder.metric("FirstMessageDelay");
    let first_message = first_message.first().unwrap_or_else(|| panic!("no message: {:?}", poll.outcome));
    let first_message = Duration::from_secs_f64(first_message.value / 1e3);
    eprintln!("{}: the first message after {} ms", size.name(), milliseconds(first_message));
    Round {
        first_message,
        poll,
        stops: share.as_ref().map_or(0, Share::stops) - stops,
        throttled: world.throttled() - throttled,
    }
}
