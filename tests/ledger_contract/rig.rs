//! The rig of the contract's rules: a ledger, an account of its own, and short names for long values.

use std::{
    any::Any,
    future::Future,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use aws_dx_monitor::{
    domain::{
        Amendment, Event, HistoryRow, ItemDescription, ItemKey, ItemPath, Kind, PollRow, Previous, Recalled, Scope,
        Selection, SinkName, Span, State, StateRow, Suspect, Suspicion, Timestamp, Transition,
    },
    ports::{BaselineAnnounced, History, Ledger, Parking, Record, Recording},
};

/// A ledger for one test, with whatever must live as long as it.
pub struct Fresh<L> {
    pub ledger: L,
    _kept: Box<dyn Any>,
}

impl<L> Fresh<L> {
    pub fn new(ledger: L) -> Fresh<L> {
        Fresh::keeping(ledger, ())
    }

    pub fn keeping(ledger: L, kept: impl Any) -> Fresh<L> {
        Fresh { ledger, _kept: Box::new(kept) }
    }
}

/// Runs one rule.
pub fn run(rule: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(rule);
}

/// The instant `seconds` after the beginning of every story.
pub fn at(seconds: i64) -> Timestamp {
    let beginning: Timestamp = "2026-11-22T03:12:00.123Z".parse().unwrap();
    Timestamp::from_milliseconds(beginning.milliseconds() + seconds * 1000)
}

/// When the observation began that ended `at`.
pub fn began(at: Timestamp) -> Timestamp {
    Timestamp::from_milliseconds(at.milliseconds() - 500)
}

pub const EXPIRES_AT: i64 = 1_829_877_120;
pub const SINKS: [SinkName; 2] = [SinkName::SNS, SinkName::EVENTBRIDGE];

/// A suspect seen `polls` times, a second apart, from second `since` on.
pub fn suspect(state: Suspicion, polls: u64, since: i64) -> Suspect {
    let last = since + i64::try_from(polls).unwrap() - 1;
    Suspect { state, polls, since: at(since), at: at(last), last_seen_at: Some(at(since - 1)), unknown_at: None }
}

/// A ledger and a scope of an account of its own. Items are connections unless a rule says otherwise.
pub struct Rig<'a, L> {
    pub ledger: &'a L,
    pub scope: Scope,
}

impl<'a, L: Ledger + History> Rig<'a, L> {
    pub fn new(ledger: &'a L) -> Rig<'a, L> {
        // Tables may outlive this process and be shared with others: accounts differ by time and process.
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let nanoseconds = SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::ZERO).subsec_nanos();
        let seed = u64::from(std::process::id()) << 32 ^ u64::from(nanoseconds);
        let account = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % 100_000_000;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Rig { ledger, scope: Scope::regional(format!("{account:08}{:04}", count % 10_000), "us-east-1") }
    }

