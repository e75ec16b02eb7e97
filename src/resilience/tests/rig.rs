//! Small estates: connections, LAGs, interfaces and sessions, in one account.

use std::collections::BTreeMap;

use crate::{
    domain::{ItemDescription, ItemKey, Kind, Scope, State},
    incident::{Condition, Estate, Items, Level},
    resilience::{Exercises, Failure, Grade, Intents, WhatIf, Wiring, grades, phrases, what_if},
};

pub const ACCOUNT: &str = "123456789012";

/// An estate in the making.
#[derive(Clone, Debug, Default)]
pub struct Rig {
    scopes: BTreeMap<Scope, Items>,
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// `EqDC2/a` is device `EqDC2-a` at `EqDC2`. Either may be left out.
fn at(item: &mut ItemDescription, place: &str) {
    let (location, device) = place.split_once('/').unwrap_or((place, ""));
    item.location = some(location);
    item.device = some(device).map(|device| format!("{location}-{device}"));
}

impl Rig {
    pub fn item(mut self, kind: Kind, id: &str, word: &str, change: impl FnOnce(&mut ItemDescription)) -> Rig {
        let scope = if kind.is_global() { Scope::global(ACCOUNT) } else { Scope::regional(ACCOUNT, "us-east-1") };
        let key = ItemKey::new(kind, id);
        let mut item = ItemDescription::bare(&scope, &key);
        change(&mut item);
        let state = State::recalled(kind, word, (word == "absent").then_some(100), None);
        let (condition, since) = (Condition::of(&state, false), "2026-11-22T03:00:00.000Z".parse().unwrap());
        let level = Some(Level { state, since, condition });
        self.scopes.entry(scope).or_default().insert(key, (item.into(), level));
        self
    }

    pub fn connection(self, id: &str, place: &str) -> Rig {
        self.connection_in(id, place, "available")
    }

    pub fn connection_in(self, id: &str, place: &str, word: &str) -> Rig {
        self.item(Kind::Connection, id, word, |item| at(item, place))
    }

    /// A LAG, with its members.
    pub fn lag(self, id: &str, place: &str, minimum: i64, members: &[&str]) -> Rig {
        let lag = self.item(Kind::Lag, id, "available", |item| {
            at(item, place);
            item.minimum_links = Some(minimum);
        });
        members.iter().fold(lag, |rig, member| {
            rig.item(Kind::Connection, member, "available", |item| {
                at(item, place);
                item.lag_id = some(id);
            })
        })
    }

    /// An interface over a connection to the gateway `gw`, with an IPv4 session.
    pub fn interface(self, id: &str, connection: &str) -> Rig {
        self.interface_to("gw", id, connection, "available").session(id, "ipv4", "up")
    }

    pub fn interface_to(self, gateway: &str, id: &str, connection: &str, word: &str) -> Rig {
        self.item(Kind::VirtualInterface, id, word, |item| {
            item.connection_id = some(connection);
            item.direct_connect_gateway_id = some(gateway);
        })
    }

    pub fn session(self, interface: &str, family: &str, word: &str) -> Rig {
        self.item(Kind::BgpPeer, &format!("{interface}:{family}"), word, |item| {
            item.virtual_interface_id = some(interface);
            item.address_family = some(family);
        })
    }

    pub fn gateway(self, id: &str) -> Rig {
        self.item(Kind::DirectConnectGateway, id, "available", |item| item.name = some(&format!("{id}-name")))
    }

    pub fn attachment(self, gateway: &str, interface: &str, word: &str) -> Rig {
        self.item(Kind::GatewayAttachment, &format!("{gateway}:{interface}"), word, |item| {
            item.direct_connect_gateway_id = some(gateway);
            item.virtual_interface_id = some(interface);
        })
    }

    /// The wiring, with the scopes in their order or the other way round.
    pub fn wiring_in(&self, is_backwards: bool) -> Wiring {
        let mut scopes: Vec<(&Scope, Items)> =
            self.scopes.iter().map(|(scope, items)| (scope, items.clone())).collect();
        if is_backwards {
            scopes.reverse();
        }
        Wiring::of(Estate::of(Items::new(), scopes))
    }

    pub fn wiring(&self) -> Wiring {
        self.wiring_in(false)
    }

    pub fn grades(&self, intents: &str) -> Vec<Grade> {
        let intents = Intents::read(intents.split_terminator(',')).unwrap();
        grades(ACCOUNT, &self.wiring(), &intents, &Exercises::default())
    }

    pub fn what_if(&self, failing: &str) -> WhatIf {
        let failing: Vec<Failure> = failing.split(' ').map(|failing| failing.parse().unwrap()).collect();
        what_if(&[(ACCOUNT.to_owned(), self.wiring())], &failing).unwrap()
    }

    /// What a person reads of the grades.
    pub fn graded(&self, intents: &str) -> String {
        let lines = self.grades(intents).into_iter().map(|grade| {
            let shown = |text: &str| text.to_owned();
            let missing = grade.missing.iter().map(|missing| format!("\n  {}", phrases::shortfall(missing, shown)));
            let losses = grade
                .losses
                .iter()
                .map(|loss| format!("\n  without {}: {} left", phrases::failure(&loss.failure, shown), loss.left));
            let intent = grade.meets_intent.map(|meets| if meets { ", as intended" } else { ", not as intended" });
            let head = format!("{} {}: {}{}", grade.id, grade.address_family, grade.model, intent.unwrap_or_default());
            head + &missing.collect::<String>() + &losses.collect::<String>()
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// What a person reads of what would happen.
pub fn listed(found: &WhatIf) -> String {
    let items: Vec<&str> = found.goes_down.iter().map(|item| item.id.as_str()).collect();
    let mut text = items.join(" ");
    if found.already_down > 0 {
        text += &format!(" ({} already)", found.already_down);
    }
    for loss in &found.destinations {
        text += &format!(
            "\n{} {} {}: {} of {}, {}; loses {}",
            loss.id,
            loss.address_family,
            loss.impact,
            loss.paths,
            loss.paths_before,
            loss.model,
            loss.lost.join(" "),
        );
    }
    text
}
