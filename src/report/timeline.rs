//! What an item was at each instant of the window, from its transitions as they are read: one at a time, none kept.

use std::ops::ControlFlow;

use uuid::Uuid;

use super::{
    condition::{Condition, Exclusions, Weight},
    coverage::Blind,
    document::Outage,
    outages::Evidence,
    tally::{Statement, Tally},
    window::Window,
};
use crate::domain::{HistoryRow, Kind, NotAnEvent, RecordedEvent, Span, State, StateRow, Timestamp};

/// What a report needs to know of a transition. It is read from whatever version's event is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// When it was first seen so.
    pub at: Timestamp,
    /// What it is.
    pub state: State,
    /// What it was; none when it was seen for the first time.
    pub previous: Option<PreviousSight>,
    /// The event's id; none where another version's is no UUID.
    pub id: Option<Uuid>,
    /// The incident that it belongs to.
    pub incident_id: Option<Uuid>,
}

/// What an item was before a transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousSight {
    /// What it was.
    pub state: State,
    /// When it was first seen so.
    pub since: Timestamp,
    /// The last complete observation before the change.
    pub last_seen_at: Timestamp,
}

impl Sight {
    /// Reads the recorded event of an item of `kind`. Where the document leaves out when something was, it was as the row
    /// says.
    ///
    /// # Errors
    ///
    /// It does not say what the item is: of such a time nothing can be reported.
    pub fn read(kind: Kind, row: &HistoryRow) -> Result<Sight, NotAnEvent> {
        let event = RecordedEvent::read(&row.event)?;
        let uuid = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        Ok(Sight {
            at: row.occurred_at,
            state: event.state().of_kind(kind),
            previous: event.previous_state().map(|previous| PreviousSight {
                state: previous.of_kind(kind),
                since: previous.since().unwrap_or(row.occurred_at),
                last_seen_at: previous.last_seen_at().unwrap_or(row.occurred_at),
            }),
            id: uuid(event.id()),
            incident_id: uuid(event.incident_id()),
        })
    }

    /// Completes an outage that this transition began, before the window.
    pub fn complete(&self, outage: &mut Outage) {
        if outage.started_at == self.at && outage.start_event_id.is_none() {
            outage.start_event_id = self.id;
            outage.started_after = Some(self.evidence().last_seen_at);
        }
    }

    fn evidence(&self) -> Evidence {
        let last_seen_at = self.previous.as_ref().map_or(self.at, |previous| previous.last_seen_at);
        Evidence { id: self.id, last_seen_at }
    }
}

/// An item's time in the window, as it goes by.
#[derive(Debug)]
pub struct Timeline<'a> {
    window: &'a Window,
    blind: &'a Blind,
    /// Stretches of `blind` that were passed.
    blind_passed: usize,
    tally: Tally,
    /// All before is in the tally.
    at: Timestamp,
    /// None before its first sight.
    state: Option<State>,
    has_begun: bool,
}

impl<'a> Timeline<'a> {
    /// An item of which nothing is known yet. `keeps_steps` where its timeline is to be joined with others.
    pub fn new(window: &'a Window, blind: &'a Blind, exclusions: &Exclusions, keeps_steps: bool) -> Timeline<'a> {
        Timeline {
            window,
            blind,
            blind_passed: 0,
            tally: Tally::new(window, exclusions, keeps_steps),
            at: window.from,
            state: None,
            has_begun: false,
        }
    }

    /// The next transition; the first one after the window is the last that matters, and breaks.
    pub fn see(&mut self, sight: &Sight) -> ControlFlow<()> {
        if !self.has_begun {
            self.has_begun = true;
            if let Some(previous) = &sight.previous {
                self.assume(&previous.state, previous.since, sight.incident_id);
            }
        }
        self.fill(sight.at);
        let stays_down = self.weigh(&sight.state) == Weight::Down;
        if !stays_down {
            self.tally.outages.end(sight.at, Some(sight.evidence()));
        }
        if sight.at >= self.window.to {
            return ControlFlow::Break(());
        }
        if stays_down {
            let outage = self.tally.outages.begin(sight.at, Some(sight.evidence()), Some(sight.state.value()));
            outage.incident_id = outage.incident_id.or(sight.incident_id);
        }
        self.state = Some(sight.state.clone());
        ControlFlow::Continue(())
    }

    /// There are no more transitions: its state row says what it is now.
    pub fn finish(mut self, row: &StateRow) -> Statement {
        if !self.has_begun {
            self.assume(&row.state, row.since, row.incident_id);
        }
        self.fill(self.window.to);
        let watched_until = self.blind.last_complete_at().map(|last| last.min(self.window.to));
        self.tally.finish(watched_until)
    }

    /// It was `state` since `since`, and nothing is known of it before.
    fn assume(&mut self, state: &State, since: Timestamp, incident_id: Option<Uuid>) {
        self.fill(since);
        if since < self.window.to {
            self.state = Some(state.clone());
            if self.weigh(state) == Weight::Down {
                self.tally.outages.begin(since, None, Some(state.value())).incident_id = incident_id;
            }
        }
    }

    fn weigh(&self, state: &State) -> Weight {
        self.tally.weigh(Condition::of(state.health()))
    }

    /// Its state lasted until `until`, as far as anybody looked.
    fn fill(&mut self, until: Timestamp) {
        let until = until.min(self.window.to);
        while self.at < until {
            let (end, is_blind) = match self.blind.stretches().get(self.blind_passed) {
                Some(stretch) if stretch.until <= self.at => {
                    self.blind_passed += 1;
                    continue;
                }
                Some(stretch) if stretch.from <= self.at => (until.min(stretch.until), true),
                Some(stretch) => (until.min(stretch.from), false),
                None => (until, false),
            };
            let span = Span::new(self.at, end);
            match &self.state {
                None => self.tally.add(span, Condition::Undiscovered, None),
                Some(_) if is_blind => self.tally.add(span, Condition::Unmonitored, None),
                Some(state) => self.tally.add(span, Condition::of(state.health()), Some(state.value())),
            }
            self.at = end;
        }
    }
}
