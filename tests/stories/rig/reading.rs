//! What there is to read after a story: rows, history, events, the report.

use aws_dx_monitor::{
    calendar::Calendar,
    domain::{Event, HistoryRow, ItemPath, Kind, Scope, Selection, SinkName, Span, StateRow, Timestamp},
    ports::{Announcer, Clock, History, Windows},
    query::{self, Records},
    report::{Asked, Exclusions, Report, ReportItem, Terms, Window},
};

use super::{ACCOUNT, REGION, RecordingAnnouncer, Rig, key};

impl Rig {
    pub fn sink(&self, name: SinkName) -> &RecordingAnnouncer {
        self.sinks.iter().find(|sink| sink.sink() == name).unwrap()
    }

    pub fn sns(&self) -> &RecordingAnnouncer {
        self.sink(SinkName::SNS)
    }

    pub fn chat(&self) -> &RecordingAnnouncer {
        self.sink(SinkName::CHAT)
    }

    pub fn bus(&self) -> &RecordingAnnouncer {
        self.sink(SinkName::EVENTBRIDGE)
    }

    pub fn scope(&self, kind: Kind) -> Scope {
        if kind.is_global() { Scope::global(ACCOUNT) } else { Scope::regional(ACCOUNT, REGION) }
    }

    /// An item's state row.
    pub async fn find(&self, item: &str) -> Option<StateRow> {
        let key = key(item);
        self.ledger.inner.states(&self.scope(key.kind)).await.unwrap().states.remove(&key)
    }

    pub async fn row(&self, item: &str) -> StateRow {
        self.find(item).await.unwrap_or_else(|| panic!("{item} has no state row"))
    }

    /// An item's history.
    pub async fn history(&self, item: &str) -> Vec<HistoryRow> {
        let key = key(item);
        let scope = self.scope(key.kind);
        self.ledger.inner.transitions(&Selection::of(ItemPath::new(scope, key), Span::ALWAYS)).await.unwrap()
    }

    /// An item's events; their sequences have no holes, and each is in its place.
    pub async fn events(&self, item: &str) -> Vec<Event> {
        let rows = self.history(item).await;
        let events: Vec<Event> = rows.iter().map(|row| serde_json::from_value(row.event.clone()).unwrap()).collect();
        for ((row, event), sequence) in rows.iter().zip(&events).zip(1..) {
            assert_eq!((row.sequence, event.metadata.sequence), (sequence, sequence), "{item}");
            assert_eq!(row.occurred_at, event.state.since, "{item}");
        }
        events
    }

    pub async fn last_event(&self, item: &str) -> Event {
        self.events(item).await.pop().unwrap_or_else(|| panic!("{item} has no history"))
    }

    /// Every transition recorded of anything.
    pub async fn all_events(&self) -> Vec<HistoryRow> {
        self.ledger.inner.transitions(&Selection::of_all(Span::ALWAYS)).await.unwrap()
    }

    /// The report from the first observation until now.
    pub async fn reported(&self) -> Report {
        self.reported_by(&Exclusions::default(), &self.ledger.inner).await
    }

    /// The same by other rules, with the rows of windows that are left.
    pub async fn reported_by(&self, exclusions: &Exclusions, windows: &dyn Windows) -> Report {
        let history: &dyn History = &self.ledger.inner;
        let recalled = query::everything(history).await.unwrap();
        let first = query::first_observation(&recalled);
        let asked = Asked { month: None, from: None, to: None };
        let window = Window::new(&asked, Calendar::UTC, first, self.now()).unwrap();
        let terms = Terms {
            window: &window,
            exclusions,
            unmonitored_after: self.settings.unmonitored_after,
            shows_retired: false,
        };
        let records = Records { history, windows };
        query::availability(records, recalled, terms, |_| {}).await.unwrap()
    }

    /// The availability of an item from the first observation until now.
    pub async fn availability(&self, item: &str) -> ReportItem {
        let (report, key) = (self.reported().await, key(item));
        report.items.into_iter().find(|row| row.item.key() == key).unwrap_or_else(|| panic!("{item} is not reported"))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
