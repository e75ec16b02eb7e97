//! What happens at AWS in the worlds by chance: items come, flap, vanish and turn unreadable, are turned up, and are
//! taken down for failover tests.

use aws_dx_monitor::domain::{ItemKey, Kind, Scope};

use super::{
    random::Random,
    world::{ACCOUNT, Inner, connection, region},
};

const WORDS: [Option<&str>; 12] = [
    Some("available"),
    Some("available"),
    Some("available"),
    Some("down"),
    Some("down"),
    Some("pending"),
    Some("deleted"),
    Some("unknown"),
    Some("unknown"),
    Some("quarantined"),
    None,
    None,
];

/// After how many polls an item is so, counted from one that every world has of its own.
type Steps = &'static [(usize, &'static str)];

/// Items that are turned up.
const TURN_UPS: [(Kind, &str, Steps); 4] = [
    (Kind::Connection, "dxcon-n", &[(0, "pending"), (3, "down"), (15, "available"), (40, "down"), (50, "available")]),
    (Kind::Connection, "dxcon-o", &[(4, "down"), (20, "available")]),
    (Kind::VirtualInterface, "dxvif-n", &[(2, "pending"), (3, "down"), (25, "available")]),
    (Kind::BgpPeer, "dxpeer-n1", &[(2, "pending"), (3, "down"), (25, "up")]),
];

/// The interfaces that failover tests are made of, and their peers.
const TESTED: [(&str, &[&str]); 2] = [("dxvif-d", &["dxpeer-d1", "dxpeer-d2"]), ("dxvif-n", &["dxpeer-n1"])];

const HOSTS: [&str; 2] = ["dxcon-ha", "dxcon-hb"];
const HOSTED: [&str; 4] = ["dxcon-ha1", "dxcon-ha2", "dxcon-hb1", "dxcon-hb2"];

/// One interconnect's hosted connections may not be read, or may be again.
pub fn deny(inner: &mut Inner, random: &mut Random) {
    for host in HOSTS {
        if inner.denied.contains_key(host) {
            if random.per_mille(100) {
                inner.denied.remove(host);
                inner.meet("an interconnect's hosted connections are read again");
            }
        } else if random.per_mille(40) {
            inner.denied.insert(host.to_owned(), random.per_mille(300));
        }
    }
}

pub fn items() -> Vec<(Scope, ItemKey)> {
    let regional = ["dxcon-a", "dxcon-b", "dxcon-c"].map(|id| (region(), connection(id)));
    let others = [
        (region(), ItemKey::new(Kind::VirtualInterface, "dxvif-d")),
        (region(), ItemKey::new(Kind::VirtualInterface, "dxvif-e")),
        (region(), ItemKey::new(Kind::BgpPeer, "dxpeer-d1")),
        (region(), ItemKey::new(Kind::BgpPeer, "dxpeer-d2")),
        (region(), ItemKey::new(Kind::BgpPeer, "dxpeer-e1")),
        (Scope::global(ACCOUNT), ItemKey::new(Kind::DirectConnectGateway, "gateway-f")),
    ];
    let hosts = HOSTS.map(|host| (region(), ItemKey::new(Kind::Interconnect, host)));
    let hosted = HOSTED.map(|id| (region(), ItemKey::new(Kind::HostedConnection, id)));
    regional.into_iter().chain(others).chain(hosts).chain(hosted).collect()
}

/// A word by chance.
pub fn word_of(kind: Kind, random: &mut Random) -> Option<&'static str> {
    random.pick(&WORDS).map(|word| if kind == Kind::BgpPeer && word == "available" { "up" } else { word })
}

/// Failover tests: AWS puts sessions down, and afterwards most of them are back.
pub fn test_failover(inner: &mut Inner, random: &mut Random) {
    for (interface, peers) in TESTED {
        let interface = (region(), ItemKey::new(Kind::VirtualInterface, interface));
        let (turns, word, session) = match inner.sky.get(&interface) {
            Some(Some("available")) => (random.per_mille(60), "testing", "down"),
            Some(Some("testing")) => (random.per_mille(300), "available", "up"),
            _ => continue,
        };
        if !turns {
            continue;
        }
        inner.sky.insert(interface, Some(word));
        for peer in peers {
            let peer = (region(), ItemKey::new(Kind::BgpPeer, *peer));
            if inner.sky.contains_key(&peer) && random.per_mille(700) {
                inner.sky.insert(peer, Some(session));
            }
        }
    }
}

/// What is turned up takes its next step.
pub fn turn_up(inner: &mut Inner, number: usize, begin: usize) {
    for (kind, id, steps) in TURN_UPS {
        if let Some((_, word)) = steps.iter().find(|(after, _)| begin + after == number) {
            inner.sky.insert((region(), ItemKey::new(kind, id)), Some(word));
        }
    }
}
