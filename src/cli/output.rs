//! What the reading commands have in common: where they read, and in which form they write.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};

use crate::local::SqliteLedger;

/// Where a reading command reads.
#[derive(Debug, Args)]
pub struct Source {
    /// The SQLite file that `watch` or `demo` keeps
    #[arg(long, value_name = "PATH", default_value = "dx-monitor.db")]
    db: PathBuf,
}

impl Source {
    /// Opens the store; reading never writes.
    pub fn open(&self) -> anyhow::Result<SqliteLedger> {
        SqliteLedger::open_read_only(&self.db)
    }
}

/// In which form a command writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
    /// For spreadsheets: times in UTC
    Csv,
}

/// How long a state stays true while nobody looks.
#[derive(Clone, Copy, Debug, Args)]
pub struct Freshness {
    /// Without a complete listing for longer than this, a kind is unmonitored: what is said of it is stale
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    unmonitored_after: u64,
}

impl Freshness {
    /// The longest time without a complete listing that is tolerated.
    pub fn tolerated(self) -> Duration {
        Duration::from_secs(self.unmonitored_after)
    }
}

/// A duration as people say it, in its two largest units.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) if seconds.is_multiple_of(60) => format!("{minutes}m"),
        (0, 0, _) => format!("{minutes}m {}s", seconds % 60),
        (0, _, 0) => format!("{hours}h"),
        (0, ..) => format!("{hours}h {minutes}m"),
        (_, 0, _) => format!("{days}d"),
        _ => format!("{days}d {hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_their_two_largest_units() {
        let told: Vec<String> = [0, 59, 60, 61, 3600, 3660, 86_399, 86_400, 90_000, 31_536_000]
            .map(|seconds| duration(Duration::from_secs(seconds)))
            .into();
        assert_eq!(told, ["0s", "59s", "1m", "1m 1s", "1h", "1h 1m", "23h 59m", "1d", "1d 1h", "365d"]);
    }
}
