//! The same story in both stores: a SQLite file, and two tables in DynamoDB.

use std::process::Output;

use assert_cmd::Command;
use aws_dx_monitor::{
    aws::DynamoLedger,
    domain::{
        Amendment, Event, ItemDescription, ItemKey, ItemPath, Kind, RowPath, Scope, Selection, SinkName, Span, State,
        Suspect, Suspicion, Transition, Unmonitored,
    },
    ports::{Covering, History, Ledger, Parking, Record, Recording},
};

use super::{HOSTILE, Store, at, listed, program, story, virginia};
use crate::{
    dynamodb::store::{self as tables, map, number, string},
    support::{proxy::Proxy, sdk},
};

/// The account of every scope.
const ACCOUNT: &str = "123456789012";

/// A file and two tables.
pub struct Twins {
    pub file: Store,
    pub tables: tables::Store,
    pub ledger: DynamoLedger,
    pub proxy: Proxy,
}

pub fn dublin() -> Scope {
    Scope::regional(ACCOUNT, "eu-west-1")
}

impl Twins {
    pub async fn empty() -> Twins {
        let tables = tables::Store::new().await;
        let proxy = Proxy::start(tables.config().endpoint_url().unwrap());
        Twins { file: Store::new(), ledger: tables.ledger(), tables, proxy }
    }

    /// Both hold the same year and a half: several scopes, hostile and endless names, removed items, outages, unmonitored
    /// time, parked rows, suspects, and rows of a newer version.
    pub async fn with_a_story() -> Twins {
        let twins = Twins::empty().await;
        write_story(&twins.file.ledger).await;
        write_story(&twins.ledger).await;
        twins.add_what_a_newer_version_writes().await;
        twins
    }

    /// The program on the file.
    pub fn on_file(&self, arguments: &[&str]) -> Output {
        self.file.run(arguments)
    }

    /// The program on the tables.
    pub fn on_tables(&self, arguments: &[&str]) -> Output {
        self.program().args(arguments).output().unwrap()
    }

    /// The program in an environment that names the tables.
    pub fn program(&self) -> Command {
        let mut command = program();
        command.envs(self.environment());
        command
    }

    pub fn environment(&self) -> Vec<(String, String)> {
        let mut environment = sdk::environment(&self.proxy.endpoint(), tables::REGION);
        let table = |name: &str, table: &String| (name.to_owned(), table.clone());
        environment.push(table("DX_MONITOR_STATE_TABLE", &self.tables.tables.states));
        environment.push(table("DX_MONITOR_HISTORY_TABLE", &self.tables.tables.history));
        environment
    }

    async fn add_what_a_newer_version_writes(&self) {
        let (when, item) = ("2026-10-07T00:00:00.000Z", "cross-connect/x-1");
        let event = r#"{"metadata": {"version": "1", "id": "new", "sequence": 1}, "change": "rerouted"}"#;
        let connection = rusqlite::Connection::open(self.file.path()).unwrap();
        connection
            .execute(
                "INSERT INTO states (scope, item, state, level, health, since, sequence, last_transition_at, announced, details)
                 VALUES (?1, ?2, 'lit', 4, 'up', ?3, 1, ?3, '{}', '{}')",
                [&virginia().to_string(), item, when],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO history (item, occurred_at, sequence, event) VALUES (?1, ?2, 1, ?3)",
                [&format!("{}/{item}", virginia()), when, event],
            )
            .unwrap();
        // An event of a kind that is known, with words and members that are not.
        let row = format!("{}/lag/dxlag-1", virginia());
        let newer = "json_set(event, '$.change', 'rerouted', '$.state.health', 'dreaming', '$.path', json('[1,2]'))";
        let changed = connection
            .execute(&format!("UPDATE history SET event = {newer} WHERE item = ?1 AND sequence = 2"), [&row])
            .unwrap();
        assert_eq!(changed, 1);

        let state = [("state", string("lit")), ("since", string(when)), ("sequence", number(1))];
        self.tables.tamper(&virginia(), item, &state).await;
        self.tables.tamper(&virginia(), "poll", &[("last_complete_at/cross-connect", string(when))]).await;
        self.tables.tamper(&virginia(), "connection/dxcon-1", &[("mood", map([("today", string("sunny"))]))]).await;
        let history = [("day", string("2026-10-07#3")), ("sequence", number(1)), ("event", map([("new", number(1))]))];
        self.tables.tamper_history(&format!("{}/{item}", virginia()), at(when), &history).await;
        let lag = ItemPath::new(virginia(), ItemKey::new(Kind::Lag, "dxlag-1"));
        let day = at("2026-10-06T00:00:00Z");
        let stored =
            self.ledger.transitions(&Selection::of(lag, Span::new(day, at("2026-10-07T00:00:00Z")))).await.unwrap();
        let mut event = stored[0].event.clone();
        event["change"] = "rerouted".into();
        event["state"]["health"] = "dreaming".into();
        event["path"] = serde_json::json!([1, 2]);
        let event = serde_dynamo::to_attribute_value(event).unwrap();
        self.tables.tamper_history(&row, day, &[("event", event)]).await;
    }
}

fn item(scope: &Scope, kind: Kind, id: &str, name: &str) -> ItemDescription {
    let mut item = ItemDescription::bare(scope, &ItemKey::new(kind, id));
    item.name = (!name.is_empty()).then(|| name.to_owned());
    item
}

