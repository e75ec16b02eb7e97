//! A month of trouble over the whole pipeline: what people hear of it where they are announced incidents, against the list
//! of what happened; and for comparison how many messages the same month is item by item.
//!
//! The months of the fold's own test and of this one are the same. That one plays every minute; this one plays every
//! minute around whatever happens, and in the quiet stretches between every tenth.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws_dx_monitor::{
    domain::{
        Extent, Item, ItemDescription, ItemKey, Kind, Matcher, Notice, NoticeChange, Notify, Observation, Scope,
        SinkName, State, Timestamp, Whose, Window, WindowSource,
    },
    local::SqliteLedger,
    metrics::{DataPoint, MetricsMode},
    monitor::{Memory, Monitor, Settings},
    ports::{Announcer, Clock, Inventory, MetricSink, Publication, SystemClock, Windows},
    resilience::Intents,
};

use super::rig::{ACCOUNT, HandClock, REGION, RecordingAnnouncer};

mod calendar;

use calendar::{Calendar, DAY, DOWN_IN_A_TEST, WORK, describe, estate, gap, heard, line};

const KINDS: [Kind; 4] = [Kind::Connection, Kind::Lag, Kind::VirtualInterface, Kind::BgpPeer];
/// What else AWS does: it says for two minutes that it does not know an item's state, or does not list it.
const BLIPS: [(u64, &str, Option<&str>); 3] = [
    (11 * DAY, "connection/dxcon-3", Some("unknown")),
    (20 * DAY, "virtual-interface/dxvif-6", None),
    (22 * DAY, "bgp-peer/dxpeer-30a", Some("unknown")),
];
/// How long after its time work counts as over.
const WORK_LINGERS: u64 = 15;
/// When nobody polls: for two hours.
const NOBODY_POLLS: std::ops::Range<u64> = 23 * DAY..23 * DAY + 60;

/// What AWS would list, and what of it the present minute shows.
struct Estate {
    items: RefCell<BTreeMap<ItemKey, Item>>,
    minute: Cell<u64>,
}

impl Estate {
    fn turn(&self, key: &ItemKey, word: &str) {
        let word = if word == DOWN_IN_A_TEST { "down" } else { word };
        let item = Item { description: describe(key).into(), state: State::of(key.kind, Some(word)) };
        self.items.borrow_mut().insert(key.clone(), item);
    }
}

impl Inventory for Estate {
    async fn observe(&self, _: &Scope, _: &BTreeSet<Kind>) -> Observation {
        let minute = self.minute.get();
        let mut items = self.items.borrow().clone();
        for (at, item, word) in BLIPS {
            let key: ItemKey = item.parse().unwrap();
            match word {
                _ if !(at..at + 2).contains(&minute) => {}
                None => drop(items.remove(&key)),
                Some(word) => items.get_mut(&key).unwrap().state = State::of(key.kind, Some(word)),
            }
        }
        let unread = gap(minute);
        items.retain(|key, _| !unread.contains(&key.kind));
        let gaps = unread.iter().map(|kind| (*kind, Extent::Kind("throttled".to_owned()))).collect();
        Observation { items, gaps, ..Observation::default() }
    }
}

/// What is published is not looked at.
struct NoMetrics;

impl MetricSink for NoMetrics {
    async fn publish(&self, data: &[DataPoint]) -> Publication {
        Publication { accepted: data.len(), ..Publication::default() }
    }
}

/// Where the month is kept, when it begins, and up to which minute it is played.
struct Stage {
    ledger: SqliteLedger,
    beginning: Timestamp,
    until: u64,
}

impl Stage {
    fn in_memory() -> Stage {
        let beginning = "2026-11-01T00:00:00.000Z".parse().unwrap();
        Stage { ledger: SqliteLedger::in_memory().unwrap(), beginning, until: 30 * DAY }
    }

    fn instant(&self, minute: u64) -> Timestamp {
        self.beginning.plus(Duration::from_secs(60 * minute))
    }
}

/// The minutes that are played: those around whatever happens, and of the others one an hour.
fn rhythm(calendar: &Calendar) -> BTreeSet<u64> {
    let mut minutes: BTreeSet<u64> = (0..=30 * DAY).step_by(60).collect();
    let gaps = (1..=30 * DAY).filter(|minute| gap(*minute) != gap(minute - 1));
    minutes.extend(gaps.flat_map(|minute| minute - 1..minute + 2));
    let work = WORK.map(|(_, _, until)| until + WORK_LINGERS);
    let happens = calendar.0.keys().copied().chain(BLIPS.map(|(at, ..)| at)).chain(work);
    // The rhythm is known from the poll before, and what settles does so within ten minutes.
    minutes.extend(happens.flat_map(|minute| minute.saturating_sub(3)..minute + 12));
    minutes.retain(|minute| !NOBODY_POLLS.contains(minute));
    minutes
}

/// AWS's work on a connection, as its notice is kept.
fn announced_work(id: &str, (from, until): (Timestamp, Timestamp), announced: Timestamp) -> Window {
    Window {
        matcher: Matcher::of_id(id),
        title: "work on a router".to_owned(),
        by: "AWS".to_owned(),
        notice: Some(Notice {
            updated_at: announced,
            event: format!("work from {from}"),
            communication: "1".to_owned(),
            page: 1,
            change: NoticeChange::Scheduled,
        }),
        ..Window::bare(WindowSource::AwsHealth, &from.to_string(), (from, until))
    }
}

