//! The conditions of an item over the window, from its transitions. These are read one at a time, and none is kept.

use std::ops::ControlFlow;

use serde::Deserialize;
use uuid::Uuid;

use super::{
    basis::Basis,
    condition::{Condition, Exclusions, Weight},
    course::{Course, Relation, Step},
    coverage::UnmonitoredTime,
    document::{Figures, Outage, Stretch},
    outages::Evidence,
    tally::{Sums, Tally},
    window::Window,
};
use crate::domain::{
    HistoryRow, ItemDescription, Kind, NotAnEvent, RecordedEvent, SinkName, Span, State, StateRow, Timestamp,
};
use crate::incident::Condition as Standing;

/// What a report needs of a transition. It is read leniently, because another version may have recorded the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// When the item was first seen in the new state.
    pub at: Timestamp,
    /// The new state.
    pub state: State,
    /// The state before; `None` when the item was discovered.
    pub previous: Option<PreviousSight>,
    /// The event's id; `None` where another version's is not a UUID.
    pub id: Option<Uuid>,
    /// The item's outage that it belongs to.
    pub incident_id: Option<Uuid>,
    /// The incident that the item was in when it was recorded.
    pub group_id: Option<Uuid>,
    /// Of a virtual interface: what it hung on then.
    pub relation: Option<Relation>,
}

/// The state of an item before a transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousSight {
    /// The state.
    pub state: State,
    /// When the item was first seen in it.
    pub since: Timestamp,
    /// The last complete observation before the change.
    pub last_seen_at: Timestamp,
}

impl Sight {
    /// Reads the recorded event of an item of `kind`. For a time that the document lacks, the row's time is taken.
    ///
    /// # Errors
    ///
    /// The document is not an event.
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
            group_id: uuid(event.group_id()),
            relation: (kind == Kind::VirtualInterface)
                .then(|| ItemDescription::deserialize(&row.event["item"]).ok())
                .flatten()
                .map(|item| Relation::of(&item)),
        })
    }

    /// Adds the evidence of its beginning to an outage that began with this transition before the window.
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

/// The result of a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The figures.
    pub figures: Figures,
    /// The outages, by time.
    pub outages: Vec<Outage>,
    /// The stretches to draw.
    pub timeline: Vec<Stretch>,
    /// What the figures are made of.
    pub basis: Basis,
    /// Whether the item was removed or retired before the window or first seen after it.
    pub was_never_there: bool,
}

/// An item's timeline, filled from the beginning of the window to its end.
#[derive(Debug)]
pub struct Timeline<'a> {
    window: &'a Window,
    unmonitored: &'a UnmonitoredTime,
    /// How many stretches of `unmonitored` are in the tally.
    unmonitored_passed: usize,
    tally: Tally,
    /// The time before this instant is in the tally.
    at: Timestamp,
    /// `None` before the first sight.
    state: Option<State>,
    /// Whether it is that of an item in an outage of its own.
    in_outage: bool,
    course: Option<Course>,
    has_begun: bool,
    /// Whether a transition after the window was seen: the state row may be about something else by now.
    has_passed: bool,
}

