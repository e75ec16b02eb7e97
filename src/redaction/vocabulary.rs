//! The words that say nothing about anyone's network: those of the program's documents and of AWS's API.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::domain::{
    Action, Category, Change, Health, Impact, IncidentStatus, Kind, Model, PlannedBy, Reason, RootKind, Scope,
    Severity, SinkName,
};

/// The words that no type has a list of: what an event brings, what a destination is, what has changed and how facts end,
/// families, types and modes of AWS's, the version of documents, and what ARNs are made of.
const OTHERS: [&str; 52] = [
    "api-call",
    "aws-health",
    "metrics",
    "routes",
    "operator",
    "public",
    "private",
    "transit",
    "ipv4",
    "ipv6",
    "no_encrypt",
    "should_encrypt",
    "must_encrypt",
    "unknown",
    "absent",
    "1",
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-eusc",
    "directconnect",
    "ec2",
    "health",
    "networkmanager",
    "event",
    "dxcon",
    "dxvif",
    "dxlag",
    "dx-gateway",
    "dx-resiliency-group",
    "transit-gateway",
    "vpn-gateway",
    "core-network",
    "DIRECTCONNECT",
    "default",
    "scheduled",
    "completed",
    "cancelled",
    "deleted",
    "detached",
    "moved-gateway",
    "moved-connection",
    "moved-device",
    "moved-location",
    "sessions-deleted",
    "accepted-again",
    "withdrawn",
    "divided",
    "elsewhere",
    "not-compared",
];

static KNOWN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let states = Kind::ALL.into_iter().flat_map(|kind| kind.words().iter().map(|word| word.word));
    let kinds =
        Kind::ALL.into_iter().map(RootKind::Item).chain([RootKind::Device, RootKind::Location, RootKind::Public]);
    let sinks =
        [SinkName::SNS, SinkName::CHAT, SinkName::EVENTBRIDGE, SinkName::TERMINAL, SinkName::EXEC, SinkName::INCIDENTS];
    OTHERS
        .into_iter()
        .chain(states)
        .chain(kinds.map(RootKind::as_str))
        .chain(sinks.map(SinkName::as_str))
        .chain(Health::ALL.map(Health::as_str))
        .chain(Severity::ALL.map(Severity::as_str))
        .chain(Change::ALL.map(Change::as_str))
        .chain(PlannedBy::ALL.map(PlannedBy::as_str))
        .chain(Model::ALL.map(Model::as_str))
        .chain(Category::ALL.iter().map(|word| word.as_str()))
        .chain(Reason::ALL.iter().map(|word| word.as_str()))
        .chain(IncidentStatus::ALL.iter().map(|word| word.as_str()))
        .chain(Action::ALL.iter().map(|word| word.as_str()))
        .chain(Impact::ALL.iter().map(|word| word.as_str()))
        .collect()
});

/// Whether it is one of these words.
pub(super) fn is_known(text: &str) -> bool {
    KNOWN.contains(text)
}

/// Whether it has the form of a region of AWS: `eu-central-1`, `us-gov-west-1`. `global` is one here.
pub(super) fn is_aws_region(text: &str) -> bool {
    const DIRECTIONS: [&str; 9] =
        ["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"];
    const LONGEST_PART: usize = 4;
    let Some((place, number)) = text.rsplit_once('-') else { return text == Scope::GLOBAL };
    let Some((parts, direction)) = place.rsplit_once('-') else { return false };
    let is_short =
        |part: &str| (2..=LONGEST_PART).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    number.len() == 1
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && DIRECTIONS.contains(&direction)
        && parts.split('-').count() <= 2
        && parts.split('-').all(is_short)
}

/// Whether it is a bandwidth in AWS's words: `10Gbps`.
pub(super) fn is_bandwidth(text: &str) -> bool {
    let number = ["Gbps", "Mbps"].iter().find_map(|unit| text.strip_suffix(unit));
    number.is_some_and(|number| (1..=5).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_known_by_their_form() {
        for region in [
            "us-east-1",
            "eu-central-2",
            "ap-southeast-7",
            "us-gov-west-1",
            "us-iso-east-1",
            "eusc-de-east-1",
            "mx-central-1",
            "global",
        ] {
            assert!(is_aws_region(region), "{region}");
        }
        for none in [
            "",
            "acme",
            "acme-prod-1",
            "acme-corporation-east-1",
            "us-east",
            "us-east-12",
            "US-EAST-1",
            "a-b-c-d-east-1",
            "-east-1",
        ] {
            assert!(!is_aws_region(none), "{none}");
        }
    }

    #[test]
    fn bandwidths_are_numbers_with_a_unit() {
        assert!(is_bandwidth("10Gbps") && is_bandwidth("500Mbps"));
        for none in ["Gbps", "10", "10 Gbps", "acme10Gbps", "123456Gbps", "10gbps"] {
            assert!(!is_bandwidth(none), "{none}");
        }
    }

    #[test]
    fn the_words_of_documents_are_known_and_no_others() {
        for word in
            ["connection", "device", "available", "up", "critical", "degraded", "cause-found", "last-path", "sns"]
        {
            assert!(is_known(word), "{word}");
        }
        for word in ["", "acme", "Available", "connection "] {
            assert!(!is_known(word), "{word:?}");
        }
    }
}