/// Plays the month. Gives back what people read, a line each, and how many messages chats and programs got.
async fn play(notify: Notify, stage: &Stage) -> (Vec<String>, [usize; 2]) {
    let clock = HandClock::at(stage.instant(0));
    let kinds: BTreeSet<Kind> = KINDS.into();
    let settings = Settings {
        scopes: Settings::scopes(ACCOUNT, &[REGION.to_owned()], &kinds),
        kinds,
        whose: Whose::Own,
        metrics: MetricsMode::Summary,
        confirm_polls: 3,
        // As often as it is polled in quiet stretches: those are not to be unmonitored time.
        unmonitored_after: Duration::from_secs(3_600),
        notify,
        remind_after: Duration::from_secs(3_600),
        keep_history: Duration::from_secs(400 * 86_400),
        asks_metrics: false,
        keeps_prefixes: false,
        intents: Intents::default(),
        monitor: "month".to_owned(),
    };
    let sinks = [(SinkName::SNS, true, 1), (SinkName::CHAT, true, 1), (SinkName::EVENTBRIDGE, false, 10)];
    let sinks = sinks.map(|(sink, people, batch)| RecordingAnnouncer::new(sink, people, batch, clock.clone()));
    let estate_now = Estate { items: RefCell::default(), minute: Cell::new(0) };
    estate().iter().for_each(|(item, word)| estate_now.turn(&item.key(), word));
    let memory = Memory::default();
    let work = |(id, from, until)| announced_work(id, (stage.instant(from), stage.instant(until)), stage.instant(0));
    for window in WORK.map(work) {
        stage.ledger.write_window(ACCOUNT, &window).await.unwrap();
    }
    let monitor = Monitor {
        inventory: &estate_now,
        ledger: &stage.ledger,
        metrics: &NoMetrics,
        announcers: sinks.iter().map(|sink| sink as &dyn Announcer).collect(),
        clock: &clock,
        settings: &settings,
        memory: &memory,
    };
    let calendar = calendar::calendar();
    let mut lines = Vec::new();
    let [mut chats, mut programs] = [0, 0];
    let mut happened = 0;
    for minute in rhythm(&calendar).range(..=stage.until).copied() {
        clock.set(stage.instant(minute));
        estate_now.minute.set(minute);
        for (key, word) in calendar.0.range(happened..=minute).flat_map(|(_, turns)| turns) {
            estate_now.turn(key, word);
        }
        happened = minute + 1;
        let report = monitor.poll(None).await;
        assert!(report.failures.is_empty(), "{report}");
        let [people, chat, bus] = &sinks;
        lines.extend(people.offers().iter().map(|offer| offer.for_people.subject.clone()));
        lines.extend(people.incidents().iter().map(|offer| told(minute, &offer.document)));
        chats += chat.offers().len() + chat.incidents().len();
        programs += bus.offers().len() + bus.incidents().len();
    }
    (lines, [chats, programs])
}

fn told(minute: u64, document: &serde_json::Value) -> String {
    let (incident, word) = (&document["incident"], |value: &serde_json::Value| value.as_str().unwrap().to_owned());
    let root = format!("{}/{}", word(&incident["root"]["kind"]), word(&incident["root"]["id"]));
    let count = incident["affected"]["count"].as_u64().unwrap();
    line(minute, &word(&document["reason"]), &word(&incident["category"]), &root, count)
}

#[tokio::test]
async fn a_month_of_trouble_is_told_story_by_story() {
    let (lines, counts) = play(Notify::Incidents, &Stage::in_memory()).await;
    assert_eq!(lines, heard());
    assert_eq!((lines.len(), counts), (26, [26, 189 + 28]), "people; chats; transitions and incidents for programs");
}

#[tokio::test]
async fn item_by_item_the_same_month_is_more_than_seven_times_as_many_messages() {
    let (lines, counts) = play(Notify::Items, &Stage::in_memory()).await;
    assert_eq!((lines.len(), counts), (189, [189, 189 + 28]), "people; chats; transitions and incidents for programs");
}

/// A router is off then, and has been for twenty minutes.
const IN_THE_MIDDLE: u64 = 16 * DAY + 20;

#[tokio::test]
#[ignore = "writes a file: tests/browser/check.py says where, and takes pictures of it"]
async fn a_file_has_the_month_up_to_the_present() {
    let path = std::env::var("DX_MONITOR_MONTH_FILE").expect("DX_MONITOR_MONTH_FILE names a file");
    let now = SystemClock.now();
    let beginning = Timestamp::from_milliseconds(now.milliseconds() - 60_000 * i64::try_from(IN_THE_MIDDLE).unwrap());
    let stage = Stage { ledger: SqliteLedger::open(path.as_ref()).unwrap(), beginning, until: IN_THE_MIDDLE };
    let (lines, _) = play(Notify::Incidents, &stage).await;
    assert_eq!(lines, heard()[..lines.len()]);
    assert!(lines.len() > 15 && lines.last().unwrap().starts_with("day 16 00:0"), "{lines:#?}");
}