    /// The same ledger and account in another region.
    pub fn elsewhere(&self, region: &str) -> Rig<'a, L> {
        Rig { ledger: self.ledger, scope: Scope::regional(self.scope.account(), region) }
    }

    pub fn key(&self, id: &str) -> ItemKey {
        ItemKey::new(Kind::Connection, id)
    }

    pub fn path(&self, id: &str) -> ItemPath {
        ItemPath::new(self.scope.clone(), self.key(id))
    }

    pub fn item(&self, id: &str) -> ItemDescription {
        ItemDescription {
            name: Some(format!("name of {id}")),
            location: Some("EqDC2".to_owned()),
            vlan: Some(101),
            ..ItemDescription::bare(&self.scope, &self.key(id))
        }
    }

    /// A first sight.
    pub fn first(&self, id: &str, word: &str, at: Timestamp) -> Transition {
        let state = State::of(Kind::Connection, Some(word));
        let seen_at = began(at);
        Transition {
            item: self.item(id).into(),
            sequence: 1,
            previous: None,
            state,
            since: at,
            seen_at,
            never_up: false,
        }
    }

    /// A transition from a recalled row.
    pub fn after(&self, id: &str, row: &StateRow, word: &str, at: Timestamp) -> Transition {
        Transition {
            item: self.item(id).into(),
            sequence: row.sequence + 1,
            previous: Some(Previous {
                state: row.state.clone(),
                since: row.since,
                last_seen_at: row.since,
                last_transition_at: row.last_transition_at,
                incident_id: row.incident_id,
                group: None,
                certain: false,
                confirmed: None,
            }),
            state: State::of(Kind::Connection, Some(word)),
            since: at,
            seen_at: began(at),
            never_up: false,
        }
    }

    pub async fn record_for(&self, transition: &Transition, sinks: &[SinkName]) -> Recording {
        let event = event(transition);
        let record = Record { transition, event: &event, passed_by: &[], expires_at: EXPIRES_AT };
        self.ledger.record(record, sinks).await.unwrap()
    }

    pub async fn record(&self, transition: &Transition) -> Recording {
        self.record_for(transition, &SINKS).await
    }

    /// Records `available` at second 0, then each of `words` a minute after the one before; gives the last row.
    pub async fn story(&self, id: &str, words: &[&str]) -> StateRow {
        assert_eq!(self.record(&self.first(id, "available", at(0))).await, Recording::Recorded);
        self.go_on(id, words).await
    }

    /// Records each of `words` a minute after the row's last transition.
    pub async fn go_on(&self, id: &str, words: &[&str]) -> StateRow {
        let mut row = self.row(id).await;
        for word in words {
            let next = self.after(id, &row, word, row.since.plus(Duration::from_secs(60)));
            assert_eq!(self.record(&next).await, Recording::Recorded, "{next}");
            row = self.row(id).await;
        }
        row
    }

    pub async fn recall(&self) -> Recalled {
        self.ledger.recall(&self.scope).await.unwrap()
    }

    pub async fn poll(&self) -> PollRow {
        self.recall().await.poll.expect("a poll row")
    }

    pub async fn find(&self, id: &str) -> Option<StateRow> {
        self.recall().await.states.remove(&self.key(id))
    }

    pub async fn row(&self, id: &str) -> StateRow {
        self.find(id).await.unwrap_or_else(|| panic!("no state row of {id:?}"))
    }

    /// The whole history of an item.
    pub async fn history(&self, id: &str) -> Vec<HistoryRow> {
        self.ledger.transitions(&Selection::of(self.path(id), Span::ALWAYS)).await.unwrap()
    }

    /// The sequences of an item's whole history, as they come.
    pub async fn sequences(&self, id: &str) -> Vec<u64> {
        self.history(id).await.iter().map(|row| row.sequence).collect()
    }

    pub async fn pending(&self, id: &str, cursor: u64) -> Vec<u64> {
        let rows = self.ledger.pending(&self.path(id).into(), cursor).await.unwrap();
        rows.iter().map(|row| row.sequence).collect()
    }

    pub async fn acknowledge(&self, id: &str, sink: SinkName, sequence: u64) {
        self.acknowledge_all(id, &[(sink, sequence)]).await;
    }

    /// Acknowledges on several sinks at once.
    pub async fn acknowledge_all(&self, id: &str, cursors: &[(SinkName, u64)]) {
        self.ledger.acknowledge(&self.path(id).into(), &cursors.iter().copied().collect()).await.unwrap();
    }

    /// Marks the row of the item at `second` as one that `sink` will never have.
    pub async fn park(&self, id: &str, second: i64, sink: SinkName, reason: &str) -> anyhow::Result<()> {
        let (path, occurred_at) = (&self.path(id).into(), at(second));
        self.ledger.park(&Parking { path, occurred_at, sink, reason }).await
    }

    /// Remembers, at `second`, that `sink` has announced the baseline of `kinds`.
    pub async fn announced(&self, kinds: &[Kind], sink: SinkName, everywhere: bool, second: i64) {
        let (scope, kinds) = (self.scope.clone(), kinds.iter().copied().collect());
        let announced = BaselineAnnounced { scope, kinds, sink, everywhere, at: at(second) };
        self.ledger.baseline_announced(&announced).await.unwrap();
    }

    pub async fn amend(&self, amendment: &Amendment) -> Recording {
        self.ledger.amend(&self.scope, amendment).await.unwrap()
    }

    /// Holds `suspect` on the item's row.
    pub async fn suspect(&self, id: &str, suspect: Suspect) {
        let amendment = Amendment { suspect: Some(suspect), ..Amendment::of(&self.key(id), &self.row(id).await) };
        assert_eq!(self.amend(&amendment).await, Recording::Recorded);
    }
}

/// The document of a transition that was recorded some time after it was seen.
pub fn event(transition: &Transition) -> Event {
    Event::of(transition, transition.since.plus(Duration::from_millis(357)))
}

/// The cursors of a row, in the order of their names.
pub fn cursors(row: &StateRow) -> Vec<(&str, u64)> {
    row.announced.iter().map(|(sink, sequence)| (sink.as_str(), *sequence)).collect()
}
