//! The rig of the stories: the real pipeline over the real Direct Connect SDK and a SQLite ledger, between a simulated
//! Direct Connect, sinks that answer as the story wants, and a clock that is set by hand.
//!
//! A story sets the minute, lets things happen, polls, and reads what was announced, recorded and published.

pub mod account;
mod announcer;
mod clock;
mod inventory;
mod ledger;
mod metrics;
mod reading;

use std::time::Duration;

use aws_dx_monitor::{
    aws::{self, CallLimits, DirectConnectInventory},
    domain::{ItemKey, Kind, Notify, SinkName, Timestamp},
    local::SqliteLedger,
    monitor::{Memory, Monitor, PollReport, Settings},
    ports::Announcer,
    simulator::{Connection, Fault, FaultKind, Inventory, Operation, Scenario, Simulator, TimelineEntry},
};

pub use announcer::{Answer, RecordingAnnouncer};
pub use clock::HandClock;
pub use inventory::TimedInventory;
pub use ledger::{Step, Trouble, TroubledLedger};
pub use metrics::{RecordedMetrics, Service};

pub const ACCOUNT: &str = "123456789012";
pub const REGION: &str = "us-east-1";
pub const OTHER_REGION: &str = "eu-west-1";
/// The dimension of the monitor's own metrics.
pub const MONITOR: &str = "stories";

/// A monitor and its whole world.
pub struct Rig {
    pub simulator: Simulator,
    pub ledger: TroubledLedger,
    pub metrics: RecordedMetrics,
    pub sinks: Vec<RecordingAnnouncer>,
    pub clock: HandClock,
    pub settings: Settings,
    pub memory: Memory,
    pub inventory: TimedInventory,
    regions: Vec<String>,
}

/// The instant of a minute of every story.
pub fn minute(minute: u64) -> Timestamp {
    let beginning: Timestamp = "2026-11-22T03:00:00.000Z".parse().unwrap();
    beginning.plus(Duration::from_secs(60 * minute))
}

/// `connection/dxcon-1` and its like.
pub fn key(text: &str) -> ItemKey {
    text.parse().unwrap()
}

impl Rig {
    /// A monitor that has not polled yet, of the regions that the scenario has items in, with the three sinks of the
    /// function.
    pub fn of(scenario: Scenario) -> Rig {
        Rig::with_ledger(scenario, SqliteLedger::in_memory().unwrap())
    }

    /// The same over a ledger of one's own.
    pub fn with_ledger(scenario: Scenario, ledger: SqliteLedger) -> Rig {
        let mut regions: Vec<String> = scenario.inventory.regions.keys().cloned().collect();
        if regions.is_empty() {
            regions.push(REGION.to_owned());
        }
        // The first region is asked for the global kinds.
        regions.sort_by_key(|region| region != REGION);
        let simulator = Simulator::start(scenario, 0).unwrap();
        simulator.set_elapsed(Duration::ZERO);
        let limits = CallLimits {
            initial_backoff: Duration::from_millis(1),
            maximum_backoff: Duration::from_millis(2),
            ..CallLimits::DIRECT_CONNECT
        };
        let config = aws::loopback_config(&simulator.endpoint_url());
        let clock = HandClock::at(minute(0));
        let sink = |name, is_for_people, batch| RecordingAnnouncer::new(name, is_for_people, batch, clock.clone());
        let mut rig = Rig {
            inventory: TimedInventory::new(
                DirectConnectInventory::new(&config, "aws", &regions, &limits).with_tags(["env"]),
                clock.clone(),
            ),
            simulator,
            ledger: TroubledLedger::new(ledger, clock.clone()),
            metrics: RecordedMetrics::new(clock.clone()),
            sinks: vec![
                sink(SinkName::SNS, true, 1),
                sink(SinkName::CHAT, true, 1),
                sink(SinkName::EVENTBRIDGE, false, 10),
            ],
            clock,
            settings: Settings { notify: Notify::Items, ..Settings::of(MONITOR) },
            memory: Memory::default(),
            regions,
        };
        rig.choose(&Kind::usual().collect::<Vec<_>>());
        rig
    }

    /// A monitor that has its baseline: minute 0 is over, and what was announced then is forgotten.
    pub async fn watching(scenario: Scenario) -> Rig {
        Rig::of(scenario).with_baseline().await
    }

    /// A monitor of one kind, with its baseline.
    pub async fn watching_only(kind: Kind, scenario: Scenario) -> Rig {
        let mut rig = Rig::of(scenario);
        rig.choose(&[kind]);
        rig.with_baseline().await
    }

    pub async fn with_baseline(self) -> Rig {
        self.minute(0).poll_well().await;
        self.metrics.forget();
        for sink in &self.sinks {
            sink.summaries();
            assert_eq!(sink.told(), "", "a baseline is not announced item by item");
        }
        self
    }

    /// The same monitor, which compares the prefixes of routes, and reads those of each interface once in so many polls.
    pub fn keeping_prefixes(self, polls: usize) -> Rig {
        let settings = Settings { keeps_prefixes: true, ..self.settings };
        Rig { inventory: self.inventory.keeping_prefixes(polls), settings, ..self }
    }

    /// The kinds to poll from now on.
    pub fn choose(&mut self, kinds: &[Kind]) {
        self.settings.kinds = kinds.iter().copied().collect();
        self.settings.scopes = Settings::scopes(ACCOUNT, &self.regions, &self.settings.kinds);
    }

