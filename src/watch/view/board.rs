//! What the view shows: the items, the last changes, and the status of the watch.

use std::{collections::VecDeque, sync::Arc};

use serde_json::Value;

use super::{
    super::{
        change::{ChangeView, unreadable_line},
        feed::WatchStatus,
        incident::IncidentView,
        plan::Watched,
        row::Row,
    },
    scroll::Scroll,
};
use crate::{
    domain::{Health, RecordedEvent, Timestamp},
    ports::Clock,
};

/// How many changes are kept: more than any terminal has lines.
const REMEMBERED: usize = 500;

/// A line of the list of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A change.
    Change(ChangeView),
    /// A notice, or the summary of a baseline.
    Note { at: Timestamp, health: Health, text: String },
}

/// What the view shows.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) watched: Watched,
    pub(super) status: WatchStatus,
    /// The newest last.
    pub(super) entries: VecDeque<Entry>,
    /// How many items are above the first that is shown.
    pub(super) offset: usize,
    sorted: bool,
}

impl Board {
    /// A board with nothing but the last changes.
    pub(super) fn new(mut watched: Watched) -> Board {
        let recent = std::mem::take(&mut watched.recent);
        let changes = recent.iter().filter_map(ChangeView::of_document).map(Entry::Change);
        Board { watched, status: WatchStatus::default(), entries: changes.collect(), offset: 0, sorted: true }
    }

    /// Takes in the status.
    pub(super) fn take(&mut self, status: WatchStatus) {
        // While a poll is running, the rows of its status are those of the poll before, and so are the incidents. They lack
        // the changes announced since, which are in the board's own.
        if Arc::ptr_eq(&status.rows, &self.status.rows)
            || status.polling_since.is_some() && !self.status.rows.is_empty()
        {
            let WatchStatus { rows, incidents, .. } = std::mem::take(&mut self.status);
            self.status = WatchStatus { rows, incidents, ..status };
        } else {
            self.status = status;
        }
    }

    /// Takes in a change, unless one with its id is there already.
    pub(super) fn add_change(&mut self, document: &Value) {
        let Some(change) = ChangeView::of_document(document) else {
            let text = unreadable_line(document);
            return self.add(Entry::Note { at: self.watched.time.now(), health: Health::Unknown, text });
        };
        let is_known = |entry: &Entry| matches!(entry, Entry::Change(known) if known.id() == change.id());
        if self.entries.iter().any(is_known) {
            return;
        }
        match &change {
            ChangeView::Transition(_) => {
                if let Some(row) = Row::of_event(RecordedEvent::of(document)) {
                    self.update(row);
                }
            }
            ChangeView::Incident(incident) => self.update_incident(incident),
        }
        self.add(Entry::Change(change));
    }

    /// Adds an entry, and drops the oldest beyond the limit.
    pub(super) fn add(&mut self, entry: Entry) {
        self.entries.push_back(entry);
        let surplus = self.entries.len().saturating_sub(REMEMBERED);
        self.entries.drain(..surplus);
    }

    /// Updates an item at once. The poll that saw the change may still take long.
    fn update(&mut self, row: Row) {
        let rows = Arc::make_mut(&mut self.status.rows);
        match rows.iter_mut().find(|known| known.is_of_the_item_of(&row)) {
            Some(known) if known.is_outdated_by(&row) => *known = row,
            Some(_) => return,
            None => rows.push(row),
        }
        self.sorted = false;
    }

    /// Updates the open incidents at once.
    fn update_incident(&mut self, news: &IncidentView) {
        let incidents = Arc::make_mut(&mut self.status.incidents);
        match incidents.iter().position(|known| known.incident_id == news.incident_id) {
            Some(place) if !incidents[place].is_outdated_by(news) => return,
            Some(place) => drop(incidents.remove(place)),
            None => {}
        }
        if !news.is_over {
            incidents.push(news.clone());
            incidents.sort_by(|one, other| one.urgency().cmp(&other.urgency()));
        }
    }

    /// Sorts the items again, worst first, if any has changed.
    pub(super) fn settle(&mut self) {
        if !std::mem::replace(&mut self.sorted, true) {
            Arc::make_mut(&mut self.status.rows).sort_by(Row::by_urgency);
        }
    }

    /// Scrolls through the items.
    pub(super) fn scroll(&mut self, scroll: Scroll) {
        let last = self.status.rows.len().saturating_sub(1);
        self.offset = match scroll {
            Scroll::Top => 0,
            Scroll::Bottom => last,
            Scroll::By(lines) => self.offset.saturating_add_signed(lines).min(last),
        };
    }
}
