//! The availability report, checked against numbers that were worked out by hand.
//!
//! Times are minutes after midnight of 2026-10-01.

mod destinations;
mod groups;
mod incidents;
mod large;
mod numbers;
mod outages;
mod page;
mod planned;
mod properties;
mod schema;
mod stream;

use std::{collections::BTreeMap, time::Duration};

use aws_dx_monitor::{
    calendar::Calendar,
    domain::{ItemDescription, ItemKey, Kind, Scope, State, StateRow, Timestamp, Unmonitored},
    report::{
        Asked, Assembly, Exclusions, PollInterval, PreviousSight, Relation, Report, Sight, Statement, Terms, Timeline,
        UnmonitoredTime, Window,
    },
};
use uuid::Uuid;

pub const MINUTE: u64 = 60_000;
/// A day in minutes.
pub const DAY: i64 = 1_440;
const TOLERATED: Duration = Duration::from_secs(900);

/// The instant `minute` minutes after the beginning of October.
pub fn at(minute: i64) -> Timestamp {
    let beginning: Timestamp = "2026-10-01T00:00:00.000Z".parse().unwrap();
    Timestamp::from_milliseconds(beginning.milliseconds() + minute * 60_000)
}

/// The window between two minutes, reported long afterwards.
pub fn window(from: i64, to: i64) -> Window {
    let (from, to) = (at(from).to_string(), at(to).to_string());
    let asked = Asked { month: None, from: Some(&from), to: Some(&to) };
    Window::new(&asked, Calendar::UTC, None, at(1_000 * DAY)).unwrap()
}

/// An item that was seen in each of `words` from the given minute on. Each change was first seen one minute after the
/// last sight of the state before.
#[derive(Clone, Debug)]
pub struct Story {
    pub item: ItemDescription,
    words: Vec<(Timestamp, String)>,
    /// How many of its first sights have expired in history.
    expired: usize,
    /// The incidents that the events of its sights name.
    groups: BTreeMap<usize, Option<Uuid>>,
    /// What they say that it hung on.
    relations: BTreeMap<usize, Relation>,
    /// The incident that its row names, and the sequence up to which it is gathered; of all, where that is not given.
    row_group: Option<Uuid>,
    gathered: Option<u64>,
}

impl Story {
    pub fn new(kind: Kind, id: &str, words: &[(i64, &str)]) -> Story {
        let scope = Scope::regional("123456789012", "us-east-1");
        let words = words.iter().map(|(minute, word)| (at(*minute), (*word).to_owned())).collect();
        let item = ItemDescription::bare(&scope, &ItemKey::new(kind, id));
        Story {
            item,
            words,
            expired: 0,
            groups: BTreeMap::new(),
            relations: BTreeMap::new(),
            row_group: None,
            gathered: None,
        }
    }

    pub fn connection(words: &[(i64, &str)]) -> Story {
        Story::new(Kind::Connection, "dxcon-1", words)
    }

    pub fn exact(words: Vec<(Timestamp, String)>) -> Story {
        Story { words, ..Story::connection(&[]) }
    }

    pub fn state(&self, number: usize) -> State {
        let word = &self.words[number].1;
        State::recalled(self.item.kind, word, (word == "absent").then_some(100), None)
    }

    pub fn sight(&self, number: usize) -> Sight {
        let previous = number.checked_sub(1).map(|before| PreviousSight {
            state: self.state(before),
            since: self.words[before].0,
            last_seen_at: Timestamp::from_milliseconds(self.words[number].0.milliseconds() - 60_000),
        });
        let (at, state) = (self.words[number].0, self.state(number));
        let group_id = self.groups.get(&number).copied().flatten();
        Sight {
            at,
            state,
            previous,
            id: Some(event_id(number)),
            incident_id: None,
            group_id,
            relation: self.relations.get(&number).cloned(),
        }
    }

    pub fn sights(&self) -> impl Iterator<Item = Sight> + '_ {
        (0..self.words.len()).map(|number| self.sight(number))
    }

    pub fn row(&self) -> StateRow {
        let last = self.words.len() - 1;
        StateRow {
            state: self.state(last),
            since: self.words[last].0,
            seen_at: None,
            missed_at: None,
            never_up: false,
            sequence: self.words.len() as u64,
            last_transition_at: self.words[last].0,
            announced: self.gathered.map(|sequence| ("incidents".to_owned(), sequence)).into_iter().collect(),
            suspect: None,
            incident_id: None,
            group: self.row_group,
            details: self.item.clone().into(),
            expires_at: None,
        }
    }

    /// The statement over a window. As from a store, it is made from the transitions since the window's beginning.
    pub fn over(&self, window: &Window, unmonitored: &UnmonitoredTime, exclusions: &Exclusions) -> Statement {
        let mut timeline = Timeline::new(window, unmonitored, exclusions, true);
        for sight in self.sights().skip(self.expired).filter(|sight| sight.at >= window.from) {
            if timeline.see(&sight).is_break() {
                break;
            }
        }
        timeline.finish(&self.row())
    }

    /// The statement over a window that was monitored throughout, with the default exclusions.
    pub fn plainly(&self, window: &Window) -> Statement {
        self.over(window, &monitored(window), &Exclusions::default())
    }
}

pub fn event_id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 + 1)
}

/// No unmonitored time.
pub fn monitored(window: &Window) -> UnmonitoredTime {
    UnmonitoredTime::new(window, &[], Some(window.now), TOLERATED, None)
}

/// Unmonitored time in these minutes.
pub fn unmonitored(window: &Window, minutes: &[(i64, i64)]) -> UnmonitoredTime {
    let scope = Scope::regional("123456789012", "us-east-1");
    let stretch = |(from, to): &(i64, i64)| Unmonitored {
        scope: scope.clone(),
        kind: Kind::Connection,
        parent: None,
        from: at(*from),
        to: at(*to),
    };
    let stretches: Vec<Unmonitored> = minutes.iter().map(stretch).collect();
    UnmonitoredTime::new(window, &stretches, Some(window.now), TOLERATED, None)
}

pub fn report(window: &Window, stories: &[Story]) -> Report {
    let exclusions = Exclusions::default();
    let mut assembly =
        Assembly::new(Terms { window, exclusions: &exclusions, unmonitored_after: TOLERATED, shows_retired: false });
    for story in stories {
        assembly.add(
            story.item.clone().into(),
            Some(PollInterval { seconds: 60, at: window.to }),
            story.plainly(window),
        );
    }
    assembly.finish()
}

/// The up, down and excluded minutes of a statement, the latter by reason.
pub fn sums(statement: &Statement) -> String {
    let figures = &statement.figures;
    let whole: u64 = figures.up_milliseconds + figures.down_milliseconds + figures.excluded_milliseconds;
    let excluded: u64 = figures.excluded.by_reason().iter().map(|(_, milliseconds)| milliseconds).sum();
    assert_eq!(excluded, figures.excluded_milliseconds);
    let mut sums = format!("up {} down {}", minutes(figures.up_milliseconds), minutes(figures.down_milliseconds));
    for (reason, milliseconds) in figures.excluded.by_reason() {
        if milliseconds > 0 {
            sums += &format!(" {reason} {}", minutes(milliseconds));
        }
    }
    sums + &format!(" of {}", minutes(whole))
}

fn minutes(milliseconds: u64) -> String {
    (milliseconds as f64 / MINUTE as f64).to_string()
}
