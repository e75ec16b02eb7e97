//! A month of trouble over the fold alone, every minute of it: what people hear, against the list of what happened. The
//! stories play the same month over the whole pipeline.

use super::rig::World;
use crate::domain::{Extent, ItemDescription, ItemKey, Kind, Matcher, Scope, Timestamp, Window, WindowSource};

// One month for both: it is made of what both import here, and so needs no door into this crate.
#[path = "../../../tests/stories/month/calendar.rs"]
mod calendar;

use calendar::{DAY, WORK, calendar, estate, gap, heard, line};

/// AWS's planned work on a connection.
fn work(id: &str, (from, until): (Timestamp, Timestamp)) -> Window {
    Window {
        matcher: Matcher::of_id(id),
        title: "work on a router".to_owned(),
        by: "AWS".to_owned(),
        ..Window::bare(WindowSource::AwsHealth, &from.to_string(), (from, until))
    }
}

#[test]
fn a_month_of_trouble_is_announced_story_by_story() {
    let mut world = estate().into_iter().fold(World::new(), |world, (item, word)| {
        let key = item.key().to_string();
        world.item(&key, word, |made| *made = item)
    });
    assert_eq!(world.recalled.states.len(), 124);
    let calendar = calendar();
    let began = world.now;
    let at = |minute: u64| began.plus(std::time::Duration::from_secs(60 * minute));
    world.plans.windows = WORK.map(|(id, from, until)| work(id, (at(from), at(until)))).into();
    let mut held_back: Vec<(ItemKey, &'static str)> = Vec::new();
    let (mut transitions, mut heard_of) = (0, Vec::new());
    for minute in 1..=30 * DAY {
        world.gaps = gap(minute).iter().map(|kind| (*kind, Extent::Kind("throttled".to_owned()))).collect();
        held_back.extend(calendar.0.get(&minute).into_iter().flatten().cloned());
        // What cannot be listed is seen when it can be again.
        let (unseen, seen): (Vec<_>, Vec<_>) =
            held_back.into_iter().partition(|(item, _)| world.gaps.contains_key(&item.kind));
        held_back = unseen;
        transitions += seen.len();
        let seen: Vec<(String, &str)> = seen.iter().map(|(item, word)| (item.to_string(), *word)).collect();
        let changes: Vec<(&str, &str)> = seen.iter().map(|(item, word)| (item.as_str(), *word)).collect();
        world.poll(&changes);
        for document in world.documents.drain(..).filter(|document| document.metadata.people) {
            let minutes = world.now.since(began).as_secs() / 60;
            let incident = &document.incident;
            heard_of.push(line(
                minutes,
                document.reason.as_str(),
                incident.category.as_str(),
                &format!("{}/{}", incident.root.kind, incident.root.id),
                incident.affected.count,
            ));
        }
    }
    world.gaps.clear();
    world.check();
    assert!(world.recalled.incidents.values().all(|row| !row.state.status.is_open()), "all of it is over");
    assert_eq!(heard_of, heard());
    assert_eq!((heard_of.len(), transitions), (26, 189), "messages with incidents, and with items");
}
