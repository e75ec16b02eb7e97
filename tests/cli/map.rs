//! `map`: the demo's estate as a picture, in each of its forms.

use super::{answer, ask, text};

#[test]
fn it_draws_the_estate_as_text() {
    let map = answer(&["map"]);
    let (picture, summary) = map.rsplit_once("\n\n").unwrap();
    insta::assert_snapshot!(picture, @"
    Location CSVA1
      device CSVA1-8m2n6p0r4s1d7
        + connection csva1-xc-7741 dxcon-ffx3v7tc  10Gbps
          + transit interface shared-transit-csva1 dxvif-ffu7g8h9  +BGP ipv4  +BGP ipv6  +attachment  ──▶ B
        + connection csva1-xc-7802 dxcon-fgt5w2nq  10Gbps

    Location EirCL
      device EirCL-5h1j9k3l7z2v6
        + connection eircl-xc-1180 dxcon-fgk5j3hd  1Gbps
          + transit interface shared-transit-dublin dxvif-ffe2r6ty  +BGP ipv4  +BGP ipv6  +attachment  ──▶ B

    Location EqDC2
      device EqDC2-3q9t7x1a5b2c4
        + connection eqdc2-oob-hosted dxcon-fhb6c1re  200Mbps
        + LAG eqdc2-core-lag01 dxlag-fg7k2m9q  10Gbps
          + connection eqdc2-core-lag01-m1 dxcon-fg4h8n2a  10Gbps
          + connection eqdc2-core-lag01-m2 dxcon-fg4h8n2b  10Gbps
          + private interface analytics-private-eqdc2 dxvif-ffn9w8x7  +BGP ipv4  +BGP ipv6  +attachment  ──▶ A
          + private interface prod-private-eqdc2 dxvif-ffp1a2b3  +BGP ipv4  +BGP ipv6  ──▶ C
          + transit interface shared-transit-eqdc2 dxvif-fft4c5d6  +BGP ipv4  +BGP ipv6  +attachment  ──▶ B

    A  Direct Connect gateway analytics-dxgw
       + IPv4: 1 path, on 1 device in 1 location
       + IPv6: 1 path, on 1 device in 1 location
        + Direct Connect gateway analytics-dxgw 7b21d09e-64c3-4f58-9a17-3d5e8f6a0b2c
        + association with vgw-09f8e7d6c5b4a3920 a90b8c7d-6e5f-4a3b-92c1-d0e9f8a7b6c5
          + virtual private gateway vgw-09f8e7d6c5b4a3920

    B  Direct Connect gateway core-dxgw
       + IPv4: 3 paths, on 3 devices in 3 locations
       + IPv6: 3 paths, on 3 devices in 3 locations
        + Direct Connect gateway core-dxgw c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f
        + association with tgw-0c9d8e7f6a5b43210 2f6b8c1d-9e0a-4b3c-8d7e-6f5a4b3c2d1e
        + association with tgw-05e4d3c2b1a09f8e7 d1e2f3a4-b5c6-4d7e-9f80-1a2b3c4d5e6f

    C  Virtual private gateway vgw-0a1b2c3d4e5f60718
       + IPv4: 1 path, on 1 device in 1 location
       + IPv6: 1 path, on 1 device in 1 location
        + virtual private gateway vgw-0a1b2c3d4e5f60718
    ");
    let (counts, left_out) = summary.split_once('\n').unwrap();
    assert!(counts.starts_with("33 up; last poll 20"), "{counts}");
    assert_eq!(left_out, "Left out: 3 removed for good\n");
    assert_eq!(map, answer(&["map", "--output", "text", "--unfold"]), "the demo is small, and text is the default");
}

#[test]
fn it_draws_the_estate_as_a_picture_a_page_and_a_graph() {
    let svg = answer(&["map", "--output", "svg"]);
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"));
    let html = answer(&["map", "--output", "html"]);
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"));
    let dot = answer(&["map", "--output", "dot"]);
    assert!(dot.starts_with("digraph \"Direct Connect\" {") && dot.ends_with("}\n"));
    for (form, map) in [("svg", &svg), ("html", &html), ("dot", &dot)] {
        for name in ["csva1-xc-7741", "dxlag-fg7k2m9q", "shared-transit-dublin", "core-dxgw", "EqDC2-3q9t7x1a5b2c4"] {
            assert!(map.contains(name), "{form} has no {name}");
        }
        assert!(!map.contains("legacy-private-eqdc2"), "{form}: it is deleted");
        assert!(!map.contains("<script"), "{form}");
    }
    assert_eq!(html.matches("<code>").count(), 33, "every item, once");
}

#[test]
fn a_form_that_there_is_not_is_a_mistake() {
    let output = ask(&["map", "--output", "png"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("[possible values: text, svg, html, dot]"), "{}", text(&output.stderr));
}

/// What a reader of Graphviz's language finds in a graph: its nodes and edges, and the boxes around them.
fn read_dot(graph: &str) -> [usize; 3] {
    let script = "import json, pydot, sys\n\
        graphs = pydot.graph_from_dot_data(sys.stdin.read())\n\
        assert graphs and len(graphs) == 1, 'not one graph'\n\
        def walk(graph):\n    \
            nodes = [node for node in graph.get_nodes() if node.get_name() not in ('node', 'edge', 'graph')]\n    \
            inner = [walk(part) for part in graph.get_subgraphs()]\n    \
            own = [len(nodes), len(graph.get_edges()), len(inner)]\n    \
            return [sum(counts) for counts in zip(own, *inner)]\n\
        print(json.dumps(walk(graphs[0])))";
    let mut python = assert_cmd::Command::from_std(std::process::Command::new(crate::support::python::tool("python3")));
    let output = python.args(["-c", script]).write_stdin(graph).output().unwrap();
    assert!(output.status.success(), "{}\n{graph}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn graphviz_reads_the_graph_whatever_the_names_are() {
    use aws_dx_monitor::{
        domain::{ItemDescription, ItemKey, Kind, Scope, State},
        map::{Detail, Estate, Map, MapItem, Picture, dot},
    };
    let graph_of = |name: &str| {
        let item = |(kind, id): &(Kind, &str)| {
            let mut item =
                ItemDescription::bare(&Scope::regional("123456789012", "us-east-1"), &ItemKey::new(*kind, *id));
            let name = Some(name.to_owned());
            (item.name, item.location, item.device) = (name.clone(), name.clone(), name.clone());
            item.connection_id = (*kind == Kind::VirtualInterface).then(|| "dxcon-1".to_owned());
            item.virtual_gateway_id = (*kind == Kind::VirtualInterface).then_some(name).flatten();
            let state = State::of(*kind, Some("available"));
            MapItem { item: item.into(), state, in_outage: false, is_stale: false, is_retired: false, incident: None }
        };
        let items = [(Kind::Connection, "dxcon-1"), (Kind::VirtualInterface, "dxvif-1"), (Kind::Lag, "dxlag-1")];
        let estate = Estate { items: items.iter().map(item).collect(), ..Estate::default() };
        read_dot(&dot::graph(&Picture::of(&Map::of(&estate), Detail::Everything)))
    };
    let plain = graph_of("plain");
    assert!(plain.iter().all(|count| *count > 0), "{plain:?}");
    for hostile in
        ["\"]; x -> y; //", "a\\", "\\\" -> b", "\n}\nsubgraph z {", "<b>&amp;</b>", "\u{0}\u{202e}\u{1b}[31m", "/* "]
    {
        assert_eq!(graph_of(hostile), plain, "{hostile:?}");
    }
    let demo = read_dot(&answer(&["map", "--output", "dot"]));
    assert!(demo[0] > 20 && demo[1] >= 5 && demo[2] > 6, "{demo:?}");
}
