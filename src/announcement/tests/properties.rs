//! Every message is inert and within its service's limits, whatever text an item holds.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    announcement::chat,
    domain::{Change, EventMetadata, EventPreviousState, EventState, Health, Severity, bounded},
    escape::tests::{hostile_text, is_visible},
};

const SERVICE_LIMIT: usize = 256 * 1024;

/// A text as the reader of Direct Connect keeps it.
fn text() -> impl Strategy<Value = String> {
    hostile_text().prop_map(|text| bounded(&text).into_owned())
}

fn optional_text() -> impl Strategy<Value = Option<String>> {
    prop::option::of(text())
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![any::<i64>(), 0..4_000_000_000_000_i64].prop_map(Timestamp::from_milliseconds)
}

prop_compose! {
    fn item()(
        kind in prop::sample::select(&Kind::ALL[..]),
        id in prop_oneof![Just("dxcon-1".to_owned()), hostile_text()],
        (account, region) in (hostile_text(), hostile_text()),
        texts in prop::collection::vec(optional_text(), 18),
        (vlan, asn) in (any::<Option<i64>>(), any::<Option<i64>>()),
    ) -> ItemDescription {
        let mut texts = texts.into_iter();
        let mut text = || texts.next().flatten();
        // An id is never cut: one of more than 512 bytes is refused when it is read.
        let end = (0..=512.min(id.len())).rev().find(|end| id.is_char_boundary(*end)).unwrap_or_default();
        ItemDescription {
            name: text(), arn: text(), owner_account: text(), location: text(), device: text(), bandwidth: text(),
            vlan, partner_name: text(), lag_id: text(), connection_id: text(), interconnect_id: text(),
            virtual_interface_id: text(), virtual_interface_type: text(), direct_connect_gateway_id: text(),
            virtual_gateway_id: text(), amazon_address: text(), customer_address: text(), asn,
            physical_device: text(), state_change_error: text(),
            ..ItemDescription::bare(&Scope::regional(account, region), &ItemKey::new(kind, &id[..end]))
        }
    }
}

prop_compose! {
    fn any_event()(
        item in item(),
        (previous, value) in (optional_text(), text()),
        (before, level, health) in (prop::sample::select(&Health::ALL[..]), any::<u8>(), prop::sample::select(&Health::ALL[..])),
        times in prop::collection::vec(timestamp(), 4),
        (id, incident_id, sequence) in (any::<u128>(), prop::option::of(any::<u128>()), 1_u64..),
        (drill, minimal, seconds) in (any::<bool>(), any::<bool>(), any::<Option<u64>>()),
        group_id in prop::option::of(any::<u128>()),
    ) -> Event {
        let change = Change::between(previous.as_ref().map(|_| before), health);
        Event {
            metadata: EventMetadata {
                version: "1".to_owned(), id: Uuid::from_u128(id), sequence,
                incident_id: incident_id.map(Uuid::from_u128), group_id: group_id.map(Uuid::from_u128), recorded_at: times[0], drill, minimal,
            },
            item: item.into(),
            previous_state: previous.map(|value| EventPreviousState {
                value, level, health: before, since: times[1], last_seen_at: times[2],
            }),
            state: EventState { value, level, health, since: times[3] },
            change,
            severity: change.severity(),
            previous_duration_seconds: seconds,
        }
    }
}

pub(crate) fn check(message: &Message) -> Result<(), TestCaseError> {
    let subject = &message.subject;
    prop_assert!((1..=99).contains(&subject.len()), "{subject:?}");
    prop_assert!(subject.chars().all(|character| character == ' ' || character.is_ascii_graphic()), "{subject:?}");
    prop_assert!(subject.starts_with('['));
    prop_assert!(message.attributes.len() <= 10);
    let in_xml = |character: char| matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    for (name, value) in &message.attributes {
        prop_assert!(!value.is_empty() && value.chars().all(in_xml), "{name} {value:?}");
    }
    let attributes: usize =
        message.attributes.iter().map(|(name, value)| name.len() + "String".len() + value.len()).sum();
    prop_assert!(message.text.len() + attributes + subject.len() < SERVICE_LIMIT / 4);
    Ok(())
}

