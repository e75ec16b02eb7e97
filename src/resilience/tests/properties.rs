//! What holds of every estate.

use proptest::prelude::*;

use super::rig::{ACCOUNT, Rig};
use crate::{
    domain::Model,
    resilience::{Exercises, Failure, Intents, WhatIf, grades, model::model_of, path::configured, shortfall, what_if},
};

/// Where each interface's connection ends, which gateway it leads to, and in which words its parts are.
type Circuit = (usize, usize, usize);

const PLACES: [&str; 8] = ["EqDC2/a", "EqDC2/b", "EqDC2/c", "CSVA1/a", "CSVA1/b", "TEST/a", "TEST", ""];
const WORDS: [(&str, &str, &str); 5] = [
    ("available", "available", "up"),
    ("down", "available", "down"),
    ("available", "testing", "down"),
    ("unknown", "unknown", "unknown"),
    ("available", "down", "down"),
];

fn circuits(most: usize) -> impl Strategy<Value = Vec<Circuit>> {
    prop::collection::vec((0..PLACES.len(), 0..2_usize, 0..WORDS.len()), 0..most)
}

/// The estate of these circuits, each in the words that it says or, with `is_well`, in those of what works. Every third is
/// a LAG of two.
fn estate(circuits: &[Circuit], is_well: bool) -> Rig {
    let gateways = ["gw-0", "gw-1"];
    let rig = gateways.iter().fold(Rig::default(), |rig, id| rig.gateway(id));
    circuits.iter().enumerate().fold(rig, |rig, (number, (place, gateway, word))| {
        let (connection, interface, session) = WORDS[if is_well { 0 } else { *word }];
        let id = format!("dxvif-{number}");
        let (rig, carrier) = if number % 3 == 2 {
            let (lag, members) = (format!("dxlag-{number}"), [format!("dxcon-{number}a"), format!("dxcon-{number}b")]);
            (rig.lag(&lag, PLACES[*place], 1, &members.each_ref().map(String::as_str)), lag)
        } else {
            let carrier = format!("dxcon-{number}");
            (rig.connection_in(&carrier, PLACES[*place], connection), carrier)
        };
        let rig = rig.interface_to(gateways[*gateway], &id, &carrier, interface);
        rig.session(&id, "ipv4", session).attachment(gateways[*gateway], &id, "attached")
    })
}

fn json(rig: &Rig, is_backwards: bool) -> serde_json::Value {
    let intents = Intents::read(["maximum"]).unwrap();
    serde_json::to_value(grades(ACCOUNT, &rig.wiring_in(is_backwards), &intents, &Exercises::default())).unwrap()
}

fn ask(rig: &Rig, failing: &[Failure]) -> WhatIf {
    what_if(&[(ACCOUNT.to_owned(), rig.wiring())], failing).unwrap()
}

/// Everything that may fail: each location, device and item.
fn everything(rig: &Rig) -> Vec<Failure> {
    let wiring = rig.wiring();
    let (devices, locations) = wiring.devices_and_locations();
    let devices = devices.map(Failure::device);
    let items = wiring.estate.entries.iter().map(|entry| entry.key.to_string().parse().unwrap());
    devices.chain(locations.map(Failure::location)).chain(items).collect()
}

proptest! {
    #[test]
    fn a_grade_does_not_depend_on_order(circuits in circuits(9), order in Just(()).prop_perturb(|(), random| random)) {
        let rig = estate(&circuits, true);
        prop_assert_eq!(json(&rig, false), json(&rig, true));
        let mut random = order;
        for (_, mut paths) in configured(&rig.wiring()) {
            let model = model_of(&paths);
            let mut missing = shortfall::shortfalls(&paths, Model::Maximum);
            for place in (1..paths.len()).rev() {
                paths.swap(place, random.random_range(0..=place));
            }
            let mut shuffled = shortfall::shortfalls(&paths, Model::Maximum);
            missing.sort();
            shuffled.sort();
            prop_assert_eq!((model_of(&paths), shuffled), (model, missing));
        }
    }

    #[test]
    fn a_further_path_never_lowers_a_model(circuits in circuits(9), added in circuits(2)) {
        let before = estate(&circuits, true).grades("");
        let all: Vec<Circuit> = circuits.into_iter().chain(added).collect();
        let after = estate(&all, true).grades("");
        for grade in before {
            let same = after.iter().find(|other| other.id == grade.id).unwrap();
            prop_assert!(same.model >= grade.model, "{} {}", same.model, grade.model);
        }
    }

    #[test]
    fn health_never_changes_a_grade(circuits in circuits(9)) {
        prop_assert_eq!(json(&estate(&circuits, false), false), json(&estate(&circuits, true), false));
    }

    #[test]
    fn a_model_is_what_single_failures_leave(circuits in circuits(9)) {
        let rig = estate(&circuits, true);
        for grade in rig.grades("") {
            for loss in &grade.losses {
                let survives = match loss.failure.kind {
                    super::super::FailureKind::Location => grade.model >= Model::High,
                    _ => grade.model >= Model::Development,
                };
                prop_assert!(!survives || loss.left > 0, "{:?}", loss);
                // Everything works, so that it is lost at present too.
                let found = ask(&rig, std::slice::from_ref(&loss.failure));
                let lost = found.destinations.iter().find(|lost| lost.id == grade.id).map_or(0, |lost| lost.lost.len());
                prop_assert_eq!(lost as u64, loss.lost);
            }
        }
    }

    #[test]
    fn what_is_missing_is_named_whenever_something_is(circuits in circuits(9)) {
        for grade in estate(&circuits, true).grades("maximum") {
            prop_assert_eq!(grade.missing.is_empty(), grade.model == Model::Maximum, "{:?}", grade);
        }
    }

    #[test]
    fn what_if_of_everything_leaves_no_path(circuits in circuits(9)) {
        let rig = estate(&circuits, false);
        let everything = everything(&rig);
        let found = ask(&rig, &everything);
        prop_assert!(found.destinations.iter().all(|lost| lost.paths == 0 && lost.left.is_empty()));
        let (gone, there) = (found.goes_down.len() + found.already_down as usize, rig.wiring().estate.entries.len());
        prop_assert_eq!(gone, there);
    }

    #[test]
    fn a_further_failure_never_leaves_more(circuits in circuits(9), first in 0..64_usize, second in 0..64_usize) {
        let rig = estate(&circuits, false);
        let all = everything(&rig);
        let (first, second) = (&all[first % all.len()], &all[second % all.len()]);
        let one = ask(&rig, std::slice::from_ref(first));
        let both = ask(&rig, &[first.clone(), second.clone()]);
        for lost in one.destinations {
            let more = both.destinations.iter().find(|other| other.id == lost.id).unwrap();
            prop_assert!(more.paths <= lost.paths && more.impact >= lost.impact);
            prop_assert!(lost.lost.iter().all(|interface| more.lost.contains(interface)));
        }
    }
}
