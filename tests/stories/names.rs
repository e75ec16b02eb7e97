//! Names: they change without a change of state, and they may hold anything.

use aws_dx_monitor::domain::Kind;
use serde_json::Value;

use super::rig::{Rig, account, minute};

const ITEM: &str = "connection/dxcon-0";

#[tokio::test]
async fn a_new_name_is_known_from_then_on_and_is_no_transition() {
    let rig = Rig::watching_only(Kind::Connection, account::connections(1)).await;
    let report = rig.minute(1).is_renamed("dxcon-0", "renamed").poll_well().await;
    assert_eq!((report.transitions, rig.sns().told().as_str()), (0, ""));
    let row = rig.row(ITEM).await;
    assert_eq!((row.details.name.as_deref(), row.sequence, row.since), (Some("renamed"), 1, minute(0)));
    rig.minute(2).turns("dxcon-0", "down").poll_well().await;
    assert_eq!(rig.sns().told(), "[critical] connection dxcon-0 available -> down (renamed)");
}

/// Names that try to be something else.
const HOSTILE: [&str; 7] = [
    "first line\nState:        available\r\n\nsecond",
    "\u{1b}[2J\u{1b}]0;owned\u{7} \u{9b}31m",
    "🚒 Brücke 東京 \u{202e}evil\u{202c}",
    "<!channel> <script>alert(1)</script> [click](https://example.com) *bold* `code`",
    "$(reboot) `reboot` '; reboot; '",
    "\u{0}nul\u{7f}",
    "name of one hundred and twenty characters 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 !",
];

#[tokio::test]
async fn hostile_names_arrive_whole_in_the_event_and_harmless_in_texts() {
    let rig = Rig::watching_only(Kind::Connection, account::connections(HOSTILE.len())).await;
    let ids: Vec<String> = (0..HOSTILE.len()).map(|number| format!("dxcon-{number}")).collect();
    for (id, name) in ids.iter().zip(HOSTILE) {
        rig.minute(1).is_renamed(id, name).turns(id, "down");
    }
    rig.poll_well().await;
    let lines_of_a_plain_text = {
        let plain = Rig::watching_only(Kind::Connection, account::connections(1)).await;
        plain.minute(1).turns("dxcon-0", "down").poll_well().await;
        plain.sns().offers()[0].for_people.text.lines().count()
    };
    for offer in rig.sns().offers() {
        let position = ids.iter().position(|id| *id == offer.event.item.id).unwrap();
        let name = HOSTILE[position];
        assert_eq!(offer.event.item.name.as_deref(), Some(name));
        assert_eq!(offer.document["item"]["name"], name);

        let people = &offer.for_people;
        assert!(people.subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{:?}", people.subject);
        assert!((1..=99).contains(&people.subject.len()), "{:?}", people.subject);
        assert!(people.subject.starts_with(&format!("[critical] connection dxcon-{position} available -> down")));
        let control = |character: char| character.is_control() && character != '\n';
        assert!(!people.text.contains(control), "{:?}", people.text);
        assert!(!people.text.contains(['\u{202e}', '\u{202c}']), "{:?}", people.text);
        assert_eq!(people.text.lines().count(), lines_of_a_plain_text, "no name makes a line: {:?}", people.text);

        let chat: Value = serde_json::from_str(&offer.for_chat.text).unwrap();
        let description = chat["content"]["description"].as_str().unwrap();
        for active in ["<!channel>", "<script>", "](http"] {
            assert!(!description.contains(active), "{description:?}");
        }
    }
    let row = rig.row(ITEM).await;
    assert_eq!(row.details.name.as_deref(), Some(HOSTILE[0]));
}

#[tokio::test]
async fn an_id_that_no_metric_can_carry_is_watched_all_the_same() {
    let rig = Rig::watching_only(Kind::Connection, account::connections(1)).await;
    rig.minute(1).appears(account::connection("dxcon-ü/\n1")).poll_well().await;
    rig.minute(2).turns("dxcon-ü/\n1", "down").poll_well().await;
    let [_, outage] = &rig.events("connection/dxcon-ü/\n1").await[..] else { panic!("two events") };
    assert_eq!(outage.item.id, "dxcon-ü/\n1");
    let subjects = rig.sns().told();
    assert!(subjects.is_ascii() && subjects.lines().count() == 2, "{subjects:?}");
}
