//! Tests of the health of items that are `down`.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::*;
use crate::domain::{ItemDescription, KindProgress, Observation, PollRow, Scope, StateRow, Timestamp};

fn scope() -> Scope {
    Scope::regional("123456789012", "us-east-1")
}

fn interface() -> ItemKey {
    ItemKey::new(Kind::VirtualInterface, "dxvif-1")
}

fn peer() -> ItemKey {
    ItemKey::new(Kind::BgpPeer, "dxpeer-1")
}

fn at() -> Timestamp {
    Timestamp::from_milliseconds(1_795_316_400_000)
}

/// The states of an interface and its peer, of which AWS sends these words, in the context of `recalled`.
fn seen(words: [&str; 2], recalled: &Recalled) -> BTreeMap<ItemKey, State> {
    let items = [interface(), peer()].into_iter().zip(words).map(|(key, word)| {
        let mut description = ItemDescription::bare(&scope(), &key);
        description.virtual_interface_id = Some(interface().id);
        let state = State::of(key.kind, Some(word));
        (key, Item { description: description.into(), state })
    });
    let snapshot = Snapshot {
        scope: scope(),
        began: at(),
        at: at().plus(Duration::from_secs(1)),
        kinds: BTreeSet::from([Kind::VirtualInterface, Kind::BgpPeer]),
        observation: Observation { items: items.collect(), ..Observation::default() },
    };
    let items = snapshot.in_context(recalled).observation.items;
    items.into_iter().map(|(key, item)| (key, item.state)).collect()
}

/// Both kinds have their baseline, and these rows exist.
fn recalled(rows: impl IntoIterator<Item = (ItemKey, StateRow)>) -> Recalled {
    let progress = KindProgress { baseline_at: Some(at()), ..KindProgress::default() };
    let kinds = [Kind::VirtualInterface, Kind::BgpPeer].map(|kind| (kind, progress.clone()));
    let poll = PollRow { kinds: kinds.into(), ..PollRow::default() };
    Recalled { states: rows.into_iter().collect(), poll: Some(poll), ..Recalled::nothing(scope()) }
}

fn row(key: &ItemKey, word: &str) -> StateRow {
    StateRow {
        state: State::of(key.kind, Some(word)),
        since: at(),
        seen_at: Some(at()),
        missed_at: None,
        never_up: false,
        sequence: 1,
        last_transition_at: at(),
        announced: BTreeMap::new(),
        suspect: None,
        incident_id: None,
        group: None,
        details: ItemDescription::bare(&scope(), key).into(),
        expires_at: None,
    }
}

fn healths(words: [&str; 2], recalled: &Recalled) -> [Health; 2] {
    let seen = seen(words, recalled);
    [interface(), peer()].map(|key| seen[&key].health())
}

#[test]
fn what_the_baseline_finds_down_is_down_and_what_comes_later_is_not_yet_in_service() {
    assert_eq!(healths(["down", "down"], &Recalled::nothing(scope())), [Health::Down, Health::Down]);
    assert_eq!(healths(["down", "down"], &recalled([])), [Health::Pending, Health::Pending]);
    let levels: Vec<u8> = seen(["down", "down"], &recalled([])).values().map(State::level).collect();
    assert_eq!(levels, [5, 4], "the levels are the words'");
    for words in [["available", "up"], ["deleting", "deleted"], ["unknown", "strange"]] {
        let own = [interface(), peer()].map(|key| key.kind).into_iter().zip(words);
        let own: Vec<Health> = own.map(|(kind, word)| State::of(kind, Some(word)).health()).collect();
        assert_eq!(healths(words, &recalled([])).to_vec(), own, "only what is down has a context");
    }
}

#[test]
fn an_item_is_not_yet_in_service_until_it_was_up_once() {
    let health = |row: StateRow| healths(["down", "up"], &recalled([(interface(), row)]))[0];
    let new = |word: &str| StateRow { never_up: true, ..row(&interface(), word) };
    for word in ["pending", "down", "testing", "unknown", "deleted"] {
        assert_eq!(health(new(word)), Health::Pending, "{word}");
    }
    for word in ["available", "down", "testing", "unknown", "deleted"] {
        assert_eq!(health(row(&interface(), word)), Health::Down, "{word}");
    }
    assert_eq!(health(row(&interface(), "pending")), Health::Pending, "a row of an older version");
    let was_up = StateRow { incident_id: Some(uuid::Uuid::from_u128(7)), ..row(&interface(), "pending") };
    assert_eq!(health(was_up.clone()), Health::Down, "it went from up to pending");
    // An older version wrote the transitions to up and to down, and kept the attribute that it does not know.
    assert_eq!(health(StateRow { never_up: true, ..was_up }), Health::Down);
    assert_eq!(health(new("available")), Health::Down);
}

#[test]
fn a_session_is_under_test_while_its_interface_is() {
    let known = |word: &str| recalled([(interface(), row(&interface(), word)), (peer(), row(&peer(), "up"))]);
    let health = |words, recalled: &Recalled| healths(words, recalled)[1];
    assert_eq!(health(["testing", "down"], &known("available")), Health::Testing);
    assert_eq!(health(["testing", "up"], &known("available")), Health::Up);
    assert_eq!(health(["testing", "down"], &Recalled::nothing(scope())), Health::Testing, "also in the baseline");
    assert_eq!(health(["available", "down"], &known("testing")), Health::Down, "the test is over");
    assert_eq!(health(["unknown", "down"], &known("testing")), Health::Testing, "AWS does not report that it is over");
    assert_eq!(health(["unknown", "down"], &known("available")), Health::Down);
    let new = recalled([(interface(), row(&interface(), "testing"))]);
    assert_eq!(health(["testing", "down"], &new), Health::Pending, "what was never up is no part of a test");
    assert_eq!(healths(["testing", "down"], &known("available"))[0], Health::Testing, "by its own word");
}

#[test]
fn an_interface_that_was_read_only_for_its_peers_is_their_context_too() {
    let recalled = recalled([(peer(), row(&peer(), "up"))]);
    let mut description = ItemDescription::bare(&scope(), &peer());
    description.virtual_interface_id = Some(interface().id);
    let down = Item { description: description.into(), state: State::of(Kind::BgpPeer, Some("down")) };
    for (word, health) in [("testing", Health::Testing), ("available", Health::Down)] {
        let observation = Observation {
            items: BTreeMap::from([(peer(), down.clone())]),
            parents: BTreeMap::from([(interface(), State::of(Kind::VirtualInterface, Some(word)))]),
            ..Observation::default()
        };
        let kinds = BTreeSet::from([Kind::BgpPeer]);
        let snapshot = Snapshot { scope: scope(), began: at(), at: at(), kinds, observation };
        assert_eq!(snapshot.in_context(&recalled).observation.items[&peer()].state.health(), health);
    }
}
