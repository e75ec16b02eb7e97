//! What is planned in the worlds by chance, by whom it is taken on and what explains it; and what must be so of it at the
//! end: a silence is never the reason that people do not know of what lasts.

use std::collections::BTreeSet;

use aws_dx_monitor::domain::{
    Acknowledgement, Evidence, EvidenceType, Matcher, Notice, NoticeChange, RowKey, Timestamp, Window, WindowRows,
    WindowSource,
};
use serde_json::{Value, json};

use super::{
    chance::items,
    random::Random,
    rows::{get, read_incident},
    tables::Row,
    world::{ACCOUNT, Inner, MINUTE, region},
};

/// By how much an instant of a document and the true time may differ: clocks are wrong by up to four minutes.
const WRONG: i64 = 5 * MINUTE;

/// Between two polls, something is planned, moved, taken on or explained.
pub fn plan(inner: &mut Inner, random: &mut Random) {
    if random.per_mille(60) {
        let from = inner.now + random.within(-5, 10) * MINUTE;
        let until = from + random.within(1, 40) * MINUTE;
        let even_outage = random.per_mille(300);
        put(inner, random, (from, until), |window| window.even_outage = even_outage);
        inner.meet("an item is silenced");
    }
    if random.per_mille(60) {
        let from = inner.now + random.pick(&[-20, 5, 70, 25 * 60]) * MINUTE;
        let until = from + random.within(5, 60) * MINUTE;
        let notice = Notice {
            updated_at: Timestamp::from_milliseconds(inner.now),
            event: "event".to_owned(),
            communication: "communication".to_owned(),
            page: 1,
            change: NoticeChange::Scheduled,
        };
        put(inner, random, (from, until), |window| {
            (window.source, window.notice) = (WindowSource::AwsHealth, Some(notice));
        });
        inner.meet("work is planned");
    }
    if random.per_mille(40) {
        end_one(inner, random);
    }
    if random.per_mille(60) {
        acknowledge(inner, random);
    }
    if random.per_mille(100) {
        explain(inner, random);
    }
}

/// All that is silenced is over, and all work is.
pub fn end_all(inner: &mut Inner) {
    let now = Timestamp::from_milliseconds(inner.now);
    for mut window in windows(inner) {
        (window.from, window.until) = (window.from.min(now), window.until.min(now));
        inner.tables.states.insert(key(&window), row(json!(window)));
    }
}

fn put(inner: &mut Inner, random: &mut Random, (from, until): (i64, i64), change: impl FnOnce(&mut Window)) {
    let [from, until] = [from, until].map(Timestamp::from_milliseconds);
    let id = format!("window-{}", inner.now + random.within(0, 1_000));
    let mut window = Window {
        matcher: Matcher::of_id(&random.pick(&items()).1.id),
        title: "planned".to_owned(),
        by: "an operator".to_owned(),
        ..Window::bare(WindowSource::Silence, &id, (from, until))
    };
    change(&mut window);
    inner.tables.states.insert(key(&window), row(json!(window)));
}

/// One of the windows ends earlier than it was to.
fn end_one(inner: &mut Inner, random: &mut Random) {
    let now = Timestamp::from_milliseconds(inner.now);
    let open: Vec<Window> = windows(inner).into_iter().filter(|window| window.until > now).collect();
    if open.is_empty() {
        return;
    }
    let mut window = random.pick(&open);
    (window.from, window.until) = (window.from.min(now), now);
    inner.tables.states.insert(key(&window), row(json!(window)));
    inner.meet("what was planned ends early");
}

/// Somebody takes an incident on.
fn acknowledge(inner: &mut Inner, random: &mut Random) {
    let ids = inner.tables.states.keys().filter_map(|(_, item)| item.strip_prefix(RowKey::INCIDENT)?.parse().ok());
    let ids: Vec<uuid::Uuid> = ids.collect();
    if ids.is_empty() {
        return;
    }
    let at = Timestamp::from_milliseconds(inner.now);
    let acknowledgement = Acknowledgement { by: "anna".to_owned(), at, note: None };
    let key = (WindowRows::path(ACCOUNT), Acknowledgement::key(random.pick(&ids)));
    inner.tables.states.entry(key).or_insert_with(|| row(json!(acknowledgement)));
    inner.meet("somebody takes an incident on");
}

/// Somebody has called something, and it is known by now.
fn explain(inner: &mut Inner, random: &mut Random) {
    let at = Timestamp::from_milliseconds(inner.now - random.within(0, 3) * MINUTE);
    let (id, summary) = (inner.now.to_string(), "UpdateConnection by anna".to_owned());
    let items = [random.pick(&items()).1.id].into();
    let evidence = Evidence { id, kind: EvidenceType::ApiCall, at, summary, by: Some("anna".to_owned()), items };
    inner.tables.history.insert((Evidence::path(&region()), evidence.key()), row(json!(evidence)));
    inner.meet("a call is known");
}

fn key(window: &Window) -> (String, String) {
    (WindowRows::path(ACCOUNT), window.key())
}

/// A value's fields. It never expires: what was silenced is asked for when a world has ended.
fn row(value: Value) -> Row {
    let Value::Object(row) = value else { panic!("{value} has no fields") };
    row
}

/// Everything that was ever planned.
fn windows(inner: &Inner) -> Vec<Window> {
    let rows = inner.tables.states.iter().filter(|((hash, _), _)| *hash == WindowRows::path(ACCOUNT));
    rows.filter_map(|(_, row)| serde_json::from_value(Value::Object(row.clone())).ok()).collect()
}

/// Whether some silence was there at an instant.
pub fn is_silence(inner: &Inner, at: Timestamp) -> bool {
    let at = at.milliseconds();
    let is_there =
        |window: &Window| window.from.milliseconds() - WRONG <= at && at < window.until.milliseconds() + WRONG;
    windows(inner).iter().any(|window| window.source == WindowSource::Silence && is_there(window))
}

/// When all silences are over, people know of every incident that is open.
pub fn no_silence_hides_what_lasts(inner: &Inner) -> Vec<String> {
    let now = Timestamp::from_milliseconds(inner.now);
    if is_silence(inner, now) {
        return Vec::new();
    }
    let mut violations = Vec::new();
    for ((scope, item), row) in inner.tables.states.iter().filter(|((_, item), _)| item.starts_with(RowKey::INCIDENT)) {
        let state = read_incident(row).state;
        if !state.status.is_open() {
            continue;
        }
        if state.circumstances.people.is_none() {
            violations.push(format!("{scope}/{item} is open, and people do not know of it: {state:?}"));
        }
    }
    violations
}

/// What evidence an incident has is on record, and no piece twice.
pub fn evidence_is_on_record(inner: &Inner) -> Vec<String> {
    let kept = inner.tables.history.iter().filter(|((hash, _), _)| *hash == Evidence::path(&region()));
    let kept: BTreeSet<String> = kept.filter_map(|(_, row)| get(row, "id")).collect();
    let mut violations = Vec::new();
    for ((scope, item), row) in inner.tables.states.iter().filter(|((_, item), _)| item.starts_with(RowKey::INCIDENT)) {
        let evidence = read_incident(row).state.circumstances.evidence;
        let ids: BTreeSet<&String> = evidence.iter().map(|piece| &piece.id).collect();
        if ids.len() < evidence.len() || !ids.iter().all(|id| kept.contains(*id)) {
            violations.push(format!("{scope}/{item} has evidence that is not on record, or twice: {ids:?}"));
        }
    }
    violations
}
