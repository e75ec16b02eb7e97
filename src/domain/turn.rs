//! Turns: when the polls begin that events ask for, whatever number of events comes.
//!
//! Such a poll begins at most once in [`BETWEEN_TURNS`], over all invocations of an account, and each event is followed by
//! one that begins after it, no later than that. Both stand on one row per account, which is written on condition that
//! no one has written it meanwhile. An event that finds a turn which has not begun adds its scopes to it, and leaves: that
//! poll begins later, and so sees what the event is about. One that finds none makes the next one, waits for it and polls.
//!
//! Where such a poll takes long, the next one begins later by as much: a storm of events must leave time for the polls of the
//! schedule, which may have only one place to run in. An event then waits no longer than [`LONGEST_WAIT`]. One for which that
//! is too short leaves the turn to the next event that can wait for it, or to the schedule.
//!
//! Whoever waits may die. Then the next event that comes after the turn's time takes the turn over, with all of its scopes;
//! and if none comes, the schedule's next poll sees it all.

use std::{collections::BTreeSet, time::Duration};

use super::{scope::Scope, timestamp::Timestamp};

/// The least time between the beginnings of two polls that events ask for, and the longest that an event waits for one.
pub const BETWEEN_TURNS: Duration = Duration::from_secs(10);

/// The longest that an invocation waits for a turn: it must have time left for the poll.
pub const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// No poll takes longer.
const LONGEST_POLL: Duration = Duration::from_secs(60);

/// The last turn of an account: the poll that has begun last, or the one that is to begin next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When it begins, or began.
    pub at: Timestamp,
    /// Whether it has begun. Then nothing joins it any more.
    pub has_begun: bool,
    /// Whether an invocation waits for it, or did.
    pub is_awaited: bool,
    /// What it polls.
    pub scopes: BTreeSet<Scope>,
    /// How long the last poll took that an event asked for.
    pub lasted: Duration,
    /// The invocation that wrote this: so that a repeat of a write recognizes its own.
    pub writer: String,
    /// How often turns were written: the condition of the next write.
    pub revision: u64,
}

/// What an event's invocation does about its poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: a poll of its scopes begins later, by another invocation.
    Covered,
    /// Writes the turn with its scopes added, and leaves that poll to another invocation.
    Join(Turn),
    /// Writes the turn, waits for its time, and asks again by [`Turn::after_waiting`].
    Wait(Turn),
    /// Writes the turn, and polls its scopes at once.
    Begin(Turn),
}

impl Turn {
    /// What an event does that wants `scopes` polled, where the account's row is `stored`.
    pub fn asked(stored: Option<&Turn>, scopes: &BTreeSet<Scope>, writer: &str, now: Timestamp) -> Asked {
        let next = |at, has_begun, scopes: BTreeSet<Scope>| Turn {
            at,
            has_begun,
            is_awaited: true,
            scopes,
            lasted: stored.map_or(Duration::ZERO, |stored| stored.lasted),
            writer: writer.to_owned(),
            revision: stored.map_or(1, |stored| stored.revision + 1),
        };
        let Some(stored) = stored.filter(|stored| stored.is_plausible(now)) else {
            return Asked::Begin(next(now, true, scopes.clone()));
        };
        let both = || stored.scopes.union(scopes).cloned().collect();
        if stored.has_begun {
            let earliest = stored.at.plus(BETWEEN_TURNS + stored.lasted.min(LONGEST_POLL));
            if earliest <= now {
                return Asked::Begin(next(now, true, scopes.clone()));
            }
            let turn = next(earliest, false, scopes.clone());
            if turn.can_be_awaited(now) { Asked::Wait(turn) } else { Asked::Join(Turn { is_awaited: false, ..turn }) }
        } else if stored.at <= now {
            Asked::Begin(next(now, true, both()))
        } else if !stored.is_awaited && stored.can_be_awaited(now) {
            Asked::Wait(next(stored.at, false, both()))
        } else if stored.scopes.is_superset(scopes) {
            Asked::Covered
        } else {
            Asked::Join(Turn { is_awaited: stored.is_awaited, ..next(stored.at, false, both()) })
        }
    }

    /// What the invocation does that has waited for the turn at `at`: it begins it, unless another has done so.
    pub fn after_waiting(stored: Option<&Turn>, at: Timestamp, writer: &str, now: Timestamp) -> Asked {
        match stored {
            Some(stored) if !stored.has_begun && stored.at == at => Asked::Begin(Turn {
                at: at.max(now),
                has_begun: true,
                writer: writer.to_owned(),
                revision: stored.revision + 1,
                ..stored.clone()
            }),
            _ => Asked::Covered,
        }
    }

    /// Whether clocks that agree can have written it. One that is far ahead must not hold all polls up.
    fn is_plausible(&self, now: Timestamp) -> bool {
        self.at <= now.plus(BETWEEN_TURNS * 2 + LONGEST_POLL)
    }

    /// Whether an invocation can wait for it, and poll then.
    fn can_be_awaited(&self, now: Timestamp) -> bool {
        self.at <= now.plus(LONGEST_WAIT)
    }
}

#[cfg(test)]
mod tests;
