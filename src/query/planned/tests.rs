//! Whose account is meant, and what a matcher matches.

use std::sync::Arc;

use super::*;
use crate::{
    domain::{ItemDescription, ItemKey, Kind, PollRow, Recalled, Scope, State, StateRow},
    local::SqliteLedger,
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(seconds * 1000)
}

fn names(accounts: &[&str]) -> BTreeSet<String> {
    accounts.iter().map(|account| (*account).to_owned()).collect()
}

/// A scope in which the items are up.
fn scope(account: &str, region: &str, items: &[(Kind, &str)]) -> Remembered {
    let scope = Scope::regional(account, region);
    let mut recalled = Recalled::nothing(scope.clone());
    recalled.poll = Some(PollRow::default());
    for (kind, id) in items {
        let key = ItemKey::new(*kind, *id);
        let row = StateRow {
            state: State::of(*kind, Some("available")),
            since: at(0),
            seen_at: None,
            missed_at: None,
            never_up: false,
            sequence: 1,
            last_transition_at: at(0),
            announced: BTreeMap::new(),
            suspect: None,
            incident_id: None,
            group: None,
            details: Arc::new(ItemDescription::bare(&scope, &key)),
            expires_at: None,
        };
        recalled.states.insert(key, row);
    }
    Remembered { recalled, scope_retired_at: None }
}

#[test]
fn accounts_that_are_polled_come_before_those_that_were() {
    let (one, other) = (Scope::global("1"), Scope::global("2"));
    assert_eq!(accounts([(&one, None), (&other, Some(at(0))), (&one, None)]), names(&["1"]));
    assert_eq!(accounts([(&other, Some(at(0)))]), names(&["2"]));
    assert_eq!(accounts([]), names(&[]));
}

#[test]
fn the_account_is_the_named_one_or_the_only_one_that_could_be_meant() {
    let matched = |accounts: &[&str]| {
        accounts.iter().map(|account| ((*account).to_owned(), Matched::default())).collect::<BTreeMap<_, _>>()
    };
    let meant = |known: &[&str], named: Option<&str>, in_accounts: &[&str]| {
        the_account(names(known), named, &matched(in_accounts)).map_err(|error| error.to_string())
    };
    assert_eq!(meant(&["1"], None, &[]), Ok("1".to_owned()));
    assert_eq!(meant(&["1", "2"], Some("2"), &["1"]), Ok("2".to_owned()));
    assert_eq!(meant(&["1", "2"], None, &["2"]), Ok("2".to_owned()), "only there does it match anything");
    for nowhere_or_twice in [&[][..], &["1", "2"]] {
        let error = meant(&["1", "2"], None, nowhere_or_twice).unwrap_err();
        assert_eq!(error, "this store has polls of the accounts 1, 2: say with --account which one is meant");
    }
    assert_eq!(
        meant(&["1", "2"], Some("3"), &[]).unwrap_err(),
        "this store has no polls of account \"3\": it has those of 1, 2"
    );
    assert!(meant(&[], None, &[]).unwrap_err().contains("no polls of any account yet"));
}

#[test]
fn what_matches_is_counted_by_account_and_kind() {
    let mut remembered = [
        scope("1", "us-east-1", &[(Kind::Connection, "a"), (Kind::Connection, "b"), (Kind::Lag, "c")]),
        scope("1", "eu-west-1", &[(Kind::Connection, "d")]),
        scope("2", "eu-west-1", &[(Kind::Connection, "a")]),
    ];
    let counted = |remembered: &[Remembered], matcher: &Matcher| {
        let accounts = matched(remembered, matcher).into_iter();
        accounts.map(|(account, matched)| (account, matched.items.into_iter().collect::<Vec<_>>())).collect::<Vec<_>>()
    };
    let connections = Matcher { kinds: [Kind::Connection].into(), ..Matcher::default() };
    let expected = vec![("1".to_owned(), vec![(Kind::Connection, 3)]), ("2".to_owned(), vec![(Kind::Connection, 1)])];
    assert_eq!(counted(&remembered, &connections), expected);
    let lags = Matcher { kinds: [Kind::Lag].into(), ..Matcher::default() };
    assert_eq!(counted(&remembered, &lags), [("1".to_owned(), vec![(Kind::Lag, 1)])]);
    let gone = ItemKey::new(Kind::Connection, "a");
    remembered[2].recalled.states.get_mut(&gone).unwrap().expires_at = Some(4_000_000_000);
    assert_eq!(counted(&remembered, &connections), expected[..1], "what has left for good is not there");
    remembered[0].scope_retired_at = Some(at(0));
    assert_eq!(counted(&remembered, &lags), [], "what is retired is not polled");
}

#[tokio::test]
async fn what_is_planned_is_what_is_not_over() {
    let store = SqliteLedger::in_memory().unwrap();
    let window = |id: &str, from, until| Window::bare(WindowSource::Silence, id, (at(from), at(until)));
    let windows = [window("over", 0, 10), window("later", 20, 30), window("now", 10, 11), window("never", 40, 40)];
    for planned in &windows {
        store.write_window("1", planned).await.unwrap();
    }
    store.write_window("2", &window("elsewhere", 15, 20)).await.unwrap();
    let found = planned(&store, &names(&["1", "2"]), at(10)).await.unwrap();
    let found: Vec<_> = found.iter().map(|time| (time.id.as_str(), time.active)).collect();
    assert_eq!(found, [("now", true), ("elsewhere", false), ("later", false)]);
}
