//! A small estate, drawn.

use super::rig::{as_text, connection, forms, interface, item, small};
use crate::{
    domain::{Kind, RootKind},
    map::{Detail, Estate, Map, Pass, Picture},
};

fn text(estate: &Estate) -> String {
    as_text(&Picture::of(&Map::of(estate), Detail::Readable))
}

#[test]
fn an_outage_is_drawn_on_what_it_hits_and_what_is_left_stands_out() {
    insta::assert_snapshot!(text(&small()), @"
    ! #1 [critical] outage of connection dxcon-1 since 2026-11-22 03:12:00 UTC: 3 members, impact last-path

    Location CSVA1
      device CSVA1-1
        + connection dxcon-2  10Gbps
          + transit interface dxvif-2  +BGP ipv4  +attachment  ══▶ A
        + LAG dxlag-1  +MACsec
          + connection dxcon-3

    Location EqDC2
      device EqDC2-1
        ! connection dxcon-1  10Gbps, down  #1*
          ! transit interface dxvif-1  down  !BGP ipv4 down  +attachment  ─ ✕ A  #1

    On no path
        + resiliency group dxrg-1

    A  Direct Connect gateway core-dxgw
       ? IPv4: 1 of 2 paths left, on 1 device in 1 location
        + Direct Connect gateway core-dxgw c4f1
        + association with vgw-1 a-1
          + virtual private gateway vgw-1

    3 down, 12 up; last poll 2026-11-22 03:14:00 UTC
    Left out: 1 removed for good, 2 retired (polled no longer; --retired shows them)
    ");
}

/// A drawing, a mark or an item a line.
fn in_lines(svg: &str) -> String {
    let groups = svg.replace("><g", ">\n<g").replace("</g><", "</g>\n<");
    // What is on the line of an interface has its mark within.
    groups.replace("</title>\n<g", "</title><g").replace("</g>\n<text class=\"item", "</g><text class=\"item")
}

#[test]
fn the_picture_has_a_shape_for_each_health_and_a_stroke_for_each_sort_of_path() {
    let [_, (_, svg), ..] = forms(&small(), Detail::Readable);
    insta::assert_snapshot!(in_lines(svg.split_once("</style>").unwrap().1), @r#"
    <path class="lead lost" d="M670 236C730 236 730 118 790 118"><title>no path</title></path><path class="cross" d="M725 172l10 10m0-10l-10 10"/><path class="lead left" d="M670 88C730 88 730 118 790 118"><title>path that is left</title></path>
    <g><rect class="frame" x="10" y="10" width="660" height="136" rx="8"/><text class="head" x="20" y="29"><tspan class="kind">Location</tspan> CSVA1</text><text class="faint" x="20" y="52">device CSVA1-1</text>
    <g class="mark up" transform="translate(28 68)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g>
    <g><title>connection dxcon-2 10Gbps</title><text class="item up" x="41" y="72">connection dxcon-2 10Gbps</text></g>
    <text class="letter" text-anchor="end" x="662" y="92">A</text>
    <g><title>attachment c4f1:dxvif-2: attached</title><g class="mark up" transform="translate(612 88)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g><text class="item up" x="622" y="92">att</text></g>
    <g><title>BGP ipv4 dxvif-2-peer: up</title><g class="mark up" transform="translate(573 88)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g><text class="item up" x="583" y="92">v4</text></g>
    <g class="mark up" transform="translate(44 88)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g>
    <g><title>transit interface dxvif-2</title><text class="item up" x="57" y="92">transit interface dxvif-2</text></g>
    <g><title>MACsec dxlag-1: up</title><g class="mark up" transform="translate(628 108)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g><text class="item up" x="638" y="112">sec</text></g>
    <g class="mark up" transform="translate(28 108)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g>
    <g><title>LAG dxlag-1</title><text class="item up" x="41" y="112">LAG dxlag-1</text></g>
    <g class="mark up" transform="translate(44 128)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g>
    <g><title>connection dxcon-3</title><text class="item up" x="57" y="132">connection dxcon-3</text></g>
    </g>
    <g><rect class="frame" x="10" y="158" width="660" height="96" rx="8"/><text class="head" x="20" y="177"><tspan class="kind">Location</tspan> EqDC2</text><text class="faint" x="20" y="200">device EqDC2-1</text><rect class="badge" x="634" y="208" width="28" height="16" rx="4"/><text class="badge-text" x="638" y="220">#1*</text>
    <g class="mark down" transform="translate(28 216)"><path d="M0-8L8 0L0 8L-8 0z"/><text text-anchor="middle" y="4">!</text></g>
    <g><title>connection dxcon-1 10Gbps down</title><text class="item down" x="41" y="220">connection dxcon-1 10Gbps down</text></g>
    <text class="letter" text-anchor="end" x="662" y="240">A</text>
    <g><title>attachment c4f1:dxvif-1: attached</title><g class="mark up" transform="translate(612 236)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g><text class="item up" x="622" y="240">att</text></g>
    <g><title>BGP ipv4 dxvif-1-peer: down</title><g class="mark down" transform="translate(573 236)"><path d="M0-8L8 0L0 8L-8 0z"/><text text-anchor="middle" y="4">!</text></g><text class="item down" x="583" y="240">v4</text></g>
    <rect class="badge" x="540" y="228" width="21" height="16" rx="4"/><text class="badge-text" x="544" y="240">#1</text>
    <g class="mark down" transform="translate(44 236)"><path d="M0-8L8 0L0 8L-8 0z"/><text text-anchor="middle" y="4">!</text></g>
    <g><title>transit interface dxvif-1 down</title><text class="item down" x="57" y="240">transit interface dxvif-1 down</text></g>
    </g>
    <g><rect class="frame" x="10" y="266" width="660" height="56" rx="8"/><text class="head" x="20" y="285"><tspan class="kind">On no path</tspan> </text>
    <g class="mark up" transform="translate(28 304)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g>
    <g><title>resiliency group dxrg-1</title><text class="item up" x="41" y="308">resiliency group dxrg-1</text></g>
    </g>
    <g><rect class="frame" x="790" y="104" width="440" height="116" rx="8"/><text class="head" x="800" y="123">A  <tspan class="kind">Direct Connect gateway</tspan> core-dxgw</text>
    <g class="mark unknown" transform="translate(808 142)"><path d="M-6-6H6V6H-6z"/><text text-anchor="middle" y="4">?</text></g>
    <text class="family unknown" x="820" y="146">IPv4: 1 of 2 paths left, on 1 device in 1 location</text>
    <g class="mark up" transform="translate(808 162)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g>
    <g><title>Direct Connect gateway core-dxgw c4f1</title><text class="item up" x="821" y="166">Direct Connect gateway core-dxgw c4f1</text></g>
    <g class="mark up" transform="translate(808 182)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g>
    <g><title>association with vgw-1 a-1</title><text class="item up" x="821" y="186">association with vgw-1 a-1</text></g>
    <g class="mark up" transform="translate(824 202)"><path d="M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"/><text text-anchor="middle" y="4">+</text></g>
    <g><title>virtual private gateway vgw-1</title><text class="item up" x="837" y="206">virtual private gateway vgw-1</text></g>
    </g></svg>
    "#);
}

#[test]
fn the_graph_has_a_cluster_for_each_place() {
    let [.., (_, dot)] = forms(&small(), Detail::Readable);
    insta::assert_snapshot!(dot, @r##"
    digraph "Direct Connect" {
      rankdir=LR; compound=true;
      node [shape=box style=filled fontname="monospace" fontsize=10];
      edge [fontname="monospace" fontsize=10];
      subgraph cluster_0 {
        label="Location CSVA1";
        subgraph cluster_0_0 {
        label="device CSVA1-1";
        n0_0_0 [label="+ connection\ndxcon-2\n10Gbps" fillcolor="#d6f0e4"];
        n0_0_1 [label="+ transit interface\ndxvif-2\n+ BGP ipv4\n+ attachment" fillcolor="#d6f0e4"];
        }
        n0_1_0 [label="+ LAG\ndxlag-1\n+ MACsec" fillcolor="#d6f0e4"];
        n0_1_1 [label="+ connection\ndxcon-3" fillcolor="#d6f0e4"];
      }
      subgraph cluster_1 {
        label="Location EqDC2";
        subgraph cluster_1_0 {
        label="device EqDC2-1";
        n1_0_0 [label="! connection\ndxcon-1\n10Gbps, down\n#1*" fillcolor="#ffd9d6" penwidth=3];
        n1_0_1 [label="! transit interface\ndxvif-1\ndown\n! BGP ipv4\n+ attachment\n#1" fillcolor="#ffd9d6" penwidth=3];
        }
      }
      subgraph cluster_2 {
        label="On no path ";
        n2_0_0 [label="+ resiliency group\ndxrg-1" fillcolor="#d6f0e4"];
      }
      subgraph cluster_3 {
        label="Direct Connect gateway core-dxgw";
        f3 [label="core-dxgw\nIPv4: 1 of 2 paths left, on 1 device in 1 location" shape=note];
        n3_0_0 [label="+ Direct Connect gateway\ncore-dxgw\nc4f1" fillcolor="#d6f0e4"];
        n3_0_1 [label="+ association with vgw-1\na-1" fillcolor="#d6f0e4"];
        n3_0_2 [label="+ virtual private gateway\nvgw-1" fillcolor="#d6f0e4"];
      }
      n0_0_0 -> n0_0_1 [arrowhead=none];
      n0_0_1 -> f3 [color="#1a7f5a" penwidth=4 label="left"];
      n0_1_0 -> n0_1_1 [arrowhead=none];
      n1_0_0 -> n1_0_1 [arrowhead=none];
      n1_0_1 -> f3 [color="#b3261e" style=dashed label="no path"];
      n3_0_1 -> n3_0_2 [arrowhead=none];
    }
    "##);
}

#[test]
fn a_root_that_is_a_device_or_a_location_has_the_number_of_its_incident() {
    for (kind, id, line) in
        [(RootKind::Device, "EqDC2-1", "device EqDC2-1  #1*"), (RootKind::Location, "EqDC2", "Location EqDC2  #1*")]
    {
        let mut estate = small();
        (estate.incidents[0].root.kind, estate.incidents[0].root.id) = (kind, id.to_owned());
        let text = text(&estate);
        assert!(text.lines().any(|found| found.trim() == line), "{text}");
        assert!(!text.contains("dxcon-1  10Gbps, down  #1*"), "only the root has a star: {text}");
    }
}

#[test]
fn a_path_is_what_incidents_count_as_one() {
    let pass = |word: &str, change: fn(&mut Vec<crate::map::MapItem>)| {
        let mut items = vec![connection("dxcon-1", "EqDC2", word)];
        items.extend(interface("dxvif-1", "dxcon-1", "c4f1", "available"));
        change(&mut items);
        let estate = Estate { items, ..Estate::default() };
        let map = Map::of(&estate);
        let device = &map.places[0].devices[0];
        device.rows[0].rows[0].way.unwrap().pass
    };
    assert_eq!(pass("available", |_| {}), Pass::Open);
    assert_eq!(pass("down", |_| {}), Pass::Lost, "its port is down");
    assert_eq!(pass("available", |items| items[2].state = item(Kind::BgpPeer, "p", "down", |_| {}).state), Pass::Lost);
    assert_eq!(pass("available", |items| items[1].is_retired = true), Pass::Idle);
    assert_eq!(
        pass("available", |items| {
            items.push(connection("dxcon-2", "CSVA1", "down"));
            items.extend(interface("dxvif-2", "dxcon-2", "c4f1", "down"));
            items.swap(0, 4);
            items.swap(0, 4);
        }),
        Pass::Lost,
        "CSVA1 comes first"
    );
}

#[test]
fn what_is_tied_to_nothing_that_is_listed_still_has_a_place() {
    let mut items = interface("dxvif-1", "dxcon-of-another-account", "gateway-of-another-account", "available");
    items.push(item(Kind::BgpPeer, "stray", "up", |_| {}));
    items.push(item(Kind::GatewayAttachment, "g:mcc-1", "attached", |item| {
        item.direct_connect_gateway_id = Some("g".to_owned());
    }));
    insta::assert_snapshot!(text(&Estate { items, ..Estate::default() }), @"
    At no location
        + transit interface dxvif-1  +BGP ipv4  +attachment  ──▶ B
        + BGP peer stray

    A  Direct Connect gateway g
        + attachment g:mcc-1

    B  Direct Connect gateway gateway-of-another-account
       + IPv4: 1 path

    5 up; never polled
    ");
}

#[test]
fn stale_and_retired_items_say_so() {
    let mut estate = small();
    (estate.items[1].is_stale, estate.items[8].is_retired) = (true, true);
    let text = text(&estate);
    assert!(text.contains("dxcon-2  10Gbps, stale"), "{text}");
    assert!(text.contains("LAG dxlag-1  retired"), "{text}");
    assert!(text.contains("1 retired; last poll 2026-11-22 03:14:00 UTC"), "{text}");
}

#[test]
fn an_empty_store_is_no_failure() {
    assert_eq!(text(&Estate::default()), "no items; never polled");
    let [_, _, (_, html), _] = forms(&Estate::default(), Detail::Readable);
    assert!(html.contains("There is nothing in the store."));
}
