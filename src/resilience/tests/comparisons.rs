//! What has fallen since the last comparison, and by what.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::rig::Rig;
use crate::{
    domain::{IncidentFacts, Kind, KnownResilience, Model, PathChange, Timestamp},
    incident::Standing,
    resilience::{Compared, GRADED_BY, Intents, Seen, compare},
};

/// What was compared last, minute by minute.
#[derive(Default)]
struct Watch {
    minute: i64,
    known: Option<KnownResilience>,
    intents: Intents,
    regions: Vec<&'static str>,
}

impl Watch {
    /// One that has seen this estate.
    fn of(rig: &Rig) -> Watch {
        let mut watch = Watch { regions: vec!["global", "us-east-1"], ..Watch::default() };
        assert_eq!(watch.sees(rig), "", "the first sight announces nothing");
        watch
    }

    fn compare(&self, rig: &Rig) -> Compared {
        let seen = Seen {
            wiring: &rig.wiring(),
            regions: self.regions.iter().map(|region| (*region).to_owned()).collect(),
            kinds: GRADED_BY.into(),
            at: Timestamp::from_milliseconds(self.minute * 60_000),
            last_seen_at: None,
        };
        compare(&seen, self.known.as_ref(), &self.intents)
    }

    /// A minute later: what has fallen.
    fn sees(&mut self, rig: &Rig) -> String {
        self.minute += 1;
        let found = self.compare(rig);
        // Whoever compares the same again, finds the same: after a crash, say.
        assert_eq!(found, self.compare(rig));
        if let Some(known) = found.known {
            self.known = Some(known);
        }
        let fallen = found.findings.found.into_iter().filter(|finding| finding.standing != Standing::Ended);
        let lines = fallen.map(|finding| {
            let IncidentFacts::Resilience(facts) = finding.facts else { panic!("of another category") };
            let changes: Vec<String> = facts.changes.iter().map(named).collect();
            let over = if finding.standing == Standing::Passes { ", as is meant" } else { "" };
            format!(
                "{} {} from {} to {}{over}: {}",
                finding.root,
                facts.address_family,
                facts.previous_model,
                facts.model,
                changes.join("; ")
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn models(&self) -> Vec<Model> {
        self.known.iter().flat_map(|known| &known.destinations).map(|known| known.model).collect()
    }
}

fn named(change: &PathChange) -> String {
    let word = serde_json::to_value(change.change).unwrap();
    let moved = [("from", &change.from), ("to", &change.to)];
    let moved = moved.into_iter().filter_map(|(way, what)| Some(format!(" {way} {}", what.as_ref()?)));
    format!("{} {}{}", change.id, word.as_str().unwrap(), moved.collect::<String>())
}

/// Two connections at these places, each with an interface to one gateway.
fn two(places: [&str; 2]) -> Rig {
    let rig = Rig::default().gateway("gw");
    places.iter().zip(["1", "2"]).fold(rig, |rig, (place, id)| {
        let (connection, interface) = (format!("dxcon-{id}"), format!("dxvif-{id}"));
        rig.connection(&connection, place).interface(&interface, &connection).attachment("gw", &interface, "attached")
    })
}

const HIGH: [&str; 2] = ["EqDC2/a", "CSVA1/a"];

fn high() -> Rig {
    two(HIGH)
}

#[test]
fn what_did_it_is_named() {
    let gone = |kind, id: &str, word: &str| {
        let rig = high();
        let id = id.to_owned();
        rig.item(kind, &id.clone(), word, move |item| {
            item.connection_id = Some("dxcon-2".to_owned());
            item.direct_connect_gateway_id = Some("gw".to_owned());
            item.virtual_interface_id = Some("dxvif-2".to_owned());
            item.address_family = Some("ipv4".to_owned());
        })
    };
    let cases = [
        two(["EqDC2/a", "EqDC2/a"]),
        gone(Kind::VirtualInterface, "dxvif-2", "deleted"),
        gone(Kind::VirtualInterface, "dxvif-2", "rejected"),
        gone(Kind::VirtualInterface, "dxvif-2", "absent"),
        gone(Kind::GatewayAttachment, "gw:dxvif-2", "detaching"),
        gone(Kind::Connection, "dxcon-2", "deleting"),
        gone(Kind::BgpPeer, "dxvif-2:ipv4", "deleted"),
        high().interface("dxvif-2", "dxcon-1"),
        high().interface_to("other", "dxvif-2", "dxcon-2", "available"),
    ];
    let found: Vec<String> = cases.iter().map(|rig| Watch::of(&high()).sees(rig)).collect();
    assert_snapshot!(found.join("\n"), @"
    direct-connect-gateway/gw ipv4 from high to none: dxcon-2 moved-device from CSVA1-a to EqDC2-a; dxcon-2 moved-location from CSVA1 to EqDC2
    direct-connect-gateway/gw ipv4 from high to none: dxvif-2 deleted
    direct-connect-gateway/gw ipv4 from high to none: dxvif-2 deleted
    direct-connect-gateway/gw ipv4 from high to none: dxvif-2 deleted
    direct-connect-gateway/gw ipv4 from high to none: dxvif-2 detached
    direct-connect-gateway/gw ipv4 from high to none: dxcon-2 deleted
    direct-connect-gateway/gw ipv4 from high to none: dxvif-2 sessions-deleted
    direct-connect-gateway/gw ipv4 from high to none: dxvif-2 moved-connection from dxcon-2 to dxcon-1
    direct-connect-gateway/gw ipv4 from high to none: dxvif-2 moved-gateway from gw to other
    ");
}

#[test]
fn it_lasts_until_it_is_as_it_was_and_the_next_time_is_another() {
    let mut watch = Watch::of(&high());
    let fallen = two(["EqDC2/a", "EqDC2/b"]);
    let first = watch.sees(&fallen);
    assert_eq!(watch.sees(&fallen), first);
    let subject = |watch: &Watch| watch.compare(&fallen).findings.found[0].subject.clone();
    let named_by = subject(&watch);
    assert_eq!((watch.sees(&high()), watch.models()), (String::new(), vec![Model::High]));
    assert_eq!(subject(&watch), named_by, "what is known has not moved");
    let maximum = high().connection("dxcon-3", "EqDC2/b").interface("dxvif-3", "dxcon-3");
    let maximum = maximum.connection("dxcon-4", "CSVA1/b").interface("dxvif-4", "dxcon-4");
    assert_eq!((watch.sees(&maximum), watch.models()), (String::new(), vec![Model::Maximum]));
    assert_ne!(subject(&watch), named_by);
}

#[test]
fn health_makes_no_difference() {
    let mut watch = Watch::of(&high());
    let down = high()
        .connection_in("dxcon-2", HIGH[1], "down")
        .interface_to("gw", "dxvif-2", "dxcon-2", "down")
        .session("dxvif-2", "ipv4", "down");
    assert_eq!(watch.sees(&down), "");
    assert_eq!(watch.sees(&high()), "");
}

#[test]
fn what_aws_ceases_to_name_has_not_moved() {
    let mut watch = Watch::of(&high());
    assert_eq!(watch.sees(&two(["EqDC2/a", ""])), "");
    let mut watch = Watch::of(&two(["EqDC2/a", "EqDC2/b"]));
    assert_eq!(watch.sees(&two(["EqDC2/a", "EqDC2"])), "");
}

#[test]
fn a_destination_that_is_removed_altogether_has_not_fallen() {
    let removed = high().item(Kind::DirectConnectGateway, "gw", "deleted", |_| {});
    let removed = ["dxvif-1", "dxvif-2"].iter().fold(removed, |rig, id| rig.interface_to("gw", id, "", "deleted"));
    let mut watch = Watch::of(&high());
    assert_eq!((watch.sees(&removed), watch.models()), (String::new(), Vec::new()));
    // Its gateway is there, and has no path any more.
    let mut watch = Watch::of(&high());
    let empty = ["dxvif-1", "dxvif-2"].iter().fold(high(), |rig, id| rig.interface_to("gw", id, "", "deleted"));
    assert_snapshot!(watch.sees(&empty), @"direct-connect-gateway/gw ipv4 from high to none: dxvif-1 deleted; dxvif-2 deleted");
    assert_eq!((watch.sees(&removed), watch.models()), (String::new(), Vec::new()));
}

#[test]
fn a_fall_to_what_is_meant_is_announced_and_over() {
    let mut watch = Watch::of(&high());
    watch.intents = Intents::read(["development"]).unwrap();
    let fallen = two(["EqDC2/a", "EqDC2/b"]);
    assert_snapshot!(watch.sees(&fallen), @"direct-connect-gateway/gw ipv4 from high to development, as is meant: dxcon-2 moved-device from CSVA1-a to EqDC2-b; dxcon-2 moved-location from CSVA1 to EqDC2");
    assert_eq!((watch.sees(&fallen), watch.models()), (String::new(), vec![Model::Development]));
    // What is meant may change while it lasts.
    watch.intents = Intents::default();
    let lower = two(["EqDC2/a", "EqDC2/a"]);
    assert_snapshot!(watch.sees(&lower), @"direct-connect-gateway/gw ipv4 from development to none: dxcon-2 moved-device from EqDC2-b to EqDC2-a");
    watch.intents = Intents::read(["gw=none"]).unwrap();
    assert_snapshot!(watch.sees(&lower), @"direct-connect-gateway/gw ipv4 from development to none, as is meant: dxcon-2 moved-device from EqDC2-b to EqDC2-a");
    assert_eq!(watch.sees(&lower), "");
}

#[test]
fn what_is_watched_no_longer_has_not_fallen() {
    let mut watch = Watch::of(&high());
    watch.regions = vec!["global"];
    let less = Rig::default().gateway("gw");
    assert_eq!(watch.sees(&less), "");
    watch.regions = vec!["eu-west-1", "global", "us-east-1"];
    assert_eq!(watch.sees(&high()), "", "more is watched");
    assert_ne!(watch.sees(&two(["EqDC2/a", "EqDC2/a"])), "");
}

#[test]
fn of_more_paths_than_a_row_holds_the_smaller_destinations_keep_theirs() {
    let rig = (0..1_001).fold(high(), |rig, number| {
        let id = format!("dxvif-9{number}");
        rig.interface_to("vast", &id, "dxcon-1", "available")
    });
    let mut watch = Watch::of(&rig);
    let paths = |watch: &Watch| {
        let known = watch.known.as_ref().unwrap();
        known.destinations.iter().map(|known| (known.id.clone(), known.paths.len())).collect::<Vec<_>>()
    };
    assert_eq!(paths(&watch), [("gw".to_owned(), 2), ("vast".to_owned(), 0)]);
    assert!(serde_json::to_vec(&watch.known).unwrap().len() < 200_000);
    assert_eq!(watch.sees(&rig), "");
}

proptest! {
    #[test]
    fn a_further_path_is_never_a_fall(
        places in prop::collection::vec(prop::sample::select(&["EqDC2/a", "EqDC2/b", "CSVA1/a", "CSVA1/b", "TEST", ""]), 1..7),
        first in 1..7_usize,
    ) {
        let estate = |places: &[&str]| places.iter().enumerate().fold(Rig::default().gateway("gw"), |rig, (id, place)| {
            let (connection, interface) = (format!("dxcon-{id}"), format!("dxvif-{id}"));
            rig.connection(&connection, place).interface(&interface, &connection)
        });
        let mut watch = Watch::of(&estate(&places[..first.min(places.len())]));
        prop_assert_eq!(watch.sees(&estate(&places)), "");
        // And back again is a fall to what it was, or nothing.
        let before = Watch::of(&estate(&places[..first.min(places.len())])).models();
        let fallen = watch.models() > before;
        prop_assert_eq!(!watch.sees(&estate(&places[..first.min(places.len())])).is_empty(), fallen);
    }
}
