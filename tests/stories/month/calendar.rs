//! A month of trouble in an estate of 124 items, as it was made up, and what people have to hear of it.
//!
//! It is played twice: by the whole pipeline, in the stories, and by the fold alone, in the unit tests of its room. Both
//! include this file, and import into its parent what it is made of.

use std::collections::BTreeMap;

use super::{ItemDescription, ItemKey, Kind, Scope};

const HOUR: u64 = 60;
pub const DAY: u64 = 24 * HOUR;
/// AWS says `down` of a session that a failover test has put down: the interface says that it is one.
pub const DOWN_IN_A_TEST: &str = "down in a test";

/// What happens, minute by minute: items, and the words that AWS has for them from then on.
#[derive(Default)]
pub struct Calendar(pub BTreeMap<u64, Vec<(ItemKey, &'static str)>>);

impl Calendar {
    fn at(&mut self, minute: u64, item: &str, word: &'static str) {
        self.0.entry(minute).or_default().push((key(item), word));
    }

    /// A connection and all that runs over it.
    fn cable(&mut self, minute: u64, id: u64, up: bool) {
        let [port, session] = if up { ["available", "up"] } else { ["down", "down"] };
        self.at(minute, &format!("con {id}"), port);
        self.over(minute, id, port, session);
    }

    /// All that runs over a connection.
    fn over(&mut self, minute: u64, id: u64, port: &'static str, session: &'static str) {
        for interface in 3 * id..3 * id + 3 {
            self.at(minute, &format!("vif {interface}"), port);
            self.at(minute, &format!("peer {interface}a"), session);
            self.at(minute, &format!("peer {interface}b"), session);
        }
    }
}

/// `con 1`, `lag 1`, `vif 1`, `peer 1a`.
fn key(text: &str) -> ItemKey {
    match text.split_once(' ') {
        Some(("con", id)) => ItemKey::new(Kind::Connection, format!("dxcon-{id}")),
        Some(("lag", id)) => ItemKey::new(Kind::Lag, format!("dxlag-{id}")),
        Some(("vif", id)) => ItemKey::new(Kind::VirtualInterface, format!("dxvif-{id}")),
        Some(("peer", id)) => ItemKey::new(Kind::BgpPeer, format!("dxpeer-{id}")),
        _ => panic!("{text}"),
    }
}

/// The estate as the month begins, all of it well: twelve connections, four in each of three locations on two devices each,
/// with three interfaces of two sessions each, and a LAG of two links with one interface.
pub fn estate() -> Vec<(ItemDescription, &'static str)> {
    let mut names: Vec<String> = ["lag 1", "con m1", "con m2", "vif lag"].map(str::to_owned).into();
    names.extend((0..12).map(|id| format!("con {id}")));
    for interface in 0..36 {
        names.push(format!("vif {interface}"));
        names.extend(["a", "b"].map(|session| format!("peer {interface}{session}")));
    }
    let word = |kind| if kind == Kind::BgpPeer { "up" } else { "available" };
    names.iter().map(|name| key(name)).map(|key| (describe(&key), word(key.kind))).collect()
}

/// What AWS says of an item besides its state.
pub fn describe(key: &ItemKey) -> ItemDescription {
    let mut item = ItemDescription::bare(&Scope::regional("123456789012", "us-east-1"), key);
    let name = key.id.split_once('-').map_or("", |(_, name)| name);
    let number: Option<u64> = name.trim_end_matches(char::is_alphabetic).parse().ok();
    match (key.kind, number) {
        (Kind::Connection, Some(id)) => {
            item.location = Some(format!("L{}", id / 4));
            item.device = Some(format!("L{}-{}", id / 4, id / 2 % 2));
            item.bandwidth = Some("10Gbps".to_owned());
        }
        (Kind::Connection, None) => {
            item.lag_id = Some("dxlag-1".to_owned());
            item.bandwidth = Some("10Gbps".to_owned());
        }
        (Kind::VirtualInterface, id) => {
            // What is turned up during the month runs over the last connection.
            let connection = id.map(|id| (id / 3).min(11));
            item.connection_id = Some(connection.map_or("dxlag-1".to_owned(), |id| format!("dxcon-{id}")));
            item.direct_connect_gateway_id = Some(format!("gateway-{}", connection.unwrap_or(0) % 4));
            item.virtual_interface_type = Some("private".to_owned());
        }
        (Kind::BgpPeer, Some(id)) => {
            item.virtual_interface_id = Some(format!("dxvif-{id}"));
            item.address_family = Some("ipv4".to_owned());
        }
        _ => item.minimum_links = Some(1),
    }
    item
}

/// What happens.
pub fn calendar() -> Calendar {
    let mut calendar = Calendar::default();
    // Day 2: a session flaps every 40 seconds for an hour.
    let flap = |minute: u64| if minute * 60 / 40 % 2 == 1 { "down" } else { "up" };
    for minute in 1..HOUR {
        if flap(minute) != flap(minute - 1) {
            calendar.at(2 * DAY + minute, "peer 0a", flap(minute));
        }
    }
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
    ["peer 12a", "peer 12b"].iter().for_each(|peer| calendar.at(9 * DAY, peer, DOWN_IN_A_TEST));
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

/// AWS's planned work: on which connection, from when until when, as AWS announces it.
pub const WORK: [(&str, u64, u64); 2] =
    [("dxcon-7", 12 * DAY, 12 * DAY + HOUR), ("dxcon-7", 13 * DAY, 13 * DAY + HOUR)];

/// What cannot be listed: a blip of AWS's API every 17 hours or so, for a minute, and one that lasts two hours.
pub fn gap(minute: u64) -> &'static [Kind] {
    // Sessions are in the list of interfaces.
    let interfaces = &[Kind::VirtualInterface, Kind::BgpPeer];
    match minute {
        _ if (25 * DAY..25 * DAY + 120).contains(&minute) => interfaces,
        _ if !minute.is_multiple_of(997) => &[],
        _ if (minute / 997).is_multiple_of(2) => &[Kind::Connection],
        _ => interfaces,
    }
}

/// The stories, and what people hear of each: all of it, and nothing else.
pub const HEARD: [(&str, &[&str]); 11] = [
    (
        "a session flaps for an hour",
        &[
            "day 2 00:01 opened outage bgp-peer/dxpeer-0a, 1 items",
            "day 2 00:03 resolved outage bgp-peer/dxpeer-0a, 1 items",
            "day 2 00:05 reopened outage bgp-peer/dxpeer-0a, 1 items",
            "day 2 00:07 resolved outage bgp-peer/dxpeer-0a, 1 items",
            "day 2 00:09 flapping outage bgp-peer/dxpeer-0a, 1 items",
            "day 2 01:09 settled outage bgp-peer/dxpeer-0a, 0 items",
        ],
    ),
    (
        "a location is dark for 14 minutes",
        &["day 4 00:00 opened outage location/L0, 4 items", "day 4 00:15 resolved outage location/L0, 40 items"],
    ),
    (
        "a link of a LAG is lost for two days",
        &[
            "day 6 00:00 opened outage connection/dxcon-m2, 1 items",
            "day 8 00:00 resolved outage connection/dxcon-m2, 1 items",
        ],
    ),
    (
        "a failover test takes three hours, and one session does not come back for 50 minutes",
        &[
            "day 9 00:00 opened test virtual-interface/dxvif-12, 3 items",
            "day 9 03:03 cause-found outage bgp-peer/dxpeer-12b, 1 items",
            "day 9 03:50 resolved outage bgp-peer/dxpeer-12b, 3 items",
        ],
    ),
    (
        "a cable is worked on for 55 minutes",
        &[
            "day 12 00:00 opened outage connection/dxcon-7, 10 items",
            "day 12 00:55 resolved outage connection/dxcon-7, 10 items",
        ],
    ),
    (
        "and in the next night for four hours, of which one was planned",
        &[
            "day 13 00:00 opened outage connection/dxcon-7, 10 items",
            "day 13 01:15 escalated outage connection/dxcon-7, 10 items",
            "day 13 04:00 resolved outage connection/dxcon-7, 10 items",
        ],
    ),
    (
        "a router is off for half an hour, and the link stays up",
        &[
            "day 16 00:00 opened outage connection/dxcon-9, 9 items",
            "day 16 00:30 resolved outage connection/dxcon-9, 9 items",
        ],
    ),
    (
        "an interface is turned up in three days",
        &[
            "day 18 00:00 opened provisioning virtual-interface/dxvif-90, 2 items",
            "day 21 00:00 resolved provisioning virtual-interface/dxvif-90, 2 items",
        ],
    ),
    (
        "an interface is retired",
        &[
            "day 24 00:00 opened removal virtual-interface/dxvif-35, 3 items",
            "day 24 00:02 resolved removal virtual-interface/dxvif-35, 3 items",
        ],
    ),
    (
        "a session is down for six minutes",
        &[
            "day 27 00:00 opened outage bgp-peer/dxpeer-20b, 1 items",
            "day 27 00:06 resolved outage bgp-peer/dxpeer-20b, 1 items",
        ],
    ),
    ("lists fail for a minute every 17 hours, and for two hours on day 25", &[]),
];

/// All that people hear, line by line. Each story is heard of when it begins, and when it has ended.
pub fn heard() -> Vec<&'static str> {
    for (story, lines) in HEARD.iter().filter(|(_, lines)| !lines.is_empty()) {
        let reason = |line: Option<&&'static str>| line.and_then(|line| line.split(' ').nth(3));
        assert_eq!(reason(lines.first()), Some("opened"), "{story}");
        assert!(matches!(reason(lines.last()), Some("resolved" | "settled")), "{story}");
    }
    HEARD.iter().flat_map(|(_, lines)| lines.iter().copied()).collect()
}

/// A line of what is heard.
pub fn line(minute: u64, reason: &str, category: &str, root: &str, count: u64) -> String {
    let time = format!("day {} {:02}:{:02}", minute / DAY, minute % DAY / HOUR, minute % HOUR);
    format!("{time} {reason} {category} {root}, {count} items")
}
