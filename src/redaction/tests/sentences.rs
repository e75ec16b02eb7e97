//! The program's own sentences come through whole.

use super::redactor;

/// The texts in a source, without those of its tests: what stands between quotation marks, with nothing in the
/// place of a value.
fn texts(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n").replace("\\\n", " ");
    let mut found = Vec::new();
    for text in code.split('"').skip(1).step_by(2) {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, value)) = rest.split_once('{') {
            filled += before;
            rest = value.split_once('}').map_or("", |(_, after)| after);
        }
        found.push((filled + rest).split_whitespace().collect::<Vec<_>>().join(" "));
    }
    found
}

#[test]
fn no_word_of_a_recorded_sentence_is_taken_out() {
    let sources = [
        include_str!("../../incident/explanation.rs"),
        include_str!("../../incident/resilience_wording.rs"),
        include_str!("../../incident/routes_wording.rs"),
        include_str!("../../incident/measuring/findings.rs"),
        include_str!("../../monitor/route_counts.rs"),
    ];
    let mut count = 0;
    for text in sources.into_iter().flat_map(texts).filter(|text| text.contains(' ')) {
        count += 1;
        assert_eq!(redactor().sentence(&text, &[]), text, "add its words to `prose.rs`");
    }
    assert!(count > 50, "{count}: the sources are read");
}

#[test]
fn what_a_sentence_names_becomes_what_it_is_elsewhere() {
    let redactor = redactor();
    let (device, location) = (redactor.device("EqDC2-19y7"), redactor.location("EqDC2"));
    let known = [("anna the brave".to_owned(), "person-x-1".to_owned())];
    for (sentence, expected) in [
        ("Of the 2 ports on device EqDC2-19y7, 1 is down.", format!("Of the 2 ports on device {device}, 1 is down.")),
        ("at EqDC2: down", format!("at {location}: down")),
        ("The call was DeleteConnection by anna the brave.", "The call was DeleteConnection by person-x-1.".to_owned()),
        (
            "1 of 2 BGP sessions of dxvif-1 is down.",
            format!("1 of 2 BGP sessions of {} is down.", redactor.id("dxvif-1")),
        ),
        ("down is dxcon-1, dxcon-2.", format!("down is {}, {}.", redactor.id("dxcon-1"), redactor.id("dxcon-2"))),
        ("by joe of account 123456789012", format!("by […] of account {}", redactor.account("123456789012"))),
        (
            "over 2001:470::1 and 10.0.0.0/8",
            format!("over {} and {}", redactor.id("2001:470::1"), redactor.address("10.0.0.0/8")),
        ),
        (
            "Acme Ltd. in Ashburn, DeleteEverything at 10:15 on 2026-11-22",
            "[…]. in […], […] at 10:15 on 2026-11-22".to_owned(),
        ),
        ("123456 7 -3.2 dBm", "[…] 7 -3.2 dBm".to_owned()),
        ("é (éa) —", "[…]".to_owned()),
    ] {
        assert_eq!(redactor.sentence(sentence, &known), expected);
    }
}
