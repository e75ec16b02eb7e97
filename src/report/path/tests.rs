//! Every state of every part, against what can be said of it under every guess at what is not known.

use super::*;

use Condition::{Down, Pending, Removed, Retired, Testing, Undiscovered, Unknown, Unmonitored, Up};

/// All that a part can be.
const STATES: [(Condition, Standing); 13] = [
    (Up, Standing::Well),
    (Down, Standing::Outage),
    (Testing, Standing::Test),
    (Unknown, Standing::Unknown),
    (Unmonitored, Standing::Well),
    (Unmonitored, Standing::Outage),
    (Unmonitored, Standing::Gone),
    (Pending, Standing::Provisioning),
    (Pending, Standing::Outage),
    (Removed, Standing::Removal),
    (Removed, Standing::Gone),
    (Retired, Standing::Well),
    (Undiscovered, Standing::Gone),
];

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds)
}

fn course(states: &[(i64, (Condition, Standing))]) -> Course {
    let step = |(at_, (condition, standing)): &(i64, (Condition, Standing))| Step {
        at: at(*at_),
        condition: *condition,
        standing: *standing,
    };
    Course { steps: states.iter().map(step).collect(), runs: Vec::new() }
}

fn gateway(id: &str) -> Option<(DestinationKind, String)> {
    Some((DestinationKind::DirectConnectGateway, id.to_owned()))
}

fn bearing(from: i64, leads_to: Option<(DestinationKind, String)>, has_present_carrier: bool) -> Bearing {
    Bearing { from: at(from), leads_to, has_present_carrier }
}

/// A path of an interface, a carrier, an attachment and sessions with these courses.
fn path<'a>(courses: &'a [Course], bearings: &'a [Bearing]) -> MaybePath<'a> {
    let part = |place: usize| Part { place, course: &courses[place], outages: &[] };
    MaybePath {
        target: Target { kind: DestinationKind::DirectConnectGateway, id: "gw".to_owned(), family: "ipv4".to_owned() },
        interface: part(0),
        carrier: Some(part(1)),
        attachment: Some(part(2)),
        sessions: (3..courses.len()).map(part).collect(),
        routes: None,
        is_with_sessions: courses.len() > 3,
        bearings,
    }
}

/// What the path is while each part is in one state.
fn throughout(states: &[(Condition, Standing)]) -> Condition {
    let courses: Vec<Course> = states.iter().map(|state| course(&[(0, *state)])).collect();
    let bearings = [bearing(0, gateway("gw"), true)];
    let changes = path(&courses, &bearings).changes();
    assert_eq!(changes.len(), 1, "{states:?}");
    changes[0].condition
}

/// Whether it is a path under some guess, and whether under all of them. In the plainest words, without the rules' own.
fn guesses(states: &[(Condition, Standing)]) -> (bool, bool) {
    let is_seen = |(condition, _): &(Condition, Standing)| !matches!(condition, Undiscovered | Retired);
    let open: Vec<usize> = (0..states.len())
        .filter(|part| matches!(states[*part].0, Unknown | Unmonitored) && states[*part].1 != Standing::Gone)
        .collect();
    let mut answers = Vec::new();
    for guess in 0..1_u32 << open.len() {
        let works = |part: usize| match open.iter().position(|other| *other == part) {
            Some(bit) => guess >> bit & 1 == 1,
            None => states[part].1 == Standing::Well,
        };
        let is_down = |part: usize| match open.contains(&part) {
            true => !works(part),
            false => matches!(states[part].1, Standing::Outage | Standing::Gone),
        };
        let carrier = !is_seen(&states[1]) || !is_down(1);
        let attachment = !is_seen(&states[2]) || works(2);
        let sessions: Vec<usize> = (3..states.len()).filter(|part| is_seen(&states[*part])).collect();
        answers.push(works(0) && is_seen(&states[0]) && carrier && attachment && sessions.into_iter().any(works));
    }
    (answers.iter().any(|answer| *answer), answers.iter().all(|answer| *answer))
}

fn check(states: &[(Condition, Standing)]) {
    let condition = throughout(states);
    let (some, all) = guesses(states);
    match condition {
        Up => assert!(all, "{states:?}"),
        Unknown | Unmonitored => assert!(some && !all, "{condition} {states:?}"),
        Down => {
            assert!(!some, "{states:?}");
            let is_down = |state: &(Condition, Standing)| state.0 == Down;
            assert!(states.iter().any(is_down), "something is: {states:?}");
        }
        _ => assert!(!some, "{condition} {states:?}"),
    }
}

#[test]
fn a_path_is_known_to_be_up_or_not_exactly_where_no_guess_changes_that() {
    for interface in STATES {
        for carrier in STATES {
            for attachment in STATES {
                for session in STATES {
                    check(&[interface, carrier, attachment, session]);
                }
            }
        }
    }
}

#[test]
fn so_it_is_with_two_sessions() {
    for interface in STATES {
        for carrier in STATES {
            for one in STATES {
                for other in STATES {
                    check(&[interface, carrier, STATES[0], one, other]);
                }
            }
        }
    }
}

#[test]
fn why_there_is_no_path_is_told_from_what_is_broken() {
    let up = STATES[0];
    let [down, testing, removed] = [STATES[1], STATES[2], STATES[10]];
    assert_eq!(throughout(&[up, up, up, up]), Up);
    assert_eq!(throughout(&[up, up, up, down, up]), Up, "one session is enough");
    assert_eq!(throughout(&[testing, up, up, testing]), Testing);
    assert_eq!(throughout(&[testing, down, up, testing]), Down, "a failover test of what is down besides");
    assert_eq!(throughout(&[up, up, removed, up]), Removed, "it was detached");
    assert_eq!(throughout(&[removed, down, up, down]), Removed, "what is gone is no outage");
    assert_eq!(throughout(&[up, (Retired, Standing::Outage), up, up]), Up, "what is polled no longer says nothing");
    assert_eq!(throughout(&[up, up, up, (Retired, Standing::Well)]), Retired, "no one sees its sessions");
    assert_eq!(throughout(&[up, up, up, removed]), Removed, "the family was taken away");
    assert_eq!(throughout(&[up, up, up]), Up, "no session is listed at all");
}

#[test]
fn it_changes_when_its_parts_do_and_where_it_leads_to() {
    let [up, down] = [STATES[0], STATES[1]];
    let courses = [
        course(&[(0, up)]),
        course(&[(0, up), (10, down), (20, up)]),
        course(&[(0, up)]),
        course(&[(0, up), (11, down), (25, up), (40, down)]),
    ];
    let changes = |bearings: &[Bearing]| -> Vec<(i64, Condition)> {
        let changes = path(&courses, bearings).changes();
        changes.into_iter().map(|change| (change.at.milliseconds(), change.condition)).collect()
    };
    let always = [bearing(0, gateway("gw"), true)];
    assert_eq!(changes(&always), [(0, Up), (10, Down), (25, Up), (40, Down)]);
    let moved = [bearing(0, gateway("gw"), false), bearing(11, gateway("gw"), true)];
    assert_eq!(changes(&moved), [(0, Up), (11, Down), (25, Up), (40, Down)], "it ran over something else first");
    let elsewhere = [bearing(0, gateway("other"), true), bearing(30, gateway("gw"), true)];
    assert_eq!(changes(&elsewhere), [(0, Undiscovered), (30, Up), (40, Down)]);
}
