//! Checks every write and every acceptance as it happens, and notes what breaks a promise that must hold at every
//! moment.

use std::collections::{BTreeMap, BTreeSet};

use aws_dx_monitor::{
    domain::{Event, Notify, RecordedIncident, RowPath, SinkName, Timestamp},
    ports::{Announcement, Form},
};
use serde_json::Value;

use super::{
    rows::{self, FOLD, RESILIENCE, get},
    tables::{Change, Key, Row, Table, Tables},
    world::{DAY, MINUTE},
};

/// What a state row may take, whatever happened: far below DynamoDB's 400 KB.
const MAXIMUM_ROW_BYTES: usize = 4096;

/// For how many milliseconds a transition is owed to a sink; what clocks may differ by is left to the pollers.
const OWED_FOR: i64 = 7 * DAY - 10 * MINUTE;

/// An item of one scope, in one life of its state row.
pub type Life = (String, u64);

#[derive(Clone, Debug, Default)]
pub struct Auditor {
    pub violations: Vec<String>,
    /// How often an item's state row was made: after the time to live has removed one, its sequence starts again.
    pub lives: BTreeMap<String, u64>,
    /// Where each sink's cursor began.
    pub starts: BTreeMap<(Life, String), u64>,
    pub accepted: BTreeSet<(Life, String, u64)>,
    /// The sinks for which a history row is parked.
    pub parked: BTreeSet<(Life, String, u64)>,
    /// What was removed from history, and when it had occurred.
    pub removed: BTreeMap<(Life, u64), i64>,
    /// How many transitions a cursor has passed that were no longer in history.
    pub given_up: u64,
    /// How often one was accepted again.
    pub repeats: u64,
    /// Every full document that was accepted, by its id.
    pub documents: BTreeMap<String, Value>,
    /// Item and sequence of every acceptance, in the order of acceptance.
    pub order: Vec<(SinkName, String, u64)>,
    /// The true time.
    pub now: i64,
    /// Beyond how many milliseconds time counts as unmonitored.
    pub unmonitored_after: i64,
    /// What is announced to people.
    pub notify: Notify,
}

fn cursors(row: &Row) -> BTreeMap<String, u64> {
    get(row, "announced").unwrap_or_default()
}

/// The newest history row of a sequence.
pub fn history_of<'a>(tables: &'a Tables, item: &str, sequence: u64) -> Option<(&'a str, &'a Row)> {
    let all = tables.history.range((item.to_owned(), String::new())..(format!("{item}\0"), String::new()));
    all.rev().map(|((_, at), row)| (at.as_str(), row)).find(|(_, row)| get::<u64>(row, "sequence") == Some(sequence))
}

impl Auditor {
    pub fn life(&self, item: &str) -> Life {
        (item.to_owned(), self.lives.get(item).copied().unwrap_or(0))
    }

    /// Whether a sink has a transition or a document, or never will, or it is not for the sink's readers.
    pub fn is_settled(&self, item: &str, sink: &str, sequence: u64, tables: &Tables) -> bool {
        let announcement = (self.life(item), sink.to_owned(), sequence);
        self.accepted.contains(&announcement)
            || self.parked.contains(&announcement)
            || self.is_given_up(item, sequence)
            || self.is_not_for(item, sink, sequence, tables)
    }

    /// Whether a document or a transition is not for the readers of a sink.
    fn is_not_for(&self, item: &str, sink: &str, sequence: u64, tables: &Tables) -> bool {
        if sink == SinkName::EVENTBRIDGE.as_str() {
            return false;
        }
        let document = history_of(tables, item, sequence).and_then(|(_, row)| row.get("event"));
        match document.and_then(RecordedIncident::read) {
            Some(incident) if sink == SinkName::CHAT.as_str() => !self.notify.incidents() || !incident.is_for_chat(),
            Some(incident) => !self.notify.incidents() || !incident.is_for_people(),
            None => !self.notify.items() && document.is_some(),
        }
    }

    /// Whether a transition is no longer in history, and older than anything is owed.
    fn is_given_up(&self, item: &str, sequence: u64) -> bool {
        let occurred_at = self.removed.get(&(self.life(item), sequence));
        occurred_at.is_some_and(|at| self.now - at > OWED_FOR)
    }

    /// Whether a transition was ever removed from history, in whichever life of its item.
    pub fn was_removed(&self, item: &str, sequence: u64) -> bool {
        let lives = self.lives.get(item).copied().unwrap_or(0);
        (0..=lives).any(|life| self.removed.contains_key(&((item.to_owned(), life), sequence)))
    }

    pub fn removed(&mut self, table: Table, key: &Key, row: &Row) {
        let occurred_at = key.1.parse::<Timestamp>().map(Timestamp::milliseconds);
        if let (Table::History, Some(sequence), Ok(occurred_at)) = (table, get(row, "sequence"), occurred_at) {
            self.removed.insert((self.life(&key.0), sequence), occurred_at);
        }
    }

