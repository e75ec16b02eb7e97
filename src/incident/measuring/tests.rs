//! What is asked about an incident, and what the answers show.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{Inquiry, findings, inquiries};
use crate::{
    domain::{EvidenceType, Measured, Sample, Series, Timestamp},
    incident::tests::rig::World,
};

fn at(minute: i64) -> Timestamp {
    let midnight: Timestamp = "2026-11-22T03:00:00.000Z".parse().unwrap();
    Timestamp::from_milliseconds(midnight.milliseconds() + minute * 60_000)
}

fn series(measured: Measured, dimensions: &[(&str, &str)]) -> Series {
    let dimensions = dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Series { measured, dimensions }
}

fn light(lane: &str) -> Series {
    series(Measured::LightReceived, &[("ConnectionId", "dxcon-1"), ("OpticalLaneNumber", lane)])
}

fn of_connection(measured: Measured, connection: &str) -> Series {
    series(measured, &[("ConnectionId", connection)])
}

fn prefixes(interface: &str, family: &str) -> Series {
    let dimensions = [("ConnectionId", "dxcon-1"), ("VirtualInterfaceId", interface), ("IpAddressFamily", family)];
    series(Measured::PrefixesAccepted, &dimensions)
}

/// A data point every five minutes, from 02:15 on.
fn samples(values: &[f64]) -> Vec<Sample> {
    values.iter().zip((-45..).step_by(5)).map(|(value, minute)| Sample { at: at(minute), value: *value }).collect()
}

/// A connection with an interface, and an interface over a connection of another account.
fn estate() -> World {
    World::new().connection("1", "EqDC2/1").interface("1", "dxcon-1", "core-dxgw", &["1a"]).interface(
        "9",
        "dxcon-9",
        "core-dxgw",
        &["9a"],
    )
}

/// An outage of the connection, seen at 03:01.
fn outage() -> Inquiry {
    let mut world = estate();
    world.poll(&[("con 1", "down"), ("vif 1", "down"), ("peer 1a", "down")]);
    inquiries(&world.recalled, world.now).remove(0)
}

fn sentences(inquiry: &Inquiry, answers: &[(Series, Vec<Sample>)]) -> String {
    let lines: Vec<String> = findings(inquiry, answers)
        .iter()
        .map(|found| format!("{} {}", &found.at.to_string()[11..16], found.summary))
        .collect();
    lines.join("\n")
}

#[test]
fn an_outage_is_asked_about_when_it_opens_and_again_when_its_numbers_are_there() {
    let inquiry = outage();
    assert_eq!(inquiry.connections.iter().collect::<Vec<_>>(), [(&"dxcon-1".to_owned(), &true)]);
    assert_eq!(inquiry.interfaces.keys().collect::<Vec<_>>(), ["dxvif-1"]);
    let mut asked = None;
    let mut minutes = Vec::new();
    for minute in 1..200 {
        if inquiry.is_due(asked.as_ref(), at(minute)) {
            asked = Some(inquiry.asked(asked.as_ref(), at(minute)));
            minutes.push(minute);
        }
    }
    assert_eq!(minutes, [1, 7, 13, 19, 25]);
}

#[test]
fn what_gets_worse_is_asked_about_at_once_and_what_is_old_never() {
    let inquiry = outage();
    let asked = inquiry.asked(None, at(1));
    assert!(!inquiry.is_due(Some(&asked), at(2)));
    let worse = Inquiry { impact: crate::domain::Impact::Outage, ..inquiry };
    let before = super::Asked { impact: crate::domain::Impact::Reduced, ..asked };
    assert!(worse.is_due(Some(&before), at(2)));
    let mut world = estate();
    world.poll(&[("con 1", "down"), ("vif 1", "down"), ("peer 1a", "down")]);
    assert!(inquiries(&world.recalled, at(30)).is_empty());
}

#[test]
fn what_is_new_removed_or_without_metrics_is_not_asked_about() {
    let mut world = estate();
    world.poll(&[("vif 1", "deleting"), ("vif 5", "pending")]);
    assert_eq!(inquiries(&world.recalled, world.now), []);
}

#[test]
fn a_short_outage_is_asked_about_when_it_is_over() {
    let mut world = estate();
    world.poll(&[("con 1", "down"), ("vif 1", "down"), ("peer 1a", "down")]);
    world.poll(&[("con 1", "available"), ("vif 1", "available"), ("peer 1a", "up")]);
    let inquiries = inquiries(&world.recalled, world.now);
    assert_eq!(inquiries[0].connections.keys().collect::<Vec<_>>(), ["dxcon-1"]);
}

