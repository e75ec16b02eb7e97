//! `--redact` on the demo's estate: whatever a command writes, in whatever form, it has no name of the network's in it.

use std::{collections::BTreeSet, path::Path, process::Output};

use aws_dx_monitor::domain::{Health, Kind};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Demo, text, tool};

const DATABASE: &str = "demo.db";
const KEY: &str = "a key that both of us know";
const CANARY: &str = "Canary Ltd.";

/// Every command, in every form that it has. `?` stands for the id of an incident.
const COMMANDS: [&str; 30] = [
    "map --output text --unfold",
    "map --output svg --retired",
    "map --output html",
    "map --output dot",
    "resilience --output table",
    "resilience --output json",
    "resilience --output csv",
    "resilience --output html",
    "resilience core-dxgw",
    "what-if dxcon-ffx3v7tc connection/dxcon-fgk5j3hd",
    "what-if device:EqDC2-3q9t7x1a5b2c4 --output json",
    "what-if location:CSVA1 --output json",
    "report --output table",
    "report --output json",
    "report --output csv --rows items",
    "report --output csv --rows outages",
    "report --output csv --rows destinations",
    "report --output html --account 123456789012",
    "report --output json --exclude-planned --retired",
    "status --output table --retired",
    "status --output json",
    "status --output csv",
    "status --output html",
    "incidents --output table",
    "incidents --output json",
    "incidents --output csv",
    "incidents --output html",
    "incidents ? --output table",
    "incidents ? --output json",
    "incidents ? --output csv",
];

/// A copy of the demo's database in which everything that people or AWS can write is a canary, and time is planned.
struct Estate {
    folder: tempfile::TempDir,
}

impl Estate {
    fn new() -> Estate {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(Demo::played().database(), folder.path().join(DATABASE)).unwrap();
        let estate = Estate { folder };
        for (matcher, value) in
            [("--id", "dxcon-fgk5j3hd"), ("--location", "EqDC2"), ("--gateway", "vgw-0a1b2c3d4e5f60718")]
        {
            let planned = ["silence", "add", matcher, value, "--for", "2h", "--by", CANARY, "--reason", CANARY];
            assert!(tool(estate.path()).args(planned).args(["--db", DATABASE]).status_is_good());
        }
        let connection = Connection::open(estate.path().join(DATABASE)).unwrap();
        let details = "json_set(details, '$.partnerName', ?1, '$.stateChangeError', ?1, '$.tags', json('{\"Canary Ltd.\": \"Canary Ltd.\"}'), \
                       '$.ownerAccount', '999988887777', '$.encryptionMode', ?1, '$.bandwidth', ?1)";
        connection.execute(&format!("UPDATE states SET details = {details}"), [CANARY]).unwrap();
        let event = "json_set(event, '$.incident.acknowledged', json('{\"by\": \"Canary Ltd.\", \"note\": \"Canary Ltd.\", \"at\": \"2026-11-22T03:12:00Z\"}'), \
                     '$.incident.evidence', json('[{\"id\": \"canary\", \"type\": \"api-call\", \"at\": \"2026-11-22T03:12:00Z\", \"by\": \"Canary Ltd.\", \"summary\": \"DeleteLag by Canary Ltd.\"}]'), \
                     '$.incident.cause', event ->> '$.incident.cause' || ' Canary.', '$.canary', ?1)";
        let changed = connection.execute(
            &format!("UPDATE history SET event = {event} WHERE event -> '$.incident.id' IS NOT NULL"),
            [CANARY],
        );
        assert!(changed.unwrap() > 10);
        estate
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, command: &str, more: &[&str]) -> Output {
        tool(self.path()).args(command.split(' ')).args(more).args(["--db", DATABASE]).output().unwrap()
    }

