use proptest::prelude::*;

use super::*;
use crate::domain::{
    Accepted, Impact, IncidentState, IncidentStatus, ItemDescription, Observation, Reason, Scope, Severity, State,
    StateRow, Told, Transition,
};

const HERE: &str = "us-east-1";

fn at(minute: i64) -> Timestamp {
    Timestamp::from_milliseconds(minute * 60_000)
}

/// A gateway's interfaces, each with what it accepts and has lost.
struct Rig {
    scopes: BTreeMap<&'static str, Recalled>,
}

impl Rig {
    fn new() -> Rig {
        Rig { scopes: [(HERE, Recalled::nothing(Scope::regional("1", HERE)))].into() }
    }

    /// An interface that is `available`, or in another state.
    fn interface(mut self, region: &'static str, id: &str, state: &str, [accepted, lost]: [&[&str]; 2]) -> Rig {
        let scope = Scope::regional("1", region);
        let known = self.scopes.entry(region).or_insert_with(|| Recalled::nothing(scope.clone()));
        let key = ItemKey::new(Kind::VirtualInterface, id);
        let item = ItemDescription {
            name: Some(format!("name of {id}")),
            direct_connect_gateway_id: Some("gateway-1".to_owned()),
            address_family: Some("ipv4".to_owned()),
            ..ItemDescription::bare(&scope, &key)
        };
        known.states.insert(key, row(item, state));
        let [accepted, lost] = [accepted, lost].map(|texts| texts.iter().map(|text| text.parse::<Prefix>().unwrap()));
        let lost: Vec<Prefix> = lost.collect();
        let kept = KeptPrefixes {
            accepted: Accepted::of(accepted),
            at: at(1),
            lost_since: (!lost.is_empty()).then(|| at(5)),
            lost_at: (!lost.is_empty()).then(|| at(5)),
            lost: lost.into_iter().collect(),
        };
        let families = [("ipv4".to_owned(), kept)].into();
        let row = PrefixRow { revision: 1, families, ..PrefixRow::unwritten(id) };
        known.prefixes.insert(id.to_owned(), row);
        self
    }

    fn findings_of(&self, region: &'static str, is_watched: bool) -> Option<Vec<Finding>> {
        let recalled = &self.scopes[region];
        let others = self.scopes.iter().filter(|(other, _)| **other != region);
        let others: Vec<Arc<Recalled>> = others.map(|(_, other)| Arc::new(other.clone())).collect();
        let observation = Observation::default();
        let scope = recalled.scope.clone();
        let snapshot = Snapshot { scope, began: at(9), at: at(9), kinds: BTreeSet::new(), observation };
        let known = Known { recalled, written: &[], others: &others, snapshot: &snapshot, is_watched };
        findings(&known).map(|findings| findings.found)
    }

    fn facts(&self) -> UncoveredPrefixes {
        let found = self.findings_of(HERE, true).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        facts(&found[0]).clone()
    }
}

fn facts(finding: &Finding) -> &UncoveredPrefixes {
    match &finding.facts {
        IncidentFacts::Routes(facts) => facts,
        other => panic!("{other:?} are of another category"),
    }
}

fn row(item: ItemDescription, word: &str) -> StateRow {
    let state = State::of(item.kind, Some(word));
    let (since, seen_at) = (at(0), at(0));
    Transition { item: item.into(), sequence: 1, previous: None, state, since, seen_at, never_up: false }.row()
}

/// The open incident of a finding.
fn opened(finding: &Finding) -> crate::domain::IncidentRow {
    let root = finding.root.clone();
    let impact = finding.facts.impact();
    let state = IncidentState {
        category: Category::Routes,
        status: IncidentStatus::Open,
        root: root.clone(),
        since: finding.since,
        last_seen_at: None,
        opened_at: at(5),
        grown_at: at(5),
        last_document_at: at(5),
        told: Told { severity: Severity::Warning, impact, root, count: 0, people: true },
        closed_at: None,
        merged_into: None,
        outages: 0,
        down_milliseconds: 0,
        down_since: Some(at(5)),
        changed_at: at(5),
        flapping: crate::domain::Flapping { penalty: 0, at: at(5), since: None },
        root_well_since: None,
        reminders: 0,
        reminded_at: None,
        spread_at: None,
        blind_since: None,
        circumstances: crate::domain::Circumstances::default(),
        facts: Some(finding.facts.clone()),
    };
    crate::domain::IncidentRow { state, sequence: 1, announced: BTreeMap::new(), expires_at: None }
}

