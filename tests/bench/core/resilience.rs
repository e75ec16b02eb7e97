//! Grades and a what-if of an account of 5,000 items: cables at twelve locations, with interfaces to forty gateways.

use std::{collections::BTreeMap, hint::black_box};

use aws_dx_monitor::{
    domain::{ItemDescription, ItemKey, Kind, Scope, State, Timestamp},
    incident::{Condition, Estate, Items, Level},
    resilience::{Exercises, Failure, Intents, Wiring, grades, what_if},
};
use divan::{Bencher, counter::ItemsCount};

const ITEMS: usize = 5_000;
const ACCOUNT: &str = "123456789012";
const GATEWAYS: usize = 40;
/// A cable has an interface with a session and an attachment for each of three gateways: ten items.
const INTERFACES: usize = 3;
const LOCATIONS: usize = 12;
const DEVICES: usize = 10;

fn add(items: &mut Items, scope: &Scope, key: ItemKey, word: &str, change: impl FnOnce(&mut ItemDescription)) {
    let mut item = ItemDescription::bare(scope, &key);
    change(&mut item);
    let state = State::of(key.kind, Some(word));
    let condition = Condition::of(&state, false);
    let since = Timestamp::from_milliseconds(1_790_000_000_000);
    items.insert(key, (item.into(), Some(Level { state, since, condition })));
}

fn gateway(number: usize) -> String {
    format!("8384da05-13ce-4a91-aada-{:012x}", number % GATEWAYS)
}

/// The items of the account, by scope.
fn account() -> BTreeMap<Scope, Items> {
    let (region, global) = (Scope::regional(ACCOUNT, "us-east-1"), Scope::global(ACCOUNT));
    let (mut regional, mut settings) = (Items::new(), Items::new());
    for number in 0..GATEWAYS {
        add(&mut settings, &global, ItemKey::new(Kind::DirectConnectGateway, gateway(number)), "available", |_| {});
    }
    for cable in 0.. {
        if regional.len() + settings.len() >= ITEMS {
            break;
        }
        let connection = format!("dxcon-{cable:08x}");
        let location = format!("Location{}", cable % LOCATIONS);
        let device = format!("{location}-{:013x}", cable / LOCATIONS % DEVICES);
        let key = ItemKey::new(Kind::Connection, connection.clone());
        add(&mut regional, &region, key, "available", |item| {
            (item.location, item.device) = (Some(location), Some(device));
        });
        for number in 0..INTERFACES {
            let (interface, gateway) = (format!("dxvif-{cable:06x}{number}"), gateway(cable + number));
            let key = ItemKey::new(Kind::VirtualInterface, interface.clone());
            add(&mut regional, &region, key, "available", |item| {
                item.connection_id = Some(connection.clone());
                item.direct_connect_gateway_id = Some(gateway.clone());
            });
            let key = ItemKey::new(Kind::BgpPeer, format!("dxpeer-{cable:06x}{number}"));
            add(&mut regional, &region, key, "up", |item| {
                (item.virtual_interface_id, item.address_family) = (Some(interface.clone()), Some("ipv4".into()));
            });
            let key = ItemKey::new(Kind::GatewayAttachment, format!("{gateway}:{interface}"));
            add(&mut settings, &global, key, "attached", |item| {
                (item.virtual_interface_id, item.direct_connect_gateway_id) = (Some(interface), Some(gateway));
            });
        }
    }
    [(region, regional), (global, settings)].into()
}

fn wiring(account: &BTreeMap<Scope, Items>) -> Wiring {
    Wiring::of(Estate::of(Items::new(), account.iter().map(|(scope, items)| (scope, items.clone()))))
}

/// From the items to the grades of all destinations.
#[divan::bench]
fn grades_of_an_account(bencher: Bencher<'_, '_>) {
    let account = account();
    bencher
        .counter(ItemsCount::new(ITEMS))
        .bench_local(|| grades(ACCOUNT, &wiring(&account), &Intents::default(), &Exercises::default()));
}

/// From the items to what a location takes.
#[divan::bench]
fn what_if_a_location_fails(bencher: Bencher<'_, '_>) {
    let account = account();
    let failing = [Failure::location("Location0")];
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| {
        let wired = [(ACCOUNT.to_owned(), wiring(&account))];
        black_box(what_if(&wired, &failing).is_ok())
    });
}
