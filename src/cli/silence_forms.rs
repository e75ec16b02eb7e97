//! The wording of planned time on a terminal: which items it covers, and how many these are at present. Inert.

use crate::{
    domain::{Matcher, WindowSource},
    escape,
    query::Matched,
    terminal, words,
};

/// Which items a matcher is about: `connection, location EqDC2`.
pub fn matcher(matcher: &Matcher) -> String {
    let ids: Vec<String> = matcher.ids.iter().map(|id| escape::terminal(id)).collect();
    let kinds: Vec<&str> = matcher.kinds.iter().map(|kind| kind.plural()).collect();
    let mut parts = Vec::new();
    if !kinds.is_empty() {
        parts.push(kinds.join(" and "));
    }
    if !ids.is_empty() {
        parts.push(ids.join(", "));
    }
    let others = [
        ("location", &matcher.location),
        ("device", &matcher.device),
        ("gateway", &matcher.gateway),
        ("region", &matcher.region),
    ];
    for (label, value) in others {
        parts.extend(value.as_ref().map(|value| format!("{label} {}", terminal::text(value))));
    }
    if parts.is_empty() { "everything".to_owned() } else { parts.join("; ") }
}

/// How many items are covered: `2 connections, 6 virtual interfaces`.
pub fn counted(matched: &Matched) -> String {
    let counts = matched.items.iter().map(|(kind, count)| words::counted(*count, kind.label(), kind.plural()));
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() { "no item".to_owned() } else { counts.join(", ") }
}

/// Where planned time comes from.
pub fn source(source: WindowSource) -> &'static str {
    match source {
        WindowSource::Silence => "operator",
        WindowSource::AwsHealth => "aws-health",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;

    #[test]
    fn a_matcher_is_put_in_words() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(matcher(&Matcher::default()), "everything");
        let all = Matcher {
            ids: ["dxcon-1".to_owned(), "dxcon-2\u{1b}[2J".to_owned()].into(),
            kinds: [Kind::Connection, Kind::Lag].into(),
            location: text("EqDC2\n"),
            device: text("EqDC2-abc"),
            gateway: text("gw-1"),
            region: text("us-east-1"),
        };
        insta::assert_snapshot!(matcher(&all), @r"connections and LAGs; dxcon-1, dxcon-2\u{1b}[2J; location EqDC2\u{a}; device EqDC2-abc; gateway gw-1; region us-east-1");
    }
}
