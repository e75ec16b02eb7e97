//! The messages of a beat: whose poll is ordered, when it may begin and when it is too late.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    domain::{Cadence, Order, PollOrder, RosterRow, Timestamp, fnv_1a},
    ports::Queued,
};

/// The time between two dispatches: the scheduler knows nothing shorter than a minute.
const BETWEEN_DISPATCHES: Duration = Duration::from_secs(60);

/// The least time that an order is good for: a function that starts, and a queue with a backlog, take some seconds.
const LEAST_VALIDITY: Duration = Duration::from_secs(30);

/// The group of the messages for the monitor's own account.
const OWN: &str = "own";

/// One dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// When it began.
    pub began: Timestamp,
    /// How often each account is polled: a part of a minute, or a minute.
    pub every: Duration,
    /// The regions to read.
    pub regions: Vec<String>,
}

/// Which accounts are wanted, whatever the roster has of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// The monitor's own, which has no row: it watches no other, and its beats are shorter than a minute.
    Own,
    /// These. One without a row is polled at once.
    Listed(&'a [String]),
    /// All of the roster: the sweep has found them.
    Everyone,
}

/// The messages for the accounts that are due: those that are hot, and listed ones that have no row yet. The others are
/// the sweep's.
pub fn due(roster: &[RosterRow], wanted: Wanted<'_>, beat: &Beat) -> Vec<Queued> {
    let accounts: Vec<&str> = match wanted {
        Wanted::Own => return beat.messages(None),
        Wanted::Everyone => roster.iter().filter(|row| is_hot(row)).map(|row| row.account.as_str()).collect(),
        Wanted::Listed(listed) => {
            let rows: BTreeMap<&str, &RosterRow> = roster.iter().map(|row| (row.account.as_str(), row)).collect();
            let is_due = |account: &&str| rows.get(account).is_none_or(|row| row.last_poll_at.is_none() || is_hot(row));
            listed.iter().map(String::as_str).filter(is_due).collect()
        }
    };
    accounts.into_iter().flat_map(|account| beat.messages(Some(account))).collect()
}

fn is_hot(row: &RosterRow) -> bool {
    row.cadence == Cadence::Hot && row.is_listed()
}

impl Beat {
    /// The messages of one account until the next dispatch. The account's hash chooses their place within the beat, the
    /// same each time, so that its polls are one beat apart.
    fn messages(&self, account: Option<&str>) -> Vec<Queued> {
        let every = self.every.as_secs().clamp(1, BETWEEN_DISPATCHES.as_secs());
        let place = account.map_or(0, |account| u64::from(fnv_1a(account.as_bytes())) % every);
        let delays =
            (0..BETWEEN_DISPATCHES.as_secs() / every).map(|number| Duration::from_secs(place + number * every));
        let message = |delay| {
            let not_before = self.began.plus(delay);
            let order = PollOrder {
                account: account.map(str::to_owned),
                regions: self.regions.clone(),
                not_before: Some(not_before),
                not_after: Some(not_before.plus(self.every.max(LEAST_VALIDITY))),
            };
            Queued { order: Order::Poll(order), group: account.unwrap_or(OWN).to_owned(), delay }
        };
        delays.map(message).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn beat(seconds: u64) -> Beat {
        let began = "2026-11-22T03:12:00.000Z".parse().unwrap();
        Beat { began, every: Duration::from_secs(seconds), regions: vec!["us-east-1".to_owned()] }
    }

    fn row(account: &str, cadence: Cadence) -> RosterRow {
        let visited = Some("2026-11-22T03:11:00.000Z".parse().unwrap());
        RosterRow { cadence, last_poll_at: visited, ..RosterRow::unknown(account) }
    }

    fn accounts(messages: &[Queued]) -> Vec<&str> {
        messages.iter().map(|message| message.group.as_str()).collect()
    }

    #[test]
    fn hot_accounts_are_due_and_no_others() {
        let left = RosterRow { left_at: Some(beat(60).began), ..row("4", Cadence::Hot) };
        let roster = [row("1", Cadence::Hot), row("2", Cadence::Cold), row("3", Cadence::Refused), left];
        assert_eq!(accounts(&due(&roster, Wanted::Everyone, &beat(60))), ["1"]);
    }

    #[test]
    fn of_a_list_an_account_without_a_visit_is_due_at_once() {
        let roster = [row("1", Cadence::Hot), row("2", Cadence::Cold), RosterRow::unknown("3"), row("9", Cadence::Hot)];
        let listed = ["1", "2", "3", "4"].map(str::to_owned);
        assert_eq!(accounts(&due(&roster, Wanted::Listed(&listed), &beat(60))), ["1", "3", "4"]);
    }

    #[test]
    fn a_message_says_what_to_poll_and_until_when() {
        let messages = due(&[row("111122223333", Cadence::Hot)], Wanted::Everyone, &beat(60));
        insta::assert_snapshot!(serde_json::to_string(&messages[0].order).unwrap(), @r#"{"poll":{"account":"111122223333","regions":["us-east-1"],"notBefore":"2026-11-22T03:12:17.000Z","notAfter":"2026-11-22T03:13:17.000Z"}}"#);
    }

    #[test]
    fn shorter_beats_send_several_messages_one_beat_apart() {
        for (seconds, expected) in [(60, 1), (30, 2), (15, 4)] {
            let own: Vec<u64> =
                due(&[], Wanted::Own, &beat(seconds)).iter().map(|message| message.delay.as_secs()).collect();
            assert_eq!(own, (0..expected).map(|number| number * seconds).collect::<Vec<_>>());
            let messages = due(&[row("111122223333", Cadence::Hot)], Wanted::Everyone, &beat(seconds));
            assert_eq!(messages.len() as u64, expected);
            let apart: BTreeSet<u64> =
                messages.windows(2).map(|pair| (pair[1].delay - pair[0].delay).as_secs()).collect();
            assert!(apart.is_empty() && expected == 1 || apart == [seconds].into());
            assert!(messages.iter().all(|message| message.delay < BETWEEN_DISPATCHES));
        }
    }

    #[test]
    fn the_accounts_of_a_beat_are_spread_over_it() {
        let roster: Vec<RosterRow> =
            (0..1_000).map(|number| row(&format!("{:012}", 111_122_223_333_u64 + number), Cadence::Hot)).collect();
        let messages = due(&roster, Wanted::Everyone, &beat(60));
        let mut seconds = [0; 60];
        messages.iter().for_each(|message| seconds[message.delay.as_secs() as usize] += 1);
        assert!(seconds.iter().all(|messages| (4..=40).contains(messages)), "{seconds:?}");
        let again =
            due(&roster, Wanted::Everyone, &Beat { began: beat(60).began.plus(BETWEEN_DISPATCHES), ..beat(60) });
        assert!(messages.iter().zip(&again).all(|(one, next)| one.delay == next.delay), "each keeps its place");
    }
}
