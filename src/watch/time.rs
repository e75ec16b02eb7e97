//! The time of a watch: that of this machine, or of a play, in which a minute takes a few seconds.

use std::time::{Duration, Instant};

use crate::{
    domain::Timestamp,
    ports::{Clock, SystemClock},
};

const MINUTE: Duration = Duration::from_secs(60);

/// The clock of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WatchTime {
    /// This machine's.
    Real,
    /// That of a play.
    Played {
        /// When the play begins, in its own time.
        start: Timestamp,
        /// When it began, in this machine's.
        began: Instant,
        /// How long a minute of it takes.
        pace: Duration,
        /// How many minutes it has. After them its time stands still.
        minutes: u32,
    },
}

impl WatchTime {
    /// The time of a play that begins now, and ends at the present.
    pub(super) fn playing(pace: Duration, minutes: u32) -> WatchTime {
        let length = i64::try_from((MINUTE * minutes).as_millis()).unwrap_or(0);
        let start = Timestamp::from_milliseconds(SystemClock.now().milliseconds() - length);
        WatchTime::Played { start, began: Instant::now(), pace, minutes }
    }

    /// How much of this time passes in so much of this machine's.
    pub(super) fn passing(self, real: Duration) -> Duration {
        match self {
            WatchTime::Real => real,
            WatchTime::Played { pace, .. } => MINUTE.mul_f64(real.as_secs_f64() / pace.as_secs_f64()),
        }
    }
}

impl Clock for WatchTime {
    fn now(&self) -> Timestamp {
        match self {
            WatchTime::Real => SystemClock.now(),
            WatchTime::Played { start, began, minutes, .. } => {
                start.plus(self.passing(began.elapsed()).min(MINUTE * *minutes))
            }
        }
    }

    async fn sleep(&self, duration: Duration) {
        SystemClock.sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_play_is_faster_and_ends_at_the_present() {
        let now = SystemClock.now();
        let (start, began) = (Timestamp::from_milliseconds(0), Instant::now() - Duration::from_secs(8));
        let played = |minutes| WatchTime::Played { start, began, pace: Duration::from_secs(4), minutes };
        assert_eq!(played(45).passing(Duration::from_secs(6)), Duration::from_secs(90));
        assert!((120..150).contains(&played(45).now().seconds()), "two minutes are over");
        assert_eq!(played(1).now().seconds(), 60, "it stands still at its end");
        let WatchTime::Played { start, .. } = WatchTime::playing(Duration::from_secs(4), 45) else { panic!() };
        assert!((2_700..2_760).contains(&now.since(start).as_secs()));
        assert_eq!(WatchTime::Real.passing(Duration::from_secs(6)), Duration::from_secs(6));
    }
}
