use std::net::Ipv4Addr;

use proptest::{prelude::*, sample::subsequence};

use super::*;
use crate::domain::{Item, ItemDescription, ItemKey, Kind, Observation, Scope, State, StateRow, Transition};

const HERE: &str = "us-east-1";

/// An account whose interfaces lead to one gateway, and a clock.
struct Rig {
    /// The scopes, by region.
    scopes: BTreeMap<&'static str, Recalled>,
    minute: i64,
    /// How many rows were written.
    writes: usize,
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_milliseconds(minute * 60_000)
}

fn prefix(text: &str) -> Prefix {
    text.parse().unwrap()
}

impl Rig {
    fn of(interfaces: &[(&'static str, &str)]) -> Rig {
        let mut rig = Rig { scopes: BTreeMap::new(), minute: 0, writes: 0 };
        for (region, id) in interfaces {
            let scope = Scope::regional("1", *region);
            let recalled = rig.scopes.entry(region).or_insert_with(|| Recalled::nothing(scope.clone()));
            let key = ItemKey::new(Kind::VirtualInterface, *id);
            let item = ItemDescription {
                direct_connect_gateway_id: Some("gateway-1".to_owned()),
                ..ItemDescription::bare(&scope, &key)
            };
            recalled.states.insert(key, row(item, "available"));
        }
        rig
    }

    /// Polls a region, in which this is read.
    fn poll_of(&mut self, region: &'static str, read: &[(&str, Accepted)]) {
        self.minute += 1;
        let own = self.scopes[region].clone();
        let others = self.scopes.iter().filter(|(other, _)| **other != region);
        let others: Vec<Arc<Recalled>> = others.map(|(_, other)| Arc::new(other.clone())).collect();
        let accepted = read.iter().map(|(id, accepted)| (((*id).to_owned(), "ipv4".to_owned()), accepted.clone()));
        let observation = Observation { accepted: accepted.collect(), ..Observation::default() };
        let (began, at) = (at(self.minute), at(self.minute));
        let snapshot = Snapshot { scope: own.scope.clone(), began, at, kinds: BTreeSet::new(), observation };
        let rows = settle(&own, &others, &snapshot);
        for row in rows {
            self.writes += 1;
            let known = self.scopes.get_mut(region).unwrap();
            assert_eq!(known.prefixes.get(&row.interface).map_or(0, |known| known.revision) + 1, row.revision);
            known.prefixes.insert(row.interface.clone(), row);
        }
    }

    fn poll(&mut self, read: &[(&str, &[&str])]) {
        let read: Vec<(&str, Accepted)> =
            read.iter().map(|(id, prefixes)| (*id, Accepted::of(prefixes.iter().map(|text| prefix(text))))).collect();
        self.poll_of(HERE, &read);
    }

    fn kept(&self, id: &str) -> Option<&KeptPrefixes> {
        self.scopes.values().find_map(|recalled| recalled.prefixes.get(id)?.families.get("ipv4"))
    }

    /// What each interface has lost.
    fn lost(&self) -> String {
        let rows = self.scopes.values().flat_map(|recalled| recalled.prefixes.values());
        let lost = rows.flat_map(|row| row.families.values().map(move |kept| (&row.interface, &kept.lost)));
        let lost = lost.filter(|(_, lost)| !lost.is_empty());
        let lost =
            lost.map(|(id, lost)| format!("{id} {}", lost.iter().map(Prefix::to_string).collect::<Vec<_>>().join(" ")));
        lost.collect::<Vec<_>>().join(", ")
    }
}

fn row(item: ItemDescription, word: &str) -> StateRow {
    let state = State::of(item.kind, Some(word));
    let transition = Transition {
        item: item.into(),
        sequence: 1,
        previous: None,
        state,
        since: at(0),
        seen_at: at(0),
        never_up: false,
    };
    transition.row()
}

/// Two ways with three prefixes each.
fn twins() -> Rig {
    let mut rig = Rig::of(&[(HERE, "dxvif-1"), (HERE, "dxvif-2")]);
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"])]);
    rig.poll(&[("dxvif-2", &["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"])]);
    assert_eq!((rig.lost(), rig.writes), (String::new(), 2));
    rig
}

#[test]
fn what_another_way_still_has_is_lost_until_it_is_accepted_twice_again() {
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &["10.0.0.0/16"])]);
    assert_eq!(rig.lost(), "dxvif-1 10.1.0.0/16 10.2.0.0/16");
    let since = at(rig.minute);
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16"])]);
    assert_eq!(rig.lost(), "dxvif-1 10.2.0.0/16");
    let kept = rig.kept("dxvif-1").unwrap();
    assert_eq!((kept.lost_since, kept.lost_at), (Some(since), Some(since)));
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"])]);
    assert_eq!(rig.lost(), "");
    let kept = rig.kept("dxvif-1").unwrap();
    assert_eq!((kept.lost_since, kept.lost_at), (None, None));
}

