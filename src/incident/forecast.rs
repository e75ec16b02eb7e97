//! Warnings before planned work that will take a destination's last path: a day and an hour before it begins.
//!
//! Such a warning is an incident of its own, of the category `maintenance`, that has no members. It ends when the work
//! begins, or will not be done.

use std::{collections::HashSet, time::Duration};

use uuid::Uuid;

use super::{
    book::Book,
    case::{Beginning, Case},
    estate::Place,
    failing::{Basis, Wires, impact, losses},
};
use crate::domain::{
    Category, Impact, IncidentImpact, IncidentStatus, Plans, Root, Scope, Timestamp, Window, WindowSource,
};

/// How long before the work people are warned, and how long before it once more.
const FIRST: Duration = Duration::from_secs(24 * 3_600);
const SECOND: Duration = Duration::from_secs(3_600);
/// The namespace of the ids of warnings: made up once, fixed for ever.
const WARNING_NAMESPACE: Uuid = Uuid::from_u128(0x6ad0_83f1_27c4_5e9b_91d2_40b8_f5c6_1e73);

/// Whether something planned may have to be warned of at `now`.
pub(super) fn is_near(plans: &Plans, now: Timestamp) -> bool {
    plans.windows.iter().any(|window| is_coming(window, now))
}

/// Whether a window is AWS's work that begins within a day.
fn is_coming(window: &Window, now: Timestamp) -> bool {
    window.source == WindowSource::AwsHealth && now < window.from && window.from <= now.plus(FIRST)
}

/// Begins and ends the warnings that are due. Where what is planned is not known, nothing changes.
pub(super) fn forecast(book: &mut Book<'_>, scope: &Scope) {
    let Some(plans) = book.plans else { return };
    let now = book.now;
    let mut coming = HashSet::new();
    let mut warned: Vec<&Window> = Vec::new();
    for window in plans.windows.iter().filter(|window| is_coming(window, now)) {
        let Some(root) = own_places(book, window).first().copied() else { continue };
        if warned.iter().any(|other| other.from == window.from) {
            // The other's warning has all that goes down at that time.
            continue;
        }
        let id = Uuid::new_v5(&WARNING_NAMESPACE, format!("{scope}\n{}\n{}", window.id, window.from).as_bytes());
        // A path that flaps, or a region that could not be recalled, must not end a warning and begin it again. Nor does a
        // warning begin where another region may have a path: the next poll knows.
        let is_warned_of = book.cases.get(&id).is_some_and(Case::is_open);
        let is_due = is_warned_of || (book.is_whole && taken(book, plans, window) == Impact::Outage);
        if !is_due {
            continue;
        }
        let root = Root::item(&book.estate.entries[root].key);
        coming.insert(id);
        warned.push(window);
        warn(book, id, root, window);
    }
    let expires_at = book.rules.expiry(now);
    let over = book
        .cases
        .values_mut()
        .filter(|case| case.state.category == Category::Maintenance && case.is_open() && !coming.contains(&case.id));
    over.for_each(|case| case.close(IncidentStatus::Resolved, now, expires_at));
}

/// What is lost when a piece of work begins.
fn taken(book: &Book<'_>, plans: &Plans, window: &Window) -> Impact {
    let fallen = all_places(book, plans, window);
    impact(&book.estate, &losses(&book.estate, &fallen)).level
}

/// Begins a warning, or repeats it an hour before the work.
fn warn(book: &mut Book<'_>, id: Uuid, root: Root, window: &Window) {
    let (now, is_whole) = (book.now, book.is_whole);
    let case = book.cases.entry(id).or_insert_with(|| {
        let beginning = Beginning { transition: id, at: now, last_seen_at: None, is_silent: false };
        Case { id, ..Case::begun(&beginning, Category::Maintenance, root.clone(), now) }
    });
    if !case.is_open() {
        case.reopen(now, now);
    }
    let is_last_hour = window.from <= now.plus(SECOND);
    let begins = case.is_unborn() || case.is_reopened;
    if is_last_hour && is_whole && case.state.reminders == 0 {
        case.state.reminders = 1;
        case.state.reminded_at = Some(now);
        case.is_raised = !begins;
    }
    let planned = Some(window.into());
    if case.state.circumstances.work != planned || case.state.root != root {
        case.state.circumstances.work = planned;
        case.state.root = root;
        case.is_changed = true;
    }
}

/// What is down when a piece of work begins, by this and by all other work that is being done then: in every region, since
/// the paths of a gateway may lead over several.
fn all_places(book: &Book<'_>, plans: &Plans, window: &Window) -> HashSet<Place> {
    let is_done_then = |other: &&Window| other.from <= window.from && window.from < other.until;
    let work = plans.windows.iter().filter(|other| other.source == WindowSource::AwsHealth).filter(is_done_then);
    let struck: Vec<Place> = work.flat_map(|work| struck(book, work)).collect();
    Wires::of(&book.estate).fallen(&book.estate, struck, Basis::Present)
}

/// The items in service that a piece of work is about.
fn struck<'b>(book: &'b Book<'_>, window: &Window) -> impl Iterator<Item = Place> + use<'b> {
    let matcher = window.matcher.clone();
    let entries = book.estate.entries.iter().enumerate();
    entries.filter(move |(_, entry)| entry.is_in_service() && matcher.matches(&entry.item)).map(|(place, _)| place)
}

/// What a piece of work takes down in the scope that is folded and is in service. From the cables upwards.
fn own_places(book: &Book<'_>, window: &Window) -> Vec<Place> {
    own(book, &Wires::of(&book.estate).fallen(&book.estate, struck(book, window), Basis::Present))
}

/// Those of the scope that is folded that are in service. From the cables upwards.
fn own(book: &Book<'_>, fallen: &HashSet<Place>) -> Vec<Place> {
    let entry = |place: &Place| &book.estate.entries[*place];
    let own = fallen.iter().copied().filter(|place| entry(place).is_own && entry(place).is_in_service());
    let mut places: Vec<Place> = own.collect();
    places.sort_by_key(|place| (entry(place).key.kind.layer(), *place));
    places
}

/// What the work that a warning is about will take down, and what that leaves.
pub(super) fn outlook(book: &Book<'_>, case: &Case) -> (Vec<Place>, IncidentImpact) {
    let work = case.state.circumstances.work.as_ref();
    let fallen = work.zip(book.plans).and_then(|(work, plans)| {
        let window = plans.windows.iter().find(|window| window.id == work.id)?;
        Some(all_places(book, plans, window))
    });
    let fallen = fallen.unwrap_or_default();
    // Members are of one scope; what is down elsewhere has its own warning, or takes no last path there.
    (own(book, &fallen), impact(&book.estate, &losses(&book.estate, &fallen)))
}