    fn violation(&mut self, text: String) {
        self.violations.push(text);
    }

    pub fn written(&mut self, change: &Change, tables: &Tables) {
        match (change.table, change.key.1.as_str()) {
            (Table::States, "poll") => self.poll_row_written(change, tables),
            (Table::States, FOLD | RESILIENCE) => {}
            (Table::States, item) if change.key.0 != "scopes" => {
                let item = format!("{}/{item}", change.key.0);
                self.state_row_written(&item, change, tables);
            }
            (Table::History, _) if change.after.contains_key("from") => {}
            (Table::History, _) => {
                let sequence = get(&change.after, "sequence").unwrap_or(0);
                for sink in get::<BTreeMap<String, String>>(&change.after, "parked").unwrap_or_default().into_keys() {
                    self.parked.insert((self.life(&change.key.0), sink, sequence));
                }
            }
            _ => {}
        }
    }

    fn state_row_written(&mut self, item: &str, change: &Change, tables: &Tables) {
        if change.before.is_none() {
            *self.lives.entry(item.to_owned()).or_default() += 1;
        }
        let size = serde_json::to_string(&change.after).map_or(0, |text| text.len());
        if size > MAXIMUM_ROW_BYTES {
            self.violation(format!("the state row of {item} has grown to {size} bytes"));
        }
        let sequence = |row: &Row| get::<u64>(row, "sequence").unwrap_or(0);
        let (before, after) = (change.before.as_ref().map_or(0, sequence), sequence(&change.after));
        let is_incident = RowPath::is_of_an_incident(item);
        if after < before || (!is_incident && after > before + 1) {
            self.violation(format!("the sequence of {item} went from {before} to {after}"));
        }
        let occurred_at: Option<Timestamp> = if is_incident {
            Some(rows::read_incident(&change.after).state.last_document_at)
        } else {
            get(&change.after, "last_transition_at")
        };
        if after != before && history_of(tables, item, after).and_then(|(at, _)| at.parse().ok()) != occurred_at {
            self.violation(format!("{item} #{after} is in no history row of its instant"));
        }
        self.cursors_moved(item, change, tables);
    }

    fn cursors_moved(&mut self, item: &str, change: &Change, tables: &Tables) {
        let sequence = |row: &Row| get::<u64>(row, "sequence").unwrap_or(0);
        let (before, after) = (change.before.as_ref().map_or(0, sequence), sequence(&change.after));
        let old = change.before.as_ref().map(cursors).unwrap_or_default();
        let new = cursors(&change.after);
        for (sink, cursor) in &old {
            if new.get(sink).is_none_or(|moved| moved < cursor) {
                self.violation(format!(
                    "the cursor of {sink} on {item} went back from {cursor} to {:?}",
                    new.get(sink)
                ));
            }
        }
        for (sink, cursor) in new {
            let Some(was) = old.get(&sink) else {
                // The cursors of what a summary announces begin behind it, and so do those of what is skipped; all
                // others at what was recalled.
                let told = change.before.is_none() && cursor == after;
                if !told && cursor != before && !self.is_not_for(item, &sink, after, tables) {
                    self.violation(format!("the cursor of {sink} on {item} begins at {cursor}, not at {before}"));
                }
                self.starts.insert((self.life(item), sink), cursor);
                continue;
            };
            if cursor > after {
                self.violation(format!("the cursor of {sink} on {item} is at {cursor}, beyond {after}"));
            }
            // The fold's own cursor: what it passes is folded, which announces nothing.
            let passed = if sink == SinkName::INCIDENTS.as_str() { cursor + 1..=cursor } else { was + 1..=cursor };
            for passed in passed {
                self.given_up += u64::from(self.is_given_up(item, passed));
                if !self.is_settled(item, &sink, passed, tables) {
                    self.violation(format!("the cursor of {sink} on {item} passed #{passed}, which it never took"));
                }
            }
        }
    }

    fn poll_row_written(&mut self, change: &Change, tables: &Tables) {
        self.gaps_written(change, tables);
        for (name, after) in &change.after {
            let Some(kind) = name.strip_prefix("last_complete_at/") else { continue };
            let before = change.before.as_ref().and_then(|row| row.get(name));
            if before == Some(after) {
                continue;
            }
            let instant = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
            let Some(to) = instant(after) else { continue };
            let from = before.and_then(instant);
            if from.is_some_and(|from| from > to) {
                self.violation(format!("the last complete listing of {kind} went back from {from:?} to {to}"));
            }
            let unmonitored = from.is_some_and(|from| to.milliseconds() - from.milliseconds() > self.unmonitored_after);
            let key = (format!("{}/coverage/{kind}", change.key.0), to.to_string());
            let row = tables.history.get(&key);
            if row.is_some() != unmonitored || row.is_some_and(|row| get(row, "from") != from) {
                self.violation(format!(
                    "from {from:?} to {to} {kind} was unmonitored, and its coverage row is {row:?}"
                ));
            }
        }
    }

