//! `watch --exec`: runs a command for each change, whatever that command does.

use std::{process::Command, time::Duration};

use super::{Rig, documents, ids, text};

#[test]
fn it_runs_for_every_change_since_it_was_first_given() {
    let rig = Rig::new();
    rig.seen(&[]);
    assert_ne!(rig.second(600).seen(&[]), "");
    let exec = ["--exec", "cat >>seen; echo shown nowhere"];
    assert_eq!(rig.seen(&exec), "", "what was recorded before is not replayed");
    assert!(!rig.path("seen").exists());
    let out = rig.second(1400).seen(&[&exec[..], &["--output", "json"]].concat());
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let seen = documents(&lines(&std::fs::read_to_string(rig.path("seen")).unwrap()));
    assert_eq!(ids(&seen), ids(&documents(&lines(&out))));
    assert!(!seen.is_empty());
}

#[test]
fn by_default_it_runs_for_incidents_and_with_both_for_transitions_too() {
    for (notify, kinds_of_document) in [(&[][..], [true, false]), (&["--notify", "both"], [true, true])] {
        let rig = Rig::new();
        let watch = |second| {
            rig.second(second);
            let arguments = [&["watch", "--once", "--kind", "connection", "--exec", "cat >>seen"], notify].concat();
            let output = rig.command(&arguments).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        };
        watch(0);
        watch(600);
        let seen = std::fs::read_to_string(rig.path("seen")).unwrap();
        let seen: Vec<serde_json::Value> = seen.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let has = |key: &str| seen.iter().any(|document| document.get(key).is_some());
        assert_eq!(["incident", "item"].map(has), kinds_of_document, "{notify:?}: {seen:?}");
    }
}

#[test]
fn a_failing_command_is_reported_and_not_repeated() {
    let rig = Rig::new();
    let exec = ["--kind", "connection", "--exec", "echo begun >>seen; printf 'no \\033[2Jroute\\n' >&2; exit 4"];
    rig.seen(&exec);
    let output = rig.second(600).once(&exec);
    assert_eq!(output.status.code(), Some(2), "with --once a failed command is an error");
    let errors = text(&output.stderr);
    assert_eq!(errors.lines().count(), 3, "{errors}");
    assert!(errors.contains("? the command for connection dxcon-ffx3v7tc -> down ended with exit status: 4: no \\u{1b}[2Jroute; it is not run again for this change"), "{errors}");
    assert_eq!(rig.seen(&exec), "");
    assert_eq!(std::fs::read_to_string(rig.path("seen")).unwrap(), "begun\nbegun\nbegun\n", "one for each change");
}

#[test]
fn a_hanging_command_is_killed_and_reported_while_the_watch_goes_on() {
    let rig = Rig::new();
    let exec = ["--kind", "connection", "--exec", "grep -q dxcon-ffx3v7tc && sleep 1000", "--exec-limit", "8s"];
    rig.seen(&exec);
    rig.second(600);
    let mut watch = rig.start(&exec);
    assert_eq!(watch.out.take(3).len(), 3);
    // The next poll comes before the command is killed.
    rig.second(700);
    watch.out.find("dxcon-fg4h8n2b down -> available");
    let killed = watch.err.find("was killed");
    assert!(
        killed
            .contains("the command for connection dxcon-ffx3v7tc -> down was killed because it had not ended after 8s"),
        "{killed}"
    );
    watch.signal("INT");
    assert_eq!(watch.code(), Some(0));
}

#[test]
fn a_command_that_was_running_when_the_watch_was_killed_runs_again() {
    let rig = Rig::new();
    let kind = ["--kind", "lag", "--kind", "connection"];
    rig.seen(&[&kind[..], &["--exec", "true"]].concat());
    rig.second(400);
    let mut watch =
        rig.start(&[&kind[..], &["--exec", "cat >>first; echo $$ >pid; touch begun; exec sleep 1000"]].concat());
    while !rig.path("begun").exists() {
        std::thread::yield_now();
    }
    watch.signal("KILL");
    assert_eq!(watch.code(), None);
    rig.seen(&[&kind[..], &["--exec", "cat >>second"]].concat());
    let read = |name| std::fs::read_to_string(rig.path(name)).unwrap();
    assert_eq!(read("first"), read("second"), "the same change, the same document");
    // A watch that is killed leaves its command running.
    assert!(Command::new("kill").arg(read("pid").trim()).status().unwrap().success());
}

#[test]
fn a_watch_that_is_ended_ends_its_commands() {
    let rig = Rig::new();
    rig.seen(&["--exec", "true"]);
    rig.second(450);
    let mut watch = rig.start(&["--exec", "sleep 1000 & echo $! >pid; touch begun; wait"]);
    while !rig.path("begun").exists() {
        std::thread::yield_now();
    }
    watch.signal("TERM");
    assert_eq!(watch.code(), Some(0));
    let pid = std::fs::read_to_string(rig.path("pid")).unwrap();
    assert!(is_gone(pid.trim()), "nothing is left running");
}

/// Whether a process ends. It was killed already, but its end may take a while on a busy machine.
fn is_gone(pid: &str) -> bool {
    (0..500).any(|_| {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        let gone = state.map_or(true, |state| state.contains(") Z "));
        if !gone {
            std::thread::sleep(Duration::from_millis(10));
        }
        gone
    })
}