pub(crate) fn check_notification(text: &str) -> Result<(), TestCaseError> {
    let notification: serde_json::Value = serde_json::from_str(text).unwrap();
    let text = |pointer: &str| notification.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default();
    let length = |pointer: &str| text(pointer).chars().count();
    prop_assert!((1..=chat::MAXIMUM_TITLE).contains(&length("/content/title")), "{}", text("/content/title"));
    prop_assert!(
        (1..=chat::MAXIMUM_DESCRIPTION).contains(&length("/content/description")),
        "{}",
        length("/content/description")
    );
    prop_assert!(!text("/metadata/threadId").is_empty());
    for pointer in ["/content/title", "/content/description", "/metadata/summary"] {
        let shown = text(pointer);
        prop_assert!(is_visible(&shown.replace('\n', "")), "{shown:?}");
        prop_assert!(!shown.contains(['<', '>', '@', '#', '|', '~']) && !shown.contains("://"), "{shown}");
    }
    // Only this program marks emphasis and code, and each mark is closed on its own line.
    for line in text("/content/description").lines() {
        prop_assert!(
            matches!(line.matches('*').count(), 0 | 2) && matches!(line.matches('`').count(), 0 | 2),
            "{line}"
        );
    }
    for (key, value) in notification["metadata"]["additionalContext"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        prop_assert!(value.len() <= chat::MAXIMUM_VALUE && value.is_ascii(), "{key} {value}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_form_is_inert_and_fits(event in any_event(), minimal in any::<bool>()) {
        let form = if minimal { Form::Minimal } else { Form::Full };
        let row = drill_row(&event).unwrap();
        let announcement = Announcement { row: &row, form };

        let people = Message::for_people(&announcement).unwrap();
        check(&people)?;
        prop_assert!(is_visible(&people.text.replace('\n', "")), "{:?}", people.text);
        prop_assert!(people.text.lines().count() < 40, "no text adds a line: {}", people.text);
        prop_assert!(!people.text.contains("://"));
        prop_assert!(people.subject.contains(event.severity.as_str()) && people.subject.contains(event.item.kind.slug()));

        let chat = Message::for_chat(&announcement).unwrap();
        check(&chat)?;
        prop_assert_eq!(&chat.attributes, &people.attributes);
        check_notification(&chat.text)?;

        let entry = EventBridgeEntry::of(&announcement).unwrap();
        prop_assert!(entry.size() < SERVICE_LIMIT);
        if form == Form::Full {
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&entry.detail).unwrap(), row.event);
        }
    }

    #[test]
    fn every_baseline_is_inert_and_fits(
        // A few texts, in turn, for many items.
        texts in prop::collection::vec(text(), 5),
        (items, counts) in (0_usize..70, prop::collection::vec(any::<usize>(), 0..70)),
    ) {
        let summary = BaselineSummary {
            at: Timestamp::MAXIMUM,
            counts: counts.into_iter().enumerate()
                .map(|(at, count)| ((Scope::regional(texts[at % 5].as_str(), format!("{at}")), Kind::Lag), count))
                .collect(),
            not_up: (0..items)
                .map(|at| {
                    let scope = Scope::regional(texts[at % 4].as_str(), texts[at % 3].as_str());
                    let key = ItemKey::new(Kind::GatewayAssociation, texts[at % 5].as_str());
                    let name = Some(texts[at % 2].clone());
                    let item = ItemDescription { name, ..ItemDescription::bare(&scope, &key) };
                    (item.into(), State::of(Kind::GatewayAssociation, Some(&texts[(at + 1) % 5])))
                })
                .collect(),
        };
        let people = Message::baseline_for_people(&summary);
        check(&people)?;
        prop_assert!(is_visible(&people.text.replace('\n', "")) && people.text.lines().count() < 120);
        let chat = Message::baseline_for_chat(&summary);
        check(&chat)?;
        check_notification(&chat.text)?;
    }

    #[test]
    fn a_drill_is_marked_and_never_a_real_event(by in hostile_text(), now in timestamp()) {
        let drill = drill(&Scope::regional("123456789012", "us-east-1"), now, &by);
        prop_assert!(drill.metadata.drill && drill.metadata.sequence >= 2);
        prop_assert_eq!(drill.metadata.incident_id, Some(drill.metadata.id));
        prop_assert_eq!(drill.metadata.group_id, Some(drill.metadata.id));
        prop_assert_eq!((drill.change, drill.severity), (Change::Degraded, Severity::Critical));
        let row = drill_row(&drill).unwrap();
        let people = Message::for_people(&Announcement { row: &row, form: Form::Full }).unwrap();
        check(&people)?;
        prop_assert!(people.subject.starts_with("[drill] ") && people.text.starts_with("*** DRILL ***"));
    }
}
