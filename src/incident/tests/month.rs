//! A month of trouble in an estate of 120 items: what is announced to people, against the list of what happened.

use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::rig::World;
use crate::domain::{Extent, Kind};

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

/// What happens, minute by minute.
#[derive(Default)]
struct Calendar(BTreeMap<u64, Vec<(String, &'static str)>>);

impl Calendar {
    fn at(&mut self, minute: u64, item: &str, word: &'static str) {
        self.0.entry(minute).or_default().push((item.to_owned(), word));
    }

    /// A connection and all that runs over it.
    fn cable(&mut self, minute: u64, id: u64, up: bool) {
        let [port, session] = if up { ["available", "up"] } else { ["down", "down"] };
        self.at(minute, &format!("con {id}"), port);
        self.over(minute, id, port, session);
    }

    /// All that runs over a connection.
    fn over(&mut self, minute: u64, id: u64, port: &'static str, session: &'static str) {
        for interface in interfaces(id) {
            self.at(minute, &format!("vif {interface}"), port);
            self.at(minute, &format!("peer {interface}a"), session);
            self.at(minute, &format!("peer {interface}b"), session);
        }
    }
}

/// The interfaces of a connection: three of each of twelve.
fn interfaces(connection: u64) -> [String; 3] {
    [0, 1, 2].map(|number| format!("{}", 3 * connection + number))
}

/// Twelve connections, four in each of three locations on two devices each, with three interfaces of two sessions each, and
/// a LAG of two.
fn estate() -> World {
    let mut world = World::new();
    for id in 0..12_u64 {
        let place = format!("L{}/L{}-{}", id / 4, id / 4, id / 2 % 2);
        world = world.connection(&id.to_string(), &place);
        for interface in interfaces(id) {
            let sessions = [format!("{interface}a"), format!("{interface}b")];
            let gateway = format!("gateway-{}", id % 4);
            let sessions: Vec<&str> = sessions.iter().map(String::as_str).collect();
            world = world.interface(&interface, &format!("dxcon-{id}"), &gateway, &sessions);
        }
    }
    world = world.item("lag 1", "available", |item| item.minimum_links = Some(1));
    for id in ["m1", "m2"] {
        world = world.item(&format!("con {id}"), "available", |item| {
            item.lag_id = Some("dxlag-1".to_owned());
            item.bandwidth = Some("10Gbps".to_owned());
        });
    }
    world.interface("lag", "dxlag-1", "gateway-0", &[])
}

/// What happens, as it was made up: ten stories.
fn calendar() -> Calendar {
    let mut calendar = Calendar::default();
    // Day 2: a session flaps every 40 seconds for an hour.
    let flap = |minute: u64| if minute * 60 / 40 % 2 == 1 { "down" } else { "up" };
    for minute in 1..HOUR {
        if flap(minute) != flap(minute - 1) {
            calendar.at(2 * DAY + minute, "peer 0a", flap(minute));
        }
    }
    calendar.at(2 * DAY + HOUR, "peer 0a", "up");
    // Day 4: a location is dark for 14 minutes; its sessions fall a minute later, and are back a minute later.
    for id in 0..4 {
        calendar.at(4 * DAY, &format!("con {id}"), "down");
        calendar.over(4 * DAY + 1, id, "down", "down");
        calendar.at(4 * DAY + 14, &format!("con {id}"), "available");
        calendar.over(4 * DAY + 15, id, "available", "up");
    }
    // Day 6: a link of the LAG is lost for two days.
    calendar.at(6 * DAY, "con m2", "down");
    calendar.at(8 * DAY, "con m2", "available");
    // Day 9: a failover test of three hours, after which one session stays down for 50 minutes.
    calendar.at(9 * DAY, "vif 12", "testing");
    ["peer 12a", "peer 12b"].iter().for_each(|peer| calendar.at(9 * DAY, peer, "down in a test"));
    calendar.at(9 * DAY + 180, "vif 12", "available");
    calendar.at(9 * DAY + 180, "peer 12a", "up");
    calendar.at(9 * DAY + 180, "peer 12b", "down");
    calendar.at(9 * DAY + 230, "peer 12b", "up");
    // Days 12 and 13: two nights of work on a cable; the second takes three hours longer than it should.
    for (day, minutes) in [(12, 55), (13, 240)] {
        calendar.cable(day * DAY, 7, false);
        calendar.cable(day * DAY + minutes, 7, true);
    }
    // Day 16: a router is off for half an hour, the link stays up.
    calendar.over(16 * DAY, 9, "down", "down");
    calendar.over(16 * DAY + 30, 9, "available", "up");
    // Days 18 to 21: an interface is turned up.
    calendar.at(18 * DAY, "vif 90", "pending");
    calendar.at(18 * DAY, "peer 90a", "pending");
    calendar.at(21 * DAY, "peer 90a", "up");
    calendar.at(21 * DAY, "vif 90", "available");
    // Day 24: an interface is retired.
    ["vif 35", "peer 35a", "peer 35b"].iter().for_each(|item| calendar.at(24 * DAY, item, "deleting"));
    ["vif 35", "peer 35a", "peer 35b"].iter().for_each(|item| calendar.at(24 * DAY + 2, item, "deleted"));
    // Day 27: a single session, for six minutes.
    calendar.at(27 * DAY, "peer 20b", "down");
    calendar.at(27 * DAY + 6, "peer 20b", "up");
    calendar
}

/// Whether AWS's API has a blip: a list fails for a minute, once for two hours.
fn gap(minute: u64) -> Option<Kind> {
    let kinds = [Kind::Connection, Kind::VirtualInterface, Kind::BgpPeer];
    if (25 * DAY..25 * DAY + 120).contains(&minute) {
        return Some(Kind::BgpPeer);
    }
    minute.is_multiple_of(997).then(|| kinds[usize::try_from(minute / 997 % 3).unwrap()])
}

#[test]
fn a_month_of_trouble_is_announced_story_by_story() {
    let mut world = estate();
    assert_eq!(world.recalled.states.len(), 124);
    let calendar = calendar();
    let began = world.now;
    let mut held_back: Vec<(String, &'static str)> = Vec::new();
    let (mut transitions, mut messages) = (0, String::new());
    for minute in 1..=30 * DAY {
        world.gaps = gap(minute).into_iter().map(|kind| (kind, Extent::Kind("throttled".to_owned()))).collect();
        held_back.extend(calendar.0.get(&minute).into_iter().flatten().cloned());
        // What cannot be listed is seen when it can be again.
        let (unseen, seen): (Vec<_>, Vec<_>) =
            held_back.into_iter().partition(|(item, _)| world.gaps.contains_key(&super::rig::key(item).kind));
        held_back = unseen;
        transitions += seen.len();
        let changes: Vec<(&str, &str)> = seen.iter().map(|(item, word)| (item.as_str(), *word)).collect();
        world.poll(&changes);
        for document in world.documents.drain(..).filter(|document| document.metadata.people) {
            let minutes = world.now.since(began).as_secs() / 60;
            let time = format!("day {} {:02}:{:02}", minutes / DAY, minutes % DAY / HOUR, minutes % HOUR);
            let incident = &document.incident;
            messages += &format!(
                "{time} {} {} {}/{}, {} items\n",
                document.reason, incident.category, incident.root.kind, incident.root.id, incident.affected.count
            );
        }
    }
    world.gaps.clear();
    world.check();
    assert!(world.recalled.incidents.values().all(|row| !row.state.status.is_open()), "all of it is over");
    assert_snapshot!(messages, @"
    day 2 00:01 opened outage bgp-peer/dxpeer-0a, 1 items
    day 2 00:03 resolved outage bgp-peer/dxpeer-0a, 1 items
    day 2 00:05 reopened outage bgp-peer/dxpeer-0a, 1 items
    day 2 00:07 resolved outage bgp-peer/dxpeer-0a, 1 items
    day 2 00:09 flapping outage bgp-peer/dxpeer-0a, 1 items
    day 2 01:09 settled outage bgp-peer/dxpeer-0a, 0 items
    day 4 00:00 opened outage location/L0, 4 items
    day 4 00:15 resolved outage location/L0, 40 items
    day 6 00:00 opened outage connection/dxcon-m2, 1 items
    day 8 00:00 resolved outage connection/dxcon-m2, 1 items
    day 9 00:00 opened test virtual-interface/dxvif-12, 3 items
    day 9 03:03 cause-found outage bgp-peer/dxpeer-12b, 1 items
    day 9 03:50 resolved outage bgp-peer/dxpeer-12b, 3 items
    day 12 00:00 opened outage connection/dxcon-7, 10 items
    day 12 00:55 resolved outage connection/dxcon-7, 10 items
    day 13 00:00 opened outage connection/dxcon-7, 10 items
    day 13 04:00 resolved outage connection/dxcon-7, 10 items
    day 16 00:00 opened outage connection/dxcon-9, 9 items
    day 16 00:30 resolved outage connection/dxcon-9, 9 items
    day 18 00:00 opened provisioning virtual-interface/dxvif-90, 2 items
    day 21 00:00 resolved provisioning virtual-interface/dxvif-90, 2 items
    day 24 00:00 opened removal virtual-interface/dxvif-35, 3 items
    day 24 00:02 resolved removal virtual-interface/dxvif-35, 3 items
    day 27 00:00 opened outage bgp-peer/dxpeer-20b, 1 items
    day 27 00:06 resolved outage bgp-peer/dxpeer-20b, 1 items
    ");
    assert_eq!((messages.lines().count(), transitions), (25, 190), "messages with incidents, and with items");
}
