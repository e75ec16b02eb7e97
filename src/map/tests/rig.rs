//! Estates to draw.

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    domain::{Category, Impact, ItemDescription, ItemKey, Kind, Root, RootKind, Scope, Severity, State},
    map::{Detail, Estate, Map, MapItem, OpenIncident, Picture, dot, html, svg, text},
};

/// An item of `kind` in a state, with whatever `change` makes of it.
pub fn item(kind: Kind, id: &str, word: &str, change: impl FnOnce(&mut ItemDescription)) -> MapItem {
    let account = "123456789012";
    let scope = if kind.is_global() { Scope::global(account) } else { Scope::regional(account, "us-east-1") };
    let mut item = ItemDescription::bare(&scope, &ItemKey::new(kind, id));
    change(&mut item);
    MapItem {
        item: Arc::new(item),
        state: State::of(kind, Some(word)),
        in_outage: false,
        is_stale: false,
        is_retired: false,
        incident: None,
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A connection at a location, on a device of its own there.
pub fn connection(id: &str, location: &str, word: &str) -> MapItem {
    item(Kind::Connection, id, word, |item| {
        item.location = some(location);
        item.device = Some(format!("{location}-1"));
        item.bandwidth = some("10Gbps");
    })
}

/// A transit interface over a connection, attached to a gateway, with a session.
pub fn interface(id: &str, connection: &str, gateway: &str, word: &str) -> Vec<MapItem> {
    let session = if word == "available" { "up" } else { "down" };
    let mut items = vec![
        item(Kind::VirtualInterface, id, word, |item| {
            item.connection_id = some(connection);
            item.direct_connect_gateway_id = some(gateway);
            item.virtual_interface_type = some("transit");
        }),
        item(Kind::BgpPeer, &format!("{id}-peer"), session, |item| {
            item.virtual_interface_id = some(id);
            item.address_family = some("ipv4");
        }),
    ];
    items.push(item(Kind::GatewayAttachment, &format!("{gateway}:{id}"), "attached", |item| {
        item.virtual_interface_id = some(id);
        item.direct_connect_gateway_id = some(gateway);
    }));
    items
}

/// Two locations with a path each to one gateway. The one at `EqDC2` is in an outage, over a LAG beside it all is well.
pub fn small() -> Estate {
    let outage = Uuid::from_u128(7);
    let mut items = vec![connection("dxcon-1", "EqDC2", "down"), connection("dxcon-2", "CSVA1", "available")];
    items.extend(interface("dxvif-1", "dxcon-1", "c4f1", "down"));
    items.iter_mut().filter(|item| item.item.id != "dxcon-2").for_each(|item| {
        if item.state.value() == "down" {
            item.incident = Some(outage);
        }
    });
    items.extend(interface("dxvif-2", "dxcon-2", "c4f1", "available"));
    items.push(item(Kind::Lag, "dxlag-1", "available", |item| item.location = some("CSVA1")));
    items.push(item(Kind::Connection, "dxcon-3", "available", |item| {
        item.location = some("CSVA1");
        item.lag_id = some("dxlag-1");
    }));
    items.push(item(Kind::PortEncryption, "dxlag-1", "up", |item| item.lag_id = some("dxlag-1")));
    items.push(item(Kind::DirectConnectGateway, "c4f1", "available", |item| item.name = some("core-dxgw")));
    items.push(item(Kind::VirtualGateway, "vgw-1", "available", |_| {}));
    items.push(item(Kind::GatewayAssociation, "a-1", "associated", |item| {
        item.direct_connect_gateway_id = some("c4f1");
        item.associated_gateway_id = some("vgw-1");
    }));
    items.push(item(Kind::ResiliencyGroup, "dxrg-1", "available", |_| {}));
    let incidents = vec![OpenIncident {
        id: outage,
        scope: Scope::regional("123456789012", "us-east-1"),
        category: Category::Outage,
        severity: Severity::Critical,
        impact: Impact::LastPath,
        root: Root { kind: RootKind::Item(Kind::Connection), id: "dxcon-1".to_owned() },
        since: "2026-11-22T03:12:00Z".parse().unwrap(),
        members: 3,
    }];
    let last_poll_at = Some("2026-11-22T03:14:00Z".parse().unwrap());
    Estate { items, incidents, planned: Vec::new(), retired_left_out: 2, removed_left_out: 1, last_poll_at }
}

/// The forms of a map, by name.
pub fn forms(estate: &Estate, detail: Detail) -> [(&'static str, String); 4] {
    let map = Map::of(estate);
    let picture = Picture::of(&map, detail);
    let now = "2026-11-22T03:15:00Z".parse().unwrap();
    [
        ("text", as_text(&picture)),
        ("svg", svg::document(&picture)),
        ("html", html::page(&picture, now)),
        ("dot", dot::graph(&picture)),
    ]
}

/// The text without colours.
pub fn as_text(picture: &Picture<'_>) -> String {
    let lines = text::lines(picture).into_iter();
    lines.map(|line| line.into_iter().map(|piece| piece.text).collect::<String>()).collect::<Vec<_>>().join("\n")
}