impl<'a> Timeline<'a> {
    /// An empty timeline. It keeps the item's course if others depend on it.
    pub fn new(
        window: &'a Window,
        unmonitored: &'a UnmonitoredTime,
        exclusions: &Exclusions,
        keeps_course: bool,
    ) -> Timeline<'a> {
        Timeline {
            window,
            unmonitored,
            unmonitored_passed: 0,
            tally: Tally::new(window, exclusions),
            at: window.from,
            state: None,
            in_outage: false,
            course: keeps_course.then(Course::default),
            has_begun: false,
            has_passed: false,
        }
    }

    /// Takes in the next transition. The first one after the window is the last that matters, and breaks.
    pub fn see(&mut self, sight: &Sight) -> ControlFlow<()> {
        if !self.has_begun {
            self.has_begun = true;
            if let Some(previous) = &sight.previous {
                self.assume(&previous.state, previous.since, sight.incident_id);
            }
        }
        self.fill(sight.at);
        if let (Some(course), Some(relation)) = (&mut self.course, &sight.relation) {
            course.relate(sight.at, relation);
        }
        self.tally.outages.join(sight.group_id);
        let stays_down = self.weigh(&sight.state) == Weight::Down;
        if !stays_down {
            self.tally.outages.end(sight.at, Some(sight.evidence()));
        }
        if sight.at >= self.window.to {
            self.has_passed = true;
            return ControlFlow::Break(());
        }
        if stays_down {
            let outage = self.tally.outages.begin(sight.at, Some(sight.evidence()), Some(sight.state.value()));
            outage.incident_id = outage.incident_id.or(sight.incident_id);
            self.tally.outages.join(sight.group_id);
        }
        self.state = Some(sight.state.clone());
        self.in_outage = sight.incident_id.is_some();
        ControlFlow::Continue(())
    }

    /// The result, after the last transition. The state row has the item's present state.
    pub fn finish(mut self, row: &StateRow) -> Statement {
        if !self.has_begun {
            self.assume(&row.state, row.since, row.incident_id);
        }
        self.fill(self.window.to);
        // The row names the incident once its last transition is gathered.
        if !self.has_passed && row.cursor(SinkName::INCIDENTS.as_str()) >= row.sequence {
            self.tally.outages.join(row.group);
        }
        let monitored_until = self.unmonitored.last_complete_at().map(|last| last.min(self.window.to));
        let Sums { figures, outages, timeline, was_never_there, times, totals } = self.tally.finish(monitored_until);
        let course = self.course.unwrap_or_default();
        let basis = Basis { course, times, totals, was_never_there };
        Statement { figures, outages, timeline, basis, was_never_there }
    }

    /// The item was in `state` since `since`. Nothing is known of the time before.
    fn assume(&mut self, state: &State, since: Timestamp, incident_id: Option<Uuid>) {
        self.fill(since);
        if since < self.window.to {
            self.state = Some(state.clone());
            self.in_outage = incident_id.is_some();
            if self.weigh(state) == Weight::Down {
                self.tally.outages.begin(since, None, Some(state.value())).incident_id = incident_id;
            }
        }
    }

    fn weigh(&self, state: &State) -> Weight {
        self.tally.weigh(Condition::of(state.health()))
    }

    /// Adds the time until `until` in the present state, unmonitored where the kind was, and retired once it is.
    fn fill(&mut self, until: Timestamp) {
        let until = until.min(self.window.to);
        self.fill_while_configured(self.unmonitored.retired_at().map_or(until, |retired| retired.min(until)));
        if self.at < until {
            let condition = if self.state.is_some() { Condition::Retired } else { Condition::Undiscovered };
            self.step(condition);
            self.tally.add(Span::new(self.at, until), condition, None);
            self.at = until;
        }
    }

    /// The item is in `condition` from now on.
    fn step(&mut self, condition: Condition) {
        let standing = self.state.as_ref().map_or(Standing::Gone, |state| Standing::of(state, self.in_outage));
        if let Some(course) = &mut self.course {
            course.step(Step { at: self.at, condition, standing });
        }
    }

    fn fill_while_configured(&mut self, until: Timestamp) {
        while self.at < until {
            let (end, is_unmonitored) = match self.unmonitored.stretches().get(self.unmonitored_passed) {
                Some(stretch) if stretch.until <= self.at => {
                    self.unmonitored_passed += 1;
                    continue;
                }
                Some(stretch) if stretch.from <= self.at => (until.min(stretch.until), true),
                Some(stretch) => (until.min(stretch.from), false),
                None => (until, false),
            };
            let span = Span::new(self.at, end);
            let (condition, word) = match &self.state {
                None => (Condition::Undiscovered, None),
                Some(_) if is_unmonitored => (Condition::Unmonitored, None),
                Some(state) => (Condition::of(state.health()), Some(state.value())),
            };
            self.tally.add(span, condition, word);
            self.step(condition);
            self.at = end;
        }
    }
}