    /// Sets the time: the story's, Direct Connect's and the monitor's.
    pub fn minute(&self, number: u64) -> &Rig {
        self.clock.set(minute(number));
        self.simulator.set_elapsed(Duration::from_secs(60 * number));
        self
    }

    /// How long each observation takes from now on.
    pub fn observations_take(&self, time: Duration) -> &Rig {
        self.inventory.takes.set(time);
        self
    }

    pub async fn poll(&self) -> PollReport {
        self.poll_until(None).await
    }

    pub async fn poll_until(&self, deadline: Option<Timestamp>) -> PollReport {
        let monitor = self.monitor(&self.ledger, &self.clock);
        // By the machine's clock, so that a poll without end fails its story and not the whole run.
        tokio::time::timeout(Duration::from_secs(60), monitor.poll(deadline)).await.expect("a poll that ends")
    }

    /// Polls, and everything that should be done is done.
    pub async fn poll_well(&self) -> PollReport {
        let report = self.poll().await;
        assert!(report.is_success(), "{report}");
        report
    }

    /// Of all kinds, with incidents for people: five polls, in which each interface has had its turn of routes. They announce
    /// the baseline and nothing else.
    pub async fn has_read_all_routes(&mut self) {
        self.choose(&Kind::ALL);
        self.settings.notify = Notify::Incidents;
        for number in 0..5 {
            self.minute(number).poll_well().await;
        }
        self.sinks.iter().for_each(|sink| {
            sink.summaries();
            assert_eq!(sink.incident_subjects(), "");
        });
    }

    /// This monitor over another ledger and clock.
    pub fn monitor<'a>(
        &'a self,
        ledger: &'a TroubledLedger,
        clock: &'a HandClock,
    ) -> Monitor<'a, TimedInventory, TroubledLedger, RecordedMetrics, HandClock> {
        Monitor {
            inventory: &self.inventory,
            ledger,
            metrics: &self.metrics,
            announcers: self.sinks.iter().map(|sink| sink as &dyn Announcer).collect(),
            clock,
            settings: &self.settings,
            memory: &self.memory,
        }
    }
}

/// What happens in Direct Connect, from the present minute on.
impl Rig {
    fn happens(&self, entry: TimelineEntry) {
        let at = self.simulator.elapsed().as_secs_f64();
        self.simulator.edit(|scenario| scenario.timeline.push(TimelineEntry { at, ..entry })).unwrap();
    }

    /// A whole cable goes down, or is up again: with the interface and the session over it.
    pub fn cable(&self, number: usize, is_up: bool) -> &Rig {
        let [link, session] = if is_up { ["available", "up"] } else { ["down", "down"] };
        let id = |prefix| format!("{prefix}-{number}");
        self.turns(&id("dxcon"), link).turns(&id("dxvif"), link).turns(&id("dxpeer"), session)
    }

    /// An item's state is `word`; a BGP peer's session is.
    pub fn turns(&self, id: &str, word: &str) -> &Rig {
        let item = Some(id.to_owned());
        self.happens(if id.starts_with("dxpeer-") {
            let set = serde_json::json!({"bgpStatus": word});
            TimelineEntry { item, set: set.as_object().cloned(), ..TimelineEntry::default() }
        } else {
            TimelineEntry { item, state: Some(word.to_owned()), ..TimelineEntry::default() }
        });
        self
    }

    /// Fields of an item are what AWS sends from now on, by their wire names.
    pub fn sends(&self, id: &str, fields: serde_json::Value) -> &Rig {
        let (item, set) = (Some(id.to_owned()), fields.as_object().cloned());
        self.happens(TimelineEntry { item, set, ..TimelineEntry::default() });
        self
    }

    /// The first `count` items of a kind do.
    pub fn turn(&self, kind: Kind, count: usize, word: &str) -> &Rig {
        (0..count).fold(self, |rig, number| rig.turns(&account::id(kind, number), word))
    }

    pub fn leaves(&self, id: &str) -> &Rig {
        self.happens(TimelineEntry { item: Some(id.to_owned()), remove: true, ..TimelineEntry::default() });
        self
    }

    pub fn is_renamed(&self, id: &str, name: &str) -> &Rig {
        let (item, rename) = (Some(id.to_owned()), Some(name.to_owned()));
        self.happens(TimelineEntry { item, rename, ..TimelineEntry::default() });
        self
    }

    /// A connection appears, or appears again.
    pub fn appears(&self, connection: Connection) -> &Rig {
        let mut added = Inventory::default();
        added.region_mut(REGION).connections.push(connection);
        self.adds(added)
    }

    /// Items appear.
    pub fn adds(&self, added: Inventory) -> &Rig {
        self.happens(TimelineEntry { add: Some(added), ..TimelineEntry::default() });
        self
    }

    /// From now on an operation fails, in place of whatever failed before.
    pub fn fails(&self, operation: Operation, kind: FaultKind) -> &Rig {
        self.fault(Fault { operation: Some(operation.name().to_owned()), kind: Some(kind), ..Fault::default() })
    }

    pub fn fault(&self, fault: Fault) -> &Rig {
        self.simulator.edit(|scenario| scenario.faults = vec![fault]).unwrap();
        self
    }

    /// From now on nothing fails.
    pub fn nothing_fails(&self) -> &Rig {
        self.simulator.edit(|scenario| scenario.faults.clear()).unwrap();
        self
    }
}
