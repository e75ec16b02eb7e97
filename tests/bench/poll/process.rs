//! What the kernel knows of a process: how much memory it took at most, and how much time.

use std::fs;
use std::time::Duration;

/// `/proc` counts in hundredths of a second on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// A process under measurement.
#[derive(Clone, Copy)]
pub struct Watched(pub u32);

impl Watched {
    /// The most memory that was resident, in kB, since the last reset.
    pub fn peak_memory(self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    }

    /// Begins to look for the most memory anew.
    pub fn reset_peak_memory(self) {
        // Where the kernel does not allow it, the peak is that of the process's whole life.
        let _ = fs::write(format!("/proc/{}/clear_refs", self.0), "5");
    }

    /// The time it computed so far: by the scheduler's own count, which is in nanoseconds, or in ticks where it has none.
    pub fn cpu_time(self) -> Duration {
        let schedstat = fs::read_to_string(format!("/proc/{}/schedstat", self.0)).unwrap_or_default();
        let nanoseconds = schedstat.split_whitespace().next().and_then(|word| word.parse().ok());
        nanoseconds.map_or_else(|| self.ticks(), Duration::from_nanos)
    }

    fn ticks(self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap_or_default();
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        let words: Vec<&str> = after_name.split_whitespace().collect();
        let ticks = |place: usize| words.get(place).and_then(|word| word.parse::<u32>().ok()).unwrap_or(0);
        TICK * (ticks(11) + ticks(12))
    }
}
