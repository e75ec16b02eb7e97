//! A share of a processor, as a function's memory buys it: 1,769 MB are one, 256 MB are 0.145 of one.
//!
//! In each period of 100 ms the process computes its share, and then stands still until the next one; what it waits for costs it
//! nothing. Where a control group may be made, the kernel sees to that; elsewhere a thread stops and continues the process.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The period that a share is a part of.
const PERIOD: Duration = Duration::from_millis(100);

/// How often the time that a process has computed is looked up where the kernel does not count it.
const LOOK: Duration = Duration::from_millis(1);

/// The memory that buys one processor, in MB.
const MEMORY_OF_A_PROCESSOR: f64 = 1_769.0;

/// What a function of this memory gets.
pub fn share_of(memory_megabytes: f64) -> f64 {
    memory_megabytes / MEMORY_OF_A_PROCESSOR
}

/// A process that gets a share; dropping this gives it the whole processor again.
pub struct Share(Means);

enum Means {
    Group(Group),
    DutyCycle(DutyCycle),
}

impl Share {
    /// Keeps the process to `share` of a processor from now on.
    pub fn keep(process_id: u32, share: f64) -> Self {
        Self(
            Group::new(process_id, share)
                .map_or_else(|_| Means::DutyCycle(DutyCycle::start(process_id, share)), Means::Group),
        )
    }

    /// In how many periods the process had to stand still so far.
    pub fn stops(&self) -> u64 {
        match &self.0 {
            Means::Group(group) => group.stops(),
            Means::DutyCycle(cycle) => cycle.stops.load(Ordering::Relaxed),
        }
    }
}

/// A control group of the kernel's, of either version.
struct Group {
    path: PathBuf,
    /// Where the process came from, and goes back to.
    parent: PathBuf,
}

impl Group {
    fn new(process_id: u32, share: f64) -> io::Result<Self> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("tests-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let period = PERIOD.as_micros();
        let quota = PERIOD.mul_f64(share).as_micros();
        let first = Path::new("/sys/fs/cgroup/cpu");
        let second = Path::new("/sys/fs/cgroup");
        let (parent, settings) = if first.join("cpu.cfs_quota_us").exists() {
            (first, vec![("cpu.cfs_period_us", period.to_string()), ("cpu.cfs_quota_us", quota.to_string())])
        } else {
            (second, vec![("cpu.max", format!("{quota} {period}"))])
        };
        let group = Self { path: parent.join(name), parent: parent.to_owned() };
        fs::create_dir(&group.path)?;
        for (file, value) in settings {
            fs::write(group.path.join(file), value)?;
        }
        fs::write(group.path.join("cgroup.procs"), process_id.to_string())?;
        Ok(group)
    }

    fn stops(&self) -> u64 {
        let statistics = fs::read_to_string(self.path.join("cpu.stat")).unwrap_or_default();
        let count = statistics.lines().find_map(|line| line.strip_prefix("nr_throttled "));
        count.and_then(|count| count.parse().ok()).unwrap_or(0)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A group must be empty before it can go; processes that have ended have left it already.
        let members = fs::read_to_string(self.path.join("cgroup.procs")).unwrap_or_default();
        for member in members.lines() {
            let _ = fs::write(self.parent.join("cgroup.procs"), member);
        }
        let _ = fs::remove_dir(&self.path);
    }
}