#[test]
fn nothing_is_written_while_nothing_changes() {
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &["10.2.0.0/16", "10.1.0.0/16", "10.0.0.0/16", "10.0.0.0/16"])]);
    rig.poll(&[]);
    assert_eq!(rig.writes, 2);
    rig.poll(&[("dxvif-1", &["10.0.0.0/16"])]);
    assert_eq!(rig.writes, 3, "one row, whatever it has lost");
    for _ in 0..60 {
        rig.poll(&[("dxvif-1", &["10.0.0.0/16"])]);
        rig.poll(&[("dxvif-2", &["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"])]);
    }
    assert_eq!(rig.writes, 3);
}

#[test]
fn a_shorter_prefix_covers_and_so_do_longer_ones_that_have_all_of_it() {
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &["10.0.0.0/15", "10.2.0.0/17", "10.2.128.0/17"])]);
    assert_eq!(rig.lost(), "");
    rig.poll(&[("dxvif-1", &["10.0.0.0/15", "10.2.0.0/17"])]);
    assert_eq!(rig.lost(), "dxvif-1 10.2.0.0/16 10.2.128.0/17", "half of it, which was announced by itself");
    let mut rig = Rig::of(&[(HERE, "dxvif-1"), (HERE, "dxvif-2")]);
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16"]), ("dxvif-2", &["0.0.0.0/0", "192.0.2.0/24"])]);
    rig.poll(&[("dxvif-2", &["192.0.2.0/24"])]);
    assert_eq!(rig.lost(), "dxvif-2 10.0.0.0/16 10.1.0.0/16", "a default route covered them");
}

#[test]
fn what_was_over_one_way_only_is_not_lost_and_what_moves_has_to_have_been_over_both() {
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.9.0.0/16"])]);
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"])]);
    assert_eq!(rig.lost(), "");
    rig.poll(&[("dxvif-2", &["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.9.0.0/16"])]);
    assert_eq!(rig.lost(), "", "it came when the other had withdrawn it");
}

#[test]
fn when_the_other_loses_it_too_both_have_lost_it_until_a_day_is_over() {
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &["10.0.0.0/16"])]);
    rig.poll(&[("dxvif-2", &["10.0.0.0/16", "10.1.0.0/16"])]);
    assert_eq!(rig.lost(), "dxvif-1 10.1.0.0/16 10.2.0.0/16, dxvif-2 10.2.0.0/16");
    rig.minute += 24 * 60 - 2;
    rig.poll(&[]);
    assert_eq!(rig.lost(), "dxvif-1 10.1.0.0/16 10.2.0.0/16, dxvif-2 10.2.0.0/16");
    rig.poll(&[]);
    assert_eq!(rig.lost(), "dxvif-1 10.1.0.0/16", "the other is accepted over one way still");
}

#[test]
fn what_comes_back_over_the_other_way_first_is_still_lost_by_this_one() {
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &["10.0.0.0/16"])]);
    rig.poll(&[("dxvif-2", &["10.0.0.0/16"])]);
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"])]);
    assert_eq!(rig.lost(), "dxvif-2 10.1.0.0/16 10.2.0.0/16");
}

#[test]
fn a_way_over_which_nothing_is_accepted_is_compared_when_something_is() {
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &[])]);
    assert_eq!((rig.lost(), rig.writes), (String::new(), 2), "that is a state, and not the prefixes'");
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16"])]);
    assert_eq!(rig.lost(), "dxvif-1 10.2.0.0/16");
}

#[test]
fn a_third_way_is_enough() {
    let mut rig = Rig::of(&[(HERE, "dxvif-1"), (HERE, "dxvif-2"), (HERE, "dxvif-3")]);
    let both: &[&str] = &["10.0.0.0/16", "10.1.0.0/16"];
    rig.poll(&[("dxvif-1", both), ("dxvif-2", both), ("dxvif-3", both)]);
    rig.poll(&[("dxvif-1", &["10.0.0.0/16"])]);
    assert_eq!(rig.lost(), "", "two are left");
    rig.poll(&[("dxvif-2", &["10.0.0.0/16"])]);
    assert_eq!(rig.lost(), "dxvif-2 10.1.0.0/16");
    rig.poll(&[("dxvif-1", both)]);
    assert_eq!(rig.lost(), "", "two have it again");
}

