//! The changes of a document: values become others, of the same kind or of another, and members come, go, change places
//! and are wrapped.

use serde_json::{Map, Value, json};

use crate::simulation::random::Random;

/// Texts that have broken programs before.
const TEXTS: [&str; 24] = [
    "",
    " ",
    "\0",
    "\n",
    "null",
    "-0",
    "1e999",
    "NaN",
    "99999999999999999999999999",
    "-9223372036854775808",
    "18446744073709551615",
    "9999-12-31T23:59:59.999Z",
    "0000-00-00T00:00:00Z",
    "+262143-12-31T23:59:59Z",
    "1970-01-01T00:00:00.000Z",
    "arn:aws:lambda:us-east-1:123456789012:function:",
    "123456789012/us-east-1",
    "connection/",
    "/",
    "a:b:c:d:e:f",
    "\u{202e}\u{0}\u{1b}[31m",
    "𝕯𝖎𝖗𝖊𝖈𝖙",
    "\u{0301}\u{0301}\u{0301}",
    "available",
];

/// Changes a document in one to four places.
pub fn mutate(document: &mut Value, random: &mut Random) {
    for _ in 0..random.within(1, 5) {
        let place = random.within(0, i64::try_from(count(document)).unwrap());
        let mut place = usize::try_from(place).unwrap();
        change(nth(document, &mut place).expect("it was counted"), random);
    }
}

/// How many values a document has, itself among them.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

fn nth<'a>(value: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(elements) => elements.iter_mut().find_map(|element| nth(element, place)),
        Value::Object(members) => members.values_mut().find_map(|member| nth(member, place)),
        _ => None,
    }
}

fn change(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(members) if random.per_mille(600) => change_members(members, random),
        Value::Array(elements) if random.per_mille(600) => change_elements(elements, random),
        Value::String(text) if random.per_mille(300) => change_text(text, random),
        value => *value = other(value, random),
    }
}

fn change_members(members: &mut Map<String, Value>, random: &mut Random) {
    let names: Vec<String> = members.keys().cloned().collect();
    let Some(name) = names.get(usize::try_from(random.within(0, 1_000)).unwrap() % names.len().max(1)) else {
        drop(members.insert(random.pick(&TEXTS).to_owned(), json!(1)));
        return;
    };
    match random.within(0, 4) {
        0 => drop(members.remove(name)),
        1 => {
            let value = members.remove(name).unwrap_or_default();
            members.insert(random.pick(&TEXTS).to_owned(), value);
        }
        2 => drop(members.insert(format!("{name}{}", random.pick(&TEXTS)), members[name].clone())),
        _ => {
            let taken = members[name].clone();
            let other = names[usize::try_from(random.within(0, 1_000)).unwrap() % names.len()].clone();
            members.insert(other, taken);
        }
    }
}

fn change_elements(elements: &mut Vec<Value>, random: &mut Random) {
    let first = elements.first().cloned().unwrap_or(Value::Null);
    match random.within(0, 4) {
        0 => elements.clear(),
        1 => elements.push(first),
        2 => elements.reverse(),
        _ => elements.resize(elements.len() + usize::try_from(random.within(1, 200)).unwrap(), first),
    }
}

fn change_text(text: &mut String, random: &mut Random) {
    match random.within(0, 5) {
        0 => text.push_str(random.pick(&TEXTS)),
        1 => text.insert_str(0, random.pick(&TEXTS)),
        2 => *text = text.chars().rev().collect(),
        3 => *text = text.chars().take(text.chars().count() / 2).collect(),
        _ => *text = text.repeat(usize::try_from(random.within(2, 300)).unwrap()),
    }
}

/// Another value, of any kind.
fn other(value: &Value, random: &mut Random) -> Value {
    match random.within(0, 12) {
        0 => Value::Null,
        1 => json!(random.per_mille(500)),
        2 => json!(random.pick(&[0, 1, -1, 255, 256, i64::MIN, i64::MAX])),
        3 => json!(u64::MAX),
        4 => json!(random.pick(&[0.5, -0.0, 1e308, 5e-324, 4.3e9, 1.8e19])),
        5 => json!([]),
        6 => json!({}),
        7 => json!([value]),
        8 => json!({"S": value}),
        // Deeper than readers should follow.
        9 => (0..random.within(1, 200)).fold(value.clone(), |inner, _| json!([inner])),
        10 => json!(random.pick(&TEXTS).repeat(usize::try_from(random.within(1, 2_000)).unwrap())),
        _ => json!(random.pick(&TEXTS)),
    }
}

/// The document as text, which is no JSON any more in some cases.
pub fn written(document: &Value, random: &mut Random) -> String {
    let text = document.to_string();
    if random.per_mille(950) {
        return text;
    }
    let end = usize::try_from(random.within(0, i64::try_from(text.len()).unwrap() + 1)).unwrap();
    String::from_utf8_lossy(&text.as_bytes()[..end]).into_owned() + random.pick(&["", "}", "]", "\"", "\0", "null"])
}

#[test]
fn documents_become_many_others_and_always_the_same() {
    let document = json!({"connections": [{"connectionId": "dxcon-1", "vlan": 7}], "nextToken": null});
    let mutated = |seed| {
        let (mut document, mut random) = (document.clone(), Random::new(seed));
        mutate(&mut document, &mut random);
        written(&document, &mut random)
    };
    let all: std::collections::BTreeSet<String> = (0..1_000).map(mutated).collect();
    assert!(all.len() > 700, "{} of 1,000", all.len());
    assert_eq!(mutated(7), mutated(7));
}