    fn redacted(&self, command: &str) -> String {
        let output = self.run(command, &["--redact", "--redact-key", KEY]);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{command}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    fn json(&self, command: &str) -> Value {
        serde_json::from_str(&self.redacted(command)).unwrap()
    }

    /// The id of an incident that is about this item.
    fn incident(&self, root: &str) -> String {
        let output = self.run("incidents --output json", &[]);
        let incidents: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let found = incidents.iter().find(|incident| incident["root"]["id"] == root).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    /// Every text in the database that names something.
    fn originals(&self) -> BTreeSet<String> {
        let connection = Connection::open(self.path().join(DATABASE)).unwrap();
        let mut found = BTreeSet::new();
        for query in [
            "SELECT details FROM states",
            "SELECT event FROM history WHERE event IS NOT NULL",
            "SELECT incident FROM incidents",
            "SELECT \"match\" FROM windows",
            "SELECT json_object('id', id, 'by', \"by\", 'title', title) FROM windows",
            "SELECT json_object('account', substr(scope, 1, 12)) FROM states",
        ] {
            let mut rows = connection.prepare(query).unwrap();
            let texts: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            texts.iter().for_each(|text| collect("", &serde_json::from_str(text).unwrap(), &mut found));
        }
        found
    }
}

trait Succeeds {
    fn status_is_good(&mut self) -> bool;
}

impl Succeeds for assert_cmd::Command {
    fn status_is_good(&mut self) -> bool {
        let output = self.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        true
    }
}

/// The texts of a document, but for those that say nothing of a network: words, instants, sentences (whose names stand
/// elsewhere, too).
fn collect(key: &str, document: &Value, found: &mut BTreeSet<String>) {
    const SAY_NOTHING: [&str; 26] = [
        "kind",
        "kinds",
        "region",
        "health",
        "value",
        "state",
        "change",
        "severity",
        "reason",
        "status",
        "action",
        "category",
        "impact",
        "level",
        "summary",
        "cause",
        "version",
        "type",
        "addressFamily",
        "virtualInterfaceType",
        "since",
        "at",
        "penalty",
        "bandwidth",
        "encryptionMode",
        "source",
    ];
    match document {
        Value::Object(fields) => fields.iter().for_each(|(key, own)| collect(key, own, found)),
        Value::Array(list) => list.iter().for_each(|own| collect(key, own, found)),
        Value::Number(number) if ["asn", "amazonSideAsn"].contains(&key) => {
            // With what stands before it in JSON: digits alone may be in any number.
            found.insert(format!(": {number}"));
        }
        Value::String(text) => {
            let is_instant = text.parse::<aws_dx_monitor::domain::Timestamp>().is_ok();
            // Addresses come with the lengths of their prefixes.
            let text = text.split_once('/').map_or(text.as_str(), |(address, _)| address);
            // Short ids may be in a pseudonym by chance; these have no capitals.
            let is_telling = text.len() > 5 || text.bytes().any(|byte| byte.is_ascii_uppercase());
            if !SAY_NOTHING.contains(&key) && !is_instant && is_telling {
                found.insert(text.to_owned());
            }
        }
        _ => {}
    }
}

#[test]
fn no_output_has_an_original_in_it() {
    let estate = Estate::new();
    let mut originals = estate.originals();
    // The planner of a document is a word.
    originals.retain(|original| !["silence", "aws-health", "failover-test"].contains(&original.as_str()));
    assert!(
        originals.len() > 150 && originals.contains("core-dxgw") && originals.contains(": 65010"),
        "{originals:#?}"
    );
    let incident = estate.incident("dxcon-ffx3v7tc");
    for command in COMMANDS {
        let command = command.replace('?', &incident[..13]);
        let written = estate.redacted(&command);
        assert!(written.len() > 200, "{command}: {written}");
        for original in &originals {
            assert!(!written.contains(original.as_str()), "{command}: {original:?} is in\n{written}");
        }
        assert!(!written.to_lowercase().contains("canary"), "{command}");
    }
}

#[test]
fn every_output_of_one_key_agrees() {
    let estate = Estate::new();
    let items = estate.json("status --output json");
    let ids: BTreeSet<&str> = items.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    let plain = estate.run("status --output json", &[]);
    let plain: Vec<Value> = serde_json::from_slice(&plain.stdout).unwrap();
    assert_eq!(ids.len(), plain.iter().map(|item| item["id"].as_str().unwrap()).collect::<BTreeSet<_>>().len());
    let report = estate.json("report --output json");
    for entry in report["items"].as_array().unwrap().iter().filter(|entry| entry["item"]["kind"] == "connection") {
        let id = entry["item"]["id"].as_str().unwrap();
        assert!(ids.contains(id) && id.starts_with("dxcon-x-"), "{id}");
        assert!(estate.redacted("map").contains(id), "{id}");
    }
    let story = estate.json(&format!("incidents {} --output json", estate.incident("dxcon-ffx3v7tc")));
    let root = &story["documents"][0]["incident"]["root"];
    assert!(ids.contains(root["id"].as_str().unwrap()), "{root}");
    let name = root["name"].as_str().unwrap();
    for sentence in [&story["summary"], &story["documents"][0]["summary"]] {
        assert!(sentence.as_str().unwrap().contains(name), "made again of pseudonyms: {sentence}");
    }
    let cause = story["documents"][0]["incident"]["cause"].as_str().unwrap();
    assert_eq!(cause, "The connection is down; what runs over it went with it. […].", "but for the canary");
    for (grade, field) in [("resilience core-dxgw --output json", "account"), ("status --output json", "scope")] {
        let account = estate.json(grade)[0][field].as_str().unwrap()[..12].to_owned();
        assert_eq!(account, story["account"].as_str().unwrap());
        assert!(account.starts_with("0000") && account.bytes().all(|byte| byte.is_ascii_digit()), "{account}");
    }
}

#[test]
fn what_is_counted_and_measured_stays() {
    let estate = Estate::new();
    let without_names = |report: &Value| {
        let mut figures: Vec<String> = report["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| json!([entry["item"]["kind"], entry["figures"], entry["timeline"]]).to_string())
            .collect();
        figures.sort();
        figures
    };
    let window = "report --from 2020-01-01 --to 2020-02-01 --output json";
    let plain: Value = serde_json::from_slice(&estate.run(window, &[]).stdout).unwrap();
    assert_eq!(without_names(&estate.json(window)), without_names(&plain));
    let counted = |status: &Value| {
        let of = |health: Health, kind: Kind| {
            let items = status.as_array().unwrap().iter();
            items.filter(|item| item["health"] == health.as_str() && item["kind"] == kind.slug()).count()
        };
        Health::ALL.map(|health| Kind::ALL.map(|kind| of(health, kind)))
    };
    let plain: Value = serde_json::from_slice(&estate.run("status --output json", &[]).stdout).unwrap();
    assert_eq!(counted(&estate.json("status --output json")), counted(&plain));
}

#[test]
fn without_a_key_each_run_has_pseudonyms_of_its_own_and_says_so() {
    let estate = Estate::new();
    let once = || {
        let output = estate.run("map", &["--redact"]);
        let note = text(&output.stderr);
        assert!(note.starts_with("note: the pseudonyms are made with a random key"), "{note}");
        text(&output.stdout)
    };
    assert_ne!(once(), once());
    let keyed = estate.run("map", &["--redact", "--redact-key", KEY]);
    assert_eq!(text(&keyed.stderr), "");
    let mut from_environment = tool(estate.path());
    let from_environment =
        from_environment.env("DX_MONITOR_REDACT_KEY", KEY).args(["map", "--redact", "--db", DATABASE]);
    assert_eq!(text(&from_environment.output().unwrap().stdout), text(&keyed.stdout));
    let other = estate.run("map", &["--redact", "--redact-key", "another key, as long as the first"]);
    assert_ne!(text(&other.stdout), text(&keyed.stdout));
}

#[test]
fn what_is_typed_is_typed_by_its_own_name() {
    let estate = Estate::new();
    let plain = |command: &str| -> Value { serde_json::from_slice(&estate.run(command, &[]).stdout).unwrap() };
    for failing in [
        "dxcon-ffx3v7tc",
        "connection/dxcon-ffx3v7tc",
        "123456789012/us-east-1/connection/dxcon-ffx3v7tc",
        "device:CSVA1-8m2n6p0r4s1d7",
        "location:EqDC2",
        "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f",
    ] {
        let command = format!("what-if {failing} --output json");
        let (redacted, plain) = (estate.json(&command), plain(&command));
        let count = |found: &Value, of: &str| found[of].as_array().unwrap().len();
        for of in ["goesDown", "destinations"] {
            assert_eq!(count(&redacted, of), count(&plain, of), "{failing}");
        }
        assert!(count(&plain, "goesDown") > 0, "{failing}");
    }
    for gateway in ["core-dxgw", "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f"] {
        let mut intended = tool(estate.path());
        intended.env("DX_MONITOR_INTENDED_RESILIENCE", "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f=maximum,none");
        intended.args(["resilience", gateway, "--redact", "--output", "json", "--db", DATABASE]);
        let grades: Value = serde_json::from_slice(&intended.output().unwrap().stdout).unwrap();
        assert_eq!((grades.as_array().unwrap().len(), &grades[0]["intended"]), (2, &json!("maximum")), "{gateway}");
    }
    let unknown = estate.run("what-if dxcon-nothing", &["--redact"]);
    assert!(
        text(&unknown.stderr).contains("there is nothing that \"dxcon-nothing\" names"),
        "{}",
        text(&unknown.stderr)
    );
}

#[test]
fn a_key_is_long_and_of_use() {
    let estate = Estate::new();
    let error = |more: &[&str]| {
        let output = estate.run("status", more);
        assert_eq!(output.status.code(), Some(2));
        text(&output.stderr)
    };
    let short = error(&["--redact", "--redact-key", "2026"]);
    assert!(
        short.contains("--redact-key or DX_MONITOR_REDACT_KEY cannot be used: the key has 4 characters"),
        "{short}"
    );
    assert!(error(&["--redact-key", KEY]).contains("--redact"), "alone it would do nothing");
}

#[test]
fn an_error_shows_no_original_either() {
    let estate = Estate::new();
    let connection = Connection::open(estate.path().join(DATABASE)).unwrap();
    connection.execute("UPDATE states SET details = '{\"canary\": 1}' WHERE item LIKE 'connection/%'", []).unwrap();
    for command in ["map", "status", "report", "incidents", "resilience"] {
        let plain = estate.run(command, &[]);
        assert!(text(&plain.stderr).contains("dxcon-"), "{command}: {}", text(&plain.stderr));
        let redacted = estate.run(command, &["--redact"]);
        let error = text(&redacted.stderr);
        assert_eq!(redacted.status.code(), Some(2));
        assert!(error.contains("run the command without it to see the reason") && !error.contains("dxcon-"), "{error}");
    }
}