#[test]
fn an_incident_of_hundreds_of_items_asks_no_more_than_one_of_a_few() {
    let ids: Vec<String> = (1..=300).map(|number| number.to_string()).collect();
    let mut world = ids.iter().fold(World::new(), |world, id| {
        world.connection(id, "EqDC2/1").interface(id, &format!("dxcon-{id}"), "core-dxgw", &[])
    });
    let names: Vec<String> = ids.iter().flat_map(|id| [format!("con {id}"), format!("vif {id}")]).collect();
    world.poll(&names.iter().map(|name| (name.as_str(), "down")).collect::<Vec<_>>());
    let [inquiry] = inquiries(&world.recalled, world.now).try_into().unwrap();
    assert_eq!((inquiry.connections.len(), inquiry.interfaces.len()), (4, 8));
    let connection = inquiry.connections.keys().next().unwrap();
    let lanes = (0..1_000).map(|lane| {
        let lane = lane.to_string();
        series(Measured::LightSent, &[("ConnectionId", connection), ("OpticalLaneNumber", &lane)])
    });
    assert_eq!(inquiry.wanted(lanes).len(), 60);
}

#[test]
fn only_series_of_the_incident_are_wanted_and_the_state_of_what_is_listed_is_not() {
    let all = [
        prefixes("dxvif-1", "ipv4"),
        prefixes("dxvif-2", "ipv4"),
        of_connection(Measured::ConnectionState, "dxcon-1"),
        of_connection(Measured::Errors, "dxcon-1"),
        of_connection(Measured::Errors, "dxcon-2"),
        light("0"),
    ];
    let wanted = outage().wanted(all.clone());
    assert_eq!(wanted, [light("0"), all[3].clone(), all[0].clone()]);
    let mut world = estate();
    world.poll(&[("vif 9", "down"), ("peer 9a", "down")]);
    let [hidden] = inquiries(&world.recalled, world.now).try_into().unwrap();
    let state = of_connection(Measured::ConnectionState, "dxcon-9");
    assert_eq!(hidden.wanted([state.clone()]), [state]);
}

#[test]
fn the_fall_of_light_is_dated_by_the_data_points_on_both_sides_of_it() {
    let fell = samples(&[-3.1, -3.2, -3.2, -3.3, -3.2, -3.2, -3.1, -3.2, -3.2, -3.2, -40.0, -39.9]);
    assert_snapshot!(sentences(&outage(), &[(light("0"), fell.clone())]), @"03:05 Light received on dxcon-1 fell from -3.2 dBm at 03:00 to -40.0 dBm");
    // CloudWatch answers in any order, and the deepest fall of several lanes counts.
    let reversed: Vec<Sample> = fell.iter().rev().copied().collect();
    let slight = samples(&[-3.0; 9].into_iter().chain([-6.5, -6.6]).collect::<Vec<_>>());
    assert_snapshot!(sentences(&outage(), &[(light("1"), slight.clone()), (light("2"), reversed)]), @"03:05 Light received on dxcon-1 (lane 2) fell from -3.2 dBm at 03:00 to -40.0 dBm");
    let of_aws = series(Measured::LightSent, &[("ConnectionId", "dxcon-1"), ("OpticalLaneNumber", "1")]);
    assert_snapshot!(sentences(&outage(), &[(of_aws, slight)]), @"03:05 Light sent by AWS on dxcon-1 fell from -3.0 dBm at 02:55 to -6.6 dBm");
}

#[test]
fn light_that_is_as_usual_or_was_never_there_or_fell_long_before_shows_nothing() {
    let usual = samples(&[-3.2, -3.1, -3.4, -3.0, -3.2, -3.3, -5.0, -3.2, -3.1, -4.4, -3.2]);
    let dark = samples(&[-40.0; 11]);
    let long_before = samples(&[-3.0, -40.0, -40.0, -40.0, -40.0, -40.0, -40.0, -40.0, -40.0, -40.0]);
    let late = samples(&[-3.0, -3.1, -3.0]);
    for nothing in [usual, dark, long_before, late, Vec::new(), samples(&[-40.0])] {
        assert_eq!(sentences(&outage(), &[(light("0"), nothing)]), "");
    }
}

