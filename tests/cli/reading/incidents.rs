//! `incidents`: the list, one from beginning to end, forms, exit statuses; and the open ones above the items of `status`.

use std::collections::BTreeMap;

use aws_dx_monitor::{
    domain::{
        FoldStep, Folding, IncidentDocument, IncidentState, IncidentWrite, ItemDescription, ItemKey, Kind, Membership,
        Scope, SinkName, Timestamp,
    },
    ports::{History, Ledger},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{HOSTILE, Store, at, complaint, listed, story, trimmed, twins::Twins, twins::dublin, virginia};

/// An outage that lasts.
pub const OPEN: &str = "9a1f3c5e-0000-4000-8000-000000000001";
/// A removal that is through.
pub const OVER: &str = "9a1f3c5e-0000-4000-8000-000000000002";
/// A failover test in another region that is over.
const ELSEWHERE: &str = "77777777-0000-4000-8000-000000000003";

/// An incident, as its documents and its row are to have it.
struct TestIncident {
    scope: Scope,
    id: &'static str,
    category: &'static str,
    severity: &'static str,
    root: Value,
    since: &'static str,
    /// The documents: when, why, and where it stands then.
    documents: Vec<(&'static str, &'static str, &'static str)>,
}

impl TestIncident {
    fn document(&self, number: usize) -> Value {
        let (when, reason, status) = self.documents[number];
        let action = if status == "resolved" { "resolve" } else { "none" };
        let minute_before = Timestamp::from_milliseconds(at(self.since).milliseconds() - 60_000);
        let mut incident = json!({
            "id": self.id, "category": self.category, "account": self.scope.account(), "region": self.scope.region(),
            "since": self.since, "lastSeenAt": minute_before, "root": self.root,
            "cause": format!("It is so: {HOSTILE}"),
            "affected": {"count": 3, "byKind": {"connection": 1, "virtual-interface": 2}, "items": [
                {"kind": "connection", "id": self.root["id"], "name": HOSTILE, "state": "down", "since": self.since},
                {"kind": "virtual-interface", "id": "dxvif-1", "state": "=down\u{200b}", "since": self.since},
            ], "more": 1},
            "impact": {"level": "outage", "destinations": [
                {"kind": "direct-connect-gateway", "id": "gw-1", "name": "core\u{1b}[2J", "addressFamily": "ipv4",
                 "pathsBefore": 2, "paths": 0, "devices": 0, "locations": 0},
            ], "more": 2},
            "outages": 1, "downSeconds": 60,
        });
        if status == "resolved" {
            incident["resolvedAt"] = when.into();
            incident["durationSeconds"] = at(when).since(at(self.since)).as_secs().into();
        }
        json!({
            "metadata": {
                "version": "1", "id": Uuid::from_u128(number as u128), "sequence": number + 1, "incidentId": self.id,
                "recordedAt": when, "people": number == 0, "chat": true,
            },
            "reason": reason, "status": status, "severity": self.severity, "action": action, "dedupKey": self.id,
            "summary": format!("[{}] {reason} {HOSTILE}", self.severity), "incident": incident,
        })
    }

    fn state(&self) -> IncidentState {
        let (last, _, status) = *self.documents.last().unwrap();
        let root = json!({"kind": self.root["kind"], "id": self.root["id"]});
        let closed = (status == "resolved").then_some(last);
        serde_json::from_value(json!({
            "category": self.category, "status": status, "root": root, "since": self.since, "opened_at": self.since,
            "grown_at": self.since, "last_document_at": last, "closed_at": closed, "outages": 1,
            "told": {"severity": self.severity, "impact": "outage", "root": root, "count": 3, "people": true},
            "down_milliseconds": 60_000, "changed_at": last, "flapping": {"penalty": 1000, "at": last},
        }))
        .unwrap()
    }

    async fn record(&self, ledger: &(impl Ledger + History), members: &[&str]) {
        let mut groups = Vec::new();
        let states: BTreeMap<_, _> = ledger.states(&self.scope).await.unwrap().states;
        for id in members {
            let row = states.iter().find(|(key, _)| key.id == *id).unwrap();
            let (recalled_cursor, cursor) = (row.1.announced.get("incidents").copied(), row.1.sequence);
            let group = Some(self.id.parse().unwrap());
            groups.push(Membership { key: row.0.clone(), recalled_cursor, cursor, recalled_group: None, group });
        }
        let documents: Vec<_> = (0..self.documents.len())
            .map(|number| {
                let document: IncidentDocument = serde_json::from_value(self.document(number)).unwrap();
                (at(self.documents[number].0), document)
            })
            .collect();
        let incident = IncidentWrite {
            id: self.id.parse().unwrap(),
            is_new: true,
            state: self.state(),
            sequence: documents.len() as u64,
            announced: false,
            passed_by: Vec::new(),
            expires_at: (self.documents.last().unwrap().2 == "resolved").then_some(4_000_000_000),
            documents,
        };
        let step = FoldStep {
            scope: self.scope.clone(),
            revision: ledger.revision(&self.scope).await.unwrap(),
            members: groups,
            incidents: vec![incident],
            resilience: None,
            expires_at: 4_000_000_000,
        };
        assert_eq!(ledger.fold(&step, &[SinkName::SNS]).await.unwrap(), Folding::Folded);
    }
}

fn open() -> TestIncident {
    TestIncident {
        scope: virginia(),
        id: OPEN,
        category: "outage",
        severity: "critical",
        root: json!({"kind": "connection", "id": "dxcon-1", "name": HOSTILE, "location": "Eq\u{202e}", "state": "down"}),
        since: "2026-10-22T03:12:00Z",
        documents: vec![("2026-10-22T03:12:00Z", "opened", "open"), ("2026-10-22T03:14:00Z", "spread", "open")],
    }
}

/// An incident that began and ended at these times.
fn resolved(since: &'static str, at: &'static str) -> TestIncident {
    TestIncident { since, documents: vec![(since, "opened", "open"), (at, "resolved", "resolved")], ..open() }
}

fn over() -> TestIncident {
    TestIncident {
        id: OVER,
        category: "removal",
        severity: "warning",
        root: json!({"kind": "connection", "id": "dxcon-2", "state": "deleted"}),
        ..resolved("2026-10-25T00:00:00Z", "2026-10-25T00:12:00Z")
    }
}

/// Another outage that lasts.
pub const ALSO_OPEN: &str = "9a1f3c5e-0000-4000-8000-000000000004";

/// Records [`ALSO_OPEN`], beside what [`write_story`] records.
pub async fn open_another(ledger: &(impl Ledger + History)) {
    TestIncident { id: ALSO_OPEN, ..open() }.record(ledger, &[]).await;
}

/// Two incidents in Virginia, and one in Dublin.
pub async fn write_story(ledger: &(impl Ledger + History)) {
    let mut item = ItemDescription::bare(&virginia(), &ItemKey::new(Kind::Connection, "dxcon-1"));
    item.name = Some(HOSTILE.to_owned());
    story(ledger, &item, &[("2026-09-01T00:00:00Z", "available"), ("2026-10-22T03:12:00Z", "down")]).await;
    listed(ledger, &virginia(), Kind::Connection, "2026-11-01T00:10:00Z").await;
    let peer = ItemDescription::bare(&dublin(), &ItemKey::new(Kind::BgpPeer, "dxpeer-1"));
    story(ledger, &peer, &[("2026-09-01T00:00:00Z", "up")]).await;
    listed(ledger, &dublin(), Kind::BgpPeer, "2026-11-01T00:10:00Z").await;
    open().record(ledger, &["dxcon-1"]).await;
    over().record(ledger, &[]).await;
    let elsewhere = TestIncident {
        scope: dublin(),
        id: ELSEWHERE,
        category: "test",
        severity: "info",
        root: json!({"kind": "bgp-peer", "id": "dxpeer-1", "state": "up"}),
        ..resolved("2026-10-24T00:00:00Z", "2026-10-24T00:05:00Z")
    };
    elsewhere.record(ledger, &[]).await;
}

/// A store of them.
pub async fn estate() -> Store {
    let store = Store::new();
    write_story(&store.ledger).await;
    store
}

/// The ids of a list, and the exit status.
fn ids(store: &Store, arguments: &[&str]) -> (Vec<String>, Option<i32>) {
    let output = store.run(&[&["incidents", "--output", "json"], arguments].concat());
    let incidents: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let ids = incidents.iter().map(|incident| incident["id"].as_str().unwrap().to_owned());
    (ids.collect(), output.status.code())
}

const SINCE: [&str; 2] = ["--since", "2026-10-01"];

#[tokio::test]
async fn the_open_ones_come_first_and_then_the_newest() {
    let store = estate().await;
    let found = |ids: &[&str], code| (ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>(), Some(code));
    assert_eq!(ids(&store, &SINCE), found(&[OPEN, OVER, ELSEWHERE], 0));
    assert_eq!(ids(&store, &["--since", "2026-10-24T12:00:00Z"]), found(&[OPEN, OVER], 0));
    assert_eq!(ids(&store, &[]), found(&[OPEN], 0), "the others ended more than seven days ago");
    let only = |filter: [&str; 2]| ids(&store, &[SINCE, filter].concat());
    assert_eq!(only(["--category", "removal,test"]), found(&[OVER, ELSEWHERE], 0));
    assert_eq!(only(["--severity", "info"]), found(&[ELSEWHERE], 0));
}

#[tokio::test]
async fn an_open_outage_decides_the_exit_status_where_open_ones_are_asked_for() {
    let store = estate().await;
    assert_eq!(ids(&store, &["--open"]), (vec![OPEN.to_owned()], Some(1)));
    assert_eq!(ids(&store, &["--open", "--category", "test"]), (Vec::new(), Some(0)), "only what is shown counts");
    let calm = Store::new();
    over().record(&calm.ledger, &[]).await;
    listed(&calm.ledger, &virginia(), Kind::Connection, "2026-11-01T00:10:00Z").await;
    assert_eq!(ids(&calm, &["--open"]), (Vec::new(), Some(0)));
}

#[tokio::test]
async fn an_empty_store_has_no_incidents() {
    let store = Store::new();
    assert_eq!(store.read(&["incidents"]), "no incidents\n");
    assert_eq!(store.read(&["incidents", "--open"]), "no incidents\n");
    assert_eq!(store.json(&["incidents", "--since", "2020-01-01", "--output", "json"]), json!([]));
    assert_eq!(store.read(&["incidents", "--output", "csv"]).lines().count(), 1);
}

#[tokio::test]
async fn people_read_one_from_beginning_to_end() {
    let store = estate().await;
    insta::assert_snapshot!(trimmed(&store.read(&["incidents", "9A1F3C5E-0000-4000-8000-000000000002"])), @r#"
    - connection dxcon-2 removed after 12 minutes: core\u{1b}[2J has no path left

    Incident      9a1f3c5e-0000-4000-8000-000000000002
    Status        resolved (removal, warning)
    Cause         It is so: =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"
    Root          connection dxcon-2
    Region        us-east-1 of account 123456789012
    Since         2026-10-25T00:00:00.000Z, last seen as before 1m earlier
    Ended         2026-10-25T00:12:00.000Z, after 12m
    Outages       1, down for 1m in all
    Impact        outage

    DESTINATION    KIND                    FAMILY  PATHS
    core\u{1b}[2J  Direct Connect gateway  IPv4    no path left (2 before)
    and 2 more

    MEMBER             ID       NAME                                                        STATE          SINCE
    connection         dxcon-2  =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"  down           2026-10-25T00:00:00.000Z
    virtual-interface  dxvif-1                                                              =down\u{200b}  2026-10-25T00:00:00.000Z
    and 1 more

    TIME (UTC)                REASON    PEOPLE   CHAT  HEADLINE
    2026-10-25T00:00:00.000Z  opened    not yet  no    [warning] opened =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"
    2026-10-25T00:12:00.000Z  resolved  no       no    [warning] resolved =cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x"
    "#);
    insta::assert_snapshot!(trimmed(&store.read(&["incidents", "--since", "2026-10-01"])), @r#"
       STATUS    SEVERITY  CATEGORY  SINCE                     INCIDENT                              HEADLINE
    !  open      critical  outage    2026-10-22T03:12:00.000Z  9a1f3c5e-0000-4000-8000-000000000001  connection dxcon-1 (=cmd|'/c calc'!A1\u{1b}[2J\u{202e}\u{200b}<script>\u{a}"x") down: 2 with it, core\u{1b}[2J has no path left
    -  resolved  warning   removal   2026-10-25T00:00:00.000Z  9a1f3c5e-0000-4000-8000-000000000002  connection dxcon-2 removed after 12 minutes: core\u{1b}[2J has no path left
    +  resolved  info      test      2026-10-24T00:00:00.000Z  77777777-0000-4000-8000-000000000003  BGP peer dxpeer-1 through with its failover test after 5 minutes: core\u{1b}[2J has no path left

    3 incidents, 1 of them open
    "#);
    let csv = store.read(&["incidents", OPEN, "--output", "csv"]);
    assert_eq!(csv.matches(OPEN).count(), 2, "a line for each document: {csv}");
}

#[tokio::test]
async fn the_output_shows_whether_people_got_it() {
    let store = estate().await;
    let told = |id: &str| -> Vec<String> {
        let table = store.read(&["incidents", id]);
        let lines = table.lines().skip_while(|line| !line.starts_with("TIME")).skip(1);
        lines.map(|line| line.split("  ").filter(|cell| !cell.is_empty()).nth(2).unwrap().to_owned()).collect()
    };
    assert_eq!(told(OPEN), ["not yet", "no"], "no sink has acknowledged it");
    let connection = rusqlite::Connection::open(store.path()).unwrap();
    connection.execute("UPDATE incidents SET announced = '{\"sns\": 1}'", []).unwrap();
    assert_eq!(told(OPEN), ["yes", "no"]);
    let parked = "UPDATE history SET parked = '{\"sns\": \"expired\"}' WHERE item LIKE '%/incident/%' AND sequence = 1";
    assert!(connection.execute(parked, []).unwrap() > 0);
    assert_eq!(told(OPEN), ["given up", "no"]);
}

#[tokio::test]
async fn a_beginning_is_enough_where_it_is_of_one() {
    let store = estate().await;
    let whole = store.json(&["incidents", "7", "--output", "json"]);
    assert_eq!((&whole["id"], &whole["root"]["name"]), (&ELSEWHERE.into(), &Value::Null));
    let documents = whole["documents"].as_array().unwrap();
    assert_eq!((documents.len(), &documents[1]["metadata"]["incidentId"]), (2, &ELSEWHERE.into()));
    let error = complaint(&store.run(&["incidents", "9a1f"]));
    assert!(error.contains(&format!("the ids of 2 incidents begin with \"9a1f\": {OPEN}, {OVER}")), "{error}");
    for unknown in ["9a1f3c5f", "dxcon-1", "", "\u{1b}[2J", "9a1f3c5e-0000-4000-8000-000000000009"] {
        let error = complaint(&store.run(&["incidents", unknown]));
        assert!(error.contains("there is no incident \"") && !error.contains("\u{1b}[2J"), "{unknown}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[tokio::test]
async fn what_only_history_has_is_found_by_its_whole_id_or_with_a_span() {
    let store = estate().await;
    rusqlite::Connection::open(store.path()).unwrap().execute("DELETE FROM incidents", []).unwrap();
    assert_eq!(store.json(&["incidents", ELSEWHERE, "--output", "json"])["status"], "resolved");
    let since = store.json(&["incidents", "7777", "--since", "2026-10-01", "--output", "json"]);
    assert_eq!(since["durationSeconds"], 300);
    assert!(complaint(&store.run(&["incidents", "7777"])).contains("needs its whole id, or --since"));
    assert_eq!(ids(&store, &SINCE).0.len(), 3);
}

#[tokio::test]
async fn mistakes_are_named() {
    let store = estate().await;
    let mistake = |arguments: &[&str]| complaint(&store.run(&[&["incidents"], arguments].concat()));
    assert!(
        mistake(&["--category", "fire"])
            .contains("they are maintenance, resilience, routes, provisioning, visibility, test, removal, outage")
    );
    assert!(mistake(&["--severity", "bad"]).contains("they are info, warning, critical"));
    assert!(mistake(&["--since", "last week"]).contains("30d"));
    assert!(mistake(&[OPEN, "--open"]).contains("cannot be used with"));
}

#[tokio::test]
async fn nothing_from_aws_acts_in_any_form() {
    let store = estate().await;
    for command in [&["incidents", "--since", "2026-10-01"][..], &["incidents", OPEN]] {
        for form in ["table", "json", "csv"] {
            let text = store.read(&[command, &["--output", form]].concat());
            let acts = |hidden: &char| ['\u{1b}', '\u{202e}', '\u{200b}'].contains(hidden);
            assert_eq!(text.chars().find(acts), None, "{command:?} as {form}: {text:?}");
        }
    }
    let whole = store.json(&["incidents", OPEN, "--output", "json"]);
    assert_eq!(whole["root"]["name"], HOSTILE, "programs get what AWS said");
    let document: IncidentDocument = serde_json::from_value(open().document(1)).unwrap();
    assert_eq!(whole["documents"][1], serde_json::to_value(document).unwrap());
}

#[tokio::test]
async fn both_stores_have_the_same_output() {
    let twins = Twins::empty().await;
    write_story(&twins.file.ledger).await;
    write_story(&twins.ledger).await;
    let commands: [&[&str]; 7] = [
        &["incidents"],
        &["incidents", "--open"],
        &["incidents", "--since", "2026-10-01"],
        &["incidents", OPEN],
        &["incidents", "7", "--since", "2026-10-01"],
        &["incidents", "9a1f"],
        &["status", "--unmonitored-after", "99999999999"],
    ];
    for command in commands {
        for form in ["table", "json", "csv"] {
            let arguments = [command, &["--output", form]].concat();
            let (file, tables) = (twins.on_file(&arguments), twins.on_tables(&arguments));
            assert_eq!((tables.status, tables.stdout, tables.stderr), (file.status, file.stdout, file.stderr));
        }
    }
    assert!(twins.proxy.calls().iter().all(|call| call.name() == "dynamodb:Query"));
}

#[tokio::test]
async fn status_begins_with_the_open_incidents_of_what_it_shows() {
    let store = estate().await;
    let table = |arguments: &[&str]| {
        let output = store.run(&[&["status"], arguments].concat());
        trimmed(&String::from_utf8(output.stdout).unwrap())
    };
    let whole = table(&[]);
    let mut lines = whole.lines();
    assert_eq!(lines.next(), Some("Open incidents: 1"));
    let row = lines.nth(1).unwrap();
    assert!(row.starts_with("!  open") && row.contains(OPEN) && row.contains("connection dxcon-1 (=cmd|"), "{row}");
    assert!(row.ends_with("3 members, impact outage") && !whole.contains(OVER), "{whole}");
    assert!(table(&["--kind", "connection"]).starts_with("Open incidents: 1\n"));
    assert!(!table(&["--kind", "bgp-peer"]).contains("Open incidents"));
    assert!(!table(&["--region", "eu-west-1"]).contains("Open incidents"));
}