    /// A gap in the children of one parent begins with the last listing that had them; and when it has lasted for too long,
    /// its time is in history before it ends.
    fn gaps_written(&mut self, change: &Change, tables: &Tables) {
        let nothing = Row::default();
        let before = change.before.as_ref().unwrap_or(&nothing);
        let names: BTreeSet<&String> =
            before.keys().chain(change.after.keys()).filter(|name| name.starts_with("gap_since/")).collect();
        for name in names {
            let (kind, parent) = name["gap_since/".len()..].split_once('/').unwrap_or_default();
            let last = |row: &Row| rows::instant(row, &format!("last_complete_at/{kind}"));
            let (from, to) = (rows::instant(before, name), rows::instant(&change.after, name));
            let is_long = |to: Option<Timestamp>| {
                let time = from.zip(to).map(|(from, to)| to.milliseconds() - from.milliseconds());
                time.is_some_and(|time| time > self.unmonitored_after)
            };
            let problem = match (before.contains_key(name), change.after.contains_key(name)) {
                (false, true) if to > last(before) => "begins after the last listing",
                (true, false) if is_long(last(&change.after)) => "ends, and its time is lost",
                (true, true) if from != to => {
                    let key = (
                        format!("{}/coverage/{kind}/{parent}", change.key.0),
                        to.map_or_else(String::new, |to| to.to_string()),
                    );
                    let row = tables.history.get(&key);
                    if is_long(to) && row.is_some_and(|row| get(row, "from") == from) {
                        continue;
                    }
                    "moves without a coverage row"
                }
                _ => continue,
            };
            self.violation(format!("the gap of {kind} under {parent}, from {from:?} to {to:?}, {problem}"));
        }
    }

    pub fn accepted(&mut self, sink: SinkName, announcement: &Announcement<'_>, event: &Event, tables: &Tables) {
        let item = format!("{}/{}/{}", event.item.account, event.item.region, event.item.key());
        if announcement.form == Form::Minimal && !event.metadata.minimal {
            self.violation(format!("the short form of {item} #{} is not marked", event.metadata.sequence));
        }
        self.order.push((sink, event.item.id.clone(), event.metadata.sequence));
        self.accepted_document(sink, announcement, (&item, &event.metadata.id.to_string()), tables);
    }

    /// Takes in that a sink has accepted the document of an incident.
    pub fn accepted_incident(&mut self, sink: SinkName, announcement: &Announcement<'_>, tables: &Tables) {
        let incident = &announcement.row.event["incident"];
        let text = |name: &str| incident[name].as_str().unwrap_or_default().to_owned();
        let item = format!("{}/{}/incident/{}", text("account"), text("region"), text("id"));
        let id = announcement.row.event["metadata"]["id"].as_str().unwrap_or_default().to_owned();
        self.accepted_document(sink, announcement, (&item, &id), tables);
    }

    fn accepted_document(
        &mut self,
        sink: SinkName,
        announcement: &Announcement<'_>,
        (item, id): (&str, &str),
        tables: &Tables,
    ) {
        let (item, id) = (item.to_owned(), id.to_owned());
        let sequence = announcement.row.sequence;
        let key = (item.clone(), announcement.row.occurred_at.to_string());
        let recorded = tables.history.get(&key).and_then(|row| row.get("event"));
        match (recorded, announcement.form) {
            (None, _) => self.violation(format!("{sink} announced {item} #{sequence}, which history does not hold")),
            (Some(recorded), Form::Full) => {
                if *recorded != announcement.row.event {
                    self.violation(format!("{sink} was told another document of {item} #{sequence} than the recorded"));
                }
                let first = self.documents.entry(id.clone()).or_insert_with(|| announcement.row.event.clone());
                if *first != announcement.row.event {
                    self.violation(format!("{id} was told with two documents"));
                }
            }
            (Some(recorded), Form::Minimal) => {
                let same = recorded["metadata"]["id"] == id.as_str() && recorded["metadata"]["sequence"] == sequence;
                if !same {
                    self.violation(format!("the short form of {item} #{sequence} is of another document"));
                }
            }
        }
        let life = self.life(&item);
        let Some(start) = self.starts.get(&(life.clone(), sink.as_str().to_owned())).copied() else {
            self.violation(format!("{sink} announced {item} #{sequence}, and has no cursor there"));
            return;
        };
        if sequence <= start {
            self.violation(format!("{sink} announced {item} #{sequence}, from before it was there"));
        }
        for lower in start + 1..sequence {
            if !self.is_settled(&item, sink.as_str(), lower, tables) {
                self.violation(format!("{sink} announced {item} #{sequence} before #{lower}"));
            }
        }
        if !self.accepted.insert((life, sink.as_str().to_owned(), sequence)) {
            self.repeats += 1;
        }
    }
}
