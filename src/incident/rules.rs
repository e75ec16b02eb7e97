//! The rules of time: how long an incident waits, how flaps are damped, when people are reminded. Every one is an instant
//! computed from instants, so that the same rows give the same answer.

use std::time::Duration;

use crate::domain::{Category, Flapping, IncidentState, Severity, Timestamp};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Down again within this time of its end, it is the same incident.
const REOPENS_WITHIN: Duration = Duration::from_secs(15 * 60);
/// What each outage adds to the penalty, which halves in `HALF_LIFE`.
const PENALTY: u64 = 1_000;
const HALF_LIFE: Duration = Duration::from_secs(15 * 60);
/// Above this an incident flaps: three outages within some 20 minutes, and two never.
const FLAPS_ABOVE: u64 = 2_000;
/// Below this it has settled, once it has been one way for `ONE_WAY`; and at the latest after `AT_THE_LATEST`.
const SETTLES_BELOW: u64 = 750;
const ONE_WAY: Duration = Duration::from_secs(10 * 60);
const AT_THE_LATEST: Duration = Duration::from_secs(60 * 60);
/// How often at most the spreading of an incident is announced in chats.
const SPREAD_EVERY: Duration = Duration::from_secs(5 * 60);
/// How long the row of an incident that is over is kept: its cursors live there, and what is pending for longer than seven
/// days is given up.
const KEPT: Duration = Duration::from_secs(8 * 24 * 3_600);
/// How long something may be new before people are asked whether that is right, and how often then.
const STILL_NEW: Duration = Duration::from_secs(72 * 3_600);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3_600);

/// By which rules incidents are folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldRules {
    /// The time between two polls.
    pub interval: Duration,
    /// After how long people are first reminded of an open critical incident; zero is never.
    pub remind_after: Duration,
    /// For how long a kind, or its items of one parent, may go without a complete listing before its incidents are blind.
    pub unmonitored_after: Duration,
    /// For how long documents are kept.
    pub keep_history: Duration,
}

impl FoldRules {
    /// For how long after an incident has grown a new root may take it over: the longer of 5 minutes and 3 polls.
    pub fn join_window(&self) -> Duration {
        (5 * MINUTE).max(3 * self.interval)
    }

    /// For how long nothing is said of members that stay down when their root is well again.
    pub fn patience(&self) -> Duration {
        2 * self.interval
    }

    /// Whether an incident that ended at `closed_at` begins again at `at`.
    pub fn reopens(&self, closed_at: Timestamp, at: Timestamp) -> bool {
        at.since(closed_at) <= REOPENS_WITHIN
    }

    /// When the row of an incident that is over may be dropped, in seconds since 1970.
    pub fn expiry(&self, closed_at: Timestamp) -> i64 {
        closed_at.plus(KEPT).seconds()
    }

    /// When people are to be reminded of an open incident; never of some.
    pub fn reminder(&self, incident: &IncidentState) -> Option<Timestamp> {
        if self.remind_after.is_zero() || !incident.told.people || incident.circumstances.acknowledged.is_some() {
            return None;
        }
        let (opened, last) = (incident.opened_at, incident.reminded_at.unwrap_or(incident.opened_at));
        match (incident.category, incident.told.severity) {
            // Its reminder is that of the work.
            (Category::Maintenance, _) => None,
            (Category::Provisioning, _) if incident.reminders == 0 => Some(opened.plus(STILL_NEW)),
            (Category::Provisioning, _) => Some(last.plus(WEEK)),
            (_, Severity::Critical) => Some(match incident.reminders {
                0 => opened.plus(self.remind_after),
                1 => opened.plus(4 * self.remind_after),
                _ => last.plus(DAY),
            }),
            (_, Severity::Warning) => Some(last.plus(DAY)),
            (_, Severity::Info) => None,
        }
    }

    /// Whether the spreading of an incident may be announced in chats at `now`.
    pub fn tells_spread(&self, incident: &IncidentState, now: Timestamp) -> bool {
        let last = incident.spread_at.unwrap_or(incident.opened_at);
        now.since(last) >= SPREAD_EVERY
    }
}

/// The penalty at `at`.
fn penalty(flapping: &Flapping, at: Timestamp) -> u64 {
    let halves = at.since(flapping.at).as_secs_f64() / HALF_LIFE.as_secs_f64();
    // Penalties are small: nothing is lost in the conversion, and a fraction does not matter.
    (flapping.penalty as f64 * 0.5_f64.powf(halves)) as u64
}

/// The flapping of an incident that goes down once more at `at`.
pub fn one_more(flapping: &Flapping, at: Timestamp) -> Flapping {
    let penalty = penalty(flapping, at) + PENALTY;
    let since = flapping.since.or_else(|| (penalty > FLAPS_ABOVE).then_some(at));
    Flapping { penalty, at: at.max(flapping.at), since }
}

/// The flapping of an incident that goes down for the first time.
pub fn first(at: Timestamp) -> Flapping {
    Flapping { penalty: PENALTY, at, since: None }
}

/// Whether an incident that flaps has settled by `now`.
pub fn has_settled(incident: &IncidentState, now: Timestamp) -> bool {
    let Some(since) = incident.flapping.since else { return false };
    let is_quiet = penalty(&incident.flapping, now) < SETTLES_BELOW && now.since(incident.changed_at) >= ONE_WAY;
    is_quiet || now.since(since) >= AT_THE_LATEST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_milliseconds(minutes * 60_000)
    }

    #[test]
    fn three_outages_within_twenty_minutes_flap_and_two_never() {
        let outages =
            |minutes: &[i64]| minutes[1..].iter().fold(first(at(minutes[0])), |all, next| one_more(&all, at(*next)));
        assert_eq!(outages(&[0, 0]).since, None, "two at once");
        assert_eq!(outages(&[0, 1, 2]).since, Some(at(2)));
        assert_eq!(outages(&[0, 10, 20]).since, Some(at(20)));
        assert_eq!(outages(&[0, 15, 30]).since, None);
        assert_eq!(outages(&[0, 60, 120, 180]).since, None, "one an hour");
    }

    #[test]
    fn the_windows_follow_the_interval() {
        let rules = |seconds| FoldRules {
            interval: Duration::from_secs(seconds),
            remind_after: 60 * MINUTE,
            unmonitored_after: Duration::from_secs(900),
            keep_history: DAY,
        };
        assert_eq!((rules(60).join_window(), rules(600).join_window()), (5 * MINUTE, 30 * MINUTE));
        assert!(rules(60).reopens(at(0), at(15)) && !rules(60).reopens(at(0), at(16)));
    }
}
