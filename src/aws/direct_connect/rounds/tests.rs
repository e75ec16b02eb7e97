use super::*;

/// Interfaces, each with a session in one family that is up or not.
fn interfaces(states: &[(&str, bool)]) -> BTreeMap<String, Sessions> {
    let sessions = |is_up: bool| Sessions { is_up: [("ipv4".to_owned(), is_up)].into() };
    states.iter().map(|(id, is_up)| ((*id).to_owned(), sessions(*is_up))).collect()
}

fn many(count: usize) -> BTreeMap<String, Sessions> {
    let ids: Vec<String> = (0..count).map(|number| format!("dxvif-{number}")).collect();
    interfaces(&ids.iter().map(|id| (id.as_str(), true)).collect::<Vec<_>>())
}

/// An observation in which all that is asked for has this outcome. Returns who was asked.
fn observe(
    rounds: &mut Rounds,
    every: usize,
    interfaces: &BTreeMap<String, Sessions>,
    outcome: &Outcome,
) -> Vec<String> {
    let asked = rounds.begin(every, interfaces);
    asked.iter().for_each(|asked| rounds.note(asked, outcome));
    asked.into_iter().map(|(interface, _)| interface).collect()
}

fn read(rounds: &mut Rounds, every: usize, interfaces: &BTreeMap<String, Sessions>) -> Vec<String> {
    observe(rounds, every, interfaces, &Outcome::Read)
}

#[test]
fn each_observation_asks_for_a_part_and_a_round_for_all() {
    for (count, every) in [(40, 5), (7, 5), (1, 5), (3, 1), (0, 5), (6, 4)] {
        let (mut rounds, interfaces) = (Rounds::default(), many(count));
        for _ in 0..3 {
            let mut of_round = BTreeSet::new();
            for _ in 0..every {
                let asked = read(&mut rounds, every, &interfaces);
                assert_eq!(asked.len(), count.div_ceil(every), "{count} in {every}");
                of_round.extend(asked);
            }
            assert_eq!(of_round.len(), count, "{count} in {every}");
        }
    }
}

#[test]
fn a_kind_is_complete_once_all_have_been_read_and_as_old_as_the_oldest() {
    let (mut rounds, interfaces) = (Rounds::default(), many(10));
    let mut oldest = Vec::new();
    for _ in 0..7 {
        read(&mut rounds, 5, &interfaces);
        let (turns, due) = rounds.end();
        oldest.push(turns.oldest);
        assert_eq!(due.len() + turns.waiting.len(), 10 + due.len().saturating_sub(2), "what waits was read before");
        assert!(turns.idle.is_empty() && due.iter().all(|(_, why)| why.is_none()));
    }
    assert_eq!(oldest, [None, None, None, None, Some(4), Some(4), Some(4)]);
}

#[test]
fn nothing_to_ask_for_is_complete() {
    let mut rounds = Rounds::default();
    assert_eq!(read(&mut rounds, 5, &BTreeMap::new()), Vec::<String>::new());
    assert_eq!(rounds.end(), (KindTurns { oldest: Some(0), ..KindTurns::default() }, vec![]));
}

#[test]
fn a_session_that_is_down_is_not_asked_for_and_is_idle_until_it_is_read_again() {
    let mut rounds = Rounds::default();
    let (up, down) = (interfaces(&[("dxvif-1", true)]), interfaces(&[("dxvif-1", false)]));
    let is_idle = |rounds: &Rounds| rounds.end().0.idle.contains("dxvif-1:ipv4");
    assert_eq!(read(&mut rounds, 1, &up), ["dxvif-1"]);
    assert!(!is_idle(&rounds));
    assert_eq!(read(&mut rounds, 1, &down), Vec::<String>::new());
    assert!(is_idle(&rounds));
    assert_eq!(rounds.end().0.oldest, Some(0), "it holds nothing up");
    // The router has just come back, and may not have announced anything yet.
    assert_eq!(read(&mut rounds, 1, &up), Vec::<String>::new());
    assert!(is_idle(&rounds));
    assert_eq!(read(&mut rounds, 1, &up), ["dxvif-1"]);
    assert!(!is_idle(&rounds));
}

#[test]
fn an_interface_that_is_new_waits_one_observation_and_one_that_is_gone_is_forgotten() {
    let mut rounds = Rounds::default();
    read(&mut rounds, 1, &interfaces(&[("dxvif-1", true)]));
    let both = interfaces(&[("dxvif-1", true), ("dxvif-2", true)]);
    assert_eq!(read(&mut rounds, 1, &both), ["dxvif-1"]);
    assert_eq!(rounds.end().0.idle, ["dxvif-2:ipv4".to_owned()].into());
    assert_eq!(read(&mut rounds, 1, &both).len(), 2);
    read(&mut rounds, 1, &interfaces(&[("dxvif-2", true)]));
    let (turns, due) = rounds.end();
    assert_eq!((due, turns.idle), (vec![("dxvif-2:ipv4".to_owned(), None)], BTreeSet::new()));
}

#[test]
fn what_could_not_be_read_is_a_gap_until_it_is_and_keeps_no_other_from_its_turn() {
    let (mut rounds, interfaces) = (Rounds::default(), many(2));
    let failed = observe(&mut rounds, 2, &interfaces, &Outcome::Unread("denied".to_owned()));
    let gap = (format!("{}:ipv4", failed[0]), Some("denied".to_owned()));
    assert!(rounds.end().1.contains(&gap));
    let next = read(&mut rounds, 2, &interfaces);
    assert_ne!(next, failed);
    assert!(rounds.end().1.contains(&gap), "it was not asked for again");
    assert_eq!(read(&mut rounds, 2, &interfaces), failed);
    assert!(rounds.end().1.iter().all(|(_, why)| why.is_none()));
}

#[test]
fn where_the_operation_is_not_known_one_is_asked_for_now_and_then() {
    let (mut rounds, interfaces) = (Rounds::default(), many(10));
    observe(&mut rounds, 5, &interfaces, &Outcome::Unknown);
    assert!(rounds.end().0.unwatched && rounds.end().1.is_empty(), "no gap");
    let asked: Vec<usize> = (0..10).map(|_| observe(&mut rounds, 5, &interfaces, &Outcome::Unknown).len()).collect();
    assert_eq!(asked, [0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
    for _ in 0..4 {
        read(&mut rounds, 5, &interfaces);
    }
    assert!(!rounds.end().0.unwatched, "it is there by now");
    assert_eq!(read(&mut rounds, 5, &interfaces).len(), 2);
}

#[test]
fn an_observation_that_knows_no_interfaces_counts_too() {
    let (mut rounds, interfaces) = (Rounds::default(), many(1));
    read(&mut rounds, 1, &interfaces);
    rounds.skip();
    read(&mut rounds, 2, &many(1));
    assert_eq!(rounds.end().0.oldest, Some(0));
    rounds.skip();
    assert_eq!(rounds.end().0.oldest, Some(1));
}