const ONE: &[&str] = &["10.0.0.0/16"];
const BOTH: &[&str] = &["10.0.0.0/16", "10.1.0.0/16"];
const LOST: &[&str] = &["10.1.0.0/16"];

#[test]
fn what_is_lost_is_found_with_who_has_lost_it_and_who_has_it_still() {
    let rig = Rig::new().interface(HERE, "dxvif-1", "available", [ONE, LOST]).interface(
        HERE,
        "dxvif-2",
        "available",
        [BOTH, &[]],
    );
    let found = rig.findings_of(HERE, true).unwrap();
    assert_eq!(found[0].root.to_string(), "bgp-routes/dxvif-1:ipv4");
    assert_eq!((found[0].since, found[0].standing), (at(5), Standing::Lasts));
    insta::assert_json_snapshot!(facts(&found[0]), @r#"
    {
      "kind": "direct-connect-gateway",
      "id": "gateway-1",
      "addressFamily": "ipv4",
      "count": 1,
      "withoutPath": 0,
      "prefixes": [
        {
          "prefix": "10.1.0.0/16",
          "paths": 1
        }
      ],
      "more": 0,
      "lostBy": [
        {
          "id": "dxvif-1",
          "name": "name of dxvif-1",
          "lost": 1,
          "accepted": 1
        }
      ],
      "acceptedOver": [
        "dxvif-2"
      ]
    }
    "#);
    assert_eq!(Rig::new().interface(HERE, "dxvif-1", "available", [BOTH, &[]]).findings_of(HERE, true), None);
}

#[test]
fn a_path_that_is_down_has_nothing_left_and_neither_has_none() {
    let left = |state: &str, accepted| {
        let rig = Rig::new().interface(HERE, "dxvif-1", "available", [ONE, LOST]);
        let facts = rig.interface(HERE, "dxvif-2", state, [accepted, &[]]).facts();
        (facts.without_path, facts.impact(), facts.accepted_over.len())
    };
    assert_eq!(left("available", BOTH), (0, Impact::LastPath, 1));
    assert_eq!(left("down", BOTH), (1, Impact::Outage, 0));
    assert_eq!(left("available", ONE), (1, Impact::Outage, 0));
}

#[test]
fn twenty_are_named_those_without_a_path_first_and_the_rest_is_counted() {
    let texts: Vec<String> = (0..60).map(|number| format!("10.{number}.0.0/16")).collect();
    let lost: Vec<&str> = texts.iter().map(String::as_str).collect();
    let rig = Rig::new().interface(HERE, "dxvif-1", "available", [&["10.99.0.0/16"], &lost]).interface(
        HERE,
        "dxvif-2",
        "available",
        [&lost[..50], &lost[50..]],
    );
    let facts = rig.facts();
    assert_eq!((facts.count, facts.without_path, facts.more), (60, 10, 40));
    let named: Vec<(&str, u64)> = facts.prefixes.iter().map(|named| (named.prefix.as_str(), named.paths)).collect();
    assert_eq!(
        (named.len(), named[0], named[9], named[10]),
        (20, ("10.50.0.0/16", 0), ("10.59.0.0/16", 0), ("10.0.0.0/16", 1))
    );
    assert_eq!(facts.lost_by.iter().map(|by| by.lost).collect::<Vec<_>>(), [60, 10]);
}

#[test]
fn what_ways_of_two_regions_have_lost_is_found_in_one() {
    let rig = Rig::new().interface(HERE, "dxvif-1", "available", [ONE, LOST]).interface(
        "eu-west-1",
        "dxvif-2",
        "available",
        [ONE, LOST],
    );
    assert_eq!(rig.findings_of(HERE, true).unwrap().len(), 1);
    assert_eq!(rig.findings_of("eu-west-1", true).unwrap(), vec![]);
    // Both were opened by polls that did not know of each other.
    let mut rig = rig;
    let alone = Rig::new().interface("eu-west-1", "dxvif-2", "available", [ONE, LOST]);
    let found = alone.findings_of("eu-west-1", true).unwrap();
    rig.scopes.get_mut("eu-west-1").unwrap().incidents.insert(uuid::Uuid::from_u128(1), opened(&found[0]));
    let over = rig.findings_of("eu-west-1", true).unwrap();
    assert_eq!((over.len(), facts(&over[0]).ended), (1, Some(UncoveredEnd::Elsewhere)));
}

#[test]
fn how_it_ends_is_said() {
    let before = Rig::new().interface(HERE, "dxvif-1", "available", [ONE, LOST]).interface(
        HERE,
        "dxvif-2",
        "available",
        [BOTH, &[]],
    );
    let found = before.findings_of(HERE, true).unwrap();
    let ended = |one, other, is_watched| {
        let mut rig = Rig::new().interface(HERE, "dxvif-1", "available", [one, &[]]).interface(
            HERE,
            "dxvif-2",
            "available",
            [other, &[]],
        );
        let id = uuid::Uuid::from_u128(1);
        rig.scopes.get_mut(HERE).unwrap().incidents.insert(id, opened(&found[0]));
        let over = rig.findings_of(HERE, is_watched).unwrap();
        assert_eq!((over.len(), over[0].standing, &over[0].subject), (1, Standing::Ended, &found[0].subject));
        let facts = facts(&over[0]);
        assert_eq!(facts.prefixes.len(), 1, "it still names them");
        (facts.ended.unwrap(), facts.ending())
    };
    assert_eq!(ended(BOTH, BOTH, true), (UncoveredEnd::AcceptedAgain, IncidentStatus::Resolved));
    assert_eq!(ended(ONE, ONE, true), (UncoveredEnd::Withdrawn, IncidentStatus::Withdrawn));
    assert_eq!(ended(ONE, BOTH, true), (UncoveredEnd::NotCompared, IncidentStatus::Resolved));
    assert_eq!(ended(BOTH, BOTH, false), (UncoveredEnd::NotCompared, IncidentStatus::Resolved));
}

#[test]
fn what_is_news_is_worse_better_or_more() {
    let rig = Rig::new().interface(HERE, "dxvif-1", "available", [ONE, LOST]);
    let of = |count, without_path| UncoveredPrefixes { count, without_path, ..rig.facts() };
    let news = |known, now: UncoveredPrefixes| now.news(&known);
    assert_eq!(news(of(3, 0), of(3, 1)), Some(Reason::Escalated));
    assert_eq!(news(of(3, 1), of(3, 0)), Some(Reason::Eased));
    assert_eq!(news(of(3, 0), of(4, 0)), Some(Reason::Spread));
    assert_eq!(news(of(3, 1), of(3, 2)), Some(Reason::Spread));
    assert_eq!(news(of(3, 0), of(2, 0)), None);
    assert_eq!(news(of(3, 0), of(3, 0)), None);
}

proptest! {
    #[test]
    fn whoever_is_named_first_the_prefixes_are_the_same(
        ids in Just(vec!["dxvif-1", "dxvif-2", "dxvif-3"]).prop_shuffle(),
        accepted in prop::collection::vec(prop::sample::subsequence(BOTH.to_vec(), 0..=2), 3),
    ) {
        let found = |ids: &[&str]| {
            let ways = ids.iter().zip(&accepted).enumerate();
            let rig = ways.fold(Rig::new(), |rig, (place, (id, accepted))| {
                let lost: &[&str] = if place == 0 && !accepted.contains(&LOST[0]) { LOST } else { &[] };
                rig.interface(HERE, id, "available", [accepted, lost])
            });
            let found = rig.findings_of(HERE, true).unwrap_or_default();
            found.iter().map(facts).map(|facts| (facts.count, facts.without_path, facts.prefixes.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(found(&["dxvif-1", "dxvif-2", "dxvif-3"]), found(&ids));
    }
}