async fn amend(ledger: &(impl Ledger + History), item: &ItemDescription, change: impl FnOnce(&mut Amendment)) {
    let scope = item.scope();
    let row = ledger.states(&scope).await.unwrap().states.remove(&item.key()).unwrap();
    let mut amendment = Amendment::of(&item.key(), &row);
    change(&mut amendment);
    assert_eq!(ledger.amend(&scope, &amendment).await.unwrap(), Recording::Recorded);
}

/// Writes the story to a ledger.
async fn write_story(ledger: &(impl Ledger + History)) {
    write_items(ledger).await;
    write_coverage(ledger).await;
}

async fn write_items(ledger: &(impl Ledger + History)) {
    let virginia = virginia();
    let mut connection = item(&virginia, Kind::Connection, "dxcon-1", "eqdc2-1");
    connection.location = Some("EqDC2\u{1b}[31m".to_owned());
    let outages = [
        ("2026-07-01T00:00:00Z", "available"),
        ("2026-09-30T23:30:00Z", "down"),
        ("2026-10-01T00:30:00Z", "available"),
        ("2026-10-22T03:12:00Z", "down"),
        ("2026-10-22T03:24:00Z", "available"),
    ];
    story(ledger, &connection, &outages).await;
    let mut hostile = item(&virginia, Kind::Connection, "dxcon-2\u{202e}\u{1b}]0;x\u{7}", HOSTILE);
    hostile.location = Some("東京 ".repeat(40));
    story(ledger, &hostile, &[("2026-09-01T00:00:00Z", "available"), ("2026-10-02T00:00:00Z", "=quarantined\u{200b}")])
        .await;
    let endless = item(&virginia, Kind::Lag, "dxlag-1", &"a very long name ".repeat(40));
    story(ledger, &endless, &[("2026-09-01T00:00:00Z", "available"), ("2026-10-06T00:00:00Z", "down")]).await;
    // The same id in two kinds and two scopes, at the same times.
    let twice = [("2026-09-01T00:00:00Z", "available"), ("2026-10-22T03:12:00Z", "down")];
    story(ledger, &item(&dublin(), Kind::Connection, "dxcon-1", "東京"), &twice).await;
    story(ledger, &item(&virginia, Kind::HostedConnection, "dxcon-1", ""), &twice).await;
    let gone = item(&virginia, Kind::VirtualInterface, "dxvif-1", "retired");
    let words = [
        ("2026-09-01T00:00:00Z", "available"),
        ("2026-10-10T00:00:00Z", "deleting"),
        ("2026-10-10T00:01:00Z", "deleted"),
    ];
    story(ledger, &gone, &words).await;
    amend(ledger, &gone, |amendment| amendment.expires_at = Some(4_000_000_000)).await;
    let peer = item(&virginia, Kind::BgpPeer, "dxvif-1:ipv6:2001:db8::2/125", "");
    story(ledger, &peer, &[("2026-09-01T00:00:00Z", "unknown"), ("2026-10-11T00:00:00Z", "up")]).await;
    let gateway =
        item(&Scope::global(ACCOUNT), Kind::DirectConnectGateway, "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f", "core");
    story(ledger, &gateway, &[("2026-09-01T00:00:00Z", "available")]).await;

    let suspect = Suspect {
        state: Suspicion::Absent,
        polls: 1,
        since: at("2026-11-01T00:00:00Z"),
        at: at("2026-11-01T00:00:00Z"),
        last_seen_at: None,
        unknown_at: None,
    };
    amend(ledger, &peer, |amendment| amendment.suspect = Some(suspect)).await;
    let parking = Parking {
        path: &RowPath::new(virginia.clone(), connection.key()),
        occurred_at: at("2026-10-22T03:12:00Z"),
        sink: SinkName::SNS,
        reason: "expired",
    };
    ledger.park(&parking).await.unwrap();
}

/// A baseline, complete listings, and unmonitored time.
async fn write_coverage(ledger: &(impl Ledger + History)) {
    let virginia = virginia();
    let first = Transition {
        item: item(&dublin(), Kind::Lag, "dxlag-2", "of the baseline").into(),
        sequence: 1,
        previous: None,
        state: State::of(Kind::Lag, Some("available")),
        since: at("2026-09-01T00:00:00Z"),
        seen_at: at("2026-09-01T00:00:00Z"),
        never_up: false,
    };
    let event = Event::of(&first, first.since);
    let record = Record { transition: &first, event: &event, passed_by: &[], expires_at: 4_000_000_000 };
    ledger.record_baseline(&dublin(), &[record], &[SinkName::SNS]).await.unwrap();
    listed(ledger, &virginia, Kind::Connection, "2026-07-01T00:00:00Z").await;
    listed(ledger, &virginia, Kind::Connection, "2026-10-15T00:00:00Z").await;
    let unmonitored = Unmonitored {
        scope: virginia.clone(),
        parent: None,
        kind: Kind::Connection,
        from: at("2026-10-15T00:00:00Z"),
        to: at("2026-10-15T06:00:00Z"),
    };
    assert_eq!(ledger.cover(&unmonitored, 4_000_000_000).await.unwrap(), Covering::Written);
    for kind in [Kind::Connection, Kind::HostedConnection, Kind::Lag, Kind::VirtualInterface, Kind::BgpPeer] {
        listed(ledger, &virginia, kind, "2026-11-01T00:10:00Z").await;
    }
    listed(ledger, &dublin(), Kind::Connection, "2026-11-01T00:10:00Z").await;
    listed(ledger, &Scope::global(ACCOUNT), Kind::DirectConnectGateway, "2026-11-01T00:10:00Z").await;
}
