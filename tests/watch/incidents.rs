//! `watch` announces incidents: in lines, as documents, to a command, and in the view.

use serde_json::Value;

use super::{Rig, settled, text, valid, view::Terminal};

const INCIDENT_SCHEMA: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/incident.schema.json"));

impl Rig {
    /// The standard output of `watch --once`, which announces incidents by default.
    fn announced(&self, arguments: &[&str]) -> String {
        let output = self.command(&[&["watch", "--once"], arguments].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn each_cause_is_one_line_when_it_begins_and_one_when_it_is_over() {
    let rig = Rig::new();
    assert_eq!(rig.announced(&[]), "", "a baseline is no incident");
    insta::assert_snapshot!(settled(&rig.second(600).announced(&[])), @"
    TIME ! [info] connection dxcon-fg4h8n2b (eqdc2-core-lag01-m2) down: no path is lost, in us-east-1. A link of LAG dxlag-fg7k2m9q: 1 of 2 links left, 10 of 20 Gbit/s, none to spare above the minimum.
    TIME ! [warning] connection dxcon-ffx3v7tc (csva1-xc-7741) down: 1 virtual interface, 2 BGP peers with it; core-dxgw has 1 of 2 paths left, in us-east-1. The connection is down; what runs over it went with it.
    TIME … [info] connection dxcon-fgt5w2nq (csva1-xc-7802) being set up (requested), in us-east-1. It is new and not yet in service: it is requested.
    ");

    let documents = valid(INCIDENT_SCHEMA, &lines(&rig.second(1400).announced(&["--output", "json"])));
    let ended = documents.iter().find(|document| document["incident"]["root"]["id"] == "dxcon-ffx3v7tc").unwrap();
    assert_eq!((&ended["reason"], &ended["metadata"]["people"]), (&Value::from("resolved"), &Value::from(true)));
    assert_eq!(rig.announced(&[]), "", "nothing is written twice");
}

#[test]
fn both_are_written_where_both_are_wanted() {
    let rig = Rig::new();
    let both = ["--notify", "both", "--kind", "connection"];
    rig.announced(&both);
    let seen = rig.second(600).announced(&both);
    let has = |part: &str| seen.lines().filter(|line| line.contains(part)).count();
    assert_eq!(
        (has("connection dxcon-ffx3v7tc (csva1-xc-7741) down"), has("dxcon-ffx3v7tc available -> down")),
        (1, 1)
    );
}

#[test]
fn a_command_has_the_document_and_what_it_is_about_in_its_environment() {
    let rig = Rig::new();
    let command = r#"read -r document; printf '%s|%s|%s|%s|%s|%s|%s|%s|%s|%s\n' "$DX_ID" "$DX_INCIDENT_ID" "$DX_KIND" \
        "$DX_ITEM_ID" "$DX_CHANGE" "$DX_SEVERITY" "$DX_CATEGORY" "$DX_IMPACT" "$DX_SUMMARY" "$document" >>seen"#;
    let exec = ["--output", "json", "--exec", command];
    rig.announced(&exec);
    let written = valid(INCIDENT_SCHEMA, &lines(&rig.second(600).announced(&exec)));
    let mut expected: Vec<String> = written
        .iter()
        .map(|document| {
            let words = [
                "/metadata/id",
                "/metadata/incidentId",
                "/incident/root/kind",
                "/incident/root/id",
                "/reason",
                "/severity",
                "/incident/category",
                "/incident/impact/level",
                "/summary",
            ];
            let words = words.map(|path| document.pointer(path).and_then(Value::as_str).unwrap());
            format!("{}|{document}", words.join("|"))
        })
        .collect();
    let mut seen = lines(&std::fs::read_to_string(rig.path("seen")).unwrap());
    expected.sort();
    seen.sort();
    assert_eq!(seen, expected);
    assert!(seen.len() >= 3, "{seen:#?}");
}

#[test]
fn a_failing_command_is_reported_with_the_incident() {
    let rig = Rig::new();
    let command = ["watch", "--once", "--kind", "connection", "--exec", "exit 4"];
    rig.announced(&command[2..]);
    let output = rig.second(600).command(&command).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    let complaint = "the command for the incident of connection dxcon-ffx3v7tc (opened) ended with exit status: 4; it is \
                     not run again for this change";
    assert!(errors.contains(complaint), "{errors}");
}

#[test]
fn the_view_shows_what_is_open_above_the_items_and_what_was_announced_below() {
    let rig = Rig::new();
    let mut terminal = Terminal::with(&rig, (40, 160), &[], &[]);
    terminal.until_shown("everything was listed");
    rig.second(600);
    let open =
        "[warning] connection dxcon-ffx3v7tc (csva1-xc-7741) down: 1 virtual interface, 2 BGP peers with it; core";
    let is_open = |line: &str| line.starts_with("! since ") && line.contains(open);
    terminal.until("it is open, and among the changes", |screen| {
        let contents = screen.contents();
        contents.lines().any(is_open) && contents.lines().any(|line| line.contains(open) && !is_open(line))
    });
    rig.second(1400);
    terminal.until("it is over", |screen| {
        let contents = screen.contents();
        contents.contains("+ [resolved] connection dxcon-ffx3v7tc (csva1-xc-7741) up again")
            && !contents.lines().any(is_open)
    });
    terminal.press("q");
    assert_eq!(terminal.ended(), (0, true));

    // What was announced before is there at the next start, and what is open still.
    rig.second(1700);
    rig.announced(&[]);
    let mut terminal = Terminal::with(&rig, (40, 160), &[], &[]);
    terminal.until_shown("+ [resolved] connection dxcon-ffx3v7tc (csva1-xc-7741) up again");
    terminal.press("q");
    assert_eq!(terminal.ended(), (0, true));
}
