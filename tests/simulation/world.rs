//! The world that simulated ports share: its time, what AWS holds, and a log of everything that took effect.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
    time::Duration,
};

use aws_dx_monitor::{
    domain::{Event, ItemKey, Kind, Notify, Scope, SinkName, State, Timestamp},
    monitor::{Memory, Monitor, Settings},
    ports::Announcer,
};

use uuid::Uuid;

use super::{
    auditor::Auditor,
    executor::{Fate, Running, Waiting},
    ledger::SimulatedLedger,
    port::Port,
    ports::{DirectConnect, PollClock, Sink, TakenMetrics},
    tables::{Action, Key, Refused, Table, Tables},
};

pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;

/// What a sink makes of what it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Accepts,
    /// Down, throttled: later, perhaps.
    Down,
    /// No permission, no topic, no key: until an operator fixes it.
    Held,
    /// It never answers.
    Hangs,
}

/// Which forms of an event a sink will never take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poison {
    Full,
    Both,
    /// For this one there is no permission.
    Withheld,
}

/// An item as Direct Connect shows it: its word, or none where it is not listed.
pub type Sky = BTreeMap<(Scope, ItemKey), Option<&'static str>>;

/// An item, and how it is from now on.
pub type Turn = (Scope, ItemKey, Option<&'static str>);

/// What took effect, in order.
#[derive(Clone, Debug)]
pub enum Entry {
    RecallBegan {
        poll: usize,
    },
    Recalled {
        poll: usize,
        scope: Scope,
    },
    /// A step of a fold: the members with their cursors, and the incidents that ended with it.
    Folded {
        poll: usize,
        scope: Scope,
        at: Timestamp,
        members: Vec<(String, u64)>,
        ended: Vec<Uuid>,
    },
    LostRace {
        poll: usize,
        scope: Scope,
    },
    /// A poll found that what it wanted to record is there: its answer was lost, or another has seen the same at the same
    /// instant.
    FoundRecorded {
        poll: usize,
        item: String,
        sequence: u64,
    },
    Sight {
        poll: usize,
        scope: Scope,
        began: Timestamp,
        complete: BTreeSet<Kind>,
        /// The interconnects whose hosted connections were not read, or not all of them.
        unread: BTreeSet<String>,
        items: BTreeMap<ItemKey, State>,
        unidentified: u64,
    },
    Amended {
        poll: usize,
        item: String,
    },
    /// The last complete listing was moved: of a kind, but for the children of parents that are unread; or of the children
    /// of one parent.
    Progressed {
        poll: usize,
        scope: Scope,
        kind: Kind,
        parent: Option<String>,
        unread: BTreeSet<String>,
    },
    Baseline {
        scope: Scope,
        kind: Kind,
    },
    Recorded {
        poll: usize,
        item: String,
        event: Box<Event>,
    },
    Published {
        poll: usize,
        points: BTreeSet<String>,
        succeeded: Option<bool>,
        unidentified: Option<u64>,
    },
    Ended {
        poll: usize,
        succeeded: bool,
        spoke: bool,
    },
    BaselineTold {
        sink: SinkName,
    },
}

/// Where in the log each poll began to recall.
pub fn recalls(log: &[Entry]) -> BTreeMap<usize, usize> {
    let mut recalls = BTreeMap::new();
    for (place, entry) in log.iter().enumerate() {
        if let Entry::RecallBegan { poll } = entry {
            recalls.entry(*poll).or_insert(place);
        }
    }
    recalls
}

/// A call that was let through.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: i64,
    pub poll: usize,
    pub port: &'static str,
    pub detail: String,
    pub fate: Fate,
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { at, poll, port, detail, fate } = self;
        write!(formatter, "{} poll {poll} {port} {detail} -> {fate:?}", Timestamp::from_milliseconds(*at))
    }
}