#[test]
fn too_many_are_compared_with_nothing() {
    let many = || {
        Accepted::of((0..=PREFIXES_KEPT as u32).map(|bits| Prefix::of(Ipv4Addr::from_bits(bits).into(), 32).unwrap()))
    };
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &["10.0.0.0/16", "10.1.0.0/16"])]);
    assert_eq!(rig.lost(), "dxvif-1 10.2.0.0/16");
    rig.poll_of(HERE, &[("dxvif-1", many())]);
    assert_eq!(rig.lost(), "");
    assert_eq!(rig.kept("dxvif-1").unwrap().accepted, Accepted::TooMany(1_001));
    rig.poll(&[("dxvif-2", &["10.0.0.0/16"])]);
    assert_eq!(rig.lost(), "", "nobody knows whether the other has it");
    rig.poll(&[("dxvif-1", &["10.0.0.0/16"])]);
    assert_eq!(rig.lost(), "");
}

#[test]
fn ways_lead_over_several_regions_and_each_writes_its_own_rows() {
    let mut rig = Rig::of(&[(HERE, "dxvif-1"), ("eu-west-1", "dxvif-2")]);
    let both = || Accepted::of([prefix("10.0.0.0/16"), prefix("10.1.0.0/16")]);
    rig.poll_of(HERE, &[("dxvif-1", both())]);
    rig.poll_of("eu-west-1", &[("dxvif-2", both())]);
    rig.poll_of("eu-west-1", &[("dxvif-2", Accepted::of([prefix("10.0.0.0/16")]))]);
    assert_eq!(rig.lost(), "dxvif-2 10.1.0.0/16");
    assert_eq!(rig.scopes[HERE].prefixes["dxvif-1"].revision, 1);
}

#[test]
fn what_is_gone_takes_its_prefixes_with_it_and_its_row_expires() {
    let mut rig = twins();
    rig.poll(&[("dxvif-1", &["10.0.0.0/16"])]);
    let key = ItemKey::new(Kind::VirtualInterface, "dxvif-1");
    let states = &mut rig.scopes.get_mut(HERE).unwrap().states;
    let item = (*states[&key].details).clone();
    states.insert(key, row(item, "deleted"));
    rig.poll(&[]);
    let row = &rig.scopes[HERE].prefixes["dxvif-1"];
    assert!(row.families.is_empty() && row.expires_at == Some(at(rig.minute).plus(KEPT).seconds()), "{row:?}");
    let writes = rig.writes;
    rig.poll(&[]);
    assert_eq!(rig.writes, writes);
}

#[test]
fn an_address_family_that_is_gone_is_kept_no_more() {
    let mut rig = twins();
    let key = ItemKey::new(Kind::BgpRoutes, "dxvif-1:ipv4");
    let item = ItemDescription::bare(&Scope::regional("1", HERE), &key);
    let gone = StateRow { state: State::absent(), ..row(item, "present") };
    rig.scopes.get_mut(HERE).unwrap().states.insert(key, gone);
    rig.poll(&[]);
    assert_eq!(rig.kept("dxvif-1"), None);
}

#[test]
fn an_interface_that_is_seen_for_the_first_time_is_kept_at_once() {
    let mut rig = twins();
    let item = rig.scopes[HERE].states.values().next().unwrap().details.clone();
    rig.scopes.get_mut(HERE).unwrap().states.clear();
    let key = ItemKey::new(Kind::VirtualInterface, "dxvif-9");
    let item = ItemDescription { id: "dxvif-9".to_owned(), ..(*item).clone() };
    let item = Item { description: item.into(), state: State::of(Kind::VirtualInterface, Some("available")) };
    let accepted = Accepted::of([prefix("10.0.0.0/16")]);
    let observation = Observation {
        items: [(key, item)].into(),
        accepted: [(("dxvif-9".to_owned(), "ipv4".to_owned()), accepted)].into(),
        ..Observation::default()
    };
    let scope = Scope::regional("1", HERE);
    let snapshot = Snapshot { scope, began: at(9), at: at(9), kinds: BTreeSet::new(), observation };
    let rows = settle(&rig.scopes[HERE], &[], &snapshot);
    let kept = rows.iter().find(|row| row.interface == "dxvif-9").unwrap();
    assert_eq!((kept.revision, kept.families["ipv4"].at), (1, at(9)));
}

