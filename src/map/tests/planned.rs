//! Planned time on the map.

use super::rig::{as_text, connection, forms, small};
use crate::{
    domain::{Matcher, Plans, Timestamp, Window, WindowRows, WindowSource},
    map::{Detail, Estate, Map, Picture},
};

fn text(estate: &Estate) -> String {
    as_text(&Picture::of(&Map::of(estate), Detail::Readable))
}

fn planned(source: WindowSource, (from, until): (&str, &str), matcher: Matcher) -> Window {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    Window {
        id: from.to_owned(),
        source,
        matcher,
        from: at(from),
        until: at(until),
        title: "router \u{202e}<script>&\"".to_owned(),
        by: "anna".to_owned(),
        even_outage: false,
        notice: None,
        announced_at: None,
    }
}

/// The small estate with work of AWS that has begun, a silence that is to come, one that is over, and one of nothing here.
fn with_plans() -> Estate {
    let of = |id: &str| Matcher { ids: [id.to_owned()].into(), ..Matcher::default() };
    let at = Matcher { location: Some("CSVA1".to_owned()), ..Matcher::default() };
    let windows = vec![
        planned(WindowSource::Silence, ("2026-11-23T22:00:00Z", "2026-11-24T02:00:00Z"), at.clone()),
        planned(WindowSource::AwsHealth, ("2026-11-22T03:00:00Z", "2026-11-22T07:00:00Z"), of("dxvif-1")),
        planned(WindowSource::Silence, ("2026-11-21T22:00:00Z", "2026-11-22T02:00:00Z"), at),
        planned(WindowSource::Silence, ("2026-11-23T22:00:00Z", "2026-11-24T02:00:00Z"), of("dxcon-elsewhere")),
    ];
    let mut estate = small();
    let rows = WindowRows { windows, ..WindowRows::default() };
    estate.plan("123456789012", &Plans::of(&rows), "2026-11-22T03:14:00Z".parse().unwrap());
    estate
}

#[test]
fn what_is_planned_is_drawn_on_what_it_hits() {
    insta::assert_snapshot!(text(&with_plans()), @r#"
    ! #1 [critical] outage of connection dxcon-1 since 2026-11-22 03:12:00 UTC: 3 members, impact last-path
    P1 work of AWS, until 2026-11-22 07:00 UTC: router \u{202e}<script>&" (1 item)
    P2 silence by anna, from 2026-11-23 22:00 UTC until 2026-11-24 02:00 UTC: router \u{202e}<script>&" (3 items)

    Location CSVA1
      device CSVA1-1
        + connection dxcon-2  10Gbps  P2
          + transit interface dxvif-2  +BGP ipv4  +attachment  ══▶ A
        + LAG dxlag-1  +MACsec  P2
          + connection dxcon-3  P2

    Location EqDC2
      device EqDC2-1
        ! connection dxcon-1  10Gbps, down  #1*
          ! transit interface dxvif-1  down  !BGP ipv4 down  +attachment  ─ ✕ A  #1  P1

    On no path
        + resiliency group dxrg-1

    A  Direct Connect gateway core-dxgw
       ? IPv4: 1 of 2 paths left, on 1 device in 1 location
        + Direct Connect gateway core-dxgw c4f1
        + association with vgw-1 a-1
          + virtual private gateway vgw-1

    3 down, 12 up; last poll 2026-11-22 03:14:00 UTC
    Left out: 1 removed for good, 2 retired (polled no longer; --retired shows them)
    "#);
}

#[test]
fn planned_time_has_its_signs_and_their_meaning_in_every_form() {
    let [_, (_, svg), (_, html), (_, dot)] = forms(&with_plans(), Detail::Readable);
    let drawn = svg.split_once("</style>").unwrap().1;
    assert_eq!(drawn.matches("class=\"badge planned\"").count(), 2, "on the interface, and before its line: {drawn}");
    assert_eq!(drawn.matches("class=\"badge later\"").count(), 4, "on three ports, and before its line: {drawn}");
    let lines: Vec<&str> = drawn.split("class=\"plan\"").skip(1).collect();
    assert!(
        lines[0]
            .contains("work of AWS, until 2026-11-22 07:00 UTC: router \\u{202e}&lt;script&gt;&amp;&quot; (1 item)")
    );
    assert!(lines[1].contains("silence by anna, from 2026-11-23 22:00 UTC until 2026-11-24 02:00 UTC"));
    let plain = forms(&small(), Detail::Readable)[1].1.clone();
    let height =
        |svg: &str| svg.split("viewBox=\"0 0 1240 ").nth(1).unwrap().split('"').next().unwrap().parse::<u32>().unwrap();
    assert_eq!(height(&svg), height(&plain) + 40, "there is room for the two lines");
    assert!(
        html.contains("<h2 id=\"planned\">Planned</h2>")
            && html.contains("planned, to come")
            && html.contains("planned, has begun")
    );
    assert_eq!(html.matches("<b class=\"plan later\">P2</b>").count(), 4, "its line, and three items");
    assert!(
        dot.contains("label=\"P1 work of AWS, until")
            && dot.contains("dxvif-1\\ndown\\n! BGP ipv4\\n+ attachment\\n#1 P1\""),
        "{dot}"
    );
    for form in forms(&small(), Detail::Readable) {
        assert!(!form.1.contains("Planned") && !form.1.contains("class=\"plan"), "nothing is planned: {}", form.0);
    }
}

#[test]
fn planned_time_stays_on_what_is_folded() {
    let items = (0..400).map(|number| connection(&format!("dxcon-{number}"), &format!("L{}", number % 4), "available"));
    let mut estate = Estate { items: items.collect(), ..Estate::default() };
    let at = Matcher { location: Some("L2".to_owned()), ..Matcher::default() };
    let window = planned(WindowSource::Silence, ("2026-11-23T22:00:00Z", "2026-11-24T02:00:00Z"), at);
    let rows = WindowRows { windows: vec![window], ..WindowRows::default() };
    estate.plan("another account", &Plans::of(&rows), "2026-11-22T03:14:00Z".parse().unwrap());
    assert!(estate.planned.is_empty());
    estate.plan("123456789012", &Plans::of(&rows), "2026-11-22T03:14:00Z".parse().unwrap());
    let text = text(&estate);
    let folded: Vec<&str> = text.lines().filter(|line| line.contains("100 connections")).collect();
    assert_eq!(
        folded.iter().map(|line| line.ends_with("P1")).collect::<Vec<_>>(),
        [false, false, true, false],
        "{text}"
    );
    assert!(text.starts_with("P1 silence by anna, from 2026-11-23 22:00 UTC until 2026-11-24 02:00 UTC"), "{text}");
}