/// A thread that stops and continues the process.
struct DutyCycle {
    ends: Arc<AtomicBool>,
    stops: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl DutyCycle {
    fn start(process_id: u32, share: f64) -> Self {
        let (ends, stops) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let thread = std::thread::spawn({
            let (ends, stops) = (Arc::clone(&ends), Arc::clone(&stops));
            move || cycle(process_id, share, &ends, &stops)
        });
        Self { ends, stops, thread: Some(thread) }
    }
}

impl Drop for DutyCycle {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Stops and continues the process until it has ended, or this is to end.
fn cycle(process_id: u32, share: f64, ends: &AtomicBool, stops: &AtomicU64) {
    let Some(process) = i32::try_from(process_id).ok().and_then(Pid::from_raw) else { return };
    let quota = PERIOD.mul_f64(share);
    let mut paid = computed(process_id).unwrap_or_default();
    let mut period = Instant::now() + PERIOD;
    while let Some(computed) = computed(process_id).filter(|_| !ends.load(Ordering::Relaxed)) {
        if computed.saturating_sub(paid) >= quota {
            // A process that has ended meanwhile can be sent nothing.
            let _ = kill_process(process, Signal::STOP);
            stops.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(period.saturating_duration_since(Instant::now()));
            let _ = kill_process(process, Signal::CONT);
            // What it computed beyond its share before it was stopped is taken from the next period's.
            paid += quota;
            period += PERIOD;
        } else if Instant::now() >= period {
            // A share that was not used does not add up.
            paid = computed;
            period += PERIOD;
        }
        std::thread::sleep(LOOK);
    }
}

/// The time that all threads of the process have computed, by the scheduler's own count; none where there is no process.
fn computed(process_id: u32) -> Option<Duration> {
    let threads = fs::read_dir(format!("/proc/{process_id}/task")).ok()?.flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let counts = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        counts.split_whitespace().next()?.parse::<u64>().ok()
    });
    Some(Duration::from_nanos(nanoseconds.sum()))
}

#[cfg(test)]
mod check {
    use std::process::{Child, Command};

    use super::*;

    /// A process that does nothing but compute.
    struct Busy(Child);

    impl Busy {
        fn start() -> Self {
            Self(Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap())
        }
    }

    impl Drop for Busy {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// What the process computes until it has stood still ten times is its share of that time and no more, give or take a
    /// period. (It may be less, on a busy machine.)
    fn keeps_to_its_share(busy: &Busy, stops: impl Fn() -> u64) {
        let (began, before) = (Instant::now(), computed(busy.0.id()).unwrap());
        while stops() < 10 {
            assert!(began.elapsed() < Duration::from_secs(60), "it never stands still");
            std::thread::sleep(LOOK);
        }
        let used = computed(busy.0.id()).unwrap().saturating_sub(before);
        let allowed = (began.elapsed() + 2 * PERIOD).mul_f64(SHARE);
        assert!(used <= allowed, "{used:?} of {allowed:?}");
        assert!(used >= PERIOD.mul_f64(SHARE) * 5, "{used:?}: it is stopped too soon");
    }

    const SHARE: f64 = 0.2;

    #[test]
    fn a_busy_process_gets_its_share_and_the_whole_processor_afterwards() {
        let busy = Busy::start();
        let share = Share::keep(busy.0.id(), SHARE);
        keeps_to_its_share(&busy, || share.stops());
        drop(share);
        assert_eq!(state(busy.0.id()), 'R', "a process that is not stopped");
    }

    #[test]
    fn so_it_does_where_no_control_group_may_be_made() {
        let busy = Busy::start();
        let cycle = DutyCycle::start(busy.0.id(), SHARE);
        keeps_to_its_share(&busy, || cycle.stops.load(Ordering::Relaxed));
        drop(cycle);
        assert_eq!(state(busy.0.id()), 'R', "a process that is not stopped");
    }

    #[test]
    fn a_process_that_waits_is_never_stopped_and_one_that_ends_ends_the_cycle() {
        let mut waiting = Command::new("sleep").arg("0.5").spawn().unwrap();
        let mut cycle = DutyCycle::start(waiting.id(), SHARE);
        waiting.wait().unwrap();
        cycle.thread.take().unwrap().join().unwrap();
        assert_eq!(cycle.stops.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn memory_buys_a_share() {
        assert_eq!((share_of(256.0) * 1_000.0).round(), 145.0);
    }

    /// The state of a process as the kernel names it: `R` runs, `T` is stopped.
    fn state(process_id: u32) -> char {
        let line = fs::read_to_string(format!("/proc/{process_id}/stat")).unwrap();
        line.rsplit(") ").next().unwrap().chars().next().unwrap()
    }
}
