//! Whatever the store holds, it is drawn: nothing acts, and nothing is lost.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::rig::{connection, forms, interface, item};
use crate::{
    domain::{Health, Kind},
    escape::tests::{hostile_text, is_visible},
    map::{Detail, Estate, Map, MapItem, Picture, What},
};

/// A text that several items may have in common.
fn shared() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        2 => Just(None),
        5 => prop::sample::select(vec!["a", "b", "c", "d"]).prop_map(|text| Some(text.to_owned())),
        1 => hostile_text().prop_map(Some),
    ]
}

fn any_item() -> impl Strategy<Value = MapItem> {
    let ties = prop::array::uniform8(shared());
    let word =
        prop::sample::select(vec!["available", "down", "up", "testing", "deleting", "pending", "attached", "?!"]);
    (prop::sample::select(Kind::ALL.to_vec()), shared(), shared(), ties, word, any::<[bool; 3]>()).prop_map(
        |(kind, id, name, ties, word, [is_public, is_stale, is_retired])| {
            let mut found = item(kind, &id.unwrap_or_else(|| "e".to_owned()), word, |item| {
                item.name = name;
                let [location, device, lag, connection, interconnect, interface, gateway, other] = ties;
                (item.location, item.device, item.lag_id) = (location, device, lag);
                (item.connection_id, item.interconnect_id) = (connection, interconnect);
                (item.virtual_interface_id, item.direct_connect_gateway_id) = (interface, gateway);
                item.virtual_gateway_id.clone_from(&other);
                (item.address_family, item.associated_gateway_id) = (other.clone(), other);
                item.virtual_interface_type = is_public.then(|| "public".to_owned());
            });
            (found.is_stale, found.is_retired) = (is_stale, is_retired);
            found
        },
    )
}

/// Items as a store has them: one of each path.
fn any_estate() -> impl Strategy<Value = Estate> {
    prop::collection::vec(any_item(), 0..60).prop_map(|items| {
        let items: BTreeMap<_, _> = items.into_iter().map(|item| (item.path(), item)).collect();
        Estate { items: items.into_values().collect(), ..Estate::default() }
    })
}

/// How often each item is drawn, and how many more are counted.
fn shown(picture: &Picture<'_>) -> (Vec<usize>, u64) {
    let mut drawn = vec![0; picture.map.estate.items.len()];
    let mut counted = 0;
    let frames = picture.places.iter().chain(&picture.destinations);
    for line in frames.flat_map(|frame| &frame.sections).flat_map(|section| &section.lines) {
        match &line.what {
            What::Item(item, riders) => riders.iter().chain([item]).for_each(|place| drawn[*place] += 1),
            What::Folded(tally) => counted += tally.count(),
        }
    }
    (drawn, counted)
}

fn assert_inert(form: &str, text: &str) {
    let lines = text.lines().all(is_visible);
    assert!(lines, "{form} has an invisible character");
    match form {
        "svg" | "html" => {
            assert!(!text.contains("<script") && !text.contains("<img"), "{form}");
            assert!(!text.contains("&amp;lt;"), "{form} is escaped twice");
        }
        "dot" => {
            for line in text.lines() {
                let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
                assert_eq!(quotes % 2, 0, "a label of dot ends too early: {line}");
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn every_item_is_drawn_or_counted_once(estate in any_estate()) {
        let map = Map::of(&estate);
        let (drawn, counted) = shown(&Picture::of(&map, Detail::Everything));
        prop_assert!(drawn.iter().all(|times| *times == 1), "{drawn:?}");
        prop_assert_eq!(counted, 0);
        for (form, text) in forms(&estate, Detail::Readable) {
            assert_inert(form, &text);
            if form == "html" {
                prop_assert_eq!(text.matches("<code>").count(), estate.items.len());
            }
        }
    }

    #[test]
    fn the_order_of_the_rows_makes_no_difference(estate in any_estate()) {
        let mut turned = estate.clone();
        turned.items.reverse();
        prop_assert_eq!(forms(&estate, Detail::Everything), forms(&turned, Detail::Everything));
    }
}

/// `count` interfaces with a session and an attachment each, over connections at `locations` locations, and more.
fn large(count: usize, locations: usize, name: &str) -> Estate {
    let mut items = Vec::new();
    for number in 0..count {
        let location = format!("Loc{}", number % locations);
        let mut port = connection(&format!("dxcon-{number}"), &location, "available");
        std::sync::Arc::make_mut(&mut port.item).name = Some(name.to_owned());
        items.push(port);
        let gateway = format!("gateway-{}", number % 7);
        for mut item in interface(&format!("dxvif-{number}"), &format!("dxcon-{number}"), &gateway, "available") {
            std::sync::Arc::make_mut(&mut item.item).name = Some(name.to_owned());
            items.push(item);
        }
    }
    Estate { items, ..Estate::default() }
}

fn put_down(estate: &mut Estate, is_hit: impl Fn(usize) -> bool) {
    let down = item(Kind::Connection, "x", "down", |_| {}).state;
    let ports = estate.items.iter_mut().filter(|item| item.item.kind == Kind::Connection);
    ports.enumerate().filter(|(number, _)| is_hit(*number)).for_each(|(_, item)| item.state = down.clone());
}

#[test]
fn five_thousand_items_stay_readable_whatever_is_down() {
    for (locations, down) in [(1, 1), (20, 3), (20, usize::MAX), (1_250, 0), (1_250, usize::MAX)] {
        let mut estate = large(1_250, locations, "prod-transit");
        put_down(&mut estate, |number| number < down);
        let map = Map::of(&estate);
        let picture = Picture::of(&map, Detail::Readable);
        let (drawn, counted) = shown(&picture);
        assert!(drawn.iter().all(|times| *times <= 1));
        assert_eq!(drawn.iter().sum::<usize>() as u64 + counted, 5_000, "{locations} locations, {down} down");
        let hit = estate.items.iter().enumerate().filter(|(_, item)| item.health() == Health::Down);
        let seen = hit.filter(|(place, _)| drawn[*place] == 1).count();
        assert!(seen >= down.min(3), "{locations} locations, {down} down: {seen} of them drawn");
        for (form, text) in forms(&estate, Detail::Readable) {
            let most = if form == "html" { 5_000_000 } else { 300_000 };
            assert!(text.len() < most, "{form}, {locations} locations, {down} down: {} bytes", text.len());
        }
    }
}

#[test]
fn no_name_makes_a_page_too_large() {
    for name in ["\"'&<".repeat(75), "\u{202e}".repeat(300), "東".repeat(300)] {
        for (form, text) in forms(&large(1_250, 40, &name), Detail::Readable) {
            assert!(text.len() < 5_000_000, "{form}: {} bytes", text.len());
        }
    }
}
