//! `resilience` and `what-if` on the demo's estate: a LAG and a connection at one location, a connection at another, and one in
//! a second region.

use serde_json::Value;

use super::{answer, ask, text};

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&answer(&[arguments, &["--output", "json"]].concat())).unwrap()
}

#[test]
fn it_grades_every_destination() {
    let grades = json(&["resilience"]);
    let grades: Vec<String> = grades
        .as_array()
        .unwrap()
        .iter()
        .map(|grade| {
            let exercised = grade["exercised"]["category"].as_str().unwrap_or("not seen");
            let [id, family, model] = ["id", "addressFamily", "model"].map(|key| grade[key].as_str().unwrap());
            format!("{id} {family} {model}, {exercised}")
        })
        .collect();
    insta::assert_snapshot!(grades.join("\n"), @"
    7b21d09e-64c3-4f58-9a17-3d5e8f6a0b2c ipv4 none, not seen
    7b21d09e-64c3-4f58-9a17-3d5e8f6a0b2c ipv6 none, not seen
    c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f ipv4 high, outage
    c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f ipv6 high, outage
    vgw-0a1b2c3d4e5f60718 ipv4 none, not seen
    vgw-0a1b2c3d4e5f60718 ipv6 none, not seen
    ");
    let table = answer(&["resilience", "core-dxgw"]);
    assert!(table.contains("at location CSVA1 all paths end on device CSVA1-8m2n6p0r4s1d7"), "{table}");
    assert!(table.contains("2 destinations; last poll ") && !table.contains("analytics"), "{table}");
    let csv = answer(&["resilience", "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f", "--output", "csv"]);
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(
        csv.contains(",direct-connect-gateway,c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f,core-dxgw,ipv4,high,,,"),
        "{csv}"
    );
}

#[test]
fn it_makes_a_page() {
    let page = answer(&["resilience", "--output", "html"]);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n") && !page.contains("<script"));
    let [alone, destinations] =
        ["What alone takes every path", "Destinations</h2>"].map(|part| page.split(part).nth(1).unwrap_or_default());
    let alone = alone.split("</section>").next().unwrap();
    assert!(alone.contains("device EqDC2-3q9t7x1a5b2c4") && alone.contains("location EqDC2"), "{alone}");
    assert!(alone.contains("<bdi>analytics-dxgw</bdi> (IPv4 and IPv6), ") && !alone.contains("core-dxgw"), "{alone}");
    let core = destinations.split("core-dxgw").nth(1).unwrap();
    for wanted in [
        "IPv4 and IPv6: high",
        "at location CSVA1 all paths end on device",
        "by an outage, 2 of 3 paths left",
        "2 of 3</span></td>",
    ] {
        assert!(core.contains(wanted), "{wanted} in {core}");
    }
    assert!(destinations.find("analytics-dxgw") < destinations.find("core-dxgw"), "the worst first");
}

#[test]
fn an_exercise_is_found_only_since_then() {
    let found = json(&["resilience", "core-dxgw", "--since", "1m"]);
    assert_eq!(found[0].get("exercised"), None);
}

#[test]
fn it_shows_what_goes_down_and_what_is_lost() {
    let found = json(&["what-if", "location:EqDC2"]);
    let lost: Vec<String> = found["destinations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lost| {
            let [id, family, impact] = ["id", "addressFamily", "impact"].map(|key| lost[key].as_str().unwrap());
            format!("{id} {family} {impact}, {} of {}", lost["paths"], lost["pathsBefore"])
        })
        .collect();
    insta::assert_snapshot!(lost.join("\n"), @"
    7b21d09e-64c3-4f58-9a17-3d5e8f6a0b2c ipv4 outage, 0 of 1
    7b21d09e-64c3-4f58-9a17-3d5e8f6a0b2c ipv6 outage, 0 of 1
    vgw-0a1b2c3d4e5f60718 ipv4 outage, 0 of 1
    vgw-0a1b2c3d4e5f60718 ipv6 outage, 0 of 1
    c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f ipv4 reduced, 2 of 3
    c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f ipv6 reduced, 2 of 3
    ");
    let table = answer(&["what-if", "device:CSVA1-8m2n6p0r4s1d7", "dxlag-fg7k2m9q"]);
    assert!(table.contains("would go down") && table.contains("1 of 3"), "{table}");
    let member = answer(&["what-if", "dxcon-fg4h8n2a"]);
    assert!(member.ends_with("1 connection would go down\nno destination would lose a path\n"), "{member}");
}

#[test]
fn what_is_not_there_is_an_error() {
    for arguments in [&["what-if", "dxcon-none"], &["what-if", "device:"], &["resilience", "gateway-none"]] {
        let output = ask(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!text(&output.stderr).is_empty());
    }
}