pub struct Inner {
    /// The true time in milliseconds.
    pub now: i64,
    pub waiting: Vec<Waiting>,
    /// The calls that were let through, and with what, until they go on.
    pub released: BTreeMap<u64, Fate>,
    pub calls: u64,
    /// How far each poller's clock is from the true time.
    pub skews: BTreeMap<usize, i64>,
    /// How long a call takes; one that hangs takes for ever.
    pub latency: Box<dyn FnMut(&'static str) -> i64>,
    /// How many rows a page of a query holds.
    pub page: usize,
    pub tables: Tables,
    pub sky: Sky,
    /// How many rows every listing has that name nothing.
    pub unidentified: u64,
    /// Where items end: at which location, on which device. What is not in it names neither.
    pub places: BTreeMap<String, (&'static str, &'static str)>,
    /// The interconnects whose hosted connections cannot be read, and whether the first of them can.
    pub denied: BTreeMap<String, bool>,
    /// What the next observations show, one each, before the sky stays as it is.
    pub script: Vec<Vec<Turn>>,
    /// What happens while an observation is under way.
    pub meanwhile: Box<dyn FnMut() -> Option<Turn>>,
    pub moods: BTreeMap<SinkName, Mood>,
    pub poisoned: BTreeMap<(SinkName, String, u64), Poison>,
    pub auditor: Auditor,
    /// The answers that each poll got so far, as a number, where a test needs them.
    pub answers: Option<BTreeMap<usize, u64>>,
    pub log: Vec<Entry>,
    pub trace: Vec<Step>,
    /// How often each call met each fate.
    pub taken: BTreeMap<(&'static str, Fate), u64>,
    /// The polls that could not publish: they died, or the call itself failed.
    pub excused_metrics: BTreeSet<usize>,
    /// How often each path of refusal was taken.
    pub met: BTreeMap<&'static str, u64>,
}

pub struct World {
    pub inner: RefCell<Inner>,
    /// Ports answer at once: for tests of a port alone.
    pub is_direct: bool,
}

/// How the polls of a world are configured.
#[derive(Clone, Debug)]
pub struct Setup {
    pub sinks: Vec<SinkName>,
    pub settings: Settings,
    /// The time of an invocation in milliseconds.
    pub deadline: Option<i64>,
    /// The least time between two calls of a sink for people.
    pub spacing: Duration,
    /// What each poller's process remembers; none where every poll is a new process.
    pub memories: Vec<Rc<Memory>>,
}

impl Setup {
    pub fn new(sinks: &[SinkName], kinds: &[Kind]) -> Setup {
        let kinds: BTreeSet<Kind> = kinds.iter().copied().collect();
        let settings = Settings {
            scopes: Settings::scopes(ACCOUNT, &["us-east-1".to_owned()], &kinds),
            kinds,
            notify: Notify::Items,
            ..Settings::of("simulated")
        };
        Setup { sinks: sinks.to_vec(), settings, deadline: None, spacing: Duration::ZERO, memories: Vec::new() }
    }
}

pub const ACCOUNT: &str = "123456789012";

pub fn region() -> Scope {
    Scope::regional(ACCOUNT, "us-east-1")
}

pub fn connection(id: &str) -> ItemKey {
    ItemKey::new(Kind::Connection, id)
}

/// The interconnect of a hosted connection of the simulation: `dxcon-ha` hosts `dxcon-ha1` and `dxcon-ha2`.
pub fn host_of(key: &ItemKey) -> Option<String> {
    let host = key.id.trim_end_matches(char::is_numeric);
    (key.kind == Kind::HostedConnection).then(|| host.to_owned())
}

impl World {
    pub fn new() -> Rc<World> {
        Rc::new(World { inner: RefCell::new(Inner::new()), is_direct: false })
    }

    pub fn direct() -> Rc<World> {
        Rc::new(World { inner: RefCell::new(Inner::new()), is_direct: true })
    }

    /// Another world with the same past; nothing is under way in it.
    pub fn branch(&self) -> Rc<World> {
        let past = self.inner.borrow();
        let inner = Inner {
            now: past.now,
            calls: past.calls,
            tables: past.tables.clone(),
            sky: past.sky.clone(),
            unidentified: past.unidentified,
            places: past.places.clone(),
            denied: past.denied.clone(),
            auditor: past.auditor.clone(),
            log: past.log.clone(),
            trace: past.trace.clone(),
            ..Inner::new()
        };
        Rc::new(World { inner: RefCell::new(inner), is_direct: self.is_direct })
    }

    /// A poll by a poller, ready to run; its number is unique.
    pub fn poll(self: &Rc<World>, poller: usize, setup: &Setup) -> Running {
        let poll = {
            let mut inner = self.inner.borrow_mut();
            inner.calls += 1;
            usize::try_from(inner.calls).expect("few calls")
        };
        let (world, setup) = (Rc::clone(self), setup.clone());
        let future = Box::pin(async move {
            let port = Port { world, poll, poller };
            let clock = PollClock(port.clone());
            let deadline = setup.deadline.map(|time| {
                let now = aws_dx_monitor::ports::Clock::now(&clock).milliseconds();
                Timestamp::from_milliseconds(now + time)
            });
            let memory = setup.memories.get(poller).cloned().unwrap_or_default();
            let sink = |name: &SinkName| Sink { port: port.clone(), name: *name, spacing: setup.spacing };
            let sinks: Vec<Sink> = setup.sinks.iter().map(sink).collect();
            let monitor = Monitor {
                inventory: &DirectConnect(port.clone()),
                ledger: &SimulatedLedger(port.clone()),
                metrics: &TakenMetrics(port.clone()),
                announcers: sinks.iter().map(|sink| sink as &dyn Announcer).collect(),
                clock: &clock,
                settings: &setup.settings,
                memory: &memory,
            };
            let report = monitor.poll(deadline).await;
            let spoke = report.failures.iter().all(|failure| failure.step.as_str() != "own metrics");
            let entry = Entry::Ended { poll, succeeded: report.is_success(), spoke };
            port.world.inner.borrow_mut().log.push(entry);
            report
        });
        Running { poll, future }
    }

    pub fn set(&self, key: &ItemKey, word: Option<&'static str>) {
        self.inner.borrow_mut().sky.insert((region(), key.clone()), word);
    }

    pub fn pass(&self, milliseconds: i64) {
        self.inner.borrow_mut().now += milliseconds;
    }
}

impl Inner {
    fn new() -> Inner {
        Inner {
            now: 1_795_316_400_000,
            waiting: Vec::new(),
            released: BTreeMap::new(),
            calls: 0,
            skews: BTreeMap::new(),
            latency: Box::new(|_| 1),
            page: 1000,
            tables: Tables::default(),
            sky: Sky::new(),
            unidentified: 0,
            places: BTreeMap::new(),
            denied: BTreeMap::new(),
            script: Vec::new(),
            meanwhile: Box::new(|| None),
            moods: BTreeMap::new(),
            poisoned: BTreeMap::new(),
            auditor: Auditor { unmonitored_after: 900_000, notify: Notify::Items, ..Auditor::default() },
            answers: None,
            log: Vec::new(),
            trace: Vec::new(),
            taken: BTreeMap::new(),
            excused_metrics: BTreeSet::new(),
            met: BTreeMap::new(),
        }
    }

    /// Writes all of `actions` or none, under the auditor's eyes.
    pub fn write(&mut self, actions: Vec<Action<'_>>) -> Result<(), Refused> {
        self.auditor.now = self.now;
        for change in self.tables.transact(actions)? {
            self.auditor.written(&change, &self.tables);
        }
        Ok(())
    }

    /// Removes those of the expired rows that `comes_round` picks, as the time to live does.
    pub fn expire(&mut self, mut comes_round: impl FnMut() -> bool) {
        for (table, key) in self.tables.expired(self.now / 1000) {
            if comes_round() {
                self.remove(table, &key);
            }
        }
    }

    /// Removes a row behind everybody's back.
    pub fn remove(&mut self, table: Table, key: &Key) {
        let Some(row) = self.tables.remove(table, key) else { return };
        self.meet(if table == Table::States { "state rows expire" } else { "history expires" });
        self.auditor.removed(table, key, &row);
    }

    /// Remembers that a poll was answered so.
    pub fn answer(&mut self, poll: usize, answer: impl FnOnce() -> String) {
        if let Some(answers) = &mut self.answers {
            let so_far = answers.entry(poll).or_default();
            let mut hasher = DefaultHasher::new();
            (*so_far, answer()).hash(&mut hasher);
            *so_far = hasher.finish();
        }
    }

    pub fn meet(&mut self, path: &'static str) {
        *self.met.entry(path).or_default() += 1;
    }

    /// The end of what happened, for people.
    pub fn story(&self) -> String {
        let end = &self.trace[self.trace.len().saturating_sub(250)..];
        end.iter().map(Step::to_string).collect::<Vec<_>>().join("\n")
    }
}
