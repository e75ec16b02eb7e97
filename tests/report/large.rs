//! The page of a report on 10,000 items: folded, and small enough to be sent.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    calendar::Calendar,
    domain::Kind,
    report::{Report, html},
};

use super::{DAY, Story, report, window};

const CABLES: usize = 2_000;

/// Forty locations with fifty cables each; over each cable an interface with two sessions, and a hosted connection. All of
/// them were down several times, if `is_bad`.
fn estate(is_bad: bool) -> Report {
    let quiet: Vec<(i64, &str)> = vec![(-DAY, "available")];
    let bad: Vec<(i64, &str)> =
        (0..7).map(|turn| (turn * 10 - 1, if turn % 2 == 0 { "available" } else { "down" })).collect();
    let words: &[(i64, &str)] = if is_bad { &bad } else { &quiet };
    // One cable is worse than all others.
    let worst: &[(i64, &str)] = &[(-DAY, "available"), (1, "down"), (90, "available")];
    let mut stories = Vec::new();
    for number in 0..CABLES {
        let (cable, interface) = (format!("dxcon-{number:08}"), format!("dxvif-{number:08}"));
        let mut add = |kind, id: &str, words: &[(i64, &str)], carrier: Option<&str>| {
            let mut story = Story::new(kind, id, words);
            story.item.location = Some(format!("Loc{}", number % 40));
            story.item.name = Some(format!("{}-{number}", "W".repeat(if is_bad { 200 } else { 12 })));
            match kind {
                Kind::VirtualInterface => {
                    story.item.connection_id = carrier.map(str::to_owned);
                    story.item.direct_connect_gateway_id = Some(format!("gw-{}", number / 4));
                }
                Kind::BgpPeer => story.item.virtual_interface_id = carrier.map(str::to_owned),
                _ => {}
            }
            stories.push(story);
        };
        add(Kind::Connection, &cable, if number == 777 { worst } else { words }, None);
        add(Kind::VirtualInterface, &interface, words, Some(&cable));
        add(Kind::BgpPeer, &format!("dxpeer-{number:08}a"), words, Some(&interface));
        add(Kind::BgpPeer, &format!("dxpeer-{number:08}b"), words, Some(&interface));
        add(Kind::Lag, &format!("dxlag-{number:08}"), words, None);
    }
    report(&window(0, 100), &stories)
}

#[test]
fn ten_thousand_items_fold_by_location_and_cable_and_stay_under_five_megabytes() {
    for is_bad in [false, true] {
        let report = estate(is_bad);
        assert_eq!(report.items.len(), 5 * CABLES);
        let page = html::page(&report, Calendar::UTC);
        assert!(page.len() < 5_000_000, "{} bytes", page.len());
        assert_eq!(page.matches("<details>").count(), 40, "a fold for each location");
        assert_eq!(page.matches("<details class=\"cable\">").count(), CABLES);
        assert_eq!(page.matches("<details").count(), page.matches("</details>").count());
        let places: BTreeSet<usize> =
            page.split(" id=\"item-").skip(1).map(|part| part.split_once('"').unwrap().0.parse().unwrap()).collect();
        assert_eq!(places, (1..=report.items.len()).collect(), "every item is on the page");
        let worst = report.items.iter().position(|entry| entry.item.id == "dxcon-00000777").unwrap();
        assert!(
            page.contains(&format!("<article id=\"item-{}\"", worst + 1)),
            "what was down for the longest is drawn"
        );
        assert!(!page.contains("<script"));
    }
}

#[test]
fn a_report_of_few_items_does_not_fold() {
    let stories = [Story::connection(&[(-DAY, "available"), (10, "down"), (20, "available")])];
    assert!(!html::page(&report(&window(0, 100), &stories), Calendar::UTC).contains("<details"));
}
