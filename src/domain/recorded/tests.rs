//! What is read of documents that other versions recorded.

use super::*;

fn newer() -> Value {
    json!({
        "metadata": {"version": "7", "id": "e1", "sequence": 3, "colour": "blue"},
        "item": {"kind": "quantum-link", "id": "dxql-1", "account": "1", "region": "mars-1", "vlan": 101, "name": "x"},
        "state": {"value": "entangled", "level": 7, "health": "dreaming", "since": "2026-11-22T03:12:00.123Z"},
        "change": "rerouted",
        "severity": "grave",
        "path": [1, 2],
    })
}

#[test]
fn a_document_of_another_version_is_read_in_its_own_words() {
    let document = newer();
    let event = RecordedEvent::read(&document).unwrap();
    assert_eq!((event.id(), event.sequence(), event.incident_id()), (Some("e1"), Some(3), None));
    assert_eq!((event.item().kind_word(), event.item().kind()), ("quantum-link", None));
    assert_eq!((event.item().name(), event.item().text("vlan").as_deref()), (Some("x"), Some("101")));
    assert_eq!((event.state().value(), event.state().level(), event.state().health()), ("entangled", Some(7), None));
    assert_eq!((event.change_word(), event.change(), event.severity_word()), ("rerouted", None, "grave"));
    assert!(event.previous_state().is_none() && event.recorded_at().is_none() && !event.is_drill());
}

#[test]
fn a_document_that_names_no_item_or_no_state_is_no_event() {
    let without = |part: &str, key: &str| {
        let mut document = newer();
        document[part].as_object_mut().unwrap().remove(key);
        RecordedEvent::read(&document).map(|event| event.id().map(str::to_owned)).unwrap_err().to_string()
    };
    assert_eq!(without("item", "kind"), "the recorded document is not an event: it has no item.kind");
    assert!(without("item", "id").ends_with("it has no item.id"));
    assert!(without("state", "value").ends_with("it has no state.value"));
    for nonsense in [json!({}), json!("x"), json!([1]), Value::Null] {
        assert!(RecordedEvent::read(&nonsense).is_err());
        assert_eq!(RecordedEvent::of(&nonsense).state().value(), "");
    }
}

#[test]
fn the_short_form_says_which_item_and_which_states() {
    let document = newer();
    assert_eq!(
        RecordedEvent::of(&document).minimal(),
        json!({
            "metadata": {"version": "7", "id": "e1", "sequence": 3, "minimal": true},
            "item": {"kind": "quantum-link", "id": "dxql-1", "account": "1", "region": "mars-1"},
            "state": {"value": "entangled", "level": 7, "health": "dreaming", "since": "2026-11-22T03:12:00.123Z"},
            "change": "rerouted",
            "severity": "grave",
        })
    );
    assert_eq!(RecordedEvent::of(&json!("x")).minimal(), json!({"metadata": {"minimal": true}}));
}
