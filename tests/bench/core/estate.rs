//! What was recalled and what was seen of 10,000 connections.

use std::{collections::BTreeMap, time::Duration};

use aws_dx_monitor::{
    diff::Rules,
    domain::{
        Item, ItemDescription, ItemKey, Kind, KindProgress, Observation, PollRow, Recalled, Scope, Snapshot, State,
        StateRow, Timestamp,
    },
};

pub const ITEMS: usize = 10_000;

pub struct Estate {
    pub recalled: Recalled,
    pub snapshot: Snapshot,
}

pub fn rules() -> Rules {
    Rules {
        confirms: true,
        confirm_polls: 3,
        unmonitored_after: Duration::from_secs(900),
        keep_removed: Duration::from_secs(400 * 86_400),
    }
}

impl Estate {
    pub fn quiet() -> Estate {
        Estate::with("available")
    }

    pub fn mass_outage() -> Estate {
        Estate::with("down")
    }

    /// All were `available` a minute ago, and are in this state now.
    fn with(word: &str) -> Estate {
        let scope = Scope::regional("123456789012", "us-east-1");
        let now = Timestamp::from_milliseconds(1_795_316_400_000);
        let long_ago = Timestamp::from_milliseconds(1_790_000_000_000);
        let last = Timestamp::from_milliseconds(1_795_316_340_000);
        let mut states = BTreeMap::new();
        let mut items = BTreeMap::new();
        for number in 0..ITEMS {
            let key = ItemKey::new(Kind::Connection, format!("dxcon-fg{number:06x}"));
            let details = ItemDescription {
                name: Some(format!("prod-eqdc2-xc-{number:05}")),
                arn: Some(format!("arn:aws:directconnect:us-east-1:123456789012:dxcon/{}", key.id)),
                owner_account: Some("123456789012".into()),
                location: Some("EqDC2".into()),
                device: Some("EqDC2-1a2b3c4d5e6f7".into()),
                bandwidth: Some("10Gbps".into()),
                partner_name: Some("Example Carrier".into()),
                ..ItemDescription::bare(&scope, &key)
            };
            let row = StateRow {
                state: State::of(Kind::Connection, Some("available")),
                since: long_ago,
                seen_at: Some(long_ago),
                missed_at: None,
                never_up: false,
                sequence: 1,
                last_transition_at: long_ago,
                announced: ["sns", "chat", "eventbridge"].map(|sink| (sink.to_owned(), 1)).into(),
                suspect: None,
                incident_id: None,
                group: None,
                details: details.clone().into(),
                expires_at: None,
            };
            states.insert(key.clone(), row);
            items.insert(key, Item { description: details.into(), state: State::of(Kind::Connection, Some(word)) });
        }
        let progress = KindProgress {
            baseline_at: Some(long_ago),
            baseline_announced: Some(long_ago),
            last_complete_at: Some(last),
            ..KindProgress::default()
        };
        let poll =
            PollRow { kinds: [(Kind::Connection, progress)].into(), interval_seconds: Some(60), ..PollRow::default() };
        Estate {
            recalled: Recalled { states, poll: Some(poll), ..Recalled::nothing(scope.clone()) },
            snapshot: Snapshot {
                scope,
                began: now,
                at: now,
                kinds: [Kind::Connection].into(),
                observation: Observation { items, ..Observation::default() },
            },
        }
    }
}
