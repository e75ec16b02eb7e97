//! Planned work, silences, acknowledgement and evidence: what they do to messages, and what they never do.

mod around;

use insta::assert_snapshot;

use super::rig::World;
use crate::domain::{
    Acknowledgement, Evidence, EvidenceType, IncidentStatus, Matcher, Reason, Timestamp, Window, WindowSource,
};

const MINUTE: i64 = 60;

/// Two connections, each with an interface to one gateway.
fn two_paths() -> World {
    ["1", "2"].iter().fold(World::new(), |world, id| {
        world.connection(id, &format!("EqDC2/{id}")).interface(id, &format!("dxcon-{id}"), "core-dxgw", &[])
    })
}

/// One connection with the only interface to a gateway.
fn one_path() -> World {
    World::new().connection("1", "EqDC2/1").interface("1", "dxcon-1", "core-dxgw", &[])
}

impl World {
    /// The instant so many minutes from now.
    fn in_minutes(&self, minutes: i64) -> Timestamp {
        Timestamp::from_milliseconds(self.now.milliseconds() + minutes * MINUTE * 1_000)
    }

    fn window(&mut self, source: WindowSource, id: &str, (from, until): (i64, i64)) -> &mut Window {
        self.plans.windows.push(Window {
            matcher: Matcher::of_id(id),
            title: "work".to_owned(),
            by: "an operator".to_owned(),
            ..Window::bare(source, &format!("{source:?} {id}"), (self.in_minutes(from), self.in_minutes(until)))
        });
        self.plans.windows.last_mut().unwrap()
    }

    fn work(&mut self, id: &str, times: (i64, i64)) -> &mut Window {
        self.window(WindowSource::AwsHealth, id, times)
    }

    fn silence(&mut self, id: &str, times: (i64, i64)) -> &mut Window {
        self.window(WindowSource::Silence, id, times)
    }

    fn minutes(&mut self, minutes: u64) {
        for _ in 0..minutes {
            self.poll(&[]);
            self.check();
        }
    }

    fn whole(&mut self, id: &str, up: bool) {
        let word = if up { "available" } else { "down" };
        self.poll(&[(&format!("con {id}"), word), (&format!("vif {id}"), word)]);
        self.check();
    }
}

