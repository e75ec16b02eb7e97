//! Properties that hold for any input.

use proptest::prelude::*;

use super::*;

fn any_kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::Connection, Kind::BgpPeer, Kind::Lag])
}

fn any_word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["available", "down", "up", "unknown", "deleted", "pending", "", "absent"])
            .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn any_key() -> impl Strategy<Value = ItemKey> {
    (any_kind(), 0..4u8).prop_map(|(kind, number)| ItemKey::new(kind, format!("id-{number}")))
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![(0..60i64).prop_map(minute), any::<i64>().prop_map(Timestamp::from_milliseconds)]
}

fn any_suspect() -> impl Strategy<Value = Suspect> {
    let sights = [(); 2].map(|()| prop::option::of(any_instant()));
    (any::<bool>(), 0..5u64, any_instant(), any_instant(), sights).prop_map(
        |(absent, polls, since, at, [last_seen_at, unknown_at])| Suspect {
            state: if absent { Suspicion::Absent } else { Suspicion::Unknown },
            polls,
            since,
            at,
            last_seen_at,
            unknown_at,
        },
    )
}

fn any_row(key: ItemKey) -> impl Strategy<Value = (ItemKey, StateRow)> {
    let state = (any_word(), any::<bool>(), prop::option::of(prop::sample::select(Health::ALL.to_vec())));
    let seen = (any_instant(), [(); 2].map(|()| prop::option::of(any_instant())), any::<bool>());
    let rest = (1..1000u64, prop::option::of(any_suspect()), any::<Option<u128>>(), any::<Option<i64>>());
    (state, seen, rest).prop_map(
        move |(
            (word, absent, health),
            (since, [seen_at, missed_at], never_up),
            (sequence, suspect, incident_id, expires_at),
        )| {
            let state = if absent { State::absent() } else { State::of(key.kind, Some(&word)) };
            let details = ItemDescription::bare(&scope(), &key);
            let row = StateRow {
                state: health.into_iter().fold(state, State::in_health),
                since,
                seen_at,
                missed_at,
                never_up,
                sequence,
                last_transition_at: since,
                announced: BTreeMap::new(),
                suspect,
                incident_id: incident_id.map(Uuid::from_u128),
                group: None,
                details: details.into(),
                expires_at,
            };
            (key.clone(), row)
        },
    )
}

fn any_recalled() -> impl Strategy<Value = Recalled> {
    let rows = prop::collection::vec(any_key().prop_flat_map(any_row), 0..8);
    let poll = prop::option::of(prop::collection::btree_map(
        any_kind(),
        [(); 3].map(|()| prop::option::of(any_instant())).prop_map(|[baseline_at, last_complete_at, settled_at]| {
            KindProgress { baseline_at, last_complete_at, settled_at, ..KindProgress::default() }
        }),
        0..4,
    ));
    (rows, poll).prop_map(|(rows, poll)| Recalled {
        states: rows.into_iter().collect(),
        poll: poll.map(|kinds| PollRow { kinds, ..PollRow::default() }),
        ..Recalled::nothing(scope())
    })
}

fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    let items = prop::collection::vec((any_key(), any_word()), 0..8);
    let extent = prop_oneof![
        any::<String>().prop_map(Extent::Kind),
        prop::collection::btree_map(any::<String>(), any::<String>(), 0..3).prop_map(Extent::Children),
    ];
    let gaps = prop::collection::btree_map(any_kind(), extent, 0..3);
    let kinds = prop::collection::btree_set(any_kind(), 0..4);
    (items, gaps, kinds, any_instant()).prop_map(|(items, gaps, kinds, at)| {
        let items = items.iter().map(|(key, word)| item(key, word)).collect();
        let observation = Observation { items, gaps, ..Observation::default() };
        Snapshot { scope: scope(), began: began(at), at, kinds, observation }
    })
}

proptest! {
    #[test]
    fn no_input_makes_it_panic_and_its_transitions_fit_the_rows(recalled in any_recalled(), snapshot in any_snapshot()) {
        let diff = diff(&recalled, &snapshot, &rules());
        let _ = diff.to_string();
        for transition in diff.transitions.iter().chain(&diff.baseline) {
            let observed = snapshot.observation.items.get(&transition.key());
            match recalled.states.get(&transition.key()) {
                None => {
                    prop_assert_eq!(transition.sequence, 1);
                    prop_assert!(transition.previous.is_none());
                }
                Some(row) => {
                    let previous = transition.previous.as_ref().unwrap();
                    prop_assert_eq!(transition.sequence, row.sequence + 1);
                    prop_assert_ne!(&previous.state, &transition.state, "no transition to the same state");
                    prop_assert!(
                        transition.since > row.last_transition_at || transition.since == Timestamp::MAXIMUM
                    );
                    prop_assert!(previous.last_seen_at <= transition.since);
                }
            }
            if transition.state.is_absent() {
                prop_assert!(observed.is_none() && snapshot.covers(&transition.item), "a gap makes nothing absent");
            }
        }
    }

    #[test]
    fn a_snapshot_does_not_differ_from_itself(snapshot in any_snapshot()) {
        let mut recalled = Recalled::nothing(scope());
        let first = diff(&recalled, &snapshot, &rules());
        apply(&mut recalled, &first, &snapshot);
        let second = diff(&recalled, &snapshot, &rules());
        prop_assert!(second.is_empty(), "{second}");
    }
}