#[test]
fn errors_are_counted_from_where_they_began() {
    let errors = of_connection(Measured::Errors, "dxcon-1");
    let began = samples(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0, 1_200.0, 0.0]);
    assert_snapshot!(sentences(&outage(), &[(errors.clone(), began)]), @"02:55 MAC errors on dxcon-1 (1240 by 03:00) began");
    let always = samples(&[3.0, 0.0, 5.0, 0.0, 2.0, 0.0, 0.0, 4.0, 6.0, 0.0]);
    assert_snapshot!(sentences(&outage(), &[(errors.clone(), always)]), @"02:50 MAC errors on dxcon-1 (10 by 02:55) were counted already");
    let before = samples(&[3.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(sentences(&outage(), &[(errors, before)]), "");
}

#[test]
fn the_state_of_a_connection_of_another_account_is_seen_in_its_metrics() {
    let mut world = estate();
    world.poll(&[("vif 9", "down"), ("peer 9a", "down")]);
    let [inquiry] = inquiries(&world.recalled, world.now).try_into().unwrap();
    let state = of_connection(Measured::ConnectionState, "dxcon-9");
    let show = |values: &[f64]| sentences(&inquiry, &[(state.clone(), samples(values))]);
    assert_snapshot!(show(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]), @"03:00 Connection dxcon-9, which cannot be described from here, went down in AWS's metrics");
    assert_snapshot!(show(&[0.0; 10]), @"02:15 Connection dxcon-9, which cannot be described from here, was down already in AWS's metrics");
    assert_snapshot!(show(&[1.0; 11]), @"03:05 Connection dxcon-9, which cannot be described from here, was still up in AWS's metrics");
    assert_eq!(show(&[1.0; 9]), "", "those are from before it");
    let found = findings(&inquiry, &[(state.clone(), samples(&[1.0; 11]))]);
    assert_eq!(found[0].items, ["dxcon-9", "dxvif-9"].map(str::to_owned).into(), "what it explains is listed");
}

#[test]
fn withdrawn_prefixes_are_shown_and_the_zeros_of_an_unused_family_are_not() {
    let withdrawn = samples(&[12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 0.0]);
    let answers = [(prefixes("dxvif-1", "ipv4"), withdrawn), (prefixes("dxvif-1", "ipv6"), samples(&[0.0; 11]))];
    assert_snapshot!(sentences(&outage(), &answers), @"03:05 Prefixes accepted on dxvif-1 (IPv4) fell from 12 at 03:00 to 0");
}

#[test]
fn later_answers_about_the_same_bring_no_second_piece_of_evidence() {
    let (inquiry, errors) = (outage(), of_connection(Measured::Errors, "dxcon-1"));
    let first = findings(&inquiry, &[(errors.clone(), samples(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0]))]);
    let later = findings(&inquiry, &[(errors, samples(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0, 90.0]))]);
    assert_eq!((first[0].kind, &first[0].id), (EvidenceType::Metrics, &later[0].id));
}

/// Numbers of all sorts: what AWS may answer, and what it never should.
fn number() -> impl Strategy<Value = f64> {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, -0.0, 1e300, -1e12, f64::MIN_POSITIVE];
    prop_oneof![4 => -45.0..5.0_f64, 2 => 0.0..2_000.0_f64, 2 => prop::sample::select(odd.to_vec())]
}

fn answer() -> impl Strategy<Value = (Series, Vec<Sample>)> {
    let all = vec![
        light("0"),
        light("1"),
        of_connection(Measured::LightSent, "dxcon-1"),
        of_connection(Measured::ConnectionState, "dxcon-1"),
        of_connection(Measured::Errors, "dxcon-1"),
        prefixes("dxvif-1", "ipv4"),
        series(Measured::Errors, &[]),
    ];
    let sample = (-200..200_i64, number()).prop_map(|(minute, value)| Sample { at: at(minute), value });
    (prop::sample::select(all), prop::collection::vec(sample, 0..30))
}

proptest! {
    #[test]
    fn whatever_cloudwatch_answers_a_few_short_sentences_quote_what_was_measured(
        answers in prop::collection::vec(answer(), 0..8),
    ) {
        let found = findings(&outage(), &answers);
        prop_assert!(found.len() <= 4);
        for piece in &found {
            prop_assert!(piece.summary.is_ascii() && piece.summary.len() < 120, "{}", piece.summary);
            for nonsense in ["NaN", "inf", "e3"] {
                prop_assert!(!piece.summary.contains(nonsense), "{}", piece.summary);
            }
            let is_measured = answers.iter().any(|(_, samples)| samples.iter().any(|sample| sample.at == piece.at));
            prop_assert!(is_measured, "{} at {}", piece.summary, piece.at);
        }
        prop_assert_eq!(&found, &findings(&outage(), &answers), "the same answers show the same");
    }
}