/// The prefixes of two addresses and what holds them: they cover each other in every way that there is.
const SMALL: [&str; 8] = [
    "10.0.0.0/29",
    "10.0.0.0/30",
    "10.0.0.4/30",
    "10.0.0.0/31",
    "10.0.0.2/31",
    "10.0.0.4/31",
    "10.0.0.6/31",
    "10.0.0.0/32",
];

const IDS: [&str; 4] = ["dxvif-1", "dxvif-2", "dxvif-3", "dxvif-4"];

/// What polls read: of some interfaces, some of the prefixes, never none.
fn readings() -> impl Strategy<Value = Vec<BTreeMap<usize, Vec<&'static str>>>> {
    let announced = subsequence(SMALL.to_vec(), 1..=SMALL.len());
    prop::collection::vec(prop::collection::btree_map(0..IDS.len(), announced, 0..=IDS.len()), 1..12)
}

/// The addresses of a prefix, counted.
fn addresses(text: &str) -> BTreeSet<u32> {
    let (first, length) = text.split_once('/').unwrap();
    let first = first.parse::<Ipv4Addr>().unwrap().to_bits();
    (first..first + (1 << (32 - length.parse::<u32>().unwrap()))).collect()
}

/// What has been accepted over two ways and is accepted over fewer by now, by counting addresses, poll by poll.
#[derive(Default)]
struct Counted {
    accepted: BTreeMap<usize, Vec<&'static str>>,
    uncovered: BTreeSet<&'static str>,
}

impl Counted {
    fn paths(&self, wanted: &str) -> usize {
        let covers = |announced: &&Vec<&str>| {
            let all: BTreeSet<u32> = announced.iter().flat_map(|text| addresses(text)).collect();
            addresses(wanted).is_subset(&all)
        };
        self.accepted.values().filter(covers).count()
    }

    fn read(&mut self, reading: &BTreeMap<usize, Vec<&'static str>>) {
        let known: BTreeSet<&str> = self.accepted.values().flatten().copied().collect();
        let twice: Vec<&str> = known.into_iter().filter(|text| self.paths(text) >= 2).collect();
        self.accepted.extend(reading.clone());
        let lost = twice.into_iter().filter(|text| self.paths(text) < 2);
        let lost: Vec<&str> = lost.collect();
        self.uncovered.extend(lost);
        self.uncovered = self.uncovered.iter().copied().filter(|text| self.paths(text) < 2).collect();
    }
}

/// Plays readings in which each interface has the id at its place.
fn played(ids: &[&str; 4], readings: &[BTreeMap<usize, Vec<&'static str>>]) -> (Rig, Counted) {
    let mut rig = Rig::of(&ids.map(|id| (HERE, id)));
    let mut counted = Counted::default();
    for reading in readings {
        let read: Vec<(&str, &[&str])> =
            reading.iter().map(|(place, announced)| (ids[*place], announced.as_slice())).collect();
        rig.poll(&read);
        counted.read(reading);
    }
    (rig, counted)
}

proptest! {
    #[test]
    fn what_is_lost_is_what_counting_addresses_finds(readings in readings()) {
        let (rig, counted) = played(&IDS, &readings);
        let lost = rig.scopes[HERE].prefixes.values().flat_map(|row| row.families["ipv4"].lost.iter());
        let lost: BTreeSet<String> = lost.map(Prefix::to_string).collect();
        prop_assert_eq!(lost, counted.uncovered.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>());
        for row in rig.scopes[HERE].prefixes.values() {
            let kept = &row.families["ipv4"];
            prop_assert!(kept.lost.iter().all(|prefix| !kept.accepted.known().unwrap().covers(prefix)));
            prop_assert_eq!(kept.lost_at.is_some(), !kept.lost.is_empty());
        }
    }

    #[test]
    fn the_order_of_the_interfaces_makes_no_difference(readings in readings(), ids in Just(IDS.to_vec()).prop_shuffle()) {
        let ids: [&str; 4] = ids.try_into().unwrap();
        let ((one, _), (other, _)) = (played(&IDS, &readings), played(&ids, &readings));
        for (place, id) in IDS.iter().enumerate() {
            prop_assert_eq!(one.kept(id), other.kept(ids[place]));
        }
        prop_assert_eq!(one.writes, other.writes);
    }
}