#[test]
fn work_that_takes_one_of_two_paths_is_no_cause_for_worry() {
    let mut world = two_paths();
    world.work("dxcon-1", (10, 250));
    world.minutes(20);
    world.whole("1", false);
    world.minutes(120);
    world.whole("1", true);
    world.minutes(200);
    assert_snapshot!(world.announced(), @"
    info outage opened: connection dxcon-1, 2 affected, last-path
    info outage resolved: connection dxcon-1, 2 affected, last-path, over
    ");
}

#[test]
fn work_that_takes_the_last_path_is_warned_of_and_critical_when_it_comes() {
    let mut world = one_path();
    world.work("dxcon-1", (25 * 60, 29 * 60));
    world.minutes(25 * 60 + 2);
    assert_snapshot!(world.announced(), @"
    warning maintenance planned: connection dxcon-1, 2 affected, outage
    warning maintenance planned: connection dxcon-1, 2 affected, outage
    warning maintenance resolved: connection dxcon-1, 2 affected, outage, over
    ");
    world.whole("1", false);
    let opened = world.documents[0].clone();
    assert_snapshot!(world.announced(), @"critical outage opened: connection dxcon-1, 2 affected, outage");
    assert_snapshot!(opened.summary, @"[critical] planned work: connection dxcon-1 down: 1 virtual interface with it; core-dxgw has no path left");
    world.minutes(30);
    world.whole("1", true);
    world.minutes(5 * 60);
    assert_snapshot!(world.announced(), @"critical outage resolved: connection dxcon-1, 2 affected, outage, over");
}

#[test]
fn a_warning_says_what_comes_when_and_what_it_takes_and_ends_when_the_work_is_cancelled() {
    let mut world = one_path();
    world.work("dxcon-1", (60 * 23, 60 * 27));
    world.minutes(1);
    let warned = world.documents[0].clone();
    assert_snapshot!(warned.summary, @"[warning] connection dxcon-1 to go down at 2026-11-23 02:00 UTC: 1 virtual interface with it; core-dxgw has no path then");
    assert_snapshot!(warned.incident.cause, @"AWS has planned work from 2026-11-23 02:00:00 UTC until 2026-11-23 06:00:00 UTC. It takes the last path.");
    world.plans.windows.clear();
    world.minutes(1);
    let over = world.documents[1].clone();
    assert_snapshot!(over.summary, @"[resolved] connection dxcon-1 not to go down after all");
    assert_snapshot!(over.incident.cause, @"The work will not be done.");
    assert_snapshot!(world.announced(), @"
    warning maintenance planned: connection dxcon-1, 2 affected, outage
    warning maintenance resolved: connection dxcon-1, 0 affected, none, over
    ");
}

#[test]
fn work_that_leaves_a_path_is_not_warned_of() {
    let mut world = two_paths();
    world.work("dxcon-1", (60 * 23, 60 * 27));
    world.minutes(24 * 60);
    assert_eq!(world.announced(), "");
}

#[test]
fn two_pieces_of_work_at_the_same_time_are_warned_of_once_where_together_they_leave_no_path() {
    let mut world = two_paths();
    world.work("dxcon-1", (60 * 20, 60 * 24));
    world.work("dxcon-2", (60 * 24, 60 * 25));
    world.minutes(10);
    assert_eq!(world.announced(), "", "one after the other");
    world.plans.windows[1].from = world.in_minutes(60 * 23);
    world.minutes(20 * 60);
    assert_snapshot!(world.announced(), @"warning maintenance planned: connection dxcon-2, 4 affected, outage");
}

#[test]
fn work_that_overruns_is_worse_than_planned() {
    let mut world = two_paths();
    world.work("dxcon-1", (0, 60));
    world.minutes(5);
    world.whole("1", false);
    world.minutes(80);
    let overrun = world.documents.iter().find(|document| document.reason == Reason::Escalated).unwrap().clone();
    assert_snapshot!(world.announced(), @"
    info outage opened: connection dxcon-1, 2 affected, last-path
    warning outage escalated: connection dxcon-1, 2 affected, last-path
    ");
    assert_snapshot!(overrun.summary, @"[warning] work over: connection dxcon-1 down: 1 virtual interface with it; core-dxgw has 1 of 2 paths left");
    world.whole("1", true);
    assert_snapshot!(world.announced(), @"warning outage resolved: connection dxcon-1, 2 affected, last-path, over");
}

#[test]
fn work_that_becomes_known_or_is_cancelled_during_an_outage_changes_its_severity() {
    let mut world = two_paths();
    world.whole("1", false);
    world.minutes(3);
    world.work("dxcon-1", (0, 60));
    world.minutes(5);
    world.plans.windows.clear();
    world.minutes(5);
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-1, 2 affected, last-path
    info outage planned: connection dxcon-1, 2 affected, last-path
    warning outage escalated: connection dxcon-1, 2 affected, last-path
    ");
}

#[test]
fn a_silence_keeps_a_flap_from_people_and_what_outlasts_it_is_announced_once() {
    let mut world = two_paths();
    world.silence("dxvif-1", (0, 60));
    for _ in 0..2 {
        world.poll(&[("vif 1", "down")]);
        world.poll(&[("vif 1", "available")]);
    }
    assert_snapshot!(world.announced(), @"
    (warning outage opened: virtual-interface dxvif-1, 1 affected, last-path)
    (warning outage resolved: virtual-interface dxvif-1, 1 affected, last-path, over)
    (warning outage reopened: virtual-interface dxvif-1, 1 affected, last-path)
    (warning outage resolved: virtual-interface dxvif-1, 1 affected, last-path, over)
    ");
    world.poll(&[("vif 1", "down")]);
    world.minutes(80);
    assert_snapshot!(world.announced(), @"
    (warning outage flapping: virtual-interface dxvif-1, 1 affected, last-path)
    (warning outage settled: virtual-interface dxvif-1, 1 affected, last-path)
    (warning outage planned: virtual-interface dxvif-1, 1 affected, last-path)
    warning outage escalated: virtual-interface dxvif-1, 1 affected, last-path
    ");
    world.poll(&[("vif 1", "available")]);
    world.minutes(60);
    assert_snapshot!(world.announced(), @"warning outage resolved: virtual-interface dxvif-1, 1 affected, last-path, over");
}

#[test]
fn an_outage_that_ends_within_a_silence_is_never_announced_to_people_and_always_recorded() {
    let mut world = two_paths();
    world.silence("dxcon-1", (0, 60));
    world.whole("1", false);
    world.minutes(10);
    world.whole("1", true);
    world.minutes(100);
    assert_snapshot!(world.announced(), @"
    (warning outage opened: connection dxcon-1, 2 affected, last-path)
    (warning outage resolved: connection dxcon-1, 2 affected, last-path, over)
    ");
}

#[test]
fn a_destination_without_a_path_breaks_through_a_silence_unless_that_says_otherwise() {
    let mut world = one_path();
    world.silence("dxcon-1", (0, 60));
    world.whole("1", false);
    assert_snapshot!(world.announced(), @"critical outage opened: connection dxcon-1, 2 affected, outage");
    let mut world = one_path();
    world.silence("dxcon-1", (0, 60)).even_outage = true;
    world.whole("1", false);
    world.minutes(30);
    assert_snapshot!(world.announced(), @"(critical outage opened: connection dxcon-1, 2 affected, outage)");
}

#[test]
fn whoever_knows_of_an_outage_gets_its_end_though_a_silence_began_meanwhile() {
    let mut world = two_paths();
    world.whole("1", false);
    world.silence("dxcon-1", (0, 60));
    world.minutes(3);
    world.whole("1", true);
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-1, 2 affected, last-path
    (warning outage planned: connection dxcon-1, 2 affected, last-path)
    warning outage resolved: connection dxcon-1, 2 affected, last-path, over
    ");
}

#[test]
fn an_acknowledged_outage_is_not_reminded_of_and_what_gets_worse_is_announced() {
    let mut world = two_paths();
    world.whole("1", false);
    let id = world.documents[0].incident.id;
    let at = world.now;
    world.plans.acknowledgements.insert(id, Acknowledgement { by: "anna".to_owned(), at, note: None });
    world.minutes(26 * 60);
    world.poll(&[("vif 2", "down")]);
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-1, 2 affected, last-path
    (warning outage acknowledged: connection dxcon-1, 2 affected, last-path)
    critical outage opened: virtual-interface dxvif-2, 1 affected, outage
    ");
    let row = &world.recalled.incidents[&id];
    assert_eq!(row.state.circumstances.acknowledged.as_ref().unwrap().by, "anna");
}

/// A call of an item.
fn call(at: Timestamp, name: &str, item: &str) -> Evidence {
    let (id, summary) = (name.to_owned(), format!("{name} by anna"));
    let items = [item.to_owned()].into();
    Evidence { id, kind: EvidenceType::ApiCall, at, summary, by: Some("anna".to_owned()), items }
}

#[test]
fn a_call_that_fits_by_id_and_time_explains_an_incident_and_others_do_not() {
    let mut world = two_paths();
    let called = world.in_minutes(1);
    world.whole("1", false);
    world.evidence = vec![
        call(called, "UpdateLag", "dxcon-9"),
        call(world.in_minutes(-9), "DeleteConnection", "dxcon-1"),
        call(called, "AssociateConnectionWithLag", "dxcon-1"),
    ];
    world.minutes(2);
    let explained = world.documents.last().unwrap();
    let names: Vec<&str> = explained.incident.evidence.iter().map(|piece| piece.id.as_str()).collect();
    assert_eq!(names, ["AssociateConnectionWithLag"]);
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-1, 2 affected, last-path
    warning outage explained: connection dxcon-1, 2 affected, last-path
    ");
}

#[test]
fn evidence_that_comes_with_the_end_does_not_keep_the_end_from_people() {
    let mut world = two_paths();
    world.whole("1", false);
    let at = world.now;
    // Recording goes on, so that nothing ends yet.
    world.settled = false;
    world.poll(&[("con 1", "available"), ("vif 1", "available")]);
    world.settled = true;
    world.evidence = vec![call(at, "UpdateConnection", "dxcon-1")];
    world.minutes(1);
    assert_snapshot!(world.announced(), @"
    warning outage opened: connection dxcon-1, 2 affected, last-path
    (warning outage explained: connection dxcon-1, 2 affected, last-path, over)
    warning outage resolved: connection dxcon-1, 2 affected, last-path, over
    ");
}

#[test]
fn evidence_may_come_after_the_end() {
    let mut world = two_paths();
    world.poll(&[("vif 1", "deleted")]);
    let at = world.now;
    world.poll(&[]);
    world.evidence = vec![call(at, "DeleteVirtualInterface", "dxvif-1")];
    world.minutes(2);
    assert_snapshot!(world.announced(), @"
    warning removal opened: virtual-interface dxvif-1, 1 affected, last-path
    (warning removal resolved: virtual-interface dxvif-1, 1 affected, last-path, over)
    (warning removal explained: virtual-interface dxvif-1, 1 affected, last-path, over)
    ");
}

/// What happens in the orders that are tried.
#[derive(Clone, Copy, Debug)]
enum Event {
    Down,
    Up,
    SilenceBegins,
    SilenceEnds,
    WorkBegins,
    WorkEnds,
}

impl Event {
    fn happens(self, world: &mut World) {
        match self {
            Event::Down => world.whole("1", false),
            Event::Up => world.whole("1", true),
            Event::SilenceBegins => drop(world.silence("dxcon-1", (0, 10_000)).id.clone()),
            Event::SilenceEnds => world.plans.windows.retain(|window| window.source != WindowSource::Silence),
            Event::WorkBegins => drop(world.work("dxcon-1", (0, 10_000)).id.clone()),
            Event::WorkEnds => {
                let over = world.in_minutes(-30);
                let work = |window: &&mut Window| window.source == WindowSource::AwsHealth;
                world.plans.windows.iter_mut().filter(work).for_each(|window| window.until = over);
            }
        }
    }
}

/// Every order of these, each end after its beginning.
fn orders(left: &[Event], begun: [bool; 3]) -> Vec<Vec<Event>> {
    if left.is_empty() {
        return vec![Vec::new()];
    }
    let mut orders = Vec::new();
    for (index, event) in left.iter().enumerate() {
        let mut begun = begun;
        match event {
            Event::Down => begun[0] = true,
            Event::SilenceBegins => begun[1] = true,
            Event::WorkBegins => begun[2] = true,
            Event::Up if !begun[0] => continue,
            Event::SilenceEnds if !begun[1] => continue,
            Event::WorkEnds if !begun[2] => continue,
            _ => {}
        }
        let mut rest = left.to_vec();
        rest.remove(index);
        orders.extend(self::orders(&rest, begun).into_iter().map(|order| [vec![*event], order].concat()));
    }
    orders
}

#[test]
fn in_every_order_whoever_knows_of_an_outage_gets_its_end_and_programs_get_both() {
    let events = [Event::Down, Event::Up, Event::SilenceBegins, Event::SilenceEnds, Event::WorkBegins, Event::WorkEnds];
    let orders = orders(&events, [false; 3]);
    assert_eq!(orders.len(), 90);
    for order in orders {
        for (pause, estate) in [(1, two_paths as fn() -> World), (5, two_paths), (5, one_path)] {
            let mut world = estate();
            for event in &order {
                event.happens(&mut world);
                world.minutes(pause);
            }
            world.minutes(30);
            let reasons = |is_wanted: fn(&Reason) -> bool, people: bool| {
                let documents = world.documents.iter().filter(|document| document.metadata.people || !people);
                documents.filter(|document| is_wanted(&document.reason)).count()
            };
            let begins = |reason: &Reason| matches!(reason, Reason::Opened | Reason::Escalated);
            let ends = |reason: &Reason| *reason == Reason::Resolved;
            assert_eq!(reasons(ends, false), 1, "{order:?}");
            assert_eq!(reasons(ends, true), usize::from(reasons(begins, true) > 0), "{order:?}");
            let mut incidents = world.recalled.incidents.values();
            assert!(incidents.all(|row| row.state.status == IncidentStatus::Resolved), "{order:?}");
        }
    }
}
