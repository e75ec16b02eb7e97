//! `demo`: the first thing that anybody tries.

use super::{Demo, text, tool};

#[test]
fn it_writes_plain_text_where_the_output_is_no_terminal() {
    let demo = Demo::played();
    let told = text(&demo.output.stdout);
    assert_eq!((demo.output.status.code(), text(&demo.output.stderr).as_str()), (Some(0), ""));
    assert!(!told.contains('\u{1b}'), "no colours in a pipe");
    let place = |line: &str| told.find(line).unwrap_or_else(|| panic!("{line:?} is not told:\n{told}"));
    let story = [
        "[baseline] Watching ",
        "! [warning] connection dxcon-ffx3v7tc (csva1-xc-7741) down: 1 virtual interface, 2 BGP peers with it; core-dxgw",
        "? [warning] connection dxcon-fhb6c1re (eqdc2-oob-hosted) in a state not known here (quarantined)\n",
        "+ [resolved] connection dxcon-ffx3v7tc (csva1-xc-7741) up again after 13 minutes\n",
        "~ [info] virtual interface dxvif-ffp1a2b3 (prod-private-eqdc2) in a failover test",
        "- [resolved] virtual interface dxvif-ffl0d4k2 (legacy-private-eqdc2) removed after 1 minute\n",
        "45 polls: 44 transitions, 9 incidents, 18 messages for people; 1 listing with a gap, 0 failures.",
        "States and history are in dx-monitor-demo.db.",
        "aws-dx-monitor history --db dx-monitor-demo.db",
    ];
    let places = story.map(place);
    assert!(places.is_sorted(), "{places:?}");
    let headlines: Vec<&str> = told.lines().filter(|line| line.as_bytes().get(2) == Some(&b':')).collect();
    let messages = headlines.iter().filter(|line| !line.contains(" gap "));
    assert_eq!(messages.count(), 18, "as many as the last line says: {headlines:#?}");
    let ended = headlines.iter().filter(|line| line.contains(" [resolved] "));
    assert_eq!(ended.count(), 9, "each incident has an end");
    assert_eq!(told.matches("Document:  ").count(), 1, "one message is shown in full");
    assert!(!told.contains("not reported by AWS"), "a state that AWS does not tell for one poll is no news");
    assert!(demo.database().exists());
}

#[test]
fn it_replaces_its_own_database_and_leaves_colours_out_where_they_are_not_wanted() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::copy(Demo::played().database(), directory.path().join("my demo.db")).unwrap();
    let mut demo = tool(directory.path());
    let output = demo.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").args(["demo", "--db", "my demo.db"]).output();
    let output = output.unwrap();
    let told = text(&output.stdout);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    assert!(!told.contains('\u{1b}'));
    assert!(told.contains("45 polls: 44 transitions, "), "nothing of the old one is left:\n{told}");
    assert!(told.contains("are in my demo.db. Next:\n  aws-dx-monitor status --db $'my demo"), "{told}");
}

#[test]
fn colours_are_there_where_they_are_wanted() {
    let demo = Demo::played();
    let mut status = tool(demo.directory.path());
    let output = status.env("CLICOLOR_FORCE", "1").args(["status", "--db", "dx-monitor-demo.db"]).output().unwrap();
    assert!(text(&output.stdout).contains('\u{1b}'));
}

#[test]
fn it_replaces_no_file_of_anybody_elses() {
    let directory = tempfile::tempdir().unwrap();
    let precious = directory.path().join("precious.db");
    for content in [&b"dear diary"[..], b""] {
        std::fs::write(&precious, content).unwrap();
        let output = tool(directory.path()).args(["demo", "--db", "precious.db"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let error = text(&output.stderr);
        assert!(error.contains("precious.db") && error.contains("choose another with --db"), "{error}");
        assert_eq!(std::fs::read(&precious).unwrap(), content);
    }
    let foreign = rusqlite::Connection::open(directory.path().join("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE diary (entry TEXT)").unwrap();
    drop(foreign);
    let output = tool(directory.path()).args(["demo", "--db", "foreign.db"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("a SQLite database of another program"));
}
